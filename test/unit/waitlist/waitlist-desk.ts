import { type Approvals, openApprovals } from '../../../src/approvals/open-approvals.ts'
import type { Proposal } from '../../../src/approvals/proposal.ts'
import { bookingActions } from '../../../src/bookings/booking-actions.ts'
import { confirmByClient } from '../../../src/bookings/confirm-by-client.ts'
import type { BookingRoom } from '../../../src/bookings/read-booking.ts'
import type { Messages, OutgoingText, Received, TextTransport } from '../../../src/messages/messages.ts'
import { openMessages } from '../../../src/messages/open-messages.ts'
import { textOfDone } from '../../../src/messages/sending/queue-text.ts'
import type { BookingPlatform } from '../../../src/platforms/booking-platform.ts'
import { openEmbeddedBook } from '../../../src/platforms/embedded/index.ts'
import type { BookData } from '../../../src/salon/book-data.ts'
import type { WaitlistEntry } from '../../../src/salon/salon.ts'
import { at, type Clock, type Instant } from '../../../src/salon/time.ts'
import type { Store } from '../../../src/store/open-store.ts'
import { openWaitlist, type Waitlist } from '../../../src/waitlist/open-waitlist.ts'
import type { WaitlistSettings } from '../../../src/waitlist/waitlist-settings.ts'
import { maya } from '../../support/approvals-desk.ts'
import { type FaultyPlatform, faultyPlatform } from '../../support/faulty-platform.ts'
import { testReader } from '../../support/test-reader.ts'
import { openTestStore } from '../../support/test-store.ts'
import { createTinyDesk, type TestClock, tinyBook, tinyZone } from '../../support/tiny-book.ts'

/** One process of the desk on the shared database. */
export type Instance = { store: Store; platform: FaultyPlatform; messages: Messages; approvals: Approvals; waitlist: Waitlist; work(): Promise<void>; write(clientId: string, body: string, externalId?: string): Promise<Received> }

type Wrap = (parts: { store: Store; platform: BookingPlatform }) => { store: Store; platform: BookingPlatform }

export type WaitlistDesk = Instance & {
  clock: TestClock
  /** Every text that left, from whichever instance, oldest first. */
  sent: OutgoingText[]
  /** The phones have every text that left: a lost answer can be looked up. */
  canLook(): void
  /** What the phones answer next instead of `sent`. */
  phones: (() => Promise<Awaited<ReturnType<TextTransport['send']>>>)[]
  /** Another process on the same database; with a clock of its own where that goes wrong (F52), `dbClock: null` for the database's real one; `wrap` may put knobs around what it works with. */
  another(options?: { clock?: Clock; dbClock?: Clock | null; wrap?: Wrap }): Promise<Instance>
  errors: unknown[]
  close(): Promise<void>
}

/** Friday 20 November, noon at the tiny salon. */
export const fridayNoon: Instant = '2026-11-20T20:00:00.000Z'

/** Who waits for a cut tomorrow, first come first: Jo, Fay, Ivan, George; none of them has a visit then. */
export const waiting = (clients = ['jo', 'fay', 'ivan', 'george'], more: Partial<WaitlistEntry> = {}): WaitlistEntry[] => clients.map((clientId, index) => ({
  id: `w-${clientId}`, locationId: 'main', clientId, serviceId: 'cut', wanted: [{ from: at('2026-11-21', '09:00', tinyZone), to: at('2026-11-21', '18:00', tinyZone) }], createdAt: `2026-11-1${index}T18:00:00.000Z`, status: 'waiting', ...more,
}))

/** The same entries, come to the list one after the other. */
export const inThisOrder = (entries: WaitlistEntry[]): WaitlistEntry[] => entries.map((entry, day) => Object.assign({}, entry, { createdAt: `2026-11-1${day}T18:00:00.000Z` }))

export const waitingBook = (waitlist = waiting()): BookData => ({ ...tinyBook(), waitlist })

/** The tiny salon with texts, approvals and the waitlist wired as the desk wires them, on Friday at noon; texts may follow each other at once. */
export async function openWaitlistDesk({ book = waitingBook(), now = fridayNoon, settings = {} }: { book?: BookData; now?: string; settings?: Partial<WaitlistSettings> } = {}): Promise<WaitlistDesk> {
  const { store, clock } = await createTinyDesk({ book, now })
  const setting = (name: string, value: unknown) => store.db.insertInto('settings').values({ scope: '', name, value: JSON.stringify(value), changed_at: clock.now(), changed_by: 'test' }).execute()
  await setting('texts', { holdMinutes: 0, perDay: 20, perWeek: 60 })
  await setting('waitlist', { delayMin: 0, ...settings })
  const sent: OutgoingText[] = []
  const phones: WaitlistDesk['phones'] = []
  const transport: TextTransport = {
    name: 'fake phones',
    async send(text) {
      sent.push(text)
      return (phones.shift() ?? (async () => ({ state: 'sent' as const })))()
    },
  }
  const canLook = (): void => {
    transport.look = async ({ key }) => ({ state: sent.some((text) => text.key === key) ? 'sent' : 'not_sent' })
  }
  const errors: unknown[] = []
  const stores: Store[] = []
  const first = await openInstance({ store, platform: openEmbeddedBook({ store, clock }), clock, transport, errors })
  // The first look at the book begins now: what is in it already frees nothing.
  await first.work()
  return {
    ...first, clock, sent, canLook, phones, errors,
    async another({ clock: own = clock, dbClock = clock, wrap = (same: Parameters<Wrap>[0]) => same } = {}) {
      const theirs = openTestStore(store.url, async () => {}, dbClock ?? undefined)
      stores.push(theirs)
      return openInstance({ ...wrap({ store: theirs, platform: openEmbeddedBook({ store: theirs, clock: own }) }), clock: own, transport, errors })
    },
    async close() {
      for (const each of stores) await each.close()
      await store.close()
    },
  }
}

async function openInstance({ store, platform: given, clock, transport, errors }: { store: Store; platform: BookingPlatform; clock: Clock; transport: TextTransport; errors: unknown[] }): Promise<Instance> {
  const platform = faultyPlatform(given)
  const waitlist: Waitlist = openWaitlist({
    store, clock, platform,
    messages: {
      compose: (wanted) => messages.compose(wanted), composeAll: (wanted) => messages.composeAll(wanted), queue: (trx, text) => messages.queue(trx, text),
      withdraw: (trx, text) => messages.withdraw(trx, text), handOver: (trx, reply) => messages.handOver(trx, reply), isConnected: () => messages.isConnected(),
    },
  })
  const messages: Messages = await openMessages({ store, clock, platform, reader: testReader, transport, questions: [confirmByClient({ platform, clock }), waitlist.question], talks: [waitlist.regret] })
  const room: BookingRoom = { platform, clock, cite: async () => [], compose: (wanted) => messages.compose(wanted) }
  const work = async (): Promise<void> => {
    await waitlist.work({ approvals, onError: (error) => errors.push(error) })
    await messages.deliver()
    await waitlist.work({ approvals, onError: (error) => errors.push(error) })
  }
  const approvals: Approvals = openApprovals({
    store, clock, actions: [...bookingActions(room), waitlist.action],
    afterDone: async (trx, proposal) => {
      const text = textOfDone(proposal)
      if (text !== undefined) await messages.queue(trx, { key: `proposal:${proposal.id}`, text, proposalId: proposal.id })
    },
    afterwards: work,
  })
  let count = 0
  return { store, platform, messages, approvals, waitlist, work, write: (clientId, body, externalId = `${clientId}-${++count}-${store.url.length}-${Math.random()}`) => messages.receive({ clientId, body, externalId }) }
}

/** Cancels a visit on the platform, as its own calendar would. */
export async function cancel({ platform }: Instance, id = 'a-cut'): Promise<void> {
  const visit = await platform.appointment({ id })
  if (!visit.ok) throw new Error('no such visit')
  const done = await platform.cancel({ key: `cancel-${id}`, id, expectedVersion: visit.value.version, cancelledBy: 'client' })
  if (!done.ok) throw new Error(done.error.message)
}

/** The one card of offers that waits. */
export async function card({ approvals }: Instance): Promise<Proposal> {
  const [only, ...more] = (await approvals.list()).filter(({ kind }) => kind === 'waitlist_offers')
  if (only === undefined || more.length > 0) throw new Error(`${more.length + (only === undefined ? 0 : 1)} cards`)
  return only
}

/** A cancellation whose cascade is approved; the first offers are out. */
export async function offering(desk: Instance, { id = 'a-cut' }: { id?: string } = {}): Promise<Proposal> {
  await cancel(desk, id)
  await desk.work()
  const proposal = await card(desk)
  await desk.approvals.decide({ id: proposal.id, decision: 'approve', by: maya, hash: proposal.hash })
  await desk.work()
  return proposal
}

/** Each offer's client with its state, in the approved order. */
export async function offers({ store }: Instance): Promise<[client: string, state: string, why: string | null][]> {
  return (await store.db.selectFrom('waitlist_offers').select(['client_id', 'state', 'why']).orderBy('opening_id').orderBy('place').execute()).map((row) => [row.client_id, row.state, row.why])
}

export async function openings({ store }: Instance): Promise<{ state: string; why: string | null; cause: string }[]> {
  return store.db.selectFrom('waitlist_openings').select(['state', 'why', 'cause']).orderBy('opened_at').orderBy('id').execute()
}

/** Live visits at that moment of the tiny salon's Saturday, by client. */
export async function bookedAt({ platform }: Instance, time = '13:00', staffId = 'ana'): Promise<string[]> {
  const start = at('2026-11-21', time, tinyZone)
  const page = await platform.appointments({ from: start, to: new Date(Date.parse(start) + 60_000).toISOString(), staffId })
  return page.ok ? page.value.items.filter(({ status }) => ['booked', 'confirmed'].includes(status)).map(({ clientId }) => clientId) : []
}
