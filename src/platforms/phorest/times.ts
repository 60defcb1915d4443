import { addDays, addMinutes, type Instant, type LocalDate, localDate, localTime, toInstant, type Zone } from '../../salon/time.ts'
import { fromLocal } from '../kit/local-times.ts'

/**
 * How Phorest's appointments are dated. Its reference says that all times are UTC; two salons' programs read them as the
 * salon's own wall clock. Which it is for this salon is a choice when connecting (`times`), and no booking is made final
 * before it was read back at the time that was meant (create.ts).
 */
export type Dating = { times: 'utc' | 'salon'; zone: Zone }

export type PhorestTime = { appointmentDate: LocalDate; startTime: string; endTime: string }

/** From and to as instants. There is one date for both: an end that is not after its start is on the next day. */
export function toSpan({ appointmentDate, startTime, endTime }: PhorestTime, { times, zone }: Dating): { start: Instant; end: Instant } {
  const read = (date: LocalDate, time: string) => times === 'utc' ? toInstant(`${date}T${time}Z`) : fromLocal(`${date}T${time}`, zone)
  const start = read(appointmentDate, startTime)
  const end = read(appointmentDate, endTime)
  if (end >= start) return { start, end }
  // In the hour that the clock shows twice an end may read as before its start: then the second time is meant, not a whole day later.
  const second = addMinutes(end, 60)
  const isTwice = times === 'salon' && second > start && localTime(second, zone) === endTime.slice(0, 5)
  return { start, end: isTwice ? second : read(addDays(appointmentDate, 1), endTime) }
}

/** The same, the other way round. */
export function fromSpan({ start, end }: { start: Instant; end: Instant }, dating: Dating): PhorestTime {
  return { appointmentDate: dayOf(start, dating), startTime: clockOf(start, dating), endTime: clockOf(end, dating) }
}

/** The day on which Phorest lists an instant. */
export function dayOf(instant: Instant, { times, zone }: Dating): LocalDate {
  return times === 'utc' ? instant.slice(0, 10) : localDate(instant, zone)
}

function clockOf(instant: Instant, { times, zone }: Dating): string {
  return times === 'utc' ? instant.slice(11, 19) : `${localTime(instant, zone)}:00`
}

/** In request bodies instants are UTC without fractions. */
export function toUtcText(instant: Instant): string {
  return instant.replace(/\.\d+Z$/, 'Z')
}
