import { sql } from 'kysely'
import { failed, ok, type AppointmentQuery, type Outcome, type Page } from '../booking-platform.ts'
import type { Appointment, AppointmentEvent, AppointmentHistory } from '../../salon/salon.ts'
import { type Instant, toInstant } from '../../salon/time.ts'
import type { Db } from '../../store/open-store.ts'
import { groupEvents, needsFolding, readNotes, toAppointment, toAppointments } from './appointment-rows.ts'
import { asKnownAt, type StoredEvent } from './fold-events.ts'

const pageSize = { usual: 500, most: 2_000 }

/** Appointments as known at `now` that start in the range. A visit whose move became known later is still at its old time. */
export async function readAppointments({ db, query, now }: { db: Db; query: AppointmentQuery; now: Instant }): Promise<Outcome<Page<Appointment>>> {
  const from = toInstant(query.from)
  const to = toInstant(query.to)
  if (from >= to) return failed('invalid', 'the range ends before it begins')
  const after = query.cursor === undefined ? undefined : readCursor(query.cursor)
  if (query.cursor !== undefined && after === undefined) return failed('invalid', 'not a cursor of this list')
  if (query.locationId !== undefined && !(await hasLocation(db, query.locationId))) return failed('not_found', 'no such location')
  // Found first: nearly always none, and then the range alone is an index away.
  const movedLater = await db.selectFrom('book_events').select('appointment_id').where('kind', '=', 'moved').where('known_at', '>', now).execute()
  let select = db.selectFrom('book_appointments').selectAll().where((where) => {
    const inRange = where.and([where('starts_at', '>=', from), where('starts_at', '<', to)])
    return movedLater.length === 0 ? inRange : where.or([inRange, where('id', '=', sql<string>`any(${movedLater.map((row) => row.appointment_id)})`)])
  })
  if (query.locationId !== undefined) select = select.where('location_id', '=', query.locationId)
  if (query.clientId !== undefined) select = select.where('client_id', '=', query.clientId)
  const found = (await toAppointments({ db, rows: await select.execute(), now }))
    .filter((appointment) => appointment.start >= from && appointment.start < to)
    .filter((appointment) => query.includeCancelled === true || (appointment.status !== 'cancelled' && appointment.status !== 'declined'))
    .filter((appointment) => query.staffId === undefined || appointment.segments.some((segment) => segment.staffId === query.staffId))
    .sort(byStart)
    .filter((appointment) => after === undefined || byStart(appointment, after) > 0)
  const limit = Math.max(1, Math.min(query.limit ?? pageSize.usual, pageSize.most))
  const items = found.slice(0, limit)
  const last = items.at(-1)
  return ok({ items, ...(found.length > limit && last !== undefined && { cursor: writeCursor(last) }) }, now)
}

export async function readAppointment({ db, id, now }: { db: Db; id: string; now: Instant }): Promise<Outcome<Appointment>> {
  const rows = await db.selectFrom('book_appointments').selectAll().where('id', '=', id).execute()
  const [appointment] = await toAppointments({ db, rows, now })
  return appointment === undefined ? failed('not_found', 'no such appointment') : ok(appointment, now)
}

/** Whole lives of appointments as known at `knownBefore` or now, whichever is earlier; by client, then start. Three queries however many clients. */
export async function readHistory({ db, clientIds, knownBefore, now }: { db: Db; clientIds?: string[] | undefined; knownBefore?: Instant | undefined; now: Instant }): Promise<Outcome<AppointmentHistory[]>> {
  const moment = knownBefore !== undefined && toInstant(knownBefore) < now ? toInstant(knownBefore) : now
  let appointments = db.selectFrom('book_appointments').selectAll().where((where) => where.or([where('booked_at', 'is', null), where('booked_at', '<=', moment)]))
  let events = db.selectFrom('book_events').selectAll('book_events').orderBy('known_at').orderBy('at').orderBy('id')
  if (clientIds !== undefined) {
    const these = sql<string>`any(${clientIds})`
    appointments = appointments.where('client_id', '=', these)
    events = events.innerJoin('book_appointments', 'book_appointments.id', 'book_events.appointment_id').where('client_id', '=', these).clearOrderBy().orderBy('book_events.known_at').orderBy('book_events.at').orderBy('book_events.id')
  }
  const [rows, eventRows] = await Promise.all([appointments.orderBy('client_id').orderBy('starts_at').orderBy('id').execute(), events.execute()])
  const eventsOf = groupEvents(eventRows)
  const notes = await readNotes({ db, subject: 'appointment', ids: rows.map((row) => row.id), now: moment })
  return ok(rows.map((row): AppointmentHistory => {
    const all = eventsOf.get(row.id) ?? []
    const stored = toAppointment(row, notes.get(row.id) ?? [], now)
    const appointment = needsFolding(row, moment) ? asKnownAt({ appointment: stored, events: all, now: moment }) : stored
    return { appointment, events: all.filter((event) => event.knownAt <= moment).map(withoutSegments) }
  }), now)
}

function withoutSegments(event: StoredEvent): AppointmentEvent {
  if (event.segmentsBefore === undefined) return event
  const { kind, at, knownAt, by, from, to } = event
  return { kind, at, knownAt, ...(by !== undefined && { by }), ...(from !== undefined && { from }), ...(to !== undefined && { to }) }
}

async function hasLocation(db: Db, id: string): Promise<boolean> {
  return (await db.selectFrom('book_locations').select('id').where('id', '=', id).executeTakeFirst()) !== undefined
}

function byStart(a: { start: string; id: string }, b: { start: string; id: string }): number {
  return a.start < b.start ? -1 : a.start > b.start ? 1 : a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}

function writeCursor({ start, id }: { start: string; id: string }): string {
  return Buffer.from(`${start} ${id}`).toString('base64url')
}

function readCursor(cursor: string): { start: string; id: string } | undefined {
  const match = /^(\S{24}) (.+)$/.exec(Buffer.from(cursor, 'base64url').toString())
  return match?.[1] !== undefined && match[2] !== undefined ? { start: match[1], id: match[2] } : undefined
}
