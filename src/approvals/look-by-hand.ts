import type { Outcome } from '../platforms/booking-platform.ts'
import { refusal } from '../platforms/unwrap.ts'
import { DeskError } from '../salon/errors.ts'
import { addMinutes, type Clock, type Instant } from '../salon/time.ts'
import { appendAudit } from '../store/audit.ts'
import { forgetExpected } from '../store/expected-visits.ts'
import type { Store, Trx } from '../store/open-store.ts'
import type { Effect, EffectHandler, EffectResult } from '../store/outbox.ts'
import type { Action, ActionResult } from './action.ts'
import { effectKey, loadProposal } from './decide-proposal.ts'
import { type Actions, type AfterDone, recordDone } from './execute-proposal.ts'
import { byHandCode, endByHand, handOver } from './hand-over.ts'
import type { ByHand, Proposal } from './proposal.ts'
import { isPaused, readRollout } from './rollout.ts'

/** Platforms that are read in batches show a change late; after this it is not shown because it was not made. */
const lookForMinutes = 24 * 60

/** How long between two looks: 1 min, doubled with every look, at most half an hour. */
const nextLookMs = (attempts: number) => 60_000 * Math.min(30, 2 ** (attempts - 1))

/** Until when it is looked whether what was said to be done is there. */
export const lookUntil = (doneAt: Instant): Instant => addMinutes(doneAt, lookForMinutes)

type Look = { proposalId: string; round: number }

/**
 * The outbox handler that looks whether a change was made by hand. Only what the platform shows counts: until then the client
 * is told nothing. Looks again for a day, then says to check.
 */
export function lookHandler({ store, clock, actions, afterDone = async () => {} }: { store: Store; clock: Clock; actions: Actions; afterDone?: AfterDone | undefined }): EffectHandler {
  return {
    begin: async () => {},
    async run(effect, { isOurs }) {
      const { proposalId, round } = effect.payload as Look
      const proposal = await loadProposal(store, proposalId)
      const { byHand } = proposal
      if (proposal.state !== 'by_hand' || byHand?.round !== round) return { state: 'CANCELLED', code: 'moot' }
      const action = actions.get(proposal.kind)
      const args = action?.schema.safeParse(proposal.args)
      if (action === undefined || args?.success !== true) return { state: 'FAILED', code: 'unsupported' }
      const looking = { store, clock, action, args: args.data, proposal, effect, isOurs }
      const seen = await lookNow(looking)
      if (!seen.ok) return lookAgain({ code: 'not_looked', after: byHand.doneAt ?? byHand.until, effect, now: clock.now(), atLeastMs: seen.error.retryAfterMs ?? 0 })
      if (seen.value === 'half_done') return finishRest(looking, byHand)
      if (seen.value !== undefined) return { state: 'SENT', result: seen.value }
      return byHand.doneAt === null ? { state: 'FAILED', code: 'too_late' } : lookAgain({ code: 'not_seen', after: byHand.doneAt, effect, now: clock.now() })
    },
    settle: (trx, effect, result) => settle(trx, { effect, result, now: clock.now(), afterDone }),
  }
}

type Looking = { store: Store; clock: Clock; action: Action; args: unknown; proposal: Proposal; effect: Effect; isOurs: () => Promise<boolean> }

async function lookNow({ action, args, proposal }: Looking): Promise<Outcome<ActionResult | 'half_done' | undefined>> {
  try {
    return await action.look(args, proposal.facts, { key: effectKey(proposal.id) })
  } catch (error) {
    // What belongs to it cannot be read: as good as an answer that did not come.
    if (error instanceof DeskError) return { ok: false, error: { kind: 'unavailable', message: error.message } }
    throw error
  }
}

function lookAgain({ code, after, effect, now, atLeastMs = 0 }: { code: string; after: Instant; effect: Effect; now: Instant; atLeastMs?: number }): EffectResult {
  const leftMs = Date.parse(lookUntil(after)) - Date.parse(now)
  return leftMs <= 0 ? { state: 'FAILED', code } : { state: 'PENDING', code, retryAfterMs: Math.min(Math.max(nextLookMs(effect.attempts), atLeastMs), leftMs) }
}

/** A change of several writes: the person's part is there, and the desk does its own (or hands over the next part), by the keys of before. */
async function finishRest({ store, clock, action, args, proposal, effect, isOurs }: Looking, { doneAt, until }: ByHand): Promise<EffectResult> {
  const later = (code: string) => lookAgain({ code, after: doneAt ?? until, effect, now: clock.now() })
  if (await isPaused(store.db) || !(await isOurs())) return later('half_done')
  const { mode } = await readRollout(store.db, { kind: proposal.kind, locationId: proposal.facts.locationId })
  if (mode === 'shadow') return { state: 'FAILED', code: 'half_done' }
  try {
    const outcome = await action.run(args, { key: effectKey(proposal.id), by: doneAt === null ? proposal.decidedBy ?? proposal.requestedBy : proposal.byHand?.doneBy ?? proposal.requestedBy, facts: proposal.facts, approved: proposal.facts })
    if (!outcome.ok && outcome.error.kind === 'assisted_required') return endByHand(outcome.error, proposal.facts)
    if (!outcome.ok && !['unavailable', 'unknown_outcome'].includes(refusal(outcome.error).code)) return { state: 'FAILED', code: 'half_done' }
    const seen = await action.look(args, proposal.facts, { key: effectKey(proposal.id) })
    return seen.ok && seen.value !== undefined && seen.value !== 'half_done' ? { state: 'SENT', result: seen.value } : later('half_done')
  } catch (error) {
    if (error instanceof DeskError) return later('half_done')
    throw error
  }
}

async function settle(trx: Trx, { effect, result, now, afterDone }: { effect: Effect; result: EffectResult; now: Instant; afterDone: AfterDone }): Promise<void> {
  const { proposalId, round } = effect.payload as Look
  // Whoever took it back meanwhile has ended it.
  const row = await trx.selectFrom('proposals').select(['state', 'hand_round', 'hand_done_by', 'error_code']).where('id', '=', proposalId).forUpdate().executeTakeFirstOrThrow()
  if (row.state !== 'by_hand' || row.hand_round !== round) return
  switch (result.state) {
    case 'SENT':
      return recordDone(trx, { proposalId, done: result.result as ActionResult, attempt: effect.attempts, now, afterDone })
    case 'FAILED': {
      if (result.code === byHandCode) return handOver(trx, { proposalId, steps: (result.result as { steps: string[] }).steps, now })
      // Somebody said "done" in that very moment: the next sweep looks once more.
      if (result.code === 'too_late' && row.hand_done_by !== null) throw new DeskError('conflict', { message: 'said to be done while it was given up' })
      await trx.updateTable('proposals').set({ state: 'failed', error_code: result.code, error_words: failureWords[result.code] ?? 'It could not be done.' }).where('id', '=', proposalId).execute()
      await forgetExpected(trx, { key: effectKey(proposalId) })
      await appendAudit(trx, { at: now, actor: 'executor', action: 'proposal.failed', subject: `proposal:${proposalId}`, detail: { attempt: effect.attempts, code: result.code } })
      return
    }
    case 'PENDING':
      // One row for each thing that is new: a day has fifty looks.
      if (row.error_code === result.code) return
      await trx.updateTable('proposals').set({ error_code: result.code }).where('id', '=', proposalId).execute()
      await appendAudit(trx, { at: now, actor: 'executor', action: 'proposal.not_seen', subject: `proposal:${proposalId}`, detail: { attempt: effect.attempts, code: result.code } })
      return
    case 'UNKNOWN':
    case 'CANCELLED': // nothing was found out
  }
}

const failureWords: Record<string, string> = {
  too_late: 'Nobody said in time that it was done, and the booking system does not show it. Please check there; the client was told nothing.',
  not_seen: 'It was said to be done, but the booking system has not shown it for a day. Please check there; the client was told nothing.',
  not_looked: 'It was said to be done, but the booking system could not be read for a day. Please check there; the client was told nothing.',
  half_done: 'Only a part of it could be done. Please look at it in the booking system; the client was told nothing.',
  unsupported: 'This version of the desk cannot do that any more.',
}
