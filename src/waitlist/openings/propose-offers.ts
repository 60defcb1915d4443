import type { Approvals } from '../../approvals/open-approvals.ts'
import type { Proposal } from '../../approvals/proposal.ts'
import { hoursFor } from '../../messages/sending/quiet-hours.ts'
import { readTextSettings } from '../../messages/sending/text-settings.ts'
import { findLocation } from '../../bookings/read-booking.ts'
import { unwrap } from '../../platforms/unwrap.ts'
import type { Appointment } from '../../salon/salon.ts'
import { addMinutes, type Instant, localDate } from '../../salon/time.ts'
import type { OffersArgs } from '../approving/offers-args.ts'
import type { OpeningRow } from '../cascade/keep-cascade.ts'
import { measureAcceptance } from '../planning/measure-acceptance.ts'
import type { NoPlan, OfferPlan } from '../planning/plan.ts'
import { otherWindows, planOffers } from '../planning/plan-offers.ts'
import type { Ranked } from '../ranking/ranked.ts'
import { offersKind, type WaitlistRoom } from '../waitlist-room.ts'
import { readWaitlistSettings } from '../waitlist-settings.ts'
import { candidatesFor } from './read-chair.ts'

/** What an opening would be offered as; `args` when there is somebody to ask and time to ask them. */
export type Prepared = { ranked: Ranked[]; plan: OfferPlan | NoPlan; args?: OffersArgs }

/** Ranks and plans for an opening, from what is true now. Reads only. Throws `DeskError` while the platform is away. */
export async function prepareOffers(room: WaitlistRoom, opening: OpeningRow): Promise<Prepared> {
  const { store, clock, platform } = room
  const now = clock.now()
  const [settings, texts, catalog] = await Promise.all([readWaitlistSettings(store.db, { locationId: opening.location_id }), readTextSettings(store.db, { locationId: opening.location_id }), platform.catalog().then(unwrap)])
  const location = findLocation(catalog, opening.location_id)
  const [ranked, acceptance] = await Promise.all([candidatesFor(room, { opening, settings }), measureAcceptance({ db: store.db, locationId: location.id, now })])
  const fitting = ranked.filter(({ excluded, slot }) => excluded === undefined && slot !== undefined).slice(0, settings.mostOffers)
  const isBlackout = settings.blackouts.includes(localDate(opening.starts_at, location.zone)) || settings.blackouts.includes(localDate(now, location.zone))
  const given = { now, chair: { start: opening.starts_at }, bookBy: opening.book_by, zone: location.zone, hours: hoursFor({ purpose: 'waitlist', settings: texts }), candidates: isBlackout ? [] : fitting, acceptance, settings }
  const plan = planOffers(given)
  if (plan.kind === 'none') return { ranked, plan }
  const visits = await visitsOf(room, fitting)
  const others = otherWindows({ ...given, plan })
  return {
    ranked, plan,
    args: {
      openingId: opening.id, policy: settings.policy, windowMin: plan.windowMin, width: plan.width, chance: round(plan.chance), reaches: plan.reaches, until: plan.until, rate: round(acceptance.rate),
      candidates: fitting.map((one) => candidateOf(one, visits)),
      notAsked: ranked.flatMap(({ client, excluded }) => (excluded === undefined ? [] : [{ clientId: client.id, because: excluded.because, words: excluded.words.slice(0, 300) }])).slice(0, 500),
      otherWindows: others.map(({ windowMin, width, chance }) => ({ windowMin, width, chance: round(chance) })).slice(0, 8),
    },
  }
}

async function visitsOf({ platform }: WaitlistRoom, fitting: Ranked[]): Promise<Map<string, Appointment>> {
  const ids = fitting.flatMap(({ entry }) => entry.insteadOf ?? [])
  const read = await Promise.all(ids.map((id) => platform.appointment({ id })))
  return new Map(read.flatMap((visit) => (visit.ok ? [[visit.value.id, visit.value] as const] : [])))
}

function candidateOf({ entry: { id: entryId, insteadOf }, client, slot, why, score }: Ranked, visits: ReadonlyMap<string, Appointment>): OffersArgs['candidates'][number] {
  const candidate = { entryId, clientId: client.id, slotId: slot?.id ?? '', why: why.slice(0, 8).map((words) => words.slice(0, 200)), score: Math.round(score) }
  if (insteadOf === undefined) return candidate
  const visit = visits.get(insteadOf)
  const staffId = visit?.segments[0]?.staffId
  return { ...candidate, insteadOf, ...(visit === undefined || staffId === undefined ? {} : { givesUp: { staffId, start: visit.start } }) }
}

/** Minutes until a chair that nobody could be asked about is looked at again: somebody may join, or the hour may come. */
const lookAgainMin = 15

/**
 * Prepares the card of an opening whose time for staff is over; in autonomous mode it decides itself, within the cap. Where
 * there is nobody to ask, or no time, that is taken down, and looked at again until it is too late.
 */
export async function proposeOffers(room: WaitlistRoom, { opening, approvals, by = 'desk', reason = '', conversation }: { opening: OpeningRow; approvals: Pick<Approvals, 'propose'>; by?: string; reason?: string; conversation?: string }): Promise<Proposal | { why: NoPlan['why'] }> {
  const { plan, args } = await prepareOffers(room, opening)
  if (args === undefined) {
    const why = (plan as NoPlan).why
    await lookLater(room, { opening, why, at: addMinutes(room.clock.now(), lookAgainMin) })
    return { why }
  }
  return approvals.propose({ kind: offersKind, args, reason, requestedBy: by, ...(conversation === undefined ? {} : { conversation }) })
}

async function lookLater({ store }: WaitlistRoom, { opening, why, at }: { opening: OpeningRow; why: string; at: Instant }): Promise<void> {
  await store.db.updateTable('waitlist_openings').set({ why, due_at: at < opening.book_by ? at : opening.book_by }).where('id', '=', opening.id).where('state', '=', 'open').execute()
}

function round(share: number): number {
  return Math.round(share * 1_000) / 1_000
}
