import type { ColumnType, Generated } from 'kysely'
import type { OfferState, OpeningCause, OpeningState } from '../../salon/waitlist.ts'
import type { Instant } from '../../salon/time.ts'
import type { Json } from './core.ts'

type OpeningsTable = {
  id: string
  location_id: string
  staff_id: string | null
  starts_at: Instant
  ends_at: Instant
  cause: OpeningCause
  appointment_id: string | null
  service_id: string | null
  parent_id: string | null
  root_id: string
  depth: Generated<number>
  state: OpeningState
  why: string | null
  wait_until: Instant
  proposal_id: string | null
  plan: Json<unknown> | null
  book_by: Instant
  due_at: Instant | null
  opened_at: Instant
  ended_at: Instant | null
}

type OffersTable = {
  id: string
  opening_id: string
  place: number
  entry_id: string
  client_id: string
  slot_id: string
  instead_of: string | null
  gives_up: ColumnType<unknown, string | null, string>
  /** Sealed: the approved words. */
  body: string
  /** The approved text without its words. */
  message: Json<unknown>
  state: OfferState
  why: string | null
  sent_at: Instant | null
  expires_at: Instant | null
  answered_at: Instant | null
  accepted_at: Instant | null
  answer_id: number | null
  attempts: Generated<number>
  next_try_at: Instant | null
  told_holding: Generated<boolean>
  appointment_id: string | null
  /** What a person does in the booking platform to book it; null where the desk books. */
  hand_steps: ColumnType<string[] | null, string | null | undefined, string | null>
  at: Instant
}

export type WaitlistTables = {
  waitlist_openings: OpeningsTable
  waitlist_offers: OffersTable
}
