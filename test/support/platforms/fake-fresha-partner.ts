import { createHmac, randomUUID } from 'node:crypto'
import { Hono } from 'hono'
import type { Context } from 'hono'
import type { Delivery } from '../../../src/platforms/kit/webhook.ts'
import { addMinutes, type Instant } from '../../../src/salon/time.ts'
import { type FakeBook, type FakeClient, type FakeVisit, openFakeBook } from './fake-book.ts'
import { fakeServer, type FakeServer } from './fake-server.ts'
import type { TestClock } from '../tiny-book.ts'

const statuses = new Set(['booked', 'confirmed', 'arrived', 'completed', 'no_show', 'canceled'])

/**
 * The partner endpoint as it was described to us; Fresha documents none, so this is a contract of ours: client credentials with
 * tokens of an hour; lists in pages of at most 100; `PUT` changes only what it is given, without versions; a time outside
 * working hours is a 409, but nobody promised that a time which somebody else has is refused, so it is given twice;
 * `X-Fresha-Signature` is the hex HMAC-SHA256 of the raw body.
 */
export function fakeFreshaPartner({ clock }: { clock: TestClock }): { book: FakeBook; server: FakeServer; revoke(): void; forgetTokens(): void; tokensGiven(): number; webhook(visitId: string, options?: { type?: string; id?: string }): Delivery } {
  const book = openFakeBook({ clock })
  const tokens = new Map<string, Instant>()
  let given = 0
  let revoked = false
  const app = new Hono()
  const refuse = (c: Context, status: 400 | 401 | 404 | 409 | 422, code: string) => c.json({ error: { code, message: `the fake says ${code}` } }, status)

  app.post('/oauth/token', async (c) => {
    const form = new URLSearchParams(await c.req.text())
    if (c.req.header('content-type') !== 'application/x-www-form-urlencoded' || form.get('grant_type') !== 'client_credentials') return refuse(c, 400, 'unsupported_grant_type')
    if (revoked || form.get('client_id') !== 'tiny-client' || form.get('client_secret') !== 'tiny-client-secret') return refuse(c, 401, 'invalid_client')
    const token = `token-${++given}`
    tokens.set(token, addMinutes(clock.now(), 60))
    return c.json({ access_token: token, token_type: 'Bearer', expires_in: 3_600 })
  })
  app.use('*', async (c, next) => {
    const until = tokens.get(c.req.header('authorization')?.replace(/^Bearer /, '') ?? '')
    if (revoked || until === undefined || until <= clock.now()) return refuse(c, 401, 'invalid_token')
    const business = c.req.query('business_id') ?? /\/businesses\/([^/]+)\//.exec(c.req.path)?.[1]
    if (business !== undefined && business !== 'main') return refuse(c, 404, 'unknown_business')
    if (business === undefined && c.req.method === 'GET') return refuse(c, 422, 'business_id_required')
    await next()
    return undefined
  })
  const page = <T, U>(c: Context, all: T[], draw: (item: T) => U): { items: U[]; next_cursor: string | null } => {
    const from = Number(c.req.query('cursor') ?? 0)
    const size = Math.min(Number(c.req.query('limit') ?? 100), 100)
    return { items: all.slice(from, from + size).map(draw), next_cursor: from + size < all.length ? String(from + size) : null }
  }
  app.get('/services', (c) => {
    const { items, next_cursor } = page(c, book.services, ({ id, name, category, durationMin, price, active }) => ({ id, name, category, duration_minutes: durationMin, price: { amount: price.minor, currency: price.currency }, active }))
    return c.json({ services: items, next_cursor })
  })
  app.get('/staff_members', (c) => {
    const { items, next_cursor } = page(c, book.staff, ({ id, name, active, serviceIds }) => ({ id, first_name: name.split(' ')[0], last_name: name.split(' ')[1], active, service_ids: serviceIds }))
    return c.json({ staff_members: items, next_cursor })
  })
  app.get('/clients', (c) => {
    const id = c.req.query('id')
    const { items, next_cursor } = page(c, [...book.clients.values()].filter((client) => id === undefined || client.id === id), clientOf)
    return c.json({ clients: items, next_cursor })
  })
  app.get('/appointments', (c) => {
    const { id, start_from: from, start_to: to } = c.req.query()
    if (id === undefined && (from === undefined || to === undefined)) return refuse(c, 422, 'range_required')
    const { items, next_cursor } = page(c, book.list((visit) => (id === undefined || visit.id === id) && (from === undefined || visit.start >= from) && (to === undefined || visit.start < to)), appointmentOf)
    return c.json({ appointments: items, next_cursor })
  })
  app.get('/businesses/:id/availability', (c) => {
    const { service_id, staff_member_id, from = '', to = '', appointment_id } = c.req.query()
    if (service_id === undefined || book.service(service_id) === undefined || Number.isNaN(Date.parse(from)) || Number.isNaN(Date.parse(to))) return refuse(c, 422, 'bad_query')
    const slots = book.slots({ locationId: 'main', from, to, except: appointment_id, wants: [{ serviceId: service_id, staffIds: staff_member_id === undefined ? undefined : [staff_member_id] }] })
    return c.json({ slots: slots.map(({ start, end, segments }) => ({ start_at: start, end_at: end, staff_member_id: segments[0]?.staffId })) })
  })

  type Body = { client_id?: string; start_at?: string; status?: string; canceled_by?: string; notes?: string; services?: { service_id: string; staff_member_id: string; start_at: string; duration_minutes?: number }[] }
  const segmentsOf = ({ services = [], start_at: start = '' }: Body) => book.segmentsOf(services.map((part) => ({ serviceId: part.service_id, staffId: part.staff_member_id, durationMin: part.duration_minutes })), start)
  const closed = (segments: ReturnType<typeof segmentsOf>) => segments.some(({ staffId, start, durationMin }) => start < clock.now() || !book.works({ staffId, locationId: 'main', start, end: addMinutes(start, durationMin) }))
  app.post('/v2/businesses/:id/appointments', async (c) => {
    const body: Body = await c.req.json()
    const segments = segmentsOf(body)
    if (body.client_id === undefined || !book.clients.has(body.client_id) || segments.length === 0) return refuse(c, 422, 'invalid')
    if (closed(segments)) return refuse(c, 409, 'slot_unavailable')
    return c.json({ appointment: appointmentOf(book.add({ clientId: body.client_id, locationId: 'main', segments, status: 'booked', note: body.notes ?? '', fields: {} })) }, 201)
  })
  app.put('/appointments/:id', async (c) => {
    const visit = book.visits.get(c.req.param('id'))
    const body: Body = await c.req.json()
    if (visit === undefined) return refuse(c, 404, 'not_found')
    if (body.status !== undefined && !statuses.has(body.status)) return refuse(c, 422, 'invalid_status')
    const segments = body.services === undefined ? undefined : segmentsOf(body)
    if (segments !== undefined && closed(segments)) return refuse(c, 409, 'slot_unavailable')
    return c.json({ appointment: appointmentOf(book.change(visit.id, {
      ...(segments !== undefined && { segments }), ...(body.notes !== undefined && { note: body.notes }),
      ...(body.status !== undefined && { status: body.status === 'canceled' ? 'cancelled' : body.status as FakeVisit['status'] }),
      ...(body.canceled_by !== undefined && { cancelledBy: body.canceled_by === 'client' ? 'client' : 'salon' }),
    })) })
  })
  app.put('/v2/businesses/:id/clients/:client', async (c) => {
    const client = book.clients.get(c.req.param('client'))
    const body: { notes?: string; tags?: string[] } = await c.req.json()
    if (client === undefined) return refuse(c, 404, 'not_found')
    return c.json({ client: clientOf(book.changeClient(client.id, { ...(body.notes !== undefined && { note: body.notes }), ...(body.tags !== undefined && { fields: { tags: body.tags } }) })) })
  })

  return {
    book, server: fakeServer(app), revoke: () => { revoked = true }, forgetTokens: () => tokens.clear(), tokensGiven: () => given,
    webhook(visitId, { type = 'appointment.updated', id = randomUUID() } = {}) {
      const rawBody = JSON.stringify({ id, type, created_at: clock.now(), data: { id: visitId, status: book.visits.get(visitId)?.status } })
      return { url: 'https://desk.example.com/webhooks/fresha-partner', rawBody, headers: { 'x-fresha-signature': createHmac('sha256', 'tiny-webhook-secret').update(rawBody).digest('hex') } }
    },
  }
}

function appointmentOf(visit: FakeVisit) {
  return {
    id: visit.id, client_id: visit.clientId, start_at: visit.start, end_at: visit.end, notes: visit.note === '' ? null : visit.note, created_at: visit.createdAt, updated_at: visit.updatedAt,
    status: typeof visit.fields['oddStatus'] === 'string' ? visit.fields['oddStatus'] : visit.status === 'cancelled' ? 'canceled' : visit.status === 'in_service' ? 'started' : visit.status, canceled_by: visit.cancelledBy === undefined ? null : visit.cancelledBy === 'client' ? 'client' : 'business',
    services: visit.segments.map(({ serviceId, staffId, start, durationMin, price }) => ({ service_id: serviceId, staff_member_id: staffId, start_at: start, duration_minutes: durationMin, price: { amount: price.minor, currency: price.currency } })),
  }
}

function clientOf({ id, firstName, lastName, phone, email, note, fields, createdAt }: FakeClient) {
  return { id, first_name: firstName, last_name: lastName, phone, email: email === '' ? null : email, notes: note === '' ? null : note, tags: fields['tags'] ?? [], created_at: createdAt }
}
