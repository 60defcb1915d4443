import { addMinutes, type Instant } from '../../salon/time.ts'
import { accept } from './answers.ts'
import { waitForPlatform } from './book-winner.ts'
import { type Cascade, graceMin, lateYesMin, leastWindowMin, type Offer, type Step } from './cascade.ts'
import { asked, changeOffer, end, liveOffers, nothing } from './change.ts'

/** What passing time does: windows close, a late YES gets its turn, and a chair that is out of reach or that nobody wants is given up. */
export function tick(cascade: Cascade, now: Instant): Step {
  if (cascade.state === 'booking') return waitForPlatform(cascade, now)
  if (cascade.state !== 'offering') return cascade.state === 'open' && cascade.bookBy <= now ? end(cascade, { state: 'too_late', why: 'nobody_decided', now }) : nothing(cascade)
  const after = closeWindows(cascade, now)
  if (liveOffers(after).length > 0) return { cascade: after, effects: [] }
  const late = lateYes(after, now)
  if (late !== undefined) return accept(after, late, { at: late.answeredAt ?? now, now })
  if (addMinutes(now, leastWindowMin) > cascade.bookBy) return end(after, { state: 'too_late', why: 'no_time_left', now })
  // Everybody was asked; their windows and their second chance are over.
  return after.offers.some(({ state }) => state === 'approved') ? { cascade: after, effects: [] } : end(after, { state: 'closed', why: 'nobody_took_it', now })
}

/** A window is over when no YES can be in time any more, the grace included. What is still on its way out keeps its turn, up to the last moment. */
function closeWindows(cascade: Cascade, now: Instant): Cascade {
  return cascade.offers.filter((offer) => isOver(offer, cascade, now)).reduce((after, { id }) => changeOffer(after, id, { state: 'expired' }).cascade, cascade)
}

function isOver({ state, expiresAt }: Offer, { bookBy }: Cascade, now: Instant): boolean {
  return asked.includes(state) && addMinutes(expiresAt ?? bookBy, graceMin) <= now
}

/** Whoever said YES too late first, while that YES still counts. */
export function lateYes({ offers }: Pick<Cascade, 'offers'>, now: Instant): Offer | undefined {
  return offers.filter(({ state, answeredAt }) => state === 'late_yes' && answeredAt !== undefined && addMinutes(answeredAt, lateYesMin) > now).toSorted((a, b) => ((a.answeredAt ?? '') < (b.answeredAt ?? '') ? -1 : 1))[0]
}
