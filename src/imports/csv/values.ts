import { isSupportedCountry } from 'libphonenumber-js'
import type { CountryCode } from 'libphonenumber-js'
import { z } from 'zod'
import { at, isZone, minuteOfDay, toInstant, toLocalDate, weekdayNames } from '../../salon/time.ts'
import type { OpeningHours } from '../../salon/salon.ts'
import type { Instant, LocalDate, LocalTime, Zone } from '../../salon/time.ts'

/** How dates like 06/05/2018 are to be read; `ymd` means that they are not, unless only one reading is a date. */
export type DateOrder = 'ymd' | 'mdy' | 'dmy'

/** A moment as written: with its offset, or on the wall of a location whose zone is known later. `time` is missing when only a date is given. */
export type Moment = { instant: Instant } | { date: LocalDate; time?: LocalTime }

/** A parser throws this with the words for the person who exported the file. */
class Unreadable extends Error {}

/** A field that must be filled and readable. */
export function field<T>(parse: (text: string) => T) {
  return z.string().transform((text, context) => attempt(() => parse(filled(text)), context))
}

/** A field that may be empty: then `undefined`. */
export function optional<T>(parse: (text: string) => T) {
  return z.string().transform((text, context) => (text === '' ? undefined : attempt(() => parse(text), context)))
}

/** A field with a value of its own when it is empty. */
export function withDefault<T>(parse: (text: string) => T, value: T) {
  return z.string().transform((text, context) => (text === '' ? value : attempt(() => parse(text), context)))
}

function attempt<T>(parse: () => T, context: z.RefinementCtx<string>): T {
  try {
    return parse()
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    context.addIssue(error.message)
    return z.NEVER
  }
}

export function text(value: string): string {
  return value
}

/** Several values in one field, between `|`. */
export function list(value: string): string[] {
  return value.split('|').map((item) => item.trim()).filter((item) => item !== '')
}

export function yesNo(value: string): boolean {
  if (/^(yes|y|true|1|x)$/i.test(value)) return true
  if (/^(no|n|false|0)$/i.test(value)) return false
  throw new Unreadable(`"${value}" is neither yes nor no`)
}

export function oneOf<T extends string>(values: readonly T[], aliases: Record<string, T> = {}) {
  return (value: string): T => {
    const word = value.toLowerCase().replaceAll(/[\s-]+/g, '_')
    const found = values.find((one) => one === word) ?? aliases[word]
    if (found === undefined) throw new Unreadable(`"${value}" is not one of ${values.join(', ')}`)
    return found
  }
}

export function whole({ min, max }: { min: number; max: number }) {
  return (value: string): number => {
    const number = /^\d+([.,]0+)?$/.test(value) ? Number.parseInt(value, 10) : NaN
    if (!(number >= min && number <= max)) throw new Unreadable(`"${value}" is not a whole number from ${min} to ${max}`)
    return number
  }
}

/** An amount as people write it ("82.50", "82,50", "$1,234.50", "1.234,50") in hundredths. */
export function amount(value: string): number {
  const bare = value.replaceAll(/[\s$€£]/g, '')
  const parts = /^(-?)(\d{1,3}(?:[.,]\d{3})+|\d+)(?:([.,])(\d{1,2}))?$/.exec(bare)
  const wholePart = parts?.[2] ?? ''
  const separators = new Set(wholePart.replaceAll(/\d/g, ''))
  if (parts === null || separators.size > 1 || (parts[3] !== undefined && separators.has(parts[3]))) throw new Unreadable(`"${value}" is not an amount like 82.50`)
  return Number(`${parts[1]}${wholePart.replaceAll(/[.,]/g, '')}${(parts[4] ?? '').padEnd(2, '0')}`)
}

export function zone(value: string): Zone {
  if (!isZone(value)) throw new Unreadable(`"${value}" is not a time zone like America/Los_Angeles`)
  return value
}

/** ISO 4217. */
export function currency(value: string): string {
  const code = value.toUpperCase()
  if (!Intl.supportedValuesOf('currency').includes(code)) throw new Unreadable(`"${value}" is not a currency code like USD`)
  return code
}

/** ISO 3166, two letters: whose phone numbers are written without a country code. */
export function country(value: string): CountryCode {
  const code = value.toUpperCase()
  if (!isSupportedCountry(code)) throw new Unreadable(`"${value}" is not a country code like US`)
  return code
}

export function email(value: string): string {
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value)) throw new Unreadable('is not an e-mail address')
  return value.toLowerCase()
}

export function day(order: DateOrder) {
  return (value: string): LocalDate => {
    if (/^\d{4}-\d{1,2}-\d{1,2}$/.test(value)) return realDay(value, ...(value.split('-') as [string, string, string]))
    const parts = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(value)
    if (parts === null) throw new Unreadable(`"${value}" is not a date like 2018-06-20`)
    const [, one = '', two = '', year = ''] = parts
    if (order === 'dmy' || (order === 'ymd' && Number(one) > 12)) return realDay(value, year, two, one)
    if (order === 'mdy' || Number(two) > 12 || one === two) return realDay(value, year, one, two)
    throw new Unreadable(`"${value}" can be two different days: write it like 2018-06-20, or set date_order (mdy or dmy) in business.csv`)
  }
}

export function clockTime(value: string): LocalTime {
  const parts = /^(\d{1,2})(?::(\d{2}))?(?::\d{2})?\s*(am|pm)?$/i.exec(value)
  const [, hourText = '', minuteText, half] = parts ?? []
  const hour = half === undefined ? Number(hourText) : (Number(hourText) % 12) + (half.toLowerCase() === 'pm' ? 12 : 0)
  const wrong = parts === null || (half === undefined ? minuteText === undefined || hour > 23 : Number(hourText) < 1 || Number(hourText) > 12) || Number(minuteText ?? 0) > 59
  if (wrong) throw new Unreadable(`"${value}" is not a time like 15:00 or 3:00 pm`)
  return `${String(hour).padStart(2, '0')}:${minuteText ?? '00'}`
}

export function moment(order: DateOrder) {
  return (value: string): Moment => {
    if (/^\d{4}-\d{2}-\d{2}[T ].*(z|[+-]\d{2}:?\d{2})$/i.test(value)) return { instant: canonical(value) }
    const [datePart = '', ...rest] = value.split(/[T\s]+/)
    return rest.length === 0 ? { date: day(order)(datePart) } : { date: day(order)(datePart), time: clockTime(rest.join(' ')) }
  }
}

/** The instant of a moment in a zone; a bare date means `time` on that day. */
export function instantOf(when: Moment, inZone: Zone, time: LocalTime): Instant {
  return 'instant' in when ? when.instant : at(when.date, when.time ?? time, inZone)
}

/** A birthday as MM-DD; a year is dropped. */
export function birthday(order: DateOrder) {
  return (value: string): string => (/^\d{2}-\d{2}$/.test(value) ? realDay(value, '2000', value.slice(0, 2), value.slice(3)) : day(order)(value)).slice(5)
}

/** Weekdays as in "Mon-Fri" or "Tue, Sat": ISO numbers. */
export function weekdays(value: string): number[] {
  return value.split(/[,+]/).flatMap((part) => {
    const [first = '', last = first] = part.split('-')
    const from = weekdayNumber(first)
    return Array.from({ length: ((weekdayNumber(last) - from + 7) % 7) + 1 }, (_, step) => ((from - 1 + step) % 7) + 1)
  })
}

/** "Mon-Fri 09:00-18:00; Sat 10:00-16:00" (also with `|` between the groups). */
export function openingHours(value: string): OpeningHours[] {
  const hours = value.split(/[;|]/).map((group) => group.trim()).filter((group) => group !== '').flatMap((group) => {
    const parts = /^(.*?)\s+([\d:]+\s*(?:[ap]m)?)\s*-\s*([\d:]+\s*(?:[ap]m)?)$/i.exec(group)
    if (parts === null) throw new Unreadable(`"${group}" is not like "Mon-Fri 09:00-18:00"`)
    const [open, close] = [clockTime(parts[2] ?? ''), clockTime(parts[3] ?? '')]
    if (minuteOfDay(open) >= minuteOfDay(close)) throw new Unreadable(`"${group}" closes before it opens`)
    return weekdays(parts[1] ?? '').map((weekday) => ({ weekday, open, close }))
  })
  if (new Set(hours.map(({ weekday }) => weekday)).size < hours.length) throw new Unreadable(`"${value}" names a weekday twice`)
  return hours
}

function weekdayNumber(name: string): number {
  const wanted = name.trim().toLowerCase()
  const index = weekdayNames.findIndex((one) => wanted.length >= 3 && one.toLowerCase().startsWith(wanted))
  if (index < 0) throw new Unreadable(`"${name.trim()}" is not a weekday like Mon`)
  return index + 1
}

function filled(value: string): string {
  if (value === '') throw new Unreadable('is empty')
  return value
}

function realDay(value: string, year: string, month: string, dayOfMonth: string): LocalDate {
  try {
    return toLocalDate(`${year}-${month.padStart(2, '0')}-${dayOfMonth.padStart(2, '0')}`)
  } catch {
    throw new Unreadable(`"${value}" is not a day of the calendar`)
  }
}

function canonical(value: string): Instant {
  try {
    return toInstant(value)
  } catch {
    throw new Unreadable(`"${value}" is not a time like 2018-06-20T15:00-07:00`)
  }
}
