import { sql } from 'kysely'
import { type Appointment, type AppointmentEvent, type AppointmentStatus, liveStatuses, type Segment } from '../../salon/salon.ts'
import { someStaff } from '../../salon/stand-ins.ts'
import type { Instant } from '../../salon/time.ts'
import { hashOf } from '../../store/canonical-json.ts'
import type { Store, Trx } from '../../store/open-store.ts'
import { type AppointmentRow } from '../embedded/appointment-rows.ts'
import { eventRows } from '../embedded/book-rows.ts'
import { insertEvent } from '../embedded/book-appointment.ts'
import { bulkInsert } from '../embedded/bulk-insert.ts'
import { claimWhatIsFree, lockStaff, releaseTime } from '../embedded/occupancy.ts'
import { occupyLoaded } from '../embedded/occupy-loaded.ts'
import type { BookCatalog } from '../embedded/read-catalog.ts'
import { recordChange } from '../embedded/write.ts'
import type { SeenVisit } from '../platform-adapter.ts'
import { applyClients, replaceNotes } from './apply-clients.ts'
import { ensurePlaces, nobody } from './ensure-places.ts'
import { withExpected } from './expected.ts'
import { lifeOf } from './life-of.ts'
import { noteOverbooked } from './overbooked.ts'

/** What a reading changed in the copy: nothing, because it is the same or older than what is there, or what; `over`: its time is, and nothing else. */
export type Applied = { id: string; did: 'added' | 'moved' | 'changed' | 'over' | 'noted' | 'nothing'; /** Live visits of the same person that it lies on now, and did not before. */ liesOn?: string[] }

/** A change of ours, so that it is recognised: its key, who decided, and what only we know (that the client cancelled). */
export type OwnChange = { key: string; by?: string | undefined; cancelledBy?: 'client' | 'salon'; /** What the desk keeps of the visit (a client's yes) outlasts this move: it is ours. */ keepsStatus?: boolean }

/**
 * Puts visits as the platform told them into the copy, in the caller's transaction. A visit that was asked for earlier than
 * what is there is older news and changes nothing (F41). What a person would notice (time, people, status) gives it a new
 * version, an event in its life and a line in the feed, once; what is the same changes nothing. With `quiet` (a first
 * reading) the feed hears nothing, and nobody is told of visits that lie on each other. `own` gives the line the key of our own
 * change (F42). A visit without a client that somebody was asked to book by hand is its client's (`withExpected`). Where the platform has a directory of clients, what a visit tells of somebody is only used while nothing better is known.
 */
export async function applyVisits({ trx, store, seen, now, quiet = false, own, hasDirectory = false }: { trx: Trx; store: Store; seen: SeenVisit[]; now: Instant; quiet?: boolean; own?: OwnChange | undefined; hasDirectory?: boolean }): Promise<Applied[]> {
  const visits = [...new Map(seen.map((one) => [one.visit.id, complete(one)])).values()].sort((a, b) => (a.visit.id < b.visit.id ? -1 : 1))
  if (visits.length === 0) return []
  const catalog = await ensurePlaces({ trx, seen: visits })
  if (catalog === undefined) return []
  await applyClients({ trx, store, catalog, clients: visits.flatMap(({ client }) => client ?? []), now, quiet: true, onlyUnknown: hasDirectory })
  await ensureClients({ trx, store, visits })
  // Two readings of a visit that is not here yet (its webhook, and the answer to our booking it) are put in line.
  await sql`select pg_advisory_xact_lock(hashtextextended(id, 10)) from unnest(${visits.map(({ visit }) => visit.id)}::text[]) as wanted(id)`.execute(trx)
  const rows = new Map((await trx.selectFrom('book_appointments').selectAll().where('id', '=', sql<string>`any(${visits.map(({ visit }) => visit.id)})`).orderBy('id').forNoKeyUpdate().execute()).map((row) => [row.id, row]))
  const placed = (await withExpected({ trx, catalog, visits, known: new Set(rows.keys()), now })).map((one) => atOnlyLocation(one, catalog)).filter(({ visit }) => catalog.locationById.has(visit.locationId))
  const fresh = placed.filter(({ visit }) => !rows.has(visit.id))
  const crowded = await insertFresh({ trx, catalog, fresh, now, own })
  const applied: Applied[] = fresh.map(({ visit }) => ({ id: visit.id, did: 'added' }))
  const same: SeenVisit[] = []
  for (const one of placed) {
    const row = rows.get(one.visit.id)
    if (row !== undefined) applied.push(await updateRow({ trx, catalog, row, one, now, own, crowded, same }))
  }
  await markSeen(trx, same)
  if (!quiet) for (const { id, did } of applied) await tell({ trx, now, id, did, row: rows.get(id), one: placed.find(({ visit }) => visit.id === id), own })
  // Of our own changes whoever makes them sees to that.
  const lying = quiet || own !== undefined ? new Map<string, string[]>() : await noteOverbooked({ trx, ids: [...crowded], now })
  for (const one of applied) {
    const others = lying.get(one.id)
    if (others !== undefined) one.liesOn = others
  }
  return applied
}

/** A visit with somebody for everything: without a client or a staff member it has stand-ins. */
function complete(one: SeenVisit): SeenVisit {
  const segments = one.visit.segments.map((segment) => (segment.staffId === '' ? { ...segment, staffId: someStaff } : segment))
  return { ...one, visit: { ...one.visit, segments, clientId: one.visit.clientId === '' ? nobody : one.visit.clientId } }
}

/** Of a salon with one shop a visit that says no place is there. */
function atOnlyLocation(one: SeenVisit, { locations }: BookCatalog): SeenVisit {
  const [only] = locations
  return one.visit.locationId !== '' || only === undefined || locations.length > 1 ? one : { ...one, visit: { ...one.visit, locationId: only.id } }
}

/** Visits can name a client whom the directory does not give (yet): somebody without a name or a number, until it does. */
async function ensureClients({ trx, store, visits }: { trx: Trx; store: Store; visits: SeenVisit[] }): Promise<void> {
  const named = [...new Set(visits.map(({ visit }) => visit.clientId))].sort()
  const here = new Set((await trx.selectFrom('book_clients').select('id').where('id', '=', sql<string>`any(${named})`).execute()).map(({ id }) => id))
  const ids = named.filter((id) => !here.has(id))
  if (ids.length === 0) return
  const values = ids.map((id) => ({
    id, first_name: id === nobody ? 'Walk-in' : 'Unknown', last_name: id === nobody ? '' : 'client', name_key: id === nobody ? 'walk in' : 'unknown client', contact_sealed: store.seal.seal('{"phones":[]}'), language: null, birthday: null,
    consent: JSON.stringify({ sms: 'unknown', email: 'unknown' }), tags: '[]', holdings: '[]', created_at: null, source_hash: null, changed_here: false,
  }))
  await trx.insertInto('book_clients').values(values).onConflict((conflict) => conflict.column('id').doNothing()).execute()
}

/** Answers which of them part of the time was taken of already. */
async function insertFresh({ trx, catalog, fresh, now, own }: { trx: Trx; catalog: BookCatalog; fresh: SeenVisit[]; now: Instant; own: OwnChange | undefined }): Promise<Set<string>> {
  if (fresh.length === 0) return new Set()
  await lockStaff({ trx, staffIds: staffOf(fresh.flatMap(({ visit }) => visit.segments)) })
  const { overbooked, chairs } = await occupyLoaded({ trx, catalog, appointments: fresh.map(({ visit }) => visit) })
  const lives = fresh.map((one) => ({ appointment: one.visit, events: lifeOf(one, now) }))
  await bulkInsert({ trx, table: 'book_appointments', rows: fresh.map((one) => ({
    id: one.visit.id, location_id: one.visit.locationId, client_id: one.visit.clientId, segments: one.visit.segments, starts_at: one.visit.start, ends_at: one.visit.end, time_known: one.visit.timeKnown,
    status: one.visit.status, version: 1, booked_at: bookedAt(one.visit, now), cancelled_by: cancelledBy(one.visit, own), overbooked: overbooked.has(one.visit.id), known_through: lifeOf(one, now).map(({ knownAt }) => knownAt).sort().at(-1) ?? null,
    changed_here: false, ...sourceOf(one),
  })) })
  await bulkInsert({ trx, table: 'book_events', rows: lives.flatMap(eventRows) })
  await bulkInsert({ trx, table: 'book_occupied', rows: chairs })
  await replaceNotes(trx, { subject: 'appointment', of: fresh.map(({ visit }) => visit) })
  return overbooked
}

async function updateRow({ trx, catalog, row, one, now, own, crowded, same }: { trx: Trx; catalog: BookCatalog; row: AppointmentRow; one: SeenVisit; now: Instant; own: OwnChange | undefined; crowded: Set<string>; /** Filled with what is as it was. */ same: SeenVisit[] }): Promise<Applied> {
  const { visit } = one
  if (isOlder(row, one)) return { id: row.id, did: 'nothing' }
  const moved = sameWork(row.segments) !== sameWork(visit.segments) || row.location_id !== visit.locationId
  const status = statusNow(row, one, moved && own?.keepsStatus !== true)
  const changed = moved || status !== row.status || row.client_id !== visit.clientId
  const source = sourceOf(one)
  const noted = row.source_hash !== source.source_hash
  const set = { ...source, ...(changed && { version: row.version + 1 }) }
  if (!changed) {
    same.push(one)
    if (noted) await replaceNotes(trx, { subject: 'appointment', of: [visit] })
    return { id: row.id, did: noted ? 'noted' : 'nothing' }
  }
  const wasThere = row.status !== 'cancelled' && row.status !== 'declined'
  const isThere = status !== 'cancelled' && status !== 'declined'
  let { overbooked } = row
  if (moved || wasThere !== isThere) await lockStaff({ trx, staffIds: staffOf([...row.segments, ...visit.segments]) })
  if (wasThere && (moved || !isThere)) await releaseTime({ trx, catalog, appointmentId: row.id, segments: row.segments })
  if (isThere && (moved || !wasThere)) {
    overbooked = await claimWhatIsFree({ trx, catalog, appointmentId: row.id, segments: visit.segments })
    if (overbooked) crowded.add(row.id)
  }
  const events = eventsOf({ row, one, status, moved, now })
  await trx.updateTable('book_appointments').set({
    ...set, location_id: visit.locationId, client_id: visit.clientId, segments: JSON.stringify(visit.segments), starts_at: visit.start, ends_at: visit.end, time_known: visit.timeKnown,
    status, cancelled_by: status === 'cancelled' ? cancelledBy(visit, own) ?? 'unknown' : null, overbooked: isThere && overbooked, known_through: now,
  }).where('id', '=', row.id).execute()
  for (const { kind, by, from, to } of events) await insertEvent({ trx, now }, { appointmentId: row.id, kind, by: kind === 'cancelled' ? cancelledBy(visit, own) ?? by : by, from, to, ...(kind === 'moved' && { segmentsBefore: row.segments }) })
  if (noted) await replaceNotes(trx, { subject: 'appointment', of: [visit] })
  return { id: row.id, did: moved ? 'moved' : status === 'completed' ? 'over' : 'changed' }
}

/** That these were asked for, and are as they were: nearly all of every poll, so in one statement. */
async function markSeen(trx: Trx, seen: SeenVisit[]): Promise<void> {
  if (seen.length === 0) return
  const rows = seen.map((one) => ({ id: one.visit.id, ...sourceOf(one) }))
  await sql`
    update book_appointments as here set seen_at = there.seen_at, source_version = there.source_version, source_status = there.source_status, source_hash = there.source_hash
    from json_to_recordset(${JSON.stringify(rows)}::json) as there(id text, seen_at timestamptz, source_version text, source_status text, source_hash text) where here.id = there.id`.execute(trx)
}

/** Older news: asked for before what is here, or of an earlier version where versions are numbers. */
function isOlder(row: AppointmentRow, { visit }: SeenVisit): boolean {
  if (row.seen_at !== null && visit.fetchedAt < row.seen_at) return true
  const [here, there] = [Number(row.source_version), Number(visit.version)]
  return row.source_version !== null && Number.isInteger(here) && Number.isInteger(there) && there < here
}

/**
 * The status that counts. What the desk keeps itself (a client's yes, on a platform that has no "confirmed") lasts as long as
 * the platform says the same of the visit as it did then and it was not moved. That its time is over, which is all that some
 * platforms know, says nothing against a no-show of the desk's own; one that the platform told and takes back is none.
 */
function statusNow(row: AppointmentRow, { visit: { status: there }, byTime = false }: SeenVisit, moved: boolean): AppointmentStatus {
  if (byTime && row.status === 'no_show' && row.source_status !== 'no_show' && !moved) return row.status
  return there === row.source_status && !moved ? row.status : there
}

function eventsOf({ row, one: { visit }, status, moved, now }: { row: AppointmentRow; one: SeenVisit; status: AppointmentStatus; moved: boolean; now: Instant }): AppointmentEvent[] {
  const known = ['confirmed', 'arrived', 'completed', 'cancelled', 'no_show', 'booked'] as const
  const kind = known.find((one) => one === status)
  const stepped = status !== row.status && kind !== undefined
  return [
    ...(moved ? [{ kind: 'moved' as const, at: now, knownAt: now, from: row.starts_at, to: visit.start }] : []),
    ...(stepped ? [{ kind, at: now, knownAt: now, ...(kind === 'cancelled' && { by: visit.cancelledBy ?? 'unknown' as const }) }] : []),
  ]
}

async function tell({ trx, now, id, did, row, one, own }: { trx: Trx; now: Instant; id: string; did: Applied['did']; row: AppointmentRow | undefined; one: SeenVisit | undefined; own: OwnChange | undefined }): Promise<void> {
  if (did === 'nothing' || one === undefined) return
  const { status } = one.visit
  // A visit that is over already when it is first seen is no news to anybody.
  if (did === 'added' && !liveStatuses.includes(status)) return
  const kind = did === 'added' ? 'created' : status === 'cancelled' && row?.status !== 'cancelled' ? 'cancelled' : status === 'no_show' && row?.status !== 'no_show' ? 'no_show' : 'updated'
  await recordChange({ trx, now, key: own?.key ?? null, by: own?.by }, { kind, id })
}

/** The platform's side of a row. The hash covers what is not compared by itself: notes. */
function sourceOf({ visit }: SeenVisit): { seen_at: Instant; source_version: string; source_status: AppointmentStatus; source_hash: string } {
  return { seen_at: visit.fetchedAt, source_version: visit.version, source_status: visit.status, source_hash: hashOf(visit.notes) }
}

function cancelledBy(visit: Appointment, own: OwnChange | undefined): 'client' | 'salon' | 'unknown' | null {
  return visit.status === 'cancelled' ? own?.cancelledBy ?? visit.cancelledBy ?? 'unknown' : null
}

/** The platform's clock may be ahead of ours; what it just booked is there now, not in a few seconds. */
function bookedAt(visit: Appointment, now: Instant): Instant | null {
  return visit.bookedAt === undefined ? null : visit.bookedAt < now ? visit.bookedAt : now
}

/** Whose chairs are concerned: locked before anybody looks what is free, so that two readings at once do not both take it. */
function staffOf(segments: Segment[]): string[] {
  return [...new Set(segments.map(({ staffId }) => staffId))]
}

function sameWork(segments: Segment[]): string {
  return JSON.stringify(segments.map(({ serviceId, staffId, start, durationMin }) => [serviceId, staffId, start, durationMin]))
}
