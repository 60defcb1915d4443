import { z } from 'zod'
import { readInstant } from '../kit/local-times.ts'

// Only the fields that are used; a field that is missing or null is absent.
const text = z.string().nullish().transform((value) => value ?? undefined)
const id = z.union([z.string().min(1), z.number()]).transform(String)

/** A time with its offset; where it may be missing, one that cannot be read is. */
const When = z.string().refine((value) => readInstant(value) !== undefined)
const when = text.transform((value) => (value === undefined ? undefined : readInstant(value)))
/** Some write no more pages as an empty text. */
const next_cursor = text.transform((value) => (value === '' ? undefined : value))

const Price = z.object({ amount: z.number(), currency: text }).nullish()

export const Token = z.object({ access_token: z.string().min(1), expires_in: z.number().positive().nullish() })

export const Services = z.object({
  services: z.array(z.object({ id, name: text, category: text, duration_minutes: z.number().nullish(), price: Price, active: z.boolean().nullish() })),
  next_cursor,
})

export const StaffMembers = z.object({
  staff_members: z.array(z.object({ id, first_name: text, last_name: text, active: z.boolean().nullish(), service_ids: z.array(id).nullish() })),
  next_cursor,
})

const ClientShape = z.object({ id, first_name: text, last_name: text, phone: text, email: text, notes: text, tags: z.array(z.string()).nullish(), created_at: when })
export type PartnerClient = z.infer<typeof ClientShape>
export const Clients = z.object({ clients: z.array(ClientShape), next_cursor })
export const OneClient = z.object({ client: ClientShape })

const AppointmentShape = z.object({
  id, client_id: id.nullish(), status: text, start_at: When, notes: text, canceled_by: text, created_at: when, updated_at: when,
  services: z.array(z.object({ service_id: id.nullish(), staff_member_id: id.nullish(), start_at: when, duration_minutes: z.number().nullish(), price: Price })).nullish(),
})
export type PartnerAppointment = z.infer<typeof AppointmentShape>
export const Appointments = z.object({ appointments: z.array(AppointmentShape), next_cursor })
export const OneAppointment = z.object({ appointment: AppointmentShape })

export const Availability = z.object({ slots: z.array(z.object({ start_at: When, end_at: When, staff_member_id: id })) })

export const Failure = z.object({ error: z.object({ code: z.string() }) })

/** `data.id` is the appointment's or the client's. */
export const Event = z.object({ id: id.nullish(), type: z.string(), created_at: text, data: z.object({ id: id.nullish() }).nullish() })
