import type { Client } from '../../salon/salon.ts'
import { type Instant, localDate, localTime, type Zone } from '../../salon/time.ts'
import { ok, type Outcome } from '../booking-platform.ts'
import type { ZenotiClient } from './client.ts'
import { toClient } from './read.ts'
import { Anything, Guest, GuestNote, GuestNotes } from './schema.ts'

/** Zenoti's "generic" type of note: shown with the guest, no alert. */
const generic = 2

/** What our one note about risk begins with; people at Zenoti's screen read it too. */
const riskPrefix = 'Risk of not coming, estimated by the front-desk copilot: '

/** A guest with their notes (two requests and more for very many notes); our note about risk is not one of them. */
export async function readGuest(client: ZenotiClient, { id, zone }: { id: string; zone: Zone }): Promise<Outcome<Client>> {
  const guest = await client({ path: `/guests/${encodeURIComponent(id)}`, schema: Guest })
  if (!guest.ok) return guest
  const notes = await allNotes(client, id)
  return notes.ok ? ok(toClient(guest.value, { notes: notes.value.filter((note) => !isRisk(note)), zone }), guest.observedAt) : notes
}

export function addNote(client: ZenotiClient, { guestId, text }: { guestId: string; text: string }) {
  return client({ method: 'POST', path: `/guests/${encodeURIComponent(guestId)}/notes`, body: { is_private: false, alert: false, note_type: generic, notes: text }, schema: GuestNote, writes: true })
}

export function removeNote(client: ZenotiClient, { guestId, noteId }: { guestId: string; noteId: string }) {
  // Answers with a sentence, not with JSON.
  return client({ method: 'DELETE', path: `/guests/${encodeURIComponent(guestId)}/notes/${encodeURIComponent(noteId)}`, schema: Anything, writes: true })
}

/**
 * Keeps one note per guest with a score for each coming visit ("2026-11-21 10:00 high 0.31"): it is found again by how it begins
 * and rewritten, so that scores do not pile up among what people wrote. Entries whose time is over fall out.
 */
export async function putRisk(client: ZenotiClient, { guestId, start, zone, score, band, now }: { guestId: string; start: Instant; zone: Zone; score: number; band: string; now: Instant }): Promise<Outcome<null>> {
  const notes = await allNotes(client, guestId)
  if (!notes.ok) return notes
  const before = notes.value.find(isRisk)
  const when = (instant: Instant) => `${localDate(instant, zone)} ${localTime(instant, zone)}`
  const others = (before?.notes ?? '').slice(riskPrefix.length).split('; ').filter((entry) => /^\d{4}-\d\d-\d\d \d\d:\d\d /.test(entry) && !entry.startsWith(`${when(start)} `) && entry.slice(0, 16) > when(now))
  const text = riskPrefix + [...others, `${when(start)} ${band} ${score.toFixed(2)}`].toSorted().join('; ')
  const done = before === undefined
    ? await addNote(client, { guestId, text })
    : await client({ method: 'PUT', path: `/guests/${encodeURIComponent(guestId)}/notes/${encodeURIComponent(before.id)}`, body: { id: before.id, is_private: before.is_private ?? false, alert: before.alert ?? false, note_type: before.note_type ?? generic, notes: text }, schema: Anything, writes: true })
  return done.ok ? ok(null, done.observedAt) : done
}

function isRisk({ notes }: GuestNote): boolean {
  return notes?.startsWith(riskPrefix) === true
}

async function allNotes(client: ZenotiClient, guestId: string): Promise<Outcome<GuestNote[]>> {
  const found: GuestNote[] = []
  for (let page = 1; ; page++) {
    const answer = await client({ path: `/guests/${encodeURIComponent(guestId)}/notes`, query: { view_private: true, view_only_profile_alerts: false, noteType: -1, page, size: 100 }, schema: GuestNotes })
    if (!answer.ok) return answer
    const notes = answer.value.notes ?? []
    found.push(...notes)
    if (notes.length < 100) return ok(found, answer.observedAt)
  }
}
