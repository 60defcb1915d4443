import type { Catalog, Location } from './salon.ts'
import { addDays, at, type Instant, type LocalDate, type LocalTime, weekday, type Zone } from './time.ts'

/** A stretch of time; `end` is outside. */
export type Stretch = { start: Instant; end: Instant }

/** When a location is open on a local day, earliest first; empty when it is closed or its hours are not known. */
export function openingHours({ location, date }: { location: Location; date: LocalDate }): Stretch[] {
  if (location.closures.includes(date)) return []
  const day = weekday(date)
  return location.hours.filter((hours) => hours.weekday === day).map((hours) => stretch({ date, start: hours.open, end: hours.close, zone: location.zone })).sort(byStart)
}

/** Whether a location is shut all that day; one whose hours are not known is not. */
export function isClosedOn({ location, date }: { location: Location; date: LocalDate }): boolean {
  return location.closures.includes(date) || (location.hours.length > 0 && !location.hours.some((hours) => hours.weekday === weekday(date)))
}

/** When a staff member works there that day: their shifts within `open`, or all of that for somebody of whom no shift is known. */
export function workingHours({ shifts, location, staffId, date, open }: { shifts: Catalog['shifts']; location: Location; staffId: string; date: LocalDate; open: Stretch[] }): Stretch[] {
  const own = (shifts ?? []).filter((shift) => shift.staffId === staffId)
  if (own.length === 0 || open.length === 0) return open
  const day = weekday(date)
  return own.filter((shift) => shift.locationId === location.id && shift.weekday === day)
    .map((shift) => stretch({ date, start: shift.start, end: shift.end, zone: location.zone }))
    .flatMap((shift) => open.map(({ start, end }) => ({ start: shift.start > start ? shift.start : start, end: shift.end < end ? shift.end : end })))
    .filter(({ start, end }) => start < end)
    .sort(byStart)
}

/** Closing at midnight is written 00:00. */
function stretch({ date, start, end, zone }: { date: LocalDate; start: LocalTime; end: LocalTime; zone: Zone }): Stretch {
  return { start: at(date, start, zone), end: at(end === '00:00' ? addDays(date, 1) : date, end, zone) }
}

function byStart(a: Stretch, b: Stretch): number {
  return a.start < b.start ? -1 : a.start > b.start ? 1 : 0
}
