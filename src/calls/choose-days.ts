import { chooseLocations } from '../salon/choose-locations.ts'
import type { Catalog, Location } from '../salon/salon.ts'
import { addDays, dayRange, type Instant, type LocalDate, localDate, toLocalDate } from '../salon/time.ts'

/** `instead` is the day that was asked for when it has nobody left and the next one is shown. */
export type LocationDay = { location: Location; date: LocalDate; from: Instant; to: Instant; instead?: LocalDate }

/**
 * The local days to look at, one a location: `date`, else today there. A location is given by id or name.
 * Throws `DeskError('invalid_input')` that names the locations there are, and `DeskError('invalid_time')` for a date that is none.
 */
export function chooseDays({ catalog, locationId, date, now }: { catalog: Catalog; locationId?: string | undefined; date?: string | undefined; now: Instant }): LocationDay[] {
  const day = date === undefined ? undefined : toLocalDate(date)
  return chooseLocations(catalog.locations, locationId).map((location) => {
    const own = day ?? localDate(now, location.zone)
    const { from, to } = dayRange(own, location.zone)
    return { location, date: own, from, to }
  })
}

/** The day after, for a desk whose own day is done. */
export function nextDay({ location, date }: LocationDay): LocationDay {
  const next = addDays(date, 1)
  return { location, date: next, ...dayRange(next, location.zone), instead: date }
}
