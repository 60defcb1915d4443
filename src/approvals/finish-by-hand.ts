import { DeskError } from '../salon/errors.ts'
import type { Clock, Instant } from '../salon/time.ts'
import { appendAudit } from '../store/audit.ts'
import { forgetExpected } from '../store/expected-visits.ts'
import type { Store } from '../store/open-store.ts'
import { cancelEffect, enqueueEffect } from '../store/outbox.ts'
import type { Action } from './action.ts'
import { findAlternatives, sayRefusal } from './alternatives.ts'
import { effectKey, loadProposal } from './decide-proposal.ts'
import { approvalHash, type Proposal, toProposal } from './proposal.ts'
import { mayActAs, type Person, type Role, roleFor } from './roles.ts'

export const lookKind = 'proposal_look'
export const lookKey = (proposalId: string, round: number) => `proposal:${proposalId}:look:${round}`

/**
 * What a person says of a change that they were to make by hand: it is done; it could not be done; or, after it was said to be
 * done, that it is not after all. `round` is that of the steps they saw, `hash` the proposal's on the card.
 */
export type ByHandRequest = { id: string; says: 'done' | 'not_done' | 'taken_back'; by: Person; hash?: string; round?: number }

export type ByHandAnswer =
  | { result: 'counted'; says: ByHandRequest['says']; proposal: Proposal }
  /** Somebody was first, or it is no longer a task for a person. */
  | { result: 'already'; proposal: Proposal }
  /** The time of it is over: whether it was done shows in the booking system. */
  | { result: 'expired'; proposal: Proposal }
  | { result: 'not_allowed'; proposal: Proposal; needs: Role }
  | { result: 'mismatch'; proposal: Proposal }

/**
 * Takes down what a person says, exactly once: the row, the audit entry and (for "done") the effect that looks whether it is so
 * commit together, so that a desk that is killed right after still looks. Throws `DeskError('not_found')` for an unknown id.
 */
export async function finishByHand({ store, clock, action, request }: { store: Store; clock: Clock; action: Action; request: ByHandRequest }): Promise<ByHandAnswer> {
  const { by, says, hash, round } = request
  const proposal = await loadProposal(store, request.id)
  const audit = (what: string, detail: Record<string, unknown> = {}) => ({ at: clock.now(), actor: by.id, action: `by_hand.${what}`, subject: `proposal:${proposal.id}`, detail: { wanted: says, role: by.role, ...detail } })
  const needs = roleFor({ action, facts: proposal.facts })
  if (!mayActAs(by, needs)) {
    await store.transaction((trx) => appendAudit(trx, audit('not_allowed', { needs })))
    return { result: 'not_allowed', proposal, needs }
  }
  if ((hash !== undefined && hash !== proposal.hash) || approvalHash(proposal) !== proposal.hash) {
    await store.transaction((trx) => appendAudit(trx, audit('mismatch')))
    return { result: 'mismatch', proposal }
  }
  // Read before the row is locked: it may take a while.
  const words = says === 'done' || proposal.state !== 'by_hand' ? '' : await sayNotDone({ action, proposal, says, by })
  return store.transaction(async (trx) => {
    const now = clock.now()
    const row = await trx.selectFrom('proposals').selectAll().where('id', '=', proposal.id).forUpdate().executeTakeFirstOrThrow()
    const isOpen = row.state === 'by_hand' && (round === undefined || round === row.hand_round) && (says === 'taken_back') === (row.hand_done_by !== null)
    if (!isOpen) {
      await appendAudit(trx, audit('already', { state: row.state }))
      return { result: 'already', proposal: toProposal(row) }
    }
    if (says === 'done' && isOver(row.hand_until, now)) {
      await appendAudit(trx, audit('expired', { until: row.hand_until }))
      return { result: 'expired', proposal: toProposal(row) }
    }
    const set = says === 'done' ? { hand_done_by: by.id, hand_done_at: now } : { state: 'failed' as const, error_code: 'not_by_hand', error_words: words }
    const after = await trx.updateTable('proposals').set(set).where('id', '=', row.id).returningAll().executeTakeFirstOrThrow()
    if (says === 'done') await enqueueEffect(trx, { kind: lookKind, key: lookKey(row.id, row.hand_round), payload: { proposalId: row.id, round: row.hand_round }, now })
    else await cancelEffect(trx, { key: lookKey(row.id, row.hand_round), now })
    if (says !== 'done') await forgetExpected(trx, { key: effectKey(row.id) })
    await appendAudit(trx, audit(says, { round: row.hand_round }))
    return { result: 'counted', says, proposal: toProposal(after) }
  })
}

const isOver = (until: Instant | null, now: Instant) => until === null || until <= now

async function sayNotDone({ action, proposal, says, by }: { action: Action; proposal: Proposal; says: ByHandRequest['says']; by: Person }): Promise<string> {
  if (says === 'taken_back') return `${by.name} says that it was not done after all. Please check in the booking system what it says now.`
  // Usually somebody else has the time by now.
  const alternatives = await findAlternatives({ action, args: proposal.args, error: new DeskError('conflict', { message: 'not done by hand' }) })
  return sayRefusal({ words: `${by.name} could not do it in the booking system.`, alternatives })
}

/** Has what nobody spoke of in time looked at for the last time: whoever did it may have forgotten to say so. */
export async function lookAtOverdue({ store, now }: { store: Store; now: Instant }): Promise<void> {
  const due = await store.db.selectFrom('proposals').select(['id', 'hand_round']).where('state', '=', 'by_hand').where('hand_done_by', 'is', null).where('hand_until', '<=', now).execute()
  for (const { id, hand_round: round } of due) await store.transaction((trx) => enqueueEffect(trx, { kind: lookKind, key: lookKey(id, round), payload: { proposalId: id, round }, now }))
}
