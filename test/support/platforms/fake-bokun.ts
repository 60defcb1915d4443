import { createHmac } from 'node:crypto'
import { Hono } from 'hono'
import { contactId } from '../../../src/platforms/kit/contact-id.ts'
import type { Delivery } from '../../../src/platforms/kit/webhook.ts'
import { openingHours } from '../../../src/salon/opening-hours.ts'
import { addDays, addMinutes, type Instant, localDate, localTime } from '../../../src/salon/time.ts'
import { type TestClock, tinyBook } from '../tiny-book.ts'
import { type FakeBook, type FakeVisit, numbered, openFakeBook } from './fake-book.ts'
import { fakeServer, type FakeServer } from './fake-server.ts'

const [accessKey, secretKey, appSecret] = ['bokun-access-key', 'bokun-secret-key', 'bokun-app-secret']

/** The tiny salon's ids as Bókun would have them: numbers, but for the place, the team and people. */
function bokunIds(): (name: string) => string {
  const { catalog, clients } = tinyBook()
  const number = numbered()
  return (name) => {
    if (catalog.staff.some(({ id }) => id === name)) return 'team'
    if (catalog.locations.some(({ id }) => id === name)) return 'bokun'
    const client = clients.find(({ id }) => id === name)
    return client === undefined ? number(name) : contactId({ phone: client.phones[0], email: client.email, booking: name })
  }
}

/**
 * Bókun as its sheet and public clients have it: each request signed with HMAC-SHA1 over date, access key, method, path and
 * query, the date in UTC and of now; searches in pages counted from 1 (0 is the first one too), in the roles SELLER (sold by
 * oneself) and SUPPLIER (one's tours, whoever sold them); a day is midnight UTC of that day, a time ("10:00") on the wall of the
 * place; `cancel-booking` by the code of a whole booking cancels everything in it. The search learns of a new booking later than
 * its webhook (`fields.fresh`). `fields.agency` was sold by somebody else, `fields.order` is bought together with another.
 * Webhooks are signed over their headers, in hex or base64, and name things by number or as base64 of "Booking:123".
 */
export function fakeBokun({ clock, most = 2 }: { clock: TestClock; most?: number }): { book: FakeBook; server: FakeServer; revoke(): void; webhook(visitId: string, options?: { encoding?: 'hex' | 'base64'; named?: boolean; whole?: boolean; topic?: string; body?: unknown }): Delivery } {
  const book = openFakeBook({ clock, idOf: bokunIds() })
  const app = new Hono()
  let revoked = false
  const byAgency = book.visits.get(book.idOf('a-cut'))
  if (byAgency !== undefined) byAgency.fields['agency'] = true

  app.use('*', async (c, next) => {
    const { pathname, search } = new URL(c.req.url)
    const date = c.req.header('x-bokun-date') ?? ''
    const expected = createHmac('sha1', secretKey).update(`${date}${accessKey}${c.req.method}${pathname}${search}`).digest('base64')
    const late = Math.abs(Date.parse(`${date.replace(' ', 'T')}Z`) - Date.parse(clock.now())) > 5 * 60_000
    if (revoked || !/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(date) || late || c.req.header('x-bokun-accesskey') !== accessKey || c.req.header('x-bokun-signature') !== expected) return c.json({ message: 'Invalid signature', fields: {} }, 401)
    await next()
    return undefined
  })

  const orderOf = ({ id, fields }: FakeVisit) => Number(fields['order'] ?? 900_000 + Number(id))
  const codeOf = (visit: FakeVisit) => `TINY-${orderOf(visit)}`
  const statusOf = ({ status, fields }: FakeVisit) => typeof fields['oddStatus'] === 'string' ? fields['oddStatus'] : { requested: 'REQUESTED', held: 'RESERVED', arrived: 'ARRIVED', no_show: 'NO_SHOW', cancelled: 'CANCELLED', declined: 'REJECTED' }[status as string] ?? 'CONFIRMED'
  const dayOf = (start: Instant) => Date.parse(`${localDate(start, book.zone)}T00:00:00Z`)
  const customerOf = ({ clientId }: FakeVisit) => {
    const client = book.clients.get(clientId)
    return client === undefined ? null : { id: 7, firstName: client.firstName, lastName: client.lastName, email: client.email === '' ? null : client.email, phoneNumber: `US${client.phone}`, language: 'en' }
  }
  const priceOf = (visit: FakeVisit) => (visit.segments[0]?.price.minor ?? 0) / 100
  const paged = <T>(all: T[], { page = 1, pageSize = 20 }: { page?: number; pageSize?: number }) => {
    const size = Math.min(pageSize, most)
    return all.slice((Math.max(1, page) - 1) * size, Math.max(1, page) * size)
  }

  app.post('/activity.json/search', async (c) => {
    const items = book.services.map(({ id, name, price }) => ({ id: Number(id), title: name, vendor: { id: 1, title: 'Tiny Salon' }, nextDefaultPriceMoney: { amount: price.minor / 100, currency: price.currency } }))
    return c.json({ tookInMillis: 3, totalHits: items.length, items: paged(items, await c.req.json()) })
  })
  app.get('/activity.json/:id', (c) => {
    const service = book.service(c.req.param('id'))
    return service === undefined ? c.json({ message: 'Not found' }, 404) : c.json({ id: Number(service.id), title: service.name, durationType: 'MINUTES', duration: service.durationMin, durationMinutes: service.durationMin, durationHours: 0, bookingType: 'DATE_AND_TIME' })
  })
  app.get('/activity.json/:id/availabilities', (c) => {
    const service = book.service(c.req.param('id'))
    const { start = '', end = '' } = c.req.query()
    if (service === undefined) return c.json({ message: 'Not found' }, 404)
    if (!/^\d{4}-\d\d-\d\d$/.test(start) || !/^\d{4}-\d\d-\d\d$/.test(end)) return c.json({ message: 'Invalid date' }, 400)
    const found = []
    for (let date = start; date <= end; date = addDays(date, 1)) {
      for (const open of book.locations.flatMap((location) => openingHours({ location, date }))) {
        for (let at = open.start; addMinutes(at, service.durationMin) <= open.end; at = addMinutes(at, 15)) {
          const left = at < clock.now() ? 0 : 1 - book.list(({ status, segments }) => ['booked', 'confirmed', 'held', 'requested'].includes(status) && segments[0]?.serviceId === service.id && segments[0].start === at).length
          const startTime = localTime(at, book.zone).replace(/^0/, '')
          found.push({ id: `${startTime}_${date.replaceAll('-', '')}`, activityId: Number(service.id), date: dayOf(at), startTime, startTimeId: 5, availabilityCount: left, unlimitedAvailability: false, soldOut: left === 0, unavailable: at < clock.now(), defaultRateId: 1 })
        }
      }
    }
    return c.json(found)
  })

  app.post('/booking.json/product-booking-search', async (c) => {
    const body: { bookingRole?: string; bookingStatuses?: string[]; startDateRange?: { from: string; to: string }; page?: number; pageSize?: number } = await c.req.json()
    const { from = '', to = '' } = body.startDateRange ?? {}
    const found = book.list((visit) => {
      const day = new Date(dayOf(visit.start)).toISOString()
      const role = body.bookingRole === 'SUPPLIER' || (body.bookingRole === 'SELLER' && visit.fields['agency'] !== true)
      return role && visit.fields['fresh'] !== true && day >= from && day <= to && (body.bookingStatuses?.includes(statusOf(visit)) === true || typeof visit.fields['oddStatus'] === 'string')
    })
    return c.json({
      tookInMillis: 3, totalHits: found.length, query: { page: body.page, pageSize: body.pageSize },
      results: paged(found, body).map((visit) => ({
        id: Number(visit.id), parentBookingId: orderOf(visit), confirmationCode: codeOf(visit), productConfirmationCode: `TINY-T${visit.id}`, status: statusOf(visit), product: { id: Number(visit.segments[0]?.serviceId), title: 'A tour' },
        vendor: { id: 1, title: 'Tiny Salon' }, seller: visit.fields['agency'] === true ? { id: 2, title: 'Agency' } : { id: 1, title: 'Tiny Salon' }, customer: customerOf(visit), creationDate: Date.parse(visit.createdAt),
        startDate: dayOf(visit.start), endDate: dayOf(visit.start), totalPrice: priceOf(visit), currency: 'USD', fields: { startTimeStr: visit.fields['pass'] === true ? null : localTime(visit.start, book.zone), totalParticipants: 1 },
      })),
    })
  })
  app.post('/booking.json/booking-search', async (c) => {
    const { bookingId }: { bookingId?: number } = await c.req.json()
    const found = book.list((visit) => visit.fields['fresh'] !== true && orderOf(visit) === bookingId)
    return c.json({ totalHits: found.length === 0 ? 0 : 1, items: found.length === 0 ? [] : [{ id: bookingId, confirmationCode: `TINY-${bookingId}`, productBookings: found.map(({ id }) => ({ id: Number(id) })) }] })
  })
  const recordOf = (visit: FakeVisit) => ({
    bookingId: Number(visit.id), parentBookingId: orderOf(visit), confirmationCode: codeOf(visit), productConfirmationCode: `TINY-T${visit.id}`, status: statusOf(visit), activity: { id: Number(visit.segments[0]?.serviceId), title: 'A tour' },
    date: dayOf(visit.start), ...(visit.fields['pass'] !== true && { startTime: localTime(visit.start, book.zone) }), startTimeId: 5, totalPrice: priceOf(visit),
  })
  app.get('/booking.json/activity-booking/:id', (c) => {
    const visit = book.visits.get(c.req.param('id'))
    return visit === undefined ? c.json({ message: 'Not found' }, 404) : c.json(recordOf(visit))
  })
  app.get('/booking.json/booking/:code', (c) => {
    const all = book.list((visit) => codeOf(visit) === c.req.param('code'))
    const [first] = all
    return first === undefined ? c.json({ message: 'Not found' }, 404) : c.json({ bookingId: orderOf(first), confirmationCode: codeOf(first), status: statusOf(first), currency: 'USD', creationDate: Date.parse(first.createdAt), customer: customerOf(first), activityBookings: all.map(recordOf) })
  })
  app.post('/booking.json/cancel-booking/:code', (c) => {
    const all = book.list((visit) => codeOf(visit) === c.req.param('code'))
    if (all.length === 0) return c.json({ message: 'Not found' }, 404)
    if (all.every(({ status }) => status === 'cancelled')) return c.json({ message: 'Booking is not confirmed', fields: {} }, 400)
    for (const { id } of all) book.change(id, { status: 'cancelled' })
    return c.json({ message: 'OK' })
  })

  return {
    book, server: fakeServer(app),
    revoke: () => { revoked = true },
    webhook(visitId, { encoding = 'hex', named = true, whole = false, topic = 'bookings/update', body } = {}) {
      const order = String(book.visits.get(visitId) === undefined ? 0 : orderOf(book.visits.get(visitId)!))
      const name = (kind: string, id: string) => (named ? Buffer.from(`${kind}:${id}`).toString('base64') : id)
      const headers: Record<string, string> = {
        'x-bokun-apikey': 'app-key', 'x-bokun-topic': topic, 'x-bokun-vendor-id': name('Vendor', '1'), 'x-bokun-booking-id': name('Booking', order), ...(!whole && { 'x-bokun-experiencebooking-id': name('ExperienceBooking', visitId) }),
      }
      const text = Object.entries(headers).toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => `${key}=${value}`).join('&')
      return { url: 'https://desk.example.com/webhooks/bokun', rawBody: JSON.stringify(body ?? { timestamp: clock.now(), bookingId: order }), headers: { ...headers, 'content-type': 'application/json', 'x-bokun-hmac': createHmac('sha256', appSecret).update(text).digest(encoding) } }
    },
  }
}
