import type { Booking } from '../bookings/read-booking.ts'
import type { Answered, Question } from '../messages/messages.ts'
import { readWish as readTimeWish } from '../replies/read-wish.ts'
import type { TimeWish } from '../replies/reading.ts'
import type { Location } from '../salon/salon.ts'
import type { Instant, LocalDate } from '../salon/time.ts'
import { readTimePhrases } from '../understanding/time-phrases/read-time-phrases.ts'
import { type Chosen, chooseTimes } from './choose-times.ts'
import { findTimes } from './find-times.ts'
import { holdTimes, releaseHolds } from './hold-times.ts'
import { confirmOf } from './offer-data.ts'
import { readWish } from './read-wish.ts'
import type { Room } from './room.ts'
import type { Rules } from './rules.ts'
import { handedOver, sayAskAmPm, sayAskWhen, sayNone, sayTimes } from './say-offer.ts'
import type { Wanted } from './wanted.ts'

/** Talking with one client about another time for one visit. */
export type Talking = { booking: Booking; rules: Rules; question: Question | undefined }

/** More often than this nobody is asked when. */
const mostAsks = 2

/**
 * Answers a wish for another time: offers free ones, or asks what is missing. `days` are those that were talked of before;
 * `avoid` starts that were offered and not taken; `asked` how often we asked when. Throws `DeskError` for what the platform says.
 */
export async function answerWish(room: Room, talking: Talking, { wish, words, days, avoid, asked = 0 }: { wish: TimeWish | undefined; words: string; days?: LocalDate[]; avoid?: Instant[]; asked?: number }): Promise<Answered> {
  const { booking: { appointment, location }, rules } = talking
  const now = room.clock.now()
  const reading = readWish({ wish: wish ?? bareWish({ words, now, location }), words, visit: appointment, location, now, daysAhead: rules.daysAhead, ...(days === undefined ? {} : { days }) })
  if (reading.kind === 'wanted') return offerTimes(room, talking, { wanted: reading.wanted, ...(avoid === undefined ? {} : { avoid }) })
  await letGo(room, talking.booking)
  if (reading.kind === 'too_far') return handedOver('too_far_ahead')
  const given = { booking: talking.booking, now, subject: subjectOf(talking) }
  if (reading.kind === 'am_pm') return { did: 'asked_back', say: sayAskAmPm({ ...given, talk: { ...aboutVisit(talking), readings: reading.readings, times: reading.times } }) }
  if (asked >= mostAsks) return handedOver('when_unclear')
  return { did: 'asked_back', say: sayAskWhen({ ...given, talk: { ...aboutVisit(talking), asked: asked + 1 } }) }
}

/** Offers what is free around what is wanted, and holds it; nothing free goes to a person. `again`: how often a chosen time was gone. */
export async function offerTimes(room: Room, talking: Talking, { wanted, avoid = [], again = 0 }: { wanted: Wanted; avoid?: Instant[]; again?: number }): Promise<Answered> {
  const { booking, rules } = talking
  const { appointment, location: { id: locationId, zone } } = booking
  const now = room.clock.now()
  const slots = await findTimes({ platform: room.platform, booking, wanted, now, daysAhead: rules.daysAhead })
  let chosen: Chosen | undefined
  const held = await holdTimes(room.store, {
    clientId: appointment.clientId, appointmentId: appointment.id, locationId, slots, holdMinutes: rules.holdMinutes, now,
    choose(free) {
      chosen = chooseTimes({ wanted, slots: free, visit: appointment, zone, avoid })
      return chosen?.slots ?? []
    },
  })
  if (held.length === 0) return handedOver('no_time_near', sayNone({ booking, now }))
  return { did: 'offered', say: sayTimes({ booking, now, subject: subjectOf(talking), slots: held, fits: chosen?.fits === true, talk: { ...aboutVisit(talking), again, askedBack: 0 } }) }
}

/** "Can we do 3 instead?": in a wish for another time a number alone is one, though it is none elsewhere. */
function bareWish({ words, now, location: { zone, hours } }: { words: string; now: Instant; location: Location }): TimeWish | undefined {
  return readTimeWish({ text: words, phrases: readTimePhrases({ text: words, now, zone, hours, bareNumbers: true }) })
}

/** What every question about this visit remembers. */
export function aboutVisit({ booking: { appointment }, question }: Talking): { appointmentId: string; start: Instant; confirm?: { start: Instant } } {
  const confirm = confirmOf(question)
  return { appointmentId: appointment.id, start: appointment.start, ...(confirm?.start === appointment.start ? { confirm } : {}) }
}

/** Named as what was asked last, so that the newer question takes its place. */
export function subjectOf({ booking: { appointment }, question }: Talking): string {
  return question?.subject ?? `appointment:${appointment.id}`
}

/** Lets go of everything this visit has on hold. */
export async function letGo({ store, clock }: Room, { appointment }: Booking): Promise<void> {
  await store.transaction((trx) => releaseHolds(trx, { appointmentId: appointment.id, now: clock.now() }))
}
