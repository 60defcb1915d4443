import { addMinutes, type Instant, minutesBetween } from '../../salon/time.ts'
import { leastWindowMin } from '../cascade/cascade.ts'
import type { Ranked } from '../ranking/ranked.ts'
import type { WaitlistSettings } from '../waitlist-settings.ts'
import { answeredIn, chanceOfYes } from './chance-in-time.ts'
import type { Acceptance, NoPlan, OfferPlan } from './plan.ts'
import { roundsOf, type TimeLeft } from './schedule.ts'

/** Minutes that somebody is given to answer, where the salon has not said so itself. */
export const windows = [15, 30, 60, 120, 240]

type Request = TimeLeft & {
  chair: { start: Instant }
  /** In the order in which they are asked; those who are excluded do not count. */
  candidates: Pick<Ranked, 'excluded' | 'answers'>[]
  acceptance: Acceptance
  settings: Pick<WaitlistSettings, 'policy' | 'windowMin' | 'most' | 'mostOffers'>
}

/**
 * How many are asked at a time, and how long each may think: the plan with the best chance of a fill; of those with the same
 * chance the narrowest, and of these the one with the longest window. So it is one at a time with time to think where there is
 * time for everybody, and waves where there is not. With `offer_to_all` everybody at once, as many as `most` allows.
 * `windowMin` of the settings is kept to. `hours` are those of waitlist texts (`hoursFor`), `bookBy` is when a booking still
 * makes sense (never after the chair's start). More time never makes the chance smaller. Pure.
 */
export function planOffers(request: Request): OfferPlan | NoPlan {
  const { now, zone, hours } = request
  const bookBy = bookByOf(request)
  if (asked(request).length === 0) return { kind: 'none', why: 'nobody' }
  if (addMinutes(now, leastWindowMin) > bookBy) return { kind: 'none', why: 'too_late' }
  const [first] = roundsOf({ now, bookBy, zone, hours, windowMin: leastWindowMin, most: 1 })
  if (first === undefined) return { kind: 'none', why: 'quiet_hours' }
  return best(windowsFor(request, minutesBetween(first.at, bookBy)).flatMap((windowMin) => plansWith(request, windowMin))) ?? { kind: 'none', why: 'too_late' }
}

/** The best plan with each other window, to show what it would change. */
export function otherWindows(request: Request & { plan: OfferPlan }): OfferPlan[] {
  return windows.filter((windowMin) => windowMin !== request.plan.windowMin).flatMap((windowMin) => best(plansWith(request, windowMin)) ?? [])
}

/**
 * What is to be expected of one window and one width: everybody who is reached says YES with their chance p in time with the
 * share f of their round's minutes, one independent of the other: 1 − Π (1 − p · f). Undefined when nobody can be asked.
 */
export function planWith(request: Request, { windowMin, width }: { windowMin: number; width: number }): OfferPlan | undefined {
  const candidates = asked(request)
  const { now, zone, hours, acceptance: { rate, medianMin } } = request
  const rounds = roundsOf({ now, bookBy: bookByOf(request), zone, hours, windowMin, most: Math.ceil(candidates.length / width) })
  const last = rounds.at(-1)
  if (last === undefined) return undefined
  const reached = candidates.slice(0, rounds.length * width)
  const nobody = reached.reduce((chance, { answers }, i) => chance * (1 - chanceOfYes({ rate, answers }) * answeredIn({ minutes: rounds[Math.floor(i / width)]?.minutes ?? 0, medianMin })), 1)
  return { kind: 'plan', windowMin, width, reaches: reached.length, chance: 1 - nobody, until: addMinutes(last.at, last.minutes) }
}

function plansWith(request: Request, windowMin: number): OfferPlan[] {
  const widest = Math.min(request.settings.most, asked(request).length)
  const widths = request.settings.policy === 'offer_to_all' ? [widest] : Array.from({ length: widest }, (_, i) => i + 1)
  return widths.flatMap((width) => planWith(request, { windowMin, width }) ?? [])
}

function best(plans: OfferPlan[]): OfferPlan | undefined {
  // Sums of the same numbers in another order differ in the last digits.
  const most = Math.max(...plans.map(({ chance }) => chance))
  return plans.filter(({ chance }) => chance > most - 1e-9).toSorted((a, b) => a.width - b.width || b.windowMin - a.windowMin)[0]
}

/** Where less is left than the shortest window, what is left. */
function windowsFor({ settings: { windowMin } }: Request, left: number): number[] {
  if (windowMin !== null) return [windowMin]
  const fit = windows.filter((each) => each <= left)
  return fit.length > 0 ? fit : [Math.floor(left)]
}

function bookByOf({ bookBy, chair }: Request): Instant {
  return bookBy < chair.start ? bookBy : chair.start
}

function asked({ candidates, settings: { mostOffers } }: Request): Request['candidates'] {
  return candidates.filter(({ excluded }) => excluded === undefined).slice(0, mostOffers)
}
