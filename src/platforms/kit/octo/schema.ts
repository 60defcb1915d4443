import { z } from 'zod'
import { isTime, readInstant } from '../local-times.ts'

// Only the fields that are used, and generously: suppliers leave out what their version of the standard does not have.
const text = z.string().nullish().transform((value) => value ?? undefined)

/** The standard's `utc…` fields; one without its Z is still UTC, one that is no time is none. */
const utc = text.transform((value) => (value === undefined ? undefined : readInstant(value) ?? readInstant(`${value}Z`)))

/** `retail` in the currency's minor unit. */
const Pricing = z.object({ retail: z.number().nullish(), original: z.number().nullish(), currency: text })

export const Supplier = z.object({ id: z.string(), name: text, contact: z.object({ telephone: text, address: text }).nullish() })

const Unit = z.object({ id: z.string(), pricingFrom: z.array(Pricing).nullish(), pricing: z.array(Pricing).nullish() })
export const Product = z.object({
  id: z.string(), internalName: text, title: text, timeZone: text, defaultCurrency: text, durationMinutesFrom: z.number().nullish(),
  options: z.array(z.object({ id: z.string(), internalName: text, title: text, durationMinutesFrom: z.number().nullish(), units: z.array(Unit).default([]) })).default([]),
})
export type Product = z.infer<typeof Product>
export const Products = z.array(Product)

const Hours = z.array(z.object({ from: z.string(), to: z.string() })).nullish()
const Times = z.object({ id: z.string(), localDateTimeStart: z.string().refine(isTime), localDateTimeEnd: text.transform((value) => (value !== undefined && isTime(value) ? value : undefined)), allDay: z.boolean().nullish(), openingHours: Hours })
export const Availabilities = z.array(Times.extend({ available: z.boolean().nullish(), status: text, vacancies: z.number().nullish() }))
export type Availability = z.infer<typeof Availabilities>[number]

export const Booking = z.object({
  uuid: z.string(), status: text, utcCreatedAt: utc, utcUpdatedAt: utc,
  productId: z.string(), optionId: z.string(), availabilityId: text, availability: Times.nullish(), notes: text,
  cancellation: z.object({ utcCancelledAt: text }).nullish(),
  contact: z.object({ fullName: text, firstName: text, lastName: text, emailAddress: text, phoneNumber: text, locales: z.array(z.string()).nullish() }).nullish(),
  unitItems: z.array(z.object({ uuid: z.string(), unitId: z.string() })).nullish(),
  pricing: Pricing.nullish(),
})
export type Booking = z.infer<typeof Booking>
export const Bookings = z.array(Booking)

export const CapabilityList = z.array(z.object({ id: z.string() }))

/** `errorMessage` is left alone: it may tell of people. */
export const Problem = z.object({ error: z.string() })

/** `booking_update`: the standard's one event of interest; the booking it carries is only looked at for its name and its state. */
export const WebhookBody = z.object({
  webhook: z.object({ event: text }).nullish(),
  booking: z.object({ uuid: z.string().min(1).max(200), status: text, utcUpdatedAt: text, availabilityId: text }),
})
