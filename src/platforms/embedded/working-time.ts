import type { Location } from '../../salon/salon.ts'
import { addDays, at, type LocalDate, weekday, type Zone } from '../../salon/time.ts'
import type { BookCatalog } from './read-catalog.ts'
import { seconds, type Span } from './stretches.ts'

/** When the location is open on a day, in seconds since 1970; empty when it is closed. */
export function openingSpans({ location, date }: { location: Location; date: LocalDate }): Span[] {
  if (location.closures.includes(date)) return []
  const day = weekday(date)
  return location.hours.filter((hours) => hours.weekday === day).map((hours) => spanOf(date, hours.open, hours.close, location.zone)).sort((a, b) => a.from - b.from)
}

/** When a staff member works at the location on a day: their shifts within its opening hours, or all of these for somebody without any shift anywhere. */
export function workingSpans({ catalog, location, staffId, date, open = openingSpans({ location, date }) }: { catalog: BookCatalog; location: Location; staffId: string; date: LocalDate; open?: Span[] }): Span[] {
  const shifts = catalog.shifts.filter((shift) => shift.staffId === staffId)
  if (shifts.length === 0 || open.length === 0) return open
  const day = weekday(date)
  return shifts.filter((shift) => shift.locationId === location.id && shift.weekday === day)
    .map((shift) => spanOf(date, shift.start, shift.end, location.zone))
    .flatMap((shift) => open.map((span) => ({ from: Math.max(span.from, shift.from), to: Math.min(span.to, shift.to) })))
    .filter((span) => span.from < span.to)
    .sort((a, b) => a.from - b.from)
}

/** Closing at midnight is written 00:00. */
function spanOf(date: LocalDate, open: string, close: string, zone: Zone): Span {
  return { from: seconds(at(date, open, zone)), to: seconds(at(close === '00:00' ? addDays(date, 1) : date, close, zone)) }
}
