import type { OfferState, OpeningState } from '../../salon/waitlist.ts'
import type { Instant } from '../../salon/time.ts'

/** A free chair with the offers that were approved for it: all that the rules of the cascade look at. */
export type Cascade = {
  state: OpeningState
  why?: string
  /** The last moment at which a client can still be booked. */
  bookBy: Instant
  plan: CascadePlan
  /** In the approved order. */
  offers: Offer[]
}

/** How it was approved: minutes each may think, and how many are asked at the same time. */
export type CascadePlan = { windowMin: number; width: number }

export type Offer = {
  id: string
  clientId: string
  state: OfferState
  why?: string
  sentAt?: Instant
  expiresAt?: Instant
  /** When the YES (or NO) reached us. */
  answeredAt?: Instant
  /** When it got the chair: what the patience with the platform is counted from. */
  acceptedAt?: Instant
  attempts: number
  nextTryAt?: Instant
  /** Whether a first answer, short of the outcome, was given: that it takes longer, or that somebody else is first. */
  toldHolding: boolean
  appointmentId?: string
}

/** What happens to a cascade. Every `at` and `now` is on the database's clock. */
export type CascadeEvent =
  /** Time passes: offers run out, the holding text and the deadline of a booking fall due, the chair is out of reach. */
  | { kind: 'tick'; now: Instant }
  /** The next in line is asked, or left out with why. Refused unless it is their turn. */
  | { kind: 'ask'; offerId: string; now: Instant }
  | { kind: 'skip'; offerId: string; why: string; now: Instant }
  /** What became of an offer's text. */
  | { kind: 'text'; offerId: string; came: 'sent' | 'unknown' | 'undeliverable' | 'suppressed'; why?: string; at: Instant; now: Instant }
  | { kind: 'yes'; offerId: string; at: Instant; now: Instant }
  | { kind: 'no'; offerId: string; at: Instant; now: Instant }
  /** One try to book whoever said YES begins. */
  | { kind: 'try'; offerId: string; now: Instant }
  /** What came of the try. `uncertain`: it may have got through. `refused`: the platform says no to this client, the chair may still be free. `by_hand`: a person has to make it there, and it is not there (yet). */
  | { kind: 'tried'; offerId: string; came: 'booked' | 'taken' | 'refused' | 'unavailable' | 'uncertain' | 'by_hand'; appointmentId?: string; why?: string; now: Instant }
  /** Somebody else has the chair now, booked elsewhere. */
  | { kind: 'gone'; now: Instant }
  /** People give it up. */
  | { kind: 'close'; why: string; now: Instant }

/** What is to be done besides keeping the new state, in the same transaction. */
export type CascadeEffect =
  | { do: 'offer'; offerId: string }
  | { do: 'tell'; offerId: string; what: Told }
  /** A person must see to it. */
  | { do: 'alert'; offerId?: string; why: string }

/** What a client who answered is told. All but `holding` and `late` are the one outcome of their YES. */
export type Told = 'booked' | 'taken' | 'apology' | 'declined' | 'not_booked' | 'holding' | 'late'

/** `refused`: why the event changed nothing, for whoever asked for it. */
export type Step = { cascade: Cascade; effects: CascadeEffect[]; refused?: Refused }
export type Refused = 'not_its_turn' | 'already_accepted' | 'already_booked' | 'being_booked' | 'ended' | 'nothing_to_do'

/** Minutes: a YES that reached us this long after the window still counts (WL-2). */
export const graceMin = 1
/** Minutes after a YES without a booking: the client hears that it takes longer; then it is given up (WL-5). */
export const holdingAfterMin = 2
export const giveUpAfterMin = 15
/** Minutes after a YES that a person has to make the booking, where the platform leaves that to people; no longer than the chair is within reach. */
export const byHandMin = 120
/** Minutes that one try may take before another desk may look after it. */
export const tryLeaseMin = 1
/** Minutes until the next try, by the number of tries so far; the last one repeats. */
export const retryMin = [0.5, 1, 2, 4]
/** A YES that came too late still counts for so many minutes, should nobody else want the chair (F46: "you are next"). */
export const lateYesMin = 60
/** An offer that nobody could answer in so few minutes is not made. */
export const leastWindowMin = 10

/** Offers whose clients may still answer in time. */
export const asked: readonly OfferState[] = ['queued', 'sent', 'send_unknown']
/** The one who has it. */
export const winning: readonly OfferState[] = ['accepted', 'booking', 'booked']
export const ended: readonly OpeningState[] = ['filled', 'lost', 'closed', 'too_late']
