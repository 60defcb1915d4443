import { DeskError } from '../salon/errors.ts'
import type { Clock, Instant } from '../salon/time.ts'
import { appendAudit } from '../store/audit.ts'
import type { Store } from '../store/open-store.ts'
import type { Action } from './action.ts'
import { findAlternatives, sayRefusal } from './alternatives.ts'
import { approvalHash, type Proposal } from './proposal.ts'
import { endedError, propose, type ProposalRequest } from './propose.ts'
import { mayActAs, type Person, roleFor, roleNames } from './roles.ts'

type Edit = { by: Person; values: Record<string, string>; hash?: string }

/** The proposal with altered values as a new one that ends the old one, whatever its target is then (APR-7). */
export async function editProposal({ store, clock, action, proposal, request: { by, values, hash } }: { store: Store; clock: Clock; action: Action; proposal: Proposal; request: Edit }): Promise<Proposal> {
  await mustHaveRole({ store, clock, action, proposal, by, wanted: 'edit' })
  if (action.edit === undefined) throw new DeskError('unsupported', { message: `nothing to edit in ${proposal.kind}`, userMessage: 'There is nothing to alter in this change. Turn it down and ask for another one.' })
  if (proposal.state !== 'pending' || proposal.expiresAt <= clock.now()) throw endedError(proposal.id, proposal.state)
  if ((hash !== undefined && hash !== proposal.hash) || approvalHash(proposal) !== proposal.hash) throw new DeskError('stale', { message: 'edit of another hash', userMessage: `What was shown is not what is stored for ${proposal.id}, so nothing was altered. Open it again.` })
  const args = await action.edit.apply(action.schema.parse(proposal.args), values)
  const { kind, reason, conversation } = proposal
  return offering({ action, args, attempt: () => propose({ store, clock, action, request: { kind, args, reason, requestedBy: by.id, ...(conversation === null ? {} : { conversation }), follows: { id: proposal.id, how: 'edited' } } }) })
}

/** The same change for the same reason once more, read afresh. */
export async function renewProposal({ clock, action, proposal, by, propose: make }: { clock: Clock; action: Action; proposal: Proposal; by: Person; propose: (request: ProposalRequest) => Promise<Proposal> }): Promise<Proposal> {
  const isOver = ['expired', 'failed', 'superseded'].includes(proposal.state) || (proposal.state === 'pending' && proposal.expiresAt <= clock.now())
  if (!isOver) throw new DeskError('conflict', { message: `cannot renew a ${proposal.state} proposal`, userMessage: proposal.state === 'pending' ? `${proposal.id} still waits for a decision.` : `${proposal.id} was decided, so there is nothing to propose again. Ask for the change you want.` })
  const { kind, args, reason, conversation, undoOf } = proposal
  return offering({ action, args, attempt: () => make({ kind, args, reason, requestedBy: by.id, ...(conversation === null ? {} : { conversation }), ...(undoOf === null ? {} : { undoOf }), follows: { id: proposal.id, how: 'again' } }) })
}

/** Says with the log what nobody decided in time; whoever shows it, draws it again. */
export async function expireDue({ store, now }: { store: Store; now: Instant }): Promise<void> {
  const due = await store.db.selectFrom('proposals').select('id').where('state', '=', 'pending').where('expires_at', '<=', now).execute()
  for (const { id } of due) {
    await store.transaction(async (trx) => {
      const mine = await trx.updateTable('proposals').set({ state: 'expired' }).where('id', '=', id).where('state', '=', 'pending').returning('expires_at').executeTakeFirst()
      if (mine !== undefined) await appendAudit(trx, { at: now, actor: 'desk', action: 'proposal.expired', subject: `proposal:${id}`, detail: { expiresAt: mine.expires_at } })
    })
  }
}

async function mustHaveRole({ store, clock, action, proposal, by, wanted }: { store: Store; clock: Clock; action: Action; proposal: Proposal; by: Person; wanted: string }): Promise<void> {
  const needs = roleFor({ action, facts: proposal.facts })
  if (mayActAs(by, needs)) return
  await store.transaction((trx) => appendAudit(trx, { at: clock.now(), actor: by.id, action: 'decision.not_allowed', subject: `proposal:${proposal.id}`, detail: { wanted, role: by.role, needs } }))
  throw new DeskError('not_allowed', { message: `${wanted} needs ${needs}`, userMessage: `${proposal.id} needs the role "${roleNames[needs]}". It still waits.` })
}

/** A time that is gone is refused with times that are free. */
async function offering({ action, args, attempt }: { action: Action; args: unknown; attempt: () => Promise<Proposal> }): Promise<Proposal> {
  try {
    return await attempt()
  } catch (error) {
    if (!(error instanceof DeskError)) throw error
    const alternatives = await findAlternatives({ action, args, error })
    if (alternatives.length === 0) throw error
    throw new DeskError(error.code, { message: error.message, userMessage: sayRefusal({ words: error.userMessage, alternatives }), ...(error.detail === undefined ? {} : { detail: error.detail }), cause: error })
  }
}
