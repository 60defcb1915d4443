import { z } from 'zod'

// Only the fields that are used. The public reference gives few answers whole: whatever may be absent is taken as absent.
const text = z.string().nullish().transform((value) => value ?? undefined)
const amount = z.number().nullish().transform((value) => value ?? undefined)

/** A date without time ("2026-11-21") and a time without date ("18:00:00"), as Phorest keeps them apart. */
const day = z.string().regex(/^\d{4}-\d\d-\d\d$/).nullish().transform((value) => value ?? undefined)
const time = z.string().regex(/^\d\d:\d\d(:\d\d(\.\d+)?)?$/).nullish().transform((value) => value ?? undefined)

export const Appointment = z.object({
  appointmentId: z.string().min(1), version: z.number().int().nullish(), bookingId: text, branchId: text, clientId: text, staffId: text, serviceId: text,
  appointmentDate: day, startTime: time, endTime: time,
  activationState: text, state: text, confirmed: z.boolean().nullish(), deleted: z.boolean().nullish(), staffRequest: z.boolean().nullish(),
  price: amount, roomId: text, machineId: text, notes: text, note: text, createdAt: text, updatedAt: text,
})
export type Appointment = z.infer<typeof Appointment>

const PageInfo = z.object({ number: z.number().int(), totalPages: z.number().int() })

/** A page is `{ _embedded: { NAME: [...] }, page }`. Without results `_embedded` may be missing; without both it is not a page at all, and nobody may take it for an empty one. */
export function PageOf<T>(name: string, item: z.ZodType<T>) {
  return z.object({ _embedded: z.record(z.string(), z.unknown()).nullish(), page: PageInfo.nullish() })
    .transform(({ _embedded: embedded, page }, context) => {
      const items = z.array(item).safeParse(embedded?.[name] ?? [])
      if (items.success && (embedded ?? page) != null) return { items: items.data, page: page ?? undefined }
      context.addIssue({ code: 'custom', message: items.success ? 'neither _embedded nor page' : `${name} of another shape` })
      return z.NEVER
    })
}

/** The transcription of the reference says that branches and services come as a bare list; salons' own programs read them as pages. Both are taken. */
export function ListOf<T>(name: string, item: z.ZodType<T>) {
  return z.union([z.array(item).transform((items) => ({ items, page: undefined })), PageOf(name, item)])
}

export const Branch = z.object({ branchId: z.string().min(1), name: text, timeZone: text, timezone: text, phone: text, phoneNumber: text, address: z.unknown().optional() })
export const Service = z.object({ serviceId: z.string().min(1), name: text, price: amount, duration: amount, durationMinutes: amount, archived: z.boolean().nullish(), deleted: z.boolean().nullish() })
export const Staff = z.object({ staffId: z.string().min(1), firstName: text, lastName: text, archived: z.boolean().nullish(), deleted: z.boolean().nullish(), hideFromAppointmentScreen: z.boolean().nullish(), disqualifiedServices: z.array(z.string()).nullish() })

/** A client whole: `PUT` replaces, so what is not understood has to go back as it came. */
export const Client = z.looseObject({
  clientId: z.string().min(1), version: z.number().int().nullish(), firstName: text, lastName: text, mobile: text, landLine: text, email: text, birthDate: text, notes: text, createdAt: text,
  smsReminderConsent: z.boolean().nullish(), emailReminderConsent: z.boolean().nullish(),
})
export type Client = z.infer<typeof Client>

const ServiceSchedule = z.object({ serviceId: text, staffId: text, startTime: text, endTime: text, appointmentId: text })
export const Availability = z.object({
  data: z.array(z.object({ startTime: text, clientSchedules: z.array(z.object({ serviceSchedules: z.array(ServiceSchedule).nullish() })).nullish() })),
})

export const Booking = z.object({
  bookingId: z.string().min(1),
  clientAppointmentSchedules: z.array(z.object({ serviceSchedules: z.array(ServiceSchedule).nullish() })).nullish(),
})

export const Anything = z.unknown()
export const Problem = z.object({ detail: text, errorCode: text })
