import { createHmac, randomUUID } from 'node:crypto'
import { Hono } from 'hono'
import type { Context } from 'hono'
import type { Delivery } from '../../../src/platforms/kit/webhook.ts'
import type { BookData } from '../../../src/salon/book-data.ts'
import { type AppointmentStatus, liveStatuses } from '../../../src/salon/salon.ts'
import { addMinutes, at, dayRange, type Instant, localDate, localTime, type Zone } from '../../../src/salon/time.ts'
import type { TestClock } from '../tiny-book.ts'
import { type FakeBook, type FakeClient, type FakeVisit, openFakeBook } from './fake-book.ts'
import { type FakeServer, fakeServer } from './fake-server.ts'

type Note = { id: string; is_private: boolean; alert: boolean; note_type: number; notes: string; created_date: string; added_by: { id: string; name: string } }
type Booking = { centerId: string; date: string; guestId: string; items: { serviceId: string; staffId?: string | undefined; itemId?: string | undefined }[]; invoiceId?: string | undefined; reserved?: { start: Instant; until: Instant } }

const codes: Partial<Record<AppointmentStatus, number>> = { no_show: -2, cancelled: -1, booked: 0, completed: 1, arrived: 2, confirmed: 4 }
const searchGuest = 'search-guest'

/**
 * Zenoti as its sheet says: `Authorization: apikey`; `page`, `size` of at most 100 (else 422); a list of appointments of at most
 * 7 days, `end_date` exclusive, block-outs included, cancelled ones only when asked for, no cursor; one appointment without its
 * centre, its price or its invoice item; local times without an offset beside times in UTC without one; four steps to book, the
 * reservation running out; a move in the same four steps with `invoice_id` and `invoice_item_id`; `PUT /invoices/{id}/cancel` for the
 * WHOLE invoice; no-show by group; errors inside a 200; an invoice that expands one thing at a time; `PUT` of a note that replaces it.
 * Which fields may be absent is not documented: what is no block-out leaves `blockout` out here, other empty ones are null.
 * A visit of the book is an invoice here, each of its segments an appointment; `fields.appointments[n]` overrides one of them,
 * `fields.products` puts purchases on the invoice, `fields.groupId` shares a group.
 */
export function fakeZenoti({ clock, data, key = 'zenoti-key-of-the-tiny-salon', secret = 'zenoti-webhook-secret', zoneName = 'Pacific Standard Time' }: { clock: TestClock; data?: BookData; key?: string; secret?: string; zoneName?: string | undefined }): { book: FakeBook; server: FakeServer; revoke: () => void; webhook: (visitId: string, options?: { event?: string }) => Delivery; notes: Map<string, Note[]>; bookings: Map<string, Booking> } {
  const book = openFakeBook({ clock, ...(data !== undefined && { data }) })
  const app = new Hono().basePath('/v1')
  const bookings = new Map<string, Booking>()
  const notes = new Map<string, Note[]>()
  let revoked = false
  // Zenoti's way: the status is good, the error is inside.
  const refuse = (c: Context, code: number, message = 'the fake says no') => c.json({ error: { code, message } })
  const notFound = (c: Context) => c.json({ code: 404, message: 'not found' }, 404)

  app.use('*', async (c, next) => {
    if (revoked || c.req.header('authorization') !== `apikey ${key}`) return c.json({ code: 401, message: 'Authorization has been denied for this request.' }, 401)
    await next()
    return undefined
  })
  const paged = <T>(c: Context, all: T[]): { items: T[]; page_info: { total: number; page: number; size: number } } | undefined => {
    const [page, size] = [Number(c.req.query('page') ?? 1), Number(c.req.query('size') ?? 10)]
    return size > 100 || size < 1 || page < 1 ? undefined : { items: all.slice((page - 1) * size, page * size), page_info: { total: all.length, page, size } }
  }
  const badSize = (c: Context) => c.json({ code: 422, message: 'size cannot be more than 100' }, 422)

  app.get('/centers', (c) => {
    const found = paged(c, book.locations.map((location) => ({
      id: location.id, name: location.name, display_name: location.name, currency: { id: 148, code: location.currency },
      location: { time_zone: { id: 6, standard_name: zoneName } }, contact_info: { phone_1: { display_number: location.phone } }, address_info: { address_1: location.address, city: 'Los Angeles' },
    })))
    return found === undefined ? badSize(c) : c.json({ centers: found.items, page_info: found.page_info, error: null })
  })
  app.get('/centers/:id/services', (c) => {
    const found = paged(c, book.services.map((service) => ({ id: service.id, code: service.id, name: service.name, duration: service.durationMin, recovery_time: 0, price_info: { currency_id: 148, sale_price: service.price.minor / 100, final_price: service.price.minor / 100 }, additional_info: c.req.query('expand') === 'additional_info' ? { category: { id: 'c1', name: service.category } } : null })))
    return found === undefined ? badSize(c) : c.json({ services: found.items, page_info: found.page_info })
  })
  app.get('/centers/:id/therapists', (c) => c.json({ therapists: book.staff.map(({ id, name }) => ({ id, code: id, personal_info: { name, first_name: name.split(' ')[0], last_name: name.split(' ')[1], gender: '0' }, job_info: { id: 'j1', name: 'Hair Stylist' } })) }))

  const groupOf = (visit: FakeVisit) => (typeof visit.fields.groupId === 'string' ? visit.fields.groupId : `group-${visit.id}`)
  const rowsOf = (visit: FakeVisit) => visit.segments.map((segment, n) => {
    const client = book.clients.get(visit.clientId)
    const location = book.locations.find(({ id }) => id === visit.locationId)
    const zone = location?.zone ?? book.zone
    const overrides = (visit.fields.appointments ?? []) as Record<string, unknown>[]
    const end = addMinutes(segment.start, segment.durationMin)
    return {
      appointment_id: appointmentId(visit, n), appointment_segment_id: null, appointment_group_id: groupOf(visit), invoice_id: visit.id, service: { id: segment.serviceId, name: 'a service', is_addon: false },
      start_time: wall(segment.start, zone), start_time_utc: segment.start.slice(0, 19), end_time: wall(end, zone), end_time_utc: end.slice(0, 19), status: visit.fields.oddStatus === undefined ? codes[visit.status] ?? 0 : 77, progress: visit.status === 'in_service' ? 1 : 0,
      guest: client === undefined ? null : { id: client.id, first_name: client.firstName, last_name: client.lastName, mobile: { country_id: 0, number: null, display_number: client.phone }, email: client.email },
      therapist: { id: segment.staffId, first_name: 'x', last_name: 'y' }, notes: visit.note === '' ? null : visit.note, price: null, creation_date_utc: visit.createdAt.slice(0, 19), error: null,
      ...overrides[n],
    }
  })
  app.get('/appointments', (c) => {
    const { center_id, start_date = '', end_date = '', include_no_show_cancel } = c.req.query()
    const location = book.locations.find(({ id }) => id === center_id)
    if (location === undefined) return refuse(c, 502, 'Invalid center_id')
    if (!/^\d{4}-\d\d-\d\d$/.test(start_date) || !/^\d{4}-\d\d-\d\d$/.test(end_date)) return c.json({ code: 400, message: 'The request is invalid.' }, 400)
    const days = Math.round((Date.parse(end_date) - Date.parse(start_date)) / 86_400_000)
    if (days > 7) return refuse(c, 400, 'difference cannot be more than seven days')
    const [from, to] = [dayRange(start_date, location.zone).from, dayRange(end_date, location.zone).from]
    const rows = book.list((visit) => visit.locationId === center_id && visit.start >= from && visit.start < to).flatMap(rowsOf).filter((row) => include_no_show_cancel === 'true' || row.status >= 0)
    // Lunch, every day: the list holds block-outs too.
    const lunch = { appointment_id: `block-${start_date}`, appointment_group_id: null, invoice_id: null, service: null, start_time: `${start_date}T12:00:00`, end_time: `${start_date}T12:30:00`, status: 10, guest: null, therapist: { id: book.staff[0]?.id }, blockout: { id: 'b1', name: 'Lunch' } }
    return c.json(days > 0 ? [lunch, ...rows] : [])
  })
  app.get('/appointments/:id', (c) => {
    const row = book.list().flatMap(rowsOf).find(({ appointment_id }) => appointment_id === c.req.param('id'))
    return row === undefined ? refuse(c, 410, 'Appointment could not be found.') : c.json(row)
  })
  app.get('/invoices/:id', (c) => {
    const visit = book.visits.get(c.req.param('id'))
    if (visit === undefined) return notFound(c)
    const expand = c.req.queries('expand') ?? []
    const products = typeof visit.fields.products === 'number' ? visit.fields.products : 0
    return c.json({ invoice: {
      id: visit.id, appointment_group_id: groupOf(visit), center_id: visit.locationId, is_closed: visit.status === 'completed', guest: { id: visit.clientId }, invoice_items: expand.length !== 1 || expand[0] !== 'InvoiceItems' ? null : [
        ...visit.segments.map((segment, n) => ({ invoice_item_id: itemId(visit, n), id: segment.serviceId, type: 0, quantity: 1 })), ...Array.from({ length: products }, (_, n) => ({ invoice_item_id: `product-${n}`, id: 'shampoo', type: 1, quantity: 1 })),
      ],
      appointments: expand.length === 1 && expand[0] === 'Appointments' ? visit.segments.map((_segment, n) => ({ appointment_id: appointmentId(visit, n) })) : null,
    }, error: null })
  })
  app.get('/guests/:id/appointments', (c) => {
    const { start_date = '', end_date = '' } = c.req.query()
    const visits = book.list((visit) => visit.clientId === c.req.param('id') && localDate(visit.start, book.zone) >= start_date && localDate(visit.start, book.zone) <= end_date)
    const found = paged(c, visits.map((visit) => ({
      appointment_group_id: groupOf(visit), invoice_id: visit.id, invoice_status: 0, center_id: visit.locationId, notes: visit.note === '' ? null : visit.note,
      appointment_services: rowsOf(visit).map((row, n) => ({ appointment_id: row.appointment_id, invoice_item_id: itemId(visit, n), service: { id: row.service.id, duration: 0 }, start_time: row.start_time, end_time: row.end_time, appointment_status: row.status })),
    })))
    return found === undefined ? badSize(c) : c.json({ appointments: found.items, page_info: found.page_info })
  })

  const guestOf = (client: FakeClient) => ({ id: client.id, code: '', center_id: book.locations[0]?.id, created_date: wall(client.createdAt, book.zone), personal_info: { first_name: client.firstName, last_name: client.lastName, email: client.email, mobile_phone: { country_code: 225, number: client.phone.replace(/^\+1/, '') }, date_of_birth: '0001-01-01T00:00:00' }, preferences: { receive_transactional_sms: true, receive_transactional_email: true }, tags: null })
  const searcher: FakeClient = { id: searchGuest, firstName: 'Desk', lastName: 'Search', phone: '', email: '', note: '', version: 1, createdAt: clock.now(), updatedAt: clock.now(), fields: {} }
  app.get('/guests', (c) => {
    if (c.req.query('center_id') === undefined) return c.json({ code: 400, message: 'center_id' }, 400)
    const found = paged(c, [...book.clients.values(), searcher].map(guestOf))
    return found === undefined ? badSize(c) : c.json({ guests: found.items, page_info: found.page_info })
  })
  app.get('/guests/:id', (c) => {
    const client = book.clients.get(c.req.param('id'))
    return client === undefined ? notFound(c) : c.json(guestOf(client))
  })
  app.get('/guests/:id/notes', (c) => {
    const found = paged(c, notes.get(c.req.param('id')) ?? [])
    return found === undefined ? badSize(c) : c.json({ notes: found.items })
  })
  app.post('/guests/:id/notes', async (c) => {
    const guest = book.clients.get(c.req.param('id'))
    const { notes: words = '', note_type = 0 }: { notes?: string; note_type?: number } = await c.req.json()
    if (guest === undefined) return notFound(c)
    if (words === '' || ![2, 3, 4, 8, 10].includes(note_type)) return refuse(c, 400, 'The request is invalid.')
    const note: Note = { id: randomUUID(), is_private: false, alert: false, note_type, notes: words, created_date: wall(clock.now(), book.zone), added_by: { id: '', name: ' ' } }
    notes.set(guest.id, [...notes.get(guest.id) ?? [], note])
    book.changeClient(guest.id, { fields: { ...guest.fields, notes: notes.get(guest.id) } })
    return c.json(note)
  })
  app.put('/guests/:id/notes/:note', async (c) => {
    const guest = book.clients.get(c.req.param('id'))
    const body: Note = await c.req.json()
    if (guest === undefined) return notFound(c)
    const note = notes.get(guest.id)?.find(({ id }) => id === c.req.param('note'))
    if (note === undefined) return notFound(c)
    Object.assign(note, { notes: body.notes, note_type: body.note_type })
    book.changeClient(guest.id, { fields: { ...guest.fields, notes: notes.get(guest.id) } })
    return c.json(body)
  })
  app.delete('/guests/:id/notes/:note', (c) => {
    const { id, note } = c.req.param()
    if (!(notes.get(id) ?? []).some((one) => one.id === note)) return notFound(c)
    notes.set(id, (notes.get(id) ?? []).filter((one) => one.id !== note))
    return c.json('note deleted sucessfully')
  })

  const locationOf = ({ centerId }: Booking) => book.locations.find(({ id }) => id === centerId)
  const isHeld = (staffId: string, start: Instant, end: Instant, except: Booking) => [...bookings.values()].some((other) => other !== except && other.reserved !== undefined && other.reserved.until > clock.now() && other.items.some((item) => item.staffId === staffId) && other.reserved.start < end && start < addMinutes(other.reserved.start, 45))
  const free = (booking: Booking) => {
    const zone = locationOf(booking)?.zone ?? book.zone
    const wants = booking.items.map(({ serviceId, staffId }) => ({ serviceId, staffIds: staffId === undefined ? undefined : [staffId] }))
    return book.slots({ locationId: booking.centerId, wants, ...dayRange(booking.date, zone), except: booking.invoiceId }).filter(({ start, end, segments }) => !segments.some(({ staffId }) => isHeld(staffId, start, end, booking)))
  }
  app.post('/bookings', async (c) => {
    const { center_id = '', date = '', guests = [] }: { center_id?: string; date?: string; guests?: { id?: string; invoice_id?: string; items?: { item?: { id?: string }; therapist?: { id?: string }; invoice_item_id?: string }[] }[] } = await c.req.json()
    const [guest] = guests
    if (!book.locations.some(({ id }) => id === center_id) || !/^\d{4}-\d\d-\d\d$/.test(date)) return c.json({ code: 400, message: 'The request is invalid.' }, 400)
    if (guest?.id === undefined || (guest.id !== searchGuest && !book.clients.has(guest.id))) return refuse(c, 503, 'id is missing.')
    if ((guest.items ?? []).length === 0 || guest.items?.some(({ item }) => book.service(item?.id ?? '') === undefined) === true) return refuse(c, 400, 'The request is invalid.')
    const moved = guest.invoice_id === undefined ? undefined : book.visits.get(guest.invoice_id)
    if (guest.invoice_id !== undefined && (moved?.clientId !== guest.id || guest.items?.some(({ invoice_item_id }) => !moved.segments.some((_segment, n) => itemId(moved, n) === invoice_item_id)) === true)) return refuse(c, 428, 'Request invoices are Invalid.')
    const id = randomUUID()
    bookings.set(id, { centerId: center_id, date, guestId: guest.id, invoiceId: guest.invoice_id, items: (guest.items ?? []).map(({ item, therapist, invoice_item_id }) => ({ serviceId: item?.id ?? '', staffId: therapist?.id, itemId: invoice_item_id })) })
    return c.json({ id, error: null })
  })
  app.get('/bookings/:id/slots', (c) => {
    const booking = bookings.get(c.req.param('id'))
    if (booking === undefined) return refuse(c, 503, 'id is missing.')
    const zone = locationOf(booking)?.zone ?? book.zone
    return c.json({ slots: [...free(booking).map(({ start }) => ({ Time: wall(start, zone), Available: true, Warnings: null })), { Time: `${booking.date}T12:07:00`, Available: false, Warnings: null }], future_days: [], error: null })
  })
  app.post('/bookings/:id/slots/reserve', async (c) => {
    const booking = bookings.get(c.req.param('id'))
    const { slot_time = '' }: { slot_time?: string } = await c.req.json()
    if (booking === undefined) return refuse(c, 503, 'id is missing.')
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(slot_time)) return c.json({ code: 400, message: 'The request is invalid.' }, 400)
    const start = at(slot_time.slice(0, 10), slot_time.slice(11, 16), locationOf(booking)?.zone ?? book.zone)
    if (!free(booking).some((slot) => slot.start === start)) return refuse(c, 4072, 'the slot is gone')
    booking.reserved = { start, until: addMinutes(clock.now(), 10) }
    return c.json({ reservation_id: c.req.param('id'), is_reserved: true, error: null })
  })
  app.post('/bookings/:id/slots/confirm', async (c) => {
    const booking = bookings.get(c.req.param('id'))
    const { notes: words = '' }: { notes?: string } = await c.req.json()
    if (booking?.reserved === undefined || booking.reserved.until < clock.now()) return refuse(c, 4072, "Sorry, we weren't able to confirm your appointment")
    const { start } = booking.reserved
    const slot = free(booking).find((one) => one.start === start)
    if (slot === undefined) return refuse(c, 4072, "Sorry, we weren't able to confirm your appointment")
    const segments = book.segmentsOf(slot.segments, start)
    const moved = booking.invoiceId === undefined ? undefined : book.visits.get(booking.invoiceId)
    // What is not named in the move stays where it is.
    const rest = moved?.segments.filter((_segment, n) => !booking.items.some((item) => item.itemId === itemId(moved, n))) ?? []
    bookings.delete(c.req.param('id'))
    const visit = moved === undefined ? book.add({ clientId: booking.guestId, locationId: booking.centerId, segments, status: 'booked', note: words, fields: {} }) : book.change(moved.id, { segments: [...segments, ...rest], status: 'booked' })
    return c.json({ is_confirmed: true, invoice: { invoice_id: visit.id, items: visit.segments.map((segment, n) => ({ item_id: segment.serviceId, invoice_item_id: itemId(visit, n), appointment_id: appointmentId(visit, n) })) }, error: null })
  })

  app.put('/invoices/:id/cancel', (c) => {
    const visit = book.visits.get(c.req.param('id'))
    if (visit === undefined) return refuse(c, 428, 'Request invoices are Invalid.')
    if (visit.fields.paid === true) return refuse(c, 502, 'payments are added to invoice, delete payments and retry.')
    if (!liveStatuses.includes(visit.status)) return refuse(c, 502, "invoice doesn't have any appointments.")
    book.change(visit.id, { status: 'cancelled', cancelledBy: 'salon', fields: { ...visit.fields, products: 0 } })
    return c.json({ success: true, is_charge_applied: false, error: null })
  })
  app.put('/invoices/:id/confirm', (c) => {
    const visit = book.visits.get(c.req.param('id'))
    if (visit === undefined) return refuse(c, 428, 'Invoice does not exist.')
    book.change(visit.id, { status: c.req.query('undo_confirm') === 'true' ? 'booked' : 'confirmed' })
    return c.json({ error: null })
  })
  app.put('/appointments/:group/:step', (c) => {
    const { group, step } = c.req.param()
    const visits = book.list((visit) => groupOf(visit) === group)
    const to = { no_show: 'no_show', check_in: 'arrived', undo_check_in: 'booked' }[step] as AppointmentStatus | undefined
    if (to === undefined || visits.length === 0) return refuse(c, 410, 'Appointment could not be found.')
    if (step === 'no_show' && visits.some(({ status, fields }) => status === 'completed' || fields.paid === true)) return c.json({ message: 'Bad Request' }, 400)
    for (const visit of visits) book.change(visit.id, { status: to })
    return c.json({ success: true, is_charge_applied: false, error: null })
  })

  return {
    book, server: fakeServer(app), notes, bookings,
    revoke: () => { revoked = true },
    webhook(visitId, { event = 'AppointmentGroup.Status' } = {}) {
      const visit = book.visits.get(visitId)
      const rawBody = JSON.stringify({ id: randomUUID(), event_id: randomUUID(), event_schema: 'v1', event_resource: 'AppointmentGroup', event_type: event, event_timestamp: clock.now().replace('.000Z', '.7694170Z'), data: { invoice_id: visitId, invoice_number: '13024', appointment_group_id: visit === undefined ? 'gone' : groupOf(visit), appointment_group_status: codes[visit?.status ?? 'booked'], is_noshowfeerequired: 'Yes' } })
      const hex = createHmac('sha256', secret).update(rawBody).digest('hex').toUpperCase()
      return { url: 'https://desk.example.com/webhooks/zenoti', rawBody, headers: { 'zenoti-webhook-signature': `sha256 =${hex.match(/../g)?.join('-') ?? ''}` } }
    },
  }
}

function appointmentId(visit: FakeVisit, n: number): string {
  return `${visit.id}-service-${n}`
}

function itemId(visit: FakeVisit, n: number): string {
  return `${visit.id}-item-${n}`
}

/** The centre's wall clock, without saying whose. */
function wall(instant: Instant, zone: Zone): string {
  return `${localDate(instant, zone)}T${localTime(instant, zone)}:00`
}
