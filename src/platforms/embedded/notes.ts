import { sql } from 'kysely'
import { failed, ok, type BookingPlatform, type Outcome } from '../booking-platform.ts'
import type { Note } from '../../salon/salon.ts'
import { hashOf } from '../../store/canonical-json.ts'
import type { Db, Trx } from '../../store/open-store.ts'
import { recordChange, type Writing } from './write.ts'

type Subject = { on: 'appointment' | 'client'; id: string }

export const longestNote = 4_000

export function isNote(text: string): boolean {
  return text.trim() !== '' && text.length <= longestNote
}

export async function addNote(writing: Writing, { on, id, text, by }: Subject & { text: string; by: string }): Promise<Outcome<Note>> {
  const { trx, now, key } = writing
  if (!isNote(text)) return failed('invalid', `a note has 1 to ${longestNote} characters`)
  if (!(await exists(trx, { on, id }))) return failed('not_found', `no such ${on}`)
  const note: Note = { id: `note-${hashOf({ key }).slice(0, 16)}`, at: now, by, text }
  await trx.insertInto('book_notes').values({ subject: on, subject_id: id, ...note }).execute()
  await recordChange(writing, { kind: on === 'client' ? 'client' : 'updated', id })
  return ok(note, now)
}

export async function removeNote(writing: Writing, { on, id, noteId }: Subject & { noteId: string }): Promise<Outcome<null>> {
  const { trx, now } = writing
  const { numDeletedRows } = await trx.deleteFrom('book_notes').where('subject', '=', on).where('subject_id', '=', id).where('id', '=', noteId).executeTakeFirst()
  if (numDeletedRows === 0n) return failed('not_found', 'no such note')
  await recordChange(writing, { kind: on === 'client' ? 'client' : 'updated', id })
  return ok(null, now)
}

/** Writes many scores in one statement; unknown appointments are left out of the count. A score is ours, not the salon's: the version stays. */
export async function writeRisk({ db, risks, now }: { db: Db; risks: Parameters<BookingPlatform['writeRisk']>[0]['risks']; now: string }): Promise<Outcome<{ written: number }>> {
  if (risks.some(({ score }) => !(score >= 0 && score <= 1))) return failed('invalid', 'a score is a probability')
  const { numAffectedRows } = await sql`
    update book_appointments set risk_score = r.score, risk_band = r.band, risk_model = r.model, risk_at = r.at
    from json_to_recordset(${JSON.stringify(risks)}::json) as r("appointmentId" text, score double precision, band text, model text, at timestamptz)
    where book_appointments.id = r."appointmentId"`.execute(db)
  return ok({ written: Number(numAffectedRows ?? 0) }, now)
}

async function exists(trx: Trx, { on, id }: Subject): Promise<boolean> {
  return (await trx.selectFrom(on === 'client' ? 'book_clients' : 'book_appointments').select('id').where('id', '=', id).executeTakeFirst()) !== undefined
}
