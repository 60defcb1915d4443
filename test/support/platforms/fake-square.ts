import { createHmac, randomUUID } from 'node:crypto'
import { Hono } from 'hono'
import type { Context } from 'hono'
import { addMinutes, type Instant } from '../../../src/salon/time.ts'
import { type FakeBook, type FakeVisit, openFakeBook } from './fake-book.ts'
import { fakeServer, type FakeServer } from './fake-server.ts'
import type { Delivery } from '../../../src/platforms/kit/webhook.ts'
import type { TestClock } from '../tiny-book.ts'

const weekdays = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN']

/**
 * Square as its sheet and its specification of 2025-08-20 say: "cursor" pages; a booking window of at most 31 days;
 * availability windows of at least 24 hours and at most 32 days; `PUT` with an optimistic lock on `version`; idempotency keys, which
 * answer a repeated request with its first answer and refuse another one (IDEMPOTENCY_KEY_REUSED); NO_SHOW and "confirmed" cannot be set.
 */
export function fakeSquare({ clock }: { clock: TestClock }): { book: FakeBook; server: FakeServer; token: string; revoke(): void; webhook(visitId: string, options?: { type?: string; url?: string; key?: string }): Delivery } {
  const book = openFakeBook({ clock })
  const token = 'EAAA-test-token-of-the-tiny-salon'
  const app = new Hono().basePath('/v2')
  const answered = new Map<string, { request: string; answer: unknown }>()
  const attributes = new Set<string>()
  let revoked = false
  const refuse = (c: Context, status: 400 | 401 | 404 | 409 | 429, code: string, category = 'INVALID_REQUEST_ERROR') => c.json({ errors: [{ category, code, detail: `the fake says ${code}` }] }, status)

  app.use('*', async (c, next) => {
    if (revoked || c.req.header('authorization') !== `Bearer ${token}`) return refuse(c, 401, 'UNAUTHORIZED', 'AUTHENTICATION_ERROR')
    if (c.req.header('square-version') === undefined) return refuse(c, 400, 'BAD_REQUEST')
    await next()
    return undefined
  })
  app.get('/locations', (c) => c.json({ locations: book.locations.map((location) => ({
    id: location.id, name: location.name, timezone: location.zone, currency: location.currency, phone_number: location.phone, status: 'ACTIVE', business_name: 'Tiny Salon', merchant_id: 'M1',
    address: { address_line_1: location.address, locality: 'Los Angeles' },
    business_hours: { periods: location.hours.map(({ weekday, open, close }) => ({ day_of_week: weekdays[weekday - 1], start_local_time: `${open}:00`, end_local_time: `${close}:00` })) },
  })) }))
  app.get('/bookings/business-booking-profile', (c) => c.json({ business_booking_profile: { seller_id: 'M1', booking_enabled: true, support_seller_level_writes: true } }))
  app.get('/bookings/team-member-booking-profiles', (c) => c.json({ team_member_booking_profiles: book.staff.map(({ id, name }) => ({ team_member_id: id, display_name: name, is_bookable: true })) }))
  app.post('/catalog/search-catalog-items', (c) => c.json({ items: book.services.map((service) => ({
    type: 'ITEM', id: `item-${service.id}`, version: 7, is_deleted: false,
    item_data: { name: service.name, product_type: 'APPOINTMENTS_SERVICE', variations: [{
      type: 'ITEM_VARIATION', id: service.id, version: 7, is_deleted: false,
      item_variation_data: { item_id: `item-${service.id}`, name: 'Regular', price_money: { amount: service.price.minor, currency: service.price.currency }, service_duration: service.durationMin * 60_000, available_for_booking: true, team_member_ids: book.staff.filter(({ serviceIds }) => serviceIds.includes(service.id)).map(({ id }) => id) },
    }] },
  })) }))

  const paged = <T>(c: Context, all: T[], most: number): { items: T[]; cursor?: string } => {
    const from = Number(c.req.query('cursor') ?? 0)
    const size = Math.min(Number(c.req.query('limit') ?? most), most)
    return { items: all.slice(from, from + size), ...(from + size < all.length && { cursor: String(from + size) }) }
  }
  app.get('/customers', (c) => {
    const { items, cursor } = paged(c, [...book.clients.values()].map(customerOf), 100)
    return c.json({ customers: items, cursor })
  })
  app.get('/customers/:id', (c) => {
    const client = book.clients.get(c.req.param('id'))
    return client === undefined ? refuse(c, 404, 'NOT_FOUND') : c.json({ customer: customerOf(client) })
  })
  app.put('/customers/:id', async (c) => {
    const client = book.clients.get(c.req.param('id'))
    const body: { note?: string; version?: number } = await c.req.json()
    if (client === undefined) return refuse(c, 404, 'NOT_FOUND')
    if (body.version !== undefined && body.version !== client.version) return refuse(c, 409, 'CONFLICT')
    return c.json({ customer: customerOf(book.changeClient(client.id, { ...(body.note !== undefined && { note: body.note }) })) })
  })

  app.get('/bookings', (c) => {
    const from = c.req.query('start_at_min') ?? clock.now()
    const to = c.req.query('start_at_max') ?? addMinutes(from, 31 * 1440)
    if (Date.parse(to) - Date.parse(from) > 31 * 86_400_000) return refuse(c, 400, 'INVALID_TIME_RANGE')
    const found = book.list((visit) => visit.start >= from && visit.start <= to)
    const { items, cursor } = paged(c, found.map(bookingOf), 100)
    return c.json({ bookings: items, cursor })
  })
  app.get('/bookings/:id', (c) => {
    const visit = book.visits.get(c.req.param('id'))
    return visit === undefined ? refuse(c, 404, 'NOT_FOUND') : c.json({ booking: bookingOf(visit) })
  })
  app.post('/bookings/availability/search', async (c) => {
    const { query: { filter } }: { query: { filter: { start_at_range: { start_at: Instant; end_at: Instant }; location_id: string; booking_id?: string; segment_filters: { service_variation_id: string; team_member_id_filter?: { any?: string[] } }[] } } } = await c.req.json()
    const { start_at: from, end_at: to } = filter.start_at_range
    const span = Date.parse(to) - Date.parse(from)
    if (span < 86_400_000 || span > 32 * 86_400_000) return refuse(c, 400, 'INVALID_TIME_RANGE')
    const slots = book.slots({ locationId: filter.location_id, from, to, except: filter.booking_id, wants: filter.segment_filters.map((segment) => ({ serviceId: segment.service_variation_id, staffIds: segment.team_member_id_filter?.any })) })
    return c.json({ availabilities: slots.map(({ start, segments }) => ({
      start_at: seconds(start), location_id: filter.location_id,
      appointment_segments: segments.map(({ serviceId, staffId, durationMin }) => ({ duration_minutes: durationMin, team_member_id: staffId, service_variation_id: serviceId, service_variation_version: 7 })),
    })), errors: [] })
  })

  type Body = { idempotency_key?: string; booking?: { start_at?: string; location_id?: string; customer_id?: string; seller_note?: string; version?: number; appointment_segments?: { team_member_id: string; service_variation_id: string; service_variation_version?: number; duration_minutes?: number }[] }; booking_version?: number }
  /** Square's idempotency: the same key and request has the first answer, the same key with another request is refused. */
  const once = async (c: Context, work: (body: Body) => Response | Promise<Response>): Promise<Response> => {
    const body: Body = await c.req.json()
    const request = JSON.stringify([c.req.path, body])
    const before = body.idempotency_key === undefined ? undefined : answered.get(body.idempotency_key)
    if (before !== undefined) return before.request === request ? c.json(before.answer) : refuse(c, 400, 'IDEMPOTENCY_KEY_REUSED')
    const response = await work(body)
    if (response.ok && body.idempotency_key !== undefined) answered.set(body.idempotency_key, { request, answer: await response.clone().json() })
    return response
  }
  const isTaken = (segments: ReturnType<FakeBook['segmentsOf']>, locationId: string, except?: string) => segments.some(({ staffId, start, durationMin }) => start < clock.now() || !book.isFree({ staffId, start, end: addMinutes(start, durationMin), except }) || !book.works({ staffId, locationId, start, end: addMinutes(start, durationMin) }))
  const partsOf = (segments: NonNullable<NonNullable<Body['booking']>['appointment_segments']>) => segments.map((segment) => ({ serviceId: segment.service_variation_id, staffId: segment.team_member_id, durationMin: segment.duration_minutes }))

  app.post('/bookings', (c) => once(c, ({ booking }) => {
    if (booking?.customer_id === undefined || !book.clients.has(booking.customer_id)) return refuse(c, 400, 'CUSTOMER_NOT_FOUND')
    const segments = book.segmentsOf(partsOf(booking.appointment_segments ?? []), new Date(booking.start_at ?? '').toISOString())
    const locationId = booking.location_id ?? ''
    if (segments.length === 0 || booking.appointment_segments?.some(({ service_variation_version: version }) => version === undefined) === true) return refuse(c, 400, 'MISSING_REQUIRED_PARAMETER')
    if (isTaken(segments, locationId)) return refuse(c, 400, 'TIME_SLOT_UNAVAILABLE')
    return c.json({ booking: bookingOf(book.add({ clientId: booking.customer_id, locationId, segments, status: 'booked', note: booking.seller_note ?? '', fields: {} })) })
  }))
  app.put('/bookings/:id', (c) => once(c, ({ booking }) => {
    const visit = book.visits.get(c.req.param('id') ?? '')
    if (visit === undefined) return refuse(c, 404, 'NOT_FOUND')
    if (booking?.version !== undefined && booking.version !== visit.version) return refuse(c, 409, 'VERSION_MISMATCH')
    const start = booking?.start_at === undefined ? visit.start : new Date(booking.start_at).toISOString()
    const segments = booking?.appointment_segments === undefined ? book.segmentsOf(visit.segments, start) : book.segmentsOf(partsOf(booking.appointment_segments), start)
    if (booking?.start_at !== undefined && isTaken(segments, visit.locationId, visit.id)) return refuse(c, 400, 'TIME_SLOT_UNAVAILABLE')
    return c.json({ booking: bookingOf(book.change(visit.id, { segments, ...(booking?.seller_note !== undefined && { note: booking.seller_note }) })) })
  }))
  app.post('/bookings/:id/cancel', (c) => once(c, ({ booking_version }) => {
    const visit = book.visits.get(c.req.param('id') ?? '')
    if (visit === undefined) return refuse(c, 404, 'NOT_FOUND')
    if (booking_version !== undefined && booking_version !== visit.version) return refuse(c, 409, 'VERSION_MISMATCH')
    return c.json({ booking: bookingOf(book.change(visit.id, { status: 'cancelled', cancelledBy: 'salon' })) })
  }))
  app.post('/bookings/custom-attribute-definitions', async (c) => {
    const body: { custom_attribute_definition: { key: string } } = await c.req.json()
    attributes.add(body.custom_attribute_definition.key)
    return c.json({ custom_attribute_definition: { ...body.custom_attribute_definition, version: 1 } })
  })
  app.put('/bookings/:id/custom-attributes/:key', async (c) => {
    const visit = book.visits.get(c.req.param('id'))
    const { key } = c.req.param()
    if (visit === undefined || !attributes.has(key)) return refuse(c, 404, 'NOT_FOUND')
    const body: { custom_attribute: { value: unknown } } = await c.req.json()
    visit.fields[key] = body.custom_attribute.value
    return c.json({ custom_attribute: { key, value: body.custom_attribute.value, version: 1, visibility: 'VISIBILITY_READ_WRITE_VALUES' }, errors: [] })
  })

  return {
    book, server: fakeServer(app), token,
    revoke: () => { revoked = true },
    webhook(visitId, { type = 'booking.updated', url = 'https://desk.example.com/webhooks/square', key = 'square-signature-key' } = {}) {
      const visit = book.visits.get(visitId)
      const rawBody = JSON.stringify({ merchant_id: 'M1', type, event_id: randomUUID(), created_at: clock.now(), data: { type: 'booking', id: `${visitId}:${visit?.version ?? 0}`, object: { booking: visit === undefined ? { id: visitId } : bookingOf(visit) } } })
      return { url, rawBody, headers: { 'x-square-hmacsha256-signature': createHmac('sha256', key).update(url + rawBody).digest('base64') } }
    },
  }
}

function bookingOf(visit: FakeVisit) {
  const status = visit.status === 'cancelled' ? (visit.cancelledBy === 'client' ? 'CANCELLED_BY_CUSTOMER' : 'CANCELLED_BY_SELLER') : visit.status === 'no_show' ? 'NO_SHOW' : visit.status === 'requested' ? 'PENDING' : 'ACCEPTED'
  return {
    id: visit.id, version: visit.version, status, created_at: seconds(visit.createdAt), updated_at: seconds(visit.updatedAt), start_at: seconds(visit.start), location_id: visit.locationId, customer_id: visit.clientId,
    seller_note: visit.note, customer_note: '', source: 'FIRST_PARTY_MERCHANT', all_day: false, transition_time_minutes: 0,
    appointment_segments: visit.segments.map(({ serviceId, staffId, durationMin }) => ({ duration_minutes: durationMin, team_member_id: staffId, service_variation_id: serviceId, service_variation_version: 7, any_team_member: false })),
  }
}

function customerOf(client: { id: string; firstName: string; lastName: string; phone: string; email: string; note: string; version: number; createdAt: string; updatedAt: string }) {
  return { id: client.id, given_name: client.firstName, family_name: client.lastName, phone_number: client.phone, ...(client.email !== '' && { email_address: client.email }), note: client.note, version: client.version, created_at: client.createdAt, updated_at: client.updatedAt }
}

/** Square writes instants without fractions. */
function seconds(instant: Instant): string {
  return instant.replace('.000Z', 'Z')
}
