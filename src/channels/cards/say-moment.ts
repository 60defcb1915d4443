import { type Instant, localDate, sayTime, sayWhen, type Zone } from '../../salon/time.ts'

/** "9:41 am" on the same day, "Friday 27 November at 9:41 am" otherwise; in UTC it says so, because no wall in a salon does. */
export function sayMoment(instant: Instant, { zone, now }: { zone: Zone; now: Instant }): string {
  const said = localDate(instant, zone) === localDate(now, zone) ? sayTime(instant, zone) : sayWhen(instant, zone, now)
  return zone === 'UTC' ? `${said} UTC` : said
}
