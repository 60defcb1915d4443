import { z } from 'zod'

// Only the fields that are used. A field that Square leaves out is absent, one that it empties is null.
const text = z.string().nullish().transform((value) => value ?? undefined)

const Money = z.object({ amount: z.number().int(), currency: z.string() }).nullish()

export const Locations = z.object({
  locations: z.array(z.object({
    id: z.string(), name: text, timezone: text, currency: text, phone_number: text, status: text, business_name: text, merchant_id: text,
    address: z.object({ address_line_1: text, locality: text }).nullish(),
    business_hours: z.object({ periods: z.array(z.object({ day_of_week: z.string(), start_local_time: z.string(), end_local_time: z.string() })).nullish() }).nullish(),
  })).default([]),
})

export const TeamProfiles = z.object({
  team_member_booking_profiles: z.array(z.object({ team_member_id: z.string(), display_name: text, is_bookable: z.boolean().nullish() })).default([]),
  cursor: text,
})

export const CatalogItems = z.object({
  items: z.array(z.object({
    id: z.string(),
    is_deleted: z.boolean().nullish(),
    item_data: z.object({
      name: text,
      is_archived: z.boolean().nullish(),
      variations: z.array(z.object({
        id: z.string(), version: z.number().int().nullish(), is_deleted: z.boolean().nullish(),
        item_variation_data: z.object({ name: text, price_money: Money, service_duration: z.number().nullish(), available_for_booking: z.boolean().nullish(), team_member_ids: z.array(z.string()).nullish() }).nullish(),
      })).nullish(),
    }).nullish(),
  })).default([]),
  cursor: text,
})

const SegmentShape = z.object({
  duration_minutes: z.number().int().nullish(), service_variation_id: text, team_member_id: z.string(), service_variation_version: z.number().int().nullish(),
  intermission_minutes: z.number().int().nullish(), any_team_member: z.boolean().nullish(),
})

export const Booking = z.object({
  id: z.string(), version: z.number().int().default(0), status: text, created_at: text, updated_at: text, start_at: z.string(),
  location_id: text, customer_id: text, customer_note: text, seller_note: text, appointment_segments: z.array(SegmentShape).nullish(),
})
export type Booking = z.infer<typeof Booking>

export const OneBooking = z.object({ booking: Booking })
export const Bookings = z.object({ bookings: z.array(Booking).default([]), cursor: text })

const CustomerShape = z.object({
  id: z.string(), created_at: text, updated_at: text, given_name: text, family_name: text, nickname: text, company_name: text,
  email_address: text, phone_number: text, note: text, birthday: text, version: z.number().int().nullish(),
})
export type Customer = z.infer<typeof CustomerShape>
export const OneCustomer = z.object({ customer: CustomerShape })
export const Customers = z.object({ customers: z.array(CustomerShape).default([]), cursor: text })

export const Availabilities = z.object({
  availabilities: z.array(z.object({ start_at: z.string(), location_id: text, appointment_segments: z.array(SegmentShape).default([]) })).default([]),
})

export const BusinessProfile = z.object({
  business_booking_profile: z.object({ booking_enabled: z.boolean().nullish(), support_seller_level_writes: z.boolean().nullish() }).nullish(),
})

export const Anything = z.unknown()

export const Errors = z.object({ errors: z.array(z.object({ category: text, code: text, detail: text, field: text })).min(1) })

/** `booking.created`, `booking.updated`, `customer.*`; everything else Square sends is nothing to us. */
export const Event = z.object({
  event_id: z.string().min(1), type: z.string(), created_at: text,
  data: z.object({ type: text, id: text, object: z.object({ booking: z.object({ id: z.string() }).nullish(), customer: z.object({ id: z.string() }).nullish() }).nullish() }).nullish(),
})
