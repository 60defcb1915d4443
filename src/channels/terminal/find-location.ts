import type { BookingPlatform } from '../../platforms/booking-platform.ts'
import { unwrap } from '../../platforms/unwrap.ts'
import { DeskError } from '../../salon/errors.ts'

/** The id of the location somebody named, by id, name or the start of it. Throws `DeskError` that lists them when none or several fit. */
export async function findLocationId(platform: BookingPlatform, named: string | undefined): Promise<string | undefined> {
  if (named === undefined) return undefined
  const { locations } = unwrap(await platform.catalog())
  const wanted = named.trim().toLowerCase()
  const exact = locations.filter(({ id, name }) => id.toLowerCase() === wanted || name.toLowerCase() === wanted)
  const fitting = exact.length > 0 ? exact : locations.filter(({ name }) => wanted !== '' && name.toLowerCase().startsWith(wanted))
  const [only] = fitting
  if (only !== undefined && fitting.length === 1) return only.id
  throw new DeskError('invalid_input', { message: 'unknown location', userMessage: `There is no location "${named}". There is: ${locations.map(({ name }) => name).join(', ')}.` })
}
