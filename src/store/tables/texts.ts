import type { ColumnType, Generated, GeneratedAlways } from 'kysely'
import type { Instant } from '../../salon/time.ts'
import type { Json } from './core.ts'

/** Ours of a text: what was decided and whether the service took it. What the service reports since is `Delivery`. */
export type TextState = 'queued' | 'sent' | 'failed' | 'unknown' | 'suppressed' | 'received'

/** What a text service reports of a text it took. */
export type Delivery = 'accepted' | 'queued' | 'sending' | 'sent' | 'delivered' | 'undelivered' | 'failed' | 'read'

/** Why a text is sent: which consent it needs and which hours are quiet for it. `consent` answers STOP, START and HELP. */
export type Purpose = 'appointment' | 'waitlist' | 'marketing' | 'consent'

type TextsTable = {
  id: GeneratedAlways<number>
  key: string
  /** A client's id, or `number:…` for a number that belongs to nobody on record. */
  client_id: string
  location_id: string | null
  direction: 'out' | 'in'
  /** `voice`: said on the phone. */
  channel: Generated<'sms' | 'email' | 'voice'>
  purpose: Generated<Purpose>
  /** Sealed. */
  body: string
  template: string | null
  appointment_id: string | null
  proposal_id: string | null
  segments: number
  state: TextState
  error_code: string | null
  phone_hash: Generated<string | null>
  provider_id: Generated<string | null>
  delivery: Generated<Delivery | null>
  delivery_code: Generated<string | null>
  delivered_at: Generated<Instant | null>
  /** When it was handed to the service last; null while it certainly was not. */
  attempted_at: Generated<Instant | null>
  automatic: Generated<boolean>
  /** What a client's reply was read as and what the desk did; null until that is settled. */
  reading: string | null
  did: string | null
  /** The whole reading (`ReplyReading`) as JSON, sealed: it quotes the client. */
  read: ColumnType<unknown, string | undefined, string>
  answers: Generated<number | null>
  /** When a client's reply reached us, on the database's clock. */
  received_at: Generated<Instant | null>
  needs_person: boolean
  at: Instant
}

type PendingQuestionsTable = {
  id: GeneratedAlways<number>
  client_id: string
  /** The number that was asked. */
  phone_hash: string
  handler: string
  subject: string
  data: Json<unknown>
  asked_at: Instant
  expires_at: Instant
  answered_at: Instant | null
  answer: string | null
  /** The reply (a text's id) that answered it. */
  answered_by: number | null
  /** From then on it counts only while nothing newer is asked. */
  lapsed_at: Generated<Instant | null>
}

type ConsentsTable = {
  id: GeneratedAlways<number>
  phone_hash: string
  purpose: 'all' | Exclude<Purpose, 'consent'>
  state: 'in' | 'out'
  source: 'keyword' | 'words' | 'service' | 'staff' | 'link' | 'wrong_person'
  words: string
  by: string
  at: Instant
}

type ConfirmationStepsTable = {
  appointment_id: string
  starts_at: Instant
  step: string
  client_id: string
  location_id: string
  state: 'proposed' | 'recorded' | 'queued' | 'skipped'
  why: string | null
  proposal_id: string | null
  at: Instant
}

type SlotHoldsTable = {
  id: GeneratedAlways<number>
  slot_id: string
  location_id: string
  client_id: string
  appointment_id: string | null
  staff_ids: Json<string[]>
  starts_at: Instant
  ends_at: Instant
  held_at: Instant
  expires_at: Instant
  released_at: Instant | null
}

export type TextsTables = {
  texts: TextsTable
  text_statuses: { provider_id: string; status: string; code: string | null; at: Instant }
  consents: ConsentsTable
  threads: { client_id: string; phone: string | null; phone_hash: string | null; taken_by: string | null; taken_at: Instant | null }
  pending_questions: PendingQuestionsTable
  confirmation_steps: ConfirmationStepsTable
  slot_holds: SlotHoldsTable
  text_templates: { id: GeneratedAlways<number>; template: string; language: string; body: string | null; by: string; at: Instant }
  cursors: { name: string; value: string; at: Instant }
}
