import type { Action } from '../../../src/approvals/action.ts'
import { type Approvals, openApprovals } from '../../../src/approvals/open-approvals.ts'
import type { Proposal } from '../../../src/approvals/proposal.ts'
import { setRollout, type Rollout } from '../../../src/approvals/rollout.ts'
import { bookingActions } from '../../../src/bookings/booking-actions.ts'
import { confirmByClient } from '../../../src/bookings/confirm-by-client.ts'
import type { BookingRoom } from '../../../src/bookings/read-booking.ts'
import type { Messages, OutgoingText, Received, TextTransport } from '../../../src/messages/messages.ts'
import { openMessages } from '../../../src/messages/open-messages.ts'
import { textOfDone } from '../../../src/messages/sending/queue-text.ts'
import { openRescheduling, type Rescheduling } from '../../../src/rescheduling/open-rescheduling.ts'
import type { BookData } from '../../../src/salon/book-data.ts'
import { type Instant, localDate, localTime } from '../../../src/salon/time.ts'
import type { Store } from '../../../src/store/open-store.ts'
import { olga } from '../../support/approvals-desk.ts'
import { type FaultyPlatform, faultyPlatform } from '../../support/faulty-platform.ts'
import { testReader } from '../../support/test-reader.ts'
import { createTinyDesk, type TestClock, tinyBook, tinyZone } from '../../support/tiny-book.ts'

/** Tuesday 24 November 2026, noon at the tiny salon. */
const tuesdayNoon: Instant = '2026-11-24T20:00:00.000Z'

export type TimesDesk = {
  store: Store; clock: TestClock; platform: FaultyPlatform; approvals: Approvals; messages: Messages; rescheduling: Rescheduling
  /** Every text that left, oldest first. */
  sent: OutgoingText[]
  /** A client writes; answers what came of it. The same `externalId` again is the same text once more. */
  write: (clientId: string, body: string, externalId?: string) => Promise<Received>
  /** Asks "will you come?" about a visit, as a confirmation does. */
  ask: (appointmentId: string) => Promise<void>
  mode: (rollout: Rollout) => Promise<void>
}

/**
 * The tiny salon on Tuesday at noon, with texts and moving by text wired as the desk wires them. Hana's cut with Cruz is on
 * Friday at three, Elena's cut with Ana on Saturday at one, Dana Kim's with Bea on Saturday at ten.
 */
export async function openTimesDesk({ now = tuesdayNoon, book = nextSaturday() }: { now?: string; book?: BookData } = {}): Promise<TimesDesk> {
  const { store, clock, platform: real } = await createTinyDesk({ now, book })
  const platform = faultyPlatform(real)
  const sent: OutgoingText[] = []
  const transport: TextTransport = {
    name: 'fake phones',
    async send(text) {
      sent.push(text)
      return { state: 'sent' }
    },
  }
  const rescheduling: Rescheduling = openRescheduling({
    store, clock, platform,
    approvals: { propose: (request) => approvals.propose(request), get: (id) => approvals.get(id), withdraw: (withdrawal) => approvals.withdraw(withdrawal) },
  })
  const messages = await openMessages({ store, clock, platform, reader: testReader, transport, questions: [confirmByClient({ platform, clock }), rescheduling.question], talks: [rescheduling.talk] })
  const room: BookingRoom = { platform, clock, cite: async () => [], compose: (wanted) => messages.compose(wanted), heldFor: rescheduling.heldFor }
  const actions: Action[] = bookingActions(room)
  const approvals: Approvals = openApprovals({
    store, clock, actions,
    afterDone: async (trx, proposal) => {
      await rescheduling.afterDone(trx, proposal)
      const text = textOfDone(proposal)
      if (text !== undefined) await messages.queue(trx, { key: `proposal:${proposal.id}`, text, proposalId: proposal.id })
    },
    afterwards: async () => {
      await messages.deliver()
    },
  })
  let count = 0
  return {
    store, clock, platform, approvals, messages, rescheduling, sent,
    // Between two texts that a client did not ask for the desk pauses two minutes.
    async write(clientId, body, externalId) {
      if (externalId === undefined) clock.advance(3)
      return messages.receive({ clientId, body, externalId: externalId ?? `t${++count}` })
    },
    async ask(appointmentId) {
      const { clientId, locationId, start } = await visit({ platform }, appointmentId)
      const text = await messages.compose({ template: 'booked', clientId, locationId, values: { services: { services: ["women's cut"] }, staff: '', when: { when: start, zone: tinyZone, now: clock.now() } }, appointmentId, asks: { handler: 'confirm_appointment', subject: `appointment:${appointmentId}`, expiresAt: start, data: { start } }, onlyWhile: { start, live: true } })
      if (text.kind !== 'text') throw new Error(text.why)
      await store.transaction((trx) => messages.queue(trx, { key: `ask:${appointmentId}:${++count}`, text }))
      await messages.deliver()
    },
    mode: (rollout) => setRollout({ store, kind: 'reschedule', rollout, by: olga, now: clock.now() }),
  }
}

/** The tiny book with its Saturday visits a week later, so that they are four days ahead. */
export function nextSaturday(change: (book: BookData) => BookData = (book) => book): BookData {
  const week = 7 * 24 * 60 * 60_000
  const later = (at: Instant) => new Date(Date.parse(at) + week).toISOString()
  const book = tinyBook()
  return change({
    ...book,
    appointments: book.appointments.map((history) => {
      const { appointment } = history
      if (!appointment.start.startsWith('2026-11-21')) return history
      const moved = Object.assign({}, appointment, { start: later(appointment.start), end: later(appointment.end), segments: appointment.segments.map((segment) => Object.assign({}, segment, { start: later(segment.start) })) })
      return { events: history.events, appointment: moved }
    }),
  })
}

export async function visit({ platform }: Pick<TimesDesk, 'platform'>, id: string) {
  const read = await platform.appointment({ id })
  if (!read.ok) throw new Error(read.error.message)
  return read.value
}

/** When a visit is, on the salon's wall clock: "2026-11-27 15:00". */
export async function when(desk: Pick<TimesDesk, 'platform'>, id: string): Promise<string> {
  return local((await visit(desk, id)).start)
}

export function local(instant: Instant): string {
  return `${localDate(instant, tinyZone)} ${localTime(instant, tinyZone)}`
}

/** The words of the last text that left. */
export function lastText({ sent }: TimesDesk): string {
  return sent.at(-1)?.body ?? ''
}

/** The times on hold for a client now, on the salon's wall clock. */
export async function held({ store, clock }: TimesDesk, clientId: string): Promise<string[]> {
  const rows = await store.db.selectFrom('slot_holds').select('starts_at').where('client_id', '=', clientId).where('released_at', 'is', null).where('expires_at', '>', clock.now()).orderBy('starts_at').execute()
  return rows.map(({ starts_at: start }) => local(start))
}

/** Why a client's last reply went to a person. */
export async function lastWhy({ store }: TimesDesk, clientId: string): Promise<unknown> {
  const row = await store.db.selectFrom('audit').select('detail').where('subject', '=', `thread:${clientId}`).where('action', '=', 'text.needs_person').orderBy('seq', 'desc').executeTakeFirst()
  return (row?.detail as { why?: string } | undefined)?.why
}

export async function proposals({ approvals }: TimesDesk): Promise<Proposal[]> {
  return approvals.list({ recent: 50 })
}
