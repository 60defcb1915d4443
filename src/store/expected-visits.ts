import type { Selectable } from 'kysely'
import type { Segment } from '../salon/salon.ts'
import { addMinutes, type Instant } from '../salon/time.ts'
import type { Db, Trx } from './open-store.ts'
import type { MirrorTables } from './tables/mirror.ts'

export type ExpectedVisit = Selectable<MirrorTables['expected_visits']>

/** Platforms that are read in batches show a visit late: it may still appear this long after its start. */
const lateMinutes = 60

/** Keeps whom a booking is for that a person was asked to make by hand; asked again under the same key, it is still one. */
export async function expectVisit(db: Db | Trx, { key, clientId, locationId, segments, start, end, now }: { key: string; clientId: string; locationId: string; segments: Segment[]; start: Instant; end: Instant; now: Instant }): Promise<void> {
  const latest = addMinutes(start, lateMinutes)
  const row = { client_id: clientId, location_id: locationId, segments: JSON.stringify(segments), starts_at: start, expected_at: now, until: end > latest ? end : latest }
  await db.insertInto('expected_visits').values({ key, ...row, visit_id: null }).onConflict((conflict) => conflict.column('key').doNothing()).execute()
}

/** It is not going to be made after all: nothing that appears is taken for it. `key` is that of the whole change; the commands within it have it as their beginning. */
export async function forgetExpected(trx: Trx, { key }: { key: string }): Promise<void> {
  await trx.deleteFrom('expected_visits').where('visit_id', 'is', null).where((where) => where.or([where('key', '=', key), where(where.fn('starts_with', ['key', where.val(`${key}:`)]), '=', true)])).execute()
}

/** Lets go of what never appeared. Answers how many there were. */
export async function forgetLapsed(db: Db, { before }: { before: Instant }): Promise<{ numDeletedRows: bigint }> {
  return db.deleteFrom('expected_visits').where('visit_id', 'is', null).where('until', '<', before).executeTakeFirstOrThrow()
}
