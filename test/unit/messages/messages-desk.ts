import type { Action } from '../../../src/approvals/action.ts'
import { openApprovals, type Approvals } from '../../../src/approvals/open-approvals.ts'
import type { Proposal } from '../../../src/approvals/proposal.ts'
import { bookingActions } from '../../../src/bookings/booking-actions.ts'
import { cancelAction } from '../../../src/bookings/cancel.ts'
import { confirmByClient } from '../../../src/bookings/confirm-by-client.ts'
import type { MailTransport } from '../../../src/messages/email/email.ts'
import type { Messages, OnNeedsPerson, OutgoingText, TextTransport } from '../../../src/messages/messages.ts'
import { openMessages } from '../../../src/messages/open-messages.ts'
import { textOfDone } from '../../../src/messages/sending/queue-text.ts'
import { textAction } from '../../../src/messages/sending/text-action.ts'
import type { BookData } from '../../../src/salon/book-data.ts'
import type { Store } from '../../../src/store/open-store.ts'
import { waitlistFillAction, waitlistUnfillAction } from '../../../src/waitlist/fill.ts'
import { maya, slotAt } from '../../support/approvals-desk.ts'
import { type FaultyPlatform, faultyPlatform } from '../../support/faulty-platform.ts'
import { testReader } from '../../support/test-reader.ts'
import { createTinyDesk, type TestClock, tinyBook } from '../../support/tiny-book.ts'

type Answer = Awaited<ReturnType<TextTransport['send']>>

/** A phone company of our own: what it was given, and what it answers next (`sent` unless told otherwise). */
type FakePhones = TextTransport & { sent: OutgoingText[]; next: (() => Promise<Answer>)[]; lookNext: ('sent' | 'not_sent' | 'unknown')[] }

function fakePhones(): FakePhones {
  const phones: FakePhones = {
    name: 'fake phones', sent: [], next: [], lookNext: [],
    async send(text) {
      phones.sent.push(text)
      return (phones.next.shift() ?? (async () => ({ state: 'sent' as const })))()
    },
  }
  return phones
}

export type MessagesDesk = { store: Store; clock: TestClock; platform: FaultyPlatform; messages: Messages; phones: FakePhones; approvals: Approvals; actions: Action[] }

/** Friday, an hour at which texts may go out. */
const noon = '2026-11-20T20:00:00.000Z'

/** The tiny salon with texts and approvals wired as the desk wires them; several texts to one client go out at once unless `holdMinutes` says otherwise. */
export async function openMessagesDesk({ book = tinyBook(), connected = true, onNeedsPerson, emails, now = noon, holdMinutes = 0 }: { book?: BookData; connected?: boolean; onNeedsPerson?: OnNeedsPerson; emails?: MailTransport; now?: string; holdMinutes?: number } = {}): Promise<MessagesDesk> {
  const { store, clock, platform: real } = await createTinyDesk({ book, now })
  await store.db.insertInto('settings').values({ scope: '', name: 'texts', value: JSON.stringify({ holdMinutes }), changed_at: clock.now(), changed_by: 'test' }).execute()
  const platform = faultyPlatform(real)
  const phones = fakePhones()
  const messages = await openMessages({ store, clock, platform, reader: testReader, emails, questions: [confirmByClient({ platform, clock })], ...(connected ? { transport: phones } : {}), ...(onNeedsPerson === undefined ? {} : { onNeedsPerson }) })
  const room = { platform, clock, cite: async () => [], compose: (wanted: Parameters<Messages['compose']>[0]) => messages.compose(wanted) }
  const actions: Action[] = [...bookingActions(room), waitlistFillAction(room), waitlistUnfillAction(room, cancelAction(room)), textAction({ store, clock, platform, isConnected: () => messages.isConnected(), publicUrl: 'https://tiny.example' })]
  const approvals = openApprovals({
    store, clock, actions,
    afterDone: async (trx, proposal) => {
      const text = textOfDone(proposal)
      if (text !== undefined) await messages.queue(trx, { key: `proposal:${proposal.id}`, text, proposalId: proposal.id })
    },
  })
  return { store, clock, platform, messages, phones, approvals, actions }
}

/** Proposes to move a visit of the tiny salon. */
export async function proposeMove({ approvals, platform }: MessagesDesk, { id = 'b-cut', date = '2026-11-24', time = '11:00' } = {}): Promise<Proposal> {
  return approvals.propose({ kind: 'reschedule', args: { appointmentId: id, slotId: await slotAt({ platform, date, time, rescheduling: id }) }, reason: 'the client called', requestedBy: maya.id })
}

export async function approve({ approvals }: MessagesDesk, proposal: Proposal): Promise<Proposal> {
  return (await approvals.decide({ id: proposal.id, decision: 'approve', by: maya, hash: proposal.hash })).proposal
}

/** A move that is done, with its text sent and its question asked. */
export async function moveAndTell(desk: MessagesDesk, where: { id?: string; date?: string; time?: string } = {}): Promise<Proposal> {
  const done = await approve(desk, await proposeMove(desk, where))
  await desk.messages.deliver()
  return done
}

/** What the audit log says of a client's texts, in order. */
export async function threadAudit({ store }: MessagesDesk, clientId: string): Promise<string[]> {
  return (await store.db.selectFrom('audit').select('action').where('subject', '=', `thread:${clientId}`).orderBy('seq').execute()).map(({ action }) => action)
}

/** The tiny book with one client changed. */
export function bookWith(id: string, change: Partial<BookData['clients'][number]>): BookData {
  const book = tinyBook()
  const client = book.clients.find((one) => one.id === id)
  if (client === undefined) throw new Error(`the tiny book has no ${id}`)
  return { ...book, clients: [...book.clients.filter((one) => one !== client), { ...client, ...change }] }
}

/** The tiny book in which Elena has Dana Kim's number. */
export function sharedPhoneBook(): BookData {
  const book = tinyBook()
  const [dana, elena] = ['dana-k', 'elena'].map((id) => book.clients.find((client) => client.id === id))
  if (dana === undefined || elena === undefined) throw new Error('the tiny book has neither Dana nor Elena')
  const shared = { ...elena, phones: dana.phones }
  return { ...book, clients: [...book.clients.filter(({ id }) => id !== 'elena'), shared] }
}
