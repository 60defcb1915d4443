import type { ScoreAppointments } from '../calls/call-list.ts'
import type { Messages } from '../messages/messages.ts'
import type { BookingPlatform } from '../platforms/booking-platform.ts'
import type { Clock } from '../salon/time.ts'
import type { Store } from '../store/open-store.ts'

/** What filling chairs works with. */
export type WaitlistRoom = {
  store: Store
  clock: Clock
  platform: BookingPlatform
  /** The risk model, where one is open: it refines an order and is never needed for one (W6). */
  score?: ScoreAppointments
  messages: Pick<Messages, 'compose' | 'composeAll' | 'queue' | 'withdraw' | 'handOver' | 'isConnected'>
}

/** The question an offer asks, and what the audit log and the outbox call its parts. */
export const offerQuestion = 'waitlist_offer'
export const offersKind = 'waitlist_offers'
export const offerSubject = (offerId: string): string => `offer:${offerId}`
export const offerTextKey = (offerId: string): string => `offer:${offerId}`
