import { Hono } from 'hono'
import { toLocal } from '../../../src/platforms/kit/local-times.ts'
import type { Delivery } from '../../../src/platforms/kit/webhook.ts'
import { type FakeBook, type FakeVisit, openFakeBook } from './fake-book.ts'
import { fakeServer, type FakeServer } from './fake-server.ts'
import type { TestClock } from '../tiny-book.ts'

/**
 * Mangomint as its sheet says: no endpoints at all, only webhooks: "a top-level `appointment` object: `id`, `status`, `dateTime`,
 * `createdAt`, `currency`, `clientInfo{email,phone,firstName,lastName}`, `services[]{price, service{id,name,category{name}}}`", told apart
 * by the URL and by `status`; "no event id is known", no signature.
 */
export function fakeMangomint({ clock }: { clock: TestClock }): { book: FakeBook; server: FakeServer; webhook(visitId: string, change?: Record<string, unknown>): Delivery } {
  const book = openFakeBook({ clock })
  return {
    book, server: fakeServer(new Hono()),
    webhook: (visitId, change = {}) => {
      const visit = book.visits.get(visitId)
      return { url: 'https://desk.example.com/webhooks/mangomint?token=tiny-salon-token-nobody-can-guess', headers: {}, rawBody: JSON.stringify({ appointment: { ...(visit === undefined ? { id: visitId } : appointmentOf(book, visit)), ...change } }) }
    },
  }
}

function appointmentOf(book: FakeBook, visit: FakeVisit) {
  const client = book.clients.get(visit.clientId)
  return {
    id: visit.id, status: visit.status === 'cancelled' ? 'CANCELED' : visit.status.toUpperCase(), dateTime: toLocal(visit.start, book.zone), createdAt: visit.createdAt, currency: 'USD',
    clientInfo: { email: client?.email, phone: client?.phone, firstName: client?.firstName, lastName: client?.lastName }, onlineBookingClientInfo: { referrerUrl: 'https://example.com' },
    services: visit.segments.map((segment) => ({ price: segment.price.minor / 100, service: { id: segment.serviceId, name: book.service(segment.serviceId)?.name, category: { name: 'Style' } } })),
  }
}
