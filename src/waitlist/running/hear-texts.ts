import { sql } from 'kysely'
import type { Instant } from '../../salon/time.ts'
import type { TextState } from '../../store/tables/texts.ts'
import type { CascadeEvent } from '../cascade/cascade.ts'
import type { WaitlistRoom } from '../waitlist-room.ts'
import { advance } from './advance.ts'

type Report = Pick<Extract<CascadeEvent, { kind: 'text' }>, 'came' | 'why'>

/**
 * Tells every cascade what became of its texts: handed over (its window begins), lost, refused, held back, reported as not
 * delivered; and of clients who said STOP meanwhile. One query however many cascades there are. Answers the openings it told.
 */
export async function hearTexts(room: WaitlistRoom): Promise<string[]> {
  const { store: { db } } = room
  const { rows } = await sql<{ offer_id: string; opening_id: string; offer_state: string; state: TextState; delivery: string | null; error_code: string | null; out: boolean }>`
    select offer.id as offer_id, offer.opening_id, offer.state as offer_state, text.state, text.delivery, text.error_code,
      coalesce((select consent.state = 'out' from consents consent where consent.phone_hash = text.phone_hash and consent.purpose in ('all', 'waitlist') order by consent.id desc limit 1), false) as out
    from waitlist_offers offer join texts text on text.key = 'offer:' || offer.id
    where offer.state in ('queued', 'sent', 'send_unknown')`.execute(db)
  const told = new Set<string>()
  for (const row of rows) {
    const report = reportOf(row)
    if (report === undefined) continue
    const came = await advance(room, row.opening_id, { event: (_, now: Instant) => ({ kind: 'text', offerId: row.offer_id, ...report, at: now, now }) })
    if (came !== undefined && came.changes.length > 0) told.add(row.opening_id)
  }
  return [...told]
}

function reportOf({ offer_state: before, state, delivery, error_code: code, out }: { offer_state: string; state: TextState; delivery: string | null; error_code: string | null; out: boolean }): Report | undefined {
  if (out) return { came: 'suppressed', why: 'opted_out' }
  if (state === 'suppressed') return { came: 'suppressed', why: code ?? 'held_back' }
  if (state === 'failed' || delivery === 'undelivered' || delivery === 'failed') return { came: 'undeliverable', ...(code === null ? {} : { why: code }) }
  if (state === 'sent' && before !== 'sent') return { came: 'sent' }
  return state === 'unknown' && before === 'queued' ? { came: 'unknown' } : undefined
}
