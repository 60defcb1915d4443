import type { AppointmentStatus, RiskBand } from '../salon/salon.ts'
import type { Instant, LocalDate, Zone } from '../salon/time.ts'

/** One location's day as a picture needs it: a row a staff member, what is booked with its risk, and what is still free. */
export type DayBook = {
  location: { id: string; name: string; zone: Zone }
  date: LocalDate
  /** When the location opens and closes that day; null when it is shut. */
  open: { start: Instant; end: Instant } | null
  rows: { staff: { id: string; name: string }; shifts: { start: Instant; end: Instant }[]; visits: DayVisit[]; gaps: { start: Instant; end: Instant }[] }[]
  /** Visits whose time of day the platform does not know, and those of people who are not on the list. */
  untimed: DayVisit[]
  glance: { appointments: number; atRisk: number; expectedFailures: number; openGaps: number; openMinutes: number }
}

export type DayVisit = {
  appointmentId: string
  client: { id: string; name: string }
  services: string
  start: Instant
  end: Instant
  status: AppointmentStatus
  risk?: { score: number; band: RiskBand; reasons: string[] }
}
