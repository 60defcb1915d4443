import { sql } from 'kysely'
import { addMinutes, type Instant } from '../salon/time.ts'
import type { Db } from '../store/open-store.ts'
import type { ProposalState } from '../store/tables/approvals.ts'
import { recordedAgainAfterMin } from './claim-steps.ts'
import { type Step, steps as allSteps } from './sequence.ts'

/** Where one visit's steps stand at one start of it. */
export type StepsNow = {
  /** Sent, recorded, under way, turned down or left out by a person: not again. */
  dealtWith: Set<Step>
  /** On a card that waits for a decision. */
  waiting: Set<Step>
  /** Found not to be textable (no consent, say) within the last hours: not tried again by itself so soon. */
  noText: Set<Step>
  /** How many texts there have been about it. */
  texts: number
}

/** A visit at one time: after a move it is another one. */
export const nameOf = ({ id, start }: { id: string; start: Instant }): string => `${start} ${id}`

/** Where the steps of these visits stand, by the name of the visit at its time; one query. A visit of which nothing is known is not in it. */
export async function readSteps({ db, ids, now }: { db: Db; ids: string[]; now: Instant }): Promise<Map<string, StepsNow>> {
  if (ids.length === 0) return new Map()
  const rows = await db.selectFrom('confirmation_steps as steps')
    .leftJoin('proposals', 'proposals.id', 'steps.proposal_id')
    .leftJoin('texts', (join) => join.on('texts.key', '=', sql<string>`'confirmation:' || steps.proposal_id || ':' || steps.client_id`))
    .select(['steps.appointment_id', 'steps.starts_at', 'steps.step', 'steps.state', 'steps.why', 'steps.at', 'proposals.state as proposal_state', 'proposals.expires_at', 'texts.state as text_state', 'texts.error_code'])
    .where('steps.appointment_id', '=', sql<string>`any(${ids})`).execute()
  const recently = addMinutes(now, -recordedAgainAfterMin)
  const found = new Map<string, StepsNow>()
  for (const row of rows) {
    const step = allSteps.find((one) => one === row.step)
    if (step === undefined) continue
    const name = nameOf({ id: row.appointment_id, start: row.starts_at })
    const visit = found.get(name) ?? { dealtWith: new Set(), waiting: new Set(), noText: new Set(), texts: 0 }
    found.set(name, visit)
    const fate = fateOf(row, now)
    if (fate === 'free' && row.why === 'no_text' && row.at > recently) visit.noText.add(step)
    if (fate === 'waiting') visit.waiting.add(step)
    if (fate === 'text' || fate === 'refused') visit.dealtWith.add(step)
    if (fate === 'text') visit.texts++
  }
  return found
}

type Row = { state: string; why: string | null; proposal_state: ProposalState | null; expires_at: Instant | null; text_state: string | null; error_code: string | null }

/** A step is free again when the card it was on came to nothing, or its text was held back because another visit in it had changed. The twin in SQL decides when it is claimed (`claimSteps`). */
function fateOf({ state, why, proposal_state: card, expires_at: expiresAt, text_state: text, error_code: code }: Row, now: Instant): 'free' | 'waiting' | 'text' | 'refused' {
  if (state === 'skipped') return why === 'left_out' ? 'refused' : 'free'
  if (state === 'queued') return text === 'suppressed' && code === 'outdated' ? 'free' : 'text'
  if (state === 'recorded') return 'text'
  if (card === null || ['superseded', 'expired', 'failed'].includes(card) || (card === 'pending' && expiresAt !== null && expiresAt <= now)) return 'free'
  return card === 'pending' ? 'waiting' : card === 'rejected' ? 'refused' : 'text'
}
