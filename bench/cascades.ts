import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { openApprovals, type Approvals } from '../src/approvals/open-approvals.ts'
import { setRollout } from '../src/approvals/rollout.ts'
import { confirmByClient } from '../src/bookings/confirm-by-client.ts'
import type { Messages } from '../src/messages/messages.ts'
import { openMessages } from '../src/messages/open-messages.ts'
import { openEmbeddedBook } from '../src/platforms/embedded/index.ts'
import { loadBook } from '../src/platforms/embedded/load-book.ts'
import { writeSlotId } from '../src/platforms/embedded/slot-id.ts'
import { unwrap } from '../src/platforms/unwrap.ts'
import type { BookData } from '../src/salon/book-data.ts'
import { money } from '../src/salon/money.ts'
import { addMinutes, at, type Instant } from '../src/salon/time.ts'
import { openStore, type Store } from '../src/store/open-store.ts'
import { openWaitlist } from '../src/waitlist/open-waitlist.ts'
import { against, type BenchFigure, measure } from './figure.ts'

const zone = 'America/Los_Angeles'
const noon = at('2026-11-20', '12:00', zone)
const live = 1_000
const due = 50
const aDay = 12

/**
 * A chair from its cancellation to the first offer in the hands of the text service, the desk deciding by itself among 200 who
 * wait; and one look of the desk while 1,000 chairs are on offer, with nothing due and with 50 windows that close and the next asked.
 */
export async function benchCascades(): Promise<BenchFigure[]> {
  const home = await mkdtemp(join(tmpdir(), 'desk-bench-cascades-'))
  await chmod(home, 0o755)
  let now = noon
  const clock = { now: () => now }
  const store = await openStore({ home, fixedClock: clock })
  try {
    await loadBook({ store, book: manyChairs(), now })
    const { platform, work, sent, approvals } = await openDesk({ store, clock })
    await setRollout({ store, kind: 'waitlist_offers', locationId: 'main', rollout: { mode: 'autonomous', perDay: 100_000 }, by: { id: 'bench', name: 'Bench', role: 'owner' }, now })
    await work()
    const cancelled = async (i: number): Promise<void> => {
      const visit = unwrap(await platform.appointment({ id: `visit-${i}` }))
      unwrap(await platform.cancel({ key: `cancel-${i}`, id: visit.id, expectedVersion: visit.version, cancelledBy: 'client' }))
    }
    const alone = await measure({ name: 'a visit cancelled in the book', n: 15, run: async (i) => cancelled(100 + i) })
    await store.db.insertInto('settings').values({ scope: '', name: 'waitlist', value: JSON.stringify({ on: false }), changed_at: now, changed_by: 'bench' }).execute()
    await work()
    await store.db.updateTable('settings').set({ value: JSON.stringify({ delayMin: 0, perClientPerWeek: 14, windowMin: 30, most: 1 }) }).where('name', '=', 'waitlist').execute()
    const first = await measure({ name: 'waitlist: from a cancellation to the first offer handed over, 200 wait', n: 15, run: async (i) => {
      const before = sent.length
      await cancelled(i)
      await work()
      if (sent.length === before) throw new Error('nobody was asked')
    } })

    await store.db.deleteFrom('waitlist_offers').execute()
    await store.db.deleteFrom('waitlist_openings').execute()
    await sql`analyze`.execute(store.db)
    const idle = await measure({ name: 'waitlist: a look with no chair on offer', n: 30, run: work })
    await offerAll(store)
    await sql`analyze`.execute(store.db)
    const quiet = await measure({ name: `waitlist: a look with ${live} cascades live, nothing due`, n: 30, run: work })
    now = addMinutes(now, 32)
    const busy = await measure({ name: `waitlist: a look with ${live} cascades live, ${due} windows close and the next is asked`, n: 3, warmUp: 1, run: async (i) => {
      await store.db.updateTable('waitlist_openings').set({ due_at: now }).where('id', 'in', Array.from({ length: due }, (_, n) => `open-${i * due + n}`)).execute()
      const before = sent.length
      await work()
      if (sent.length !== before + due) throw new Error(`${sent.length - before} were asked`)
    } })
    if ((await approvals.list()).length > 0) throw new Error('a card waits')
    return [alone, against({ figure: first, baseline: alone }), idle, against({ figure: quiet, baseline: idle }), against({ figure: busy, baseline: quiet })]
  } finally {
    await store.close()
    await rm(home, { recursive: true, force: true })
  }
}

async function openDesk({ store, clock }: { store: Store; clock: { now(): Instant } }) {
  const platform = openEmbeddedBook({ store, clock })
  const sent: string[] = []
  const waitlist = openWaitlist({
    store, clock, platform,
    messages: {
      compose: (wanted) => messages.compose(wanted), composeAll: (wanted) => messages.composeAll(wanted), queue: (trx, text) => messages.queue(trx, text),
      withdraw: (trx, text) => messages.withdraw(trx, text), handOver: (trx, reply) => messages.handOver(trx, reply), isConnected: () => messages.isConnected(),
    },
  })
  const messages: Messages = await openMessages({
    store, clock, platform, questions: [confirmByClient({ platform, clock }), waitlist.question], talks: [waitlist.regret],
    reader: { read: async () => ({ intent: 'unclear', confidence: 0, sure: false, quote: '', parts: [], questions: [], language: 'en', by: 'bench' }) },
    transport: { name: 'bench', send: async ({ key }) => { sent.push(key); return { state: 'sent' } } },
  })
  const approvals: Approvals = openApprovals({ store, clock, actions: [waitlist.action] })
  const work = async (): Promise<void> => {
    await waitlist.work({ approvals, onError: (error) => { throw error } })
    await waitlist.work({ approvals, onError: (error) => { throw error } })
    await messages.deliver()
  }
  return { platform, approvals, sent, work }
}

/** Chairs of Saturday, staff by staff. */
const chairAt = (n: number) => ({ staffId: `s${Math.floor(n / aDay)}`, start: addMinutes(at('2026-11-21', '09:00', zone), 45 * (n % aDay)) })

/** One salon with as many chairs on Saturday, the first 200 of them booked, 200 others who wait for any, and two more for each chair on offer. */
function manyChairs(): BookData {
  const cut = { id: 'cut', name: 'Cut', category: 'style', durationMin: 45, price: money(6_500, 'USD'), active: true, consultation: false }
  const staff = Array.from({ length: Math.ceil((live + 200) / aDay) }, (_, n) => ({ id: `s${n}`, name: 'Sam Stone', locationIds: ['main'], serviceIds: ['cut'], active: true }))
  const client = (id: string, n: number) => ({ id, firstName: 'Kim', lastName: 'Poe', phones: [`+1213${6_000_000 + n}`], consent: { sms: 'in' as const, email: 'in' as const }, tags: [], notes: [], holdings: [], createdAt: '2024-01-01T00:00:00.000Z' })
  const bookedAt = '2026-11-10T18:00:00.000Z'
  return {
    catalog: { business: { id: 'many', name: 'Many Chairs', demo: false }, locations: [{ id: 'main', name: 'Main', zone, currency: 'USD', hours: [{ weekday: 6, open: '09:00', close: '18:00' }], closures: [] }], staff, services: [cut] },
    shifts: staff.map(({ id }) => ({ staffId: id, locationId: 'main', weekday: 6, start: '09:00', end: '18:00' })),
    clients: [...Array.from({ length: 200 }, (_, n) => client(`v${n}`, n)), ...Array.from({ length: 200 }, (_, n) => client(`w${n}`, 1_000 + n)), ...Array.from({ length: live }, (_, n) => client(`o${n}`, 2_000 + n))],
    appointments: Array.from({ length: 200 }, (_, n) => {
      const { staffId, start } = chairAt(n)
      return {
        appointment: { id: `visit-${n}`, locationId: 'main', clientId: `v${n}`, start, end: addMinutes(start, 45), timeKnown: true, status: 'booked' as const, version: '1', bookedAt, notes: [], fetchedAt: bookedAt, segments: [{ serviceId: 'cut', staffId, staffPreference: 'unknown' as const, start, durationMin: 45, price: money(6_500, 'USD') }] },
        events: [{ kind: 'booked' as const, at: bookedAt, knownAt: bookedAt }],
      }
    }),
    waitlist: Array.from({ length: 200 }, (_, n) => ({ id: `entry-w${n}`, locationId: 'main', clientId: `w${n}`, serviceId: 'cut', wanted: [], createdAt: addMinutes(bookedAt, n), status: 'waiting' as const })),
  }
}

/** A thousand chairs as a started cascade leaves them: one was asked half an hour before, the next one of those who wait follows. */
async function offerAll(store: Store): Promise<void> {
  const chairs = Array.from({ length: live }, (_, n) => ({ n, ...chairAt(200 + n) }))
  const body = store.seal.seal('A time is free')
  const message = (clientId: string, offerId: string, start: Instant) => JSON.stringify({ kind: 'text', clientId, to: 'Kim Poe', segments: 1, template: 'waitlist-offer', locationId: 'main', purpose: 'waitlist', asks: { handler: 'waitlist_offer', subject: `offer:${offerId}`, expiresAt: start, data: { start } } })
  await store.db.insertInto('waitlist_openings').values(chairs.map(({ n, staffId, start }) => ({
    id: `open-${n}`, location_id: 'main', staff_id: staffId, service_id: 'cut', starts_at: start, ends_at: addMinutes(start, 45), cause: 'staff' as const, appointment_id: null, parent_id: null, root_id: `open-${n}`, state: 'offering' as const, why: null,
    wait_until: noon, proposal_id: null, plan: JSON.stringify({ windowMin: 30, width: 1 }), book_by: addMinutes(start, -60), due_at: addMinutes(noon, 600), opened_at: noon, ended_at: null,
  }))).execute()
  await store.db.insertInto('waitlist_offers').values(chairs.flatMap(({ n, staffId, start }) => [`o${n}`, `w${n % 200}`].map((clientId, place) => ({
    id: `o-${n}-${place}`, opening_id: `open-${n}`, place: place + 1, entry_id: `entry-${clientId}`, client_id: clientId, slot_id: writeSlotId({ locationId: 'main', segments: [{ serviceId: 'cut', staffId, start: Date.parse(start) / 1_000, requested: true }] }), instead_of: null,
    body, message: message(clientId, `o-${n}-${place}`, start), state: place === 0 ? 'sent' as const : 'approved' as const, why: null, sent_at: place === 0 ? noon : null, expires_at: place === 0 ? addMinutes(noon, 30) : null, answered_at: null, accepted_at: null, answer_id: null, next_try_at: null, appointment_id: null, at: noon,
  })))).execute()
  await store.db.insertInto('texts').values(chairs.map(({ n }) => ({
    key: `offer:o-${n}-0`, client_id: `o${n}`, location_id: 'main', direction: 'out' as const, purpose: 'waitlist' as const, body, template: 'waitlist-offer', appointment_id: null, proposal_id: null, segments: 1, state: 'sent' as const, error_code: null,
    phone_hash: store.seal.lookup(`+1213${6_002_000 + n}`), reading: null, did: null, needs_person: false, at: noon,
  }))).execute()
}
