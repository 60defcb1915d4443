import type { AppointmentEvent, AppointmentHistory } from '../salon/salon.ts'
import { addDays, localDate, startOfDay } from '../salon/time.ts'
import type { Instant, LocalDate, Zone } from '../salon/time.ts'

/** How a booking ended. `no_show` and `late_cancel` are failures; an `early_cancel` leaves the call list in time. */
export type VisitOutcome = 'kept' | 'no_show' | 'late_cancel' | 'early_cancel'

/** A booking whose end is known: what history features are made of. */
export type PastVisit = {
  appointmentId: string
  clientId: string
  date: LocalDate
  outcome: VisitOutcome
  /** The day that settled it: of the cancellation, else of the visit. */
  endedOn: LocalDate
  /** When the salon could first know how it ended. */
  knownAt: Instant
  staffIds: string[]
}

/** A cancellation on this many days before the visit, or fewer, is a failure (VOCABULARY: the day before or the day itself). */
const lateWindowDays = 1

/**
 * How an appointment ended as far as events known by `asOf` say; undefined while open, and for a cancellation by the
 * salon, which says nothing about the client. Reads events only: the appointment's own status may be younger than `asOf`.
 */
export function visitOutcome({ history, asOf, zone }: { history: AppointmentHistory; asOf?: Instant; zone: Zone }): PastVisit | undefined {
  const { appointment } = history
  let last: AppointmentEvent | undefined
  for (const event of knownEvents(history, asOf)) if (event.kind !== 'paid' && event.kind !== 'note') last = event
  if (!last) return undefined
  const date = localDate(startAsOf(history, asOf), zone)
  const outcome = outcomeOf({ last, date, zone })
  if (!outcome) return undefined
  return { appointmentId: appointment.id, clientId: appointment.clientId, date, outcome, endedOn: last.kind === 'cancelled' ? localDate(last.at, zone) : date, knownAt: last.knownAt, staffIds: staffOf(history) }
}

function outcomeOf({ last, date, zone }: { last: AppointmentEvent; date: LocalDate; zone: Zone }): VisitOutcome | undefined {
  if (last.kind === 'completed') return 'kept'
  if (last.kind === 'no_show') return 'no_show'
  if (last.kind !== 'cancelled' || last.by === 'salon') return undefined
  return localDate(last.at, zone) >= addDays(date, -lateWindowDays) ? 'late_cancel' : 'early_cancel'
}

export function isFailure(outcome: VisitOutcome): boolean {
  return outcome === 'no_show' || outcome === 'late_cancel'
}

/** Events known by `asOf` (all of them when omitted), in the order in which they became known. */
export function knownEvents({ events }: AppointmentHistory, asOf?: Instant): AppointmentEvent[] {
  return events
    .filter((event) => asOf === undefined || event.knownAt <= asOf)
    .sort((a, b) => compare(a.knownAt, b.knownAt) || compare(a.at, b.at))
}

/** When the appointment was to start, as known at `asOf`: a move that came later is undone. */
export function startAsOf(history: AppointmentHistory, asOf?: Instant): Instant {
  const later = history.events.filter((event) => event.kind === 'moved' && event.from && asOf !== undefined && event.knownAt > asOf)
  return later.sort((a, b) => compare(a.knownAt, b.knownAt))[0]?.from ?? history.appointment.start
}

/** The moment at which a visit of that day is scored in training and backtests: the start of the day before. */
export function scoringMoment(date: LocalDate, zone: Zone): Instant {
  return startOfDay(addDays(date, -1), zone)
}

function staffOf({ appointment }: AppointmentHistory): string[] {
  return [...new Set(appointment.segments.map((segment) => segment.staffId))]
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
