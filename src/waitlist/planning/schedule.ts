import { type Hours, nextAllowed } from '../../messages/sending/quiet-hours.ts'
import { addMinutes, type Instant, minutesBetween, type Zone } from '../../salon/time.ts'
import { graceMin, leastWindowMin } from '../cascade/cascade.ts'

export type TimeLeft = { now: Instant; bookBy: Instant; zone: Zone; hours: Hours }

/** When a round of offers goes out, and for how many minutes it can be answered. */
export type Round = { at: Instant; minutes: number }

/**
 * The rounds of offers that fit before `bookBy`, one after the other as the cascade sends them when nobody answers: each
 * begins within the texting hours, when the window (and the grace) of the one before is over, and is answered until its window
 * or the time to book ends. An answer may come at night; nothing is sent then. The hours are the salon's: a number that may be
 * in another zone waits longer, which the plan does not know. At most `most` rounds.
 */
export function roundsOf({ now, bookBy, zone, hours, windowMin, most }: TimeLeft & { windowMin: number; most: number }): Round[] {
  const rounds: Round[] = []
  let from = now
  while (rounds.length < most) {
    const at = nextAllowed({ now: from, salonZone: zone, numberZones: [], hours })
    if (at === undefined || addMinutes(at, leastWindowMin) > bookBy) break
    rounds.push({ at, minutes: Math.min(windowMin, minutesBetween(at, bookBy)) })
    from = addMinutes(at, windowMin + graceMin)
  }
  return rounds
}
