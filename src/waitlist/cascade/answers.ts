import { addMinutes, type Instant } from '../../salon/time.ts'
import { asked, type Cascade, type CascadeEffect, ended, graceMin, type Offer, type Step } from './cascade.ts'
import { changeOffer, liveOffers, nothing, refuse } from './change.ts'

type Answer = { offerId: string; at: Instant; now: Instant }

/**
 * YES. In time means: it reached us before the window (and the grace) was over, however late it is looked at (F45). The
 * first one has the chair; who comes second keeps the place (F44); who comes too late is next, or has it where nobody else
 * is asked (F46).
 */
export function answerYes(cascade: Cascade, { offerId, at, now }: Answer): Step {
  const offer = find(cascade, offerId)
  switch (offer?.state) {
    case undefined:
    case 'approved':
      return nothing(cascade)
    case 'booked':
    case 'accepted':
    case 'booking':
      return refuse(cascade, 'already_accepted')
    case 'late_yes':
    case 'apologised':
    case 'book_failed':
      return nothing(cascade)
    case 'queued': case 'sent': case 'send_unknown': case 'expired': case 'withdrawn': case 'declined': case 'skipped': case 'suppressed': case 'undeliverable': // below
  }
  // Also while nobody has looked yet: whether a desk was awake must not decide.
  if (ended.includes(cascade.state) || at > addMinutes(cascade.bookBy, graceMin)) return tooLate(cascade, offer, at)
  // A booking takes a moment: its end tells the second one what came of it, or gives them the chair after all.
  if (cascade.state === 'booking') return changeOffer(cascade, offerId, { state: 'late_yes', why: isInTime(offer, at) ? 'second' : 'second_late', answeredAt: at })
  if (isInTime(offer, at) || others(cascade, offerId).length === 0) return accept(cascade, offer, { at, now })
  return { cascade: changed(cascade, offerId, { state: 'late_yes', why: 'late', answeredAt: at, toldHolding: true }), effects: [{ do: 'tell', offerId, what: 'late' }, { do: 'alert', offerId, why: 'late_yes' }] }
}

/** NO, or "wait, no": in time as long as nothing was sent to the platform; then only people may undo it (F49). */
export function answerNo(cascade: Cascade, { offerId, at, now }: Answer): Step {
  const offer = find(cascade, offerId)
  if (offer === undefined) return nothing(cascade)
  if (offer.state === 'accepted') {
    const after = release(changed(cascade, offerId, { state: 'declined', why: 'changed_mind', answeredAt: at }), now)
    return { cascade: after.cascade, effects: [{ do: 'tell', offerId, what: 'not_booked' }, ...after.effects] }
  }
  if (offer.state === 'booking') return refuse(cascade, 'being_booked')
  if (offer.state === 'booked') return refuse(cascade, 'already_booked')
  if (ended.includes(cascade.state) || heardTaken(offer) || (!asked.includes(offer.state) && offer.state !== 'late_yes' && offer.state !== 'expired')) return refuse(cascade, 'ended')
  return { cascade: changed(cascade, offerId, { state: 'declined', answeredAt: at }), effects: [{ do: 'tell', offerId, what: 'declined' }] }
}

/** Gives the chair to an offer: from here on everybody else comes second. */
export function accept(cascade: Cascade, offer: Offer, { at, now }: { at: Instant; now: Instant }): Step {
  return { cascade: changed(cascade, offer.id, { state: 'accepted', answeredAt: at, acceptedAt: now }, { state: 'booking' }), effects: [] }
}

/**
 * Whoever had the chair has it no more. In the same step, so that nobody overtakes: whoever said YES meanwhile has it next,
 * in the order they said so, as if they said it now; their patience began with their YES. Who was too late waits as such.
 */
export function release(cascade: Cascade, now: Instant): Step {
  const effects: CascadeEffect[] = []
  let after: Cascade = { ...cascade, state: 'offering' }
  const seconds = cascade.offers.filter(({ state, why }) => state === 'late_yes' && (why === 'second' || why === 'second_late')).toSorted((a, b) => Number(a.why === 'second_late') - Number(b.why === 'second_late') || ((a.answeredAt ?? now) < (b.answeredAt ?? now) ? -1 : 1))
  for (const second of seconds) {
    if (second.why === 'second_late' && !second.toldHolding) effects.push({ do: 'tell', offerId: second.id, what: 'late' })
    if (second.why === 'second_late') effects.push({ do: 'alert', offerId: second.id, why: 'late_yes' })
    else if (after.state === 'offering') after = accept(after, second, { at: second.answeredAt ?? now, now: second.answeredAt ?? now }).cascade
    if (second.why === 'second_late') after = changed(after, second.id, { why: 'late', toldHolding: true })
  }
  return { cascade: after, effects }
}

function tooLate(cascade: Cascade, offer: Offer, at: Instant): Step {
  if (heardTaken(offer)) return nothing(cascade)
  return { cascade: changed(cascade, offer.id, { state: 'expired', why: 'too_late', answeredAt: at }), effects: [{ do: 'tell', offerId: offer.id, what: 'taken' }] }
}

/** Told once, however often they answer. */
function heardTaken({ state, why }: Offer): boolean {
  return state === 'expired' && (why === 'too_late' || why === 'late_yes')
}

function isInTime({ state, expiresAt }: Offer, at: Instant): boolean {
  return state === 'queued' || (expiresAt !== undefined && at <= addMinutes(expiresAt, graceMin))
}

function others(cascade: Cascade, offerId: string): Offer[] {
  return liveOffers(cascade).filter(({ id }) => id !== offerId)
}

function find({ offers }: Cascade, offerId: string): Offer | undefined {
  return offers.find(({ id }) => id === offerId)
}

function changed(cascade: Cascade, offerId: string, change: Partial<Offer>, opening: Parameters<typeof changeOffer>[3] = {}): Cascade {
  return changeOffer(cascade, offerId, change, opening).cascade
}
