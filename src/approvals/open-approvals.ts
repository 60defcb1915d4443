import { DeskError } from '../salon/errors.ts'
import type { Clock } from '../salon/time.ts'
import type { Store } from '../store/open-store.ts'
import { drainOutbox } from '../store/outbox.ts'
import { actAlone } from './act-alone.ts'
import type { Action } from './action.ts'
import { decideProposal, type Decision, type DecisionRequest, type Guard, effectKey, effectKind, loadProposal } from './decide-proposal.ts'
import { type Actions, proposalHandler } from './execute-proposal.ts'
import { type Proposal, toProposal } from './proposal.ts'
import { propose, type ProposalRequest } from './propose.ts'
import type { Person } from './roles.ts'
import { isPaused } from './rollout.ts'

/** The approval ledger, with the actions it was given. */
export type Approvals = {
  propose(request: ProposalRequest): Promise<Proposal>
  /** Decides, and carries an approval out at once; the answer holds what was read back. */
  decide(request: DecisionRequest): Promise<Decision>
  /** Puts a done change back, as an approved change of its own. */
  undo(request: { id: string; by: Person }): Promise<Decision>
  get(id: string): Promise<Proposal>
  /** Open ones (pending, under way, unknown) oldest first, or with `recent` the last ones of any state, newest first. */
  list(query?: { recent?: number }): Promise<Proposal[]>
  /** Carries out what is due and was not finished (after a crash, an outage, a pause). Answers how many were settled. */
  catchUp(): Promise<number>
}

export function openApprovals({ store, clock, actions: given }: { store: Store; clock: Clock; actions: Action[] }): Approvals {
  const actions: Actions = new Map(given.map((action) => [action.kind, action]))
  const handlers = new Map([[effectKind, proposalHandler({ store, clock, actions })]])

  // While paused nothing is claimed, so that waiting does not count as trying.
  const carryOut = async (key?: string): Promise<number> =>
    (await isPaused(store.db)) ? 0 : drainOutbox({ store, clock, handlers, ...(key === undefined ? {} : { key }) })

  const actionFor = (kind: string): Action => {
    const action = actions.get(kind)
    if (action === undefined) throw new DeskError('unsupported', { message: `no action ${kind}`, userMessage: `The desk does not know the change "${kind}".` })
    return action
  }

  const decide = async (request: DecisionRequest, guard?: Guard): Promise<Decision> => {
    const { kind } = await loadProposal(store, request.id)
    const decision = await decideProposal({ store, clock, action: actionFor(kind), request, ...(guard === undefined ? {} : { guard }) })
    if (decision.result !== 'approved') return decision
    try {
      await carryOut(effectKey(decision.proposal.id))
      return { ...decision, proposal: await loadProposal(store, decision.proposal.id) }
    } catch {
      // Approved is approved: what broke here is tried again by `catchUp`, which reports what breaks there.
      return decision
    }
  }

  return {
    async propose(request) {
      const proposal = await propose({ store, clock, action: actionFor(request.kind), request })
      return actAlone({ store, clock, proposal, decide })
    },
    decide: (request) => decide(request),
    async undo({ id, by }) {
      const done = await loadProposal(store, id)
      if (done.undoneBy !== null) throw new DeskError('conflict', { message: 'already undone', userMessage: `${done.id} was already put back, by ${done.undoneBy}.` })
      const inverse = done.state === 'done' && done.result !== null ? await actionFor(done.kind).undo(done.args, { result: done.result, facts: done.facts }) : undefined
      if (inverse === undefined) throw new DeskError('unsupported', { message: `cannot undo a ${done.state} ${done.kind}`, userMessage: done.state === 'done' ? `${done.id} cannot be put back from here.` : `${done.id} was not carried out, so there is nothing to put back.` })
      const proposal = await propose({ store, clock, action: actionFor(inverse.kind), request: { ...inverse, reason: `puts back ${done.id}`, requestedBy: by.id, undoOf: done.id } })
      return decide({ id: proposal.id, decision: 'approve', by, hash: proposal.hash })
    },
    get: (id) => loadProposal(store, id),
    async list({ recent } = {}) {
      const all = store.db.selectFrom('proposals').selectAll()
      const rows = recent === undefined
        ? await all.where((where) => where.or([where('state', 'in', ['approved', 'unknown']), where.and([where('state', '=', 'pending'), where('expires_at', '>', clock.now())])])).orderBy('created_at').execute()
        : await all.orderBy('created_at', 'desc').limit(recent).execute()
      return rows.map(toProposal)
    },
    catchUp: () => carryOut(),
  }
}
