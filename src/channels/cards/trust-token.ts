import type { Proposal } from '../../approvals/proposal.ts'
import { DeskError } from '../../salon/errors.ts'
import { appendAudit } from '../../store/audit.ts'
import type { Press } from './card.ts'
import type { CardRoom } from './card-room.ts'

/**
 * The proposal that a pressed button is about, when the desk made that button for it as it is stored (F10); for anything
 * else an audit row, and `DeskError('not_allowed')` with words.
 */
export async function trustedProposal({ press, room }: { press: Press; room: CardRoom }): Promise<Proposal> {
  const id = room.tokens.refOf(press.token)?.[0]
  const proposal = id === undefined ? undefined : await room.approvals.get(id).catch((error: unknown) => {
    if (error instanceof DeskError && error.code === 'not_found') return undefined
    throw error
  })
  if (proposal !== undefined && room.tokens.isOurs({ ...press, version: proposal.hash })) return proposal
  return refuse({ press, room, subject: proposal === undefined ? 'card' : `proposal:${proposal.id}` })
}

/** What a pressed button of no proposal is about; refused like one above when the desk did not make it. */
export async function trustedRef({ press, room }: { press: Press; room: CardRoom }): Promise<string[]> {
  const ref = room.tokens.refOf(press.token)
  if (ref !== undefined && room.tokens.isOurs(press)) return ref
  return refuse({ press, room, subject: 'card' })
}

async function refuse({ press, room, subject }: { press: Press; room: CardRoom; subject: string }): Promise<never> {
  await room.store.transaction((trx) => appendAudit(trx, { at: room.clock.now(), actor: press.person.id, action: 'card.refused', subject, detail: { action: press.action, role: press.person.role, why: 'token' } }))
  throw new DeskError('not_allowed', { message: 'a button with a token that is not ours', userMessage: 'This button does not fit what is stored, so nothing was done. Open the card again and use its buttons.' })
}
