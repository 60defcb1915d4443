import type { Appointment, AppointmentEvent, AppointmentStatus, Segment } from '../../salon/salon.ts'
import { addMinutes, type Instant, minutesBetween } from '../../salon/time.ts'

/** An event and, for a move of ours, the visit as it was before. */
export type StoredEvent = AppointmentEvent & { segmentsBefore?: Segment[] }

// What a status cannot have become before its time, when no event says when it did.
const afterTheStart: ReadonlySet<AppointmentStatus> = new Set(['arrived', 'in_service', 'completed', 'no_show', 'unknown'])

/**
 * The appointment as it was known at `now`: moves that became known later are undone, and the status is that of the
 * last event known by then. With nothing to undo it is the stored one, except that a visit still to come cannot be over.
 * `events` in the order in which they became known.
 */
export function asKnownAt({ appointment, events, now }: { appointment: Appointment; events: StoredEvent[]; now: Instant }): Appointment {
  const later = events.filter((event) => event.knownAt > now)
  const known = events.filter((event) => event.knownAt <= now)
  const firstMove = later.find((event) => event.kind === 'moved' && (event.segmentsBefore !== undefined || event.from !== undefined))
  const { cancelledBy, ...rest } = firstMove === undefined ? appointment : undoMove(appointment, firstMove)
  const status = later.some(changesStatus) ? foldStatus(known) : notBeforeItsTime({ appointment: rest, known, now })
  const lastCancel = known.findLast((event) => event.kind === 'cancelled')
  const by = later.some(changesStatus) ? lastCancel?.by : cancelledBy
  return { ...rest, status, ...(status === 'cancelled' && by !== undefined && { cancelledBy: by }) }
}

/** The status that events in the order of becoming known lead to; `booked` with none. */
export function foldStatus(events: AppointmentEvent[]): AppointmentStatus {
  let status: AppointmentStatus = 'booked'
  for (const { kind } of events) if (kind !== 'paid' && kind !== 'note' && kind !== 'moved') status = kind
  return status
}

/** The segments moved so that the visit starts at `start`, lengths and order kept. */
export function shiftSegments({ segments, from, to }: { segments: Segment[]; from: Instant; to: Instant }): Segment[] {
  const minutes = minutesBetween(from, to)
  return segments.map((segment) => ({ ...segment, start: addMinutes(segment.start, minutes) }))
}

export function startOf(segments: Segment[]): Instant {
  return segments.map((segment) => segment.start).sort()[0] ?? ''
}

export function endOf(segments: Segment[]): Instant {
  return segments.map((segment) => addMinutes(segment.start, segment.durationMin)).sort().at(-1) ?? ''
}

function undoMove(appointment: Appointment, move: StoredEvent): Appointment {
  const segments = move.segmentsBefore ?? shiftSegments({ segments: appointment.segments, from: appointment.start, to: move.from ?? appointment.start })
  return { ...appointment, segments, start: startOf(segments), end: endOf(segments) }
}

function changesStatus({ kind }: AppointmentEvent): boolean {
  return kind !== 'paid' && kind !== 'note' && kind !== 'moved'
}

function notBeforeItsTime({ appointment, known, now }: { appointment: Pick<Appointment, 'status' | 'start'>; known: StoredEvent[]; now: Instant }): AppointmentStatus {
  const { status, start } = appointment
  return start > now && afterTheStart.has(status) && !known.some((event) => event.kind === status) ? foldStatus(known) : status
}
