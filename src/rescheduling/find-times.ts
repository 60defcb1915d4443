import { type Booking, isSameWork } from '../bookings/read-booking.ts'
import type { BookingPlatform } from '../platforms/booking-platform.ts'
import { unwrap } from '../platforms/unwrap.ts'
import { liveStatuses, type Appointment, type Slot } from '../salon/salon.ts'
import { addDays, addMinutes, at, daysBetween, type Instant, localDate, localTime, startOfDay } from '../salon/time.ts'
import { asTime } from '../understanding/time-phrases/clock.ts'
import { daysToSearch } from './choose-times.ts'
import type { Wanted } from './wanted.ts'

/** Sooner than this nobody can answer, be moved and be there. */
const leadMinutes = 60
/** A platform that does not say how much it answers at once is asked for a month. */
const usualRangeDays = 31
/** So many exact times off the platform's grid are tried. */
const mostExact = 8

/**
 * The free times a visit could move to around what is wanted: the platform's own, for the same services, with the same
 * person where the client asked for them, at least an hour ahead, clear of the client's other visits. Throws `DeskError`
 * for what the platform says.
 */
export async function findTimes({ platform, booking, wanted, now, daysAhead }: { platform: BookingPlatform; booking: Booking; wanted: Wanted; now: Instant; daysAhead: number }): Promise<Slot[]> {
  const { appointment, location } = booking
  const { zone } = location
  const days = daysToSearch(wanted)
  if (days === undefined) return []
  const last = addDays(localDate(now, zone), daysAhead)
  const earliest = addMinutes(now, leadMinutes)
  const from = [startOfDay(days.from, zone), earliest].toSorted()[1] as Instant
  const to = startOfDay(addDays(days.to < last ? days.to : last, 1), zone)
  if (from >= to) return []
  const wants = appointment.segments.map(({ serviceId, staffId, staffPreference }) => (staffPreference === 'requested' ? { serviceId, staffId } : { serviceId }))
  const search = async (range: { from: Instant; to: Instant; limit: number }) => unwrap(await platform.searchSlots({ locationId: location.id, wants, rescheduling: appointment.id, ...range }))
  const [found, busy] = await Promise.all([inParts({ platform, from, to, zone, search }), otherVisits({ platform, appointment, from, to })])
  const slots = [...found, ...(await exactTimes({ wanted, found, earliest, zone, search }))]
  return slots.filter((slot) => !(slot.start === appointment.start && isSameWork(slot.segments, appointment.segments)) && !busy.some((other) => other.start < slot.end && other.end > slot.start))
}

type Search = (range: { from: Instant; to: Instant; limit: number }) => Promise<Slot[]>

async function inParts({ platform, from, to, zone, search }: { platform: BookingPlatform; from: Instant; to: Instant; zone: string; search: Search }): Promise<Slot[]> {
  const { maxRangeDays = usualRangeDays } = await platform.capabilities()
  const first = localDate(from, zone)
  const parts = Math.ceil((daysBetween(first, localDate(to, zone)) + 1) / maxRangeDays)
  const ranges = Array.from({ length: parts }, (_, n) => {
    const [begin, end] = [n === 0 ? from : startOfDay(addDays(first, n * maxRangeDays), zone), startOfDay(addDays(first, (n + 1) * maxRangeDays), zone)]
    return { from: begin, to: end < to ? end : to, limit: 2_000 }
  })
  return (await Promise.all(ranges.filter((range) => range.from < range.to).map(search))).flat()
}

/** "At 3:10" may be free although the platform's grid has 3:00 and 3:15. A time that the clocks skip that night is none. */
async function exactTimes({ wanted: { aims }, found, earliest, zone, search }: { wanted: Wanted; found: Slot[]; earliest: Instant; zone: string; search: Search }): Promise<Slot[]> {
  const starts = aims.flatMap(({ days, points }) => (points.length === 0 ? [] : days.flatMap((day) => points.map((point) => ({ start: at(day, asTime(point), zone), time: asTime(point) })))))
  const missing = starts.filter(({ start, time }) => start >= earliest && localTime(start, zone) === time && !found.some((slot) => slot.start === start)).slice(0, mostExact)
  return (await Promise.all(missing.map(({ start }) => search({ from: start, to: addMinutes(start, 1), limit: 1 })))).flat()
}

async function otherVisits({ platform, appointment, from, to }: { platform: BookingPlatform; appointment: Appointment; from: Instant; to: Instant }): Promise<Appointment[]> {
  const { items } = unwrap(await platform.appointments({ clientId: appointment.clientId, from: addMinutes(from, -24 * 60), to: addMinutes(to, 24 * 60) }))
  return items.filter(({ id, status, timeKnown }) => id !== appointment.id && timeKnown && liveStatuses.includes(status))
}
