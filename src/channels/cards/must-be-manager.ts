import { mayActAs } from '../../approvals/roles.ts'
import { DeskError } from '../../salon/errors.ts'
import { appendAudit } from '../../store/audit.ts'
import type { Press } from './card.ts'
import type { CardRoom } from './card-room.ts'

/** Throws `DeskError('not_allowed')` with an audit row for anybody below a manager; `to` says what for. */
export async function mustBeManager({ press: { person, action }, room, to }: { press: Press; room: CardRoom; to: string }): Promise<void> {
  if (mayActAs(person, 'manager')) return
  await room.store.transaction((trx) => appendAudit(trx, { at: room.clock.now(), actor: person.id, action: 'card.refused', subject: 'settings', detail: { action, role: person.role, needs: 'manager', why: 'role' } }))
  throw new DeskError('not_allowed', { message: 'needs a manager', userMessage: `Only a manager may ${to}.` })
}
