import { z } from 'zod'

// Only the fields that are used; Cal.com leaves a field out or makes it null.
const text = z.string().nullish().transform((value) => value ?? undefined)
const When = z.iso.datetime({ offset: true })

/** `{status: 'success', data}`; an error has `{status: 'error', error}`. */
const inEnvelope = <T extends z.ZodType>(data: T) => z.object({ status: z.literal('success'), data })

export const Me = inEnvelope(z.object({ id: z.number().int(), username: text, email: text, name: text, timeZone: text }))
export type Me = z.infer<typeof Me>['data']

const EventType = z.object({
  id: z.number().int(), title: text, lengthInMinutes: z.number(), price: z.number().nullish(), currency: text, schedulingType: text, ownerId: z.number().int().nullish(),
  team: z.object({ name: text }).nullish().catch(null),
  // Of a team: objects. The specification of one person's says plain text, which is of no use.
  hosts: z.array(z.object({ userId: z.number().int(), name: text })).nullish().catch(null),
})
export type EventType = z.infer<typeof EventType>
export const EventTypes = inEnvelope(z.array(EventType))

export const Schedule = inEnvelope(z.object({ availability: z.array(z.object({ days: z.array(z.string()), startTime: z.string(), endTime: z.string() })).nullish() }).nullish())

const Booking = z.object({
  uid: z.string().min(1), status: text, start: When, end: When, eventTypeId: z.number().int().nullish(), eventType: z.object({ id: z.number().int() }).nullish(),
  createdAt: When.nullish(), updatedAt: When.nullish(), cancelledByEmail: text, rescheduledFromUid: text, rescheduledToUid: text,
  hosts: z.array(z.object({ id: z.number().int(), email: text })).nullish(),
  attendees: z.array(z.object({ name: text, email: text, phoneNumber: text, language: text, absent: z.boolean().nullish() })).nullish(),
  bookingFieldsResponses: z.record(z.string(), z.unknown()).nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
})
export type Booking = z.infer<typeof Booking>
/** The uid of a recurring booking is answered with all its recurrences; a visit of ours is always one of them. */
export const OneBooking = inEnvelope(z.union([Booking, z.array(Booking).min(1).transform((all) => all[0] as Booking)]))
export const Bookings = inEnvelope(z.array(Booking)).extend({ pagination: z.object({ hasNextPage: z.boolean().nullish() }).nullish() })

/** With `format=range`: `{"2026-11-24": [{start, end}]}`. */
export const Slots = inEnvelope(z.record(z.string(), z.array(z.object({ start: When, end: When }))))

export const Failure = z.object({ status: z.literal('error').optional(), error: z.object({ code: z.string().catch('error'), message: z.string().catch('') }) })

/** Most are `{triggerEvent, createdAt, payload}`; a no-show names `bookingUid`, a meeting that starts or ends has its fields at the root. */
const Named = z.object({ uid: text, bookingUid: text, rescheduleUid: text })
export const Event = Named.extend({ triggerEvent: z.string().min(1), createdAt: When.nullish().catch(undefined), payload: Named.nullish() })
