import { expect, test } from 'vitest'
import { readWish as readTimeWish } from '../../../src/replies/read-wish.ts'
import { chooseTimes } from '../../../src/rescheduling/choose-times.ts'
import { readWish, type WishReading } from '../../../src/rescheduling/read-wish.ts'
import { money } from '../../../src/salon/money.ts'
import type { Location, Slot } from '../../../src/salon/salon.ts'
import { addDays, addMinutes, at, type LocalDate, localDate, localTime, minuteOfDay } from '../../../src/salon/time.ts'
import { asTime } from '../../../src/understanding/time-phrases/clock.ts'
import { readTimePhrases } from '../../../src/understanding/time-phrases/read-time-phrases.ts'
import { tinyBook, tinyZone } from '../../support/tiny-book.ts'

const [location] = tinyBook().catalog.locations as [Location]
/** Tuesday 24 November 2026 at noon; the visit is with Cruz on Friday 27 at three, for 45 minutes. */
const now = '2026-11-24T20:00:00.000Z'
const visit = { start: at('2026-11-27', '15:00', tinyZone), end: at('2026-11-27', '15:45', tinyZone), segments: [segment('2026-11-27', '15:00', 'cruz')] }

type Where = { zone?: string; hours?: Location['hours']; days?: LocalDate[]; start?: string }

function wishOf(text: string, { zone = tinyZone, hours = location.hours, days, start = visit.start }: Where = {}): WishReading {
  const wish = readTimeWish({ text, phrases: readTimePhrases({ text, now, zone, bareNumbers: true, ...(hours.length > 0 && hours === location.hours && { hours }) }) })
  return readWish({ wish, words: text, visit: { start, end: addMinutes(start, 45) }, location: { ...location, hours, zone }, now, daysAhead: 60, ...(days === undefined ? {} : { days }) })
}

/** What is offered for the words when all quarter hours of Tuesday to Sunday are free with Cruz, but for `taken`. */
function offered(text: string, { taken = [], others = [], avoid, ...where }: Where & { taken?: string[]; others?: string[]; avoid?: string[] } = {}): string[] | string {
  const reading = wishOf(text, where)
  if (reading.kind !== 'wanted') return reading.kind
  const slots = open.filter(({ start }) => !taken.includes(local(start)) && start !== visit.start).map((slot) => (others.includes(local(slot.start)) ? Object.assign({}, slot, { segments: slot.segments.map((each) => Object.assign({}, each, { staffId: 'bea' })) }) : slot))
  const chosen = chooseTimes({ wanted: reading.wanted, slots, visit, zone: tinyZone, ...(avoid === undefined ? {} : { avoid: avoid.map((each) => at(each.slice(0, 10), each.slice(11), tinyZone)) }) })
  return chosen === undefined ? 'none' : [...(chosen.fits ? [] : ['nearest']), ...chosen.slots.map(({ start, segments }) => `${local(start)}${segments[0]?.staffId === 'cruz' ? '' : ' bea'}`)]
}

const open = openSlots()

function openSlots(): Slot[] {
  return Array.from({ length: 13 }, (_, n) => addDays('2026-11-24', n)).flatMap((day) => {
    const hours = location.closures.includes(day) ? undefined : location.hours.find(({ weekday }) => weekday === (new Date(`${day}T12:00:00Z`).getUTCDay() || 7))
    if (hours === undefined) return []
    const [first, last] = [minuteOfDay(hours.open), minuteOfDay(hours.close) - 45]
    return Array.from({ length: (last - first) / 15 + 1 }, (_, n) => asTime(first + n * 15)).map((time) => slotOf(day, time)).filter(({ start }) => start > addMinutes(now, 60))
  })
}

function slotOf(day: LocalDate, time: string): Slot {
  const start = at(day, time, tinyZone)
  return { id: `${day} ${time}`, locationId: 'main', start, end: addMinutes(start, 45), segments: [segment(day, time, 'cruz')] }
}

function segment(day: LocalDate, time: string, staffId: string) {
  return { serviceId: 'cut', staffId, staffPreference: 'unknown' as const, start: at(day, time, tinyZone), durationMin: 45, price: money(6500, 'USD') }
}

function local(instant: string): string {
  return `${localDate(instant, tinyZone)} ${localTime(instant, tinyZone)}`
}

test.each<[string, string[] | string]>([
  // A time alone is on the visit's own day; exactly that is offered when it is free.
  ['can we do 4 instead?', ['2026-11-27 16:00']],
  ['could we make it an hour later', ['2026-11-27 16:00']],
  ['push me back 30 minutes', ['2026-11-27 15:30']],
  ['saturday at 2', ['2026-11-28 14:00']],
  ['el sábado a las 2', ['2026-11-28 14:00']],
  ['half past 4', ['2026-11-27 16:30']],
  ['quarter to 5', ['2026-11-27 16:45']],
  ['Wednesday at 10 or saturday at 2', ['2026-11-25 10:00', '2026-11-28 14:00']],
  ['can we do 2 or 4', ['2026-11-27 14:00', '2026-11-27 16:00']],
  ['same time next week', ['2026-12-04 15:00']],
  ['friday morning at 10', ['2026-11-27 10:00']],
  // Stretches are spread; several days get one each.
  ['wednesday after 3', ['2026-11-25 15:00', '2026-11-25 16:00', '2026-11-25 17:00']],
  ['wednesday after 2 but before 4', ['2026-11-25 14:00', '2026-11-25 15:00']],
  ['mañana por la tarde', ['2026-11-25 14:00', '2026-11-25 15:00', '2026-11-25 16:00']],
  ['sunday morning', ['2026-11-29 10:45', '2026-11-29 11:45']],
  ['later next week', ['2026-12-03 15:00', '2026-12-04 15:00', '2026-12-05 15:00']],
  ['next week', ['2026-12-01 15:00', '2026-12-02 15:00', '2026-12-04 15:00']],
  ['between 1 and 2 on saturday', ['2026-11-28 13:15', '2026-11-28 13:30', '2026-11-28 13:45']],
  // Against the visit's own time.
  ['anything earlier?', ['2026-11-27 12:45', '2026-11-27 13:45', '2026-11-27 14:45']],
  ['something later', ['2026-11-27 15:15', '2026-11-27 16:15', '2026-11-27 17:15']],
  // What names the visit as it is now is not what is wanted.
  ['move my friday 3pm to saturday 2pm', ['2026-11-28 14:00']],
  ['change friday to wednesday at 4', ['2026-11-25 16:00']],
  // Ruled out.
  ['not friday', ['2026-11-28 14:00', '2026-11-28 15:00', '2026-11-28 16:00']],
  ['next week but not wednesday', ['2026-12-01 15:00', '2026-12-03 15:00', '2026-12-04 15:00']],
  // Shut: Thanksgiving, and every Monday.
  ['thursday at 2', ['nearest', '2026-11-25 14:00', '2026-11-27 14:00', '2026-11-25 13:30']],
  ['monday at 10', ['nearest', '2026-11-29 10:00', '2026-12-01 10:00', '2026-11-29 10:30']],
  ['can we do 8 instead', ['nearest', '2026-11-27 09:00', '2026-11-27 09:30', '2026-11-27 10:00']],
  // Nothing said, over, or too far.
  ['I need another time', 'nothing'],
  ['yesterday at 3', 'nothing'],
  ['march 5 at 10', 'too_far'],
])('"%s"', (words, expected) => {
  expect(offered(words)).toEqual(expected)
})

test('a time that is taken is answered with the nearest, and the very time with somebody else comes first', () => {
  expect(offered('can we do 4 instead', { taken: ['2026-11-27 16:00'] })).toEqual(['nearest', '2026-11-27 15:45', '2026-11-27 16:15', '2026-11-27 15:15'])
  expect(offered('can we do 4 instead', { others: ['2026-11-27 16:00'] })).toEqual(['2026-11-27 16:00 bea', '2026-11-27 15:30', '2026-11-27 16:30'])
})

test('what was offered and not taken is not offered again, unless it is asked for', () => {
  expect(offered('wednesday after 3', { avoid: ['2026-11-25 15:00', '2026-11-25 16:00'] })).toEqual(['2026-11-25 15:15', '2026-11-25 16:15', '2026-11-25 17:15'])
  expect(offered('wednesday at 3', { avoid: ['2026-11-25 15:00'] })).toEqual(['2026-11-25 15:00'])
})

test('NLU-5: am and pm are settled by the opening hours, and asked back where they leave two', () => {
  const long = [2, 3, 4, 5, 6].map((weekday) => ({ weekday, open: '06:00', close: '22:00' }))
  expect(wishOf('saturday at 8', { hours: long })).toMatchObject({ kind: 'am_pm', times: [at('2026-11-28', '08:00', tinyZone), at('2026-11-28', '20:00', tinyZone)], readings: [{ aims: [{ points: [480] }] }, { aims: [{ points: [1200] }] }] })
  expect(wishOf('saturday evening at 8', { hours: long })).toMatchObject({ kind: 'wanted', wanted: { aims: [{ points: [1200] }] } })
  // The visit must end before closing: nine in the evening is too late for 45 minutes until half past.
  expect(wishOf('saturday at 9', { hours: long.map(({ weekday, open: opens }) => ({ weekday, open: opens, close: '21:30' })) })).toMatchObject({ kind: 'wanted', wanted: { aims: [{ points: [540] }] } })
  expect(wishOf('after 5 please')).toMatchObject({ kind: 'wanted', wanted: { aims: [{ spans: [{ from: 1020, to: 1440 }] }] } })
  expect(wishOf('saturday at 3', { hours: [] })).toMatchObject({ kind: 'wanted', wanted: { aims: [{ points: [900] }] } })
})

test('a time alone is on the day that was talked of', () => {
  expect(wishOf('after 4', { days: ['2026-12-02'] })).toMatchObject({ kind: 'wanted', wanted: { aims: [{ days: ['2026-12-02'], spans: [{ from: 960, to: 1440 }] }] } })
})

test('in the night when the clocks go back, an hour later on the wall is an hour later', () => {
  // Los Angeles, Sunday 1 November 2026 at 2:00 am daylight time; a visit at noon on the Saturday before.
  const start = at('2026-10-31', '12:00', tinyZone)
  const wish = readTimeWish({ text: 'same time on sunday', phrases: readTimePhrases({ text: 'same time on sunday', now: '2026-10-30T19:00:00.000Z', zone: tinyZone }) })
  const reading = readWish({ wish, words: 'same time on sunday', visit: { start, end: addMinutes(start, 45) }, location, now: '2026-10-30T19:00:00.000Z', daysAhead: 60 })
  expect(reading).toMatchObject({ kind: 'wanted', wanted: { aims: [{ days: ['2026-11-01'], points: [720] }] } })
  expect(Date.parse(at('2026-11-01', '12:00', tinyZone)) - Date.parse(start)).toBe(25 * 60 * 60_000)
})
