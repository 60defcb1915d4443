import type { Proposal } from '../../approvals/proposal.ts'
import { isPaused } from '../../approvals/rollout.ts'
import { textsOfProposal } from '../../messages/receiving/read-threads.ts'
import { DeskError } from '../../salon/errors.ts'
import { OffersArgs } from '../../waitlist/approving/offers-args.ts'
import { offersKind } from '../../waitlist/waitlist-room.ts'
import type { Card, View } from './card.ts'
import type { CardRoom } from './card-room.ts'
import { proposalCard, stateNow } from './proposal-card.ts'
import { tellingOf } from './telling.ts'

/** One proposal as it is stored now, with the buttons that fit its state. */
export async function drawProposal({ room, proposal }: { room: CardRoom; proposal: Proposal }): Promise<Card> {
  const [telling, back, paused, became, chair] = await Promise.all([tellingOf({ room, proposal }), wayBack({ room, proposal }), isPaused(room.store.db), textsOfProposal(room.store, proposal.id), chairOf({ room, proposal })])
  const told = proposal.facts.texts === undefined ? { text: became.at(-1) } : { texts: became }
  const action = room.actions.get(proposal.kind)
  if (action === undefined) return proposalCard({ proposal, telling, meanwhile: { paused, ...told } }) // of another version of the desk: to be read, not decided on
  return proposalCard({ proposal, telling, meanwhile: { paused, ...told, undoTells: back?.tells, chair }, buttons: { action: { ...action, canEdit: action.edit !== undefined }, canUndo: back !== undefined, tokens: room.tokens } })
}

/** How the chair stands whose offers were approved: they go on long after the approval is done. */
async function chairOf({ room, proposal: { kind, state, args } }: { room: CardRoom; proposal: Proposal }): Promise<{ id: string; stands: string; next?: string } | undefined> {
  const offers = kind === offersKind && state === 'done' ? OffersArgs.safeParse(args).data : undefined
  if (offers === undefined || room.waitlist === undefined) return undefined
  const [opening] = await room.waitlist.openings({ ids: [offers.openingId] }).catch((error: unknown) => {
    if (error instanceof DeskError) return [] // the card is there while the booking system is away, too
    throw error
  })
  return opening
}

export async function proposalView({ room, id }: { room: CardRoom; id: string }): Promise<View> {
  const proposal = await room.approvals.get(id)
  const card = await drawProposal({ room, proposal })
  const state = stateNow(proposal, room.clock.now())
  return { subject: card.subject, summary: `${proposal.id}: ${card.title}. ${state === 'approved' && await isPaused(room.store.db) ? 'Approved, waits: the desk is paused.' : stateNames[state]}`, cards: [card] }
}

const stateNames: Record<Proposal['state'], string> = { pending: 'Waits for a decision.', approved: 'Approved, under way.', by_hand: 'To be done by hand.', done: 'Done.', failed: 'Not done.', unknown: 'Not known yet.', rejected: 'Turned down.', expired: 'Expired.', superseded: 'Replaced.', shadow: 'Only recorded.' }

/**
 * Whether it can be put back, and who would be told so by text; asked of the actions themselves: they know whether the old
 * time is still free, whether somebody changed it since, and whether the client may be texted.
 */
async function wayBack({ room, proposal: { state, result, undoneBy, undoOf, kind, args, facts } }: { room: CardRoom; proposal: Proposal }): Promise<{ tells?: string } | undefined> {
  if (state !== 'done' || result === null || undoneBy !== null || undoOf !== null) return undefined
  try {
    const back = await room.actions.get(kind)?.undo(args, { result, facts })
    if (back === undefined) return undefined
    const { message } = await room.actions.get(back.kind)?.facts(back.args) ?? {}
    return message?.kind === 'text' ? { tells: message.to } : {}
  } catch (error) {
    if (error instanceof DeskError) return undefined
    throw error
  }
}
