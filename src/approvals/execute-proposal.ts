import { refusal } from '../platforms/unwrap.ts'
import type { Outcome, PlatformError } from '../platforms/booking-platform.ts'
import { DeskError } from '../salon/errors.ts'
import type { Clock } from '../salon/time.ts'
import { appendAudit } from '../store/audit.ts'
import type { Store, Trx } from '../store/open-store.ts'
import type { Effect, EffectHandler, EffectResult } from '../store/outbox.ts'
import type { Action, ActionResult } from './action.ts'
import { loadProposal } from './decide-proposal.ts'
import { approvalHash, fingerprintOf, type Proposal } from './proposal.ts'
import { isPaused, readRollout } from './rollout.ts'

/** After this many tries an approved change is given up and said so; with 5 s, 10 s, 20 s … between them about ten minutes. */
const maxAttempts = 8

export type Actions = ReadonlyMap<string, Action>

/**
 * The outbox handler that carries out approved proposals: checks the hash, the pause and the mode, reads the facts
 * once more, runs exactly the stored arguments, and takes only what was read back for the truth.
 */
export function proposalHandler({ store, clock, actions }: { store: Store; clock: Clock; actions: Actions }): EffectHandler {
  return {
    async run(effect, { uncertain }) {
      const { proposalId, hash } = effect.payload as { proposalId: string; hash: string }
      const proposal = await loadProposal(store, proposalId)
      const action = actions.get(proposal.kind)
      if (action === undefined) return { state: 'FAILED', code: 'unsupported' }
      if (approvalHash(proposal) !== hash || proposal.hash !== hash) return { state: 'FAILED', code: 'corrupt' }
      if (await isPaused(store.db)) return { state: 'PENDING', code: 'paused', retryAfterMs: 5_000 }
      const { mode } = await readRollout(store.db, { kind: proposal.kind, locationId: proposal.locationId })
      if (mode === 'shadow') return { state: 'CANCELLED', code: 'shadow' }
      return attempt({ action, proposal, effect, uncertain })
    },
    settle: (trx, effect, result) => settle(trx, { effect, result, clock }),
  }
}

async function attempt({ action, proposal, effect, uncertain }: { action: Action; proposal: Proposal; effect: Effect; uncertain: boolean }): Promise<EffectResult> {
  const args = action.schema.parse(proposal.args)
  try {
    if (uncertain) {
      const seen = await action.look(args)
      if (!seen.ok) return refused(seen.error, { effect, args, action, uncertain })
      if (seen.value !== undefined) return { state: 'SENT', result: seen.value }
    }
    const facts = await action.facts(args)
    if (fingerprintOf(facts) !== proposal.fingerprint) return { state: 'FAILED', code: 'stale' }
    const outcome: Outcome<ActionResult> = await action.run(args, { key: effect.key, by: proposal.decidedBy ?? proposal.requestedBy, facts })
    if (!outcome.ok) return refused(outcome.error, { effect, args, action, uncertain })
    const seen = await action.look(args)
    if (!seen.ok) return { state: 'UNKNOWN', code: seen.error.kind, retryAfterMs: backoff(effect.attempts) }
    return seen.value === undefined ? { state: 'FAILED', code: 'not_read_back' } : { state: 'SENT', result: seen.value }
  } catch (error) {
    if (!(error instanceof DeskError)) throw error
    if (error.code === 'unavailable' && effect.attempts < maxAttempts) return { state: uncertain ? 'UNKNOWN' : 'PENDING', code: error.code, retryAfterMs: backoff(effect.attempts) }
    return { state: 'FAILED', code: error.code, result: { words: error.userMessage, alternatives: await offer(action, args, error) } }
  }
}

async function refused(error: PlatformError, { effect, args, action, uncertain }: { effect: Effect; args: unknown; action: Action; uncertain: boolean }): Promise<EffectResult> {
  const tryAgain = effect.attempts < maxAttempts
  const retryAfterMs = error.retryAfterMs ?? backoff(effect.attempts)
  // Sent without an answer: only looking may follow, never blind sending.
  if (error.kind === 'unknown_outcome') return { state: 'UNKNOWN', code: error.kind, retryAfterMs: tryAgain ? retryAfterMs : 60_000 }
  if ((error.kind === 'rate_limited' || error.kind === 'unavailable') && tryAgain) return { state: uncertain ? 'UNKNOWN' : 'PENDING', code: error.kind, retryAfterMs }
  const asDeskError = refusal(error)
  return { state: 'FAILED', code: asDeskError.code, result: { words: asDeskError.userMessage, alternatives: await offer(action, args, asDeskError) } }
}

async function offer(action: Action, args: unknown, error: DeskError): Promise<string[]> {
  if (error.code !== 'conflict' || action.alternatives === undefined) return []
  return action.alternatives(args).catch(() => [])
}

const backoff = (attempts: number) => 5_000 * 2 ** Math.min(attempts - 1, 6)

async function settle(trx: Trx, { effect, result, clock }: { effect: Effect; result: EffectResult; clock: Clock }): Promise<void> {
  const { proposalId } = effect.payload as { proposalId: string }
  const now = clock.now()
  const record = (action: string, detail: Record<string, unknown> = {}) => appendAudit(trx, { at: now, actor: 'executor', action, subject: `proposal:${proposalId}`, detail: { attempt: effect.attempts, ...detail } })
  switch (result.state) {
    case 'SENT': {
      const done = result.result as ActionResult
      const row = await trx.updateTable('proposals').set({ state: 'done', result: JSON.stringify(done), error_code: null, error_words: null }).where('id', '=', proposalId).returning('undo_of').executeTakeFirst()
      if (row !== undefined && row.undo_of !== null) await trx.updateTable('proposals').set({ undone_by: proposalId }).where('id', '=', row.undo_of).execute()
      await record('proposal.done', { data: done.data })
      return
    }
    case 'FAILED': {
      const said = result.result as { words: string; alternatives: string[] } | undefined
      const words = [said?.words ?? failureWords[result.code] ?? 'It could not be done.', ...(said !== undefined && said.alternatives.length > 0 ? [`Free instead: ${said.alternatives.join('; ')}.`] : [])].join(' ')
      await trx.updateTable('proposals').set({ state: 'failed', error_code: result.code, error_words: words }).where('id', '=', proposalId).execute()
      await record('proposal.failed', { code: result.code })
      return
    }
    case 'UNKNOWN':
      await trx.updateTable('proposals').set({ state: 'unknown', error_code: result.code, error_words: 'The booking system did not answer. We are checking whether the change got through.' }).where('id', '=', proposalId).execute()
      await record('proposal.unknown', { code: result.code })
      return
    case 'CANCELLED':
      await trx.updateTable('proposals').set({ state: 'failed', error_code: result.code, error_words: 'The desk was switched to shadow mode before this ran. Nothing was changed.' }).where('id', '=', proposalId).execute()
      await record('proposal.held_back', { code: result.code })
      return
    case 'PENDING':
      await record('proposal.waiting', { code: result.code })
  }
}

const failureWords: Record<string, string> = {
  stale: 'The appointment changed between the approval and the change, so nothing was done. Ask again to see it as it is now.',
  corrupt: 'What is stored is not what was approved, so nothing was done. Please tell the owner: the audit log should be checked.',
  not_read_back: 'The booking system accepted the change but does not show it. Please check there before you tell the client.',
  unsupported: 'This version of the desk cannot do that any more.',
}
