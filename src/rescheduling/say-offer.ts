import { type Booking, isSameWork } from '../bookings/read-booking.ts'
import { sayVisit } from '../bookings/tell-client.ts'
import type { Answered, Say } from '../messages/messages.ts'
import type { Slot } from '../salon/salon.ts'
import type { SayValue } from '../salon/say-value.ts'
import { addMinutes, type Instant, localTime, type Zone } from '../salon/time.ts'
import { askConfirm, chooseTime, type Talk, type TalkAt } from './offer-data.ts'

/** A question about another time is answered within a day, and before the visit. */
const answerWithin = 24 * 60

type About = { booking: Booking; now: Instant; subject: string }

/** What every text about this visit has: the shop, and that it is not sent once the visit is another one. */
function about({ appointment, location }: Booking): Pick<Say, 'locationId' | 'appointmentId' | 'onlyWhile'> {
  return { locationId: location.id, appointmentId: appointment.id, onlyWhile: { start: appointment.start, live: true } }
}

function visitWords({ catalog, location, appointment }: Booking, now: Instant, slot: Pick<Slot, 'segments' | 'start'> = appointment) {
  return sayVisit({ catalog, location, segments: slot.segments, start: slot.start, timeKnown: true, now })
}

function asks({ booking: { appointment }, now, subject }: About, data: Talk, until?: Instant): NonNullable<Say['asks']> {
  const expiresAt = [addMinutes(now, answerWithin), appointment.start, ...(until === undefined ? [] : [until])].toSorted()[0] as Instant
  return { handler: chooseTime, subject, expiresAt, data }
}

/** The times on offer: one is read back whole and wants a YES, several want a number. */
export function sayTimes(given: About & { slots: Slot[]; fits: boolean; talk: Omit<TalkAt<'times'>, 'stage' | 'times'> }): Say {
  const { booking, now, fits, talk } = given
  const slots = inPlaces(given.slots, booking.location.zone)
  const data: Talk = { ...talk, stage: 'times', times: slots.map(({ id, start, end }) => ({ slotId: id, start, end })) }
  const [only] = slots
  const last = slots.map(({ start }) => start).toSorted().at(-1)
  const base = { ...about(booking), asks: asks(given, data, last) }
  const { services } = visitWords(booking, now)
  if (only !== undefined && slots.length === 1) {
    const { when, staff } = visitWords(booking, now, only)
    return { template: fits ? 'offer-time' : 'offer-nearest-time', values: { services, when, staff }, ...base }
  }
  return { template: fits ? 'offer-times' : 'offer-nearest-times', values: { services, times: listTimes(booking, slots, now) }, ...base }
}

/** "Which one?": the same times again, by their places. */
export function sayWhich(given: About & { talk: TalkAt<'times'>; slots: Slot[] }): Say {
  const { booking, now, talk, slots } = given
  return { template: 'ask-which', values: { times: listTimes(booking, slots, now) }, ...about(booking), asks: asks(given, { ...talk, askedBack: talk.askedBack + 1 }) }
}

/**
 * "2" may mean the second or two o'clock: a time whose hour is a place on the list gets that place, so that both are the same.
 * The others keep their order.
 */
function inPlaces(slots: Slot[], zone: Zone): Slot[] {
  if (slots.length < 2) return slots
  const placed: (Slot | undefined)[] = slots.map((_, place) => slots.find(({ start }) => hourOf(start, zone) === place + 1))
  const rest = slots.filter((slot) => !placed.includes(slot))
  return placed.map((slot) => slot ?? (rest.shift() as Slot))
}

function hourOf(start: Instant, zone: Zone): number {
  return Number(localTime(start, zone).slice(0, 2)) % 12 || 12
}

/** The times by their places, with the person where it is not whom the visit has. */
function listTimes({ catalog, location, appointment }: Booking, slots: Slot[], now: Instant): Say['values'][string] {
  const staffOf = ({ segments, start }: Slot) => (isSameWork(segments, appointment.segments) ? [] : sayVisit({ catalog, location, segments, start, timeKnown: true, now }).staff.with)
  return { times: slots.map((slot) => ({ at: slot.start, with: staffOf(slot) })), zone: location.zone, now }
}

export function sayAskWhen(given: About & { talk: Omit<TalkAt<'when'>, 'stage'> }): Say {
  const { services } = visitWords(given.booking, given.now)
  return { template: 'ask-when', values: { services }, ...about(given.booking), asks: asks(given, { ...given.talk, stage: 'when' }) }
}

export function sayAskAmPm(given: About & { talk: Omit<TalkAt<'am_pm'>, 'stage'> }): Say {
  const { booking, talk } = given
  const { zone } = booking.location
  const [first, second] = talk.times.map((time) => ({ time, zone })) as [SayValue, SayValue]
  return { template: 'ask-am-pm', values: { first, second }, ...about(booking), asks: asks(given, { ...talk, stage: 'am_pm' }) }
}

export function sayNone({ booking, now }: { booking: Booking; now: Instant }): Say {
  const { services } = visitWords(booking, now)
  return { template: 'times-none', values: { services }, ...about(booking) }
}

/** The wish is with the desk. "No, keep it" still takes it back, as long as nobody has decided. */
export function sayMoveAsked(given: About & { slot: Pick<Slot, 'segments' | 'start'>; until: Instant; talk: Omit<TalkAt<'asked'>, 'stage'> }): Say {
  const { booking, now, slot, until, talk } = given
  return { template: 'move-asked', values: visitWords(booking, now, slot), ...about(booking), asks: asks(given, { ...talk, stage: 'asked' }, until) }
}

/** The visit stays. Whoever was asked whether they come is asked that again. */
export function sayKept({ booking, now, confirm }: { booking: Booking; now: Instant; confirm: boolean }): Say {
  const { appointment } = booking
  const asked = confirm && appointment.status !== 'confirmed' && appointment.start > now
  const values = visitWords(booking, now)
  return asked
    ? { template: 'change-kept-confirm', values, ...about(booking), asks: askConfirm({ appointmentId: appointment.id, start: appointment.start }) }
    : { template: 'change-kept', values, ...about(booking) }
}

export function handedOver(why: string, say?: Say): Answered {
  return { did: 'handed_over', why, ...(say === undefined ? {} : { say }) }
}
