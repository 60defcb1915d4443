import { openApprovals, type Approvals } from '../../../src/approvals/open-approvals.ts'
import type { Proposal } from '../../../src/approvals/proposal.ts'
import { type Rollout, setRollout } from '../../../src/approvals/rollout.ts'
import { bookingActions } from '../../../src/bookings/booking-actions.ts'
import { confirmByClient } from '../../../src/bookings/confirm-by-client.ts'
import { confirmationKind } from '../../../src/confirmations/confirmation-args.ts'
import { changeConfirmationSettings, type ConfirmationSettings } from '../../../src/confirmations/confirmation-settings.ts'
import { type Confirmations, openConfirmations } from '../../../src/confirmations/open-confirmations.ts'
import type { Planned } from '../../../src/confirmations/plan-confirmations.ts'
import type { Messages, OutgoingText } from '../../../src/messages/messages.ts'
import { openMessages } from '../../../src/messages/open-messages.ts'
import { textOfDone } from '../../../src/messages/sending/queue-text.ts'
import { openEmbeddedBook } from '../../../src/platforms/embedded/index.ts'
import type { BookData } from '../../../src/salon/book-data.ts'
import { money } from '../../../src/salon/money.ts'
import type { AppointmentHistory, Client, RiskBand } from '../../../src/salon/salon.ts'
import { addMinutes, at, type Instant } from '../../../src/salon/time.ts'
import type { Store } from '../../../src/store/open-store.ts'
import { maya, olga, slotAt } from '../../support/approvals-desk.ts'
import { type FaultyPlatform, faultyPlatform } from '../../support/faulty-platform.ts'
import { testReader } from '../../support/test-reader.ts'
import { openTestStore } from '../../support/test-store.ts'
import { createTinyDesk, type TestClock, tinyBook, tinyZone } from '../../support/tiny-book.ts'

/** Tuesday 1 December 2026, a minute past nine in the morning at the tiny salon. */
const morning = at('2026-12-01', '09:01', tinyZone)

/** A visit of the test book: `risk` is what the model will say of it. */
export type Visit = { id: string; clientId: string; date: string; time?: string; serviceId?: string; staffId?: string; risk?: RiskBand; status?: 'booked' | 'confirmed' | 'requested'; bookedAt?: Instant; timeKnown?: boolean; locationId?: string }

export type Instance = { store: Store; platform: FaultyPlatform; messages: Messages; approvals: Approvals; confirmations: Confirmations; look(): Promise<Planned> }
export type ConfirmationsDesk = Instance & { clock: TestClock; sent: OutgoingText[]; another(): Promise<Instance>; close(): Promise<void> }

/** The tiny salon with these visits ahead, and everything that confirms them wired as the desk wires it. */
export async function openConfirmationsDesk({ visits, clients = {}, now = morning, edit = (book) => book }: { visits: Visit[]; clients?: Record<string, Partial<Client>>; now?: string; edit?: (book: BookData) => BookData }): Promise<ConfirmationsDesk> {
  const { store, clock } = await createTinyDesk({ now, book: edit(bookOf(visits, clients)) })
  const sent: OutgoingText[] = []
  const risks = new Map(visits.map(({ id, risk = 'low' }) => [id, risk]))
  const others: Store[] = []
  const wire = async (own: Store): Promise<Instance> => {
    const platform = faultyPlatform(openEmbeddedBook({ store: own, clock }))
    const messages = await openMessages({
      store: own, clock, platform, reader: testReader, questions: [confirmByClient({ platform, clock })],
      transport: { name: 'test phones', async send(text) { sent.push(text); return { state: 'sent' } } },
    })
    const confirmations = openConfirmations({
      store: own, clock, platform, messages,
      score: async ({ appointments }) => new Map(appointments.map(({ id }) => [id, { score: 0.1, band: risks.get(id) ?? 'low', confidence: 'medium', reasons: [] }])),
    })
    const bookings = bookingActions({ platform, clock, cite: async () => [], compose: (wanted) => messages.compose(wanted) })
    const approvals = openApprovals({
      store: own, clock, actions: [...bookings, confirmations.action],
      afterDone: async (trx, proposal) => {
        const text = textOfDone(proposal)
        if (text !== undefined) await messages.queue(trx, { key: `proposal:${proposal.id}`, text, proposalId: proposal.id })
      },
    })
    return { store: own, platform, messages, approvals, confirmations, look: () => confirmations.plan({ approvals, everyMin: 0, onError: (error) => { throw error } }) }
  }
  return {
    ...await wire(store), clock, sent,
    async another() {
      const second = openTestStore(store.url)
      others.push(second)
      return wire(second)
    },
    async close() {
      await Promise.all(others.map((other) => other.close()))
      await store.close()
    },
  }
}

function bookOf(visits: Visit[], clients: Record<string, Partial<Client>>): BookData {
  const book = tinyBook()
  return {
    ...book,
    clients: book.clients.map((client) => Object.assign({}, client, clients[client.id])),
    appointments: visits.map(toHistory), waitlist: [],
  }
}

function toHistory({ id, clientId, date, time = '10:00', serviceId = 'cut', staffId = 'ana', status = 'booked', bookedAt = '2026-11-01T18:00:00.000Z', timeKnown = true, locationId = 'main' }: Visit): AppointmentHistory {
  const start = at(date, time, tinyZone)
  const durationMin = serviceId === 'color' ? 120 : 30
  return {
    appointment: {
      id, locationId, clientId, start, end: addMinutes(start, durationMin), timeKnown, version: '1', bookedAt, notes: [], fetchedAt: bookedAt, status,
      segments: [{ serviceId, staffId, staffPreference: 'unknown', start, durationMin, price: money(6500, 'USD') }],
    },
    events: [{ kind: 'booked', at: bookedAt, knownAt: bookedAt, by: 'client' }, ...(status === 'confirmed' ? [{ kind: 'confirmed' as const, at: bookedAt, knownAt: bookedAt, by: 'client' as const }] : [])],
  }
}

/** The one card that waits. */
export async function card({ approvals }: Instance): Promise<Proposal> {
  const open = (await approvals.list()).filter(({ kind, state }) => kind === confirmationKind && state === 'pending')
  if (open[0] === undefined || open.length > 1) throw new Error(`${open.length} cards wait`)
  return open[0]
}

export async function approve(desk: Instance, proposal?: Proposal): Promise<Proposal> {
  const { id, hash } = proposal ?? await card(desk)
  return (await desk.approvals.decide({ id, decision: 'approve', by: maya, hash })).proposal
}

/** Looks, approves what is prepared, and sends it. */
export async function lookAndSend(desk: ConfirmationsDesk): Promise<OutgoingText[]> {
  const before = desk.sent.length
  await desk.look()
  for (const { id, hash } of (await desk.approvals.list()).filter(({ kind, state }) => kind === confirmationKind && state === 'pending')) await desk.approvals.decide({ id, decision: 'approve', by: maya, hash })
  await desk.messages.deliver()
  return desk.sent.slice(before)
}

export async function setMode({ store, clock }: ConfirmationsDesk, rollout: Rollout): Promise<void> {
  await setRollout({ store, kind: confirmationKind, rollout, by: olga, now: clock.now() })
}

export async function set({ store, clock }: ConfirmationsDesk, change: Partial<ConfirmationSettings>): Promise<void> {
  await changeConfirmationSettings({ store, clock, change, by: olga })
}

/** Every step that is recorded, as "visit step state why". */
export async function stepRows({ store }: Instance): Promise<string[]> {
  const rows = await store.db.selectFrom('confirmation_steps').select(['appointment_id', 'step', 'state', 'why']).orderBy('appointment_id').orderBy('starts_at').orderBy('step').execute()
  return rows.map((row) => [row.appointment_id, row.step, row.state, ...(row.why === null ? [] : [row.why])].join(' '))
}

/** Moves a visit on the platform, as somebody at the desk does. */
export async function move({ platform, clock }: ConfirmationsDesk, id: string, date: string, time: string): Promise<void> {
  const read = await platform.appointment({ id })
  if (!read.ok) throw new Error(read.error.message)
  const moved = await platform.reschedule({ key: `${id} ${date} ${time} ${clock.now()}`, id, expectedVersion: read.value.version, slotId: await slotAt({ platform, date, time, rescheduling: id }) })
  if (!moved.ok) throw new Error(moved.error.message)
}

export async function setStatus({ platform, clock }: ConfirmationsDesk, id: string, to: 'confirmed' | 'cancelled'): Promise<void> {
  const read = await platform.appointment({ id })
  if (!read.ok) throw new Error(read.error.message)
  const command = { key: `${id} ${to} ${clock.now()}`, id, expectedVersion: read.value.version }
  const done = to === 'confirmed' ? await platform.setStatus({ ...command, to }) : await platform.cancel({ ...command, cancelledBy: 'client' })
  if (!done.ok) throw new Error(done.error.message)
}
