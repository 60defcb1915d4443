import type { Instant } from '../../salon/time.ts'
import { appendAudit } from '../../store/audit.ts'
import type { Trx } from '../../store/open-store.ts'
import { type BookingPlatform, failed, ok, type Outcome } from '../booking-platform.ts'
import { writeRisk as writeToCopy } from '../embedded/notes.ts'
import { inBackground } from '../kit/budget.ts'
import { vendorKey } from './vendor-key.ts'
import type { MirrorRoom } from './mirror-room.ts'
import { applySeen, refreshVisit } from './refresh.ts'
import { z } from 'zod'

type Risks = Parameters<BookingPlatform['writeRisk']>[0]['risks']

const Risk = z.object({ score: z.number(), band: z.enum(['low', 'medium', 'high']), model: z.string(), at: z.string() })
const NoteToWrite = z.object({ text: z.string(), by: z.string(), at: z.string() })

/** A difference that a person at the platform's screen would not notice is not worth a request. */
const noticeable = 0.05

/** After this many tries, with 1, 2, 4 … minutes between them, it is given up and said so in the audit log. */
const mostTries = 8

/** Keeps scores in the copy at once, and queues those for the platform that differ noticeably from what it has. */
export async function wantRisks({ store, clock }: MirrorRoom, risks: Risks, { toPlatform }: { toPlatform: boolean }): Promise<Outcome<{ written: number }>> {
  const kept = await writeToCopy({ db: store.db, risks, now: clock.now() })
  if (!kept.ok || !toPlatform || risks.length === 0) return kept
  const now = clock.now()
  await store.transaction(async (trx) => {
    const ids = risks.map(({ appointmentId }) => appointmentId)
    const live = new Set((await trx.selectFrom('book_appointments').select('id').where('id', 'in', ids).where('ends_at', '>', now).execute()).map(({ id }) => id))
    const before = new Map((await trx.selectFrom('platform_write_back').select(['subject', 'payload']).where('kind', '=', 'risk').where('subject', 'in', ids).execute()).map((row) => [row.subject, Risk.safeParse(row.payload).data]))
    for (const { appointmentId, score, band, model, at } of risks) {
      const there = before.get(appointmentId)
      if (!live.has(appointmentId) || (there?.band === band && Math.abs(there.score - score) < noticeable)) continue
      await want(trx, { kind: 'risk', subject: appointmentId, id: '', payload: { score, band, model, at }, now })
    }
  })
  return kept
}

/** A note for what the desk did, to be written beside the visit. `id` makes it one note however often it is wanted. */
export function wantNote(trx: Trx, { visitId, id, text, by, now }: { visitId: string; id: string; text: string; by: string; now: Instant }): Promise<void> {
  return want(trx, { kind: 'note', subject: visitId, id, payload: { text, by, at: now }, now })
}

/** A booking of ours that somebody else's lies on and that could not be taken back at once. */
export function wantUndone(trx: Trx, { visitId, now }: { visitId: string; now: Instant }): Promise<void> {
  return want(trx, { kind: 'cancel', subject: visitId, id: '', payload: {}, now })
}

async function want(trx: Trx, { kind, subject, id, payload, now }: { kind: 'risk' | 'note' | 'cancel'; subject: string; id: string; payload: unknown; now: Instant }): Promise<void> {
  const row = { payload: JSON.stringify(payload), wanted_at: now, due_at: now, tries: 0, state: 'wanted' as const, why: null }
  const insert = trx.insertInto('platform_write_back').values({ kind, subject, id, ...row })
  // A newer score takes the place of an older one; a note is wanted once.
  await (kind === 'note' ? insert.onConflict((conflict) => conflict.doNothing()) : insert.onConflict((conflict) => conflict.columns(['kind', 'subject', 'id']).doUpdateSet(row))).execute()
}

/** Writes what is due, at most `atMost` of it, taking back double bookings first. In the background of the account's limit. Answers how many were written. */
export async function workWriteBack(room: MirrorRoom, { atMost = 60 }: { atMost?: number } = {}): Promise<number> {
  const { store, clock } = room
  const rows = await store.db.selectFrom('platform_write_back').selectAll().where('state', '=', 'wanted').where('due_at', '<=', clock.now()).orderBy('kind').orderBy('due_at').limit(atMost).execute()
  let written = 0
  for (const row of rows) {
    const mine = store.db.updateTable('platform_write_back').where('kind', '=', row.kind).where('subject', '=', row.subject).where('id', '=', row.id).where('wanted_at', '=', row.wanted_at).where('tries', '=', row.tries)
    // Counted before it is sent, so that another instance lets it be.
    const later = new Date(Date.parse(clock.now()) + 60_000 * 2 ** row.tries).toISOString()
    const { numUpdatedRows } = await mine.set({ tries: row.tries + 1, due_at: later }).executeTakeFirst()
    if (numUpdatedRows === 0n) continue
    const outcome = await inBackground(() => writeOne(room, row))
    const now = store.db.updateTable('platform_write_back').where('kind', '=', row.kind).where('subject', '=', row.subject).where('id', '=', row.id).where('wanted_at', '=', row.wanted_at)
    if (outcome.ok) {
      written++
      await now.set({ state: 'done' }).execute()
      continue
    }
    if (outcome.error.kind === 'auth' || outcome.error.kind === 'rate_limited') {
      await now.set({ tries: row.tries }).execute()
      return written
    }
    const isHopeless = ['not_found', 'unsupported', 'invalid', 'forbidden', 'policy_blocked'].includes(outcome.error.kind) || row.tries + 1 >= mostTries
    if (!isHopeless) continue
    await store.transaction(async (trx) => {
      const { numUpdatedRows: ended } = await trx.updateTable('platform_write_back').set({ state: 'failed', why: outcome.error.kind }).where('kind', '=', row.kind).where('subject', '=', row.subject).where('id', '=', row.id).where('wanted_at', '=', row.wanted_at).executeTakeFirst()
      // A newer score took its place meanwhile.
      if (ended === 0n) return
      await appendAudit(trx, { at: clock.now(), actor: 'desk', action: 'platform.not_written', subject: `appointment:${row.subject}`, detail: { kind: row.kind, why: outcome.error.kind } })
    })
  }
  return written
}

async function writeOne(room: MirrorRoom, { kind, subject, id, payload }: { kind: 'risk' | 'note' | 'cancel'; subject: string; id: string; payload: unknown }): Promise<Outcome<unknown>> {
  const { adapter, clock } = room
  const now = await refreshVisit(room, subject)
  // Somebody took the double booking out already.
  if (!now.ok) return kind === 'cancel' && now.error.kind === 'not_found' ? ok(null, clock.now()) : now
  const { seen } = now.value
  if (kind === 'risk') return adapter.writeRisk?.({ visit: seen, ...Risk.parse(payload) }) ?? failed('unsupported', 'no place for a score')
  if (kind === 'cancel') {
    if (seen.visit.status === 'cancelled') return ok(null, clock.now())
    const undone = await adapter.cancel?.({ key: vendorKey(`undo:${subject}`), visit: seen, cancelledBy: 'salon', reason: 'double booking' })
    if (undone?.ok === true) await applySeen(room, undone.value)
    return undone ?? failed('unsupported', 'no call to cancel')
  }
  const { text, by, at } = NoteToWrite.parse(payload)
  // Where a note is one line there, its words come back with other spaces between them.
  const words = text.replace(/\s+/g, ' ').trim()
  if (seen.visit.notes.some((note) => note.text === text || note.text === words)) return ok(null, clock.now())
  const noted = await adapter.addVisitNote?.({ key: vendorKey(`note:${subject}:${id}`), visit: seen, text, by, at })
  if (noted?.ok === true) await applySeen(room, noted.value)
  return noted ?? failed('unsupported', 'no place for a note')
}
