import { z } from 'zod'

// Mangomint publishes no payload: this is what one bridge read of real traffic. Everything may be missing, and an odd part spoils no other.
const text = z.union([z.string(), z.number()]).transform(String).nullish().catch(undefined).transform((value) => value ?? undefined)

const Person = z.object({ email: text, phone: text, firstName: text, lastName: text })

const BookedService = z.object({
  price: z.union([z.number(), z.string()]).nullish().catch(undefined),
  service: z.object({ id: text, name: text, category: z.object({ name: text }).nullish().catch(undefined) }).nullish().catch(undefined),
})

export const MangomintAppointment = z.object({
  id: z.union([z.string().min(1), z.number()]).transform(String),
  status: text,
  dateTime: z.string(),
  createdAt: text,
  currency: text,
  clientInfo: Person.nullish().catch(undefined),
  services: z.array(BookedService).nullish().catch(undefined),
})
export type MangomintAppointment = z.infer<typeof MangomintAppointment>

/** `appointment` for everything about visits, `sale` (which the desk has no use for) at the checkout, a submitted form otherwise. */
export const Payload = z.object({ appointment: z.unknown().optional(), sale: z.unknown().optional(), form: z.unknown().optional(), formSubmission: z.unknown().optional() })
