import type { Decision } from '../../approvals/decide-proposal.ts'
import type { Proposal } from '../../approvals/proposal.ts'
import { type Person, type Role, roleNames } from '../../approvals/roles.ts'
import type { Telling } from './proposal-card.ts'
import { sayMoment } from './say-moment.ts'

/** What came of a decision, in words for whoever made it; and whether it is as they wanted. */
export function sayDecision({ decision, by, telling, paused }: { decision: Decision; by: Pick<Person, 'role'>; telling: Telling; paused: boolean }): { text: string; good: boolean } {
  const { proposal } = decision
  switch (decision.result) {
    case 'approved':
      return { text: sayOutcome(proposal, paused), good: ['done', 'approved', 'by_hand'].includes(proposal.state) }
    case 'rejected':
      return { text: `${proposal.id} turned down. Nothing was changed.`, good: true }
    case 'already_decided':
      return { text: sayAlready(proposal, telling), good: false }
    case 'expired':
      return { text: `${proposal.id} waited only until ${sayMoment(proposal.expiresAt, telling)} and has expired, so nothing was changed. Propose it again: free times are checked afresh.`, good: false }
    case 'not_allowed':
      return { text: `${sayNotAllowed({ id: proposal.id, needs: decision.needs, role: by.role })} It still waits.`, good: false }
    case 'mismatch':
      return { text: `What was shown is not what is stored for ${proposal.id}, so nothing was changed. Open the card again; if it says so again, tell the owner.`, good: false }
    case 'stale': // below, so that every path returns
  }
  const { differences, problem, replacement } = decision
  return {
    text: [
      `${proposal.id}: this changed meanwhile, so nothing was done.`,
      ...(problem === undefined ? differences : [problem]),
      ...(replacement === undefined ? [] : [`As it is now it is ${replacement.id}, which needs a new approval.`]),
    ].join('\n'),
    good: false,
  }
}

/** "P-7K3QXM needs a manager, and you are front desk now." */
export function sayNotAllowed({ id, needs, role }: { id: string; needs: Role; role: Role }): string {
  return `${id} needs the role "${roleNames[needs]}", and yours is "${roleNames[role]}" now.`
}

function sayOutcome({ id, state, result, undoOf, errorWords }: Proposal, paused: boolean): string {
  if (state === 'done') return `Done. ${result?.said ?? ''}${undoOf === null ? '' : `\n${undoOf} is put back.`}`
  if (state === 'by_hand') return `${id} is approved. The booking system has no way for the desk to do it: please do it there by hand. The card has the steps; the client is told nothing before the booking system shows it.`
  if (state === 'failed') return `Not done. ${errorWords ?? ''}`.trim()
  if (state === 'unknown') return `${id}: ${errorWords ?? 'The booking system did not answer. We are checking whether the change got through.'} The card will show how it ended.`
  return paused
    ? `${id} is approved and waits: the desk is paused. It is done as soon as a manager resumes the desk.`
    : errorWords === null ? `${id} is approved and under way. The card will show how it ended.` : `${id} is approved and waits. ${errorWords}`
}

function sayAlready({ id, state, decidedBy, decidedAt, supersededBy, result, errorWords }: Proposal, telling: Telling): string {
  const by = `by ${decidedBy === null ? 'somebody' : telling.nameOf(decidedBy)}${decidedAt === null ? '' : ` at ${sayMoment(decidedAt, telling)}`}`
  switch (state) {
    case 'rejected':
      return `${id} was already turned down ${by}. Nothing was changed.`
    case 'superseded':
      return `${id} was replaced${supersededBy === null ? '' : ` by ${supersededBy}`}. Nothing was changed by it.`
    case 'expired':
      return `${id} has expired. Nothing was changed.`
    case 'shadow':
      return `${id} was only recorded: the desk is in shadow mode for this kind of change.`
    case 'done':
      return `${id} was already approved ${by}. ${result?.said ?? 'It is done.'}`
    case 'failed':
      return `${id} was already approved ${by}, but it was not done. ${errorWords ?? ''}`.trim()
    case 'by_hand':
      return `${id} was already approved ${by}. It is done by hand: the card has the steps.`
    case 'pending':
    case 'approved':
    case 'unknown': // below, so that every path returns
  }
  return `${id} was already approved ${by}, and is under way.`
}
