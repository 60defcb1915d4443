import { afterEach, expect, test } from 'vitest'
import { generateSalon } from '../../../src/demo/generate-salon.ts'
import { bookSummary } from '../../../src/platforms/embedded/book-summary.ts'
import { loadBook } from '../../../src/platforms/embedded/load-book.ts'
import type { Store } from '../../../src/store/open-store.ts'
import { createTestStore } from '../../support/test-store.ts'
import { createTinyDesk, tinyBook, tinyNow } from '../../support/tiny-book.ts'

let store: Store
afterEach(() => store.close())

test('loading the same book twice changes nothing and says so', async () => {
  store = await createTestStore()
  const first = await loadBook({ store, book: tinyBook(), now: tinyNow })
  expect(first).toMatchObject({ added: { clients: 8, appointments: 8, waitlist: 2 }, unchanged: 0, overbooked: 0 })
  const second = await loadBook({ store, book: tinyBook(), now: tinyNow })
  expect(second).toMatchObject({ added: { clients: 0, appointments: 0, waitlist: 0 }, changed: { clients: 0, appointments: 0, waitlist: 0 }, unchanged: 18 })
  expect(await bookSummary(store)).toEqual({ business: 'Tiny Salon', demo: false, currentAt: tinyNow, locations: 1, clients: 8, appointments: 8 })
})

test('the demo salon loads, and gives way to a real one', async () => {
  store = await createTestStore()
  const book = generateSalon({ today: '2026-11-21' })
  const loaded = await loadBook({ store, book, now: tinyNow })
  expect(loaded.overbooked).toBe(0)
  expect(await loadBook({ store, book: tinyBook(), now: tinyNow })).toMatchObject({ replacedDemo: true, added: { clients: 8 } })
  expect(await bookSummary(store)).toMatchObject({ business: 'Tiny Salon', clients: 8 })
})

test('a visit is moved, cancelled, and not brought back once the chair is taken', async () => {
  const desk = await createTinyDesk()
  store = desk.store
  const { platform } = desk
  const day = await platform.appointments({ locationId: 'main', from: '2026-11-21T08:00:00.000Z', to: '2026-11-22T08:00:00.000Z' })
  expect(day.ok && day.value.items.map((a) => [a.id, a.status])).toEqual([['a-color', 'booked'], ['b-cut', 'booked'], ['a-cut', 'booked'], ['c-beard', 'confirmed']])
  const slots = await platform.searchSlots({ locationId: 'main', wants: [{ serviceId: 'cut', staffId: 'bea' }], from: '2026-11-27T23:00:00.000Z', to: '2026-11-27T23:15:00.000Z' })
  if (!slots.ok) throw new Error(slots.error.message)
  const moved = await platform.reschedule({ key: 'k1', id: 'a-cut', expectedVersion: '1', slotId: slots.value[0]!.id })
  expect(moved).toMatchObject({ ok: true, value: { start: '2026-11-27T23:00:00.000Z', version: '2' } })
  const cancelled = await platform.cancel({ key: 'k2', id: 'a-cut', expectedVersion: '2', cancelledBy: 'client' })
  expect(cancelled).toMatchObject({ ok: true, value: { status: 'cancelled', cancelledBy: 'client' } })
  const created = await platform.create({ key: 'k3', clientId: 'fay', slotId: slots.value[0]!.id })
  expect(created).toMatchObject({ ok: true, value: { status: 'booked' } })
  expect(await platform.setStatus({ key: 'k4', id: 'a-cut', expectedVersion: '3', to: 'booked' })).toMatchObject({ ok: false, error: { kind: 'conflict_slot' } })
})
