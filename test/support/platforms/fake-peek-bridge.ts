import { Hono } from 'hono'
import { contactId } from '../../../src/platforms/kit/contact-id.ts'
import { toLocal } from '../../../src/platforms/kit/local-times.ts'
import type { Delivery } from '../../../src/platforms/kit/webhook.ts'
import { localDate } from '../../../src/salon/time.ts'
import { type TestClock, tinyBook } from '../tiny-book.ts'
import { type FakeBook, type FakeVisit, openFakeBook } from './fake-book.ts'
import { fakeServer, type FakeServer } from './fake-server.ts'

/** The tiny salon's ids as the bridge would have them. */
function bridgeIds(name: string): string {
  const { catalog, clients } = tinyBook()
  if (catalog.services.some(({ id }) => id === name)) return `act_${name}`
  if (catalog.staff.some(({ id }) => id === name)) return 'team'
  if (catalog.locations.some(({ id }) => id === name)) return 'peek-pro'
  const client = clients.find(({ id }) => id === name)
  return client === undefined ? `b_${name.replaceAll('-', '_')}` : contactId({ phone: client.phones[0], email: client.email, booking: name })
}

/**
 * Peek's n8n bridge as its sheet has it: `x-api-key`; `GET /bookings?start&end&searchBy` (activityDate or purchaseDate, by days
 * of the place), `GET /bookings/{id}`, `GET /products`, `POST /bookings/{id}/notes {note, appendOrOverwrite}`. Bookings have
 * `isCanceled`, `isNoShow`, `isCheckedIn`, and `customerEmail`, `customerPhone` that are null unless the key has full access to
 * customers; times local without a zone ("5:00 PM" forms occur), most of them with a UTC twin. No move, no pages, no versions.
 * With `twins: false` only the clock on the wall is told, with `wholeCustomers: false` only names.
 */
export function fakePeekBridge({ clock, twins = true, wholeCustomers = true }: { clock: TestClock; twins?: boolean; wholeCustomers?: boolean }): { book: FakeBook; server: FakeServer; revoke(): void; webhook(visitId: string): Delivery } {
  const book = openFakeBook({ clock, idOf: bridgeIds })
  const app = new Hono()
  let revoked = false

  const bookingOf = (visit: FakeVisit) => {
    const client = book.clients.get(visit.clientId)
    const { serviceId = '', price } = visit.segments[0] ?? {}
    const [hour, minute] = toLocal(visit.start, book.zone).slice(11, 16).split(':').map(Number) as [number, number]
    return {
      bookingId: visit.id, displayId: visit.id.toUpperCase(), customerName: client === undefined ? '' : `${client.firstName} ${client.lastName}`,
      customerEmail: wholeCustomers && client?.email !== '' ? client?.email ?? null : null, customerPhone: wholeCustomers ? client?.phone ?? null : null,
      productId: serviceId, productName: book.service(serviceId)?.name ?? 'unknown', timeslotId: `ts_${visit.start}`, totalTickets: 1, tickets: [{ name: 'Adult', quantity: 1, ticketId: 'adult' }],
      isCanceled: visit.status === 'cancelled', isNoShow: visit.status === 'no_show', isCheckedIn: visit.status === 'arrived' || visit.status === 'completed',
      startsAt: twins ? toLocal(visit.start, book.zone) : `${localDate(visit.start, book.zone)} ${hour % 12 || 12}:${String(minute).padStart(2, '0')} ${hour < 12 ? 'AM' : 'PM'}`,
      endsAt: toLocal(visit.end, book.zone), purchasedAtUtc: visit.createdAt, ...(twins && { startsAtUtc: visit.start.replace('.000Z', 'Z'), endsAtUtc: visit.end.replace('.000Z', 'Z') }),
      notes: visit.note, valueAmount: ((price?.minor ?? 0) / 100).toFixed(2), valueDisplay: '', customQuestionAnswers: [],
    }
  }

  app.use('*', async (c, next) => {
    if (revoked || c.req.header('x-api-key') !== 'peek-bridge-key') return c.json({ error: 'Unauthorized' }, 401)
    await next()
    return undefined
  })
  app.get('/products', (c) => c.json([
    ...book.services.map(({ id, name, price }) => ({ productId: id, name, type: 'ACTIVITY', color: '#fff', currency: price.currency, tickets: [{ id: 'adult', name: 'Adult', minPrice: { amount: (price.minor / 100).toFixed(2), currency: price.currency }, maxPrice: null }] })),
    { productId: 'itm_photo', name: 'Photo package', type: 'ADD_ON', color: '#FFFFFF', currency: '', tickets: [{ id: 'one', name: 'One', minPrice: null, maxPrice: null }] },
  ]))
  app.get('/bookings', (c) => {
    const { start = '', end = '', searchBy } = c.req.query()
    if (start === '' || end === '' || (searchBy !== 'activityDate' && searchBy !== 'purchaseDate')) return c.json({ error: 'start, end and searchBy are required' }, 400)
    // By days: the hours of what is asked are not looked at.
    const [first, last] = [start.slice(0, 10), end.slice(0, 10)]
    return c.json(book.list((visit) => {
      const date = localDate(searchBy === 'activityDate' ? visit.start : visit.createdAt, book.zone)
      return date >= first && date <= last
    }).map(bookingOf))
  })
  app.get('/bookings/:id', (c) => {
    const visit = book.visits.get(c.req.param('id'))
    return visit === undefined ? c.json({ error: 'Not found' }, 404) : c.json(bookingOf(visit))
  })
  app.post('/bookings/:id/notes', async (c) => {
    const visit = book.visits.get(c.req.param('id'))
    const { note, appendOrOverwrite }: { note?: string; appendOrOverwrite?: string } = await c.req.json()
    if (visit === undefined) return c.json({ error: 'Not found' }, 404)
    if (note === undefined || (appendOrOverwrite !== 'append' && appendOrOverwrite !== 'overwrite')) return c.json({ error: 'note and appendOrOverwrite are required' }, 400)
    book.change(visit.id, { note: appendOrOverwrite === 'append' ? `${visit.note}${note}` : note })
    return c.json({ success: true })
  })

  return {
    book, server: fakeServer(app),
    revoke: () => { revoked = true },
    webhook: (visitId) => ({ url: 'https://desk.example.com/webhooks/peek-pro', rawBody: JSON.stringify({ booking: book.visits.get(visitId) === undefined ? { bookingId: visitId } : bookingOf(book.visits.get(visitId)!) }), headers: { authorization: 'Bearer peek-webhook-token' } }),
  }
}
