import { money } from '../../src/salon/money.ts'
import type { Appointment, Catalog, Client, Service, Slot, WaitlistEntry } from '../../src/salon/salon.ts'
import { addMinutes, type Instant } from '../../src/salon/time.ts'
import type { FreeChair } from '../../src/waitlist/ranking/ranked.ts'
import type { PastOffer, SlotsOf, Waiting } from '../../src/waitlist/ranking/waiting.ts'

const zone = 'America/Los_Angeles'

/** Friday 20 November 2026, 10:00 in Los Angeles. */
export const waitingNow: Instant = '2026-11-20T18:00:00.000Z'

const service = (id: string, name: string, durationMin: number, minor: number, more: Partial<Service> = {}): Service => ({ id, name, category: 'style', durationMin, price: money(minor, 'USD'), active: true, consultation: false, ...more })

const catalog: Catalog = {
  business: { id: 'tiny', name: 'Tiny Salon', demo: false },
  locations: [{ id: 'main', name: 'Main Street', zone, currency: 'USD', hours: [], closures: [] }],
  staff: [
    { id: 'ana', name: 'Ana Ortiz', locationIds: ['main'], serviceIds: ['cut', 'color', 'blowdry', 'old'], active: true },
    { id: 'bea', name: 'Bea Novak', locationIds: ['main'], serviceIds: ['cut', 'blowdry', 'old'], active: true },
  ],
  services: [service('cut', "Women's cut", 45, 6_500), service('color', 'Full color', 120, 14_000, { patchTestHours: 48 }), service('blowdry', 'Blow-dry', 30, 4_000), service('old', 'Perm', 60, 9_000, { active: false })],
}

/** Bea's time the same afternoon, 13:00 to 14:30. */
export function testChair(more: Partial<FreeChair> = {}): FreeChair {
  return { locationId: 'main', staffId: 'bea', start: '2026-11-20T21:00:00.000Z', end: '2026-11-20T22:30:00.000Z', ...more }
}

/** Every quarter hour of the chair at which what is waited for ends within it, as if nothing else stood there. */
export function testSlotsOf(chair: FreeChair): SlotsOf {
  const known = new Map<string, Slot[]>()
  return (entry) => {
    const staffId = chair.staffId ?? entry.staffId ?? 'ana'
    const key = `${entry.serviceId} ${staffId}`
    const found = known.get(key) ?? slotsIn(chair, entry.serviceId, staffId)
    known.set(key, found)
    return found
  }
}

function slotsIn(chair: FreeChair, serviceId: string, staffId: string): Slot[] {
  const found = catalog.services.find(({ id }) => id === serviceId)
  const slots: Slot[] = []
  for (let start = chair.start; found !== undefined && addMinutes(start, found.durationMin) <= chair.end; start = addMinutes(start, 15)) {
    const end = addMinutes(start, found.durationMin)
    slots.push({ id: `${serviceId} ${start}`, locationId: 'main', start, end, segments: [{ serviceId, staffId, staffPreference: 'any', start, durationMin: found.durationMin, price: found.price }] })
  }
  return slots
}

export function testClient(id: string, more: Partial<Client> = {}): Client {
  return { id, firstName: id, lastName: '', phones: [`+1213${id}`], consent: { sms: 'in', email: 'unknown' }, tags: [], notes: [], holdings: [], ...more }
}

export function testEntry(id: string, more: Partial<WaitlistEntry> = {}): WaitlistEntry {
  return { id, locationId: 'main', clientId: id, serviceId: 'cut', wanted: [], createdAt: '2026-11-10T18:00:00.000Z', status: 'waiting', ...more }
}

export function testVisit(id: string, clientId: string, start: Instant, { serviceId = 'cut', minutes = 45 } = {}): Appointment {
  return { id, locationId: 'main', clientId, segments: [{ serviceId, staffId: 'ana', staffPreference: 'any', start, durationMin: minutes, price: money(6_500, 'USD') }], start, end: addMinutes(start, minutes), timeKnown: true, status: 'booked', version: '1', notes: [], fetchedAt: waitingNow }
}

export function testOffer(clientId: string, more: Partial<PastOffer> = {}): PastOffer {
  const at = more.at ?? '2026-11-18T18:00:00.000Z'
  return { clientId, locationId: 'main', staffId: 'ana', start: '2026-11-19T18:00:00.000Z', state: 'expired', why: null, sentAt: at, answeredAt: null, at, ...more }
}

/** Who waits, as it is read; `given` replaces what is made up: `people` of all kinds, from a seed. */
export function testWaiting({ people = 0, seed = 1, ...given }: { people?: number; seed?: number } & Partial<Omit<Waiting, 'clients'>> & { clients?: Client[] } = {}): Waiting {
  const pick = randomPicks(seed)
  const ids = Array.from({ length: people }, (_, i) => `p${i}`)
  const clients = given.clients ?? ids.map((id, i) => testClient(id, { phones: [`+1213${id}`, ...(pick(10) === 0 ? [`+1310${i - (i % 2)}`] : [])] }))
  const entries = given.entries ?? ids.map((id) => testEntry(`w-${id}`, {
    clientId: pick(20) === 0 ? 'p0' : id, serviceId: ['cut', 'color', 'blowdry', 'old'][pick(4)]!, createdAt: addMinutes(waitingNow, -pick(60 * 24 * 60)),
    ...(pick(3) === 0 ? { staffId: ['ana', 'bea'][pick(2)]! } : {}), ...(pick(3) === 0 ? { wanted: [{ from: '2026-11-20T21:00:00.000Z', to: addMinutes('2026-11-20T21:00:00.000Z', 15 * (1 + pick(8))) }] } : {}),
  }))
  const states = ['booked', 'declined', 'expired', 'withdrawn', 'late_yes', 'sent'] as const
  const offers = ids.flatMap((id) => Array.from({ length: pick(4) }, () => testOffer(id, { state: states[pick(states.length)]!, at: addMinutes(waitingNow, -pick(90 * 24 * 60)) })))
  const visits = ids.flatMap((id, i) => (pick(4) === 0 ? [testVisit(`v${i}`, id, addMinutes('2026-11-20T18:00:00.000Z', 15 * pick(1_000)))] : []))
  return {
    now: waitingNow, zone, catalog, entries, clients: new Map(clients.map((client) => [client.id, client])),
    visits: given.visits ?? new Map(ids.map((id) => [id, { standing: visits.filter(({ clientId }) => clientId === id), kept: pick(8), failed: pick(3) }])),
    barred: given.barred ?? new Map(ids.filter(() => pick(10) === 0).map((id) => [id, { because: 'opted_out' as const, words: 'asked for no more texts (STOP)' }])),
    lately: given.lately ?? Map.groupBy(offers.filter(({ at }) => at > addMinutes(waitingNow, -7 * 24 * 60)), ({ clientId }) => clientId),
    memory: 'memory' in given ? given.memory : Map.groupBy(offers, ({ clientId }) => clientId),
    ...(given.now === undefined ? {} : { now: given.now }),
  }
}

/** Whole numbers below a bound, the same for the same seed (mulberry32). */
export function randomPicks(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor(((t ^ (t >>> 14)) >>> 0) / 4_294_967_296 * below)
  }
}
