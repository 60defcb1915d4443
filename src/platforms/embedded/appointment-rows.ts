import { type Selectable, sql } from 'kysely'
import type { Appointment, Note } from '../../salon/salon.ts'
import type { Instant } from '../../salon/time.ts'
import type { Db, Trx } from '../../store/open-store.ts'
import type { Tables } from '../../store/tables.ts'
import { asKnownAt, type StoredEvent } from './fold-events.ts'

export type AppointmentRow = Selectable<Tables['book_appointments']>
type EventRow = Selectable<Tables['book_events']>

/**
 * Turns rows into appointments as they were known at `now`, in the order of `rows`; those booked later are left out.
 * Events are read only for rows that something became known of after `now`; notes for all, in one query.
 */
export async function toAppointments({ db, rows, now }: { db: Db | Trx; rows: AppointmentRow[]; now: Instant }): Promise<Appointment[]> {
  const known = rows.filter((row) => row.booked_at === null || row.booked_at <= now)
  const changedLater = known.filter((row) => needsFolding(row, now)).map((row) => row.id)
  const events = changedLater.length === 0 ? new Map<string, StoredEvent[]>() : await readEvents({ db, appointmentIds: changedLater })
  const notes = await readNotes({ db, subject: 'appointment', ids: known.map((row) => row.id), now })
  return known.map((row) => {
    const appointment = toAppointment(row, notes.get(row.id) ?? [], now)
    return needsFolding(row, now) ? asKnownAt({ appointment, events: events.get(row.id) ?? [], now }) : appointment
  })
}

/** Whether the row may say more than was known at `now`. */
export function needsFolding(row: Pick<AppointmentRow, 'known_through' | 'starts_at'>, now: Instant): boolean {
  return (row.known_through !== null && row.known_through > now) || row.starts_at > now
}

/** Events by appointment, each in the order in which they became known. */
async function readEvents({ db, appointmentIds }: { db: Db | Trx; appointmentIds: string[] }): Promise<Map<string, StoredEvent[]>> {
  const rows = await db.selectFrom('book_events').selectAll().where('appointment_id', '=', sql<string>`any(${appointmentIds})`).orderBy('known_at').orderBy('at').orderBy('id').execute()
  return groupEvents(rows)
}

export function groupEvents(rows: EventRow[]): Map<string, StoredEvent[]> {
  const events = new Map<string, StoredEvent[]>()
  for (const row of rows) {
    const list = events.get(row.appointment_id)
    if (list === undefined) events.set(row.appointment_id, [toEvent(row)])
    else list.push(toEvent(row))
  }
  return events
}

/** Notes by what they are on, oldest first; those written after `now` are left out. */
export async function readNotes({ db, subject, ids, now }: { db: Db | Trx; subject: 'client' | 'appointment'; ids: string[]; now: Instant }): Promise<Map<string, Note[]>> {
  if (ids.length === 0) return new Map()
  const rows = await db.selectFrom('book_notes').selectAll().where('subject', '=', subject).where('subject_id', '=', sql<string>`any(${ids})`).where('at', '<=', now).orderBy('at').orderBy('id').execute()
  const notes = new Map<string, Note[]>()
  for (const { subject_id, id, at, by, text } of rows) notes.set(subject_id, [...(notes.get(subject_id) ?? []), { id, at, by, text }])
  return notes
}

export function toAppointment(row: AppointmentRow, notes: Note[], now: Instant): Appointment {
  return {
    id: row.id,
    locationId: row.location_id,
    clientId: row.client_id,
    segments: row.segments,
    start: row.starts_at,
    end: row.ends_at,
    timeKnown: row.time_known,
    status: row.status,
    version: String(row.version),
    ...(row.booked_at !== null && { bookedAt: row.booked_at }),
    ...(row.cancelled_by !== null && { cancelledBy: row.cancelled_by }),
    notes,
    ...(row.risk_score !== null && row.risk_band !== null && row.risk_at !== null && row.risk_model !== null
      && { risk: { score: row.risk_score, band: row.risk_band, at: row.risk_at, model: row.risk_model } }),
    fetchedAt: row.seen_at ?? now,
  }
}

function toEvent(row: EventRow): StoredEvent {
  return {
    kind: row.kind,
    at: row.at,
    knownAt: row.known_at,
    ...(row.by !== null && { by: row.by }),
    ...(row.from_at !== null && { from: row.from_at }),
    ...(row.to_at !== null && { to: row.to_at }),
    ...(row.amount !== null && { amount: row.amount }),
    ...(row.segments_before !== null && { segmentsBefore: row.segments_before }),
  }
}
