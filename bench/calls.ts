import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildCallList } from '../src/calls/build-call-list.ts'
import type { ScoreAppointments } from '../src/calls/call-list.ts'
import { demoCatalog } from '../src/demo/demo-catalog.ts'
import { openEmbeddedBook } from '../src/platforms/embedded/index.ts'
import { loadBook } from '../src/platforms/embedded/load-book.ts'
import { openRiskModel } from '../src/risk/open-model.ts'
import { scoreAppointments } from '../src/risk/score-appointments.ts'
import type { BookData } from '../src/salon/book-data.ts'
import type { AppointmentHistory, Client, Service } from '../src/salon/salon.ts'
import { addDays, addMinutes, at, fixedClock } from '../src/salon/time.ts'
import { openStore } from '../src/store/open-store.ts'
import { against, measure, perPart } from './figure.ts'
import type { BenchFigure } from './figure.ts'

const size = { locations: 50, aDay: 40, pastVisits: 6 }
const day = '2026-11-20'
const zone = 'America/Los_Angeles'

/**
 * The morning list of one location with 40 appointments and of 50 locations with 2,000, on the embedded server with the
 * shipped model; six past visits a client. Beside it, the reads and scores of the 40 done one client at a time.
 */
export async function benchCalls(): Promise<BenchFigure[]> {
  const home = await mkdtemp(join(tmpdir(), 'desk-bench-calls-'))
  await chmod(home, 0o755)
  const store = await openStore({ home })
  try {
    const clock = fixedClock(at(day, '07:30', zone))
    await loadBook({ store, book: manyShops(), now: clock.now() })
    const platform = openEmbeddedBook({ store, clock })
    const model = await openRiskModel({ dir: join(import.meta.dirname, '../models/risk') })
    const score: ScoreAppointments = ({ appointments, asOf }) => scoreAppointments({ model, platform, appointments, asOf })
    const list = (locationId?: string) => buildCallList({ platform, score, store, clock, locationId })

    const one = await measure({ name: `call list of ${size.aDay} appointments`, n: 15, run: () => list('shop-0') })
    const all = await measure({ name: `call list of ${size.locations * size.aDay} appointments in ${size.locations} locations`, n: 5, warmUp: 1, run: () => list() })
    const apiece = await measure({ name: `reading and scoring ${size.aDay} appointments one client at a time`, n: 3, warmUp: 1, run: async () => {
      const page = await platform.appointments({ locationId: 'shop-0', from: at(day, '00:00', zone), to: at(addDays(day, 1), '00:00', zone) })
      for (const appointment of page.ok ? page.value.items : []) {
        await platform.client({ id: appointment.clientId })
        await platform.history({ clientIds: [appointment.clientId] })
        await score({ appointments: [appointment], asOf: clock.now() })
      }
    } })
    const perAppointment = perPart({ figure: all, parts: size.locations * size.aDay, name: 'call list of 2000, per appointment' })
    return [against({ figure: one, baseline: apiece }), all, against({ figure: perAppointment, baseline: perPart({ figure: apiece, parts: size.aDay, name: `${apiece.name}, per appointment` }) })]
  } finally {
    await store.close()
    await rm(home, { recursive: true, force: true })
  }
}

/** Fifty shops with the demo's services, four staff members each, every client with six visits before today's. */
function manyShops(): BookData {
  const shops = Array.from({ length: size.locations }, (_, shop) => shop)
  const { services } = demoCatalog
  const staffOf = (shop: number) => [0, 1, 2, 3].map((seat) => ({ id: `staff-${shop}-${seat}`, name: ['Maya', 'Priya', 'Marcus', 'Sofia'][seat] ?? '', locationIds: [`shop-${shop}`], serviceIds: services.map(({ id }) => id), active: true }))
  const hours = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, open: '08:00', close: '22:00' }))
  return {
    catalog: {
      business: { id: 'many', name: 'Many Shops', demo: false },
      locations: shops.map((shop) => ({ id: `shop-${shop}`, name: `Shop ${shop}`, zone, currency: 'USD', hours, closures: [] })),
      staff: shops.flatMap(staffOf),
      services,
    },
    shifts: [],
    clients: shops.flatMap((shop) => clientsOf(shop)),
    appointments: shops.flatMap((shop) => clientsOf(shop).flatMap((client, i) => visitsOf({ client, shop, i, services }))),
    waitlist: [],
  }
}

function clientsOf(shop: number): Client[] {
  return Array.from({ length: size.aDay }, (_, i) => ({
    id: `client-${shop}-${i}`, firstName: `Ann${String.fromCharCode(97 + (i % 26))}`, lastName: 'Example', phones: [`+1503555${String(100 + (i % 100)).padStart(4, '0')}`],
    consent: { sms: 'in', email: 'in' }, tags: [], notes: [], holdings: i % 3 === 0 ? [{ kind: 'product', name: 'Hair oil', bought: '2026-05-05' }] : [], createdAt: '2024-01-01T00:00:00.000Z',
  }))
}

/** Today's visit and those before it, four weeks apart; every seventh of them was missed. */
function visitsOf({ client, shop, i, services }: { client: Client; shop: number; i: number; services: Service[] }): AppointmentHistory[] {
  return Array.from({ length: size.pastVisits + 1 }, (_, back) => {
    const service = services[(i + back) % services.length] as Service
    const start = addMinutes(at(addDays(day, -28 * back), '09:00', zone), 60 * Math.floor(i / 4))
    const kind = (i + back) % 7 === 0 ? 'no_show' as const : 'completed' as const
    return {
      appointment: {
        id: `visit-${shop}-${i}-${back}`, locationId: `shop-${shop}`, clientId: client.id, start, end: addMinutes(start, service.durationMin), timeKnown: true, status: back === 0 ? 'booked' : kind, version: '1', notes: [], fetchedAt: start,
        segments: [{ serviceId: service.id, staffId: `staff-${shop}-${i % 4}`, staffPreference: 'requested', start, durationMin: service.durationMin, price: service.price }],
      },
      events: [
        { kind: 'booked', at: addMinutes(start, -14 * 24 * 60), knownAt: addMinutes(start, -14 * 24 * 60) },
        ...(back === 0 ? [] : [{ kind, at: start, knownAt: start }]),
      ],
    }
  })
}
