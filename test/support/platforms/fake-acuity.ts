import { createHmac } from 'node:crypto'
import { Hono } from 'hono'
import type { Context } from 'hono'
import { clientIdOf } from '../../../src/platforms/acuity/read.ts'
import type { Delivery } from '../../../src/platforms/kit/webhook.ts'
import { addDays, addMinutes, dayRange, type Instant, isoLocal, localDate, localTime, toInstant } from '../../../src/salon/time.ts'
import { type TestClock, tinyBook } from '../tiny-book.ts'
import { type FakeBook, type FakeVisit, numbered, openFakeBook } from './fake-book.ts'
import { type FakeServer, fakeServer } from './fake-server.ts'

/**
 * Acuity as its sheet and documentation say: Basic `userId:apiKey`; whole numbers as ids; lists of at most 100 without a cursor,
 * latest first unless asked otherwise, whole days with both ends, cancelled ones only with `canceled` or `showall`; offsets as
 * `-0800`; clients known by name and number only; what an admin does is validated against nothing (double bookings included) and
 * needs a calendar, what a client does is; `notes` and `noShow` are an admin's; a cancelled appointment stays cancelled and says
 * whether it was missed; one label; webhooks form-encoded, signed with the API key. `noCanceled` leaves out the undocumented field.
 */
export function fakeAcuity({ clock, userId = '12345', apiKey = 'acuity-key-of-the-tiny-salon', noCanceled = false }: { clock: TestClock; userId?: string; apiKey?: string; noCanceled?: boolean }): { book: FakeBook; server: FakeServer; revoke: () => void; webhook: (visitId: string, options?: { action?: string }) => Delivery; limits: { most: number } } {
  const number = numbered()
  // Clients have no id at Acuity; theirs is what the desk makes of name and number.
  const clientIds = new Map(tinyBook().clients.map(({ id, firstName, lastName, phones: [phone = ''], email = '' }) => [id, clientIdOf({ firstName, lastName, phone, email, appointment: '0' })]))
  const book = openFakeBook({ clock, idOf: (name) => clientIds.get(name) ?? number(name) })
  const app = new Hono().basePath('/api/v1')
  const limits = { most: 100 }
  let revoked = false
  const refuse = (c: Context, status: 400 | 401 | 404, error: string, message = `the fake says ${error}`) => c.json({ status_code: status, message, error }, status)
  const main = book.locations[0]

  app.use('*', async (c, next) => {
    if (revoked || c.req.header('authorization') !== `Basic ${Buffer.from(`${userId}:${apiKey}`).toString('base64')}`) return refuse(c, 401, 'unauthorized', 'Unauthorized')
    await next()
    return undefined
  })
  app.get('/me', (c) => c.json({ id: Number(main?.id), name: 'Tiny Salon', email: 'owner@example.com', timezone: book.zone, currency: 'USD' }))
  app.get('/calendars', (c) => c.json(book.staff.map(({ id, name }) => ({ id: Number(id), name, email: '', replyTo: '', description: '', location: '1 Main Street', timezone: book.zone }))))
  app.get('/appointment-types', (c) => c.json(book.services.map((service) => ({ id: Number(service.id), active: true, name: service.name, description: '', duration: service.durationMin, price: (service.price.minor / 100).toFixed(2), category: service.category, private: false, type: 'service', classSize: null, calendarIDs: book.staff.filter(({ serviceIds }) => serviceIds.includes(service.id)).map(({ id }) => Number(id)) }))))

  const stamp = (instant: Instant) => isoLocal(instant, book.zone).replace(/([+-]\d\d):(\d\d)$/, '$1$2')
  const appointmentOf = (visit: FakeVisit) => {
    const client = book.clients.get(visit.clientId)
    const [segment] = visit.segments
    const isEnded = visit.status === 'cancelled' || visit.status === 'no_show'
    return {
      id: Number(visit.id), firstName: client?.firstName ?? '', lastName: client?.lastName ?? '', phone: client?.phone ?? '', email: client?.email ?? '',
      date: localDate(visit.start, book.zone), time: localTime(visit.start, book.zone), endTime: localTime(visit.end, book.zone), dateCreated: 'June 17, 2013', datetimeCreated: stamp(visit.createdAt), datetime: stamp(visit.start),
      price: ((segment?.price.minor ?? 0) / 100).toFixed(2), paid: 'no', amountPaid: '0.00', type: 'a type', appointmentTypeID: Number(segment?.serviceId), addonIDs: [], classID: null, category: '', duration: String(segment?.durationMin ?? 0),
      calendar: 'a calendar', calendarID: Number(segment?.staffId), location: '', certificate: null, confirmationPage: 'https://example.com', formsText: '', notes: visit.note, timezone: book.zone, forms: [], labels: [],
      canClientCancel: false, canClientReschedule: false, ...(!noCanceled && { canceled: isEnded }), ...(isEnded && { noShow: visit.status === 'no_show' }),
    }
  }
  app.get('/appointments', (c) => {
    const { minDate, maxDate, calendarID, showall, canceled, direction = 'DESC', max = '100' } = c.req.query()
    const found = book.list((visit) => {
      const date = localDate(visit.start, book.zone)
      const isEnded = visit.status === 'cancelled' || visit.status === 'no_show'
      return (minDate === undefined || date >= minDate) && (maxDate === undefined || date <= maxDate) && (calendarID === undefined || visit.segments[0]?.staffId === calendarID) && (showall === 'true' || isEnded === (canceled === 'true'))
    })
    return c.json((direction === 'ASC' ? found : found.toReversed()).slice(0, Math.min(Number(max), limits.most)).map(appointmentOf))
  })
  const findVisit = (c: Context) => book.visits.get(c.req.param('id') ?? '')
  app.get('/appointments/:id', (c) => {
    const visit = findVisit(c)
    return visit === undefined ? refuse(c, 404, 'not_found') : c.json(appointmentOf(visit))
  })

  const free = ({ type, calendar, from, to, except }: { type: string; calendar: string | undefined; from: Instant; to: Instant; except?: string | undefined }) => (main === undefined ? [] : book.slots({ locationId: main.id, wants: [{ serviceId: type, staffIds: calendar === undefined ? undefined : [calendar] }], from, to, except }))
  app.get('/availability/dates', (c) => {
    const { month = '', appointmentTypeID = '', calendarID } = c.req.query()
    if (!/^\d{4}-\d\d$/.test(month)) return refuse(c, 400, 'required_month')
    const dates: { date: string }[] = []
    for (let date = `${month}-01`; date.startsWith(month); date = addDays(date, 1)) if (free({ type: appointmentTypeID, calendar: calendarID, ...dayRange(date, book.zone) }).length > 0) dates.push({ date })
    return c.json(dates)
  })
  app.get('/availability/times', (c) => {
    const { date = '', appointmentTypeID = '', calendarID } = c.req.query()
    if (!/^\d{4}-\d\d-\d\d$/.test(date)) return refuse(c, 400, 'invalid_date')
    if (book.service(appointmentTypeID) === undefined) return refuse(c, 400, 'invalid_appointment_type')
    return c.json(free({ type: appointmentTypeID, calendar: calendarID, ...dayRange(date, book.zone), except: c.req.queries('ignoreAppointmentIDs[]')?.[0] }).map(({ start }) => ({ time: stamp(start), slotsAvailable: 1 })))
  })

  type Body = { datetime?: string; appointmentTypeID?: number; calendarID?: number; firstName?: string; lastName?: string; email?: string; phone?: string; notes?: string; noShow?: boolean; cancelNote?: string; fields?: { id: number; value: string }[]; labels?: unknown[] }
  const admin = (c: Context) => c.req.query('admin') === 'true'
  const bodyOf = async (c: Context): Promise<Body | undefined> => {
    const body: unknown = await c.req.json().catch(() => undefined)
    return typeof body === 'object' && body !== null && !Array.isArray(body) ? body : undefined
  }
  app.post('/appointments', async (c) => {
    const body = await bodyOf(c)
    if (body === undefined) return refuse(c, 400, 'bad_request', 'Expected a JSON object.')
    if (body.datetime === undefined || Number.isNaN(Date.parse(body.datetime))) return refuse(c, 400, 'invalid_datetime')
    const [type, calendar] = [String(body.appointmentTypeID), body.calendarID === undefined ? undefined : String(body.calendarID)]
    if (book.service(type) === undefined) return refuse(c, 400, 'invalid_appointment_type')
    if (admin(c) && calendar === undefined) return refuse(c, 400, 'required_calendar')
    if (calendar !== undefined && !book.staff.some(({ id }) => id === calendar)) return refuse(c, 400, 'invalid_calendar')
    if (body.firstName === undefined || body.lastName === undefined || (!admin(c) && (body.email ?? '') === '')) return refuse(c, 400, 'required_email')
    const start = toInstant(body.datetime)
    const open = free({ type, calendar, from: start, to: addMinutes(start, 1) })[0]
    if (!admin(c) && open === undefined) return refuse(c, 400, 'not_available')
    const person = { firstName: body.firstName, lastName: body.lastName, phone: body.phone ?? '', email: body.email ?? '' }
    const clientId = clientIdOf({ ...person, appointment: '0' })
    const before = book.clients.get(clientId)
    book.clients.set(clientId, { ...(before ?? { id: clientId, note: '', version: 1, createdAt: clock.now(), updatedAt: clock.now(), fields: {} }), ...person })
    return c.json(appointmentOf(book.add({ clientId, locationId: main?.id ?? '', segments: book.segmentsOf([{ serviceId: type, staffId: calendar ?? open?.segments[0]?.staffId ?? '' }], start), status: 'booked', note: admin(c) ? body.notes ?? '' : '', fields: {} })))
  })
  app.put('/appointments/:id', async (c) => {
    const [visit, body] = [findVisit(c), await bodyOf(c)]
    if (visit === undefined) return refuse(c, 404, 'not_found')
    if (body === undefined) return refuse(c, 400, 'bad_request', 'Expected a JSON object.')
    if ((body.labels?.length ?? 0) > 1) return refuse(c, 400, 'invalid_labels')
    if (body.fields?.some(({ id }) => id !== 777) === true) return refuse(c, 400, 'invalid_fields')
    // What a client may not set is ignored.
    return c.json(appointmentOf(book.change(visit.id, { ...(admin(c) && body.notes !== undefined && { note: body.notes }), ...(body.fields !== undefined && { fields: { ...visit.fields, forms: body.fields } }) })))
  })
  app.put('/appointments/:id/reschedule', async (c) => {
    const [visit, body] = [findVisit(c), await bodyOf(c)]
    if (visit === undefined) return refuse(c, 404, 'not_found')
    if (body?.datetime === undefined) return refuse(c, 400, 'required_datetime')
    if (visit.status === 'cancelled' || visit.status === 'no_show') return refuse(c, 400, 'reschedule_canceled')
    const [segment] = visit.segments
    const staffId = body.calendarID === undefined ? segment?.staffId ?? '' : String(body.calendarID)
    if (!book.staff.some(({ id }) => id === staffId)) return refuse(c, 400, 'invalid_calendar')
    const start = toInstant(body.datetime)
    if (!admin(c) && free({ type: segment?.serviceId ?? '', calendar: staffId, from: start, to: addMinutes(start, 1), except: visit.id }).length === 0) return refuse(c, 400, 'not_available')
    return c.json(appointmentOf(book.change(visit.id, { segments: book.segmentsOf([{ serviceId: segment?.serviceId ?? '', staffId, durationMin: segment?.durationMin }], start) })))
  })
  app.put('/appointments/:id/cancel', async (c) => {
    const [visit, body] = [findVisit(c), await bodyOf(c)]
    if (visit === undefined) return refuse(c, 404, 'not_found')
    if (!admin(c)) return refuse(c, 400, 'cancel_not_allowed', 'Clients are not allowed to cancel.')
    return c.json(appointmentOf(book.change(visit.id, { status: body?.noShow === true ? 'no_show' : 'cancelled' })))
  })

  return {
    book, server: fakeServer(app), limits,
    revoke: () => { revoked = true },
    webhook(visitId, { action = 'changed' } = {}) {
      const [segment] = book.visits.get(visitId)?.segments ?? []
      const rawBody = new URLSearchParams({ action, id: visitId, calendarID: segment?.staffId ?? '', appointmentTypeID: segment?.serviceId ?? '' }).toString()
      return { url: 'https://desk.example.com/webhooks/acuity', rawBody, headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-acuity-signature': createHmac('sha256', apiKey).update(rawBody).digest('base64') } }
    },
  }
}
