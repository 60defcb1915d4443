import type { TimeWish } from '../replies/reading.ts'
import type { Location } from '../salon/salon.ts'
import { addDays, addMinutes, at, daysBetween, type Instant, localDate, type LocalDate, localTime, minuteOfDay, weekday } from '../salon/time.ts'
import type { DatePhrase } from '../understanding/time-phrases/time-phrase.ts'
import { asTime } from '../understanding/time-phrases/clock.ts'
import { readTimesOfDay, type TimesOfDay } from './read-times-of-day.ts'
import { type Aim, type Wanted, wholeDay } from './wanted.ts'
import { leavePresent } from './leave-present.ts'

/** What a wish comes to. `am_pm`: the opening hours leave two readings, morning first, at `times`. */
export type WishReading =
  | { kind: 'wanted'; wanted: Wanted }
  | { kind: 'am_pm'; readings: [Wanted, Wanted]; times: [Instant, Instant] }
  | { kind: 'nothing' | 'too_far' }

export type WishContext = {
  wish: TimeWish | undefined
  /** The client's words that the wish was read from. */
  words: string
  visit: { start: Instant; end: Instant }
  location: Location
  now: Instant
  daysAhead: number
  /** The days that were talked of before, when a time alone means those. */
  days?: LocalDate[]
}

/** With no day named, so many days around the visit are looked at. */
const around = 14

/**
 * Turns a wish into days and minutes. A time without a day is on the day of the visit (or of what was offered); "earlier"
 * and "later" are against the visit's own time; "3" without am or pm is what the opening hours leave, else both readings.
 */
export function readWish(context: WishContext): WishReading {
  const { location: { zone }, visit, now, daysAhead } = context
  if (context.wish === undefined) return { kind: 'nothing' }
  const wish = leavePresent({ wish: context.wish, words: context.words, start: visit.start, zone })
  const today = localDate(now, zone)
  const last = addDays(today, daysAhead)
  const home = localDate(visit.start, zone)
  const homeMinute = minuteOfDay(localTime(visit.start, zone))
  const groups = groupTimes(wish)
  const dated = wish.dates.length > 0
  const daysOf = (dates: DatePhrase[]) => distinct(dates.flatMap((date) => expand({ date, today, last, home })))
  if (dated && daysOf(wish.dates).length === 0) return { kind: wish.dates.some(({ from }) => from > last) ? 'too_far' : 'nothing' }

  const hours = (days: LocalDate[]) => readTimesOfDay.bind(undefined, { location: context.location, days, lengthMin: minutes(visit.start, visit.end), homeMinute })
  const nearby = () => range(addDays(home, -around), addDays(home, around)).filter((day) => day >= today && day <= last)
  const not = readNots({ wish, today, last, read: hours(nearby()) })
  const build = (half: 0 | 1): { wanted: Wanted; open: TimesOfDay['open'] } | undefined => {
    if (dated) {
      const read = groups.map(({ dates, times }) => ({ dates, days: daysOf(dates), times: hours(daysOf(dates))({ times, half }) })).filter(({ days }) => days.length > 0)
      return { wanted: { aims: read.map(({ dates, days, times }) => aim({ days: narrowed({ wish, dates, days }), times, wish, homeMinute, isHomeWeekday: (day) => weekday(day) === weekday(home) })), ...not }, open: read.find(({ times }) => times.open !== undefined)?.times.open }
    }
    const days = context.days ?? [home]
    const times = hours(days)({ times: wish.times, half })
    if (times.points.length > 0 || times.spans.length > 0) return { wanted: { aims: [{ days, ...times }], ...not }, open: times.open }
    const byMinutes = times.shift === undefined ? undefined : addMinutes(visit.start, times.shift)
    if (byMinutes !== undefined) return { wanted: { aims: [{ ...anyTime, days: [localDate(byMinutes, zone)], points: [minuteOfDay(localTime(byMinutes, zone))] }], ...not }, open: undefined }
    const direction = wish.direction ?? times.direction
    const bounds = direction === undefined ? {} : direction === 'later' ? { after: visit.start } : { before: visit.start }
    if (wish.sameTime === true) return { wanted: { aims: [{ ...anyTime, days: nearby().filter((day) => day !== home), points: [homeMinute] }], anchor: home, ...not, ...bounds }, open: undefined }
    if (direction === undefined && wish.notDates.length === 0 && wish.notTimes.length === 0) return undefined
    return { wanted: { aims: [{ ...anyTime, days: nearby() }], anchor: home, ...not, ...bounds }, open: undefined }
  }
  const [morning, evening] = [build(0), build(1)]
  if (morning === undefined || evening === undefined) return { kind: 'nothing' }
  if (morning.open === undefined) return { kind: 'wanted', wanted: morning.wanted }
  const day = morning.wanted.aims[0]?.days[0] ?? home
  const [early, late] = morning.open
  return { kind: 'am_pm', readings: [morning.wanted, evening.wanted], times: [at(day, asTime(early), zone), at(day, asTime(late), zone)] }
}

const anyTime: Omit<Aim, 'days'> = { points: [], spans: [], centers: [] }

function aim({ days, times, wish, homeMinute, isHomeWeekday }: { days: LocalDate[]; times: TimesOfDay; wish: TimeWish; homeMinute: number; isHomeWeekday: (day: LocalDate) => boolean }): Aim {
  const { points, spans, centers } = times
  if (points.length > 0 || spans.length > 0) return { days, points, spans, centers }
  // "Same time next week" is the same weekday, too.
  if (wish.sameTime === true) return { ...anyTime, days: days.length > 4 && days.some(isHomeWeekday) ? days.filter(isHomeWeekday) : days, points: [homeMinute] }
  if (times.shift !== undefined) return { ...anyTime, days, points: [homeMinute + times.shift] }
  const direction = wish.direction ?? times.direction
  if (direction === undefined || days.length > 1) return { ...anyTime, days }
  return { days, points: [], centers: [homeMinute], spans: [direction === 'later' ? { from: homeMinute + 1, to: wholeDay } : { from: 0, to: homeMinute }] }
}

/** "Later next week" is its second half, when the phrase itself does not say so already. */
function narrowed({ wish, dates, days }: { wish: TimeWish; dates: DatePhrase[]; days: LocalDate[] }): LocalDate[] {
  const says = dates.some(({ text }) => /\b(?:early|start|beginning|first half|mid|middle|late|later|end|rest|earlier)\b/i.test(text))
  if (wish.direction === undefined || days.length < 3 || says || dates.length > 1) return days
  const half = Math.floor(days.length / 2)
  return wish.direction === 'later' ? days.slice(half) : days.slice(0, half)
}

/** "Tuesday at 3 or Thursday at 10": each time with its day, where every day has one; else every time with every day. */
function groupTimes({ dates, times }: TimeWish): { dates: DatePhrase[]; times: TimeWish['times'] }[] {
  const whole = [{ dates, times }]
  if (dates.length < 2 || times.length < 2) return whole
  const sorted = dates.toSorted((a, b) => a.start - b.start)
  const timeFirst = times.every(({ start }) => start < (sorted.at(-1)?.start ?? 0)) && times.some(({ start }) => start < (sorted[0]?.start ?? 0))
  const groups = sorted.map((date, i) => {
    const [from, to] = timeFirst ? [sorted[i - 1]?.start ?? -1, date.start] : [date.start, sorted[i + 1]?.start ?? Infinity]
    return { dates: [date], times: times.filter(({ start }) => start > from && start < to) }
  })
  return groups.every((group) => group.times.length > 0) && groups.reduce((sum, group) => sum + group.times.length, 0) === times.length ? groups : whole
}

function readNots({ wish, today, last, read }: { wish: TimeWish; today: LocalDate; last: LocalDate; read: (given: { times: TimeWish['times']; half: 0 | 1 }) => TimesOfDay }): Pick<Wanted, 'notDays' | 'notWeekdays' | 'notSpans'> {
  const always = wish.notDates.filter(isAnyWeekday)
  const times = [read({ times: wish.notTimes, half: 0 }), read({ times: wish.notTimes, half: 1 })]
  return {
    notDays: distinct(wish.notDates.filter((date) => !isAnyWeekday(date)).flatMap((date) => expand({ date, today, last }))),
    notWeekdays: distinct(always.map(({ from }) => weekday(from))),
    notSpans: times.flatMap(({ points, spans }) => spans.concat(points.map((from) => ({ from, to: from + 1 })))),
  }
}

/** "Not Tuesday" means no Tuesday; "not this Tuesday" and "not the 24th" one day. English, Spanish, French. */
function isAnyWeekday({ from, to, text }: DatePhrase): boolean {
  return from === to && /^(?:on |el |los |le )?(?:mon|tue|wed|thu|fri|sat|sun|lun|mar|mi[eé]|jue|vie|s[aá]b|dom|mer|jeu|ven|sam|dim)\p{L}*\.?$/iu.test(text.trim())
}

/** The days of a phrase from today to the last one offered. Its other reading counts where it is the visit's own day, or the only possible one: the day is said back. */
function expand({ date: { from, to, alternative }, today, last, home }: { date: DatePhrase; today: LocalDate; last: LocalDate; home?: LocalDate }): LocalDate[] {
  const isPossible = (day: LocalDate) => day >= today && day <= last
  const days = range(from, to).filter(isPossible)
  return alternative !== undefined && isPossible(alternative) && (days.length === 0 || alternative === home) ? [...days, alternative] : days
}

function range(from: LocalDate, to: LocalDate): LocalDate[] {
  return Array.from({ length: Math.min(Math.max(daysBetween(from, to), 0), 400) + 1 }, (_, n) => addDays(from, n))
}

function minutes(from: Instant, to: Instant): number {
  return (Date.parse(to) - Date.parse(from)) / 60_000
}

function distinct<T>(items: T[]): T[] {
  return [...new Set(items)]
}
