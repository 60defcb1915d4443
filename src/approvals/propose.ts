import { DeskError } from '../salon/errors.ts'
import { addMinutes, type Clock, type Instant } from '../salon/time.ts'
import { appendAudit } from '../store/audit.ts'
import { canonicalJson } from '../store/canonical-json.ts'
import type { Store, Trx } from '../store/open-store.ts'
import type { ProposalState } from '../store/tables/approvals.ts'
import type { Action, Facts } from './action.ts'
import { approvalHash, fingerprintOf, newProposalId, type Proposal, toProposal, unitsOf } from './proposal.ts'
import { readRollout } from './rollout.ts'

export type ProposalRequest = {
  kind: string
  args: unknown
  /** Why, in the requester's words or the desk's; shown as such. */
  reason: string
  requestedBy: string
  conversation?: string
  undoOf?: string
  /** The proposal it comes from: altered before a decision (which ends the old one, whatever it changes), or ended and wanted again. */
  follows?: { id: string; how: 'edited' | 'again' }
}

/**
 * Reads the facts afresh and stores the proposal with its hash. The same change proposed again answers the pending one;
 * another change of the same thing replaces it (the old card dies). In shadow mode it is only recorded.
 * Throws `DeskError` when the arguments are wrong or the change makes no sense now.
 */
export async function propose({ store, clock, action, request }: { store: Store; clock: Clock; action: Action; request: ProposalRequest }): Promise<Proposal> {
  const parsed = action.schema.safeParse(request.args)
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')
    throw new DeskError('invalid_input', { message: `bad arguments for ${action.kind}: ${problems}`, userMessage: `That change is incomplete: ${problems}.` })
  }
  const facts = await action.facts(parsed.data)
  const now = clock.now()
  const attempt = () => store.transaction(async (trx) => {
    const edited = request.follows?.how === 'edited' ? await lockPending(trx, request.follows.id, now) : undefined
    const follow = (by: string) => (request.follows?.how === 'again' ? trx.updateTable('proposals').set({ superseded_by: by }).where('id', '=', request.follows.id).execute() : undefined)
    const pending = await trx.selectFrom('proposals').selectAll().where('kind', '=', action.kind).where('target', '=', facts.target).where('state', '=', 'pending').forUpdate().executeTakeFirst()
    if (pending !== undefined && pending.expires_at > now && pending.undo_of === (request.undoOf ?? null) && pending.fingerprint === fingerprintOf(facts) && isSame(pending.args, parsed.data) && isSame(words(pending.facts as Facts), words(facts))) {
      // Altered into what waits already: one card is enough.
      await supersede(trx, { ids: edited === undefined || edited === pending.id ? [] : [edited], by: pending.id, request, now })
      await follow(pending.id)
      return toProposal(pending)
    }
    const old = [...new Set([pending?.id, edited])].filter((id) => id !== undefined)
    if (old.length > 0) await trx.updateTable('proposals').set({ state: 'superseded' }).where('id', 'in', old).execute()
    const proposal = await insertProposal(trx, { action, args: parsed.data, facts, request, now })
    await supersede(trx, { ids: old, by: proposal.id, request, now })
    await follow(proposal.id)
    return proposal
  })
  for (let tries = 1; ; tries++) {
    try {
      return await attempt()
    } catch (error) {
      const constraint = error instanceof Error && 'constraint' in error ? error.constraint : undefined
      if (constraint === 'proposals_one_undo') throw new DeskError('conflict', { message: 'already being undone', userMessage: `${request.undoOf} is already being put back.` })
      // Two people proposed the same change at once (the second one finds the first one's proposal), or an id came up twice.
      if ((constraint !== 'proposals_one_pending' && constraint !== 'proposals_pkey') || tries === 5) throw error
    }
  }
}

const words = ({ message, texts }: Facts) => [message, texts]
const isSame = (one: unknown, other: unknown) => canonicalJson([one]) === canonicalJson([other])

/** The id, locked, of a proposal that may still be altered. Throws `DeskError` when somebody was first or its time is over. */
async function lockPending(trx: Trx, id: string, now: Instant): Promise<string> {
  const row = await trx.selectFrom('proposals').select(['id', 'state', 'expires_at']).where('id', '=', id).forUpdate().executeTakeFirstOrThrow()
  if (row.state !== 'pending' || row.expires_at <= now) throw endedError(id, row.state)
  return row.id
}

export function endedError(id: string, state: ProposalState): DeskError {
  if (state === 'pending' || state === 'expired') return new DeskError('expired', { message: 'proposal has expired', userMessage: `${id} has expired. Propose it again to see what is possible now.` })
  return new DeskError('stale', { message: `proposal is ${state}`, userMessage: `${id} no longer waits for a decision${state === 'superseded' ? ': it was replaced' : ''}, so it cannot be altered.` })
}

async function supersede(trx: Trx, { ids, by, request, now }: { ids: string[]; by: string; request: ProposalRequest; now: Instant }): Promise<void> {
  for (const id of ids) {
    await trx.updateTable('proposals').set({ state: 'superseded', superseded_by: by }).where('id', '=', id).execute()
    await appendAudit(trx, { at: now, actor: request.requestedBy, action: 'proposal.superseded', subject: `proposal:${id}`, detail: { by, ...(request.follows?.id === id ? { edited: true } : {}) } })
  }
}

/** Stores one proposal and its audit row within the caller's transaction. */
export async function insertProposal(trx: Trx, { action, args, facts, request, now }: { action: Action; args: unknown; facts: Facts; request: ProposalRequest; now: Instant }): Promise<Proposal> {
  const byTime = addMinutes(now, action.ttlMinutes)
  const expiresAt = facts.notAfter !== undefined && facts.notAfter < byTime ? facts.notAfter : byTime
  if (expiresAt <= now) throw new DeskError('expired', { message: 'proposal would be born expired', userMessage: 'That is no longer possible: the appointment has started or is over.' })
  const { mode } = await readRollout(trx, { kind: action.kind, locationId: facts.locationId })
  const id = newProposalId()
  const fingerprint = fingerprintOf(facts)
  const hash = approvalHash({ id, kind: action.kind, args, facts, fingerprint, expiresAt })
  const state = mode === 'shadow' ? 'shadow' : 'pending'
  const row = await trx.insertInto('proposals').values({
    id, kind: action.kind, location_id: facts.locationId, target: facts.target, args: JSON.stringify(args), facts: JSON.stringify(facts), fingerprint, hash, state,
    reason: request.reason, requested_by: request.requestedBy, conversation: request.conversation ?? null, created_at: now, expires_at: expiresAt,
    decided_by: null, decided_at: null, decision_reason: null, result: null, error_code: null, error_words: null,
    undo_of: request.undoOf ?? null, undone_by: null, superseded_by: null, units: unitsOf(facts), hand_steps: null, hand_until: null, hand_done_by: null, hand_done_at: null,
  }).returningAll().executeTakeFirstOrThrow()
  // Before the log, whose head all writers wait for.
  await action.recorded?.(trx, { id, state, args, facts, at: now })
  await appendAudit(trx, { at: now, actor: request.requestedBy, action: state === 'shadow' ? 'proposal.recorded' : 'proposal.created', subject: `proposal:${id}`, detail: { kind: action.kind, target: facts.target, hash, expiresAt, ...(request.undoOf === undefined ? {} : { undoOf: request.undoOf }), ...(request.follows === undefined ? {} : { [request.follows.how === 'edited' ? 'editedFrom' : 'againAfter']: request.follows.id }) } })
  return toProposal(row)
}
