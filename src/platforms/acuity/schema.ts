import { z } from 'zod'

// Only the fields that are used. Numbers come as text in some places and as numbers in others.
const text = z.string().nullish().transform((value) => value ?? undefined)
const amount = z.union([z.string(), z.number()]).nullish().transform((value) => (value === null || value === undefined || !Number.isFinite(Number(value)) ? undefined : Number(value)))
const id = z.number().int()

export const Me = z.object({ id: z.number().int().nullish(), name: text, email: text, timezone: text, currency: text })

export const Calendars = z.array(z.object({ id, name: text, timezone: text }))

export const AppointmentTypes = z.array(z.object({ id, name: text, active: z.boolean().nullish(), duration: amount, price: amount, category: text, calendarIDs: z.array(z.number()).nullish() }))

export const Appointment = z.object({
  id, firstName: text, lastName: text, phone: text, email: text, datetime: z.string().min(1), datetimeCreated: text,
  appointmentTypeID: z.number().nullish(), calendarID: z.number().nullish(), duration: amount, price: amount, notes: text,
  canceled: z.boolean().nullish(), noShow: z.boolean().nullish(),
})
export type Appointment = z.infer<typeof Appointment>
export const Appointments = z.array(Appointment)

export const Dates = z.array(z.object({ date: z.string() }))
export const Times = z.array(z.object({ time: z.string() }))

export const ErrorBody = z.object({ error: z.string() })
