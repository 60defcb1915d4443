import type { Proposal } from '../../approvals/proposal.ts'
import { DeskError } from '../../salon/errors.ts'
import type { Card, View } from './card.ts'
import type { CardRoom } from './card-room.ts'
import { proposalCard, stateNow } from './proposal-card.ts'
import { tellingOf } from './telling.ts'

/** One proposal as it is stored now, with the buttons that fit its state. */
export async function drawProposal({ room, proposal }: { room: CardRoom; proposal: Proposal }): Promise<Card> {
  const [telling, canUndo] = await Promise.all([tellingOf({ room, proposal }), mayBeUndone({ room, proposal })])
  const action = room.actions.get(proposal.kind)
  if (action === undefined) return proposalCard({ proposal, telling }) // of another version of the desk: to be read, not decided on
  return proposalCard({ proposal, telling, buttons: { action: { ...action, canEdit: action.edit !== undefined }, canUndo, tokens: room.tokens } })
}

export async function proposalView({ room, id }: { room: CardRoom; id: string }): Promise<View> {
  const proposal = await room.approvals.get(id)
  const card = await drawProposal({ room, proposal })
  const state = stateNow(proposal, room.clock.now())
  return { subject: card.subject, summary: `${proposal.id}: ${card.title}. ${stateNames[state]}`, cards: [card] }
}

const stateNames: Record<Proposal['state'], string> = { pending: 'Waits for a decision.', approved: 'Approved, under way.', done: 'Done.', failed: 'Not done.', unknown: 'Not known yet.', rejected: 'Turned down.', expired: 'Expired.', superseded: 'Replaced.', shadow: 'Only recorded.' }

/** Asked of the action itself: it knows whether the old time is still free, and whether somebody changed it since. */
async function mayBeUndone({ room, proposal: { state, result, undoneBy, undoOf, kind, args, facts } }: { room: CardRoom; proposal: Proposal }): Promise<boolean> {
  if (state !== 'done' || result === null || undoneBy !== null || undoOf !== null) return false
  return room.actions.get(kind)?.undo(args, { result, facts }).then((back) => back !== undefined, (error: unknown) => {
    if (error instanceof DeskError) return false
    throw error
  }) ?? false
}
