import { DeskError } from '../salon/errors.ts'
import type { Clock } from '../salon/time.ts'
import { appendAudit } from '../store/audit.ts'
import type { Store, Trx } from '../store/open-store.ts'
import { enqueueEffect } from '../store/outbox.ts'
import type { Action, Facts } from './action.ts'
import { findAlternatives, sayRefusal } from './alternatives.ts'
import { approvalHash, fingerprintOf, type Proposal, toProposal } from './proposal.ts'
import { insertProposal } from './propose.ts'
import { mayActAs, type Person, roleFor } from './roles.ts'

export const effectKind = 'proposal'
export const effectKey = (proposalId: string) => `proposal:${proposalId}`

/** What became of somebody's decision; every one of them is in the audit log. */
export type Decision =
  | { result: 'approved' | 'rejected'; proposal: Proposal }
  /** Somebody was first; `proposal` says who, when, and what came of it. */
  | { result: 'already_decided'; proposal: Proposal }
  | { result: 'expired'; proposal: Proposal }
  | { result: 'not_allowed'; proposal: Proposal; needs: Action['role'] }
  /** The world changed since the card: nothing was done, `replacement` shows how it is now and needs an approval of its own. */
  | { result: 'stale'; proposal: Proposal; differences: string[]; replacement: Proposal | undefined; problem: string | undefined }
  /** The button carried another hash than the stored one: forged or from another card. */
  | { result: 'mismatch'; proposal: Proposal }

/** A last condition on an approval, asked within the transaction that claims it. */
export type Guard = (trx: Trx) => Promise<boolean>

export type DecisionRequest = { id: string; decision: 'approve' | 'reject'; by: Person; reason?: string; hash?: string }

/**
 * Decides a pending proposal, exactly once: role, hash, expiry and freshness are checked, then one compare-and-set
 * claims it, and the claim, the outbox row and the audit row commit together.
 * Throws `DeskError('not_found')` for an unknown id.
 */
export async function decideProposal({ store, clock, action, request, guard = async () => true }: { store: Store; clock: Clock; action: Action; request: DecisionRequest; guard?: Guard }): Promise<Decision> {
  const proposal = await loadProposal(store, request.id)
  const note = (result: Decision['result'], detail: Record<string, unknown> = {}) => store.transaction((trx) =>
    appendAudit(trx, { at: clock.now(), actor: request.by.id, action: `decision.${result}`, subject: `proposal:${proposal.id}`, detail: { wanted: request.decision, role: request.by.role, ...detail } }))

  const needs = roleFor({ action, facts: proposal.facts })
  if (!mayActAs(request.by, needs)) {
    await note('not_allowed', { needs })
    return { result: 'not_allowed', proposal, needs }
  }
  // The second catches arguments or facts that were changed in the database after the card.
  if ((request.hash !== undefined && request.hash !== proposal.hash) || approvalHash(proposal) !== proposal.hash) {
    await note('mismatch')
    return { result: 'mismatch', proposal }
  }
  if (proposal.state !== 'pending') {
    const result = proposal.state === 'expired' ? 'expired' : 'already_decided'
    await note(result, { state: proposal.state })
    return { result, proposal }
  }
  const claiming = { store, clock, action, proposal, request }
  // What has expired needs no fresh look; the claim says so.
  if (request.decision === 'reject' || proposal.expiresAt <= clock.now()) return claim({ ...claiming, state: 'rejected' })
  const fresh = await readFacts(action, proposal)
  if (fresh.facts === undefined || fingerprintOf(fresh.facts) !== proposal.fingerprint) return replaceStale({ ...claiming, fresh })
  return claim({ ...claiming, state: 'approved', guard })
}

/** Throws `DeskError('not_found')`. Ids are read out and typed, so case and the dash do not matter. */
export async function loadProposal(store: Store, id: string): Promise<Proposal> {
  const tidy = id.trim().toUpperCase().replace(/^P-?/, 'P-')
  const row = /^P-\w{6}$/.test(tidy) ? await store.db.selectFrom('proposals').selectAll().where('id', '=', tidy).executeTakeFirst() : undefined
  if (row === undefined) throw new DeskError('not_found', { message: 'no such proposal', userMessage: `There is no proposal "${id.slice(0, 20)}". "proposals" lists the open ones.` })
  return toProposal(row)
}

type Claiming = { store: Store; clock: Clock; action: Action; proposal: Proposal; request: DecisionRequest }

/** The compare-and-set. Who comes too late learns what it is now: decided by somebody, or expired while it was being looked at. */
async function claim({ store, clock, action, proposal, request, state, guard }: Claiming & { state: 'approved' | 'rejected'; guard?: Guard }): Promise<Decision> {
  return store.transaction(async (trx) => {
    const now = clock.now()
    const note = (result: Decision['result'], detail: Record<string, unknown> = {}) =>
      appendAudit(trx, { at: now, actor: request.by.id, action: `decision.${result}`, subject: `proposal:${proposal.id}`, detail: { wanted: request.decision, role: request.by.role, hash: proposal.hash, ...detail } })
    const row = await trx.selectFrom('proposals').selectAll().where('id', '=', proposal.id).forUpdate().executeTakeFirstOrThrow()
    if (row.state !== 'pending') {
      const result = row.state === 'expired' ? 'expired' : 'already_decided'
      await note(result, { state: row.state })
      return { result, proposal: toProposal(row) }
    }
    if (row.expires_at <= now) {
      const expired = await trx.updateTable('proposals').set({ state: 'expired' }).where('id', '=', row.id).returningAll().executeTakeFirstOrThrow()
      await note('expired', { expiresAt: row.expires_at })
      return { result: 'expired', proposal: toProposal(expired) }
    }
    if (guard !== undefined && !(await guard(trx))) {
      await note('not_allowed', { over: 'the daily cap' })
      return { result: 'not_allowed', proposal, needs: roleFor({ action, facts: proposal.facts }) }
    }
    const decided = await trx.updateTable('proposals').set({ state, decided_by: request.by.id, decided_at: now, decision_reason: request.reason ?? null }).where('id', '=', row.id).returningAll().executeTakeFirstOrThrow()
    if (state === 'approved') await enqueueEffect(trx, { kind: effectKind, key: effectKey(proposal.id), payload: { proposalId: proposal.id, hash: proposal.hash }, now })
    await note(state, request.reason === undefined ? {} : { reason: request.reason })
    return { result: state, proposal: toProposal(decided) }
  })
}

type Reading = { facts: Facts; problem?: undefined } | { facts?: undefined; problem: string }

async function readFacts(action: Action, proposal: Proposal): Promise<Reading> {
  try {
    return { facts: await action.facts(action.schema.parse(proposal.args)) }
  } catch (error) {
    // The platform being away is not a change of the world: say so and leave the proposal pending.
    if (error instanceof DeskError && error.code !== 'unavailable') return { problem: sayRefusal({ words: error.userMessage, alternatives: await findAlternatives({ action, args: proposal.args, error }) }) }
    throw error
  }
}

async function replaceStale({ store, clock, action, proposal, request, fresh }: Claiming & { fresh: Reading }): Promise<Decision> {
  const now = clock.now()
  const differences = fresh.facts === undefined ? [] : differ(proposal.facts, fresh.facts)
  return store.transaction(async (trx) => {
    const mine = await trx.updateTable('proposals').set({ state: 'superseded' }).where('id', '=', proposal.id).where('state', '=', 'pending').returning('id').executeTakeFirst()
    if (mine === undefined) {
      const row = await trx.selectFrom('proposals').selectAll().where('id', '=', proposal.id).executeTakeFirstOrThrow()
      await appendAudit(trx, { at: now, actor: request.by.id, action: 'decision.already_decided', subject: `proposal:${proposal.id}`, detail: { wanted: request.decision } })
      return { result: 'already_decided', proposal: toProposal(row) }
    }
    const replacement = fresh.facts === undefined ? undefined : await insertProposal(trx, {
      action, args: proposal.args, facts: fresh.facts, now,
      request: { kind: proposal.kind, args: proposal.args, reason: proposal.reason, requestedBy: proposal.requestedBy, ...(proposal.conversation === null ? {} : { conversation: proposal.conversation }), ...(proposal.undoOf === null ? {} : { undoOf: proposal.undoOf }) },
    })
    await trx.updateTable('proposals').set({ superseded_by: replacement?.id ?? null }).where('id', '=', proposal.id).execute()
    await appendAudit(trx, { at: now, actor: request.by.id, action: 'decision.stale', subject: `proposal:${proposal.id}`, detail: { wanted: request.decision, replacement: replacement?.id ?? null, differences: differences.length } })
    return { result: 'stale', proposal: { ...proposal, state: 'superseded', supersededBy: replacement?.id ?? null }, differences, replacement, problem: fresh.problem }
  })
}

/** What a person should look at: every line of the card that reads otherwise now. */
function differ(old: Facts, fresh: Facts): string[] {
  const lines = (facts: Facts) => new Map([...facts.context.map((line) => [line.label, line.value] as const), ...facts.changes.map((line) => [line.label, `${line.before ?? 'nothing'} → ${line.after ?? 'nothing'}`] as const)])
  const before = lines(old)
  const found = [...lines(fresh)].filter(([label, value]) => before.get(label) !== value).map(([label, value]) => `${label}: was ${before.get(label) ?? 'not there'}, now ${value}`)
  return found.length > 0 ? found : ['Somebody changed this record on the platform after the card was made.']
}
