import { createHmac } from 'node:crypto'
import type { Fetch } from '../src/platforms/kit/ask.ts'
import type { Delivery } from '../src/platforms/kit/webhook.ts'
import { addMinutes, type Instant } from '../src/salon/time.ts'

/** 100,000 visits: five years of 54 a day, and ahead as full as books are ahead, so that two weeks have about 400. */
const days = { past: 1_825, ahead: 52 }
const perDay = { past: 54, ahead: 28 }
const clients = 4_000
const staff = 8
const services = 12
const pageSize = 100

const seededVisits = days.past * perDay.past + days.ahead * perDay.ahead

export type SeededSquare = {
  fetch: Fetch
  /** Somebody moves the n-th visit from now on by a quarter of an hour; answers its webhook. */
  move(n: number): { id: string; delivery: Delivery }
  requests(): number
}

/**
 * Square's answers for a salon that is made up as it is asked: every page is worked out from the numbers of its visits, and
 * nothing is held but what was moved. It answers at once, so that only the desk's own time is measured.
 */
export function seededSquare({ now, signatureKey }: { now: Instant; signatureKey: string }): SeededSquare {
  const today = `${now.slice(0, 10)}T16:00:00.000Z`
  const moves = new Map<number, number>()
  const bookings = days.past * perDay.past
  let requests = 0

  const dayOf = (n: number) => (n < bookings ? Math.floor(n / perDay.past) - days.past : Math.floor((n - bookings) / perDay.ahead))
  const withinDay = (n: number) => (n < bookings ? n % perDay.past : (n - bookings) % perDay.ahead)
  // Rounds of eight an hour apart, five minutes from chair to chair: nobody is booked twice, and starts ascend with the number.
  const startOf = (n: number) => addMinutes(today, dayOf(n) * 1_440 + Math.floor(withinDay(n) / staff) * 60 + (withinDay(n) % staff) * 5)
  const firstFrom = (instant: Instant) => {
    let [low, high] = [0, seededVisits]
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      if (startOf(middle) < instant) low = middle + 1
      else high = middle
    }
    return low
  }
  const bookingOf = (n: number) => {
    const dice = mix(n) % 100
    const start = startOf(n)
    const moved = moves.get(n) ?? 0
    return {
      id: `visit-${n}`, version: 1 + moved, status: start > now ? 'ACCEPTED' : dice < 8 ? 'CANCELLED_BY_CUSTOMER' : dice < 12 ? 'NO_SHOW' : 'ACCEPTED',
      created_at: addMinutes(start, -1_440 * (3 + (dice % 20))), updated_at: addMinutes(start, -60), start_at: addMinutes(start, moved * 15), location_id: 'main', customer_id: `client-${mix(n + 7) % clients}`,
      seller_note: dice < 5 ? 'likes tea' : '', customer_note: '', source: 'FIRST_PARTY_MERCHANT', all_day: false, transition_time_minutes: 0,
      appointment_segments: [{ duration_minutes: 45, team_member_id: `staff-${withinDay(n) % staff}`, service_variation_id: `service-${mix(n + 3) % services}`, service_variation_version: 1, any_team_member: false }],
    }
  }
  const customerOf = (n: number) => ({ id: `client-${n}`, given_name: `First${n % 97}`, family_name: `Last${n}`, phone_number: `+1213${String(5_000_000 + n)}`, email_address: `client${n}@example.com`, note: '', version: 1, created_at: '2021-01-05T18:00:00Z', updated_at: '2021-01-05T18:00:00Z' })
  const page = <T>({ from, to, cursor, make }: { from: number; to: number; cursor: string | null; make: (n: number) => T }) => {
    const begin = from + Number(cursor ?? 0)
    const end = Math.min(begin + pageSize, to)
    return { items: Array.from({ length: Math.max(0, end - begin) }, (_, i) => make(begin + i)), ...(end < to && { cursor: String(end - from) }) }
  }

  const answer = (path: string, query: URLSearchParams): unknown => {
    if (path === '/locations') return { locations: [{ id: 'main', name: 'Main', timezone: 'America/Los_Angeles', currency: 'USD', status: 'ACTIVE', business_name: 'Bench', merchant_id: 'M', business_hours: { periods: ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'].map((day) => ({ day_of_week: day, start_local_time: '08:00:00', end_local_time: '20:00:00' })) } }] }
    if (path === '/bookings/team-member-booking-profiles') return { team_member_booking_profiles: Array.from({ length: staff }, (_, n) => ({ team_member_id: `staff-${n}`, display_name: `Staff ${n}`, is_bookable: true })) }
    if (path === '/catalog/search-catalog-items') return { items: Array.from({ length: services }, (_, n) => ({ id: `item-${n}`, item_data: { name: `Service ${n}`, variations: [{ id: `service-${n}`, item_variation_data: { name: 'Regular', price_money: { amount: 5_000 + n * 100, currency: 'USD' }, service_duration: 45 * 60_000, available_for_booking: true } }] } })) }
    if (path === '/bookings/business-booking-profile') return { business_booking_profile: { booking_enabled: true, support_seller_level_writes: true } }
    if (path === '/customers') {
      const { items, cursor } = page({ from: 0, to: clients, cursor: query.get('cursor'), make: customerOf })
      return { customers: items, cursor }
    }
    if (path === '/bookings') {
      const { items, cursor } = page({ from: firstFrom(query.get('start_at_min') ?? now), to: firstFrom(query.get('start_at_max') ?? now), cursor: query.get('cursor'), make: bookingOf })
      return { bookings: items, cursor }
    }
    const [, kind, number] = /^\/(bookings|customers)\/\w+-(\d+)$/.exec(path) ?? []
    if (number === undefined) return undefined
    return kind === 'bookings' ? { booking: bookingOf(Number(number)) } : { customer: customerOf(Number(number)) }
  }

  return {
    async fetch(url) {
      requests++
      const { pathname, searchParams } = new URL(url)
      const body = answer(pathname.replace('/v2', ''), searchParams)
      return new Response(JSON.stringify(body ?? { errors: [{ category: 'INVALID_REQUEST_ERROR', code: 'NOT_FOUND' }] }), { status: body === undefined ? 404 : 200 })
    },
    move(n) {
      const visit = firstFrom(now) + n
      moves.set(visit, (moves.get(visit) ?? 0) + 1)
      const [url, id] = ['https://desk.example.com/webhooks/square', `visit-${visit}`]
      const rawBody = JSON.stringify({ merchant_id: 'M', type: 'booking.updated', event_id: `event-${visit}-${moves.get(visit)}`, created_at: now, data: { type: 'booking', id: `${id}:1`, object: { booking: bookingOf(visit) } } })
      return { id, delivery: { url, rawBody, headers: { 'x-square-hmacsha256-signature': createHmac('sha256', signatureKey).update(url + rawBody).digest('base64') } } }
    },
    requests: () => requests,
  }
}

/** A number that looks drawn, the same for the same n. */
function mix(n: number): number {
  let x = Math.imul(n + 1, 0x9e3779b1)
  x = Math.imul(x ^ (x >>> 15), 0x85ebca6b)
  return (x ^ (x >>> 13)) >>> 0
}
