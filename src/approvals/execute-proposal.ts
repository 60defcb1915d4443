import { refusal } from '../platforms/unwrap.ts'
import { DeskError } from '../salon/errors.ts'
import { addMinutes, type Clock, type Instant } from '../salon/time.ts'
import { appendAudit } from '../store/audit.ts'
import type { Store, Trx } from '../store/open-store.ts'
import type { Effect, EffectHandler, EffectResult } from '../store/outbox.ts'
import type { ProposalTable } from '../store/tables/approvals.ts'
import type { Action, ActionResult } from './action.ts'
import { findAlternatives, sayRefusal } from './alternatives.ts'
import { loadProposal } from './decide-proposal.ts'
import { byHandCode, endByHand, handOver, openMinutes } from './hand-over.ts'
import { approvalHash, fingerprintOf, type Proposal, toProposal } from './proposal.ts'
import { isPaused, readRollout } from './rollout.ts'

/** After this many tries an approved change is given up and said so; with 5 s, 10 s, 20 s … between them about ten minutes. */
const maxAttempts = 8

export type Actions = ReadonlyMap<string, Action>

/** What follows from a change that is done, in the transaction that says so (a text is queued); `proposal` has its result. */
export type AfterDone = (trx: Trx, proposal: Proposal) => Promise<void>

/**
 * The outbox handler that carries out approved proposals: checks the hash, reads the facts once more, checks the pause and
 * the mode right before the write, runs exactly the stored arguments, and takes only what was read back for the truth.
 */
export function proposalHandler({ store, clock, actions, afterDone = async () => {} }: { store: Store; clock: Clock; actions: Actions; afterDone?: AfterDone | undefined }): EffectHandler {
  return {
    begin: (trx, effect) => record(trx, { effect, now: clock.now(), action: 'proposal.started' }),
    async run(effect, { uncertain, isOurs }) {
      const { proposalId, hash } = effect.payload as { proposalId: string; hash: string }
      const proposal = await loadProposal(store, proposalId)
      if (approvalHash(proposal) !== hash || proposal.hash !== hash) return { state: 'FAILED', code: 'corrupt' }
      const action = actions.get(proposal.kind)
      const args = action?.schema.safeParse(proposal.args)
      if (action === undefined || args?.success !== true) return { state: 'FAILED', code: 'unsupported' }
      return attempt({ store, clock, action, args: args.data, proposal, effect, uncertain, isOurs })
    },
    settle: (trx, effect, result) => settle(trx, { effect, result, now: clock.now(), afterDone }),
  }
}

type Attempt = { store: Store; clock: Clock; action: Action; args: unknown; proposal: Proposal; effect: Effect; uncertain: boolean; isOurs: () => Promise<boolean> }

async function attempt({ store, clock, action, args, proposal, effect, uncertain, isOurs }: Attempt): Promise<EffectResult> {
  // Once something may have been changed, nothing but looking can say that it was not.
  let maybeDone = uncertain
  const later = (code: string, retryAfterMs = backoff(effect.attempts)): EffectResult => ({ state: maybeDone ? 'UNKNOWN' : 'PENDING', code, retryAfterMs })
  const refused = async (error: DeskError, retryAfterMs?: number): Promise<EffectResult> => {
    if (error.code === 'unknown_outcome') return { state: 'UNKNOWN', code: error.code, retryAfterMs: retryAfterMs ?? backoff(effect.attempts) }
    if (error.detail?.['kind'] === 'auth' && !maybeDone) return waitForKey(proposal, clock.now())
    if (error.code === 'unavailable' && (maybeDone || effect.attempts < maxAttempts)) return later(error.code, retryAfterMs)
    return { state: 'FAILED', code: error.code, result: { words: error.userMessage, alternatives: await findAlternatives({ action, args, error }) } }
  }
  try {
    let facts = proposal.facts
    let begun = false
    if (uncertain) {
      const seen = await action.look(args, proposal.facts, { key: effect.key })
      if (!seen.ok) return later(seen.error.kind, seen.error.retryAfterMs)
      if (seen.value !== undefined && seen.value !== 'half_done') return { state: 'SENT', result: seen.value }
      begun = seen.value === 'half_done'
      if (begun && effect.attempts > maxAttempts) return { state: 'FAILED', code: 'half_done' }
    }
    if (!begun) {
      facts = await action.facts(args)
      if (fingerprintOf(facts) !== proposal.fingerprint) return { state: 'FAILED', code: uncertain ? 'changed_since' : 'stale' }
      if (facts.notAfter !== undefined && facts.notAfter <= clock.now()) return { state: 'FAILED', code: 'expired' }
    }
    if (await isPaused(store.db)) return later('paused', 5_000)
    const { mode } = await readRollout(store.db, { kind: proposal.kind, locationId: proposal.facts.locationId })
    if (mode === 'shadow') return begun ? { state: 'FAILED', code: 'half_done' } : { state: 'CANCELLED', code: 'shadow' }
    if (!(await isOurs())) return later('lease_lost')

    const outcome = await action.run(args, { key: effect.key, by: proposal.decidedBy ?? proposal.requestedBy, facts, approved: proposal.facts })
    if (!outcome.ok && outcome.error.kind === 'assisted_required') return endByHand(outcome.error, facts)
    // A conflict may be with ourselves: an earlier try that arrived late, or a client library that tried twice.
    if (!outcome.ok && !outcome.error.kind.startsWith('conflict_')) return await refused(refusal(outcome.error), outcome.error.retryAfterMs)
    maybeDone = true
    const seen = await action.look(args, proposal.facts, { key: effect.key })
    if (!seen.ok) return later(seen.error.kind, seen.error.retryAfterMs)
    if (seen.value === 'half_done') return later(seen.value)
    if (seen.value !== undefined) return { state: 'SENT', result: seen.value }
    return outcome.ok ? { state: 'FAILED', code: 'not_read_back' } : await refused(refusal(outcome.error))
  } catch (error) {
    if (!(error instanceof DeskError)) throw error
    const steps = stepsOf(error)
    return steps === undefined ? refused(error) : endByHand({ kind: 'assisted_required', message: error.message, manualSteps: steps }, proposal.facts)
  }
}

/** The booking system refuses the key: that is no try. The change waits until it is connected again or its time has passed, however often it is looked at meanwhile. */
function waitForKey({ facts, decidedAt }: Proposal, now: Instant): EffectResult {
  const until = facts.notAfter ?? addMinutes(decidedAt ?? now, openMinutes)
  return until <= now ? { state: 'FAILED', code: 'expired' } : { state: 'PENDING', code: keyRefused, retryAfterMs: Math.min(keyAgainMs, Date.parse(until) - Date.parse(now)), counts: false }
}

const keyRefused = 'auth'

/** As often as the platform itself is asked whether the key is good again. */
const keyAgainMs = 5 * 60_000

/** The steps of a refusal that leaves the change to a person; undefined for any other. */
function stepsOf({ detail }: DeskError): string[] | undefined {
  return detail?.['kind'] === 'assisted_required' ? (detail['manualSteps'] as string[] | undefined) ?? [] : undefined
}

/** 5 s, doubled with every try, at most 5 min 20 s. */
const backoff = (attempts: number) => 5_000 * 2 ** Math.min(attempts - 1, 6)

function record(trx: Trx, { effect, now, action, detail = {} }: { effect: Effect; now: Instant; action: string; detail?: Record<string, unknown> }): Promise<void> {
  const { proposalId } = effect.payload as { proposalId: string }
  return appendAudit(trx, { at: now, actor: 'executor', action, subject: `proposal:${proposalId}`, detail: { attempt: effect.attempts, ...detail } }).then(() => {})
}

/** Says that a change is done as it was read back, whoever made it, and what follows from that. */
export async function recordDone(trx: Trx, { proposalId, done, attempt: attempts, now, afterDone }: { proposalId: string; done: ActionResult; attempt: number; now: Instant; afterDone: AfterDone }): Promise<void> {
  const row = await trx.updateTable('proposals').set({ state: 'done', result: JSON.stringify(done), error_code: null, error_words: null }).where('id', '=', proposalId).returningAll().executeTakeFirstOrThrow()
  if (row.undo_of !== null) await trx.updateTable('proposals').set({ undone_by: proposalId }).where('id', '=', row.undo_of).execute()
  await appendAudit(trx, { at: now, actor: 'executor', action: 'proposal.done', subject: `proposal:${proposalId}`, detail: { attempt: attempts, data: done.data } })
  return afterDone(trx, toProposal(row))
}

async function settle(trx: Trx, { effect, result, now, afterDone }: { effect: Effect; result: EffectResult; now: Instant; afterDone: AfterDone }): Promise<void> {
  const { proposalId } = effect.payload as { proposalId: string }
  const save = (set: Partial<Pick<ProposalTable, 'state' | 'error_code' | 'error_words'>>) => trx.updateTable('proposals').set(set).where('id', '=', proposalId).returningAll().executeTakeFirstOrThrow()
  switch (result.state) {
    case 'SENT':
      return recordDone(trx, { proposalId, done: result.result as ActionResult, attempt: effect.attempts, now, afterDone })
    case 'FAILED': {
      if (result.code === byHandCode) return handOver(trx, { proposalId, steps: (result.result as { steps: string[] }).steps, now })
      const said = result.result as { words: string; alternatives: string[] } | undefined
      await save({ state: 'failed', error_code: result.code, error_words: said === undefined ? failureWords[result.code] ?? 'It could not be done.' : sayRefusal(said) })
      return record(trx, { effect, now, action: 'proposal.failed', detail: { code: result.code } })
    }
    case 'UNKNOWN':
      await save({ state: 'unknown', error_code: result.code, error_words: 'The booking system did not answer. We are checking whether the change got through.' })
      return record(trx, { effect, now, action: 'proposal.unknown', detail: { code: result.code } })
    case 'CANCELLED':
      await save({ state: 'failed', error_code: result.code, error_words: 'The desk was switched to shadow mode before this ran. Nothing was changed.' })
      return record(trx, { effect, now, action: 'proposal.held_back', detail: { code: result.code } })
    case 'PENDING':
      await save(result.code === keyRefused ? { error_code: keyRefused, error_words: 'The booking system no longer accepts our key. It is done as soon as the owner has connected it again.' } : { error_code: null, error_words: null })
      return record(trx, { effect, now, action: 'proposal.waiting', detail: { code: result.code } })
  }
}

const failureWords: Record<string, string> = {
  stale: 'The appointment changed between the approval and the change, so nothing was done. Ask again to see it as it is now.',
  corrupt: 'What is stored is not what was approved, so nothing was done. Please tell the owner: the audit log should be checked.',
  changed_since: 'The booking system did not answer, and the appointment was changed since. Please check there what it says now.',
  expired: 'The time for it had passed before it could be done, so nothing was done.',
  half_done: 'Only a part of it could be done. Please look at it in the booking system.',
  not_read_back: 'The booking system accepted the change but does not show it. Please check there before you tell the client.',
  unsupported: 'This version of the desk cannot do that any more.',
}
