import type { ClientText } from '../approvals/action.ts'
import type { Instant } from '../salon/time.ts'
import type { Trx } from '../store/open-store.ts'
import type { TextState } from '../store/tables/channels.ts'

/** How texts leave the desk: the demo's phone now, Twilio when it is connected. `key` is the text's idempotency key. */
export type TextTransport = {
  name: string
  /** `unknown`: sent without an answer; it is looked up, never sent again. */
  send(text: { key: string; to: string; body: string }): Promise<{ state: 'sent' } | { state: 'failed'; code: string } | { state: 'unknown'; code: string }>
}

/** One text of a client's thread. */
export type Text = { id: number; direction: 'out' | 'in'; body: string; at: Instant; state: TextState; needsPerson: boolean }

export type Thread = { client: { id: string; name: string }; optedOut: boolean; texts: Text[] }

/** What came of a client's reply. */
export type Received = {
  /** Whether this reply was here before. */
  isNew: boolean
  reading: 'yes' | 'no' | 'stop' | 'start' | 'help' | 'other'
  /** What the desk did: "confirmed", "opted out", or handed it to a person. */
  did: 'confirmed' | 'opted_out' | 'opted_in' | 'helped' | 'handed_over'
}

/** Texts to and from clients: consent first, once each, every one in the audit log. */
export type Messages = {
  /** The exact words a client would get, or why none: no number, said STOP, texts are not connected. */
  compose(wanted: { template: string; clientId: string; locationId: string; values: Record<string, string>; appointmentId?: string; asks?: ClientText['asks'] }): Promise<ClientText | { kind: 'none'; why: string }>
  /** Puts an approved text in the outbox within the caller's transaction. The same key again changes nothing. */
  queue(trx: Trx, text: { key: string; text: ClientText; proposalId?: string }): Promise<void>
  /** Sends what is due; answers how many were settled. */
  deliver(): Promise<number>
  /** A client's reply, as it came, once per `externalId`. */
  receive(reply: { clientId: string; body: string; externalId: string }): Promise<Received>
  thread(clientId: string): Promise<Thread>
  /** Clients with texts, the latest first. */
  recent(limit?: number): Promise<{ client: { id: string; name: string }; last: Text; needsPerson: boolean }[]>
}
