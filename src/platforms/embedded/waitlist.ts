import { sql } from 'kysely'
import { failed, ok, type Outcome } from '../booking-platform.ts'
import type { WaitlistEntry } from '../../salon/salon.ts'
import { type Instant, toInstant } from '../../salon/time.ts'
import { hashOf } from '../../store/canonical-json.ts'
import type { Db } from '../../store/open-store.ts'
import { toEntry } from '../../store/waitlist-entry.ts'
import { recordChange, type Writing } from './write.ts'

/** Who waits, longest first, or the entries `ids` whatever became of them; those made after `now` are left out. */
export async function readWaitlist({ db, ids, locationId, serviceId, now }: { db: Db; ids?: string[] | undefined; locationId?: string | undefined; serviceId?: string | undefined; now: Instant }): Promise<Outcome<WaitlistEntry[]>> {
  let query = db.selectFrom('book_waitlist').selectAll().where('created_at', '<=', now)
  query = ids === undefined ? query.where('status', '=', 'waiting') : query.where('id', '=', sql<string>`any(${ids})`)
  if (locationId !== undefined) query = query.where('location_id', '=', locationId)
  if (serviceId !== undefined) query = query.where('service_id', '=', serviceId)
  return ok((await query.orderBy('created_at').orderBy('id').execute()).map(toEntry), now)
}

export async function addToWaitlist(writing: Writing, { locationId, clientId, serviceId, staffId, wanted, insteadOf }: Omit<WaitlistEntry, 'id' | 'createdAt' | 'status'>): Promise<Outcome<WaitlistEntry>> {
  const { trx, catalog, now, key } = writing
  if (!catalog.locationById.has(locationId)) return failed('not_found', 'no such location')
  if (!catalog.serviceById.has(serviceId)) return failed('not_found', 'no such service')
  if (staffId !== undefined && !catalog.staffById.has(staffId)) return failed('not_found', 'no such staff member')
  if (!areRanges(wanted)) return failed('invalid', 'a wanted range ends before it begins')
  const client = await trx.selectFrom('book_clients').select('id').where('id', '=', clientId).executeTakeFirst()
  if (client === undefined) return failed('not_found', 'no such client')
  const id = `wait-${hashOf({ key }).slice(0, 16)}`
  const row = await trx.insertInto('book_waitlist')
    .values({ id, location_id: locationId, client_id: clientId, service_id: serviceId, staff_id: staffId ?? null, wanted: JSON.stringify(wanted), instead_of: insteadOf ?? null, created_at: now, status: 'waiting', source_hash: null, changed_here: true })
    .returningAll().executeTakeFirstOrThrow()
  await recordChange(writing, { kind: 'waitlist', id })
  return ok(toEntry(row), now)
}

/** Changes what becomes of an entry and, with `wanted`, which times it waits for; since when it waits stays. */
export async function setWaitlist(writing: Writing, { id, to, wanted }: { id: string; to: WaitlistEntry['status']; wanted?: WaitlistEntry['wanted'] }): Promise<Outcome<WaitlistEntry>> {
  if (wanted !== undefined && !areRanges(wanted)) return failed('invalid', 'a wanted range ends before it begins')
  const change = { status: to, changed_here: true, ...(wanted === undefined ? {} : { wanted: JSON.stringify(wanted) }) }
  const row = await writing.trx.updateTable('book_waitlist').set(change).where('id', '=', id).returningAll().executeTakeFirst()
  if (row === undefined) return failed('not_found', 'no such waitlist entry')
  await recordChange(writing, { kind: 'waitlist', id })
  return ok(toEntry(row), writing.now)
}

function areRanges(wanted: WaitlistEntry['wanted']): boolean {
  return wanted.every(({ from, to }) => toInstant(from) < toInstant(to))
}
