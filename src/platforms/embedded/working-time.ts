import { openingHours, type Stretch, workingHours } from '../../salon/opening-hours.ts'
import type { Location } from '../../salon/salon.ts'
import type { LocalDate } from '../../salon/time.ts'
import type { BookCatalog } from './read-catalog.ts'
import { instantOf, seconds, type Span } from './stretches.ts'

/** When the location is open on a day, in seconds since 1970; empty when it is closed. */
export function openingSpans(day: { location: Location; date: LocalDate }): Span[] {
  return openingHours(day).map(spanOf)
}

/** When a staff member works at the location on a day: their shifts within its opening hours, or all of these for somebody without any shift anywhere. */
export function workingSpans({ catalog, location, staffId, date, open }: { catalog: BookCatalog; location: Location; staffId: string; date: LocalDate; open?: Span[] }): Span[] {
  const hours = open === undefined ? openingHours({ location, date }) : open.map(({ from, to }) => ({ start: instantOf(from), end: instantOf(to) }))
  return workingHours({ shifts: catalog.shifts, location, staffId, date, open: hours }).map(spanOf)
}

function spanOf({ start, end }: Stretch): Span {
  return { from: seconds(start), to: seconds(end) }
}
