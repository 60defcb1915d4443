import type { Appointment, AppointmentEvent, AppointmentHistory, AppointmentStatus, Catalog, Segment } from '../../salon/salon.ts'
import { money } from '../../salon/money.ts'
import { addDays, addMinutes, at, startOfDay, weekday } from '../../salon/time.ts'
import type { Instant, LocalDate } from '../../salon/time.ts'
import { clockTime, salonCurrency, salonLocationId, salonZone } from './make-catalog.ts'
import type { Tables } from './read-tables.ts'

type Visit = {
  client: string
  date: LocalDate
  bookings: Tables['bookings']
  cancellations: Tables['cancellations']
  noShows: Tables['noShows']
  receipts: Tables['receipts']
}

/**
 * One appointment for every client and day that the bookings, cancellations or no-show report name. What came of it, first rule that fits:
 * 1. a receipt of that client and day, $0 included (prepaid bundles, free consultations): kept. This also settles
 *    same-day moves, whose old line is in the cancellations, and no-shows that were recorded too early;
 * 2. a line in the no-show report: no-show;
 * 3. still booked: `booked` when the day lies after the export's last day, else `unknown`;
 * 4. all lines cancelled: cancelled on the last line's date (how late that was follows from the dates).
 * The export says neither when a booking was made nor the hour of a cancellation, so there is no `booked` event, and
 * what happened on a day counts as known from the start of the next.
 */
export function rebuildVisits({ tables, catalog, lastDay }: { tables: Tables; catalog: Catalog; lastDay: LocalDate }): AppointmentHistory[] {
  return groupVisits(tables).map((visit) => rebuild({ visit, catalog, lastDay }))
}

function groupVisits(tables: Tables): Visit[] {
  const visits = new Map<string, Visit>()
  const visitOf = (client: string, date: LocalDate): Visit => {
    const key = `${date} ${client}`
    const visit = visits.get(key) ?? { client, date, bookings: [], cancellations: [], noShows: [], receipts: [] }
    visits.set(key, visit)
    return visit
  }
  for (const row of tables.bookings) if (row.Code) visitOf(row.Code, row.Date).bookings.push(row)
  for (const row of tables.cancellations) if (row.Code) visitOf(row.Code, row['Booking Date']).cancellations.push(row)
  for (const row of tables.noShows) if (row.Code) visitOf(row.Code, row.Date).noShows.push(row)
  for (const row of tables.receipts) visits.get(`${row.Date} ${row.Client}`)?.receipts.push(row)
  return [...visits].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, visit]) => visit)
}

function rebuild({ visit, catalog, lastDay }: { visit: Visit; catalog: Catalog; lastDay: LocalDate }): AppointmentHistory {
  const { client, date } = visit
  const lastCancelled = visit.cancellations.map((row) => row['Cancel Date']).sort().at(-1)
  const status = statusOf(visit, lastDay)
  const segments = segmentsOf({ visit, catalog, lastCancelled })
  const start = segments.map((segment) => segment.start).sort()[0] as Instant
  const appointment: Appointment = {
    id: `visit:${client}:${date}`,
    locationId: salonLocationId,
    clientId: client,
    segments,
    start,
    end: segments.map((segment) => addMinutes(segment.start, segment.durationMin)).sort().at(-1) as Instant,
    timeKnown: visit.bookings.length > 0,
    status,
    version: status,
    notes: [],
    fetchedAt: known(lastDay),
  }
  if (status === 'cancelled') appointment.cancelledBy = 'unknown'
  return { appointment, events: eventsOf({ visit, status, start, lastCancelled }) }
}

function statusOf(visit: Visit, lastDay: LocalDate): AppointmentStatus {
  if (visit.receipts.length > 0) return 'completed'
  if (visit.noShows.length > 0) return 'no_show'
  if (visit.bookings.length > 0) return visit.date > lastDay ? 'booked' : 'unknown'
  return 'cancelled'
}

/** The lines that stood: what is booked, else what was cancelled last (lines dropped earlier were no longer part of the visit). */
function segmentsOf({ visit, catalog, lastCancelled }: { visit: Visit; catalog: Catalog; lastCancelled: LocalDate | undefined }): Segment[] {
  const services = new Map(catalog.services.map((service) => [service.id, service]))
  const standing = visit.cancellations.filter((row) => row['Cancel Date'] === lastCancelled)
  const rows: { Service: string; Staff: string; TimeInt?: number }[] = visit.bookings.length > 0 ? visit.bookings : standing.length > 0 ? standing : visit.noShows
  let next = at(visit.date, openingTime(visit.date, catalog), salonZone)
  const segments = rows.map((row): Segment => {
    const service = services.get(row.Service)
    const durationMin = service?.durationMin ?? 60
    const start = row.TimeInt === undefined ? next : at(visit.date, clockTime(row.TimeInt), salonZone)
    next = addMinutes(start, durationMin)
    return { serviceId: row.Service, staffId: row.Staff, staffPreference: 'unknown', start, durationMin, price: service?.price ?? money(0, salonCurrency) }
  })
  return segments.sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : a.serviceId < b.serviceId ? -1 : 1))
}

function eventsOf({ visit, status, start, lastCancelled }: { visit: Visit; status: AppointmentStatus; start: Instant; lastCancelled: LocalDate | undefined }): AppointmentEvent[] {
  const events: AppointmentEvent[] = []
  if (lastCancelled) {
    const cancelled = status === 'cancelled'
    // A line dropped or replaced while the visit itself stood is a change of the visit, not a cancellation of it.
    events.push({ kind: cancelled ? 'cancelled' : 'moved', at: startOfDay(lastCancelled, salonZone), knownAt: known(lastCancelled), by: 'unknown' })
  }
  if (status === 'no_show') events.push({ kind: 'no_show', at: start, knownAt: known(visit.date) })
  if (status === 'completed') {
    const amount = money(visit.receipts.reduce((sum, row) => sum + row.Amount, 0) * 100, salonCurrency)
    events.push({ kind: 'completed', at: start, knownAt: known(visit.date) }, { kind: 'paid', at: start, knownAt: known(visit.date), amount })
  }
  return events
}

function openingTime(date: LocalDate, catalog: Catalog): string {
  return catalog.locations[0]?.hours.find((hours) => hours.weekday === weekday(date))?.open ?? '09:00'
}

/** When a fact dated only by its day is surely known. */
function known(date: LocalDate): Instant {
  return startOfDay(addDays(date, 1), salonZone)
}
