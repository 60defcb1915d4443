import { addMinutes, type Instant } from '../../salon/time.ts'
import { release } from './answers.ts'
import { byHandMin, type Cascade, type CascadeEvent, giveUpAfterMin, holdingAfterMin, type Offer, retryMin, type Step, tryLeaseMin } from './cascade.ts'
import { changeOffer, end, nothing, refuse } from './change.ts'

/** Whoever has the chair and is not booked yet. */
export function winner({ offers }: Cascade): Offer | undefined {
  return offers.find(({ state }) => state === 'accepted' || state === 'booking')
}

/** A try whose end nobody knows: no later "unavailable" says that it did not get through. */
const inDoubt = { why: 'maybe_booked' }

/** A person is at it: it stays so until the booking is seen, and no NO undercuts them. */
const byHand = 'by_hand'
const doubtful = ({ why }: Offer): { why?: string } => (why === byHand ? {} : inDoubt)

/** One try at a time: the next one when this one's time is over, and then it looks first. */
export function tryBooking(cascade: Cascade, { offerId, now }: { offerId: string; now: Instant }): Step {
  const offer = winner(cascade)
  if (offer?.id !== offerId || (offer.nextTryAt !== undefined && offer.nextTryAt > now)) return refuse(cascade, 'nothing_to_do')
  return changeOffer(cascade, offerId, { state: 'booking', attempts: offer.attempts + 1, nextTryAt: addMinutes(now, tryLeaseMin), ...(offer.state === 'booking' ? doubtful(offer) : {}) })
}

/**
 * What a try came to. Booked is booked, and the only reason to say so (I5). Taken ends the offer and the opening (F47).
 * While the platform is away it is tried again; what may have got through stays `booking`, so that no NO can undercut it.
 */
export function tried(cascade: Cascade, { offerId, came, appointmentId, why, now }: Extract<CascadeEvent, { kind: 'tried' }>): Step {
  const offer = cascade.offers.find(({ id }) => id === offerId)
  if (offer === undefined) return nothing(cascade)
  if (winner(cascade)?.id !== offerId) {
    // A try that came back after all, for somebody who was told otherwise: people undo it, or call.
    if (came !== 'booked' || offer.state === 'booked' || offer.appointmentId !== undefined) return nothing(cascade)
    return { ...changeOffer(cascade, offerId, appointmentId === undefined ? {} : { appointmentId }), effects: [{ do: 'alert', offerId, why: offer.state === 'apologised' ? 'booked_after_apology' : 'booked_after_no' }] }
  }
  switch (came) {
    case 'booked': {
      const booked = changeOffer(cascade, offerId, { state: 'booked', ...(appointmentId === undefined ? {} : { appointmentId }) })
      const over = end(booked.cascade, { state: 'filled', now })
      return { cascade: over.cascade, effects: [{ do: 'tell', offerId, what: 'booked' }, ...over.effects] }
    }
    case 'taken':
      return giveUp(cascade, offerId, { now, why: 'taken_elsewhere', state: 'lost' })
    case 'refused': {
      const after = release(changeOffer(cascade, offerId, { state: 'apologised', why: why ?? 'refused' }).cascade, now)
      return { cascade: after.cascade, effects: [{ do: 'tell', offerId, what: 'apology' }, { do: 'alert', offerId, why: why ?? 'refused' }, ...after.effects] }
    }
    case 'unavailable': case 'uncertain': case 'by_hand': // below
  }
  const nextTryAt = addMinutes(now, retryMin[Math.min(offer.attempts, retryMin.length) - 1] ?? 0.5)
  if (came === byHand) return handOver(cascade, offer, nextTryAt)
  const isSure = came === 'unavailable' && offer.why !== inDoubt.why && offer.why !== byHand
  return changeOffer(cascade, offerId, { state: isSure ? 'accepted' : 'booking', nextTryAt, ...(came === 'uncertain' ? doubtful(offer) : {}) })
}

/** The booking is a person's to make. Said once, to them and (that it takes longer) to the client; further tries only look whether it is there. */
function handOver(cascade: Cascade, { id: offerId, why, toldHolding }: Offer, nextTryAt: Instant): Step {
  const { cascade: after } = changeOffer(cascade, offerId, { state: 'booking', why: byHand, nextTryAt, toldHolding: true })
  return { cascade: after, effects: [...(toldHolding ? [] : [{ do: 'tell' as const, offerId, what: 'holding' as const }]), ...(why === byHand ? [] : [{ do: 'alert' as const, offerId, why: byHand }])] }
}

/** Until when somebody who said YES may wait for the booking. */
export function patienceEnds({ bookBy }: Pick<Cascade, 'bookBy'>, { why, acceptedAt }: Pick<Offer, 'why'> & { acceptedAt: Instant }): Instant {
  const usual = addMinutes(acceptedAt, giveUpAfterMin)
  if (why !== byHand) return usual
  const most = addMinutes(acceptedAt, byHandMin)
  const within = bookBy < most ? bookBy : most
  return within > usual ? within : usual
}

/** Two minutes after a YES the client hears that it takes longer, once; a quarter of an hour after it (longer where people book), that it did not work out (WL-5, F40). */
export function waitForPlatform(cascade: Cascade, now: Instant): Step {
  const offer = winner(cascade)
  if (offer?.acceptedAt === undefined) return nothing(cascade)
  if (patienceEnds(cascade, { ...offer, acceptedAt: offer.acceptedAt }) <= now) return giveUp(cascade, offer.id, { now, why: offer.why === byHand ? 'not_by_hand' : offer.state === 'booking' ? 'maybe_booked' : 'platform_away', state: 'closed' })
  if (offer.attempts === 0 || addMinutes(offer.acceptedAt, holdingAfterMin) > now) return nothing(cascade)
  const untold = cascade.offers.filter((each) => !each.toldHolding && (each.id === offer.id || each.state === 'late_yes'))
  return {
    cascade: untold.reduce((after, { id }) => changeOffer(after, id, { toldHolding: true }).cascade, cascade),
    effects: untold.map(({ id }) => ({ do: 'tell', offerId: id, what: id === offer.id ? 'holding' : 'late' })),
  }
}

/** When the next try, the holding text or the deadline is due. */
export function bookingLooks(cascade: Cascade, now: Instant): Instant[] {
  const offer = winner(cascade)
  if (offer?.acceptedAt === undefined) return [now]
  return [offer.nextTryAt ?? now, ...(offer.toldHolding ? [] : [addMinutes(offer.acceptedAt, holdingAfterMin)]), patienceEnds(cascade, { ...offer, acceptedAt: offer.acceptedAt })]
}

function giveUp(cascade: Cascade, offerId: string, { state, why, now }: { state: 'lost' | 'closed'; why: string; now: Instant }): Step {
  const { cascade: after } = changeOffer(cascade, offerId, { state: 'apologised', why })
  const over = end(after, { state, why, now })
  return { cascade: over.cascade, effects: [{ do: 'tell', offerId, what: 'apology' }, { do: 'alert', offerId, why }, ...over.effects] }
}
