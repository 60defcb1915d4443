import { at, localDate } from '../salon/time.ts'
import type { LocalDate, Zone } from '../salon/time.ts'

/** Wall clock to milliseconds and back, fast enough for ten thousand visits: the zone is asked once a day, not once a visit. */
export type Calendar = {
  /**
   * Milliseconds since the epoch of `minute` after midnight. Counted from noon, so right for every minute after the night's clock change.
   * `daysBefore` goes back whole days of 24 hours: across a clock change the time is an hour off, which no made-up booking minds.
   */
  moment(date: LocalDate, minute: number, daysBefore?: number): number
  place(ms: number): { date: LocalDate; minute: number }
}

export function createCalendar(zone: Zone): Calendar {
  const noons = new Map<LocalDate, number>()
  const dates = new Map<number, LocalDate>()
  const noon = (date: LocalDate): number => {
    const known = noons.get(date) ?? Date.parse(at(date, '12:00', zone))
    noons.set(date, known)
    return known
  }
  return {
    moment: (date, minute, daysBefore = 0) => noon(date) + (minute - 720 - daysBefore * 1440) * 60_000,
    place(ms) {
      const quarter = Math.floor(ms / 900_000) // no zone's day starts inside a quarter of an hour
      const date = dates.get(quarter) ?? localDate(new Date(ms).toISOString(), zone)
      dates.set(quarter, date)
      return { date, minute: Math.round((ms - noon(date)) / 60_000) + 720 }
    },
  }
}
