import type { ScoreAppointments } from '../../calls/call-list.ts'
import type { BookingPlatform } from '../../platforms/booking-platform.ts'
import type { Appointment } from '../../salon/salon.ts'
import type { Clock, Instant } from '../../salon/time.ts'
import type { Store } from '../../store/open-store.ts'
import type { WaitlistSettings } from '../waitlist-settings.ts'
import { findSlots } from './find-slots.ts'
import { rankWaiting } from './rank-waiting.ts'
import type { FreeChair, Ranked } from './ranked.ts'
import { readWaiting } from './read-waiting.ts'
import { weights } from './score.ts'
import type { Waiting } from './waiting.ts'

type Request = {
  store: Pick<Store, 'db' | 'seal'>
  platform: BookingPlatform
  clock: Clock
  settings: WaitlistSettings
  chair: FreeChair
  /** Only those who wait for one of these. */
  serviceIds?: string[]
  /** Only these, as they are now: whoever was approved already is looked at once more. */
  entryIds?: string[]
  /** The risk model; without it the share of visits that somebody kept stands for it. */
  score?: ScoreAppointments
}

/**
 * Everybody who waits at the chair's location, in the order in which they would be asked for it, and behind them those who are
 * not, with why not (see `rankWaiting`). Reads only, in as few calls as there are kinds of services waited for; throws the
 * platform's refusal as `DeskError`. A risk model that does not answer costs the order, not the list.
 */
export async function readCandidates({ store, platform, clock, settings, chair, serviceIds, entryIds, score }: Request): Promise<Ranked[]> {
  const waiting = await readWaiting({ store, platform, clock, locationId: chair.locationId, ...(serviceIds === undefined ? {} : { serviceIds }), ...(entryIds === undefined ? {} : { entryIds }) })
  return rankChair({ platform, settings, chair, waiting, ...(score === undefined ? {} : { score }) })
}

/** The same for people who were read already, where several chairs of a location are looked at. */
export async function rankChair({ platform, settings, chair, waiting, score }: Pick<Request, 'platform' | 'settings' | 'chair' | 'score'> & { waiting: Waiting }): Promise<Ranked[]> {
  const slotsOf = await findSlots({ platform, waiting, chair })
  const draft = rankWaiting({ waiting, settings, chair, slotsOf })
  if (score === undefined || weights[settings.policy].likely === 0) return draft
  const risks = await readRisks({ score, draft, now: waiting.now }).catch(() => 'unavailable' as const)
  return rankWaiting({ waiting, settings, chair, slotsOf, risks })
}

/** How likely each would not come, as if they were booked into it now. */
async function readRisks({ score, draft, now }: { score: ScoreAppointments; draft: Ranked[]; now: Instant }): Promise<Map<string, number>> {
  const visits = draft.flatMap(({ entry, client, slot, excluded }): Appointment[] =>
    slot === undefined || (excluded !== undefined && excluded.because !== 'household_asked') ? [] : [{
      id: `waitlist:${entry.id}`, locationId: entry.locationId, clientId: client.id, segments: slot.segments, start: slot.start, end: slot.end, timeKnown: true, status: 'booked', version: '', bookedAt: now, notes: [], fetchedAt: now,
    }])
  if (visits.length === 0) return new Map()
  const scores = await score({ appointments: visits, asOf: now })
  return new Map(Array.from(scores, ([id, risk]) => [id.replace(/^waitlist:/, ''), risk.score]))
}
