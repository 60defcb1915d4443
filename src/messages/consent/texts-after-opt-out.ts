import type { Instant } from '../../salon/time.ts'
import type { Db } from '../../store/open-store.ts'
import { standing } from './consent.ts'

/** A text that went out although its number had said no before. */
export type TextAfterOptOut = { textId: number; clientId: string; sentAt: Instant }

/**
 * The proof that opting out holds (LAW-1): every text that was handed to the service after its number had refused it, from
 * the two ledgers alone. There must be none. The one confirmation of the opt-out is its answer and not a text after it.
 */
export async function textsAfterOptOut(db: Db): Promise<TextAfterOptOut[]> {
  const said = await db.selectFrom('consents').select(['phone_hash', 'purpose', 'state', 'source', 'at']).orderBy('id').execute()
  const byNumber = Map.groupBy(said, ({ phone_hash: phoneHash }) => phoneHash)
  const texts = await db.selectFrom('texts').select(['id', 'client_id', 'phone_hash', 'purpose', (eb) => eb.fn.coalesce('attempted_at', 'at').as('sent_at')])
    .where('direction', '=', 'out').where('channel', '=', 'sms').where('purpose', '!=', 'consent').where('state', 'in', ['sent', 'unknown'])
    .where('phone_hash', 'in', db.selectFrom('consents').select('phone_hash').where('state', '=', 'out')).orderBy('id').execute()
  return texts.flatMap(({ id, client_id: clientId, phone_hash: phoneHash, purpose, sent_at: sentAt }) => {
    const before = (byNumber.get(phoneHash ?? '') ?? []).filter(({ at }) => at < sentAt)
    return standing(before, purpose).state === 'out' ? [{ textId: id, clientId, sentAt }] : []
  })
}
