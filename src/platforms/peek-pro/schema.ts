import { z } from 'zod'

// The bridge's shapes are those of Peek's own published types; only what is used.
const text = z.string().nullish().transform((value) => value ?? undefined)

const Money = z.object({ amount: z.union([z.string(), z.number()]).nullish(), currency: text }).nullish()

export const Products = z.union([z.array(z.unknown()), z.object({ products: z.array(z.unknown()) }).transform(({ products }) => products)]).pipe(z.array(z.object({
  productId: z.string(), name: text, type: text, currency: text, tickets: z.array(z.object({ minPrice: Money })).nullish(),
})))

export const Booking = z.object({
  bookingId: z.string().min(1), customerName: text, customerEmail: text, customerPhone: text, productId: text,
  isCanceled: z.boolean().nullish(), isNoShow: z.boolean().nullish(), isCheckedIn: z.boolean().nullish(),
  startsAt: text, startsAtUtc: text, endsAt: text, endsAtUtc: text, purchasedAtUtc: text, notes: text, valueAmount: z.union([z.string(), z.number()]).nullish(),
})
export type Booking = z.infer<typeof Booking>
export const OneBooking = z.union([Booking, z.object({ booking: Booking }).transform(({ booking }) => booking)])
export const Bookings = z.union([z.array(Booking), z.object({ bookings: z.array(Booking) }).transform(({ bookings }) => bookings)])

export const Anything = z.unknown()

/** What the desk's own n8n flow, or a relay, sends when a seat came free. */
export const SpotOpen = z.object({ data: z.object({ activity_id: z.string().min(1), slot_datetime: z.string().min(1), spots_available: z.coerce.number().int() }) })

/** The bridge's events carry the booking's full state, and which of a few wrappings they use is not documented. */
const Named = z.object({ bookingId: z.string().min(1) })
export const BridgeEvent = z.union([
  Named.transform(({ bookingId }) => bookingId), z.object({ booking: Named }).transform(({ booking }) => booking.bookingId), z.object({ data: Named }).transform(({ data }) => data.bookingId),
  z.object({ data: z.object({ booking: Named }) }).transform(({ data }) => data.booking.bookingId), z.object({ booking: z.object({ id: z.string().min(1) }) }).transform(({ booking }) => booking.id),
])
