import { addMinutes, type Instant } from '../../salon/time.ts'
import { answerNo, answerYes } from './answers.ts'
import { bookingLooks, tried, tryBooking, winner } from './book-winner.ts'
import { type Cascade, type CascadeEvent, ended, graceMin, lateYesMin, leastWindowMin, type Offer, type Step, tryLeaseMin } from './cascade.ts'
import { asked, changeOffer, end, liveOffers, nothing, refuse } from './change.ts'
import { lateYes, tick } from './tick.ts'

/**
 * What an event makes of a cascade: the new state and what is to be done with it. Pure: whoever calls it holds the opening's
 * lock, keeps what comes out, and does the effects in the same transaction.
 */
export function step(cascade: Cascade, event: CascadeEvent): Step {
  switch (event.kind) {
    case 'tick':
      return tick(cascade, event.now)
    case 'ask':
      return ask(cascade, event)
    case 'skip':
      return isNext(cascade, event) ? changeOffer(cascade, event.offerId, { state: 'skipped', why: event.why }) : refuse(cascade, 'not_its_turn')
    case 'text':
      return text(cascade, event)
    case 'yes':
      return answerYes(cascade, event)
    case 'no':
      return answerNo(cascade, event)
    case 'try':
      return tryBooking(cascade, event)
    case 'tried':
      return tried(cascade, event)
    case 'gone':
      return gone(cascade, event.now)
    case 'close': // below
  }
  return close(cascade, event)
}

/** Who is to be asked now, in the approved order: as many as there is room for beside those who may still answer. */
export function nextToAsk(cascade: Cascade, now: Instant): Offer[] {
  // Whoever heard "you are next" is.
  if (cascade.state !== 'offering' || isTooLate(cascade, now) || lateYes(cascade, now) !== undefined) return []
  const room = cascade.plan.width - liveOffers(cascade).length
  return room <= 0 ? [] : cascade.offers.filter(({ state }) => state === 'approved').slice(0, room)
}

/**
 * When time alone changes something: a window closes, a try or a deadline of a booking falls due, somebody may be asked, the
 * chair is out of reach. Undefined when nothing ever will. Texts and the platform report for themselves.
 */
export function nextLook(cascade: Cascade, now: Instant): Instant | undefined {
  if (ended.includes(cascade.state)) return undefined
  if (cascade.state === 'open') return cascade.bookBy
  if (cascade.state === 'booking') return bookingLooks(cascade, now).toSorted()[0]
  const live = liveOffers(cascade)
  const waiting = nextToAsk(cascade, now).length > 0 || live.length === 0
  const closing = live.map(({ expiresAt }) => addMinutes(expiresAt ?? cascade.bookBy, graceMin))
  const late = lateYes(cascade, now)?.answeredAt
  return [...(waiting ? [now] : []), ...closing, ...(late === undefined ? [] : [addMinutes(late, lateYesMin)])].toSorted()[0]
}

function isTooLate({ bookBy }: Cascade, now: Instant): boolean {
  return addMinutes(now, leastWindowMin) > bookBy
}

function isNext(cascade: Cascade, { offerId, now }: { offerId: string; now: Instant }): boolean {
  return nextToAsk(cascade, now)[0]?.id === offerId
}

function ask(cascade: Cascade, event: { offerId: string; now: Instant }): Step {
  if (!isNext(cascade, event)) return refuse(cascade, 'not_its_turn')
  const { cascade: after } = changeOffer(cascade, event.offerId, { state: 'queued' })
  return { cascade: after, effects: [{ do: 'offer', offerId: event.offerId }] }
}

/** The window begins when the text was handed over. An answer that was faster than this report stands. */
function text(cascade: Cascade, { offerId, came, why, at }: Extract<CascadeEvent, { kind: 'text' }>): Step {
  const offer = cascade.offers.find(({ id }) => id === offerId)
  if (offer === undefined || !asked.includes(offer.state)) return nothing(cascade)
  if (came === 'sent' || came === 'unknown') {
    if (offer.state === 'sent' || (offer.state === 'send_unknown' && came === 'unknown')) return nothing(cascade)
    const byWindow = addMinutes(at, cascade.plan.windowMin)
    const expiresAt = offer.expiresAt ?? (byWindow < cascade.bookBy ? byWindow : cascade.bookBy)
    return changeOffer(cascade, offerId, { state: came === 'sent' ? 'sent' : 'send_unknown', sentAt: offer.sentAt ?? at, expiresAt })
  }
  return changeOffer(cascade, offerId, { state: came, ...(why === undefined ? {} : { why }) })
}

function gone(cascade: Cascade, now: Instant): Step {
  if (ended.includes(cascade.state)) return nothing(cascade)
  if (cascade.state === 'booking') return hurry(cascade, now)
  return end(cascade, { state: 'lost', why: 'taken_elsewhere', now })
}

/** Whoever is being booked learns it from the booking itself, whose next try waits no longer: the chair may well be theirs. */
function hurry(cascade: Cascade, now: Instant): Step {
  const offer = winner(cascade)
  return offer?.nextTryAt === undefined || offer.nextTryAt <= addMinutes(now, tryLeaseMin) ? nothing(cascade) : changeOffer(cascade, offer.id, { nextTryAt: now })
}

function close(cascade: Cascade, { why, now }: { why: string; now: Instant }): Step {
  if (cascade.state === 'filled') return refuse(cascade, 'already_booked')
  if (cascade.state === 'booking') return refuse(cascade, 'already_accepted')
  if (ended.includes(cascade.state)) return refuse(cascade, 'ended')
  return end(cascade, { state: 'closed', why, now })
}
