import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { openApprovals } from '../src/approvals/open-approvals.ts'
import { confirmByClient } from '../src/bookings/confirm-by-client.ts'
import { openConfirmations } from '../src/confirmations/open-confirmations.ts'
import { demoCatalog } from '../src/demo/demo-catalog.ts'
import { openMessages } from '../src/messages/open-messages.ts'
import { openEmbeddedBook } from '../src/platforms/embedded/index.ts'
import { loadBook } from '../src/platforms/embedded/load-book.ts'
import { openRiskModel } from '../src/risk/open-model.ts'
import { scoreAppointments } from '../src/risk/score-appointments.ts'
import type { BookData } from '../src/salon/book-data.ts'
import { money } from '../src/salon/money.ts'
import type { AppointmentHistory, Client, Service } from '../src/salon/salon.ts'
import { addDays, addMinutes, at, fixedClock } from '../src/salon/time.ts'
import { openStore, type Store } from '../src/store/open-store.ts'
import { against, type BenchFigure, measure } from './figure.ts'

const size = { locations: 200, aDay: 50 }
const today = '2026-11-17'
const zone = 'America/Los_Angeles'

/**
 * The confirmation texts of one morning: 200 locations with 50 visits on each of the days ahead that are looked at, of which
 * every one two days ahead has its text due: 10,000, on a card a location, exact words, steps and log included. Scored
 * by the shipped model, then taken for low so that the number is exact. Beside it, one location's morning 200 times.
 */
export async function benchConfirmations(): Promise<BenchFigure[]> {
  const home = await mkdtemp(join(tmpdir(), 'desk-bench-confirmations-'))
  await chmod(home, 0o755)
  const store = await openStore({ home })
  try {
    await loadBook({ store, book: manyShops(), now: at(today, '08:00', zone) })
    await sql`analyze`.execute(store.db)
    const model = await openRiskModel({ dir: join(import.meta.dirname, '../models/risk') })
    const look = async (only?: string) => openLook({ store, model, ...(only === undefined ? {} : { only }) })
    const one = await measure({ name: `confirmations of one location planned, ${size.aDay} texts`, n: 7, warmUp: 2, run: async () => anew({ store, look: await look('shop-7'), expected: size.aDay }) })
    const all = await measure({ name: `confirmations of a day planned, ${size.locations * size.aDay} texts in ${size.locations} locations`, n: 3, warmUp: 0, run: async () => anew({ store, look: await look(), expected: size.locations * size.aDay }) })
    const again = await look()
    await again()
    const idle = await measure({ name: `${size.locations} locations looked at again, nothing new due`, n: 3, warmUp: 0, run: async () => {
      await store.db.deleteFrom('cursors').execute()
      await again()
    } })
    const apiece = { ...one, name: `${one.name}, ${size.locations} times`, value: one.value * size.locations }
    return [one, against({ figure: all, baseline: apiece }), idle]
  } finally {
    await store.close()
    await rm(home, { recursive: true, force: true })
  }
}

type Look = () => Promise<{ texts: number }>

/** One look, as if nothing had been planned before. */
async function anew({ store, look, expected }: { store: Store; look: Look; expected: number }): Promise<void> {
  await store.db.deleteFrom('confirmation_steps').execute()
  await store.db.updateTable('proposals').set({ state: 'expired' }).where('state', '=', 'pending').execute()
  await store.db.deleteFrom('cursors').execute()
  const { texts } = await look()
  if (texts !== expected) throw new Error(`${texts} texts were planned instead of ${expected}`)
}

/** A desk that has just started, of all locations or of one: what it does when it looks. */
async function openLook({ store, model, only }: { store: Store; model: Awaited<ReturnType<typeof openRiskModel>>; only?: string }): Promise<Look> {
  const clock = fixedClock(at(today, '09:01', zone))
  const whole = openEmbeddedBook({ store, clock })
  const platform = only === undefined ? whole : { ...whole, catalog: async () => {
    const catalog = await whole.catalog()
    return catalog.ok ? { ...catalog, value: { ...catalog.value, locations: catalog.value.locations.filter(({ id }) => id === only) } } : catalog
  } }
  const messages = await openMessages({
    store, clock, platform, questions: [confirmByClient({ platform, clock })],
    reader: { read: async () => ({ intent: 'unclear', confidence: 0, sure: false, quote: '', parts: [], questions: [], language: 'en', by: 'bench' }) },
    transport: { name: 'bench', send: async () => ({ state: 'sent' }) },
  })
  const confirmations = openConfirmations({
    store, clock, platform, messages,
    score: async ({ appointments, asOf }) => new Map(Array.from(await scoreAppointments({ model, platform, appointments, asOf }), ([id, score]) => [id, Object.assign(score, { band: 'low' as const })])),
  })
  const approvals = openApprovals({ store, clock, actions: [confirmations.action] })
  return () => confirmations.plan({ approvals, onError: (error) => { throw error } })
}

/** Two hundred shops with the demo's services, and 50 visits of as many clients in each on each day ahead. */
function manyShops(): BookData {
  const shops = Array.from({ length: size.locations }, (_, shop) => shop)
  const { services } = demoCatalog
  const hours = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, open: '08:00', close: '20:00' }))
  return {
    catalog: {
      business: { id: 'many', name: 'Many Shops', demo: false },
      locations: shops.map((shop) => ({ id: `shop-${shop}`, name: `Shop ${shop}`, zone, currency: 'USD', hours, closures: [] })),
      staff: shops.flatMap((shop) => [0, 1, 2, 3, 4].map((seat) => ({ id: `staff-${shop}-${seat}`, name: ['Maya', 'Priya', 'Marcus', 'Sofia', 'Jo'][seat] ?? '', locationIds: [`shop-${shop}`], serviceIds: services.map(({ id }) => id), active: true }))),
      services,
    },
    shifts: [],
    clients: shops.flatMap((shop) => [1, 2, 3, 4].flatMap((day) => Array.from({ length: size.aDay }, (_, i) => clientOf(shop, day, i)))),
    appointments: shops.flatMap((shop) => [1, 2, 3, 4].flatMap((day) => Array.from({ length: size.aDay }, (_, i) => visitOf(shop, day, i, services)))),
    waitlist: [],
  }
}

function clientOf(shop: number, day: number, i: number): Client {
  const number = ((shop * 4 + day - 1) * size.aDay + i).toString().padStart(5, '0')
  return {
    id: `client-${shop}-${day}-${i}`, firstName: `Ann${String.fromCharCode(97 + (i % 26))}`, lastName: 'Example', phones: [`+15035${number.slice(0, 1)}${number.slice(1, 2)}${number.slice(2)}1`],
    consent: { sms: 'in', email: 'in' }, tags: [], notes: [], holdings: [], createdAt: '2024-01-01T00:00:00.000Z',
  }
}

/** A visit `day` days ahead, booked three weeks before. */
function visitOf(shop: number, day: number, i: number, services: Service[]): AppointmentHistory {
  const service = services[i % services.length] as Service
  const start = addMinutes(at(addDays(today, day), '09:00', zone), 60 * Math.floor(i / 5))
  const bookedAt = addMinutes(start, -21 * 24 * 60)
  return {
    appointment: {
      id: `visit-${shop}-${day}-${i}`, locationId: `shop-${shop}`, clientId: `client-${shop}-${day}-${i}`, start, end: addMinutes(start, 60), timeKnown: true, status: day === 1 ? 'confirmed' : 'booked', version: '1', bookedAt, notes: [], fetchedAt: bookedAt,
      segments: [{ serviceId: service.id, staffId: `staff-${shop}-${i % 5}`, staffPreference: 'requested', start, durationMin: 60, price: money(8_000, 'USD') }],
    },
    events: [{ kind: 'booked', at: bookedAt, knownAt: bookedAt }, ...(day === 1 ? [{ kind: 'confirmed' as const, at: bookedAt, knownAt: bookedAt }] : [])],
  }
}
