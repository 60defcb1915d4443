import { addMinutes, type Instant, minutesBetween } from '../../salon/time.ts'
import type { Db, Trx } from '../../store/open-store.ts'
import { isYes, said } from '../ranking/fairness.ts'
import { betaQuantile } from './beta-quantile.ts'
import type { Acceptance } from './plan.ts'

const lookBackDays = 180

/** Where a salon starts: a client who asked for such a time says YES to 30 % of offers (issue 5); it weighs as much as 20 offers. */
export const waitlisterPrior = { rate: 0.3, offers: 20 }

/** How often somebody who asked for nothing says YES: 8.3 % of 177,311 offers (PRODUCT.md, the only large public measurement). */
export const strangerRate = 0.083

/** An assumption, not a measurement: half of those who say YES do so within 12 minutes. It weighs as much as 10 answers. */
const answerPrior = { medianMin: 12, answers: 10 }

/**
 * How often, and how fast, clients of a location say YES, from its offers of the last 180 days that they could answer; one
 * that was taken back before they did is none. The rate is the mean of the beta posterior, (YES + 0.3 · 20) / (offers + 20),
 * `from` and `to` its 5 % and 95 % quantiles. The median of the answer times (from sending to YES, minutes) leans on its
 * prior in logarithms, because they are spread over hours: exp((10 · ln 12 + n · ln m) / (10 + n)).
 */
export async function measureAcceptance({ db, locationId, now }: { db: Db | Trx; locationId: string; now: Instant }): Promise<Acceptance> {
  const rows = await db.selectFrom('waitlist_offers').innerJoin('waitlist_openings', 'waitlist_openings.id', 'waitlist_offers.opening_id')
    .select(['waitlist_offers.state', 'waitlist_offers.why', 'sent_at as sentAt', 'answered_at as answeredAt'])
    .where('location_id', '=', locationId).where('at', '>', addMinutes(now, -lookBackDays * 24 * 60)).where('sent_at', 'is not', null).execute()
  const minutes = rows.flatMap((row) => (isYes(row) && row.sentAt !== null && row.answeredAt !== null ? [Math.max(0.1, minutesBetween(row.sentAt, row.answeredAt))] : []))
  return acceptanceOf({ ...said(rows), minutes })
}

/** The same from counts; `minutes` are those between offer and YES. */
export function acceptanceOf({ offers, yes, minutes }: { offers: number; yes: number; minutes: number[] }): Acceptance {
  const a = yes + waitlisterPrior.rate * waitlisterPrior.offers
  const b = offers - yes + (1 - waitlisterPrior.rate) * waitlisterPrior.offers
  const own = minutes.toSorted((x, y) => x - y)[Math.floor((minutes.length - 1) / 2)]
  const medianMin = own === undefined ? answerPrior.medianMin : Math.exp((answerPrior.answers * Math.log(answerPrior.medianMin) + minutes.length * Math.log(own)) / (answerPrior.answers + minutes.length))
  return { rate: a / (a + b), from: betaQuantile({ a, b, q: 0.05 }), to: betaQuantile({ a, b, q: 0.95 }), offers, yes, medianMin }
}
