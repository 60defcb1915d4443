import type { z } from 'zod'
import type { Instant } from '../../salon/time.ts'
import { appendAudit } from '../../store/audit.ts'
import type { Trx } from '../../store/open-store.ts'
import type { Effect } from '../../store/outbox.ts'
import type { SendAnswer } from '../messages.ts'
import { closeQuestions, openQuestion } from '../receiving/questions.ts'
import { TextOrder, threadOf } from './queue-text.ts'

/** What the service says of a text it took: its name for it, and how far it is. */
export type TakenText = Omit<Extract<SendAnswer, { state: 'sent' }>, 'state'>

/** The text is with the service: what it asks is asked from now on, and what was asked about the same visit no longer. Answers whether that was news. */
export async function markSent(trx: Trx, { effect, sent: { id, status }, now }: { effect: Pick<Effect, 'id' | 'payload' | 'attempts'>; sent: TakenText; now: Instant }): Promise<boolean> {
  const order = readOrder(effect)
  const text = order === undefined ? undefined : await trx.updateTable('texts').set({ state: 'sent', at: now, needs_person: false, error_code: null, ...(id === undefined ? {} : { provider_id: id }), ...(status === undefined ? {} : { delivery: status }) })
    .where('id', '=', order.textId).where('state', 'in', ['queued', 'unknown']).returningAll().executeTakeFirst()
  if (order === undefined || text === undefined) return false
  // An answer to what the client asked in between leaves open what they were asked.
  if (text.appointment_id !== null && text.answers === null) await closeQuestions(trx, { clientId: text.client_id, subject: `appointment:${text.appointment_id}`, now })
  if (order.asks !== undefined && text.phone_hash !== null) await openQuestion(trx, { clientId: text.client_id, phoneHash: text.phone_hash, locationId: text.location_id, asks: order.asks, now })
  await recordText(trx, { effect, now, action: 'text.sent' })
  return true
}

/** No words and no number: the text's id leads to them for who may see them. */
export async function recordText(trx: Trx, { effect, now, action, detail = {} }: { effect: Pick<Effect, 'id' | 'payload' | 'attempts'>; now: Instant; action: string; detail?: Record<string, unknown> }): Promise<void> {
  const order = readOrder(effect)
  const text = order === undefined ? undefined : await trx.selectFrom('texts').select(['id', 'client_id', 'template', 'proposal_id']).where('id', '=', order.textId).executeTakeFirst()
  await appendAudit(trx, { at: now, actor: 'messages', action, subject: text === undefined ? `outbox:${effect.id}` : threadOf(text.client_id), detail: { textId: text?.id, template: text?.template, proposalId: text?.proposal_id ?? undefined, attempt: effect.attempts, ...detail } })
}

/** What the outbox carries of it; undefined when that cannot be read. */
export function readOrder({ payload }: Pick<Effect, 'payload'>): z.infer<typeof TextOrder> | undefined {
  return TextOrder.safeParse(payload).data
}
