import { sayMoney } from '../../salon/money.ts'
import type { Slot, WaitlistEntry } from '../../salon/salon.ts'
import { minutesBetween } from '../../salon/time.ts'
import type { WaitlistPolicy } from '../waitlist-settings.ts'
import { fairness, said } from './fairness.ts'
import type { FreeChair, ScorePart } from './ranked.ts'
import type { Waiting } from './waiting.ts'

/** What each policy looks at; the weights of one add up to 1. Where only the arrival counts, nothing else is shown. */
export const weights: Record<WaitlistPolicy, Record<ScorePart['name'], number>> = {
  first_in_line: { waited: 1, value: 0, match: 0, fairness: 0, likely: 0 },
  offer_to_all: { waited: 1, value: 0, match: 0, fairness: 0, likely: 0 },
  highest_value: { value: 0.6, likely: 0.15, fairness: 0.1, waited: 0.1, match: 0.05 },
  best_match: { match: 0.55, fairness: 0.15, likely: 0.15, waited: 0.1, value: 0.05 },
}

/** Days after which somebody has half of the points for waiting. */
const halfWaitedDays = 14
/** Prior of keeping a visit: nine of ten do (PRODUCT.md: 3 % no-shows and 8 % cancellations in salons), worth four visits as in the risk model. */
const keeps = { share: 0.9, visits: 4 }
/** Prior of saying YES to an offer (issue 5: 30 % of true waitlisters), worth four offers, because people differ. */
const accepts = { share: 0.3, offers: 4 }

type Question = { waiting: Waiting; chair: FreeChair; entry: WaitlistEntry; slot: Slot | undefined; highest: number; days: number; risk: number | undefined; policy: WaitlistPolicy }

/**
 * The reasons for somebody's place, those that the policy looks at, each 0 to 100:
 * - waited: 100 · d / (d + 14) for d days on the list;
 * - value: the price beside the highest one that is waited for, times the share of visits they keep;
 * - match: 40 for the very person (20 where anybody will do), 30 for times they named (15 where any will do), 30 for the share of the chair that is filled;
 * - fairness: see `fairness`;
 * - likely: half the chance that they come (1 − `risk`, else the share of visits they kept), half the chance that they say YES, by their own answers so far.
 * Shares lean on a prior: (k + prior · worth) / (n + worth).
 */
export function scoreParts({ waiting, chair, entry, slot, highest, days, risk, policy }: Question): ScorePart[] {
  const weight = weights[policy]
  const past = (): { kept: number; all: number; share: number } => {
    const { kept = 0, failed = 0 } = waiting.visits.get(entry.clientId) ?? {}
    return { kept, all: kept + failed, share: (kept + keeps.share * keeps.visits) / (kept + failed + keeps.visits) }
  }
  const parts: Record<ScorePart['name'], () => { points: number; words: string }> = {
    waited: () => ({ points: 100 * Math.max(0, days) / (Math.max(0, days) + halfWaitedDays), words: `waits since ${sayDays(days)}` }),
    value() {
      const price = waiting.catalog.services.find(({ id }) => id === entry.serviceId)?.price
      const { kept, all, share } = past()
      const words = price === undefined ? 'no price is known' : `${sayMoney(price)}${all === 0 ? '' : `, kept ${kept} of ${all} visits`}`
      return { points: highest === 0 ? 0 : 100 * ((price?.minor ?? 0) / highest) * share, words }
    },
    match: () => matches({ waiting, chair, entry, slot }),
    fairness: () => fairness({ offers: waiting.memory?.get(entry.clientId) ?? [], now: waiting.now }),
    likely() {
      const { offers, yes } = said(waiting.memory?.get(entry.clientId) ?? [])
      const says = (yes + accepts.share * accepts.offers) / (offers + accepts.offers)
      const comes = risk === undefined ? past().share : 1 - risk
      return { points: 100 * (comes + says) / 2, words: `${Math.round(comes * 100)} % likely to come${offers === 0 ? '' : `, said YES to ${yes} of ${offers} offers`}` }
    },
  }
  return (Object.keys(parts) as ScorePart['name'][]).filter((name) => weight[name] > 0).map((name): ScorePart => Object.assign({ name, weight: weight[name] }, parts[name]()))
}

/** The weighted mean of the parts, 0 to 100. */
export function scoreOf(parts: ScorePart[]): number {
  const total = parts.reduce((sum, { weight }) => sum + weight, 0)
  return total === 0 ? 0 : parts.reduce((sum, { points, weight }) => sum + points * weight, 0) / total
}

/** "today", "yesterday", "12 days". */
export function sayDays(days: number): string {
  return days <= 0 ? 'today' : days === 1 ? 'yesterday' : `${days} days`
}

function matches({ waiting, chair, entry, slot }: Pick<Question, 'waiting' | 'chair' | 'entry' | 'slot'>): { points: number; words: string } {
  const isTheirs = entry.staffId !== undefined && slot?.segments.some(({ staffId }) => staffId === entry.staffId) === true
  const isWanted = slot !== undefined && entry.wanted.some(({ from, to }) => from <= slot.start && slot.start < to)
  const fills = slot === undefined ? 0 : Math.min(1, minutesBetween(slot.start, slot.end) / Math.max(1, minutesBetween(chair.start, chair.end)))
  const name = waiting.catalog.staff.find(({ id }) => id === entry.staffId)?.name
  const words = [isTheirs && name !== undefined ? `asked for ${name}` : 'takes anybody', isWanted ? 'named this time' : 'takes any time', `fills ${Math.round(fills * 100)} % of it`]
  return { points: (isTheirs ? 40 : 20) + (isWanted ? 30 : 15) + 30 * fills, words: words.join(', ') }
}
