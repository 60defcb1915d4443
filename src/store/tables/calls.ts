import type { Generated } from 'kysely'
import type { Instant } from '../../salon/time.ts'
import type { Json } from './core.ts'

/** What came of a call (VOCABULARY: call outcome). */
export const callOutcomes = ['reached-confirmed', 'reached-moved', 'reached-cancelled', 'voicemail', 'no-answer', 'wrong-number', 'skipped'] as const
export type CallOutcome = (typeof callOutcomes)[number]

/** Append-only: a correction is a later row, and the latest of an appointment counts. */
type CallOutcomesTable = {
  id: Generated<number>
  appointment_id: string
  client_id: string
  location_id: string
  outcome: CallOutcome
  at: Instant
  by: string
  note: string | null
}

/** What was predicted when, and whether the appointment was then listed for a call. */
type ScoresTable = {
  appointment_id: string
  at: Instant
  client_id: string
  model: string
  score: number
  band: 'low' | 'medium' | 'high'
  reasons: Json<string[]>
  state: 'call' | 'held_out' | 'not_listed'
}

export type CallTables = { call_outcomes: CallOutcomesTable; scores: ScoresTable }
