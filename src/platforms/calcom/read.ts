import { money } from '../../salon/money.ts'
import type { AppointmentStatus, Catalog, Client, Note, OpeningHours, Service, StaffMember } from '../../salon/salon.ts'
import { type Instant, isZone, minutesBetween, toInstant } from '../../salon/time.ts'
import { contactId, splitName } from '../kit/contact-id.ts'
import { readNotes } from '../kit/notes-in-text.ts'
import { versionOf } from '../kit/version.ts'
import type { SeenVisit } from '../platform-adapter.ts'
import type { Booking, EventType, Me, Schedule } from './schema.ts'
import type { z } from 'zod'

/** One account is one place; Cal.com has no word for it, so the id is ours. */
export const locationId = 'main'

/** Where a note that was given at booking is kept; clients do not see metadata. Values have at most 500 characters. */
export const noteKey = 'desk_note'

const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']

export type Known = { serviceById: ReadonlyMap<string, Service>; currency: string }

export function toCatalog({ me, own, team, availability }: { me: Me; own: EventType[]; team: EventType[]; availability: NonNullable<z.infer<typeof Schedule>['data']>['availability'] }): Catalog {
  // A person's own event types are theirs alone.
  const types = [...own.map((type) => Object.assign({}, type, { hosts: [{ userId: type.ownerId ?? me.id, name: me.name ?? me.username }] })), ...team]
  const currency = (types[0]?.currency ?? 'USD').toUpperCase()
  const names = new Map(types.flatMap(({ hosts }) => (hosts ?? []).map(({ userId, name }): [number, string] => [userId, name ?? 'Host'])))
  const name = team[0]?.team?.name ?? me.name ?? me.username ?? 'Cal.com'
  return {
    business: { id: `calcom-${me.id}`, name, demo: false },
    locations: [{ id: locationId, name, zone: me.timeZone !== undefined && isZone(me.timeZone) ? me.timeZone : 'UTC', currency, hours: toHours(availability ?? []), closures: [] }],
    services: types.map((type): Service => ({
      id: String(type.id), name: type.title ?? 'Event', category: 'service', durationMin: type.lengthInMinutes, price: money(type.price ?? 0, (type.currency ?? currency).toUpperCase()), consultation: /consult/i.test(type.title ?? ''),
      // A managed type is a template: its children are booked, each in its owner's account.
      active: type.schedulingType?.toLowerCase() !== 'managed',
    })),
    staff: [...names].map(([id, hostName]): StaffMember => ({
      id: String(id), name: hostName, locationIds: [locationId], active: true, serviceIds: types.filter(({ hosts }) => hosts?.some(({ userId }) => userId === id)).map((type) => String(type.id)),
    })),
  }
}

/** When the owner of the key usually works. */
function toHours(availability: { days: string[]; startTime: string; endTime: string }[]): OpeningHours[] {
  return availability.flatMap(({ days, startTime, endTime }) => days.flatMap((day) => {
    const weekday = weekdays.indexOf(day) + 1
    return weekday === 0 ? [] : [{ weekday, open: startTime.slice(0, 5), close: endTime.slice(0, 5) }]
  })).toSorted((a, b) => a.weekday - b.weekday || (a.open < b.open ? -1 : 1))
}

/**
 * A booking as a visit; `asked` is when it was asked for. There is no "completed": what stands when its time is over counts as
 * kept until somebody marks the attendee absent. Of a seated booking only the first attendee is seen.
 */
export function toVisit({ booking, known, asked, now }: { booking: Booking; known: Known; asked: Instant; now: Instant }): SeenVisit {
  const [start, end] = [toInstant(booking.start), toInstant(booking.end)]
  const created = booking.createdAt === null || booking.createdAt === undefined ? undefined : toInstant(booking.createdAt)
  const changedAt = booking.updatedAt === null || booking.updatedAt === undefined ? created : toInstant(booking.updatedAt)
  const serviceId = String(booking.eventType?.id ?? booking.eventTypeId ?? '')
  const client = toClient(booking)
  const status = toStatus({ booking, isOver: end <= now })
  const parts = {
    status, start, clientId: client?.id ?? '', locationId,
    segments: [{ serviceId, staffId: String(booking.hosts?.[0]?.id ?? ''), staffPreference: 'unknown' as const, start, durationMin: minutesBetween(start, end), price: known.serviceById.get(serviceId)?.price ?? money(0, known.currency) }],
  }
  return {
    visit: {
      ...parts, id: booking.uid, end, timeKnown: true, version: versionOf(parts), ...(created !== undefined && { bookedAt: created }),
      ...(status === 'cancelled' && { cancelledBy: whoCancelled(booking) }), notes: toNotes(booking, created ?? start), fetchedAt: asked,
    },
    ...(client !== undefined && { client }), ...(changedAt !== undefined && { changedAt }), ...(status === 'completed' && { byTime: true }),
    ...(booking.rescheduledToUid !== undefined && { movedTo: booking.rescheduledToUid }), ...(booking.rescheduledFromUid !== undefined && { movedFrom: booking.rescheduledFromUid }),
    extra: { email: booking.attendees?.[0]?.email ?? '' },
  }
}

function toStatus({ booking, isOver }: { booking: Booking; isOver: boolean }): AppointmentStatus {
  switch (booking.status ?? '') {
    case 'pending': return 'requested'
    case 'accepted': return booking.attendees?.[0]?.absent === true ? 'no_show' : isOver ? 'completed' : 'booked'
    case 'cancelled': return 'cancelled'
    case 'rejected': return 'declined'
    default: return 'unknown'
  }
}

function whoCancelled({ cancelledByEmail, attendees, hosts }: Booking): 'client' | 'salon' | 'unknown' {
  const is = (people: { email?: string | undefined }[] | null | undefined) => people?.some(({ email }) => email !== undefined && email.toLowerCase() === cancelledByEmail?.toLowerCase()) === true
  return cancelledByEmail === undefined ? 'unknown' : is(attendees) ? 'client' : is(hosts) ? 'salon' : 'unknown'
}

/** What the client wrote when booking, and what the desk was given to note then. */
function toNotes({ bookingFieldsResponses, metadata, uid }: Booking, at: Instant): Note[] {
  const words = bookingFieldsResponses?.['notes']
  const ours = metadata?.[noteKey]
  return [
    ...(typeof words === 'string' && words.trim() !== '' ? [{ id: `client-${uid}`, at, by: 'client', text: words.trim() }] : []),
    ...readNotes(typeof ours === 'string' ? ours : '', at),
  ]
}

const madeOfNumber = /@sms\.cal\.com$/i

/**
 * Cal.com knows people only as attendees, and every attendee by an e-mail address: a client's id is a hash of it in lower case.
 * For a booking by phone number alone Cal.com makes an address of the number, which is nobody's to write to.
 */
function toClient({ uid, attendees, bookingFieldsResponses }: Booking): Client | undefined {
  const [attendee] = attendees ?? []
  if (attendee?.email === undefined || attendee.email === '') return undefined
  const phone = [attendee.phoneNumber, bookingFieldsResponses?.['attendeePhoneNumber'], bookingFieldsResponses?.['smsReminderNumber']].find((given): given is string => typeof given === 'string' && given !== '')
  return {
    id: contactId({ phone: undefined, email: attendee.email, booking: uid }), ...splitName(attendee.name), phones: phone === undefined ? [] : [phone],
    ...(!madeOfNumber.test(attendee.email) && { email: attendee.email }), ...(attendee.language !== undefined && { language: attendee.language }),
    consent: { sms: 'unknown', email: 'unknown' }, tags: [], notes: [], holdings: [],
  }
}
