import { z } from 'zod'

// Only the fields that are used. Bókun leaves out what is empty, or sends null.
const text = z.string().nullish().transform((value) => value ?? undefined)
const amount = z.number().nullish()
const Id = z.number().int().transform(String)
const Party = z.object({ id: Id.nullish(), title: text }).nullish()
/** Lists come as `results` or as `items`, by the search. */
const listOf = <T extends z.ZodType>(item: T) => z.union([
  z.object({ totalHits: z.number().nullish(), results: z.array(item) }).transform(({ totalHits, results }) => ({ totalHits: totalHits ?? undefined, found: results })),
  z.object({ totalHits: z.number().nullish(), items: z.array(item) }).transform(({ totalHits, items }) => ({ totalHits: totalHits ?? undefined, found: items })),
])

export const Activity = z.object({
  id: Id, title: text, vendor: Party, durationType: text, duration: amount, durationMinutes: amount, durationHours: amount, durationDays: amount, durationWeeks: amount,
  nextDefaultPrice: amount, nextDefaultPriceMoney: z.object({ amount, currency: text }).nullish(),
})
export type Activity = z.infer<typeof Activity>
export const Activities = listOf(Activity)

/** `date` is midnight UTC of the day on which the tour is, whatever the place's zone; `startTime` is on the wall of the place. */
export const Availabilities = z.array(z.object({
  id: z.union([z.string(), z.number()]).nullish(), date: z.number(), startTime: text, availabilityCount: amount, unlimitedAvailability: z.boolean().nullish(), soldOut: z.boolean().nullish(), unavailable: z.boolean().nullish(),
}))
export type Availability = z.infer<typeof Availabilities>[number]

const Customer = z.object({ firstName: text, lastName: text, email: text, phoneNumber: text, language: text }).nullish()

/** One product of a booking as searches tell it. `confirmationCode` is the whole booking's. */
const Found = z.object({
  id: Id, parentBookingId: Id.nullish(), confirmationCode: text, status: text, product: Party, vendor: Party, seller: Party, customer: Customer, creationDate: amount, startDate: amount,
  totalPrice: amount, currency: text, fields: z.object({ startTimeStr: text }).nullish(),
})
export type Found = z.infer<typeof Found>
export const ProductBookings = listOf(Found)

/** The same by itself. */
export const ActivityBooking = z.object({ bookingId: Id, parentBookingId: Id.nullish(), confirmationCode: text, status: text, product: Party, activity: Party, date: amount, startTime: text, totalPrice: amount })
export type ActivityBooking = z.infer<typeof ActivityBooking>

const Bought = z.array(z.object({ bookingId: Id.nullish(), status: text })).nullish()
/** The whole booking: its customer, and all that was bought at once, by what it is: tours, beds, cars, seats. */
export const Order = z.object({ confirmationCode: text, creationDate: amount, currency: text, customer: Customer, activityBookings: Bought, accommodationBookings: Bought, carRentalBookings: Bought, routeBookings: Bought })
export type Order = z.infer<typeof Order>

export const Orders = listOf(z.object({ id: Id, productBookings: z.array(z.object({ id: Id })).nullish() }))

export const Anything = z.unknown()
