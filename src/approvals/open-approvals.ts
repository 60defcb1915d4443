import { DeskError } from '../salon/errors.ts'
import type { Clock, Instant } from '../salon/time.ts'
import type { Store } from '../store/open-store.ts'
import { drainOutbox } from '../store/outbox.ts'
import { actAlone } from './act-alone.ts'
import type { Action, EditField } from './action.ts'
import { decideProposal, type Decision, type DecisionRequest, type Guard, effectKey, effectKind, loadProposal } from './decide-proposal.ts'
import { type Actions, type AfterDone, proposalHandler } from './execute-proposal.ts'
import { type ByHandAnswer, type ByHandRequest, finishByHand, lookAtOverdue, lookKey, lookKind } from './finish-by-hand.ts'
import { lookHandler } from './look-by-hand.ts'
import { type Proposal, toProposal } from './proposal.ts'
import { propose, type ProposalRequest } from './propose.ts'
import { editProposal, expireDue, renewProposal } from './renew-proposal.ts'
import type { Person } from './roles.ts'
import { isPaused } from './rollout.ts'
import { type Withdrawal, withdrawProposal } from './withdraw-proposal.ts'

/** The approval ledger, with the actions it was given. */
export type Approvals = {
  propose(request: ProposalRequest): Promise<Proposal>
  /** Decides, and carries an approval out at once; the answer holds what was read back. */
  decide(request: DecisionRequest): Promise<Decision>
  /** Puts a done change back, as an approved change of its own. */
  undo(request: { id: string; by: Person }): Promise<Decision>
  /**
   * What a person says of a change that they were to make by hand (state `by_hand`). What is said to be done is looked at on the
   * platform at once; the answer holds what was found. Until the platform shows it, `catchUp` looks again.
   */
  byHand(request: ByHandRequest): Promise<ByHandAnswer>
  /** Takes a pending proposal back for whoever asked for it; answers it as it is then. */
  withdraw(withdrawal: Withdrawal): Promise<Proposal>
  get(id: string): Promise<Proposal>
  /** What a person may alter in a proposal; nothing where there is nothing to alter. */
  editFields(id: string): Promise<EditField[]>
  /**
   * Prepares a pending proposal anew with altered values (APR-7): the old one ends, the new one needs its own approval.
   * What was not altered answers the same proposal. `hash` is that of the card. Throws `DeskError` in words: the role is
   * missing, it no longer waits, it is not what was shown, or the values make no sense (`detail.field` names the one).
   */
  edit(request: { id: string; by: Person; values: Record<string, string>; hash?: string }): Promise<Proposal>
  /** Prepares what expired, failed or was replaced once more, read afresh (F08). Throws `DeskError` in words, with free times where the wanted one is taken. */
  proposeAgain(request: { id: string; by: Person }): Promise<Proposal>
  /**
   * Open ones (pending, under way, by hand, unknown) oldest first; with `expiredSince` also what nobody decided in time since then and
   * nobody has proposed again. With `recent` the last ones of any state, newest first. What waits beyond its time is `expired`.
   */
  list(query?: { recent?: number; expiredSince?: Instant }): Promise<Proposal[]>
  /** Carries out what is due and was not finished (after a crash, an outage, a pause), and says of what waited too long that it has expired. Answers how many were settled. */
  catchUp(): Promise<number>
}

/** `afterDone` runs in the transaction that records a change as done; `afterwards` after changes were carried out, outside of any, and must not throw. */
export function openApprovals({ store, clock, actions: given, afterDone, afterwards = async () => {} }: { store: Store; clock: Clock; actions: Action[]; afterDone?: AfterDone; afterwards?: () => Promise<void> }): Approvals {
  const actions: Actions = new Map(given.map((action) => [action.kind, action]))
  const handlers = new Map([[effectKind, proposalHandler({ store, clock, actions, afterDone })], [lookKind, lookHandler({ store, clock, actions, afterDone })]])

  // While paused nothing is claimed, so that waiting does not count as trying.
  const carryOut = async (key?: string): Promise<number> => {
    if (await isPaused(store.db)) return 0
    const settled = await drainOutbox({ store, clock, handlers, ...(key === undefined ? {} : { key }) })
    if (settled > 0) await afterwards()
    return settled
  }

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

  const proposeAndMaybeAct = async (request: ProposalRequest): Promise<Proposal> => {
    const proposal = await propose({ store, clock, action: actionFor(request.kind), request })
    return actAlone({ store, clock, proposal, decide })
  }

  return {
    propose: proposeAndMaybeAct,
    async editFields(id) {
      const { kind, args } = await loadProposal(store, id)
      const action = actionFor(kind)
      return action.edit?.fields(action.schema.parse(args)) ?? []
    },
    async edit(request) {
      const proposal = await loadProposal(store, request.id)
      return editProposal({ store, clock, action: actionFor(proposal.kind), proposal, request })
    },
    async proposeAgain({ id, by }) {
      const proposal = await loadProposal(store, id)
      return renewProposal({ clock, action: actionFor(proposal.kind), proposal, by, propose: proposeAndMaybeAct })
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
    async byHand(request) {
      const { kind } = await loadProposal(store, request.id)
      const answer = await finishByHand({ store, clock, action: actionFor(kind), request })
      if (answer.result !== 'counted' || answer.says !== 'done' || answer.proposal.byHand === null) return answer
      try {
        await carryOut(lookKey(answer.proposal.id, answer.proposal.byHand.round))
        return { ...answer, proposal: await loadProposal(store, answer.proposal.id) }
      } catch {
        // Said is said: what broke here is looked at again by `catchUp`.
        return answer
      }
    },
    withdraw: (withdrawal) => withdrawProposal({ store, clock, withdrawal }),
    get: (id) => loadProposal(store, id),
    async list({ recent, expiredSince } = {}) {
      const now = clock.now()
      const all = store.db.selectFrom('proposals').selectAll()
      const rows = recent === undefined
        ? await all.where((where) => where.or([
          where('state', 'in', ['approved', 'by_hand', 'unknown']),
          where.and([where('state', '=', 'pending'), where('expires_at', '>', now)]),
          ...(expiredSince === undefined ? [] : [where.and([where('state', 'in', ['pending', 'expired']), where('expires_at', '<=', now), where('expires_at', '>=', expiredSince), where('superseded_by', 'is', null)])]),
        ])).orderBy('created_at').execute()
        : await all.orderBy('created_at', 'desc').limit(recent).execute()
      return rows.map((row) => toProposal(Object.assign(row, row.state === 'pending' && row.expires_at <= now ? { state: 'expired' } : {})))
    },
    async catchUp() {
      await expireDue({ store, now: clock.now() })
      await lookAtOverdue({ store, now: clock.now() })
      return carryOut()
    },
  }
}
