import { type Booking, readBooking, shortNotice } from '../bookings/read-booking.ts'
import type { Question, Reply } from '../messages/messages.ts'
import { unwrap } from '../platforms/unwrap.ts'
import type { Appointment } from '../salon/salon.ts'
import { addMinutes, type Instant, localDate } from '../salon/time.ts'
import { presentPhrases } from './leave-present.ts'
import { visitsAsked } from './offer-data.ts'
import type { Room } from './room.ts'
import { readRules, type Rules } from './rules.ts'

/** A visit that may be moved by text, with the rules of its location; or why not. */
export type Visit = { booking: Booking; rules: Rules; why?: undefined } | { why: string }

/** A visit that nobody asked about is looked for so far ahead. */
const ahead = 60 * 24 * 60
const movable: ReadonlySet<Appointment['status']> = new Set(['requested', 'booked', 'confirmed'])

/**
 * The client's visit that is to move: the one the open question is about, else the only one ahead, else the one whose day
 * or time the words name. Never anybody else's. `answers`: times were offered in good time, so the
 * answer is in time too. Throws `DeskError` for what the platform says.
 */
export async function findVisit(room: Room, { reply, question, answers = false }: { reply: Reply; question?: Question | undefined; answers?: boolean }): Promise<Visit> {
  const now = room.clock.now()
  const asked = visitsAsked(question)
  const visits = asked.length > 0
    ? await Promise.all(asked.map(async (id) => unwrap(await room.platform.appointment({ id }))))
    : unwrap(await room.platform.appointments({ clientId: reply.clientId, from: now, to: addMinutes(now, ahead) })).items.filter(({ status }) => movable.has(status))
  if (visits.some(({ clientId }) => clientId !== reply.clientId)) return { why: 'other_client' }
  const named = visits.length > 1 ? await namedBy(room, { reply, visits }) : visits
  const [visit] = named
  if (visit === undefined || named.length > 1) return { why: visits.length === 0 ? 'no_visit' : 'which_visit' }
  const booking = await readBooking(room, visit.id)
  const rules = await readRules(room.store.db, booking.location.id)
  const why = whyNot({ booking, rules: answers ? { ...rules, late: 'offer' } : rules, now }) ?? (await whyNotNow(room, { booking, rules, since: reply.at }))
  return why === undefined ? { booking, rules } : { why }
}

/** What people at the desk have under way with it goes first; and it is not moved by text for ever. What the client asked for `since` this reply came is its own doing, before a crash. */
async function whyNotNow({ store: { db }, clock }: Room, { booking: { appointment: { id, clientId } }, rules, since }: { booking: Booking; rules: Rules; since: Instant }): Promise<string | undefined> {
  const own = `client:${clientId}`
  const now = clock.now()
  const rows = await db.selectFrom('proposals').select(['kind', 'state', 'requested_by', 'created_at', 'expires_at']).where('target', '=', `appointment:${id}`).where('kind', 'in', ['reschedule', 'cancel']).where('state', 'in', ['pending', 'approved', 'by_hand', 'unknown', 'done']).execute()
  const changes = rows.filter(({ requested_by: by, created_at: at }) => by !== own || at < since)
  if (changes.some(({ state, requested_by: by, expires_at: until }) => (state === 'pending' && until > now && by !== own) || state === 'approved' || state === 'by_hand' || state === 'unknown')) return 'change_under_way'
  return changes.filter(({ kind, state, requested_by: by }) => kind === 'reschedule' && state === 'done' && by === own).length >= rules.mostMoves ? 'moved_often' : undefined
}

function whyNot({ booking, rules, now }: { booking: Booking; rules: Rules; now: Instant }): string | undefined {
  const { appointment: { status, start, timeKnown } } = booking
  if (!movable.has(status)) return `is_${status}`
  if (start <= now) return 'has_begun'
  if (!timeKnown) return 'time_unknown'
  return rules.late === 'person' && shortNotice(booking, now) !== undefined ? 'late_window' : undefined
}

/** "Move my Tuesday appointment": of several, those whose present day or time the words name. */
async function namedBy({ platform }: Room, { reply: { reading: { when }, words }, visits }: { reply: Reply; visits: Appointment[] }): Promise<Appointment[]> {
  if (when === undefined) return visits
  const { locations } = unwrap(await platform.catalog())
  const rated = visits.map((visit) => {
    const zone = locations.find(({ id }) => id === visit.locationId)?.zone ?? 'UTC'
    const { dates, times } = presentPhrases({ wish: when, words, start: visit.start, zone })
    const day = localDate(visit.start, zone)
    const ruledOut = when.notDates.filter(({ from, to }) => from === day && to === day)
    return { visit, names: dates.length + times.length + ruledOut.length }
  })
  const most = Math.max(...rated.map(({ names }) => names))
  return most === 0 ? visits : rated.filter(({ names }) => names === most).map(({ visit }) => visit)
}
