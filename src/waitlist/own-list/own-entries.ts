import { type Selectable, sql } from 'kysely'
import { failed, ok, type BookingPlatform, type Outcome, type WriteCommand } from '../../platforms/booking-platform.ts'
import { toEntry } from '../../store/waitlist-entry.ts'
import type { WaitlistEntry } from '../../salon/salon.ts'
import { type Instant, toInstant } from '../../salon/time.ts'
import { hashOf } from '../../store/canonical-json.ts'
import type { Db, Store, Trx } from '../../store/open-store.ts'
import type { Tables } from '../../store/tables.ts'

type Row = Selectable<Tables['own_waitlist']>
export type AddCommand = Parameters<BookingPlatform['waitlistAdd']>[0]
export type SetCommand = Parameters<BookingPlatform['waitlistSet']>[0]
export type WaitlistQuery = Parameters<BookingPlatform['waitlist']>[0]

/** An entry of ours; `mirrorId` is the platform's name for it, where its list has it too. */
export type OwnEntry = { entry: WaitlistEntry; mirrorId?: string }

/** Who waits on our own list, first come first; with `ids`, those whatever became of them. */
export async function readOwnEntries(db: Db, { ids, locationId, serviceId, now }: WaitlistQuery & { now: Instant }): Promise<OwnEntry[]> {
  let query = db.selectFrom('own_waitlist').selectAll().where('created_at', '<=', now)
  query = ids === undefined ? query.where('status', '=', 'waiting') : query.where('id', '=', sql<string>`any(${ids})`)
  if (locationId !== undefined) query = query.where('location_id', '=', locationId)
  if (serviceId !== undefined) query = query.where('service_id', '=', serviceId)
  return (await query.orderBy('created_at').orderBy('id').execute()).map(toOwnEntry)
}

/** Whether anybody waits on our own list at all. */
export async function isOwnListEmpty(db: Db): Promise<boolean> {
  return (await db.selectFrom('own_waitlist').select('id').where('status', '=', 'waiting').limit(1).executeTakeFirst()) === undefined
}

/** The first outcome of a command whose key was used already; `invalid` when it was another command. */
export async function firstOutcome(db: Db | Trx, { operation, command }: { operation: string; command: WriteCommand }): Promise<Outcome<WaitlistEntry> | undefined> {
  const row = await db.selectFrom('own_waitlist_journal').select(['command_hash', 'outcome']).where('key', '=', command.key).executeTakeFirst()
  if (row === undefined) return undefined
  return row.command_hash === hashOf({ operation, command }) ? row.outcome as Outcome<WaitlistEntry> : failed('invalid', 'this key was used for another command')
}

/** Adds an entry, once per key; with `mirror` the platform's list is to have it too, from `now` on. The caller has looked that the client and the rest exist. */
export function addOwnEntry({ store, command, mirror, now }: { store: Store; command: AddCommand; mirror: boolean; now: Instant }): Promise<Outcome<WaitlistEntry>> {
  return once(store, { operation: 'waitlistAdd', command, now }, async (trx) => {
    const { key, locationId, clientId, serviceId, staffId, wanted, insteadOf } = command
    const row = await trx.insertInto('own_waitlist').values({
      id: `own-${hashOf({ key }).slice(0, 16)}`, location_id: locationId, client_id: clientId, service_id: serviceId, staff_id: staffId ?? null, wanted: JSON.stringify(wanted), instead_of: insteadOf ?? null, created_at: now, status: 'waiting',
      mirror: mirror ? 'wanted' : 'none', mirror_command: mirror ? JSON.stringify({ ...command, key: `${key}:mirror` }) : null, mirror_id: null, mirror_due_at: mirror ? now : null, mirror_why: null,
    }).returningAll().executeTakeFirstOrThrow()
    return ok(toEntry(row), now)
  })
}

/**
 * Changes one, once per key. Whoever left before the platform's list had them is not added there any more, and is when
 * they come back; other times reach it while nothing was sent (the same key must always say the same).
 */
export function setOwnEntry({ store, command, now }: { store: Store; command: SetCommand; now: Instant }): Promise<Outcome<WaitlistEntry>> {
  return once(store, { operation: 'waitlistSet', command, now }, async (trx) => {
    const { id, to, wanted } = command
    if (wanted !== undefined && !areRanges(wanted)) return failed('invalid', 'a wanted range ends before it begins')
    const row = await trx.updateTable('own_waitlist').set({ status: to, ...(wanted === undefined ? {} : { wanted: JSON.stringify(wanted) }) }).where('id', '=', id).returningAll().executeTakeFirst()
    if (row === undefined) return failed('not_found', 'no such waitlist entry')
    const mirror = trx.updateTable('own_waitlist').where('id', '=', id)
    if (to !== 'waiting') await mirror.set({ mirror: 'none', mirror_due_at: null, mirror_why: 'left' }).where('mirror', '=', 'wanted').execute()
    else await mirror.set({ mirror: 'wanted', mirror_due_at: now, mirror_why: null }).where('mirror', '=', 'none').where('mirror_why', '=', 'left').execute()
    if (wanted !== undefined) await mirror.set({ mirror_command: sql`jsonb_set(mirror_command, '{wanted}', ${JSON.stringify(wanted)}::jsonb)` }).where('mirror_command', 'is not', null).where('mirror_tries', '=', 0).execute()
    return ok(toEntry(row), now)
  })
}

export function areRanges(wanted: WaitlistEntry['wanted']): boolean {
  return wanted.every(({ from, to }) => toInstant(from) < toInstant(to))
}

/** Runs a command in one transaction with its line in the journal; of two at once the second waits and hears the first one's outcome. */
function once(store: Store, { operation, command, now }: { operation: string; command: WriteCommand; now: Instant }, apply: (trx: Trx) => Promise<Outcome<WaitlistEntry>>): Promise<Outcome<WaitlistEntry>> {
  return store.transaction(async (trx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`own waitlist ${command.key}`}, 0))`.execute(trx)
    const first = await firstOutcome(trx, { operation, command })
    if (first !== undefined) return first
    const outcome = await apply(trx)
    await trx.insertInto('own_waitlist_journal').values({ key: command.key, command_hash: hashOf({ operation, command }), outcome: JSON.stringify(outcome), at: now }).execute()
    return outcome
  })
}

function toOwnEntry(row: Row): OwnEntry {
  return { entry: toEntry(row), ...(row.mirror_id !== null && { mirrorId: row.mirror_id }) }
}
