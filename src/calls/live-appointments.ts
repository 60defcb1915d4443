import type { BookingPlatform } from '../platforms/booking-platform.ts'
import { unwrap } from '../platforms/unwrap.ts'
import { type Appointment, liveStatuses } from '../salon/salon.ts'
import type { Instant } from '../salon/time.ts'

/** The appointments that start in `[from, to)` and still occupy their chair, in order of start: read in as few pages as the platform allows. Throws its refusal as `DeskError`. */
export async function liveAppointments({ platform, locationId, from, to }: { platform: BookingPlatform; locationId?: string | undefined; from: Instant; to: Instant }): Promise<Appointment[]> {
  const items: Appointment[] = []
  let cursor: string | undefined
  do {
    const page = unwrap(await platform.appointments({ from, to, limit: 2_000, ...(locationId === undefined ? {} : { locationId }), ...(cursor === undefined ? {} : { cursor }) }))
    items.push(...page.items)
    cursor = page.cursor
  } while (cursor !== undefined)
  return items.filter(({ status }) => liveStatuses.includes(status))
}
