import { z } from 'zod'

// Only the fields that are used. Zenoti leaves fields out or sends null, as it likes.
const text = z.string().nullish().transform((value) => value ?? undefined)
// What is not there is sometimes written as zeros: .NET's empty GUID and its first day.
const guid = text.transform((value) => (value === undefined || value === '' || /^[0-]+$/.test(value) ? undefined : value))
const time = text.transform((value) => (value === undefined || value === '' || value.startsWith('0001-') ? undefined : value))
const number = z.number().nullish().transform((value) => value ?? undefined)

const PageInfo = z.object({ total: number }).nullish()

export const Errors = z.object({
  error: z.object({ code: z.union([z.string(), z.number()]).nullish() }).nullish(),
  Error: z.object({ code: z.union([z.string(), z.number()]).nullish() }).nullish(),
})

export const Centers = z.object({
  centers: z.array(z.object({
    id: z.string(), name: text, display_name: text,
    currency: z.object({ code: text }).nullish(),
    location: z.object({ time_zone: z.object({ standard_name: text }).nullish() }).nullish(),
    contact_info: z.object({ phone_1: z.object({ display_number: text }).nullish() }).nullish(),
    address_info: z.object({ address_1: text, city: text }).nullish(),
  })),
  page_info: PageInfo,
})

export const Services = z.object({
  services: z.array(z.object({
    id: z.string(), name: text, duration: number,
    price_info: z.object({ sale_price: number }).nullish(),
    additional_info: z.object({ category: z.object({ name: text }).nullish() }).nullish(),
  })),
  page_info: PageInfo,
})

export const Therapists = z.object({
  therapists: z.array(z.object({ id: z.string(), personal_info: z.object({ name: text, first_name: text, last_name: text }).nullish() })),
})

/** One service of a visit. The list calls its id `appointment_id`, one table of the documentation `id`. */
export const Row = z.object({
  appointment_id: guid, id: guid, appointment_group_id: guid, invoice_id: guid,
  service: z.object({ id: guid }).nullish(), guest: z.object({ id: guid }).nullish(), therapist: z.object({ id: guid }).nullish(),
  start_time: time, start_time_utc: time, end_time: time, end_time_utc: time, creation_date_utc: time,
  status: z.union([z.number(), z.string()]).nullish(), progress: number, notes: text, blockout: z.unknown().optional(),
}).transform(({ appointment_id, id, ...row }) => ({ ...row, id: appointment_id ?? id ?? '' })).refine(({ id }) => id !== '')
export type Row = z.infer<typeof Row>

/** A bare list, says the documentation's sample and everybody who calls it; one client reads it from a field. */
export const Rows = z.union([z.array(Row), z.object({ appointments: z.array(Row) }).transform(({ appointments }) => appointments)])

export const Invoice = z.object({
  invoice: z.object({
    id: z.string(), center_id: guid,
    appointments: z.array(z.object({ appointment_id: guid, id: guid })).nullish(),
    invoice_items: z.array(z.object({ type: z.union([z.number(), z.string()]).nullish() })).nullish(),
  }),
})

export const GuestVisits = z.object({
  appointments: z.array(z.object({
    invoice_id: text,
    appointment_services: z.array(z.object({ appointment_id: text, invoice_item_id: text, appointment_status: z.union([z.number(), z.string()]).nullish() })).nullish(),
  })),
})

export const NewBooking = z.object({ id: z.string().min(1) })
export const Slots = z.object({ slots: z.array(z.object({ Time: text, Available: z.boolean().nullish() })).nullish() })
export const Confirmed = z.object({
  is_confirmed: z.boolean().nullish(),
  invoice: z.object({ invoice_id: text, id: text, items: z.array(z.object({ appointment_id: text })).nullish() }).nullish(),
})
export const Done = z.object({ success: z.boolean().nullish() })
export const Anything = z.unknown()

const Phone = z.object({ country_code: number, number: text, display_number: text }).nullish()
export const Guest = z.object({
  id: z.string(), created_date: time,
  personal_info: z.object({ first_name: text, last_name: text, email: text, mobile_phone: Phone, date_of_birth: text }).nullish(),
  preferences: z.object({ receive_transactional_sms: z.boolean().nullish(), receive_transactional_email: z.boolean().nullish() }).nullish(),
  tags: z.array(z.string()).nullish(),
})
export type Guest = z.infer<typeof Guest>
export const Guests = z.object({ guests: z.array(Guest), page_info: PageInfo })

export const GuestNote = z.object({ id: z.string(), is_private: z.boolean().nullish(), alert: z.boolean().nullish(), note_type: number, notes: text, created_date: text, added_by: z.object({ name: text }).nullish() })
export type GuestNote = z.infer<typeof GuestNote>
export const GuestNotes = z.object({ notes: z.array(GuestNote).nullish() })

const id = z.string().min(1)
/** Webhooks: with an envelope, or (appointments started and completed, guests who opted out or in) without one. */
export const Event = z.object({
  event_id: text, event_type: text, event_timestamp: text, invoice_id: guid, id: text, preference_update: z.unknown().optional(),
  data: z.object({ id: text, invoice_id: guid, invoice: z.object({ id }).nullish() }).nullish(),
})
