import { DeskError } from '../salon/errors.ts'
import { addMinutes, type Clock, type Instant } from '../salon/time.ts'
import { appendAudit } from '../store/audit.ts'
import { canonicalJson } from '../store/canonical-json.ts'
import type { Store, Trx } from '../store/open-store.ts'
import type { Action, Facts } from './action.ts'
import { approvalHash, fingerprintOf, newProposalId, type Proposal, toProposal } from './proposal.ts'
import { readRollout } from './rollout.ts'

export type ProposalRequest = {
  kind: string
  args: unknown
  /** Why, in the requester's words or the desk's; shown as such. */
  reason: string
  requestedBy: string
  conversation?: string
  undoOf?: string
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
    const pending = await trx.selectFrom('proposals').selectAll().where('kind', '=', action.kind).where('target', '=', facts.target).where('state', '=', 'pending').forUpdate().executeTakeFirst()
    if (pending !== undefined && pending.expires_at > now && pending.undo_of === (request.undoOf ?? null) && pending.fingerprint === fingerprintOf(facts) && canonicalJson(pending.args) === canonicalJson(parsed.data)) return toProposal(pending)
    if (pending !== undefined) await trx.updateTable('proposals').set({ state: 'superseded' }).where('id', '=', pending.id).execute()
    const proposal = await insertProposal(trx, { action, args: parsed.data, facts, request, now })
    if (pending !== undefined) {
      await trx.updateTable('proposals').set({ superseded_by: proposal.id }).where('id', '=', pending.id).execute()
      await appendAudit(trx, { at: now, actor: request.requestedBy, action: 'proposal.superseded', subject: `proposal:${pending.id}`, detail: { by: proposal.id } })
    }
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
    undo_of: request.undoOf ?? null, undone_by: null, superseded_by: null,
  }).returningAll().executeTakeFirstOrThrow()
  await appendAudit(trx, { at: now, actor: request.requestedBy, action: state === 'shadow' ? 'proposal.recorded' : 'proposal.created', subject: `proposal:${id}`, detail: { kind: action.kind, target: facts.target, hash, expiresAt, ...(request.undoOf === undefined ? {} : { undoOf: request.undoOf }) } })
  return toProposal(row)
}
