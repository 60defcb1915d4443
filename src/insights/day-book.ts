import type { ScoreAppointments } from '../calls/call-list.ts'
import { isAhead, standingAppointments } from '../calls/live-appointments.ts'
import { isAtRisk } from '../calls/rank-calls.ts'
import type { BookingPlatform } from '../platforms/booking-platform.ts'
import { unwrap } from '../platforms/unwrap.ts'
import { chooseLocations } from '../salon/choose-locations.ts'
import { isClosedOn, openingHours, type Stretch } from '../salon/opening-hours.ts'
import { type Appointment, type AppointmentStatus, type Catalog, clientName, type Location, type RiskBand } from '../salon/salon.ts'
import { type Clock, dayRange, type Instant, type LocalDate, localDate, minutesBetween, toLocalDate, type Zone } from '../salon/time.ts'
import { makeRows, serviceNames } from './day-rows.ts'

/** One location's day as a picture needs it: a row a staff member, what is booked with its risk, and what is still free. */
export type DayBook = {
  location: { id: string; name: string; zone: Zone }
  date: LocalDate
  /** When the location opens and closes that day; null when it is shut. */
  open: Stretch | null
  rows: DayRow[]
  /** Visits whose time of day the platform does not know, and those of people who are not on the list. */
  untimed: DayVisit[]
  /** `appointments` counts everything but no-shows; `atRisk` (medium or high) and `expectedFailures` (sum of probabilities) those still ahead. */
  glance: { appointments: number; atRisk: number; expectedFailures: number; openGaps: number; openMinutes: number }
}

/** `shifts`: when that person works; `gaps`: what of it is still free for half an hour or longer. */
export type DayRow = { staff: { id: string; name: string }; shifts: Stretch[]; visits: DayVisit[]; gaps: Stretch[] }

/** What one person does for one client without a break: a visit that several people share has a part in each of their rows. */
export type DayVisit = {
  appointmentId: string
  client: { id: string; name: string }
  services: string
  start: Instant
  end: Instant
  status: AppointmentStatus
  /** Of visits still ahead that could be scored. */
  risk?: { score: number; band: RiskBand; reasons: string[] }
}

/**
 * The book of one location on one local day (default today there): everybody who works there or has visits, in the order
 * of the catalogue; live, finished and missed visits, the risk of those still ahead, and what is free from now on.
 * Cancelled visits show only as free time; so does what is left of a missed one. Free time is a person's working time
 * without their visits, from the next quarter hour on; hands that are idle while colour develops are not counted. Working
 * time are the shifts that the platform tells; of somebody without any it is not known, and who has visits that day is
 * taken to work all the opening hours. Where these are not known either, they are the stretch from the first visit to the last.
 * One query each for catalogue, appointments and clients, and one batch of scores.
 * Throws `DeskError`: `invalid_input` (location), `invalid_time` (date), or the platform's refusal.
 */
export async function readDayBook({ platform, score, clock, locationId, date }: { platform: BookingPlatform; score: ScoreAppointments; clock: Clock; locationId: string; date?: LocalDate | undefined }): Promise<DayBook> {
  const now = clock.now()
  const catalog = unwrap(await platform.catalog())
  const [location] = chooseLocations(catalog.locations, locationId) as [Location]
  const day = date === undefined ? localDate(now, location.zone) : toLocalDate(date)
  const { from, to } = dayRange(day, location.zone)
  const appointments = await standingAppointments({ platform, locationId: location.id, from, to })
  const ahead = appointments.filter((appointment) => isAhead({ appointment, dayEnd: to, now }))
  const [names, risks] = await Promise.all([namesOf(platform, appointments), ahead.length === 0 ? undefined : score({ appointments: ahead, asOf: now })])
  const describe = (appointment: Appointment): Omit<DayVisit, 'services' | 'start' | 'end'> => {
    const risk = risks?.get(appointment.id)
    return {
      appointmentId: appointment.id,
      client: { id: appointment.clientId, name: names.get(appointment.clientId) ?? 'unknown client' },
      status: appointment.status,
      ...(risk === undefined ? {} : { risk: { score: risk.score, band: risk.band, reasons: risk.reasons } }),
    }
  }
  const staff = new Set(catalog.staff.map(({ id }) => id))
  const isTimed = ({ timeKnown, segments }: Appointment): boolean => timeKnown && segments.some(({ staffId }) => staff.has(staffId))
  const timed = appointments.filter(isTimed)
  const open = openTimes({ location, date: day, timed })
  const rows = makeRows({ catalog, location, date: day, open, timed, describe, now })
  const risky = ahead.flatMap(({ id }) => risks?.get(id) ?? [])
  const gaps = rows.flatMap((row) => row.gaps)
  return {
    location: { id: location.id, name: location.name, zone: location.zone },
    date: day,
    open: open.length === 0 ? null : { start: (open[0] as Stretch).start, end: (open.at(-1) as Stretch).end },
    rows,
    untimed: appointments.filter((one) => !isTimed(one)).map((one) => untimedVisit({ appointment: one, catalog, describe })),
    glance: {
      appointments: appointments.filter(({ status }) => status !== 'no_show').length,
      atRisk: risky.filter(isAtRisk).length,
      expectedFailures: risky.reduce((sum, { score }) => sum + score, 0),
      openGaps: gaps.length,
      openMinutes: gaps.reduce((sum, { start, end }) => sum + minutesBetween(start, end), 0),
    },
  }
}

async function namesOf(platform: BookingPlatform, appointments: Appointment[]): Promise<Map<string, string>> {
  const ids = [...new Set(appointments.map(({ clientId }) => clientId))]
  if (ids.length === 0) return new Map()
  return new Map(unwrap(await platform.clients({ ids })).map((client) => [client.id, clientName(client)]))
}

function openTimes({ location, date, timed }: { location: Location; date: LocalDate; timed: Appointment[] }): Stretch[] {
  const hours = openingHours({ location, date })
  if (hours.length > 0 || timed.length === 0 || isClosedOn({ location, date })) return hours
  return [{ start: timed.map(({ start }) => start).sort()[0] as Instant, end: timed.map(({ end }) => end).sort().at(-1) as Instant }]
}

function untimedVisit({ appointment, catalog, describe }: { appointment: Appointment; catalog: Catalog; describe: (appointment: Appointment) => Omit<DayVisit, 'services' | 'start' | 'end'> }): DayVisit {
  return { ...describe(appointment), services: serviceNames(appointment.segments, catalog), start: appointment.start, end: appointment.end }
}
