import { randomUUID } from 'node:crypto'
import { Hono } from 'hono'
import type { Context } from 'hono'
import { fromLocal, toLocal } from '../../../src/platforms/kit/local-times.ts'
import type { Delivery } from '../../../src/platforms/kit/webhook.ts'
import { addMinutes, dayRange, localTime } from '../../../src/salon/time.ts'
import type { TestClock } from '../tiny-book.ts'
import { type FakeBook, type FakeVisit, openFakeBook } from './fake-book.ts'
import { fakeServer, type FakeServer } from './fake-server.ts'

/** "opaque base64-like string, percent-encode": as Vagaro's ids are. */
export const vagaroId = (name: string) => `~${Buffer.from(name).toString('base64')}+=`

export const vagaroTestCredentials = { region: 'us04', clientId: 'client-1', clientSecret: 'very-secret', businessId: vagaroId('main'), timezone: 'America/Los_Angeles', webhookToken: 'a-static-verification-token' }

/**
 * Vagaro as its sheet says. "POST /merchants/generate-access-token {clientId, clientSecretKey, scope}" for an hour, no refresh; "header
 * `accessToken`, not Authorization"; POST for reads; "POST /appointments {businessId, appointmentId | customerId}. No date-range list";
 * "POST /appointments/availability … one day per call", `timeSlot: ["HH:mm"]` on the salon's wall clock; "create body is an array …
 * startTime (local, no offset) → ids only"; "PUT full replace: serviceId, serviceProviderId, appointmentType and startTime all required";
 * "POST /appointments/delete/{id}: deletes"; "appointmentNote ≤500"; "reads return UTC (…Z), writes take business-local wall time";
 * 1003 validation, 1034 expired token, 1038 rate limit, 1051 bad parameter, here inside a 200 where that is allowed for. A time that is
 * taken is accepted, for nobody knows better. `writes` says what the account may do; `fixedOffset` makes reads ignore the change of the
 * clock, as one salon's program reports.
 */
export function fakeVagaro({ clock, writes = ['create', 'move', 'delete'], fixedOffset = false }: { clock: TestClock; writes?: ('create' | 'move' | 'delete')[]; fixedOffset?: boolean }): { book: FakeBook; server: FakeServer; revoke(): void; expireTokens(): void; webhook(visitId: string, options?: { action?: string; type?: string; dateField?: 'createdDate' | 'createdAt' }): Delivery } {
  const book = openFakeBook({ clock, idOf: vagaroId })
  const tokens = new Map<string, { scope: string; until: string }>()
  let revoked = false
  const app = new Hono().basePath('/us04/api/v2')
  const good = (c: Context, data: unknown, more: Record<string, unknown> = {}) => c.json({ status: 200, responseCode: 1000, message: 'Success', data, ...more })
  const bad = (c: Context, http: 200 | 400 | 401 | 403 | 404, responseCode: number, status: number = http) => c.json({ status, responseCode, message: `the fake says ${responseCode}` }, http)
  // Pacific standard time all year.
  const readTime = (instant: string) => (fixedOffset ? addMinutes(`${toLocal(instant, book.zone)}.000Z`, 8 * 60) : instant)

  app.post('/merchants/generate-access-token', async (c) => {
    const { clientId, clientSecretKey, scope }: { clientId?: string; clientSecretKey?: string; scope?: string } = await c.req.json()
    if (revoked || clientId !== vagaroTestCredentials.clientId || clientSecretKey !== vagaroTestCredentials.clientSecret) return bad(c, 400, 1003)
    if (scope !== 'read access' && scope !== 'write access') return bad(c, 400, 1051)
    const token = `token-${randomUUID()}`
    tokens.set(token, { scope, until: addMinutes(clock.now(), 60) })
    return good(c, { access_token: token, expires_in: 3_600 })
  })
  app.use('*', async (c, next) => {
    const token = tokens.get(c.req.header('accessToken') ?? '')
    if (token === undefined || token.until <= clock.now() || revoked) return bad(c, 200, 1034, 401)
    const isWrite = c.req.method === 'PUT' || /\/(create|delete)(\/|$)/.test(c.req.path)
    if (isWrite !== (token.scope === 'write access')) return bad(c, 403, 1051)
    await next()
    return undefined
  })

  const isOurs = (businessId: unknown) => book.locations.some(({ id }) => id === businessId)
  const appointmentOf = (visit: FakeVisit) => {
    const [segment] = visit.segments
    const status = { requested: 'Need Acceptance', booked: 'Accepted', confirmed: 'Confirmed', arrived: 'Ready to Start', in_service: 'Service In Progress', completed: 'Service Completed', cancelled: 'Cancel', no_show: 'No Show', declined: 'Denied', held: 'Awaiting Confirmation', unknown: 'PersonalOff' }[visit.status]
    return {
      appointmentId: visit.id, startTime: readTime(visit.start), endTime: readTime(visit.end), bookingStatus: visit.fields['oddStatus'] ?? status, serviceTitle: book.service(segment?.serviceId ?? '')?.name, serviceId: segment?.serviceId,
      amount: (segment?.price.minor ?? 0) / 100, eventType: 'Appointment', onlineVsInhouse: 'Inhouse', appointmentTypeCode: 'NR', customerId: visit.clientId, serviceProviderId: segment?.staffId, businessId: visit.locationId,
      bookingSource: 'Business', createdDate: visit.createdAt, modifiedDate: visit.updatedAt, ...(visit.note !== '' && { appointmentNote: visit.note }),
    }
  }

  app.post('/locations', async (c) => {
    const { businessId }: { businessId?: string } = await c.req.json()
    return isOurs(businessId) ? good(c, { locations: book.locations.map(({ id, name, phone }) => ({ businessId: id, businessName: name, phone })), nextPage: null }) : bad(c, 400, 1051)
  })
  app.post('/services', async (c) => {
    const { businessId }: { businessId?: string } = await c.req.json()
    return isOurs(businessId) ? good(c, book.services.map(({ id, name, category, durationMin, price }) => ({ serviceId: id, serviceTitle: name, parentServiceTitle: category, durationMinutes: durationMin, price: price.minor / 100, addOnIds: [], servicePerformedBy: book.staff.filter(({ serviceIds }) => serviceIds.includes(id)).map((member) => ({ serviceProviderId: member.id })) }))) : bad(c, 400, 1051)
  })
  app.post('/employees', async (c) => {
    const { businessId, serviceProviderId }: { businessId?: string; serviceProviderId?: string } = await c.req.json()
    const member = book.staff.find(({ id }) => id === serviceProviderId)
    if (!isOurs(businessId) || member === undefined) return bad(c, 400, 1051)
    const [employeeFirstName, ...rest] = member.name.split(' ')
    return good(c, { serviceProviderId: member.id, employeeFirstName, employeeLastName: rest.join(' ') })
  })
  app.post('/customers', async (c) => {
    const { businessId, customerId }: { businessId?: string; customerId?: string } = await c.req.json()
    const client = book.clients.get(customerId ?? '')
    if (!isOurs(businessId) || client === undefined) return bad(c, 400, 1051)
    return good(c, { customerId: client.id, customerFirstName: client.firstName, customerLastName: client.lastName, email: client.email, mobilePhone: client.phone, dayPhone: '' })
  })
  app.post('/appointments', async (c) => {
    const { businessId, appointmentId, customerId }: { businessId?: string; appointmentId?: string; customerId?: string } = await c.req.json()
    if (!isOurs(businessId) || (appointmentId ?? customerId) === undefined) return bad(c, 400, 1003)
    const [number, size] = [Number(c.req.query('pageNumber') ?? 1), Number(c.req.query('pageSize') ?? 25)]
    if (size > 100 || number < 1) return bad(c, 400, 1051)
    const found = book.list((visit) => visit.locationId === businessId && (appointmentId === undefined ? visit.clientId === customerId : visit.id === appointmentId))
    return good(c, found.slice((number - 1) * size, number * size).map(appointmentOf))
  })
  app.post('/appointments/availability', async (c) => {
    const { businessId = '', appointmentDate = '', bookingItems }: { businessId?: string; appointmentDate?: string; bookingItems?: { serviceId: string; addOnIds?: string[]; serviceProviderIds?: string[] }[] } = await c.req.json()
    const [item, ...more] = bookingItems ?? []
    if (!isOurs(businessId) || !/^\d{4}-\d\d-\d\d$/.test(appointmentDate) || item === undefined || more.length > 0 || book.service(item.serviceId) === undefined) return bad(c, 400, 1051)
    const ids = item.serviceProviderIds === undefined || item.serviceProviderIds.length === 0 ? book.staff.map(({ id }) => id) : item.serviceProviderIds
    return good(c, ids.flatMap((staffId) => {
      const slots = book.slots({ locationId: businessId, ...dayRange(appointmentDate, book.zone), wants: [{ serviceId: item.serviceId, staffIds: [staffId] }] })
      return slots.length === 0 ? [] : [{ appointmentDate, timeSlot: slots.map(({ start }) => localTime(start, book.zone)), items: [{ serviceProviderId: staffId, duration: book.service(item.serviceId)?.durationMin }] }]
    }))
  })

  type Written = { businessId?: string; serviceId?: string; serviceProviderId?: string; appointmentType?: string; customerId?: string; startTime?: string; appointmentNote?: string }
  /** The segments that a write asks for; undefined where something required is missing, or a time has an offset. */
  const understood = ({ businessId, serviceId, serviceProviderId, appointmentType, startTime, appointmentNote }: Written) => {
    const isWhole = isOurs(businessId) && serviceId !== undefined && book.service(serviceId) !== undefined && book.staff.some(({ id }) => id === serviceProviderId) && appointmentType === 'appointment'
    if (!isWhole || startTime === undefined || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(startTime) || (appointmentNote ?? '').length > 500) return undefined
    return book.segmentsOf([{ serviceId, staffId: serviceProviderId ?? '' }], fromLocal(startTime, book.zone))
  }
  app.post('/appointments/create', async (c) => {
    const body: Written[] = await c.req.json()
    if (!writes.includes('create')) return bad(c, 403, 1051)
    const made = Array.isArray(body) ? body.map((written) => ({ written, segments: understood(written) })) : []
    if (made.length === 0 || made.some(({ written, segments }) => segments === undefined || !book.clients.has(written.customerId ?? ''))) return bad(c, 400, 1003)
    return good(c, { appointments: made.map(({ written, segments = [] }) => ({ appointmentId: book.add({ clientId: written.customerId ?? '', locationId: written.businessId ?? '', segments, status: 'booked', note: written.appointmentNote ?? '', fields: {} }).id })) })
  })
  app.post('/appointments/delete/:id', async (c) => {
    const { businessId }: Written = await c.req.json()
    if (!writes.includes('delete')) return bad(c, 403, 1051)
    if (!isOurs(businessId) || !book.visits.has(c.req.param('id'))) return bad(c, 400, 1051)
    book.remove(c.req.param('id'))
    return good(c, '')
  })
  app.put('/appointments/:id', async (c) => {
    const body: Written = await c.req.json()
    const segments = understood(body)
    if (!writes.includes('move')) return bad(c, 403, 1051)
    if (segments === undefined || !book.visits.has(c.req.param('id'))) return bad(c, 400, 1003)
    book.change(c.req.param('id'), { segments, note: body.appointmentNote ?? '' })
    return good(c, '')
  })

  return {
    book, server: fakeServer(app),
    revoke: () => { revoked = true },
    expireTokens: () => tokens.clear(),
    webhook(visitId, { action = 'updated', type = 'appointment', dateField = 'createdDate' } = {}) {
      const visit = book.visits.get(visitId)
      const payload = visit === undefined ? { appointmentId: visitId, bookingStatus: 'Deleted', eventType: 'Appointment' } : appointmentOf(visit)
      return { url: 'https://desk.example.com/webhooks/vagaro', rawBody: JSON.stringify({ id: randomUUID(), [dateField]: clock.now(), type, action, payload }), headers: { 'x-vagaro-signature': vagaroTestCredentials.webhookToken } }
    },
  }
}
