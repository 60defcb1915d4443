import { DeskError } from '../../salon/errors.ts'
import { unwrap } from '../../platforms/unwrap.ts'
import { type Appointment, clientName, liveStatuses } from '../../salon/salon.ts'
import { addMinutes, type Instant, type Zone } from '../../salon/time.ts'
import type { OffersArgs } from '../approving/offers-args.ts'
import { ended } from '../cascade/cascade.ts'
import type { OpeningRow } from '../cascade/keep-cascade.ts'
import { freedNow } from '../openings/follow-book.ts'
import type { Freed } from '../openings/open-chair.ts'
import { prepareOffers } from '../openings/propose-offers.ts'
import type { NoPlan } from '../planning/plan.ts'
import type { WaitlistRoom } from '../waitlist-room.ts'
import { readWaitlistSettings } from '../waitlist-settings.ts'
import { sayObstacle } from './opening-words.ts'
import { readNames } from './read-names.ts'
import { sayChair } from '../approving/offers-facts.ts'

/** What would be offered to whom if it were decided now; nothing is kept and nobody is asked. */
export type Preview = {
  /** An opening's id, or the visit's that would leave the chair. */
  id: string
  chair: string
  start: Instant
  zone: Zone
  plan?: { policy: OffersArgs['policy']; windowMin: number; width: number; reaches: number; chance: number; rate: number; until: Instant }
  otherWindows: OffersArgs['otherWindows']
  /** Why nothing would be offered; absent when something would. */
  why?: { code: NoPlan['why']; words: string }
  order: { place: number; client: { id: string; name: string }; why: string[]; score: number; at?: Instant }[]
  notAsked: { client: { id: string; name: string }; because: string; why: string }[]
}

/**
 * Who would be asked about a free chair, or (with the id of a visit) about the chair that it would leave; a visit that several
 * people do leaves one with each. Reads only. Throws `DeskError`: `not_found`, `stale` for what is over, or the platform's refusal.
 */
export async function preview(room: WaitlistRoom, { id }: { id: string }): Promise<Preview[]> {
  const row = await room.store.db.selectFrom('waitlist_openings').selectAll().where('id', '=', id).executeTakeFirst()
  if (row !== undefined) {
    if (ended.includes(row.state)) throw new DeskError('stale', { message: 'that opening is over', userMessage: `That is over. "desk waitlist replay ${row.id}" tells how it went.` })
    return [await previewOf(room, { id, opening: row })]
  }
  const visit = await readVisit(room, id)
  const settings = await readWaitlistSettings(room.store.db, { locationId: visit.locationId })
  const previews: Preview[] = []
  for (const freed of stretchesOf(room, visit)) previews.push(await previewOf(room, { id, opening: asOpening({ freed, noticeMin: settings.noticeMin, now: room.clock.now() }) }))
  return previews
}

/** The chairs that a visit would leave, or has left; one whose time is unknown or over leaves none. Throws `DeskError('stale')` then. */
export function stretchesOf({ clock }: Pick<WaitlistRoom, 'clock'>, visit: Appointment): Freed[] {
  const cause = liveStatuses.includes(visit.status) ? 'predicted' : visit.status === 'no_show' ? 'no_show' : 'cancelled'
  const freed = freedNow(visit, { cause, now: clock.now() })
  if (freed.length === 0) throw new DeskError('stale', { message: 'the visit leaves no chair', userMessage: 'That visit leaves nothing to offer: its time is over, or nobody knows it.' })
  return freed
}

/** Throws `DeskError('not_found')` in words. */
export async function readVisit({ platform }: Pick<WaitlistRoom, 'platform'>, id: string): Promise<Appointment> {
  const read = await platform.appointment({ id })
  if (!read.ok && (read.error.kind === 'not_found' || read.error.kind === 'invalid')) throw new DeskError('not_found', { message: 'no such opening or appointment', userMessage: `There is no opening and no appointment "${id.slice(0, 40)}". "desk waitlist" lists what is open, "desk book --json" the appointments.` })
  return unwrap(read)
}

/** A chair that may come free, as it would be kept. */
function asOpening({ freed: { locationId, staffId, serviceId, start, end, cause, appointmentId }, noticeMin, now }: { freed: Freed; noticeMin: number; now: Instant }): OpeningRow {
  return {
    id: 'preview', location_id: locationId, staff_id: staffId ?? null, service_id: serviceId ?? null, starts_at: start, ends_at: end, cause, appointment_id: appointmentId ?? null, parent_id: null, root_id: 'preview', depth: 0,
    state: 'open', why: null, wait_until: now, proposal_id: null, plan: null, book_by: addMinutes(start, -noticeMin), due_at: null, opened_at: now, ended_at: null,
  }
}

async function previewOf(room: WaitlistRoom, { id, opening }: { id: string; opening: OpeningRow }): Promise<Preview> {
  const { ranked, plan, args } = await prepareOffers(room, opening)
  const names = await readNames(room, {})
  const location = names.location(opening.location_id)
  const fitting = ranked.filter(({ excluded, slot }) => excluded === undefined && slot !== undefined)
  const shown = args === undefined ? fitting : fitting.slice(0, args.candidates.length)
  const client = (one: (typeof ranked)[number]['client']) => ({ id: one.id, name: clientName(one) })
  return {
    id, chair: sayChair({ opening, catalog: names.catalog, location, now: room.clock.now() }), start: opening.starts_at, zone: location.zone,
    ...(args === undefined ? {} : { plan: { policy: args.policy, windowMin: args.windowMin, width: args.width, reaches: args.reaches, chance: args.chance, rate: args.rate, until: args.until } }),
    otherWindows: args?.otherWindows ?? [],
    ...(plan.kind === 'none' ? { why: { code: plan.why, words: sayObstacle(plan.why) ?? 'nothing can be offered' } } : {}),
    order: Array.from(shown, (one, index) => ({ place: index + 1, client: client(one.client), why: one.why, score: Math.round(one.score), ...(one.slot === undefined ? {} : { at: one.slot.start }) })),
    notAsked: ranked.flatMap((one) => (one.excluded === undefined ? [] : [{ client: client(one.client), because: one.excluded.because, why: one.excluded.words }])),
  }
}
