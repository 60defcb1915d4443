import { minutesBetween, type Clock } from '../../salon/time.ts'
import type { Store } from '../../store/open-store.ts'
import type { Freshness } from '../booking-platform.ts'

/** Polled every two minutes, so an older copy than this means that something is in the way. */
const staleAfterMinutes = 15

/** How old the copy is, how far its first reading has come, and what is in the way of a newer one. */
export async function readFreshness({ store, clock }: { store: Store; clock: Clock }): Promise<Freshness> {
  const row = await store.db.selectFrom('platform_sync').innerJoin('platform_connection', (join) => join.onTrue()).select(['phase', 'as_of', 'reached', 'visits', 'clients', 'error_code', 'refused_at', 'platform_sync.started_at']).executeTakeFirst()
  if (row === undefined) return { state: 'live', asOf: clock.now() }
  const asOf = row.as_of ?? undefined
  const known = { ...(asOf !== undefined && { asOf }) }
  if (row.refused_at !== null) return { state: 'refused', ...known, since: row.refused_at }
  if (asOf === undefined) return { state: 'first_reading', visits: row.visits, clients: row.clients, ...(row.error_code !== null && { trouble: row.error_code }) }
  if (minutesBetween(asOf, clock.now()) > staleAfterMinutes) return { state: 'stale', asOf, ...(row.error_code !== null && { trouble: row.error_code }) }
  return row.phase === 'done' ? { state: 'live', asOf } : { state: 'reading_past', asOf, visits: row.visits, clients: row.clients, ...(row.reached !== null && { reached: row.reached }) }
}
