import type { Clock } from '../salon/time.ts'
import { appendAudit } from '../store/audit.ts'
import type { Store } from '../store/open-store.ts'
import { loadProposal } from './decide-proposal.ts'
import { type Proposal, toProposal } from './proposal.ts'

export type Withdrawal = { id: string; by: string; reason: string }

/**
 * Takes a proposal back for whoever asked for it (`by` is its `requestedBy`), as long as nobody has decided it; one compare-and-set,
 * as every decision. Answers the proposal as it is then: `rejected` when it was in time (or taken back before).
 * Throws `DeskError('not_found')` for an unknown id.
 */
export async function withdrawProposal({ store, clock, withdrawal: { id, by, reason } }: { store: Store; clock: Clock; withdrawal: Withdrawal }): Promise<Proposal> {
  const proposal = await loadProposal(store, id)
  return store.transaction(async (trx) => {
    const now = clock.now()
    const taken = await trx.updateTable('proposals').set({ state: 'rejected', decided_by: by, decided_at: now, decision_reason: reason })
      .where('id', '=', proposal.id).where('requested_by', '=', by).where('state', '=', 'pending').returningAll().executeTakeFirst()
    if (taken === undefined) return toProposal(await trx.selectFrom('proposals').selectAll().where('id', '=', proposal.id).executeTakeFirstOrThrow())
    await appendAudit(trx, { at: now, actor: by, action: 'proposal.withdrawn', subject: `proposal:${proposal.id}`, detail: { reason } })
    return toProposal(taken)
  })
}
