import { Hono } from 'hono'
import type { Context } from 'hono'
import { addMinutes, at, type Instant, localDate, type Zone } from '../../../src/salon/time.ts'
import { fromLocal, toLocal } from '../../../src/platforms/kit/local-times.ts'
import type { Delivery } from '../../../src/platforms/kit/webhook.ts'
import type { TestClock } from '../tiny-book.ts'
import { type FakeBook, type FakeClient, type FakeVisit, numbered, openFakeBook } from './fake-book.ts'
import { fakeServer, type FakeServer } from './fake-server.ts'

export const easyToken = 'ea-token-of-the-tiny-salon'
export const easyAddress = 'https://salon.example.com/booking'

/**
 * Easy!Appointments 1.6 as its sheet saw the real server behave [R], and as the sheet's specification says [O]:
 * - "POST of the same slot twice → 201 both times: the API does not refuse double booking" [R]; "availability afterwards does drop
 *   the taken slots" [R]. Its published source counts every appointment there, whatever its label, also a cancelled one.
 * - "Not found → 404 with an EMPTY body; bad body → 500 {success:false,message}; no login → 401 text/plain + WWW-Authenticate" [R].
 * - Webhook: "X-Ea-Token in clear, {action, payload}; create and update are both _save; payload uses database names; no retry" [R].
 * - "Local times YYYY-MM-DD HH:mm:ss in the provider's timezone, no offset"; `page, length(20), sort, from, till` on lists;
 *   "one service per appointment"; "status is a free label from settings"; numbers as ids; settings by name [O].
 * - `till` is held against the day on which an appointment ends, an unknown setting has the value null (published source).
 * No locations: the desk's `main` is nobody's id here.
 */
export function fakeEasyappointments({ clock, zones = {}, labels = ['Booked', 'Confirmed', 'Rescheduled', 'Cancelled', 'Draft'] }: { clock: TestClock; zones?: Record<string, Zone>; labels?: string[] }): {
  book: FakeBook; server: FakeServer; settings: Map<string, string>; closed: { unavailabilities: Closed[]; blocked_periods: Closed[] }; revoke(): void
  webhook(visitId: string, options?: { action?: string; header?: string; token?: string }): Delivery
} {
  const numbers = numbered()
  const book = openFakeBook({ clock, idOf: (name) => (name === 'main' ? name : numbers(name)) })
  const zoneOf = (staffId: string): Zone => Object.entries(zones).find(([name]) => book.idOf(name) === staffId)?.[1] ?? book.zone
  const settings = new Map([['company_name', 'Tiny Salon'], ['appointment_status_options', JSON.stringify(labels)], ['display_custom_field_5', '0']])
  const closed: { unavailabilities: Closed[]; blocked_periods: Closed[] } = { unavailabilities: [], blocked_periods: [] }
  let revoked = false

  const app = new Hono().basePath('/booking/index.php/api/v1')
  app.use('*', async (c, next) => {
    if (revoked || c.req.header('authorization') !== `Bearer ${easyToken}`) return c.text('You are not authorized to use the API.', 401, { 'WWW-Authenticate': 'Basic realm="Easy!Appointments"' })
    await next()
    return undefined
  })
  const nothing = (c: Context) => c.body('', 404)
  const broken = (c: Context, message: string) => c.json({ success: false, message }, 500)
  const listed = <T extends { id?: unknown }>(c: Context, all: T[]) => {
    const [page, length] = [Number(c.req.query('page') ?? 1), Number(c.req.query('length') ?? 20)]
    const sorted = c.req.query('sort') === 'id' ? all.toSorted((a, b) => Number(a.id) - Number(b.id)) : all
    return c.json(sorted.slice((page - 1) * length, page * length))
  }
  const labelOf = (visit: FakeVisit) => {
    const { oddStatus, label } = visit.fields
    if (typeof oddStatus === 'string') return oddStatus
    if (visit.status === 'cancelled') return 'Cancelled'
    return visit.status === 'confirmed' ? 'Confirmed' : typeof label === 'string' ? label : 'Booked'
  }
  const appointmentOf = (visit: FakeVisit) => {
    const [segment] = visit.segments
    const zone = zoneOf(segment?.staffId ?? '')
    return {
      id: Number(visit.id), book: toLocal(visit.createdAt, 'UTC', ' '), start: toLocal(visit.start, zone, ' '), end: toLocal(visit.end, zone, ' '), hash: `hash${visit.id}`, location: '', color: '#7cbae8', status: labelOf(visit), notes: visit.note,
      customerId: Number(visit.clientId), providerId: Number(segment?.staffId), serviceId: Number(segment?.serviceId),
    }
  }

  app.get('/settings/:name', (c) => c.json({ name: c.req.param('name'), ...(settings.has(c.req.param('name')) ? { value: settings.get(c.req.param('name')) } : { value: null }) }))
  app.get('/services', (c) => listed(c, book.services.map((service) => ({ id: Number(service.id), name: service.name, duration: service.durationMin, price: service.price.minor / 100, currency: '$', location: '', description: '', color: '#7cbae8', slotInterval: 15, attendantsNumber: 1, isPrivate: false }))))
  app.get('/providers', (c) => listed(c, book.staff.map((member) => {
    const [firstName = '', lastName = ''] = member.name.split(' ')
    const names = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']
    const plan = Object.fromEntries(names.map((name, n) => {
      const shift = book.shifts.find(({ staffId, weekday }) => staffId === member.id && weekday === n + 1)
      return [name, shift === undefined ? null : { start: shift.start, end: shift.end, breaks: [] }]
    }))
    return { id: Number(member.id), firstName, lastName, email: `${firstName.toLowerCase()}@example.com`, timezone: zoneOf(member.id), services: member.serviceIds.map(Number), settings: { workingPlan: JSON.stringify(plan) } }
  })))
  for (const kind of ['unavailabilities', 'blocked_periods'] as const) app.get(`/${kind}`, (c) => listed(c, closed[kind].map((one, n) => ({ id: n + 1, ...one }))))

  app.get('/availabilities', (c) => {
    const { providerId = '', serviceId = '', date = localDate(clock.now(), book.zone) } = c.req.query()
    const service = book.service(serviceId)
    if (!book.staff.some(({ id }) => id === providerId)) return broken(c, `The provided provider ID was not found in the database: ${providerId}`)
    if (service === undefined) return broken(c, `The provided service ID was not found in the database: ${serviceId}`)
    const zone = zoneOf(providerId)
    const taken = [...book.list(({ segments }) => segments[0]?.staffId === providerId), ...[...closed.unavailabilities.filter((one) => String(one.providerId) === providerId), ...closed.blocked_periods].map((one) => ({ start: fromLocal(one.start, zone), end: fromLocal(one.end, zone) }))]
    const hours: string[] = []
    for (let minute = 0; minute < 1440; minute += 15) {
      const hour = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
      const start = at(date, hour, zone)
      const end = addMinutes(start, service.durationMin)
      // Its own providers' plans are kept in their zones; the tiny salon's are those of its house.
      if (start > clock.now() && book.works({ staffId: providerId, locationId: 'main', start, end }) && !taken.some((busy) => busy.start < end && start < busy.end)) hours.push(hour)
    }
    return c.json(hours)
  })

  const customerOf = (client: FakeClient) => ({
    id: Number(client.id), firstName: client.firstName, lastName: client.lastName, email: client.email, phone: client.phone, address: '', city: '', zip: '', timezone: book.zone, language: 'english', notes: client.note,
    ...Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`customField${n}`, typeof client.fields[`customField${n}`] === 'string' ? client.fields[`customField${n}`] : ''])),
  })
  app.get('/customers', (c) => listed(c, [...book.clients.values()].map(customerOf)))
  app.get('/customers/:id', (c) => {
    const found = book.clients.get(c.req.param('id'))
    return found === undefined ? nothing(c) : c.json(customerOf(found))
  })
  app.put('/customers/:id', async (c) => {
    const found = book.clients.get(c.req.param('id'))
    if (found === undefined) return nothing(c)
    const { notes, ...body }: { notes?: string; [field: string]: unknown } = await c.req.json()
    const custom = Object.fromEntries(Object.entries(body).filter(([name]) => /^customField[1-5]$/.test(name)))
    return c.json(customerOf(book.changeClient(found.id, { ...(notes !== undefined && { note: notes }), fields: { ...found.fields, ...custom } })))
  })

  type Body = { start?: unknown; end?: unknown; status?: string; notes?: string; customerId?: number; providerId?: number; serviceId?: number }
  /** What the server says to a body before it saves it; undefined when it has nothing against it. It never looks whether the time is free. */
  const wrongWith = (body: Body): string | undefined => {
    if (!body.start || !body.end || !body.serviceId || !body.providerId || !body.customerId) return 'Not all required fields are provided: Array'
    for (const time of [body.start, body.end]) if (typeof time !== 'string' || !/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(time)) return 'Unknown or bad format (PTM)'
    if (minutesOf(body) < 5) return 'The appointment duration cannot be less than 5 minutes.'
    if (!book.staff.some(({ id }) => id === String(body.providerId))) return `The appointment provider ID was not found in the database: ${body.providerId}`
    if (!book.clients.has(String(body.customerId))) return `The appointment customer ID was not found in the database: ${body.customerId}`
    return book.service(String(body.serviceId)) === undefined ? 'Appointment service id is invalid.' : undefined
  }
  const segmentsOf = (body: Body) => book.segmentsOf([{ serviceId: String(body.serviceId), staffId: String(body.providerId), durationMin: minutesOf(body) }], fromLocal(String(body.start), zoneOf(String(body.providerId))))
  const statusOf = (label: string | undefined): FakeVisit['status'] => (label === 'Cancelled' ? 'cancelled' : label === 'Confirmed' ? 'confirmed' : 'booked')

  app.get('/appointments', (c) => {
    const { from, till, providerId } = c.req.query()
    const found = book.list().filter((visit) => providerId === undefined || visit.segments[0]?.staffId === providerId).map(appointmentOf)
    return listed(c, found.filter(({ start, end }) => (from === undefined || start.slice(0, 10) >= from) && (till === undefined || end.slice(0, 10) <= till)))
  })
  app.get('/appointments/:id', (c) => {
    const visit = book.visits.get(c.req.param('id'))
    return visit === undefined ? nothing(c) : c.json(appointmentOf(visit))
  })
  app.post('/appointments', async (c) => {
    const body: Body = await c.req.json()
    const wrong = wrongWith(body)
    if (wrong !== undefined) return broken(c, wrong)
    return c.json(appointmentOf(book.add({ clientId: String(body.customerId), locationId: 'main', segments: segmentsOf(body), status: statusOf(body.status), note: body.notes ?? '', fields: { label: body.status ?? '' } })), 201)
  })
  app.put('/appointments/:id', async (c) => {
    const visit = book.visits.get(c.req.param('id'))
    if (visit === undefined) return nothing(c)
    const given: Body = await c.req.json()
    const body: Body = { ...appointmentOf(visit), ...given }
    const wrong = wrongWith(body)
    if (wrong !== undefined) return broken(c, wrong)
    return c.json(appointmentOf(book.change(visit.id, { segments: segmentsOf(body), ...(given.notes !== undefined && { note: given.notes }), ...(given.status !== undefined && { status: statusOf(given.status), fields: { label: given.status } }) })))
  })
  app.delete('/appointments/:id', (c) => {
    const { id } = c.req.param()
    if (!book.visits.has(id)) return nothing(c)
    book.remove(id)
    return c.body(null, 204)
  })

  return {
    book, server: fakeServer(app), settings, closed,
    revoke: () => { revoked = true },
    webhook(visitId, { action = 'appointment_save', header = 'x-ea-token', token = 'webhook-secret-of-tiny' } = {}) {
      const visit = book.visits.get(visitId)
      const record = visit === undefined ? undefined : appointmentOf(visit)
      const payload = { id: Number(visitId), book_datetime: record?.book, start_datetime: record?.start, end_datetime: record?.end, update_datetime: localText(visit?.updatedAt ?? clock.now()), notes: '', is_unavailability: false, id_users_provider: record?.providerId, id_users_customer: record?.customerId, id_services: record?.serviceId, status: record?.status }
      return { url: 'https://desk.example.com/webhooks/easyappointments', rawBody: JSON.stringify({ action, payload }), headers: { 'content-type': 'application/json', [header]: token } }
    },
  }
}

type Closed = { start: string; end: string; providerId?: number }

const minutesOf = ({ start, end }: { start?: unknown; end?: unknown }) => (Date.parse(`${String(end).replace(' ', 'T')}Z`) - Date.parse(`${String(start).replace(' ', 'T')}Z`)) / 60_000
const localText = (instant: Instant) => toLocal(instant, 'UTC', ' ')
