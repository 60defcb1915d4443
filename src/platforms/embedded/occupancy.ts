import { sql } from 'kysely'
import { DeskError } from '../../salon/errors.ts'
import { liveStatuses, type Segment } from '../../salon/salon.ts'
import type { Instant } from '../../salon/time.ts'
import type { Db, Trx } from '../../store/open-store.ts'
import { toAppointments } from './appointment-rows.ts'
import { type BookCatalog, lineOf } from './read-catalog.ts'
import { fromChair, instantOf, lineLength, occupiedStretches, overlap, seconds, type Span, type Stretch, subtract, toChair } from './stretches.ts'

const line = sql.lit(lineLength)

/** When each of the staff members is busy between two seconds, as the book is known at `now`; the appointment `except` does not count. */
export async function readBusy({ db, catalog, staffIds, span, now, except }: { db: Db | Trx; catalog: BookCatalog; staffIds: string[]; span: Span; now: Instant; except?: string | undefined }): Promise<Map<string, Span[]>> {
  const busy = new Map<string, Span[]>(staffIds.map((id) => [id, []]))
  const lines = staffIds.flatMap((id) => catalog.staffNumbers.get(id) ?? []).map((number) => toChair(span, number))
  const { rows } = await sql<{ appointment_id: string; lower: number; upper: number }>`
    select appointment_id, lower(chair) as lower, upper(chair) as upper
    from unnest(${lines}::int8range[]) as wanted join book_occupied on chair && wanted`.execute(db)
  for (const row of rows) {
    const { staffNumber, from, to } = fromChair(row)
    if (row.appointment_id !== except) busy.get(catalog.staffByNumber.get(staffNumber) ?? '')?.push({ from, to })
  }
  for (const stretch of await readUndone({ db, catalog, span, now, except })) busy.get(stretch.staffId)?.push(stretch)
  for (const spans of busy.values()) spans.sort((a, b) => a.from - b.from)
  return busy
}

/**
 * Takes the time of the segments for the appointment. The constraint of book_occupied decides; the lock on the staff
 * members' rows only puts writers in line, so that two of them wait for instead of dead-locking each other.
 * Throws the constraint's violation (SQLSTATE 23P01), or `DeskError('conflict')` for time that is taken as the book is known at `now`.
 */
export async function claimTime({ trx, catalog, appointmentId, segments, now }: { trx: Trx; catalog: BookCatalog; appointmentId: string; segments: Segment[]; now: Instant }): Promise<void> {
  const stretches = occupiedStretches({ segments, services: catalog.serviceById })
  if (stretches.length === 0) return
  await lockStaff({ trx, staffIds: stretches.map((stretch) => stretch.staffId) })
  if (await clashesUndone({ db: trx, catalog, stretches, now, except: appointmentId })) throw new DeskError('conflict', { message: 'the time is taken' })
  await insertChairs({ trx, catalog, appointmentId, stretches })
}

/**
 * Takes the time of a place where the visit was before. What was loaded there and not touched since lay there together
 * with it, and may again: the visit then gets what is free, as when it was loaded. Answers whether that was less than all.
 * Throws as `claimTime` does when something that was booked or changed here is in the way.
 */
export async function claimFormerTime({ trx, catalog, appointmentId, segments, now }: { trx: Trx; catalog: BookCatalog; appointmentId: string; segments: Segment[]; now: Instant }): Promise<boolean> {
  if (!await isFormerTimeFree({ db: trx, catalog, appointmentId, segments, now })) throw new DeskError('conflict', { message: 'the time is taken' })
  return claimWhatIsFree({ trx, catalog, appointmentId, segments })
}

/** Takes what is free of the segments' time, for a visit that is there whether or not we like it; answers whether that was less than all. */
export async function claimWhatIsFree({ trx, catalog, appointmentId, segments }: { trx: Trx; catalog: BookCatalog; appointmentId: string; segments: Segment[] }): Promise<boolean> {
  let overbooked = false
  for (const stretch of occupiedStretches({ segments, services: catalog.serviceById })) {
    const taken = await readChairs({ trx, catalog, stretch })
    overbooked ||= taken.length > 0
    await insertChairs({ trx, catalog, appointmentId, stretches: subtract(stretch, taken).map(({ from, to }) => ({ staffId: stretch.staffId, from, to })) })
  }
  return overbooked
}

/** Whether nothing but what was loaded and never touched here is in the way of the visit's former time. */
export async function isFormerTimeFree({ db, catalog, appointmentId, segments, now }: { db: Db | Trx; catalog: BookCatalog; appointmentId: string; segments: Segment[]; now: Instant }): Promise<boolean> {
  const stretches = occupiedStretches({ segments, services: catalog.serviceById })
  const lines = stretches.map((stretch) => toChair(stretch, lineOf(catalog, stretch.staffId)))
  const { rows } = await sql`
    select 1 from unnest(${lines}::int8range[]) as wanted join book_occupied on chair && wanted join book_appointments on id = appointment_id
    where changed_here and id <> ${appointmentId} limit 1`.execute(db)
  return rows.length === 0 && !await clashesUndone({ db, catalog, stretches, now, except: appointmentId })
}

async function clashesUndone({ db, catalog, stretches, now, except }: { db: Db | Trx; catalog: BookCatalog; stretches: Stretch[]; now: Instant; except: string }): Promise<boolean> {
  const undone = await readUndone({ db, catalog, span: spanOf(stretches), now, except })
  return undone.some((taken) => stretches.some((wanted) => wanted.staffId === taken.staffId && overlap(wanted, taken)))
}

/** Gives the appointment's time back (only what is left of it after `from`, if given), then lets appointments that were loaded on top of it have it. */
export async function releaseTime({ trx, catalog, appointmentId, segments, from = 0 }: { trx: Trx; catalog: BookCatalog; appointmentId: string; segments: Segment[]; from?: number }): Promise<void> {
  const stretches = occupiedStretches({ segments, services: catalog.serviceById })
  await lockStaff({ trx, staffIds: stretches.map((stretch) => stretch.staffId) })
  await trx.updateTable('book_occupied').set({ chair: sql<string>`int8range(lower(chair), lower(chair) - lower(chair) % ${line} + ${sql.lit(from)})` })
    .where('appointment_id', '=', appointmentId).where(sql<boolean>`lower(chair) % ${line} < ${sql.lit(from)} and upper(chair) % ${line} > ${sql.lit(from)}`).execute()
  await trx.deleteFrom('book_occupied').where('appointment_id', '=', appointmentId).where(sql<boolean>`lower(chair) % ${line} >= ${sql.lit(from)}`).execute()
  if (stretches.length === 0) return
  const span = spanOf(stretches)
  const on = await trx.selectFrom('book_appointments').select(['id', 'segments']).where('overbooked', '=', true).where('id', '<>', appointmentId).where('status', 'not in', ['cancelled', 'declined'])
    .where('starts_at', '<', instantOf(span.to)).where('ends_at', '>', instantOf(span.from)).orderBy('id').execute()
  for (const other of on) {
    const wanted = occupiedStretches({ segments: other.segments, services: catalog.serviceById }).filter((stretch) => stretches.some((freed) => freed.staffId === stretch.staffId && overlap(freed, stretch)))
    for (const stretch of wanted) {
      const taken = (await readChairs({ trx, catalog, stretch })).sort((a, b) => a.from - b.from)
      await insertChairs({ trx, catalog, appointmentId: other.id, stretches: subtract(stretch, taken).map(({ from, to }) => ({ staffId: stretch.staffId, from, to })) })
    }
  }
}

function spanOf(stretches: Stretch[]): Span {
  return { from: Math.min(...stretches.map(({ from }) => from)), to: Math.max(...stretches.map(({ to }) => to)) }
}

async function readChairs({ trx, catalog, stretch }: { trx: Trx; catalog: BookCatalog; stretch: Stretch }): Promise<Span[]> {
  const wanted = toChair(stretch, lineOf(catalog, stretch.staffId))
  const { rows } = await sql<{ lower: number; upper: number }>`select lower(chair) as lower, upper(chair) as upper from book_occupied where chair && ${wanted}::int8range`.execute(trx)
  return rows.map(fromChair)
}

async function insertChairs({ trx, catalog, appointmentId, stretches }: { trx: Trx; catalog: BookCatalog; appointmentId: string; stretches: Stretch[] }): Promise<void> {
  if (stretches.length === 0) return
  await trx.insertInto('book_occupied').values(stretches.map((stretch) => ({ appointment_id: appointmentId, chair: toChair(stretch, lineOf(catalog, stretch.staffId)) }))).execute()
}

/** Puts writers in line; a write that needs several people asks for all of them at once, in one order. */
export async function lockStaff({ trx, staffIds }: { trx: Trx; staffIds: string[] }): Promise<void> {
  await trx.selectFrom('book_staff').select('number').where('id', '=', sql<string>`any(${staffIds})`).orderBy('number').forUpdate().execute()
}

/** Time of visits that, as far as is known at `now`, are still on, although the book has already learned that they were moved or cancelled. */
async function readUndone({ db, catalog, span, now, except }: { db: Db | Trx; catalog: BookCatalog; span: Span; now: Instant; except?: string | undefined }): Promise<Stretch[]> {
  const rows = await db.selectFrom('book_appointments').selectAll()
    .where('id', 'in', (where) => where.selectFrom('book_events').select('appointment_id').where('kind', 'in', ['moved', 'cancelled']).where('known_at', '>', now))
    .where((where) => where.or([where('status', '<>', 'cancelled'), where.and([where('starts_at', '<', instantOf(span.to)), where('ends_at', '>', instantOf(span.from))])]))
    .execute()
  if (rows.length === 0) return []
  return (await toAppointments({ db, rows, now }))
    .filter((appointment) => appointment.id !== except && liveStatuses.includes(appointment.status) && seconds(appointment.start) < span.to && seconds(appointment.end) > span.from)
    .flatMap((appointment) => occupiedStretches({ segments: appointment.segments, services: catalog.serviceById }))
}
