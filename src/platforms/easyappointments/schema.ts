import { z } from 'zod'
import { parseJson } from '../kit/parse-json.ts'

// Only the fields that are used. The server leaves empty columns as null.
const text = z.string().nullish().transform((value) => value ?? undefined)

/** "2026-11-21 10:00:00", in the zone of the provider. */
const Local = z.string().regex(/^\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?$/)

export const OneAppointment = z.object({
  id: z.number().int(), book: text, start: Local, end: Local, status: text, notes: text,
  customerId: z.number().int().nullish(), providerId: z.number().int().nullish(), serviceId: z.number().int().nullish(),
})
export type Appointment = z.infer<typeof OneAppointment>
export const Appointments = z.array(OneAppointment)

export const OneCustomer = z.object({
  id: z.number().int(), firstName: text, lastName: text, email: text, phone: text, notes: text,
  customField1: text, customField2: text, customField3: text, customField4: text, customField5: text,
})
export type Customer = z.infer<typeof OneCustomer>
export const Customers = z.array(OneCustomer)

export const Services = z.array(z.object({ id: z.number().int(), name: text, duration: z.number(), price: z.number().nullish(), currency: text }))

const Hours = z.object({ start: z.string(), end: z.string() })
const WorkingPlan = z.record(z.string(), Hours.extend({ breaks: z.array(Hours).nullish() }).nullish())
/** The specification says text, its example and the server say an object. A plan that is neither is no plan. */
const Plan = z.preprocess((given) => (typeof given === 'string' ? parseJson(given) : given), WorkingPlan).catch({})

export const Providers = z.array(z.object({
  id: z.number().int(), firstName: text, lastName: text, timezone: text, services: z.array(z.number().int()).nullish(),
  settings: z.object({ workingPlan: Plan.optional() }).nullish(),
}))
export type Provider = z.infer<typeof Providers>[number]

/** `["09:00", "09:15"]`, on the wall of the provider. */
export const FreeHours = z.array(z.string().regex(/^\d\d:\d\d$/))

/** Unavailabilities (of a provider) and blocked periods (of everybody). */
export const Closed = z.array(z.object({ start: Local, end: Local, providerId: z.number().int().nullish() }))

export const Setting = z.object({ name: z.string(), value: z.string().nullish() })
export const Labels = z.array(z.string().min(1)).min(1)

export const Anything = z.unknown()

export const Failure = z.object({ success: z.literal(false), message: z.string() })

/** A webhook: `appointment_save`, `customer_delete` and so on; the payload has the names of the database, of which only the id counts. */
export const Event = z.object({ action: z.string().min(1), payload: z.object({ id: z.union([z.number().int(), z.string().regex(/^\d+$/)]) }) })
