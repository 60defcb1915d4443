import { money } from '../../salon/money.ts'
import type { Appointment, AppointmentEvent, AppointmentHistory, Client, Location, Segment, Service } from '../../salon/salon.ts'
import { addMinutes, at } from '../../salon/time.ts'
import type { Instant } from '../../salon/time.ts'
import type { RowProblem } from '../import-reading.ts'
import type { CatalogIndex } from './make-catalog.ts'
import { eventsByAppointment, eventsFromColumns } from './make-events.ts'
import { referenceFinder, valuesOf } from './references.ts'
import type { Index } from './references.ts'
import type { Columns, Row, Table } from './tables.ts'
import { instantOf } from './values.ts'

type AppointmentRow = Row<Columns['appointments']>

/** A row that was found to be sound, as a part of its visit. */
type Part = { row: AppointmentRow; location: Location; service: Service; segment: Segment }

/** A visit with the line of each of its segments, for whoever has to name one. */
export type ReadVisit = { history: AppointmentHistory; lines: number[] }

/** Visits from rows: rows with one id are the services of one visit, in time order. `events` of events.csv replace what the columns say. */
export function makeAppointments({ appointments, events, catalog, clients, bad, notes }: { appointments: Table<Columns['appointments']>; events: Table<Columns['events']>; catalog: CatalogIndex; clients: Index<Client>; bad: RowProblem[]; notes: RowProblem[] }): ReadVisit[] {
  const file = appointments.file
  const visits = new Map<string, Part[]>()
  const refused = new Set(appointments.broken)
  for (const row of appointments.rows) {
    const part = checkRow({ row, catalog, clients })
    const first = visits.get(row.id)?.[0]
    const reasons = part.missing.length > 0 ? part.missing : clash(first, row, visits.get(row.id) ?? [])
    if (reasons.length > 0 || part.value === undefined) {
      bad.push({ file, line: row.line, reason: reasons.join('; ') })
      if (first === undefined) refused.add(row.id)
    } else visits.set(row.id, [...(visits.get(row.id) ?? []), part.value])
  }
  const zones = new Map([...visits].map(([id, parts]) => [id, parts[0]?.location.zone ?? 'UTC']))
  const told = eventsByAppointment({ events, zones, refused, bad, currency: catalog.currency })
  return [...visits].map(([id, parts]) => makeVisit({ id, parts, told: told.get(id), note: (line, reason) => notes.push({ file, line, reason }) }))
}

function checkRow({ row, catalog, clients }: { row: AppointmentRow; catalog: CatalogIndex; clients: Index<Client> }): { missing: string[]; value?: Part } {
  const { missing, find } = referenceFinder()
  const only = valuesOf(catalog.locations)
  if (row.location === undefined && only.length > 1) missing.push('location is empty, and there is more than one')
  const location = row.location === undefined ? only[0] : find(catalog.locations, 'location', row.location)
  const service = find(catalog.services, 'service', row.service)
  const person = find(catalog.staff, 'staff member', row.staff)
  find(clients, 'client', row.client)
  if (missing.length > 0 || location === undefined || service === undefined || person === undefined) return { missing }
  const start = at(row.date, row.time ?? location.hours[0]?.open ?? '09:00', location.zone)
  const staffPreference = row.staff_requested === undefined ? 'unknown' : row.staff_requested ? 'requested' : 'any'
  const segment: Segment = { serviceId: service.id, staffId: person.id, staffPreference, start, durationMin: row.duration_min ?? service.durationMin, price: row.price === undefined ? service.price : money(row.price, location.currency) }
  const ended = row.status === 'cancelled' || row.status === 'declined'
  if (!ended && row.time === undefined) return { missing: ['time is empty: only a cancelled visit may lack it'] }
  return { missing, value: { row, location, service, segment } }
}

/** Why a row cannot be a further service of the visit that has its id. */
function clash(first: Part | undefined, row: AppointmentRow, parts: Part[]): string[] {
  if (first === undefined) return []
  const differs = (['client', 'location', 'date', 'status'] as const).filter((column) => first.row[column] !== row[column])
  if (differs.length > 0) return [`id "${row.id}" is already on line ${first.row.line} with another ${differs.join(' and ')}`]
  const same = parts.find((part) => part.row.service === row.service && part.row.staff === row.staff && part.row.time === row.time)
  return same === undefined ? [] : [`repeats line ${same.row.line}`]
}

function makeVisit({ id, parts: unsorted, told, note }: { id: string; parts: Part[]; told: AppointmentEvent[] | undefined; note: (line: number, reason: string) => void }): ReadVisit {
  const parts = unsorted.toSorted((one, other) => (one.segment.start < other.segment.start ? -1 : one.segment.start > other.segment.start ? 1 : 0))
  const [first] = parts as [Part, ...Part[]]
  const { row, location } = first
  const segments = parts.map(({ segment }) => segment)
  const end = segments.map(({ start, durationMin }) => addMinutes(start, durationMin)).reduce((late, one) => (one > late ? one : late))
  const events = told ?? eventsFromColumns({ row, start: first.segment.start, end, zone: location.zone, note })
  const bookedAt: Instant | undefined = events.find(({ kind }) => kind === 'booked')?.at
  const latest = events.at(-1)?.knownAt ?? first.segment.start
  const appointment: Appointment = {
    id, locationId: location.id, clientId: row.client, segments, start: first.segment.start, end, timeKnown: row.time !== undefined, status: row.status, version: String(Math.max(1, events.length)),
    ...(bookedAt && { bookedAt }), ...(row.status === 'cancelled' && { cancelledBy: row.cancelled_by ?? 'unknown' }),
    notes: parts.flatMap(({ row: one }) => (one.note ? [{ id: `${id}-note-${one.line}`, at: bookedAt ?? first.segment.start, by: 'import', text: one.note }] : [])),
    fetchedAt: latest,
  }
  if (row.booked_at && 'date' in row.booked_at && instantOf(row.booked_at, location.zone, '00:00') > appointment.start) note(row.line, 'was booked after its start, by the file')
  return { history: { appointment, events }, lines: parts.map(({ row: one }) => one.line) }
}
