import type { AppointmentRef, ClientRef, Quote, SlotRef } from '../src/agent/tool-results.ts'
import { sayPrice, sayServices, sayStaff, statusWords, findLocation } from '../src/bookings/read-booking.ts'
import { unwrap } from '../src/platforms/unwrap.ts'
import { type Appointment, type Catalog, type Client, clientName, liveStatuses, type Note, type Slot } from '../src/salon/salon.ts'
import { type Instant, localDate, sayDate, sayWhen } from '../src/salon/time.ts'
import type { ToolDeps } from './tool.ts'

type Room = Pick<ToolDeps, 'platform' | 'clock'>

/** Appointments with the names their ids stand for, in the order given. */
export async function describeAppointments({ platform, clock }: Room, appointments: Appointment[]): Promise<AppointmentRef[]> {
  if (appointments.length === 0) return []
  const [catalog, clients] = await Promise.all([
    platform.catalog().then(unwrap),
    platform.clients({ ids: [...new Set(appointments.map(({ clientId }) => clientId))] }).then(unwrap),
  ])
  const names = new Map(clients.map((client) => [client.id, clientName(client)]))
  const now = clock.now()
  return appointments.map((appointment) => {
    const location = findLocation(catalog, appointment.locationId)
    return {
      appointmentId: appointment.id,
      clientId: appointment.clientId,
      client: names.get(appointment.clientId) ?? 'a client',
      when: sayMoment(appointment, location.zone, now),
      start: appointment.start,
      timeKnown: appointment.timeKnown,
      services: sayServices(catalog, appointment.segments),
      serviceIds: appointment.segments.map(({ serviceId }) => serviceId),
      staff: sayStaff(catalog, appointment.segments),
      staffIds: [...new Set(appointment.segments.map(({ staffId }) => staffId))],
      locationId: location.id,
      location: location.name,
      status: statusWords[appointment.status],
      price: sayPrice(appointment.segments, location),
      ahead: appointment.start > now && liveStatuses.includes(appointment.status),
      ...(appointment.risk === undefined ? {} : { risk: { band: appointment.risk.band, score: appointment.risk.score } }),
    }
  })
}

function sayMoment({ start, timeKnown }: Appointment, zone: string, now: Instant): string {
  return timeKnown ? sayWhen(start, zone, now) : `${sayDate(localDate(start, zone), localDate(now, zone))} (no time in the book)`
}

/** Clients with what tells two of one name apart: the next visit, the last one, two digits of the phone. */
export async function describeClients(room: Room, clients: Client[]): Promise<ClientRef[]> {
  const visits = await Promise.all(clients.map(({ id }) => visitsOf(room, id)))
  return clients.map((client, index) => {
    const { upcoming, past } = visits[index] as Visits
    const [next, last] = [upcoming[0], past[0]]
    const phone = client.phones[0]
    return {
      clientId: client.id,
      name: clientName(client),
      ...(phone === undefined ? {} : { phoneEnding: phone.slice(-2) }),
      ...(next === undefined ? {} : { next: `${next.when}, ${next.services} with ${next.staff}` }),
      ...(last === undefined ? {} : { last: `${last.when}, ${last.services} with ${last.staff}` }),
    }
  })
}

export type Visits = { upcoming: AppointmentRef[]; past: AppointmentRef[]; cancelled: AppointmentRef[] }

/** What lies ahead of one client, soonest first, the visits of the last year, latest first, and what was ahead and is cancelled. */
export async function visitsOf(room: Room, clientId: string): Promise<Visits> {
  const { platform, clock } = room
  const now = clock.now()
  const range = { from: shiftDays(now, -366), to: shiftDays(now, 366) }
  const { items } = unwrap(await platform.appointments({ clientId, ...range, includeCancelled: true, limit: 200 }))
  const live = items.filter(({ status }) => status !== 'cancelled' && status !== 'declined')
  const [refs, cancelled] = await Promise.all([describeAppointments(room, live), describeAppointments(room, items.filter(({ status, start }) => status === 'cancelled' && start > now))])
  return { cancelled, upcoming: refs.filter(({ ahead }) => ahead), past: refs.filter(({ start }) => start <= now).reverse() }
}

function shiftDays(instant: Instant, days: number): Instant {
  return new Date(Date.parse(instant) + days * 86_400_000).toISOString()
}

export function describeSlots({ catalog, slots, now }: { catalog: Catalog; slots: Slot[]; now: Instant }): SlotRef[] {
  return slots.map((slot) => {
    const location = findLocation(catalog, slot.locationId)
    return {
      slotId: slot.id,
      when: sayWhen(slot.start, location.zone, now),
      start: slot.start,
      staff: sayStaff(catalog, slot.segments),
      staffIds: [...new Set(slot.segments.map(({ staffId }) => staffId))],
      services: sayServices(catalog, slot.segments),
      price: sayPrice(slot.segments, location),
      location: location.name,
    }
  })
}

/** Notes as quotes: what stands in a record is somebody's words, for a model and for a person alike. */
export function quoteNotes(notes: Note[], zone: string): Quote[] {
  return notes.toReversed().slice(0, 5).map(({ text, by, at }) => ({ from: 'note', by, on: sayDate(localDate(at, zone)), quoted: text }))
}
