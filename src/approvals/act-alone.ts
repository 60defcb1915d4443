import type { Clock } from '../salon/time.ts'
import { addMinutes } from '../salon/time.ts'
import type { Store } from '../store/open-store.ts'
import type { Decision, DecisionRequest } from './decide-proposal.ts'
import type { Proposal } from './proposal.ts'
import { readRollout } from './rollout.ts'

/** Who decided when nobody was asked; shown on cards and in the audit log. */
const rule = { id: 'rule:autonomous', name: 'autonomous mode', role: 'front_desk' } as const

/**
 * In autonomous mode decides a new proposal by itself, under the same checks as a person, as long as nothing on the card
 * calls for one and the last 24 hours stay within the manager's cap. Otherwise it waits for a person as ever.
 */
export async function actAlone({ store, clock, proposal, decide }: { store: Store; clock: Clock; proposal: Proposal; decide: (request: DecisionRequest) => Promise<Decision> }): Promise<Proposal> {
  if (proposal.state !== 'pending' || proposal.facts.notices.length > 0) return proposal
  const rollout = await readRollout(store.db, { kind: proposal.kind, locationId: proposal.locationId })
  if (rollout.mode !== 'autonomous') return proposal
  const { count } = await store.db.selectFrom('proposals').select((eb) => eb.fn.countAll<number>().as('count'))
    .where('kind', '=', proposal.kind).where('location_id', '=', proposal.locationId)
    .where('decided_by', '=', rule.id).where('decided_at', '>', addMinutes(clock.now(), -24 * 60)).executeTakeFirstOrThrow()
  if (count >= rollout.perDay) return proposal
  return (await decide({ id: proposal.id, decision: 'approve', by: rule, hash: proposal.hash })).proposal
}
