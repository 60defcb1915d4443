import { type Money, money } from '../../salon/money.ts'
import type { AppointmentStatus, Catalog, Client, Service, Shift, StaffMember } from '../../salon/salon.ts'
import { type Instant, isZone, minutesBetween, type Zone } from '../../salon/time.ts'
import { fromLocal } from '../kit/local-times.ts'
import { readNotes } from '../kit/notes-in-text.ts'
import { versionOf } from '../kit/version.ts'
import type { SeenVisit } from '../platform-adapter.ts'
import type { Appointment, Customer, Provider, Services } from './schema.ts'
import type { z } from 'zod'

/** One installation is one place; the server has no word for it, so the id is ours. */
export const locationId = 'main'

const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']

/** What an appointment needs to be understood: whose clock its times are on, and what its service costs. */
export type Known = { zoneOf: ReadonlyMap<string, Zone>; home: Zone; serviceById: ReadonlyMap<string, Service>; currency: string }

/** Every provider's own zone, and the one that most of them are in. */
export function toZones(providers: Provider[]): Pick<Known, 'zoneOf' | 'home'> {
  const zoneOf = new Map(providers.map(({ id, timezone = '' }): [string, Zone] => [String(id), timezone !== '' && isZone(timezone) ? timezone : 'UTC']))
  const count = (zone: Zone) => [...zoneOf.values()].filter((other) => other === zone).length
  return { zoneOf, home: [...zoneOf.values()].toSorted((a, b) => count(b) - count(a))[0] ?? 'UTC' }
}

export function toCatalog({ company, providers, services }: { company: string; providers: Provider[]; services: z.infer<typeof Services> }): Catalog {
  const { home } = toZones(providers)
  const currency = currencyOf(services[0]?.currency)
  const shifts = providers.flatMap(toShifts)
  return {
    business: { id: 'easyappointments', name: company, demo: false },
    locations: [{ id: locationId, name: company, zone: home, currency, hours: toHours(shifts), closures: [] }],
    services: services.map((service): Service => ({
      id: String(service.id), name: service.name ?? 'Service', category: 'service', durationMin: service.duration, price: priceOf(service.price, service.currency), active: true, consultation: /consult/i.test(service.name ?? ''),
    })),
    staff: providers.map((provider): StaffMember => ({
      id: String(provider.id), name: `${provider.firstName ?? ''} ${provider.lastName ?? ''}`.trim() || 'Provider', locationIds: [locationId], serviceIds: (provider.services ?? []).map(String), active: true,
    })),
    shifts,
  }
}

/** The provider's weekly plan, cut at its breaks. */
function toShifts({ id, settings }: Provider): Shift[] {
  return weekdays.flatMap((name, n) => {
    const day = settings?.workingPlan?.[name]
    if (day === null || day === undefined) return []
    const shifts: Shift[] = []
    let start = day.start
    for (const pause of (day.breaks ?? []).toSorted((a, b) => (a.start < b.start ? -1 : 1))) {
      if (pause.start > start) shifts.push({ staffId: String(id), locationId, weekday: n + 1, start, end: pause.start })
      if (pause.end > start) start = pause.end
    }
    return start < day.end ? [...shifts, { staffId: String(id), locationId, weekday: n + 1, start, end: day.end }] : shifts
  })
}

/** There are no opening hours of the house: it is open while somebody works. */
function toHours(shifts: Shift[]) {
  return weekdays.flatMap((_name, n) => {
    const day = shifts.filter(({ weekday }) => weekday === n + 1)
    const open = day.map(({ start }) => start).toSorted()[0]
    const close = day.map(({ end }) => end).toSorted().at(-1)
    return open === undefined || close === undefined ? [] : [{ weekday: n + 1, open, close }]
  })
}

/** A record as a visit; `asked` is when it was asked for. There is no "completed": what stands when its time is over counts as kept. */
export function toVisit({ appointment, known, asked, now }: { appointment: Appointment; known: Known; asked: Instant; now: Instant }): SeenVisit {
  const staffId = idOf(appointment.providerId)
  const serviceId = idOf(appointment.serviceId)
  const zone = known.zoneOf.get(staffId) ?? known.home
  const [start, end] = [fromLocal(appointment.start, zone), fromLocal(appointment.end, zone)]
  const status = toStatus(appointment.status, end <= now)
  const bookedAt = toBookedAt(appointment.book, asked)
  const parts = {
    status, start, clientId: idOf(appointment.customerId), locationId,
    segments: [{ serviceId, staffId, staffPreference: 'unknown' as const, start, durationMin: minutesBetween(start, end), price: known.serviceById.get(serviceId)?.price ?? money(0, known.currency) }],
  }
  return {
    visit: {
      ...parts, id: String(appointment.id), end, timeKnown: true, version: versionOf(parts), ...(bookedAt !== undefined && { bookedAt }),
      ...(status === 'cancelled' && { cancelledBy: 'unknown' as const }), notes: readNotes(appointment.notes, bookedAt ?? start), fetchedAt: asked,
    },
    ...(status === 'completed' && { byTime: true }),
  }
}

/** The labels that the server comes with. They are free text in its settings: any other word is `unknown`. */
function toStatus(label: string | undefined, isOver: boolean): AppointmentStatus {
  switch ((label ?? '').trim().toLowerCase()) {
    // Records made through the API without a status have none.
    case '':
    case 'booked':
    case 'rescheduled': return isOver ? 'completed' : 'booked'
    case 'confirmed': return isOver ? 'completed' : 'confirmed'
    case 'cancelled': return 'cancelled'
    case 'draft': return 'held'
    default: return 'unknown'
  }
}

/** `book` is on the server's own clock, whose zone nothing tells: read as UTC, and never later than the reading. */
function toBookedAt(book: string | undefined, asked: Instant): Instant | undefined {
  if (book === undefined || !/^\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?$/.test(book)) return undefined
  const at = fromLocal(book, 'UTC')
  return at > asked ? asked : at
}

export function toClient(customer: Customer): Client {
  return {
    id: String(customer.id), firstName: customer.firstName ?? '', lastName: customer.lastName ?? '', phones: customer.phone === undefined || customer.phone === '' ? [] : [customer.phone],
    ...(customer.email !== undefined && customer.email !== '' && { email: customer.email }),
    consent: { sms: 'unknown', email: 'unknown' }, tags: [], notes: readNotes(customer.notes, '1970-01-01T00:00:00.000Z'), holdings: [],
  }
}

const idOf = (id: number | null | undefined) => (id === null || id === undefined ? '' : String(id))

const symbols: Record<string, string> = { $: 'USD', '€': 'EUR', '£': 'GBP' }

/** The currency is free text in the service's form. */
function currencyOf(given = ''): string {
  const word = given.trim()
  return /^[a-z]{3}$/i.test(word) ? word.toUpperCase() : symbols[word] ?? 'USD'
}

function priceOf(price: number | null | undefined, currency: string | undefined): Money {
  return money((price ?? 0) * 100, currencyOf(currency))
}
