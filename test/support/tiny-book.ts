import { openEmbeddedBook } from '../../src/platforms/embedded/index.ts'
import { loadBook } from '../../src/platforms/embedded/load-book.ts'
import type { BookingPlatform } from '../../src/platforms/booking-platform.ts'
import type { BookData } from '../../src/salon/book-data.ts'
import { money } from '../../src/salon/money.ts'
import type { AppointmentHistory, Client, Service } from '../../src/salon/salon.ts'
import { addMinutes, at, type Instant, toInstant } from '../../src/salon/time.ts'
import type { Store } from '../../src/store/open-store.ts'
import { createTestDatabase, createTestStore, openTestStore } from './test-store.ts'

export const tinyZone = 'America/Los_Angeles'

/** Saturday 21 November 2026, half past seven in the morning at the tiny salon. */
export const tinyNow: Instant = '2026-11-21T15:30:00.000Z'

/** A clock that a test sets; it stands still in between. */
export type TestClock = { now(): Instant; set(now: string): void; advance(minutes: number): void }

export function testClock(start: string = tinyNow): TestClock {
  let now = toInstant(start)
  return {
    now: () => now,
    set: (next) => { now = toInstant(next) },
    advance: (minutes) => { now = addMinutes(now, minutes) },
  }
}

/** A store of its own with the tiny book loaded, and the embedded platform on it. Close the store after the test. */
export async function createTinyDesk({ now = tinyNow, book }: { now?: string; book?: BookData } = {}): Promise<{ store: Store; platform: BookingPlatform; clock: TestClock }> {
  const clock = testClock(now)
  if (book === undefined && clock.now() === tinyNow) {
    loadedOnce ??= loadOnce()
    const { url, drop } = await createTestDatabase({ template: await loadedOnce })
    const store = openTestStore(url, drop, clock)
    return { store, platform: openEmbeddedBook({ store, clock }), clock }
  }
  const store = await createTestStore({ clock })
  await loadBook({ store, book: book ?? tinyBook(), now: clock.now() })
  return { store, platform: openEmbeddedBook({ store, clock }), clock }
}

/** The usual desk is loaded once a worker and copied, which takes half as long; the copies go with the test run's server. */
let loadedOnce: Promise<string> | undefined

async function loadOnce(): Promise<string> {
  const { url, name } = await createTestDatabase()
  const store = openTestStore(url, async () => {}, testClock())
  await loadBook({ store, book: tinyBook(), now: tinyNow })
  await store.close()
  return name
}

/**
 * A salon with one location in Los Angeles (Tuesday to Saturday 9 to 18, Sunday 10 to 16, closed on Thanksgiving), three staff:
 * `ana` (everything, no Sundays), `bea` (cut, blow-dry, consultation; Saturdays from 10) and `cruz` (colour, cut, beard; Tuesday to Sunday).
 * Eight clients, two called Dana. On Saturday 21 November: ana 9:00 colour (processing 9:45 to 10:15, done 11:00), ana 13:00 cut,
 * bea 10:00 cut, cruz 14:00 beard confirmed. Bea Friday 27 at 15:00 is free; cruz is taken then.
 */
export function tinyBook(): BookData {
  return {
    catalog: {
      business: { id: 'tiny', name: 'Tiny Salon', demo: false },
      locations: [{
        id: 'main', name: 'Main Street', zone: tinyZone, currency: 'USD', phone: '+12135550100', address: '1 Main Street',
        hours: [...[2, 3, 4, 5, 6].map((weekday) => ({ weekday, open: '09:00', close: '18:00' })), { weekday: 7, open: '10:00', close: '16:00' }],
        closures: ['2026-11-26'],
      }],
      staff: [
        { id: 'ana', name: 'Ana Ortiz', locationIds: ['main'], serviceIds: ['cut', 'color', 'blowdry', 'beard', 'consult'], active: true },
        { id: 'bea', name: 'Bea Novak', locationIds: ['main'], serviceIds: ['cut', 'blowdry', 'consult'], active: true },
        { id: 'cruz', name: 'Cruz Okafor', locationIds: ['main'], serviceIds: ['color', 'cut', 'beard'], active: true },
      ],
      services: [
        service({ id: 'cut', name: "Women's cut", category: 'style', durationMin: 45, minor: 6500 }),
        service({ id: 'color', name: 'Full color', category: 'color', durationMin: 120, minor: 14000, processing: { afterMin: 45, lengthMin: 30 }, patchTestHours: 48, depositPercent: 20 }),
        service({ id: 'blowdry', name: 'Blow-dry', category: 'style', durationMin: 30, minor: 4000 }),
        service({ id: 'beard', name: 'Beard trim', category: 'style', durationMin: 15, minor: 2000 }),
        service({ id: 'consult', name: 'Consultation', category: 'misc', durationMin: 15, minor: 0, consultation: true }),
      ],
    },
    shifts: [
      ...[2, 3, 4, 5, 6].map((weekday) => ({ staffId: 'ana', locationId: 'main', weekday, start: '09:00', end: '18:00' })),
      ...[2, 3, 4, 5].map((weekday) => ({ staffId: 'bea', locationId: 'main', weekday, start: '09:00', end: '18:00' })),
      { staffId: 'bea', locationId: 'main', weekday: 6, start: '10:00', end: '18:00' },
      ...[2, 3, 4, 5, 6, 7].map((weekday) => ({ staffId: 'cruz', locationId: 'main', weekday, start: '09:00', end: '18:00' })),
    ],
    clients: structuredClone(tinyClients), // tests change what they got
    appointments: [
      visit({ id: 'a-color', clientId: 'dana-w', date: '2026-11-21', time: '09:00', staffId: 'ana', serviceId: 'color', bookedAt: '2026-11-10T18:00:00.000Z' }),
      visit({ id: 'a-cut', clientId: 'elena', date: '2026-11-21', time: '13:00', staffId: 'ana', serviceId: 'cut', bookedAt: '2026-11-19T18:00:00.000Z' }),
      visit({ id: 'b-cut', clientId: 'dana-k', date: '2026-11-21', time: '10:00', staffId: 'bea', serviceId: 'cut', bookedAt: '2026-11-01T18:00:00.000Z' }),
      visit({ id: 'c-beard', clientId: 'george', date: '2026-11-21', time: '14:00', staffId: 'cruz', serviceId: 'beard', bookedAt: '2026-11-12T18:00:00.000Z', after: [{ kind: 'confirmed', at: '2026-11-20T17:00:00.000Z', knownAt: '2026-11-20T17:00:00.000Z', by: 'client' }] }),
      visit({ id: 'c-friday', clientId: 'hana', date: '2026-11-27', time: '15:00', staffId: 'cruz', serviceId: 'cut', bookedAt: '2026-11-13T18:00:00.000Z' }),
      visit({ id: 'old-kept', clientId: 'dana-w', date: '2026-10-10', time: '09:00', staffId: 'ana', serviceId: 'color', bookedAt: '2026-09-20T18:00:00.000Z', after: [{ kind: 'completed', at: '2026-10-10T18:00:00.000Z', knownAt: '2026-10-10T18:00:00.000Z' }, { kind: 'paid', at: '2026-10-10T18:00:00.000Z', knownAt: '2026-10-10T18:00:00.000Z', amount: money(14000, 'USD') }] }),
      visit({ id: 'old-missed', clientId: 'elena', date: '2026-10-31', time: '11:00', staffId: 'bea', serviceId: 'cut', bookedAt: '2026-10-25T18:00:00.000Z', after: [{ kind: 'no_show', at: '2026-10-31T18:30:00.000Z', knownAt: '2026-10-31T18:30:00.000Z' }] }),
      visit({ id: 'old-cancelled', clientId: 'ivan', date: '2026-11-14', time: '12:00', staffId: 'cruz', serviceId: 'beard', bookedAt: '2026-11-05T18:00:00.000Z', after: [{ kind: 'cancelled', at: '2026-11-14T16:00:00.000Z', knownAt: '2026-11-14T16:00:00.000Z', by: 'client' }] }),
    ],
    waitlist: [
      { id: 'w-jo', locationId: 'main', clientId: 'jo', serviceId: 'cut', wanted: [{ from: at('2026-11-21', '09:00', tinyZone), to: at('2026-11-21', '18:00', tinyZone) }], createdAt: '2026-11-18T18:00:00.000Z', status: 'waiting' },
      { id: 'w-ivan', locationId: 'main', clientId: 'ivan', serviceId: 'color', staffId: 'ana', wanted: [], createdAt: '2026-11-15T18:00:00.000Z', status: 'waiting' },
    ],
  }
}

const tinyClients: Client[] = [
  client({ id: 'dana-w', firstName: 'Dana', lastName: 'Whitfield', phone: '+12135550101', email: 'dana.w@example.com', holdings: [{ kind: 'package', name: 'Color package', remaining: 1, expires: '2026-11-30' }, { kind: 'patch_test', done: '2026-09-18' }] }),
  client({ id: 'dana-k', firstName: 'Dana', lastName: 'Kim', phone: '+12135550102' }),
  client({ id: 'elena', firstName: 'Elena', lastName: 'García', phone: '+12135550103', email: 'Elena.Garcia@example.com' }),
  client({ id: 'fay', firstName: 'Fay', lastName: "O'Neil", phone: '+12135550104' }),
  client({ id: 'george', firstName: 'George', lastName: 'Papadakis', phone: '+12135550105' }),
  client({ id: 'hana', firstName: 'Hana', lastName: 'Suzuki', phone: '+12135550106' }),
  client({ id: 'ivan', firstName: 'Ivan', lastName: 'Petrov', phone: '+12135550107' }),
  client({ id: 'jo', firstName: 'Jo', lastName: 'Danvers', phone: '+12135550108' }),
]

function client({ id, firstName, lastName, phone, email, holdings = [] }: { id: string; firstName: string; lastName: string; phone: string; email?: string; holdings?: Client['holdings'] }): Client {
  return { id, firstName, lastName, phones: [phone], ...(email !== undefined && { email }), language: 'en', consent: { sms: 'in', email: 'unknown' }, tags: [], notes: [], holdings, createdAt: '2026-01-05T18:00:00.000Z' }
}

function service({ minor, consultation = false, ...rest }: Omit<Service, 'price' | 'active' | 'consultation'> & { minor: number; consultation?: boolean }): Service {
  return { ...rest, price: money(minor, 'USD'), active: true, consultation }
}

/** One visit of one service, booked once, with what came after. */
function visit({ id, clientId, date, time, staffId, serviceId, bookedAt, after = [] }: { id: string; clientId: string; date: string; time: string; staffId: string; serviceId: string; bookedAt: Instant; after?: AppointmentHistory['events'] }): AppointmentHistory {
  const minutes: Record<string, [number, number]> = { cut: [45, 6500], color: [120, 14000], blowdry: [30, 4000], beard: [15, 2000], consult: [15, 0] }
  const [durationMin, minor] = minutes[serviceId] ?? [30, 0]
  const start = at(date, time, tinyZone)
  const last = after.findLast(({ kind }) => kind !== 'paid' && kind !== 'note' && kind !== 'moved')
  return {
    appointment: {
      id, locationId: 'main', clientId, start, end: addMinutes(start, durationMin), timeKnown: true, version: '1', bookedAt, notes: [], fetchedAt: tinyNow,
      segments: [{ serviceId, staffId, staffPreference: 'unknown', start, durationMin, price: money(minor, 'USD') }],
      status: last === undefined ? 'booked' : last.kind as AppointmentHistory['appointment']['status'],
      ...(last?.kind === 'cancelled' && { cancelledBy: last.by ?? 'unknown' }),
    },
    events: [{ kind: 'booked', at: bookedAt, knownAt: bookedAt, by: 'client' }, ...after],
  }
}
