import type { BookingPlatform } from '../platforms/booking-platform.ts'
import { unwrap } from '../platforms/unwrap.ts'
import { type Appointment, type AppointmentStatus, liveStatuses } from '../salon/salon.ts'
import type { Instant } from '../salon/time.ts'

type Range = { platform: BookingPlatform; locationId?: string | undefined; from: Instant; to: Instant }

/** Statuses of an appointment whose client may still be called. */
const callable: ReadonlySet<AppointmentStatus> = new Set(['requested', 'booked', 'confirmed'])

/** The appointments that start in `[from, to)` and still occupy their chair, in order of start. Throws the platform's refusal as `DeskError`. */
export async function liveAppointments(range: Range): Promise<Appointment[]> {
  return (await standingAppointments(range)).filter(({ status }) => liveStatuses.includes(status))
}

/** Whether an appointment of the local day that ends at `dayEnd` may still fail. Where only the day is known, it counts as ahead until the day is over. */
export function isAhead({ appointment, dayEnd, now }: { appointment: Appointment; dayEnd: Instant; now: Instant }): boolean {
  const begun = appointment.timeKnown ? appointment.start <= now : dayEnd <= now
  return !begun && callable.has(appointment.status)
}

/** The appointments that start in `[from, to)`, all but the cancelled and declined, in order of start: read in as few pages as the platform allows. Throws its refusal as `DeskError`. */
export async function standingAppointments({ platform, locationId, from, to }: Range): Promise<Appointment[]> {
  const items: Appointment[] = []
  let cursor: string | undefined
  do {
    const page = unwrap(await platform.appointments({ from, to, limit: 2_000, ...(locationId === undefined ? {} : { locationId }), ...(cursor === undefined ? {} : { cursor }) }))
    items.push(...page.items)
    cursor = page.cursor
  } while (cursor !== undefined)
  return items
}
