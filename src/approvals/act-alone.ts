import { sql } from 'kysely'
import { DeskError } from '../salon/errors.ts'
import { addMinutes, type Clock, type Instant } from '../salon/time.ts'
import type { Db, Store, Trx } from '../store/open-store.ts'
import type { Decision, DecisionRequest, Guard } from './decide-proposal.ts'
import { type Proposal, unitsOf } from './proposal.ts'
import { readRollout } from './rollout.ts'

/** Who decided when nobody was asked; shown on cards and in the audit log. */
const rule = { id: 'rule:autonomous', name: 'autonomous mode', role: 'front_desk' } as const

/**
 * In autonomous mode decides a new proposal by itself, under the same checks as a person, as long as nothing on the card
 * calls for one and the last 24 hours stay within the manager's cap. Otherwise it waits for a person as ever.
 */
export async function actAlone({ store, clock, proposal, decide }: { store: Store; clock: Clock; proposal: Proposal; decide: (request: DecisionRequest, guard: Guard) => Promise<Decision> }): Promise<Proposal> {
  if (proposal.state !== 'pending' || proposal.facts.notices.length > 0) return proposal
  const { kind, locationId } = proposal
  const { mode } = await readRollout(store.db, { kind, locationId })
  if (mode !== 'autonomous') return proposal
  try {
    const decision = await decide({ id: proposal.id, decision: 'approve', by: rule, hash: proposal.hash }, (trx) => isWithinCap(trx, { kind, locationId, units: unitsOf(proposal.facts), now: clock.now() }))
    return decision.result === 'stale' ? decision.replacement ?? decision.proposal : decision.proposal
  } catch (error) {
    if (error instanceof DeskError) return proposal // the platform went away between: a person may approve it later
    throw error
  }
}

/** Counted within the claim and one at a time, or two at once would both be the last one allowed. */
async function isWithinCap(trx: Trx, { units, ...of }: { kind: string; locationId: string; units: number; now: Instant }): Promise<boolean> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`autonomous ${of.kind} ${of.locationId}`}, 0))`.execute(trx)
  return units <= await allowanceLeft(trx, of)
}

/** How many effects of a kind the desk may still have by itself: what the cap leaves of the last 24 hours; 0 where it must ask. */
export async function allowanceLeft(db: Db | Trx, { kind, locationId, now }: { kind: string; locationId: string; now: Instant }): Promise<number> {
  const rollout = await readRollout(db, { kind, locationId })
  if (rollout.mode !== 'autonomous') return 0
  const { used } = await db.selectFrom('proposals').select((eb) => eb.fn.coalesce(eb.fn.sum<string>('units'), sql<string>`0`).as('used'))
    .where('kind', '=', kind).where('location_id', '=', locationId)
    .where('decided_by', '=', rule.id).where('decided_at', '>', addMinutes(now, -24 * 60)).executeTakeFirstOrThrow()
  return Math.max(0, rollout.perDay - Number(used))
}
