import type { Instant } from '../../salon/time.ts'
import type { Store, Trx } from '../../store/open-store.ts'
import type { Effect, EffectResult } from '../../store/outbox.ts'
import type { TextState } from '../../store/tables/texts.ts'
import { applyReports, lockReport, optOut } from './delivery.ts'
import type { OnLost } from '../email/email-fallback.ts'
import { markSent, readOrder, recordText, type TakenText } from './mark-sent.ts'
import type { Failure } from '../messages.ts'

/** Codes of texts that were held back and that nobody need see to: something newer took their place, or a person did. */
const quietly = new Set(['outdated', 'taken_over'])

/** Records what came of a try in the text's own row, in the transaction that ends the claim. Only forward: what is sent stays sent, whatever comes late. */
export async function settleText(trx: Trx, { seal, effect, result, now, onLost }: { seal: Store['seal']; effect: Effect; result: EffectResult; now: Instant; onLost?: OnLost | undefined }): Promise<void> {
  const order = readOrder(effect)
  if (order === undefined) return
  const save = (state: TextState, more: { error_code?: string | null; needs_person?: boolean; attempted_at?: null } = {}) => trx.updateTable('texts').set({ state, ...more }).where('id', '=', order.textId).where('state', 'in', ['queued', 'unknown']).returningAll().executeTakeFirst()
  switch (result.state) {
    case 'SENT': {
      const sent = result.result as TakenText
      if (sent.id !== undefined) await lockReport(trx, sent.id)
      await markSent(trx, { effect, sent, now })
      if (sent.id !== undefined) await applyReports(trx, { seal, providerId: sent.id, now })
      return
    }
    case 'FAILED': {
      // No answer and nowhere to look: whether the client has it, only they can say.
      const text = await save(result.code === 'no_answer' ? 'unknown' : 'failed', { error_code: result.code, needs_person: order.watched !== true })
      const { failure } = (result.result ?? {}) as { failure?: Failure }
      await recordText(trx, { effect, now, action: 'text.failed', detail: { code: result.code, failure } })
      if (text !== undefined && failure === 'opted_out') await optOut(trx, { seal, text, now })
      if (text !== undefined && failure !== undefined) await onLost?.(trx, { textId: text.id, key: text.key, failure, now })
      return
    }
    case 'CANCELLED':
      // The team believes that the client was told, unless something newer took its place.
      await save('suppressed', { error_code: result.code, needs_person: order.confirmsStop !== true && order.watched !== true && !quietly.has(result.code), attempted_at: null })
      return recordText(trx, { effect, now, action: 'text.suppressed', detail: { code: result.code } })
    case 'UNKNOWN':
      await save('unknown', { error_code: result.code })
      return recordText(trx, { effect, now, action: 'text.unknown', detail: { code: result.code } })
    case 'PENDING':
      await save('queued', { error_code: result.code, attempted_at: null })
      return recordText(trx, { effect, now, action: 'text.waiting', detail: { code: result.code } })
  }
}
