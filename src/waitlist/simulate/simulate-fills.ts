import { wilson } from '../../calls/measure-call-effect.ts'
import { usualHours } from '../../messages/sending/text-settings.ts'
import { seededRandom } from '../../salon/seeded-random.ts'
import type { OfferPlan } from '../planning/plan.ts'
import { planOffers } from '../planning/plan-offers.ts'
import { assumed, type Chair, chairsWith, drawAnswer, knownRate, settings, textingHours } from './assumptions.ts'
import { type Played, playOpening } from './play-opening.ts'

/** How chairs are offered: one at a time with a window of minutes, as the planner likes best, or to all at once. */
export const strategies = ['one_15', 'one_30', 'one_60', 'one_120', 'waves', 'all'] as const
export type Strategy = (typeof strategies)[number]

/** What came of one strategy at one rate and notice. Shares are 0 to 1, `low` and `high` their 95 % interval (Wilson). */
export type Cell = {
  strategy: Strategy
  rate: number
  noticeHours: number
  openings: number
  filled: { rate: number; low: number; high: number }
  /** Minutes from the first moment in which the desk may offer it to the booking; half are faster. */
  medianMinutes: number | undefined
  textsPerFilled: number | undefined
  /** Of those who said YES, those who did not get the chair. */
  second: number
  /** Chance of a fill that the planner promised, on average. */
  promised: number
}

/** Without a plan nothing was played. */
type Outcome = Partial<Played> & { promised: number }

export type Request = { rates: number[]; notices: number[]; openings: number; list: number; seed: string }

/** Plays every strategy at every rate and notice, all against the same clients with the same answers. */
export function simulateFills({ rates, notices, openings, list, seed }: Request): Cell[] {
  const allowed = textingHours()
  return notices.flatMap((noticeHours) => rates.flatMap((rate) => {
    const chairs = chairsWith({ noticeHours })
    const plans = new Map<string, OfferPlan | undefined>()
    const played = strategies.map((): Outcome[] => [])
    for (let n = 0; n < openings; n++) {
      const random = seededRandom(`${seed} ${noticeHours} ${rate} ${n}`)
      const index = random.whole(0, chairs.length - 1)
      const chair = chairs[index] as Chair
      const answers = Array.from({ length: Math.min(list, settings.mostOffers) }, () => drawAnswer(random, rate))
      for (const [k, strategy] of strategies.entries()) {
        const key = `${strategy} ${index}`
        if (!plans.has(key)) plans.set(key, planFor({ strategy, chair, rate, list }))
        const plan = plans.get(key)
        played[k]?.push(plan === undefined ? { promised: 0 } : { promised: plan.chance, ...playOpening({ from: chair.from, bookBy: chair.bookBy, plan, answers, allowed }) })
      }
    }
    return strategies.map((strategy, k) => sum({ strategy, rate, noticeHours, played: played[k] ?? [] }))
  }))
}

/** The planner's own choice within the strategy; undefined where it would offer nothing. */
export function planFor({ strategy, chair: { start, from, bookBy }, rate, list }: { strategy: Strategy; chair: Chair; rate: number; list: number }): OfferPlan | undefined {
  const own = strategy === 'waves' ? {} : strategy === 'all' ? { policy: 'offer_to_all' as const, most: settings.mostOffers } : { most: 1, windowMin: Number(strategy.slice(4)) }
  const plan = planOffers({ now: from, chair: { start }, bookBy, zone: assumed.zone, hours: usualHours, candidates: Array.from({ length: list }, () => ({})), acceptance: knownRate(rate), settings: { ...settings, ...own } })
  return plan.kind === 'plan' ? plan : undefined
}

function sum({ strategy, rate, noticeHours, played }: { strategy: Strategy; rate: number; noticeHours: number; played: Outcome[] }): Cell {
  const filled = played.filter((each) => each.filled === true)
  const minutes = filled.map(({ minutes = 0 }) => minutes).toSorted((a, b) => a - b)
  const add = (numbers: number[]): number => numbers.reduce((total, each) => total + each, 0)
  const { rate: share, low, high } = wilson(filled.length, played.length)
  return {
    strategy, rate, noticeHours, openings: played.length, filled: { rate: share, low, high },
    medianMinutes: minutes[Math.floor((minutes.length - 1) / 2)],
    textsPerFilled: filled.length === 0 ? undefined : add(played.map(({ texts = 0 }) => texts)) / filled.length,
    second: add(played.map(({ second = 0 }) => second)) / Math.max(1, add(played.map(({ yes = 0 }) => yes))),
    promised: add(played.map(({ promised }) => promised)) / played.length,
  }
}
