import type { BookData } from '../../../src/salon/book-data.ts'
import type { AppointmentHistory } from '../../../src/salon/salon.ts'
import { dayRange, daysBetween, localDate, localTime, minuteOfDay, weekday } from '../../../src/salon/time.ts'

export const zone = 'America/Los_Angeles'

/** Pairs of visits whose busy stretches collide for one staff member. Written apart from the generator's own diary, on instants. */
export function overlaps({ catalog }: Pick<BookData, 'catalog'>, appointments: AppointmentHistory[]): string[] {
  const busy = appointments
    .filter(({ appointment }) => appointment.status !== 'cancelled')
    .flatMap(({ appointment }) => appointment.segments.flatMap((segment) => {
      const from = Date.parse(segment.start)
      const to = from + segment.durationMin * 60_000
      const pause = catalog.services.find(({ id }) => id === segment.serviceId)?.processing
      const whole = { staffId: segment.staffId, id: appointment.id, from, to }
      if (pause === undefined) return [whole]
      const pauseFrom = from + pause.afterMin * 60_000
      return [{ ...whole, to: pauseFrom }, { ...whole, from: pauseFrom + pause.lengthMin * 60_000 }]
    }))
  const found: string[] = []
  for (const stretches of Map.groupBy(busy, ({ staffId }) => staffId).values()) {
    const sorted = stretches.toSorted((one, other) => one.from - other.from)
    for (const [index, stretch] of sorted.entries()) {
      const before = sorted[index - 1]
      if (before !== undefined && before.to > stretch.from) found.push(`${before.id} and ${stretch.id}`)
    }
  }
  return found
}

/** Visits outside a shift, by somebody without the skill, or away from the shift's location. */
export function misplaced({ catalog, shifts }: BookData, appointments: AppointmentHistory[]): string[] {
  return appointments.filter(({ appointment }) => !appointment.segments.every((segment) => {
    const person = catalog.staff.find(({ id }) => id === segment.staffId)
    const from = minuteOfDay(localTime(segment.start, zone))
    const day = weekday(localDate(segment.start, zone))
    const shift = shifts.find((one) => one.staffId === segment.staffId && one.locationId === appointment.locationId && one.weekday === day)
    const hours = catalog.locations.find(({ id }) => id === appointment.locationId)?.hours.find((one) => one.weekday === day)
    return person?.serviceIds.includes(segment.serviceId) && shift !== undefined && hours !== undefined
      && hours.open <= shift.start && shift.end <= hours.close
      && minuteOfDay(shift.start) <= from && from + segment.durationMin <= minuteOfDay(shift.end)
  })).map(({ appointment }) => appointment.id)
}

export function onDay(appointments: AppointmentHistory[], date: string): AppointmentHistory[] {
  const { from, to } = dayRange(date, zone)
  return appointments.filter(({ appointment }) => appointment.status !== 'cancelled' && from <= appointment.start && appointment.start < to)
}

/** No-show, or cancelled on the day before or the day itself. */
export function isFailure({ appointment, events }: AppointmentHistory): boolean {
  const cancelled = events.find(({ kind }) => kind === 'cancelled')
  return appointment.status === 'no_show' || (cancelled !== undefined && daysBetween(localDate(cancelled.at, zone), localDate(appointment.start, zone)) <= 1)
}
