import { addDays, addMinutes, at, type Instant, localDate, localTime, type LocalTime, type Zone } from '../../salon/time.ts'
import type { Purpose } from '../../store/tables/texts.ts'
import { type TextSettings, usualHours } from './text-settings.ts'

/** From (included) to (not included), on the wall clock; `24:00` is the end of the day. */
export type Hours = { from: LocalTime; to: LocalTime }

/** The answer to a client's own message may go out at any hour, this long after it (LAW-4). */
export const answerWithinMin = 10

/** How far ahead an hour is looked for that suits everybody. */
const searchDays = 3

/**
 * The first instant from `now` on that is within `hours` on the salon's wall clock and on that of every zone the number may
 * be in: the stricter of them counts, on the nights of a clock change too. Where they never agree (a number that may be
 * anywhere in eleven zones) the number tells nothing and the salon's zone decides. Undefined when there is no such hour at all.
 */
export function nextAllowed({ now, salonZone, numberZones, hours }: { now: Instant; salonZone: Zone; numberZones: Zone[]; hours: Hours }): Instant | undefined {
  return search({ now, zones: [salonZone, ...numberZones], hours }) ?? (numberZones.length === 0 ? undefined : search({ now, zones: [salonZone], hours }))
}

/** When texts of a purpose may go out: for waitlist offers and advertising a salon can only narrow the usual hours. */
export function hoursFor({ purpose, settings: { hours, promotionalHours } }: { purpose: Purpose; settings: Pick<TextSettings, 'hours' | 'promotionalHours'> }): Hours {
  if (purpose === 'appointment' || purpose === 'consent') return hours
  return {
    from: promotionalHours.from > usualHours.from ? promotionalHours.from : usualHours.from,
    to: promotionalHours.to < usualHours.to ? promotionalHours.to : usualHours.to,
  }
}

function search({ now, zones, hours }: { now: Instant; zones: Zone[]; hours: Hours }): Instant | undefined {
  if (hours.from >= hours.to) return undefined
  const end = addMinutes(now, searchDays * 24 * 60)
  let candidate = now
  while (candidate < end) {
    const later = zones.map((zone) => nextIn({ from: candidate, zone, hours })).reduce((latest, one) => (one > latest ? one : latest))
    if (later === candidate) return candidate
    candidate = later
  }
  return undefined
}

function nextIn({ from, zone, hours }: { from: Instant; zone: Zone; hours: Hours }): Instant {
  const time = localTime(from, zone)
  if (time >= hours.from && time < hours.to) return from
  const date = localDate(from, zone)
  const opens = at(time < hours.from ? date : addDays(date, 1), hours.from, zone)
  // An hour that the clock shows twice may have passed once already.
  return opens > from ? opens : addMinutes(from, 1)
}
