import { openEmbeddedBook } from '../../../src/platforms/embedded/index.ts'
import { loadBook } from '../../../src/platforms/embedded/load-book.ts'
import type { BookingPlatform } from '../../../src/platforms/booking-platform.ts'
import type { ScoreAppointments } from '../../../src/calls/call-list.ts'
import type { BookData } from '../../../src/salon/book-data.ts'
import { money } from '../../../src/salon/money.ts'
import type { Appointment, AppointmentEvent, Catalog, Client, Location, RiskBand, Service } from '../../../src/salon/salon.ts'
import { addMinutes, at, type Clock, fixedClock, type Instant } from '../../../src/salon/time.ts'
import type { Store } from '../../../src/store/open-store.ts'

// A salon of two shops, on both coasts, on Friday 20 November 2026.
export const today = '2026-11-20'
export const morning: Clock = fixedClock('2026-11-20T07:30:00-08:00')

const everyDay = [1, 2, 3, 4, 5, 6].map((weekday) => ({ weekday, open: '09:00', close: '20:00' }))
const west: Location = { id: 'west', name: 'Pearl', zone: 'America/Los_Angeles', currency: 'USD', hours: everyDay, closures: ['2026-11-26'] }
const east: Location = { id: 'east', name: 'Harbor', zone: 'America/New_York', currency: 'USD', hours: everyDay, closures: [] }

function service(id: string, name: string, durationMin: number, dollars: number, more: Partial<Service> = {}): Service {
  return { id, name, category: 'cut', durationMin, price: money(dollars * 100, 'USD'), active: true, consultation: false, ...more }
}

export const catalog: Catalog = {
  business: { id: 'b', name: 'Juniper & Sage', demo: false },
  locations: [west, east],
  staff: [
    { id: 'maya', name: 'Maya Lind', locationIds: ['west'], serviceIds: ['cut', 'balayage', 'consult'], active: true },
    { id: 'theo', name: 'Theo', locationIds: ['west', 'east'], serviceIds: ['cut', 'balayage', 'consult'], active: true },
  ],
  services: [
    service('cut', "Women's cut", 60, 80),
    service('balayage', 'Balayage', 180, 260, { category: 'color', patchTestHours: 48 }),
    service('consult', 'Consultation', 30, 0, { category: 'consultation', consultation: true }),
  ],
}

export function client(id: string, firstName: string, lastName: string, more: Partial<Client> = {}): Client {
  return { id, firstName, lastName, phones: ['+15035550101'], consent: { sms: 'in', email: 'in' }, tags: [], notes: [], holdings: [], createdAt: '2024-01-01T00:00:00.000Z', ...more }
}

export function appointment(id: string, { clientId, serviceId = 'cut', staffId = 'maya', locationId = 'west', date = today, time = '15:00', status = 'booked', timeKnown = true }: {
  clientId: string; serviceId?: string; staffId?: string; locationId?: string; date?: string; time?: string; status?: Appointment['status']; timeKnown?: boolean
}): Appointment {
  const zone = locationId === 'west' ? west.zone : east.zone
  const sold = catalog.services.find((one) => one.id === serviceId) as Service
  const start = at(date, time, zone)
  return {
    id, locationId, clientId, start, end: addMinutes(start, sold.durationMin), timeKnown, status, version: '1', notes: [], fetchedAt: start,
    segments: [{ serviceId, staffId, staffPreference: 'requested', start, durationMin: sold.durationMin, price: sold.price }],
  }
}

const ending: Partial<Record<Appointment['status'], AppointmentEvent['kind']>> = { completed: 'completed', no_show: 'no_show', cancelled: 'cancelled', confirmed: 'confirmed', arrived: 'arrived' }

/** One event that explains the status, known when it happened: at the start, or for what comes before it two days (for arriving, an hour) before. */
function eventsOf({ status, start, locationId }: Appointment): AppointmentEvent[] {
  const kind = ending[status]
  if (kind === undefined) return []
  const when: Instant = kind === 'cancelled' || kind === 'confirmed' ? addMinutes(start, -2 * 24 * 60) : kind === 'arrived' ? addMinutes(start, -60) : start
  return [{ kind, at: when, knownAt: when, by: locationId === '' ? 'salon' : 'client' }]
}

/** Loads clients and appointments into the embedded book of `store`, as it is at `clock`. */
export async function openDayBook({ store, clients, appointments, clock = morning, of = catalog }: { store: Store; clients: Client[]; appointments: Appointment[]; clock?: Clock; of?: Catalog }): Promise<BookingPlatform> {
  const book: BookData = { catalog: of, shifts: [], clients, appointments: appointments.map((one) => ({ appointment: one, events: eventsOf(one) })), waitlist: [] }
  await loadBook({ store, book, now: clock.now() })
  return openEmbeddedBook({ store, clock })
}

/** Scores as given by appointment id (0.05 otherwise), and how often they were asked for. */
export function scoreBy(scores: Record<string, number>): { score: ScoreAppointments; calls: { ids: string[]; asOf: Instant }[] } {
  const calls: { ids: string[]; asOf: Instant }[] = []
  const band = (score: number): RiskBand => (score >= 0.3 ? 'high' : score >= 0.12 ? 'medium' : 'low')
  return {
    calls,
    score: async ({ appointments, asOf }) => {
      calls.push({ ids: appointments.map(({ id }) => id), asOf })
      return new Map(appointments.map(({ id }) => [id, { score: scores[id] ?? 0.05, band: band(scores[id] ?? 0.05), confidence: 'medium' as const, reasons: ['two late cancellations in 60 days'] }]))
    },
  }
}
