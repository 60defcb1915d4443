import { type Instant, minutesBetween } from '../../salon/time.ts'
import type { OfferState } from '../../salon/waitlist.ts'
import type { PastOffer } from './waiting.ts'

const usual = 50
/** Points for saying YES and not getting it, and for being asked about a chair that somebody else took before they answered. */
const rises = { second: 20, faster: 5, most: 50 }
/** Points lost on the day of a win; half as many after so many days. */
const sinks = { points: 50, halfDays: 30 }

const got: ReadonlySet<OfferState> = new Set(['accepted', 'booking', 'booked'])
const saidYesAndLost: ReadonlySet<OfferState> = new Set(['late_yes', 'apologised', 'book_failed'])

/**
 * How much somebody is due, 0 to 100 with 50 for somebody without a past: 20 more for every YES since their last win that came
 * to nothing, 5 for every time somebody else was faster (50 in all at most); after a win 50 less, half of it after 30 days.
 * A rule of our own: whoever never wins rises, whoever has just won lets others go first.
 */
export function fairness({ offers, now }: { offers: PastOffer[]; now: Instant }): { points: number; words: string } {
  const wonAt = offers.filter(({ state }) => state === 'booked').map(({ answeredAt, at }) => answeredAt ?? at).sort().at(-1)
  const since = offers.filter(({ at }) => wonAt === undefined || at > wonAt)
  const second = since.filter((offer) => isYes(offer) && !got.has(offer.state)).length
  const faster = since.filter(({ state, sentAt }) => state === 'withdrawn' && sentAt !== null).length
  const days = wonAt === undefined ? undefined : Math.max(0, minutesBetween(wonAt, now) / (24 * 60))
  const points = usual + Math.min(rises.most, rises.second * second + rises.faster * faster) - (days === undefined ? 0 : sinks.points * 0.5 ** (days / sinks.halfDays))
  const words = [
    ...(second === 0 ? [] : [`said YES ${second === 1 ? 'once' : `${second} times`} and did not get it`]),
    ...(faster === 0 ? [] : [`somebody else was faster ${faster === 1 ? 'once' : `${faster} times`}`]),
    ...(days === undefined ? [] : [`got a chair ${Math.floor(days) === 0 ? 'today' : Math.floor(days) === 1 ? 'a day ago' : `${Math.floor(days)} days ago`}`]),
  ]
  return { points: Math.min(100, Math.max(0, points)), words: words.length === 0 ? 'has no earlier offers that count' : words.join(', ') }
}

/** Offers that somebody could answer, and to how many they said YES. One that was taken back before they answered counts as none. */
export function said(offers: Pick<PastOffer, 'state' | 'why' | 'sentAt' | 'answeredAt'>[]): { offers: number; yes: number } {
  const answered = offers.filter((offer) => isYes(offer) || (offer.sentAt !== null && (offer.state === 'declined' || offer.state === 'expired')))
  return { offers: answered.length, yes: answered.filter(isYes).length }
}

/** Whether they said YES, whatever came of it. Only a YES that was too late leaves an answer on an offer that ran out. */
export function isYes({ state, answeredAt }: Pick<PastOffer, 'state' | 'answeredAt'>): boolean {
  return got.has(state) || saidYesAndLost.has(state) || (state === 'expired' && answeredAt !== null)
}
