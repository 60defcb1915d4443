import { money } from '../../salon/money.ts'
import { addDays, addMinutes, daysBetween, type Instant, localDate, type LocalDate, toInstant, type Zone } from '../../salon/time.ts'
import { ok, type Outcome } from '../booking-platform.ts'
import type { OfferedSlot } from '../platform-adapter.ts'
import type { AcuityClient } from './client.ts'
import type { Known } from './read.ts'
import { Dates, Times } from './schema.ts'

/**
 * Free times of one service, earliest first: Acuity answers for one day and one calendar at a time. Over more than two days the
 * days that have anything are asked first, a request for each month. With several calendars the first that is free has the time.
 */
export async function searchSlots(client: AcuityClient, { serviceId, calendars, preference, from, to, limit, zone, known, moving }: { serviceId: number; calendars: number[]; preference: 'any' | 'requested'; from: Instant; to: Instant; limit: number; zone: Zone; known: Known; moving: number | undefined }): Promise<Outcome<OfferedSlot[]>> {
  const service = known.serviceById.get(String(serviceId))
  const durationMin = service?.durationMin ?? 0
  const [first, last] = [localDate(from, zone), localDate(new Date(Date.parse(to) - 1).toISOString(), zone)]
  const open = new Map<number, Set<LocalDate>>()
  let observedAt = from
  // Which days have something does not leave out the visit that moves; then every day is asked.
  if (daysBetween(first, last) > 1 && moving === undefined) {
    for (const calendarID of calendars) {
      const dates = new Set<LocalDate>()
      for (let month = first.slice(0, 7); month <= last.slice(0, 7); month = addDays(`${month}-01`, 31).slice(0, 7)) {
        const found = await client({ path: '/availability/dates', query: { month, appointmentTypeID: serviceId, calendarID }, schema: Dates })
        if (!found.ok) return found
        for (const { date } of found.value) dates.add(date)
      }
      open.set(calendarID, dates)
    }
  }
  const slots = new Map<Instant, OfferedSlot>()
  for (let date = first; date <= last && slots.size < limit; date = addDays(date, 1)) {
    for (const calendarID of calendars) {
      if (open.get(calendarID)?.has(date) === false) continue
      const found = await client({ path: '/availability/times', query: { date, appointmentTypeID: serviceId, calendarID, ...(moving !== undefined && { 'ignoreAppointmentIDs[]': moving }) }, schema: Times })
      if (!found.ok) return found
      observedAt = found.observedAt
      for (const { time } of found.value) {
        const start = toInstant(time)
        if (start < from || start >= to || slots.has(start)) continue
        slots.set(start, { locationId: known.locationId, start, end: addMinutes(start, durationMin), segments: [{ serviceId: String(serviceId), staffId: String(calendarID), staffPreference: preference, start, durationMin, price: service?.price ?? money(0, known.currency) }] })
      }
    }
  }
  return ok([...slots.values()].toSorted((a, b) => (a.start < b.start ? -1 : 1)).slice(0, limit), observedAt)
}
