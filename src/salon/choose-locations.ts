import { DeskError } from './errors.ts'
import type { Location } from './salon.ts'

/** The location somebody named, by its id, its name or the start of it; all of them when nobody was named. Throws `DeskError('invalid_input')` that lists them. */
export function chooseLocations(locations: Location[], named?: string): Location[] {
  if (named === undefined) return locations
  const wanted = named.trim().toLowerCase()
  const exact = locations.filter(({ id, name }) => id.toLowerCase() === wanted || name.toLowerCase() === wanted)
  const fitting = exact.length > 0 ? exact : locations.filter(({ name }) => wanted !== '' && name.toLowerCase().startsWith(wanted))
  if (fitting.length === 1) return fitting
  throw new DeskError('invalid_input', {
    message: 'unknown location',
    userMessage: `There is no location "${named}". Locations: ${locations.map(({ name }) => name).join(', ') || 'none'}.`,
  })
}
