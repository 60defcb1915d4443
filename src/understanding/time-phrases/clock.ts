import type { OpeningHours } from '../../salon/salon.ts'
import { minuteOfDay, weekday, type LocalDate, type LocalTime } from '../../salon/time.ts'

const MERIDIEM = String.raw`(?: ?[ap]\.? ?m\b\.?|[ap](?![\p{L}\d])| (?:in the|at|de la|por la) (?:morning|afternoon|evening|night|mañana|tarde|noche))`
const NOT_A_COUNT = String.raw`(?! ?(?:minutes|hours?|days?|weeks?|weekends?|months?|years?|people|persons?|guys|clients?|appointments?|appts?|services?|times?|%|percent|dollars|bucks|visits?|spots?|slots?|of us|st\b|nd\b|rd\b|th\b|ml|kids|children|calls|seats|foils|inch|adults?|nights?|rooms?|tables?|friends|couples|individuals|total|more)|[-/:]?\d|\.\d)`

/** A clock time that is one by its shape alone. */
export const STRONG_CLOCK = String.raw`(?:half (?:past )?\d{1,2}${MERIDIEM}?|quarter (?:past|after|to|of|until|before) \d{1,2}${MERIDIEM}?|\d{1,2} (?:minutes (?:past|to|until)|past) \d{1,2}${MERIDIEM}?|\d{1,2}(?:[:.]|h(?=\d))[0-5]\d${MERIDIEM}?(?!\d)|\d{1,2}-(?:30|35|40|45|50|55)${MERIDIEM}?(?!\d)|\d{1,2}(?:[ -][0-5][05])?${MERIDIEM}|\d{3,4}${MERIDIEM}|\d{1,2} ?oclock${MERIDIEM}?|noon|midnight)`
/** A number that is a time only beside a word or date that says so. */
export const WEAK_CLOCK = String.raw`(?:\d{1,2} [0-5][05](?!\d)${NOT_A_COUNT}|(?:0?[1-9]|1\d|2[0-3])[0-5]\d(?!\d)${NOT_A_COUNT}|(?:1\d|2[0-3]|0?\d)(?!\d)${NOT_A_COUNT})`
export const CLOCK = `(?:${STRONG_CLOCK}|${WEAK_CLOCK})`

/** Either end of "2-4" or "from 2 to 4", where the other end stands beside it. */
export const RANGE_CLOCK = String.raw`(?:${STRONG_CLOCK}|\d{1,2} [0-5][05](?!\d)|(?:0?[1-9]|1\d|2[0-3])[0-5]\d(?!\d)|(?:1\d|2[0-3]|0?\d)(?![\d/:.]))`
/** What must not follow a range of numbers that is to be one of times. */
export const NOT_OF_THINGS = String.raw`(?! ?(?:days?|weeks?|months?|people|clients?|minutes|hours?|years?)\b)`

/** A wall time whose half of the day may still be open: minutes after midnight, one or two readings (morning first). */
export type Clock = number[]

/**
 * Minutes after midnight of a written clock time: one reading when am or pm or 24 hours were said, else both.
 * Noon-ish twelve is always midday: no salon books at midnight. Undefined when it is no time of day.
 */
export function readClock(written: string): Clock | undefined {
  const text = written.trim()
  if (text === 'noon') return [720]
  if (text === 'midnight') return [0]
  const half = meridiemOf(text)
  const bare = text.replace(new RegExp(`${MERIDIEM}$`, 'u'), '').replace(/ ?oclock$/, '').trim()
  const relative = bare.match(/^(half|quarter|\d{1,2})(?: minutes)? (past|after|to|of|until|before) (\d{1,2})$/) ?? bare.match(/^(half) ()(\d{1,2})$/)
  if (relative) {
    const minutes = relative[1] === 'half' ? 30 : relative[1] === 'quarter' ? 15 : Number(relative[1])
    const late = relative[2] === '' || relative[2] === 'past' || relative[2] === 'after'
    const hour = Number(relative[3])
    if (hour > 23 || minutes > 30) return undefined
    return readings(hour * 60 + (late ? minutes : -minutes), half, hour > 12)
  }
  const plain = bare.match(/^(\d{1,2})(?:[:.h -](\d{2}))?$/) ?? bare.match(/^(\d{1,2})(\d{2})$/)
  if (!plain) return undefined
  const hour = Number(plain[1])
  const minute = Number(plain[2] ?? 0)
  if (hour > 23 || minute > 59 || (hour === 0 && plain[2] === undefined)) return undefined
  return readings(hour * 60 + minute, half, hour > 12 || hour === 0 || plain[1]!.length === 2 && plain[1]!.startsWith('0'))
}

function meridiemOf(text: string): 'am' | 'pm' | undefined {
  const match = text.match(new RegExp(`${MERIDIEM}$`, 'u'))?.[0].trim()
  if (match === undefined) return undefined
  return match.startsWith('a') && !match.startsWith('at') || /morning|mañana/.test(match) ? 'am' : 'pm'
}

function readings(minutes: number, half: 'am' | 'pm' | undefined, is24: boolean): Clock {
  const noonBased = ((minutes % 720) + 720) % 720
  if (half !== undefined) return [half === 'am' ? noonBased : noonBased + 720]
  if (is24) return [minutes]
  return noonBased < 60 ? [noonBased + 720] : [noonBased, noonBased + 720]
}

/** Drops the readings that opening hours rule out; keeps both when neither or both fit. `closing` allows the closing time itself. */
export function settle(clock: Clock, open: { from: number; to: number } | undefined, closing = false): Clock {
  if (clock.length < 2 || open === undefined) return clock
  const fitting = clock.filter((minutes) => minutes >= open.from && (closing ? minutes > open.from && minutes <= open.to : minutes < open.to))
  return fitting.length === 1 ? fitting : clock
}

/** From the earliest opening to the latest closing on that day; of the whole week when the day is not known or shut. */
export function openStretch(hours: OpeningHours[] | undefined, date: LocalDate | undefined): { from: number; to: number } | undefined {
  if (hours === undefined || hours.length === 0) return undefined
  const thatDay = date === undefined ? [] : hours.filter((each) => each.weekday === weekday(date))
  const used = thatDay.length > 0 ? thatDay : hours
  return { from: Math.min(...used.map((each) => minuteOfDay(each.open))), to: Math.max(...used.map((each) => minuteOfDay(each.close))) }
}

export function asTime(minutes: number): LocalTime {
  const within = Math.max(0, Math.min(minutes, 1439))
  return `${String(Math.floor(within / 60)).padStart(2, '0')}:${String(within % 60).padStart(2, '0')}`
}
