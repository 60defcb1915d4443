import type { Segment, Service } from '../../salon/salon.ts'
import { addMinutes, type Instant } from '../../salon/time.ts'
import { liveStatuses } from '../../salon/salon.ts'
import type { OfferedSlot, SeenVisit } from '../platform-adapter.ts'
import { readTime } from './read.ts'
import type { Shift } from './schema.ts'

/** Mindbody tells stretches in which somebody can be booked, not times: they are cut on this grid, from where each begins. */
const gridMin = 15

/** Free times of a service: shifts cut up, less what is booked. `except` is a visit that would move. Never in the past. */
export function cutShifts({ shifts, visits, service, locationId, from, to, now, zone, anybody, except, limit = 50 }: {
  shifts: Shift[]; visits: SeenVisit[]; service: Service; locationId: string; from: Instant; to: Instant; now: Instant; zone: string; anybody: boolean; except?: string | undefined; limit?: number | undefined
}): OfferedSlot[] {
  const busy = visits.filter(({ visit }) => visit.id !== except && liveStatuses.includes(visit.status)).map(({ visit }) => visit)
  const found = new Map<string, OfferedSlot>()
  for (const shift of shifts) {
    if (shift.Location !== null && shift.Location !== undefined && shift.Location.Id !== locationId) continue
    const staffId = shift.Staff.Id
    const durationMin = shift.SessionType?.DefaultTimeLength ?? service.durationMin
    const [opens, closes] = [readTime(shift.StartDateTime, zone), readTime(shift.EndDateTime, zone)]
    const latest = shift.BookableEndDateTime === undefined ? closes : readTime(shift.BookableEndDateTime, zone)
    for (let start = opens; start <= latest; start = addMinutes(start, gridMin)) {
      const end = addMinutes(start, durationMin)
      if (end > closes || durationMin <= 0) break
      if (start < from || start < now || start >= to) continue
      // Somebody who makes ready before and tidies up after is not free then either.
      const [needs, until] = [addMinutes(start, -(shift.PrepTime ?? 0)), addMinutes(end, shift.FinishTime ?? 0)]
      if (busy.some((visit) => visit.segments.some((segment) => segment.staffId === staffId) && visit.start < until && needs < visit.end)) continue
      const segment: Segment = { serviceId: service.id, staffId, staffPreference: anybody ? 'any' : 'requested', start, durationMin, price: service.price }
      // Where anybody will do, one for each time.
      const key = anybody ? start : `${start} ${staffId}`
      if (!found.has(key)) found.set(key, { locationId, start, end, segments: [segment] })
    }
  }
  return [...found.values()].toSorted((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0)).slice(0, limit)
}
