import { sql } from 'kysely'
import { readConsents } from '../../messages/consent/consent.ts'
import type { TextState } from '../../store/tables/texts.ts'
import { asked, type CascadeEvent } from '../cascade/cascade.ts'
import { offerTextKey, type WaitlistRoom } from '../waitlist-room.ts'
import { advance } from './advance.ts'

type Report = Pick<Extract<CascadeEvent, { kind: 'text' }>, 'came' | 'why'>

/**
 * Tells every cascade what became of its texts: handed over (its window begins), lost, refused, held back, reported as not
 * delivered; and of clients who said STOP meanwhile. Two queries however many cascades there are; what fails at one goes to
 * `onError` and stops no other.
 */
export async function hearTexts(room: WaitlistRoom, { onError }: { onError: (error: unknown) => void }): Promise<void> {
  const { store: { db } } = room
  const rows = await db.selectFrom('waitlist_offers as offer').innerJoin('texts as text', (join) => join.on(sql<boolean>`text.key = ${offerTextKey('')}::text || offer.id`))
    .select(['offer.id', 'offer.opening_id', 'offer.state as before', 'text.state', 'text.delivery', 'text.error_code', 'text.phone_hash']).where('offer.state', 'in', [...asked]).execute()
  const consents = await readConsents(db, { phoneHashes: [...new Set(rows.flatMap(({ phone_hash: phoneHash }) => phoneHash ?? []))], purpose: 'waitlist' })
  for (const row of rows) {
    const out = row.phone_hash !== null && consents.get(row.phone_hash)?.state === 'out'
    const report = reportOf({ ...row, out })
    if (report !== undefined) await advance(room, row.opening_id, { event: (_, now) => ({ kind: 'text', offerId: row.id, ...report, at: now, now }) }).catch(onError)
  }
}

function reportOf({ before, state, delivery, error_code: code, out }: { before: string; state: TextState; delivery: string | null; error_code: string | null; out: boolean }): Report | undefined {
  if (out) return { came: 'suppressed', why: 'opted_out' }
  if (state === 'suppressed') return { came: 'suppressed', why: code ?? 'held_back' }
  if (state === 'failed' || delivery === 'undelivered' || delivery === 'failed') return { came: 'undeliverable', ...(code === null ? {} : { why: code }) }
  if (state === 'sent' && before !== 'sent') return { came: 'sent' }
  return state === 'unknown' && before === 'queued' ? { came: 'unknown' } : undefined
}
