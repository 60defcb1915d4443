import { money } from '../../salon/money.ts'
import type { AppointmentEvent } from '../../salon/salon.ts'
import type { Instant, Zone } from '../../salon/time.ts'
import type { RowProblem } from '../import-reading.ts'
import type { Columns, Row, Table } from './tables.ts'
import { instantOf } from './values.ts'

/** A bare date counts as known only when its day is over: a feature must never see something earlier than the salon did. */
const endOfDay = '23:59'

/** The life of a visit as far as the columns of its row tell it. Times that are not given are those of the visit itself. */
export function eventsFromColumns({ row, start, end, zone, note }: { row: Row<Columns['appointments']>; start: Instant; end: Instant; zone: Zone; note: (line: number, reason: string) => void }): AppointmentEvent[] {
  const events: AppointmentEvent[] = []
  const add = (kind: AppointmentEvent['kind'], when: Instant, more: Partial<AppointmentEvent> = {}): void => void events.push({ kind, at: when, knownAt: when, ...more })
  if (row.booked_at) add('booked', earlier(instantOf(row.booked_at, zone, endOfDay), start))
  if (row.confirmed_at) add('confirmed', instantOf(row.confirmed_at, zone, endOfDay))
  if (row.status === 'cancelled') {
    if (row.cancelled_at === undefined) note(row.line, 'is cancelled, but cancelled_at is empty: it counts as cancelled when it would have started')
    add('cancelled', row.cancelled_at ? instantOf(row.cancelled_at, zone, endOfDay) : start, { by: row.cancelled_by ?? 'unknown' })
  }
  if (row.status === 'no_show') add('no_show', start)
  if (row.status === 'completed') add('completed', end)
  if (row.status === 'confirmed' && row.confirmed_at === undefined) note(row.line, 'is confirmed, but confirmed_at is empty: no feature will use the confirmation')
  return inOrder(events)
}

/** The rows of events.csv by appointment, oldest first. Those of an unknown appointment go to `bad`. */
export function eventsByAppointment({ events, zones, refused, bad, currency }: { events: Table<Columns['events']>; zones: Map<string, Zone>; refused: Set<string>; bad: RowProblem[]; currency: string }): Map<string, AppointmentEvent[]> {
  const found = new Map<string, AppointmentEvent[]>()
  for (const row of events.rows) {
    const zone = zones.get(row.appointment)
    const reason = zone === undefined ? `appointment '${row.appointment}' is ${refused.has(row.appointment) ? 'in appointments.csv but could not be read there' : 'not in appointments.csv'}`
      : row.kind === 'moved' && (row.from === undefined || row.to === undefined) ? 'a move needs from and to'
      : row.kind === 'paid' && row.amount === undefined ? 'a payment needs an amount'
      : undefined
    if (zone === undefined || reason !== undefined) {
      bad.push({ file: events.file, line: row.line, reason: reason ?? '' })
      continue
    }
    const when = instantOf(row.at, zone, endOfDay)
    const event: AppointmentEvent = {
      kind: row.kind, at: when, knownAt: row.known_at ? instantOf(row.known_at, zone, endOfDay) : when,
      ...(row.by && { by: row.by }), ...(row.from && { from: instantOf(row.from, zone, '00:00') }), ...(row.to && { to: instantOf(row.to, zone, '00:00') }), ...(row.amount !== undefined && { amount: money(row.amount, currency) }),
    }
    if (event.knownAt < event.at) bad.push({ file: events.file, line: row.line, reason: 'known_at is before at: nothing is known before it happens' })
    else found.set(row.appointment, [...(found.get(row.appointment) ?? []), event])
  }
  return new Map([...found].map(([id, list]) => [id, inOrder(list)]))
}

function inOrder(events: AppointmentEvent[]): AppointmentEvent[] {
  return events.toSorted((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0))
}

function earlier(one: Instant, other: Instant): Instant {
  return one < other ? one : other
}
