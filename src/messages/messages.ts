import type { ClientText } from '../approvals/action.ts'
import type { Person } from '../approvals/roles.ts'
import type { Instant } from '../salon/time.ts'
import type { Trx } from '../store/open-store.ts'
import type { TextState } from '../store/tables/channels.ts'

/** How texts leave the desk: the demo's phone now, Twilio when it is connected. `key` is the text's idempotency key. */
export type TextTransport = {
  name: string
  /** Pretends: to be used for the demo salon and never for a real one, which may take the demo's place while the desk runs. */
  demoOnly?: true
  /** `unknown`: sent without an answer; it is looked up, never sent again. */
  send(text: OutgoingText): Promise<{ state: 'sent' } | { state: 'failed'; code: string } | { state: 'unknown'; code: string }>
  /** Whether a text whose answer was lost got through; without it such a text stays unknown and goes to a person. */
  look?(text: OutgoingText): Promise<{ state: 'sent' | 'not_sent' | 'unknown' }>
}

/** `to` in E.164. */
export type OutgoingText = { key: string; to: string; body: string }

/** One text of a client's thread. */
export type Text = { id: number; direction: 'out' | 'in'; body: string; at: Instant; state: TextState; needsPerson: boolean }

/** `seenTo`: the person (id) who last looked after what waited here. */
export type Thread = { client: { id: string; name: string }; optedOut: boolean; texts: Text[]; seenTo?: { by: string; at: Instant } }

/** A client's thread in one line. */
export type ThreadLine = { client: { id: string; name: string }; last: Text; needsPerson: boolean }

/** What came of a client's reply. */
export type Received = {
  /** Whether this reply was here for the first time. */
  isNew: boolean
  reading: Reading
  /** What the desk did: "confirmed", "opted out", or handed it to a person. */
  did: 'confirmed' | 'opted_out' | 'opted_in' | 'helped' | 'handed_over'
}

export type Reading = 'yes' | 'no' | 'stop' | 'start' | 'help' | 'other'

/** A question that a client was asked by text and has not answered. */
export type Question = { id: number; clientId: string; subject: string; data: Record<string, unknown>; expiresAt: Instant }

/** What a YES to one kind of question does. `messages` knows none by name: whoever asks clients something hands theirs in. */
export type QuestionHandler = {
  name: string
  /** The kind of change it makes (`set_status`): in shadow mode for that kind the reply goes to a person. */
  kind: string
  /** Looks whether the question still stands and does what was asked, once per `key`. Never throws for what the platform says. */
  answer(request: { question: Question; clientId: string; key: string }): Promise<{ did: 'confirmed' } | { did: 'handed_over'; why: string }>
}

export type WantedText = { template: string; clientId: string; locationId: string; values: Record<string, string>; appointmentId?: string; asks?: ClientText['asks']; onlyWhile?: ClientText['onlyWhile'] }

/** The exact words a client would get, or why none, as a sentence for the card. */
export type Composed = ClientText | { kind: 'none'; why: string }

/** Hears, in the transaction that settles it, of a reply that a person must see to. `locationId` is where the client was last texted from. */
export type OnNeedsPerson = (trx: Trx, reply: { clientId: string; textId: number; locationId: string | null }) => Promise<void>

/** Texts to and from clients: consent first, once each, every one in the audit log. */
export type Messages = {
  /** The exact words a client would get, or why none: no number, said STOP, texts are not connected. */
  compose(wanted: WantedText): Promise<Composed>
  /** Puts an approved text in the outbox within the caller's transaction. The same key again changes nothing. */
  queue(trx: Trx, text: { key: string; text: ClientText; proposalId?: string }): Promise<void>
  /** Sends what is due; answers how many were settled. Nothing while the desk is paused. */
  deliver(): Promise<number>
  /**
   * A client's reply, as it came, once per `externalId`. Throws `DeskError` for a client that is not there, or while the
   * platform does not answer; the reply is kept, and the same again is taken up where it was left.
   */
  receive(reply: { clientId: string; body: string; externalId: string }): Promise<Received>
  thread(clientId: string): Promise<Thread>
  /** Clients with texts, the latest first. */
  recent(limit?: number): Promise<ThreadLine[]>
  /** Clients whose texts wait for a person, the latest first; `last` is the latest one that waits. */
  waiting(limit?: number): Promise<ThreadLine[]>
  /** A person has looked after what this client's thread asked for; with `upTo` (a text's id), only as far as they had read. */
  lookedAfter(thread: { clientId: string; by: Person; upTo?: number }): Promise<void>
}
