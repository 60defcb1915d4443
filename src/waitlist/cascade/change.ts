import type { OpeningState } from '../../salon/waitlist.ts'
import type { Instant } from '../../salon/time.ts'
import { asked, type Cascade, type CascadeEffect, type Offer, type Refused, type Step } from './cascade.ts'

export { asked } from './cascade.ts'

export function nothing(cascade: Cascade): Step {
  return { cascade, effects: [] }
}

export function refuse(cascade: Cascade, refused: Refused): Step {
  return { cascade, effects: [], refused }
}

export function changeOffer(cascade: Cascade, offerId: string, change: Partial<Offer>, opening: { state?: OpeningState } = {}): Step {
  return { cascade: { ...cascade, ...opening, offers: cascade.offers.map((offer) => (offer.id === offerId ? { ...offer, ...change } : offer)) }, effects: [] }
}

/** Those who may still answer in time. */
export function liveOffers({ offers }: Cascade): Offer[] {
  return offers.filter(({ state }) => asked.includes(state))
}

/**
 * The chair is no longer on offer: nobody is asked any more, whoever has not answered hears nothing, and whoever said YES
 * too late hears that it is gone. I10: in the same step, so that no offer outlives the chair.
 */
export function end(cascade: Cascade, { state, why }: { state: OpeningState; why?: string; now: Instant }): Step {
  const effects: CascadeEffect[] = cascade.offers.filter((offer) => offer.state === 'late_yes').map(({ id }) => ({ do: 'tell', offerId: id, what: 'taken' }))
  const offers = cascade.offers.map((offer): Offer => {
    if (asked.includes(offer.state)) return { ...offer, state: 'withdrawn' }
    if (offer.state === 'late_yes') return { ...offer, state: 'expired', why: 'late_yes' }
    return offer.state === 'approved' ? { ...offer, state: 'withdrawn', why: 'not_needed' } : offer
  })
  return { cascade: { ...cascade, state, ...(why === undefined ? {} : { why }), offers }, effects }
}
