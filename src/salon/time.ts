import { Temporal } from 'temporal-polyfill'
import { DeskError } from './errors.ts'

/** A moment, as canonical UTC ISO 8601 with milliseconds (`2018-06-20T14:30:00.000Z`); two of them compare as strings. */
export type Instant = string

/** A calendar day without time or zone, `YYYY-MM-DD`. */
export type LocalDate = string

/** A wall-clock time, `HH:MM` in 24 hours. */
export type LocalTime = string

/** An IANA zone name such as `America/Vancouver`. */
export type Zone = string

/** The only source of "now"; passed in so that tests and `DESK_NOW` can fix it. */
export type Clock = { now(): Instant }

export const systemClock: Clock = { now: () => new Date().toISOString() }

export function fixedClock(now: string): Clock {
  const at = toInstant(now)
  return { now: () => at }
}

/** Parses any ISO 8601 text with an offset into a canonical instant. Throws `DeskError('invalid_time')`. */
export function toInstant(text: string): Instant {
  try {
    return new Date(Temporal.Instant.from(text).epochMilliseconds).toISOString()
  } catch (cause) {
    throw new DeskError('invalid_time', {
      message: `not an ISO time with offset: ${text}`,
      userMessage: `"${text}" is not a time I can read. Write it like 2018-06-20T07:30:00-07:00.`,
      cause,
    })
  }
}

/** Parses `YYYY-MM-DD`. Throws `DeskError('invalid_time')` for anything that is not a real calendar day. */
export function toLocalDate(text: string): LocalDate {
  try {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) throw new RangeError('shape')
    return Temporal.PlainDate.from(text, { overflow: 'reject' }).toString()
  } catch (cause) {
    throw new DeskError('invalid_time', {
      message: `not a calendar day: ${text}`,
      userMessage: `"${text}" is not a date I can read. Write it like 2018-06-20.`,
      cause,
    })
  }
}

export function isZone(zone: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/** The instant at which `date` `time` is on the wall in `zone` (in a DST gap the later reading, in an overlap the earlier one). */
export function at(date: LocalDate, time: LocalTime, zone: Zone): Instant {
  return new Date(Temporal.PlainDate.from(date).toZonedDateTime({ timeZone: zone, plainTime: Temporal.PlainTime.from(time) }).epochMilliseconds).toISOString()
}

export function startOfDay(date: LocalDate, zone: Zone): Instant {
  return new Date(Temporal.PlainDate.from(date).toZonedDateTime(zone).startOfDay().epochMilliseconds).toISOString()
}

/** The half-open range of instants `[from, to)` that is `days` local days starting with `date`. */
export function dayRange(date: LocalDate, zone: Zone, days = 1): { from: Instant; to: Instant } {
  return { from: startOfDay(date, zone), to: startOfDay(addDays(date, days), zone) }
}

export function localDate(instant: Instant, zone: Zone): LocalDate {
  // Asked for every visit of a book: reckoned with the zone's offset where the instant is written as we write it.
  const ms = Date.parse(instant)
  return ms >= 0 && ms < latestMs && new Date(ms).toISOString() === instant ? new Date(ms + offsetMs(ms, zone)).toISOString().slice(0, 10) : zoned(instant, zone).toPlainDate().toString()
}

export function localTime(instant: Instant, zone: Zone): LocalTime {
  return zoned(instant, zone).toPlainTime().toString({ smallestUnit: 'minute' })
}

/** ISO 8601 local time with the zone's offset, for machines: `2018-06-20T07:30:00-07:00`. */
export function isoLocal(instant: Instant, zone: Zone): string {
  return zoned(instant, zone).toString({ timeZoneName: 'never', smallestUnit: 'second' })
}

export function addDays(date: LocalDate, days: number): LocalDate {
  const ms = dayMs(date) + days * 86_400_000
  return ms >= 0 && ms < latestMs ? new Date(ms).toISOString().slice(0, 10) : Temporal.PlainDate.from(date).add({ days }).toString()
}

export function addMinutes(instant: Instant, minutes: number): Instant {
  return new Date(Date.parse(instant) + minutes * 60_000).toISOString()
}

/** Whole calendar days from `from` to `to` (negative when `to` is earlier). */
export function daysBetween(from: LocalDate, to: LocalDate): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000)
}

export function minutesBetween(from: Instant, to: Instant): number {
  return (Date.parse(to) - Date.parse(from)) / 60_000
}

/** ISO weekday of a date: Monday is 1, Sunday is 7. */
export function weekday(date: LocalDate): number {
  const ms = dayMs(date)
  return ms >= 0 ? new Date(ms).getUTCDay() || 7 : Temporal.PlainDate.from(date).dayOfWeek
}

/** Minutes after local midnight of a wall-clock time. */
export function minuteOfDay(time: LocalTime): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))
}

/** For people: "3:00 pm". */
export function sayTime(instant: Instant, zone: Zone): string {
  const { hour, minute } = zoned(instant, zone)
  return `${hour % 12 || 12}:${String(minute).padStart(2, '0')} ${hour < 12 ? 'am' : 'pm'}`
}

/** For people: "Friday 27 November" (with the year when it is not `now`'s). */
export function sayDate(date: LocalDate, now?: LocalDate): string {
  const day = Temporal.PlainDate.from(date)
  const year = now !== undefined && now.slice(0, 4) !== date.slice(0, 4) ? ` ${day.year}` : ''
  return `${weekdayNames[day.dayOfWeek - 1]} ${day.day} ${monthNames[day.month - 1]}${year}`
}

/** For people: "Friday 27 November at 3:00 pm". */
export function sayWhen(instant: Instant, zone: Zone, now?: Instant): string {
  return `${sayDate(localDate(instant, zone), now && localDate(now, zone))} at ${sayTime(instant, zone)}`
}

export const weekdayNames = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const
export const monthNames = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'] as const

function zoned(instant: Instant, zone: Zone): Temporal.ZonedDateTime {
  return Temporal.Instant.from(instant).toZonedDateTimeISO(zone)
}

// Temporal takes thirty times as long as a number does, and a salon's book asks a hundred thousand times. Everything unusual is left to it.
const latestMs = Date.UTC(9999, 0)

/** Midnight UTC of a calendar day; NaN for what is none (the 30th of February is a day to `Date`). */
function dayMs(date: LocalDate): number {
  const ms = /^\d{4}-\d\d-\d\d$/.test(date) ? Date.parse(date) : NaN
  return new Date(ms).getUTCDate() === Number(date.slice(8)) ? ms : NaN
}

/** Stretches of time in which a zone's offset stays the same, as far as anybody asked. */
const stretches = new Map<Zone, { from: number; to: number; offset: number }[]>()

function offsetMs(ms: number, zone: Zone): number {
  const known = stretches.get(zone) ?? []
  const found = known.find(({ from, to }) => from <= ms && ms < to)
  if (found !== undefined) return found.offset
  const here = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone)
  const [from, to] = [here.add({ nanoseconds: 1 }).getTimeZoneTransition('previous'), here.getTimeZoneTransition('next')]
  const stretch = { from: from?.epochMilliseconds ?? -Infinity, to: to?.epochMilliseconds ?? Infinity, offset: here.offsetNanoseconds / 1e6 }
  stretches.set(zone, [stretch, ...known])
  return stretch.offset
}
