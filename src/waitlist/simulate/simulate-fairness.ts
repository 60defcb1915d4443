import { type Random, seededRandom } from '../../salon/seeded-random.ts'
import { addMinutes, type Instant, minutesBetween } from '../../salon/time.ts'
import { fairness } from '../ranking/fairness.ts'
import type { ScorePart } from '../ranking/ranked.ts'
import { scoreOf, weights } from '../ranking/score.ts'
import type { PastOffer } from '../ranking/waiting.ts'
import type { WaitlistPolicy } from '../waitlist-settings.ts'
import { type Chair, chairsWith, drawAnswer, settings, textingHours } from './assumptions.ts'
import { playOpening } from './play-opening.ts'
import { planFor } from './simulate-fills.ts'

/** What a policy does to those who wait. `gini` of offers: 0 when all get as many, towards 1 when few get them all. */
export type Fairness = { policy: WaitlistPolicy; openings: number; filled: number; gini: number; neverAsked: number; neverWon: number; value: number }

const compared = ['first_in_line', 'highest_value', 'best_match'] as const
const perDay = 2
const day = 24 * 60

type Waiter = { value: number; since: Instant; past: PastOffer[]; asked: number; won: number }

/**
 * Sends chairs one after the other (two a day, with 24 hours of notice) through the same list under each policy, offered as
 * the planner likes best. The weights, the fairness memory and the most offers a week are the real ones; how well somebody
 * suits a chair is drawn anew for each. Whoever wins goes to the end of the list and waits again. `value` is the mean price of
 * the chairs filled, as a share of the highest.
 */
export function simulateFairness({ rate, openings, list, seed }: { rate: number; openings: number; list: number; seed: string }): Fairness[] {
  return compared.map((policy) => play({ policy, rate, openings, list, seed }))
}

function play({ policy, rate, openings, list, seed }: { policy: WaitlistPolicy; rate: number; openings: number; list: number; seed: string }): Fairness {
  const setup = seededRandom(`${seed} list`)
  const chairs = chairsWith({ noticeHours: 24 })
  const plans = new Map<number, ReturnType<typeof planFor>>()
  const allowed = textingHours()
  const first = (chairs[0] as Chair).from
  const waiters = Array.from({ length: list }, (): Waiter => ({ value: 0.2 + 0.8 * setup.next(), since: addMinutes(first, -setup.whole(0, 60) * day), past: [], asked: 0, won: 0 }))
  const values: number[] = []
  for (let n = 0; n < openings; n++) {
    const random = seededRandom(`${seed} ${n}`)
    const index = random.whole(0, chairs.length - 1)
    const shift = Math.floor(n / perDay) * day
    const chair = chairs[index] as Chair
    if (!plans.has(index)) plans.set(index, planFor({ strategy: 'waves', chair, rate, list }))
    const plan = plans.get(index)
    const [from, bookBy] = [addMinutes(chair.from, shift), addMinutes(chair.bookBy, shift)]
    // Every waiter draws, asked or not: so the policies meet the same people.
    const draws = waiters.map((waiter) => ({ waiter, match: drawMatch(random), answer: drawAnswer(random, rate) }))
    const order = draws.filter(({ waiter: { past } }) => past.filter(({ at }) => at > addMinutes(from, -7 * day)).length < settings.perClientPerWeek)
      .map((draw) => Object.assign(draw, { score: scoreFor({ waiter: draw.waiter, match: draw.match, policy, from }) }))
      .toSorted((a, b) => b.score - a.score || (a.waiter.since < b.waiter.since ? -1 : 1)).slice(0, settings.mostOffers)
    if (plan === undefined || order.length === 0) continue
    const { asked, filled, winner } = playOpening({ from, bookBy, plan, answers: order.map(({ answer }) => answer), allowed })
    for (const [place, { waiter, answer }] of order.slice(0, asked).entries()) {
      waiter.asked++
      waiter.past.push(pastOffer({ from, won: filled && place === winner, says: answer?.says }))
    }
    const won = filled ? order[winner ?? 0]?.waiter : undefined
    if (won === undefined) continue
    values.push(won.value)
    won.won++
    won.since = addMinutes(from, day)
  }
  return {
    policy, openings, filled: values.length / openings, gini: gini(waiters.map(({ asked }) => asked)),
    neverAsked: waiters.filter(({ asked }) => asked === 0).length / list, neverWon: waiters.filter(({ won }) => won === 0).length / list,
    value: values.reduce((total, value) => total + value, 0) / Math.max(1, values.length),
  }
}

/** Points as `scoreParts` gives them: the person, the time, the share of the chair that is filled. */
function drawMatch(random: Random): number {
  return (random.chance(0.3) ? 40 : 20) + (random.chance(0.5) ? 30 : 15) + 30 * (0.5 + 0.5 * random.next())
}

function scoreFor({ waiter: { value, since, past }, match, policy, from }: { waiter: Waiter; match: number; policy: WaitlistPolicy; from: Instant }): number {
  const days = Math.max(0, minutesBetween(since, from) / day)
  const points: Record<ScorePart['name'], number> = { waited: (100 * days) / (days + 14), value: 100 * value, match, fairness: fairness({ offers: past, now: from }).points, likely: 50 }
  return scoreOf((Object.keys(points) as ScorePart['name'][]).map((name) => ({ name, points: points[name], weight: weights[policy][name], words: '' })))
}

function pastOffer({ from, won, says }: { from: Instant; won: boolean; says: 'yes' | 'no' | undefined }): PastOffer {
  const state = won ? 'booked' : says === 'no' ? 'declined' : says === 'yes' ? 'late_yes' : 'expired'
  return { state, at: from, sentAt: from, answeredAt: says === undefined ? null : from } as PastOffer
}

/** Gini coefficient (C. Gini 1912) of counts: the mean difference between any two, over twice the mean. */
export function gini(counts: number[]): number {
  const sorted = counts.toSorted((a, b) => a - b)
  const total = sorted.reduce((sum, each) => sum + each, 0)
  return total === 0 ? 0 : sorted.reduce((sum, each, i) => sum + (2 * (i + 1) - sorted.length - 1) * each, 0) / (sorted.length * total)
}
