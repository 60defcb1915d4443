import { Hono } from 'hono'
import type { Context } from 'hono'
import { fromSpan, toSpan, type Dating } from '../../../src/platforms/phorest/times.ts'
import { addMinutes } from '../../../src/salon/time.ts'
import type { TestClock } from '../tiny-book.ts'
import { type FakeBook, type FakeClient, type FakeVisit, openFakeBook } from './fake-book.ts'
import { fakeServer, type FakeServer } from './fake-server.ts'

export const phorestTestCredentials = { region: 'us', email: 'desk@example.com', password: 'pässword', businessId: 'tiny-business', timezone: 'America/Los_Angeles', currency: 'USD' }

/** How long a reservation lasts here; Phorest's own is not published. */
const holdMin = 10

/**
 * Phorest as its sheet says. "HTTP Basic `global/{email}`"; "path tenancy /{businessId}/branch/{branchId}"; "from_date&to_date (≤1 month,
 * inclusive) … size(≤100) … page(0-based)"; "fetch_canceled, fetch_notes" both off by themselves; "PUT needs version, staffId, startTime";
 * "`appointmentDate` + UTC LocalTime `startTime/endTime`", one date for both; "booking RESERVED → activate"; "errors {detail, errorCode, id}";
 * "paged {_embedded, page{number,totalPages}}". Not known and set here at its worst: a time that is taken is accepted, a reservation
 * runs out, an old version is refused in words that nobody published, a PUT empties what it does not say.
 * `times: 'salon'` dates appointments by the salon's wall clock, as two salons' programs report; `findsById: false` never finds one by id, as one does.
 */
export function fakePhorest({ clock, times = 'utc', findsById = true }: { clock: TestClock; times?: Dating['times']; findsById?: boolean }): { book: FakeBook; server: FakeServer; revoke(): void; bookingIdOf(visitId: string): string } {
  const book = openFakeBook({ clock })
  const dating: Dating = { times, zone: book.zone }
  const held = new Map<string, string>()
  let revoked = false
  const expected = `Basic ${Buffer.from(`global/${phorestTestCredentials.email}:${phorestTestCredentials.password}`, 'utf8').toString('base64')}`
  const app = new Hono().basePath(`/third-party-api-server/api/business/${phorestTestCredentials.businessId}`)
  const refuse = (c: Context, status: 400 | 401 | 404, errorCode: string) => c.json({ detail: `the fake says ${errorCode}`, errorCode, id: 'b7c1' }, status)
  const bookingIdOf = (visitId: string) => `booking-of-${visitId}-0123456789`
  const visitOf = (bookingId: string) => book.list((visit) => bookingIdOf(visit.id) === bookingId)[0]

  app.use('*', async (c, next) => {
    if (revoked || c.req.header('authorization') !== expected) return refuse(c, 401, 'UNAUTHORIZED')
    for (const [id, until] of held) if (until <= clock.now()) {
      held.delete(id)
      book.remove(id)
    }
    await next()
    return undefined
  })
  app.use('/branch/:branch/*', async (c, next) => {
    if (!book.locations.some(({ id }) => id === c.req.param('branch'))) return refuse(c, 404, 'BRANCH_NOT_FOUND')
    await next()
    return undefined
  })

  const paged = <T>(c: Context, name: string, all: T[]) => {
    const [size, page] = [Number(c.req.query('size') ?? 20), Number(c.req.query('page') ?? 0)]
    if (!Number.isInteger(size) || size < 1 || size > 100 || !Number.isInteger(page) || page < 0) return refuse(c, 400, 'BAD_PAGE')
    const items = all.slice(page * size, (page + 1) * size)
    return c.json({ links: [], ...(items.length > 0 && { _embedded: { [name]: items } }), page: { size, totalElements: all.length, totalPages: Math.ceil(all.length / size), number: page } })
  }
  const appointmentOf = (visit: FakeVisit, notes: boolean) => {
    const [segment] = visit.segments
    const odd = visit.fields['oddStatus']
    return {
      appointmentId: visit.id, version: visit.version, bookingId: bookingIdOf(visit.id), branchId: visit.locationId, ...(visit.clientId !== '' && { clientId: visit.clientId }), staffId: segment?.staffId, serviceId: segment?.serviceId, serviceName: 'as it is called',
      ...fromSpan(visit, dating), price: visit.fields['price'] ?? (segment?.price.minor ?? 0) / 100, roomId: visit.fields['roomId'], machineId: visit.fields['machineId'],
      activationState: visit.status === 'cancelled' ? 'CANCELED' : visit.status === 'held' ? 'RESERVED' : 'ACTIVE',
      state: odd ?? (visit.status === 'completed' ? 'PAID' : visit.status === 'arrived' ? 'CHECKED_IN' : 'BOOKED'),
      confirmed: visit.status === 'confirmed', deleted: false, createdAt: visit.createdAt, updatedAt: visit.updatedAt, ...(notes && visit.note !== '' && { notes: visit.note }),
    }
  }

  app.get('/branch', (c) => paged(c, 'branches', book.locations.map(({ id, name, zone, phone }) => ({ branchId: id, name, timeZone: zone, phone }))))
  app.get('/branch/:branch/service', (c) => paged(c, 'services', book.services.map(({ id, name, durationMin, price }) => ({ serviceId: id, categoryId: 'all', name, duration: durationMin, price: price.minor / 100, archived: false, internetEnabled: true }))))
  app.get('/branch/:branch/staff', (c) => paged(c, 'staffs', book.staff.map(({ id, name, serviceIds, active }) => {
    const [firstName, ...rest] = name.split(' ')
    return { staffId: id, firstName, lastName: rest.join(' '), archived: !active, hideFromOnlineBookings: false, disqualifiedServices: book.services.map((service) => service.id).filter((service) => !serviceIds.includes(service)) }
  })))

  app.get('/client', (c) => paged(c, 'clients', [...book.clients.values()].map(clientOf)))
  app.get('/client/:id', (c) => {
    const client = book.clients.get(c.req.param('id'))
    return client === undefined ? refuse(c, 404, 'CLIENT_NOT_FOUND') : c.json(clientOf(client))
  })
  app.put('/client/:id', async (c) => {
    const client = book.clients.get(c.req.param('id'))
    const body: { version?: number; firstName?: string; lastName?: string; mobile?: string; email?: string; notes?: string; loyaltyCard?: unknown } = await c.req.json()
    if (client === undefined) return refuse(c, 404, 'CLIENT_NOT_FOUND')
    if (body.version !== client.version || !body.firstName || !body.lastName) return refuse(c, 400, 'CLIENT_INVALID')
    return c.json(clientOf(book.changeClient(client.id, { firstName: body.firstName, lastName: body.lastName, phone: body.mobile ?? '', email: body.email ?? '', note: body.notes ?? '', fields: { ...client.fields, loyaltyCard: body.loyaltyCard } })))
  })

  app.get('/branch/:branch/appointment', (c) => {
    const { from_date: from, to_date: to, updated_from: since, updated_to: until, client_id: clientId, fetch_canceled: canceled, fetch_notes: notes } = c.req.query()
    const [first, last] = from === undefined ? [since, until ?? clock.now()] : [from, to]
    if (first === undefined || last === undefined) return refuse(c, 400, 'RANGE_MISSING')
    if (Date.parse(last) < Date.parse(first) || Date.parse(last) > monthAfter(first)) return refuse(c, 400, 'RANGE_TOO_LONG')
    const found = book.list((visit) => visit.locationId === c.req.param('branch') && (clientId === undefined || visit.clientId === clientId) && (canceled === 'true' || visit.status !== 'cancelled')
      && (from === undefined || to === undefined ? visit.updatedAt >= (since ?? '') && visit.updatedAt <= (until ?? '9') : fromSpan(visit, dating).appointmentDate >= from && fromSpan(visit, dating).appointmentDate <= to))
    return paged(c, 'appointments', found.map((visit) => appointmentOf(visit, notes === 'true')))
  })
  for (const [step, patch] of [['cancel', { status: 'cancelled' }], ['confirm', { status: 'confirmed' }], ['checkin', { status: 'arrived' }]] as const) {
    app.post(`/branch/:branch/appointment/${step}`, (c) => {
      const visit = book.visits.get(c.req.query('appointment_id') ?? '')
      if (visit === undefined) return refuse(c, 404, 'APPOINTMENT_NOT_FOUND')
      book.change(visit.id, patch)
      return c.body(null, 200)
    })
  }
  app.get('/branch/:branch/appointment/:id', (c) => {
    const visit = book.visits.get(c.req.param('id'))
    return visit === undefined || !findsById ? refuse(c, 404, 'APPOINTMENT_NOT_FOUND') : c.json(appointmentOf(visit, false))
  })
  app.put('/branch/:branch/appointment/:id', async (c) => {
    const visit = book.visits.get(c.req.param('id'))
    const body: { appointmentId?: string; version?: number; staffId?: string; serviceId?: string; appointmentDate?: string; startTime?: string; endTime?: string; price?: number; roomId?: string; machineId?: string; confirmed?: boolean } = await c.req.json()
    if (visit === undefined) return refuse(c, 404, 'APPOINTMENT_NOT_FOUND')
    const { staffId, appointmentDate, startTime } = body
    if (body.appointmentId !== visit.id || body.version === undefined || staffId === undefined || startTime === undefined || appointmentDate === undefined) return refuse(c, 400, 'FIELD_MISSING')
    if (body.version !== visit.version) return refuse(c, 400, 'APPOINTMENT_INVALID')
    const { start } = toSpan({ appointmentDate, startTime, endTime: startTime }, dating)
    const segments = book.segmentsOf([{ serviceId: body.serviceId ?? visit.segments[0]?.serviceId ?? '', staffId }], start)
    if (!segments.every((segment) => book.works({ staffId, locationId: visit.locationId, start: segment.start, end: addMinutes(segment.start, segment.durationMin) }))) return refuse(c, 400, 'STAFF_NOT_WORKING')
    return c.json(appointmentOf(book.change(visit.id, { segments, ...(visit.status === 'confirmed' && body.confirmed !== true && { status: 'booked' as const }), fields: { ...visit.fields, price: body.price, roomId: body.roomId, machineId: body.machineId } }), false))
  })
  app.post('/branch/:branch/appointments/availability', async (c) => {
    const body: { startTime?: string; endTime?: string; rescheduleBookingId?: string; clientServiceSelections?: { serviceSelections?: { serviceId?: string; staffId?: string }[] }[] } = await c.req.json()
    const wants = body.clientServiceSelections?.[0]?.serviceSelections ?? []
    if (!isUtc(body.startTime) || !isUtc(body.endTime) || wants.length === 0 || wants.some(({ serviceId }) => book.service(serviceId ?? '') === undefined)) return refuse(c, 400, 'SELECTION_INVALID')
    const except = body.rescheduleBookingId === undefined ? undefined : visitOf(body.rescheduleBookingId)?.id
    const slots = book.slots({ locationId: c.req.param('branch'), from: new Date(body.startTime ?? '').toISOString(), to: new Date(body.endTime ?? '').toISOString(), except, everyStaff: true, wants: wants.map(({ serviceId = '', staffId }) => ({ serviceId, staffIds: staffId === undefined ? undefined : [staffId] })) })
    const starts = [...new Set(slots.map(({ start }) => start))]
    return c.json({ links: [], data: starts.map((start) => ({
      startTime: seconds(start), clientSchedules: [{ serviceSchedules: slots.filter((slot) => slot.start === start).flatMap(({ segments }) => segments).map((segment) => ({ serviceId: segment.serviceId, staffId: segment.staffId, startTime: seconds(segment.start), endTime: seconds(addMinutes(segment.start, segment.durationMin)) })) }],
    })) })
  })
  app.post('/branch/:branch/booking', async (c) => {
    const body: { clientId?: string; bookingStatus?: string; note?: string; clientAppointmentSchedules?: { clientId?: string; serviceSchedules?: { serviceId?: string; staffId?: string; startTime?: string }[] }[] } = await c.req.json()
    const [schedule, ...more] = body.clientAppointmentSchedules?.flatMap(({ serviceSchedules }) => serviceSchedules ?? []) ?? []
    const { serviceId = '', staffId, startTime } = schedule ?? {}
    if (body.clientId === undefined || !book.clients.has(body.clientId) || more.length > 0 || staffId === undefined || book.service(serviceId) === undefined || !isUtc(startTime) || !['ACTIVE', 'RESERVED'].includes(body.bookingStatus ?? 'ACTIVE')) return refuse(c, 400, 'BOOKING_INVALID')
    const segments = book.segmentsOf([{ serviceId, staffId }], new Date(startTime ?? '').toISOString())
    if (!segments.every(({ start, durationMin }) => book.works({ staffId, locationId: c.req.param('branch'), start, end: addMinutes(start, durationMin) }))) return refuse(c, 400, 'STAFF_NOT_WORKING')
    const isHold = body.bookingStatus === 'RESERVED'
    const made = book.add({ clientId: body.clientId, locationId: c.req.param('branch'), segments, status: isHold ? 'held' : 'booked', note: body.note ?? '', fields: {} })
    if (isHold) held.set(made.id, addMinutes(clock.now(), holdMin))
    return c.json({ bookingId: bookingIdOf(made.id), bookingStatus: body.bookingStatus ?? 'ACTIVE', clientId: body.clientId, clientAppointmentSchedules: [{ clientId: body.clientId, serviceSchedules: [{ serviceId, staffId, startTime, appointmentId: made.id }] }], links: [] }, 201)
  })
  app.post('/branch/:branch/booking/:booking/:step{activate|cancel|note}', async (c) => {
    const visit = visitOf(c.req.param('booking'))
    if (visit === undefined) return refuse(c, 404, 'BOOKING_NOT_FOUND')
    const { step } = c.req.param()
    if (step === 'note') {
      const { note }: { note?: string } = await c.req.json()
      if (note === undefined || note === '') return refuse(c, 400, 'NOTE_MISSING')
      book.change(visit.id, { note: [visit.note, note].filter((part) => part !== '').join('\n') })
      return c.body(null, 200)
    }
    if (step === 'activate' && visit.status !== 'held') return refuse(c, 400, 'BOOKING_NOT_RESERVED')
    held.delete(visit.id)
    book.change(visit.id, { status: step === 'activate' ? 'booked' : 'cancelled' })
    return c.body(null, 200)
  })

  return { book, server: fakeServer(app), revoke: () => { revoked = true }, bookingIdOf }
}

function clientOf({ id, firstName, lastName, phone, email, note, version, createdAt, updatedAt, fields }: FakeClient) {
  return { clientId: id, version, firstName, lastName, mobile: phone, ...(email !== '' && { email }), notes: note, createdAt, updatedAt, smsReminderConsent: true, archived: false, banned: false, deleted: false, loyaltyCard: fields['loyaltyCard'] ?? { serial: '12', points: 40 } }
}

/** One calendar month later, or the end of the shorter one. */
function monthAfter(from: string): number {
  const date = new Date(from)
  const day = date.getUTCDate()
  date.setUTCMonth(date.getUTCMonth() + 1)
  if (date.getUTCDate() !== day) date.setUTCDate(0)
  return date.getTime()
}

function isUtc(text: string | undefined): boolean {
  return text !== undefined && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text)
}

function seconds(instant: string): string {
  return instant.replace('.000Z', 'Z')
}
