import type { Generated } from 'kysely'
import type { Instant } from '../../salon/time.ts'
import type { Json } from './core.ts'

export type ProposalState = 'pending' | 'approved' | 'by_hand' | 'done' | 'failed' | 'unknown' | 'rejected' | 'expired' | 'superseded' | 'shadow'

export type ProposalTable = {
  id: string
  kind: string
  location_id: string
  target: string
  args: Json<unknown>
  facts: Json<unknown>
  /** Hash of what the facts were read from; another one at decision time means the world changed. */
  fingerprint: string
  /** Hash of exactly what will run. */
  hash: string
  state: ProposalState
  reason: string
  requested_by: string
  conversation: string | null
  created_at: Instant
  expires_at: Instant
  decided_by: string | null
  decided_at: Instant | null
  decision_reason: string | null
  result: Json<unknown> | null
  error_code: string | null
  error_words: string | null
  undo_of: string | null
  undone_by: string | null
  superseded_by: string | null
  /** How many effects it stands for; a cap counts these. */
  units: Generated<number>
  /** What a person does in the booking platform, in order, where it has no call for the change. */
  hand_steps: Json<string[]> | null
  hand_round: Generated<number>
  hand_until: Instant | null
  hand_done_by: string | null
  hand_done_at: Instant | null
}

export type ApprovalsTables = { proposals: ProposalTable }
