import { failed, ok, type Outcome } from '../booking-platform.ts'
import type { Appointment, AppointmentEvent, Segment } from '../../salon/salon.ts'
import { hashOf } from '../../store/canonical-json.ts'
import { toAppointments } from './appointment-rows.ts'
import { checkSlot } from './check-slot.ts'
import { endOf, startOf } from './fold-events.ts'
import { readFormerTimes } from './former-times.ts'
import { claimFormerTime, claimTime, lockStaff, releaseTime } from './occupancy.ts'
import { isNote, longestNote } from './notes.ts'
import { recordChange, type Writing } from './write.ts'

/** Books a slot for a client. */
export async function createAppointment(writing: Writing, { slotId, clientId, note }: { slotId: string; clientId: string; note?: string }): Promise<Outcome<Appointment>> {
  const { trx, catalog, now, key, by } = writing
  const client = await trx.selectFrom('book_clients').select('id').where('id', '=', clientId).executeTakeFirst()
  if (client === undefined) return failed('not_found', 'no such client')
  if (note !== undefined && !isNote(note)) return failed('invalid', `a note has 1 to ${longestNote} characters`)
  const slot = checkSlot({ slotId, catalog, now })
  if ('error' in slot) return slot
  // From the key, so that the same command makes the same appointment.
  const id = `appt-${hashOf({ key }).slice(0, 16)}`
  await trx.insertInto('book_appointments').values({
    id, location_id: slot.locationId, client_id: clientId, ...timesOf(slot.segments), time_known: true, status: 'booked', version: 1,
    booked_at: now, known_through: now, changed_here: true, cancelled_by: null, risk_score: null, risk_band: null, risk_model: null, risk_at: null, overbooked: false, source_hash: null,
  }).execute()
  await claimTime({ trx, catalog, appointmentId: id, segments: slot.segments, now })
  await insertEvent(writing, { appointmentId: id, kind: 'booked' })
  if (note !== undefined) await trx.insertInto('book_notes').values({ subject: 'appointment', subject_id: id, id: `note-${hashOf({ key, note }).slice(0, 16)}`, at: now, by: by ?? 'desk', text: note }).execute()
  await recordChange(writing, { kind: 'created', id })
  return reread(writing, id)
}

/** Moves a visit to a slot for the same services; its old time becomes free. */
export async function moveAppointment(writing: Writing, { id, expectedVersion, slotId }: { id: string; expectedVersion: string; slotId: string }): Promise<Outcome<Appointment>> {
  const { trx, catalog, now } = writing
  const found = await takeAppointment(writing, { id, expectedVersion })
  if (!found.ok) return found
  const before = found.value
  if (!['requested', 'booked', 'confirmed', 'held'].includes(before.status)) return failed('policy_blocked', `a visit that is ${before.status} cannot be moved`)
  const slot = checkSlot({ slotId, catalog, now, moving: before, former: await readFormerTimes({ db: trx, appointmentId: id }) })
  if ('error' in slot) return slot
  if (servicesOf(slot.segments) !== servicesOf(before.segments)) return failed('invalid', 'the slot is for other services than the visit')
  await lockStaff({ trx, staffIds: [...before.segments, ...slot.segments].map((segment) => segment.staffId) })
  await releaseTime({ trx, catalog, appointmentId: id, segments: before.segments })
  const overbooked = slot.goesBack && await claimFormerTime({ trx, catalog, appointmentId: id, segments: slot.segments, now })
  if (!slot.goesBack) await claimTime({ trx, catalog, appointmentId: id, segments: slot.segments, now })
  const segments = slot.segments.map((segment) => keepPreference(segment, before))
  await saveChange(writing, { id, set: { ...timesOf(segments), location_id: slot.locationId, overbooked, time_known: true, status: before.status } })
  await insertEvent(writing, { appointmentId: id, kind: 'moved', from: before.start, to: startOf(segments), segmentsBefore: before.segments })
  await recordChange(writing, { kind: 'updated', id })
  return reread(writing, id)
}

/**
 * The appointment as it is known now, locked for a change. What the book has learned of it for later than now (it was
 * loaded with its whole life, and the clock stands before its end) is dropped: this change begins another life.
 */
export async function takeAppointment({ trx, now }: Writing, { id, expectedVersion }: { id: string; expectedVersion: string }): Promise<Outcome<Appointment>> {
  const rows = await trx.selectFrom('book_appointments').selectAll().where('id', '=', id).forUpdate().execute()
  const [appointment] = await toAppointments({ db: trx, rows, now })
  if (appointment === undefined) return failed('not_found', 'no such appointment')
  if (appointment.version !== expectedVersion) return failed('conflict_version', `changed meanwhile: version ${appointment.version}, expected ${expectedVersion}`)
  return ok(appointment, now)
}

/** Writes a change of an appointment: one version up, marked as changed here, later knowledge dropped. */
export async function saveChange({ trx, now }: Writing, { id, set }: { id: string; set: Record<string, unknown> }): Promise<void> {
  await trx.deleteFrom('book_events').where('appointment_id', '=', id).where('known_at', '>', now).execute()
  await trx.updateTable('book_appointments')
    .set((where) => ({ cancelled_by: null, ...set, version: where('version', '+', 1), known_through: now, changed_here: true }))
    .where('id', '=', id).execute()
}

export async function insertEvent({ trx, now }: Pick<Writing, 'trx' | 'now'>, { appointmentId, kind, by, from, to, segmentsBefore }: { appointmentId: string; segmentsBefore?: Segment[] } & { [field in 'by' | 'from' | 'to']?: AppointmentEvent[field] | undefined } & Pick<AppointmentEvent, 'kind'>): Promise<void> {
  await trx.insertInto('book_events').values({
    appointment_id: appointmentId, kind, at: now, known_at: now, by: by ?? null, from_at: from ?? null, to_at: to ?? null, amount: null,
    segments_before: segmentsBefore === undefined ? null : JSON.stringify(segmentsBefore),
  }).execute()
}

/** The appointment as it stands after the write. */
export async function reread({ trx, now }: Writing, id: string): Promise<Outcome<Appointment>> {
  const rows = await trx.selectFrom('book_appointments').selectAll().where('id', '=', id).execute()
  const [appointment] = await toAppointments({ db: trx, rows, now })
  return appointment === undefined ? failed('not_found', 'no such appointment') : ok(appointment, now)
}

function timesOf(segments: Segment[]): { segments: string; starts_at: string; ends_at: string } {
  return { segments: JSON.stringify(segments), starts_at: startOf(segments), ends_at: endOf(segments) }
}

function servicesOf(segments: Segment[]): string {
  return JSON.stringify(segments.map((segment) => segment.serviceId).sort())
}

/** Somebody the client asked for stays asked for when the move keeps them. */
function keepPreference(segment: Segment, before: Appointment): Segment {
  const was = before.segments.find((old) => old.serviceId === segment.serviceId && old.staffId === segment.staffId)
  return was !== undefined && segment.staffPreference === 'any' ? { ...segment, staffPreference: was.staffPreference } : segment
}
