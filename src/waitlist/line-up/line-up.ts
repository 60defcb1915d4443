import { findLocation } from '../../bookings/read-booking.ts'
import type { ScoreAppointments } from '../../calls/call-list.ts'
import { isAhead, liveAppointments } from '../../calls/live-appointments.ts'
import type { BookingPlatform } from '../../platforms/booking-platform.ts'
import { unwrap } from '../../platforms/unwrap.ts'
import type { RiskScore } from '../../risk/open-model.ts'
import { type Appointment, clientName } from '../../salon/salon.ts'
import { type Clock, dayRange, type LocalDate, sayDate, toLocalDate } from '../../salon/time.ts'
import type { Store } from '../../store/open-store.ts'
import { measureAcceptance } from '../planning/measure-acceptance.ts'
import type { Ranked } from '../ranking/ranked.ts'
import { rankWaiting } from '../ranking/rank-waiting.ts'
import { rankChair } from '../ranking/read-candidates.ts'
import { readWaiting } from '../ranking/read-waiting.ts'
import type { WaitlistSettings } from '../waitlist-settings.ts'
import { asIfEmpty } from './as-if-empty.ts'
import { atMost, poissonBinomial } from './poisson-binomial.ts'

/** How sure the number lined up is to be enough, and how many are named for each visit. */
const [quantile, shown] = [0.8, 3]

/** A visit that may well fail, and who would be asked then. */
type LinedUp = { appointmentId: string; client: { id: string; name: string }; start: string; end: string; risk: number; reasons: string[]; candidates: Ranked[]; suits: number }

export type LineUp = {
  locationId: string
  date: LocalDate
  visits: LinedUp[]
  /** Sum of the chances to fail of all visits of the day that are ahead, and how many failures are not exceeded with 80 %. */
  expected: number
  rarelyMore: number
  /** Clients to have ready: `rarelyMore` divided by the share of offers that end in a YES, rounded up; and those there are. */
  needed: number
  ready: number
  sentence: string
}

/**
 * Who is asked should visits of a day fail, ready beforehand (W5): for each visit ahead whose predicted risk is above
 * `lineUpAbove`, the first who would be asked for it; and how many clients to have ready in all: the 80 % quantile of the
 * Poisson-binomial distribution of the day's failures, divided by the acceptance rate of the location. `ready` counts the
 * clients whom the time of at least one visit of the day would suit (for those below `lineUpAbove` reckoned without the platform). `day` is a local date. Reads only; throws `DeskError`: `invalid_time`
 * for the day, `not_found` for the location, or the platform's refusal.
 */
export async function lineUp({ platform, score, store, clock, day, locationId, settings }: { platform: BookingPlatform; score: ScoreAppointments; store: Store; clock: Clock; day: string; locationId: string; settings: WaitlistSettings }): Promise<LineUp> {
  const [date, now] = [toLocalDate(day), clock.now()]
  const { zone } = findLocation(unwrap(await platform.catalog()), locationId)
  const { from, to } = dayRange(date, zone)
  const ahead = (await liveAppointments({ platform, locationId, from, to })).filter((appointment) => isAhead({ appointment, dayEnd: to, now }))
  const [risks, acceptance] = await Promise.all([ahead.length === 0 ? new Map<string, RiskScore>() : score({ appointments: ahead, asOf: now }), measureAcceptance({ db: store.db, locationId, now })])
  const chances = [...risks.values()].map((risk) => risk.score)
  const visits: LinedUp[] = []
  const suited = new Set<string>()
  if (risks.size > 0) {
    const waiting = await readWaiting({ store, platform, clock, locationId })
    const isRisky = ({ id, timeKnown }: Appointment) => timeKnown && (risks.get(id)?.score ?? 0) > settings.lineUpAbove
    const names = await namesOf(platform, ahead.filter(isRisky))
    for (const visit of ahead.filter(({ timeKnown }) => timeKnown)) {
      const chair = chairOf(visit)
      const ranked = (isRisky(visit) ? await rankChair({ platform, settings, chair, waiting, score }) : rankWaiting({ waiting, settings, chair, slotsOf: asIfEmpty({ waiting, chair }) })).filter(({ excluded }) => excluded === undefined)
      for (const { client } of ranked) suited.add(client.id)
      if (isRisky(visit)) visits.push({ appointmentId: visit.id, client: { id: visit.clientId, name: names.get(visit.clientId) ?? 'unknown client' }, start: visit.start, end: visit.end, risk: risks.get(visit.id)?.score ?? 0, reasons: risks.get(visit.id)?.reasons ?? [], candidates: ranked.slice(0, shown), suits: ranked.length })
    }
  }
  const expected = chances.reduce((sum, chance) => sum + chance, 0)
  const rarelyMore = atMost(poissonBinomial(chances), quantile)
  const sizes = { expected, rarelyMore, needed: rarelyMore === 0 ? 0 : Math.ceil(rarelyMore / acceptance.rate - 1e-9), ready: suited.size }
  return { locationId, date, visits, ...sizes, sentence: sayLineUp({ ...sizes, date, ahead: ahead.length, scored: chances.length }) }
}

async function namesOf(platform: BookingPlatform, visits: Appointment[]): Promise<Map<string, string>> {
  if (visits.length === 0) return new Map()
  return new Map(unwrap(await platform.clients({ ids: [...new Set(visits.map(({ clientId }) => clientId))] })).map((client) => [client.id, clientName(client)]))
}

/** The visit's time as a free chair, while it still stands. */
function chairOf({ id, locationId, clientId, segments, start, end }: Appointment): Parameters<typeof rankChair>[0]['chair'] {
  const staff = new Set(segments.map(({ staffId }) => staffId))
  const [staffId] = staff
  // A visit that several people share leaves a chair with each of them; whoever is free of them will do.
  return { locationId, start, end, notFor: [clientId], leftBy: id, ...(staff.size === 1 && staffId !== undefined ? { staffId } : {}) }
}

/** "2.3 failures expected on Friday 27 November, rarely more than 4; ask-ready: 13 clients, 6 are there." */
function sayLineUp({ date, ahead, scored, expected, rarelyMore, needed, ready }: Pick<LineUp, 'date' | 'expected' | 'rarelyMore' | 'needed' | 'ready'> & { ahead: number; scored: number }): string {
  if (scored === 0) return ahead === 0 ? `No visits are ahead on ${sayDate(date)}.` : `How likely the visits of ${sayDate(date)} are to fail cannot be told.`
  const there = ready === 1 ? '1 is there' : `${ready} are there`
  return `${expected.toFixed(1)} failures expected on ${sayDate(date)}, rarely more than ${rarelyMore}; ask-ready: ${needed === 1 ? '1 client' : `${needed} clients`}, ${there}.`
}
