import { failed, ok, type Outcome, type SlotQuery } from '../booking-platform.ts'
import type { Appointment, Location, Segment, Service, Slot } from '../../salon/salon.ts'
import { addDays, type Instant, type LocalDate, localDate, toInstant } from '../../salon/time.ts'
import type { Db } from '../../store/open-store.ts'
import { keptLengths } from './check-slot.ts'
import { endOf, startOf } from './fold-events.ts'
import { planOf, readFormerTimes } from './former-times.ts'
import { isFormerTimeFree, readBusy } from './occupancy.ts'
import { readAppointment } from './read-appointments.ts'
import { type BookCatalog, readCatalog } from './read-catalog.ts'
import { writeSlotId } from './slot-id.ts'
import { busyMinutes } from '../../salon/busy-minutes.ts'
import { instantOf, overlap, seconds, type Span } from './stretches.ts'
import { openingSpans, workingSpans } from './working-time.ts'

const stepSeconds = 15 * 60
const limits = { usual: 50, days: 120 }

type Want = { service: Service; staffIds: string[]; requested: boolean; durationMin: number; parts: Span[]; segment: Segment | undefined }
type Day = { windows: ReadonlyMap<string, Span[]>; busy: ReadonlyMap<string, Span[]>; load: ReadonlyMap<string, number> }

/**
 * Free times, one a start: at quarter hours, at the beginning of working time and right after another visit.
 * The beginning of the range is tried too, when it is a whole minute. Where anybody will do, the person whom the
 * visit has is preferred, then whoever is least booked that day. A visit that moved may go
 * back to exactly where it was.
 */
export async function searchSlots({ db, query, now }: { db: Db; query: SlotQuery; now: Instant }): Promise<Outcome<Slot[]>> {
  const from = seconds(toInstant(query.from))
  const to = seconds(toInstant(query.to))
  if (from >= to) return failed('invalid', 'the range ends before it begins')
  if (query.wants.length === 0) return failed('invalid', 'no service is asked for')
  const catalog = await readCatalog(db)
  const location = catalog?.locationById.get(query.locationId)
  if (catalog === undefined || location === undefined) return failed('not_found', 'no such location')
  const moving = query.rescheduling === undefined ? undefined : await readAppointment({ db, id: query.rescheduling, now })
  if (moving?.ok === false) return moving
  const wants = resolveWants({ query, catalog, location, moving: moving?.value })
  if (!Array.isArray(wants)) return wants
  const earliest = Math.max(from, Math.ceil(Date.parse(now) / 1000))
  const latest = Math.min(to, earliest + limits.days * 86_400)
  if (earliest >= latest || wants.some((want) => want.staffIds.length === 0)) return ok([], now)

  const staffIds = [...new Set(wants.flatMap((want) => want.staffIds))]
  // A visit may run on after the range's end, and its day's load counts: read whole days around it.
  const busy = await readBusy({ db, catalog, staffIds, span: { from: earliest - 86_400, to: latest + 86_400 }, now, except: query.rescheduling })
  const former = await formerSlots({ db, catalog, query, location, wants, from: earliest, to: latest, now })
  const slots: Slot[] = []
  const limit = Math.max(1, query.limit ?? limits.usual)
  const exact = from === earliest && from % 60 === 0 ? [from] : []
  for (const date of datesBetween(earliest, latest, location)) {
    const day = dayOf({ catalog, location, staffIds, date, busy })
    for (const start of startsOf({ day, first: wants[0] as Want, exact })) {
      if (start < earliest || start >= latest) continue
      for (const slot of former.splice(0, former.findLastIndex((slot) => seconds(slot.start) <= start) + 1)) slots.push(slot)
      if (slots.at(-1)?.start === instantOf(start)) continue
      const staff = assign({ wants, day, start, index: 0, previous: undefined })
      if (staff !== undefined) slots.push(makeSlot({ location, wants, staff, start }))
      if (slots.length >= limit) return ok(slots.slice(0, limit), now)
    }
  }
  return ok([...slots, ...former].slice(0, limit), now)
}

/** The places where the visit that moves has been and may be again, in order. */
async function formerSlots({ db, catalog, query, location, wants, from, to, now }: { db: Db; catalog: BookCatalog; query: SlotQuery; location: Location; wants: Want[]; now: Instant } & Span): Promise<Slot[]> {
  const appointmentId = query.rescheduling
  if (appointmentId === undefined) return []
  const layouts = (await readFormerTimes({ db, appointmentId }))
    .filter((segments) => segments.length === wants.length && segments.every((segment, n) => segment.serviceId === wants[n]?.service.id && wants[n].staffIds.includes(segment.staffId)))
    .filter((segments) => seconds(startOf(segments)) >= from && seconds(startOf(segments)) < to)
  const slots: Slot[] = []
  for (const segments of layouts) {
    if (await isFormerTimeFree({ db, catalog, appointmentId, segments, now })) slots.push({ id: writeSlotId(planOf({ locationId: location.id, segments })), locationId: location.id, start: startOf(segments), end: endOf(segments), segments })
  }
  return slots.sort((a, b) => (a.start < b.start ? -1 : 1))
}

function resolveWants({ query, catalog, location, moving }: { query: SlotQuery; catalog: BookCatalog; location: Location; moving: Appointment | undefined }): Want[] | Extract<Outcome<Slot[]>, { ok: false }> {
  const lengths = keptLengths(moving)
  const wants: Want[] = []
  for (const { serviceId, staffId } of query.wants) {
    const service = catalog.serviceById.get(serviceId)
    if (service === undefined) return { ok: false, error: { kind: 'not_found', message: 'no such service' } }
    if (staffId !== undefined && !catalog.staffById.has(staffId)) return { ok: false, error: { kind: 'not_found', message: 'no such staff member' } }
    const segment = lengths.take(serviceId)
    const able = service.active || segment !== undefined
      ? catalog.staff.filter((member) => member.active && member.locationIds.includes(location.id) && member.serviceIds.includes(serviceId)).map((member) => member.id) : []
    const durationMin = segment?.durationMin ?? service.durationMin
    wants.push({
      service, segment, durationMin,
      requested: staffId !== undefined,
      staffIds: staffId === undefined ? able : able.filter((id) => id === staffId),
      parts: busyMinutes({ durationMin, service }).map((part) => ({ from: part.from * 60, to: part.to * 60 })),
    })
  }
  return wants
}

function datesBetween(from: number, to: number, { zone }: Location): LocalDate[] {
  const dates: LocalDate[] = []
  const last = localDate(instantOf(to - 1), zone)
  for (let date = localDate(instantOf(from), zone); date <= last; date = addDays(date, 1)) dates.push(date)
  return dates
}

function dayOf({ catalog, location, staffIds, date, busy }: { catalog: BookCatalog; location: Location; staffIds: string[]; date: LocalDate; busy: ReadonlyMap<string, Span[]> }): Day {
  const open = openingSpans({ location, date })
  const whole = { from: open[0]?.from ?? 0, to: open.at(-1)?.to ?? 0 }
  const dayBusy = new Map(staffIds.map((id) => [id, (busy.get(id) ?? []).filter((span) => overlap(span, whole))]))
  return {
    windows: new Map(staffIds.map((id) => [id, workingSpans({ catalog, location, staffId: id, date, open })])),
    busy: dayBusy,
    load: new Map([...dayBusy].map(([id, spans]) => [id, spans.reduce((sum, span) => sum + span.to - span.from, 0)])),
  }
}

function startsOf({ day, first, exact }: { day: Day; first: Want; exact: number[] }): number[] {
  const starts = new Set(exact)
  for (const id of first.staffIds) {
    for (const window of day.windows.get(id) ?? []) {
      starts.add(window.from)
      for (let start = Math.ceil(window.from / stepSeconds) * stepSeconds; start < window.to; start += stepSeconds) starts.add(start)
    }
    for (const span of day.busy.get(id) ?? []) starts.add(span.to)
  }
  return [...starts].sort((a, b) => a - b)
}

/** Who does each service when they follow one another from `start`; undefined when it cannot be done. */
function assign({ wants, day, start, index, previous }: { wants: Want[]; day: Day; start: number; index: number; previous: string | undefined }): string[] | undefined {
  const want = wants[index]
  if (want === undefined) return []
  const preferred = (id: string) => (id === want.segment?.staffId ? 0 : id === previous ? 1 : 2)
  const order = want.staffIds.length === 1 ? want.staffIds : want.staffIds.toSorted((a, b) => preferred(a) - preferred(b) || (day.load.get(a) ?? 0) - (day.load.get(b) ?? 0))
  for (const id of order) {
    if (!isFree({ day, id, start, want })) continue
    const rest = assign({ wants, day, start: start + want.durationMin * 60, index: index + 1, previous: id })
    if (rest !== undefined) return [id, ...rest]
  }
  return undefined
}

function isFree({ day, id, start, want }: { day: Day; id: string; start: number; want: Want }): boolean {
  const end = start + want.durationMin * 60
  if (!(day.windows.get(id) ?? []).some((window) => window.from <= start && end <= window.to)) return false
  const busy = day.busy.get(id) ?? []
  return want.parts.every((part) => !busy.some((span) => span.from < start + part.to && start + part.from < span.to))
}

function makeSlot({ location, wants, staff, start }: { location: Location; wants: Want[]; staff: string[]; start: number }): Slot {
  let next = start
  const segments = wants.map((want, index): Segment => {
    const segment: Segment = {
      serviceId: want.service.id,
      staffId: staff[index] as string,
      staffPreference: want.requested ? 'requested' : 'any',
      start: instantOf(next),
      durationMin: want.durationMin,
      price: want.segment?.price ?? want.service.price,
    }
    next += want.durationMin * 60
    return segment
  })
  const id = writeSlotId(planOf({ locationId: location.id, segments }))
  return { id, locationId: location.id, start: instantOf(start), end: instantOf(next), segments }
}
