import { type Freshness, silent } from '../../salon/freshness.ts'
import { type Clock, type Instant, minutesBetween } from '../../salon/time.ts'
import type { Store } from '../../store/open-store.ts'
import type { Capabilities } from '../booking-platform.ts'

/** Polled every two minutes, so an older copy than this means that something is in the way. */
const staleAfterMinutes = 15

/** A platform that cannot be asked, and whose webhooks say nothing for a day, has probably lost us. */
const silentAfterMinutes = 24 * 60

/** How old the copy is, how far its first reading has come, and what is in the way of a newer one. */
export async function readFreshness({ store, clock }: { store: Store; clock: Clock }): Promise<Freshness> {
  const row = await store.db.selectFrom('platform_sync').innerJoin('platform_connection', (join) => join.onTrue())
    .select(['phase', 'as_of', 'webhook_at', 'reached', 'visits', 'clients', 'error_code', 'refused_at', 'capabilities']).executeTakeFirst()
  if (row === undefined) return { state: 'live', asOf: clock.now() }
  const isSent = (row.capabilities as Capabilities).read === 'events_only'
  const asOf = knownBy(row) ?? undefined
  const trouble = row.error_code === null ? {} : { trouble: row.error_code }
  if (row.refused_at !== null) return { state: 'refused', ...(asOf !== undefined && { asOf }), since: row.refused_at }
  // Nothing says of a book that is only sent that its next two months are here.
  if (asOf === undefined || (isSent && row.phase !== 'done')) return { state: 'first_reading', visits: row.visits, clients: row.clients, ...trouble }
  if (isSent && minutesBetween(asOf, clock.now()) > silentAfterMinutes) return { state: 'stale', asOf, trouble: silent }
  if (!isSent && minutesBetween(asOf, clock.now()) > staleAfterMinutes) return { state: 'stale', asOf, ...trouble }
  return row.phase === 'done' ? { state: 'live', asOf } : { state: 'reading_past', asOf, visits: row.visits, clients: row.clients, ...(row.reached !== null && { reached: row.reached }) }
}

/** By when what the platform knew is in the copy, for what is read from it; undefined while it was never read. */
export async function readAsOf(store: Store): Promise<Instant | undefined> {
  const row = await store.db.selectFrom('platform_sync').innerJoin('platform_connection', (join) => join.onTrue()).select(['as_of', 'webhook_at', 'capabilities']).executeTakeFirst()
  return row === undefined ? undefined : knownBy(row) ?? undefined
}

/** Of a platform that only sends, the last that it sent; of one that is asked, the last time that it was. */
function knownBy({ as_of, webhook_at, capabilities }: { as_of: Instant | null; webhook_at: Instant | null; capabilities: unknown }): Instant | null {
  if ((capabilities as Capabilities).read !== 'events_only' || as_of === null || webhook_at === null) return as_of
  return webhook_at > as_of ? webhook_at : as_of
}
