import { type Instant, localDate, sayTime, sayWhen, type Zone } from '../../salon/time.ts'

/** "9:41 am" on the same day, "Friday 27 November at 9:41 am" otherwise. */
export function sayMoment(instant: Instant, { zone, now }: { zone: Zone; now: Instant }): string {
  return localDate(instant, zone) === localDate(now, zone) ? sayTime(instant, zone) : sayWhen(instant, zone, now)
}
