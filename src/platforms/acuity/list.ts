import { addDays, daysBetween, type Instant, localDate, type LocalDate, type Zone } from '../../salon/time.ts'
import { failed, ok, type Outcome, type Page } from '../booking-platform.ts'
import type { AcuityClient } from './client.ts'
import { type Appointment, Appointments } from './schema.ts'

/** The most that one list holds. There is no cursor: a full list may have left something out. */
const most = 100

/**
 * Everything that starts in `[from, to)`, one page. Lists are asked by whole days, both ends inclusive. A list that is full is not
 * used: the same days are asked again in halves, and a single full day calendar by calendar. The days are cut into pieces that
 * meet and never overlap, so nothing is lost and nothing comes twice, whatever order Acuity lists in. Whose zone its days are in
 * is not told: a day more on both sides is asked, and the instants decide.
 */
export async function listAppointments(client: AcuityClient, { from, to, cursor, zone, calendars }: { from: Instant; to: Instant; cursor?: string | undefined; zone: Zone; calendars: () => Promise<Outcome<number[]>> }): Promise<Outcome<Page<Appointment>>> {
  const last = addDays(localDate(new Date(Date.parse(to) - 1).toISOString(), zone), 1)
  const [first = '', width = '', calendar] = (cursor ?? `${addDays(localDate(from, zone), -1)}|`).split('|')
  let days = Math.max(1, Math.min(width === '' ? Infinity : Number(width), daysBetween(first, last) + 1))
  const inRange = (found: Appointment[]) => found.filter(({ datetime }) => Date.parse(datetime) >= Date.parse(from) && Date.parse(datetime) < Date.parse(to))
  const next = (date: LocalDate, more: string) => (date > last ? {} : { cursor: `${date}|${more}` })
  if (calendar !== undefined) return oneCalendar(Number(calendar))
  for (;;) {
    const found = await ask({ minDate: first, maxDate: addDays(first, days - 1) })
    if (!found.ok) return found
    // A quiet stretch after a busy one: wider again.
    if (found.value.length < most) return ok({ items: inRange(found.value), ...next(addDays(first, days), String(found.value.length < most / 4 ? days * 2 : days)) }, found.observedAt)
    if (days === 1) return busyDay(found.value)
    days = Math.ceil(days / 2)
  }

  /** What lies on calendars that are no longer listed is all that is taken from the full list; the others are asked one by one. */
  async function busyDay(seen: Appointment[]): Promise<Outcome<Page<Appointment>>> {
    const known = await calendars()
    if (!known.ok) return known
    const strangers = seen.filter(({ calendarID }) => calendarID === undefined || calendarID === null || !known.value.includes(calendarID))
    return ok({ items: inRange(strangers), cursor: `${first}|1|0` }, known.observedAt)
  }

  async function oneCalendar(n: number): Promise<Outcome<Page<Appointment>>> {
    const known = await calendars()
    if (!known.ok) return known
    const id = known.value[n]
    if (id === undefined) return ok({ items: [], ...next(addDays(first, 1), '1') }, known.observedAt)
    const found = await ask({ minDate: first, maxDate: first, calendarID: id })
    if (!found.ok) return found
    if (found.value.length >= most) return failed('unavailable', `a calendar with ${most} appointments or more in a day cannot be listed whole`)
    return ok({ items: inRange(found.value), cursor: `${first}|1|${n + 1}` }, found.observedAt)
  }

  async function ask(query: Record<string, string | number>): Promise<Outcome<Appointment[]>> {
    return client({ path: '/appointments', query: { ...query, max: most, showall: true, excludeForms: true, direction: 'ASC' }, schema: Appointments })
  }
}
