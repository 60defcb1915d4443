import type { BookData } from '../../../src/salon/book-data.ts'
import { openingHours, workingHours } from '../../../src/salon/opening-hours.ts'
import { type AppointmentStatus, type Location, liveStatuses, type Segment, type Service, type StaffMember } from '../../../src/salon/salon.ts'
import { addDays, addMinutes, type Instant, localDate, type Zone } from '../../../src/salon/time.ts'
import { type TestClock, tinyBook, tinyZone } from '../tiny-book.ts'

/** A visit as a vendor's server keeps it; ids are the vendor's. */
export type FakeVisit = {
  id: string
  clientId: string
  locationId: string
  segments: Segment[]
  start: Instant
  end: Instant
  status: AppointmentStatus
  cancelledBy?: 'client' | 'salon'
  version: number
  createdAt: Instant
  updatedAt: Instant
  /** The one text field that staff write in. */
  note: string
  /** Whatever else this vendor keeps with it. */
  fields: Record<string, unknown>
}

export type FakeClient = { id: string; firstName: string; lastName: string; phone: string; email: string; note: string; version: number; createdAt: Instant; updatedAt: Instant; fields: Record<string, unknown> }

export type FakeSlot = { start: Instant; end: Instant; segments: { serviceId: string; staffId: string; start: Instant; durationMin: number }[] }

/**
 * The tiny salon as a vendor's server holds it, in memory: what every fake of ours speaks for in its vendor's own words.
 * It knows opening hours, who works when, who is busy and daylight saving time; what a vendor refuses, its fake decides.
 */
export type FakeBook = ReturnType<typeof openFakeBook>

/** `idOf` makes the vendor's ids of the tiny salon's names ("ana", "b-cut"): the names themselves, or numbers (`numbered`). */
export function openFakeBook({ clock, data = tinyBook(), idOf = (name) => name }: { clock: TestClock; data?: BookData; idOf?: (name: string) => string }) {
  const zone: Zone = data.catalog.locations[0]?.zone ?? tinyZone
  const locations: Location[] = data.catalog.locations.map((location) => ({ ...location, id: idOf(location.id) }))
  const services: Service[] = data.catalog.services.map((service) => ({ ...service, id: idOf(service.id) }))
  const staff: StaffMember[] = data.catalog.staff.map((member) => ({ ...member, id: idOf(member.id), locationIds: member.locationIds.map(idOf), serviceIds: member.serviceIds.map(idOf) }))
  const shifts = data.shifts.map((shift) => ({ ...shift, staffId: idOf(shift.staffId), locationId: idOf(shift.locationId) }))
  const clients = new Map(data.clients.map((client): [string, FakeClient] => {
    const at = client.createdAt ?? clock.now()
    return [idOf(client.id), { id: idOf(client.id), firstName: client.firstName, lastName: client.lastName, phone: client.phones[0] ?? '', email: client.email ?? '', note: '', version: 1, createdAt: at, updatedAt: at, fields: {} }]
  }))
  const visits = new Map(data.appointments.map(({ appointment, events }): [string, FakeVisit] => {
    const id = idOf(appointment.id)
    const segments = appointment.segments.map((segment) => ({ ...segment, serviceId: idOf(segment.serviceId), staffId: idOf(segment.staffId) }))
    return [id, {
      id, clientId: idOf(appointment.clientId), locationId: idOf(appointment.locationId), segments, start: appointment.start, end: appointment.end, status: appointment.status,
      ...(appointment.cancelledBy === 'client' || appointment.cancelledBy === 'salon' ? { cancelledBy: appointment.cancelledBy } : {}),
      version: 1, createdAt: appointment.bookedAt ?? appointment.start, updatedAt: events.at(-1)?.knownAt ?? appointment.start, note: '', fields: {},
    }]
  }))
  const listeners: ((change: { kind: 'created' | 'updated' | 'deleted'; visit: FakeVisit }) => void)[] = []
  let made = 0

  const book = {
    clock, zone, locations, services, staff, shifts, clients, visits, idOf,
    service: (id: string) => services.find((service) => service.id === id),
    /** All visits in order of start and id. */
    list: (wanted: (visit: FakeVisit) => boolean = () => true) => [...visits.values()].filter(wanted).sort((a, b) => (`${a.start} ${a.id}` < `${b.start} ${b.id}` ? -1 : 1)),
    /** Somebody's hands are free in `[start, end)`; `except` is a visit that does not count. */
    isFree: ({ staffId, start, end, except }: { staffId: string; start: Instant; end: Instant; except?: string | undefined }) =>
      !book.list((visit) => visit.id !== except && liveStatuses.includes(visit.status)).some((visit) => visit.segments.some((segment) => segment.staffId === staffId && segment.start < end && start < addMinutes(segment.start, segment.durationMin))),
    /** Whether somebody works there all that time. */
    works: ({ staffId, locationId, start, end }: { staffId: string; locationId: string; start: Instant; end: Instant }) => {
      const location = locations.find(({ id }) => id === locationId)
      if (location === undefined) return false
      const date = localDate(start, location.zone)
      return workingHours({ shifts, location, staffId, date, open: openingHours({ location, date }) }).some((open) => open.start <= start && end <= open.end)
    },
    /** Free times on a grid of `stepMin`, the services one after another; per start the first of the wanted staff who can. Never in the past. */
    slots({ locationId, wants, from, to, except, stepMin = 15, everyStaff = false }: { locationId: string; wants: { serviceId: string; staffIds?: string[] | undefined; durationMin?: number }[]; from: Instant; to: Instant; except?: string | undefined; stepMin?: number; everyStaff?: boolean }): FakeSlot[] {
      const found: FakeSlot[] = []
      const location = locations.find(({ id }) => id === locationId)
      if (location === undefined) return found
      const last = localDate(addMinutes(to, -1), location.zone)
      for (let date = localDate(from, location.zone); date <= last; date = addDays(date, 1)) {
        for (const open of openingHours({ location, date })) {
          for (let start = open.start; start < open.end; start = addMinutes(start, stepMin)) {
            if (start < from || start >= to || start < clock.now()) continue
            const firsts = wants[0]?.staffIds ?? staff.map(({ id }) => id)
            for (const first of firsts) {
              const segments = book.fit({ locationId, wants, start, first, except })
              if (segments === undefined) continue
              found.push({ start, end: addMinutes(segments.at(-1)?.start ?? start, segments.at(-1)?.durationMin ?? 0), segments })
              if (!everyStaff) break
            }
          }
        }
      }
      return found
    },
    /** The services one after another from `start`, the first by `first`; undefined when somebody cannot. */
    fit({ locationId, wants, start, first, except }: { locationId: string; wants: { serviceId: string; staffIds?: string[] | undefined; durationMin?: number }[]; start: Instant; first: string; except?: string | undefined }): FakeSlot['segments'] | undefined {
      const segments: FakeSlot['segments'] = []
      let at = start
      for (const [n, want] of wants.entries()) {
        const durationMin = want.durationMin ?? book.service(want.serviceId)?.durationMin ?? 0
        const end = addMinutes(at, durationMin)
        const able = (n === 0 ? [first] : want.staffIds ?? [first, ...staff.map(({ id }) => id)])
          .find((staffId) => staff.some(({ id, serviceIds }) => id === staffId && serviceIds.includes(want.serviceId)) && book.works({ staffId, locationId, start: at, end }) && book.isFree({ staffId, start: at, end, except }))
        if (able === undefined) return undefined
        segments.push({ serviceId: want.serviceId, staffId: able, start: at, durationMin })
        at = end
      }
      return segments
    },
    /** Segments with the services' prices, one after another from `start`. */
    segmentsOf: (parts: { serviceId: string; staffId: string; durationMin?: number | undefined }[], start: Instant): Segment[] => {
      let at = start
      return parts.map(({ serviceId, staffId, durationMin = book.service(serviceId)?.durationMin ?? 0 }) => {
        const segment: Segment = { serviceId, staffId, staffPreference: 'unknown', start: at, durationMin, price: book.service(serviceId)?.price ?? { minor: 0, currency: 'USD' } }
        at = addMinutes(at, durationMin)
        return segment
      })
    },
    add(visit: Omit<FakeVisit, 'id' | 'version' | 'createdAt' | 'updatedAt' | 'end' | 'start'> & { id?: string }): FakeVisit {
      const start = visit.segments[0]?.start ?? ''
      const last = visit.segments.at(-1)
      const added: FakeVisit = { ...visit, id: visit.id ?? idOf(`made-${++made}`), start, end: addMinutes(last?.start ?? start, last?.durationMin ?? 0), version: 1, createdAt: clock.now(), updatedAt: clock.now() }
      visits.set(added.id, added)
      for (const listener of listeners) listener({ kind: 'created', visit: added })
      return added
    },
    change(id: string, patch: Partial<Omit<FakeVisit, 'id' | 'version'>>): FakeVisit {
      const before = visits.get(id)
      if (before === undefined) throw new Error(`the fake has no visit ${id}`)
      const segments = patch.segments ?? before.segments
      const last = segments.at(-1)
      const after: FakeVisit = { ...before, ...patch, segments, start: segments[0]?.start ?? before.start, end: last === undefined ? before.end : addMinutes(last.start, last.durationMin), version: before.version + 1, updatedAt: clock.now() }
      visits.set(id, after)
      for (const listener of listeners) listener({ kind: 'updated', visit: after })
      return after
    },
    remove(id: string): void {
      const visit = visits.get(id)
      if (visit === undefined) return
      visits.delete(id)
      for (const listener of listeners) listener({ kind: 'deleted', visit })
    },
    changeClient(id: string, patch: Partial<Omit<FakeClient, 'id' | 'version'>>): FakeClient {
      const before = clients.get(id)
      if (before === undefined) throw new Error(`the fake has no client ${id}`)
      const after = { ...before, ...patch, version: before.version + 1, updatedAt: clock.now() }
      clients.set(id, after)
      return after
    },
    /** Hears of every change; for webhooks. */
    onChange: (listener: (typeof listeners)[number]) => { listeners.push(listener) },
  }
  return book
}

/** Ids as whole numbers, counted from 101 in the order in which names are first used. */
export function numbered(): (name: string) => string {
  const known = new Map<string, string>()
  return (name) => {
    const id = known.get(name) ?? String(101 + known.size)
    known.set(name, id)
    return id
  }
}
