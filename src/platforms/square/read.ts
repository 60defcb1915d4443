import { money } from '../../salon/money.ts'
import type { AppointmentStatus, Catalog, Client, Location, Segment, Service, StaffMember } from '../../salon/salon.ts'
import { addMinutes, type Instant, isZone, toInstant } from '../../salon/time.ts'
import { readNotes } from '../kit/notes-in-text.ts'
import type { OfferedSlot, SeenVisit } from '../platform-adapter.ts'
import type { Availabilities, Booking, CatalogItems, Customer, Locations, TeamProfiles } from './schema.ts'
import type { z } from 'zod'

const weekdays = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN']

/** What of the catalogue a booking needs to be understood: prices of services. */
export type Known = { serviceById: ReadonlyMap<string, Service>; currency: string }

export function toCatalog({ locations, items, team }: { locations: z.infer<typeof Locations>['locations']; items: z.infer<typeof CatalogItems>['items']; team: z.infer<typeof TeamProfiles>['team_member_booking_profiles'] }): Catalog {
  const places = locations.filter(({ status }) => status !== 'INACTIVE').map(toLocation)
  const currency = places[0]?.currency ?? 'USD'
  const variations = items.flatMap((item) => (item.item_data?.variations ?? []).map((variation) => ({ item, variation, alone: item.item_data?.variations?.length === 1 })))
  const services = variations.map(({ item, variation, alone }): Service => {
    const data = variation.item_variation_data
    const name = [item.item_data?.name ?? 'Service', ...(alone || data?.name === undefined ? [] : [data.name])].join(', ')
    return {
      // What is booked in Square is a variation of an item.
      id: variation.id, name, category: 'service', durationMin: Math.round((data?.service_duration ?? 0) / 60_000), price: money(data?.price_money?.amount ?? 0, data?.price_money?.currency ?? currency),
      active: item.is_deleted !== true && variation.is_deleted !== true && item.item_data?.is_archived !== true && data?.available_for_booking !== false, consultation: /consult/i.test(name),
    }
  })
  const staff = team.map((profile): StaffMember => ({
    id: profile.team_member_id, name: profile.display_name ?? 'Team member', locationIds: places.map(({ id }) => id), active: profile.is_bookable !== false,
    serviceIds: variations.filter(({ variation }) => variation.item_variation_data?.team_member_ids?.includes(profile.team_member_id) ?? true).map(({ variation }) => variation.id),
  }))
  const [first] = locations
  return { business: { id: `square-${first?.merchant_id ?? first?.id ?? 'salon'}`, name: first?.business_name ?? first?.name ?? 'Salon', demo: false }, locations: places, staff, services }
}

function toLocation(location: z.infer<typeof Locations>['locations'][number]): Location {
  const { id, name = 'Location', timezone = '', currency = 'USD', phone_number: phone, address, business_hours } = location
  return {
    id, name, currency,
    zone: isZone(timezone) ? timezone : 'UTC',
    ...(phone !== undefined && { phone }),
    ...(address?.address_line_1 !== undefined && { address: [address.address_line_1, address.locality].filter(Boolean).join(', ') }),
    hours: (business_hours?.periods ?? []).flatMap(({ day_of_week, start_local_time, end_local_time }) => {
      const weekday = weekdays.indexOf(day_of_week) + 1
      return weekday === 0 ? [] : [{ weekday, open: start_local_time.slice(0, 5), close: end_local_time.slice(0, 5) }]
    }),
    closures: [],
  }
}

/** A booking of Square's as a visit. `asked` is when it was asked for. */
export function toVisit({ booking, known, asked, now }: { booking: Booking; known: Known; asked: Instant; now: Instant }): SeenVisit {
  const start = toInstant(booking.start_at)
  const created = toInstant(booking.created_at ?? booking.start_at)
  const segments = toSegments({ segments: booking.appointment_segments ?? [], start, known })
  const last = segments.at(-1)
  const end = last === undefined ? start : addMinutes(last.start, last.durationMin)
  const status = toStatus(booking.status, end <= now)
  const changed = booking.updated_at === undefined ? undefined : toInstant(booking.updated_at)
  return {
    visit: {
      id: booking.id, locationId: booking.location_id ?? '', clientId: booking.customer_id ?? '', segments, start, end, timeKnown: true, status, version: String(booking.version), bookedAt: created,
      ...(status === 'cancelled' && { cancelledBy: booking.status === 'CANCELLED_BY_CUSTOMER' ? 'client' as const : 'salon' as const }),
      notes: readNotes(booking.seller_note, created), fetchedAt: asked,
    },
    ...(changed !== undefined && { changedAt: changed }),
    ...(status === 'completed' && { byTime: true }),
    extra: { version: booking.version, sellerNote: booking.seller_note ?? '' },
  }
}

/** Square has no "completed": a booking that stands when its time is over counts as kept until somebody marks it a no-show. */
function toStatus(status: string | undefined, isOver: boolean): AppointmentStatus {
  switch (status ?? '') {
    case 'PENDING': return 'requested'
    case 'ACCEPTED': return isOver ? 'completed' : 'booked'
    case 'CANCELLED_BY_CUSTOMER':
    case 'CANCELLED_BY_SELLER': return 'cancelled'
    case 'DECLINED': return 'declined'
    case 'NO_SHOW': return 'no_show'
    default: return 'unknown'
  }
}

function toSegments({ segments, start, known }: { segments: NonNullable<Booking['appointment_segments']>; start: Instant; known: Known }): Segment[] {
  let at = start
  return segments.map((segment): Segment => {
    const serviceId = segment.service_variation_id ?? ''
    const service = known.serviceById.get(serviceId)
    const durationMin = segment.duration_minutes ?? service?.durationMin ?? 0
    const here = at
    at = addMinutes(at, durationMin + (segment.intermission_minutes ?? 0))
    return { serviceId, staffId: segment.team_member_id, staffPreference: segment.any_team_member === true ? 'any' : segment.any_team_member === false ? 'requested' : 'unknown', start: here, durationMin, price: service?.price ?? money(0, known.currency) }
  })
}

export function toSlots({ availabilities, known, locationId }: { availabilities: z.infer<typeof Availabilities>['availabilities']; known: Known; locationId: string }): OfferedSlot[] {
  return availabilities.flatMap((availability) => {
    const start = toInstant(availability.start_at)
    const segments = toSegments({ segments: availability.appointment_segments, start, known })
    const last = segments.at(-1)
    if (last === undefined) return []
    const versions = availability.appointment_segments.map((segment) => segment.service_variation_version ?? null)
    return [{ locationId: availability.location_id ?? locationId, start, end: addMinutes(last.start, last.durationMin), segments, token: JSON.stringify(versions) }]
  })
}

export function toClient(customer: Customer): Client {
  const created = customer.created_at === undefined ? undefined : toInstant(customer.created_at)
  // Square writes an unknown year as 0000.
  const birthday = /^\d{4}-(\d\d-\d\d)/.exec(customer.birthday ?? '')?.[1]
  return {
    id: customer.id, firstName: customer.given_name ?? customer.nickname ?? customer.company_name ?? '', lastName: customer.family_name ?? '',
    phones: customer.phone_number === undefined ? [] : [customer.phone_number], ...(customer.email_address !== undefined && { email: customer.email_address }),
    ...(birthday !== undefined && { birthday }),
    // Square knows an unsubscription from marketing emails only; texts are asked of our own ledger.
    consent: { sms: 'unknown', email: 'unknown' }, tags: [], notes: readNotes(customer.note, created ?? '1970-01-01T00:00:00.000Z'), holdings: [], ...(created !== undefined && { createdAt: created }),
  }
}
