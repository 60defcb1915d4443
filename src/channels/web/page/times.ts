import type { Instant, LocalDate, Zone } from '../../../salon/time.ts'

const made = new Map<string, Intl.DateTimeFormat>()

function format(key: string, locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const known = made.get(key) ?? new Intl.DateTimeFormat(locale, options)
  made.set(key, known)
  return known
}

/** "3:00 pm", as the desk says it everywhere. */
export function sayTime(instant: Instant | number, zone: Zone): string {
  return format(`time ${zone}`, 'en-US', { timeZone: zone, hour: 'numeric', minute: '2-digit' }).format(new Date(instant)).replaceAll(/\s/g, ' ').toLowerCase()
}

/** "3 pm", for a full hour on a scale. */
export function sayHour(ms: number, zone: Zone): string {
  return format(`hour ${zone}`, 'en-US', { timeZone: zone, hour: 'numeric' }).format(new Date(ms)).replaceAll(/\s/g, ' ').toLowerCase()
}

/** "Friday 27 November". */
export function sayDate(date: LocalDate): string {
  return format('date', 'en-GB', { timeZone: 'UTC', weekday: 'long', day: 'numeric', month: 'long' }).format(new Date(`${date}T12:00:00Z`)).replace(',', '')
}

/** "Fri 27 Nov, 3:00 pm". */
export function sayMoment(instant: Instant, zone: Zone): string {
  const day = format(`day ${zone}`, 'en-GB', { timeZone: zone, weekday: 'short', day: 'numeric', month: 'short' }).format(new Date(instant)).replace(',', '')
  return `${day}, ${sayTime(instant, zone)}`
}

export function localDate(instant: Instant | number, zone: Zone): LocalDate {
  return format(`iso ${zone}`, 'en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(new Date(instant))
}

export function addDays(date: LocalDate, days: number): LocalDate {
  return new Date(Date.parse(`${date}T12:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}

/** The full hour on the wall at or before a moment, in ms. */
export function floorHour(ms: number, zone: Zone): number {
  const minute = Number(format(`minute ${zone}`, 'en-US', { timeZone: zone, minute: 'numeric' }).format(new Date(ms)))
  return Math.floor(ms / 60_000) * 60_000 - minute * 60_000
}

/** "45 min", "2 h 15 min". */
export function sayMinutes(minutes: number): string {
  const [hours, rest] = [Math.floor(minutes / 60), Math.round(minutes % 60)]
  return [...(hours > 0 ? [`${hours} h`] : []), ...(rest > 0 || hours === 0 ? [`${rest} min`] : [])].join(' ')
}
