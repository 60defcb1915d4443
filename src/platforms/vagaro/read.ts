import { money } from '../../salon/money.ts'
import type { AppointmentStatus, Catalog, Client, Location, Segment, Service, StaffMember } from '../../salon/salon.ts'
import { addMinutes, type Instant, minutesBetween, toInstant, type Zone } from '../../salon/time.ts'
import { fromLocal } from '../kit/local-times.ts'
import { readNotes } from '../kit/notes-in-text.ts'
import { versionOf } from '../kit/version.ts'
import type { OfferedSlot, SeenVisit } from '../platform-adapter.ts'
import type * as schema from './schema.ts'
import type { z } from 'zod'

/** What an appointment needs to be understood. */
export type Known = { serviceById: ReadonlyMap<string, Service>; currency: string; zone: Zone; businessId: string }

type Raw = { location: z.infer<typeof schema.Location>; services: z.infer<typeof schema.Service>[]; names: ReadonlyMap<string, string> }

/** All locations as one catalogue. Who works there is known by what they do: Vagaro lists nobody. */
export function toCatalog({ businessId, places, timezone, currency }: { businessId: string; places: Raw[]; timezone: Zone; currency: string }): Catalog {
  const services = new Map<string, Service>()
  const staff = new Map<string, StaffMember>()
  for (const { location, services: offered, names } of places) for (const service of offered) {
    const name = service.serviceTitle ?? 'Service'
    services.set(service.serviceId, {
      id: service.serviceId, name, category: service.parentServiceTitle?.toLowerCase() ?? 'service', durationMin: service.durationMinutes ?? 0, price: money((service.price ?? 0) * 100, currency), active: true, consultation: /consult/i.test(name),
    })
    for (const id of performersOf(service)) {
      const before = staff.get(id)
      staff.set(id, {
        id, name: names.get(id) ?? before?.name ?? 'Staff member', active: true,
        locationIds: [...new Set([...before?.locationIds ?? [], location.businessId])], serviceIds: [...new Set([...before?.serviceIds ?? [], service.serviceId])],
      })
    }
  }
  const locations = places.map(({ location }): Location => {
    const phone = location.phone ?? location.businessPhone
    return { id: location.businessId, name: location.businessName ?? location.name ?? 'Location', zone: timezone, currency, ...(phone !== undefined && { phone }), hours: [], closures: [] }
  })
  return { business: { id: `vagaro-${businessId}`, name: locations[0]?.name ?? 'Salon', demo: false }, locations, staff: [...staff.values()], services: [...services.values()] }
}

export function performersOf({ servicePerformedBy }: z.infer<typeof schema.Service>): string[] {
  return (servicePerformedBy ?? []).flatMap(({ serviceProviderId, employeeId }) => serviceProviderId ?? employeeId ?? [])
}

export function nameOf(person: z.infer<typeof schema.Performer>): string | undefined {
  return [person.employeeFirstName ?? person.firstName, person.employeeLastName ?? person.lastName].filter(Boolean).join(' ') || undefined
}

/** An appointment as a visit; undefined for a class and for time off, which are nobody's visit. Reads are in UTC, with a Z. */
export function toVisit({ appointment, known, asked, now }: { appointment: schema.Appointment; known: Known; asked: Instant; now: Instant }): SeenVisit | undefined {
  if (appointment.eventType?.toLowerCase() === 'class' || appointment.bookingStatus === 'PersonalOff') return undefined
  const { serviceId = '', serviceProviderId: staffId = '', customerId: clientId = '', appointmentNote } = appointment
  const start = toInstant(appointment.startTime)
  const service = known.serviceById.get(serviceId)
  const end = appointment.endTime === undefined ? addMinutes(start, service?.durationMin ?? 0) : toInstant(appointment.endTime)
  const segment: Segment = { serviceId, staffId, staffPreference: 'unknown', start, durationMin: minutesBetween(start, end), price: appointment.amount === undefined ? service?.price ?? money(0, known.currency) : money(appointment.amount * 100, known.currency) }
  const status = toStatus(appointment.bookingStatus, end <= now)
  const locationId = appointment.businessId ?? known.businessId
  const [booked, changed] = [appointment.createdDate, appointment.modifiedDate].map((text) => (text === undefined ? undefined : toInstant(text)))
  return {
    visit: {
      id: appointment.appointmentId, locationId, clientId, segments: [segment], start, end, timeKnown: true, status, version: versionOf({ status, start, clientId, locationId, segments: [segment] }),
      ...(booked !== undefined && { bookedAt: booked }), ...(status === 'cancelled' && { cancelledBy: 'unknown' as const }), notes: readNotes(appointmentNote, booked ?? start), fetchedAt: asked,
    },
    ...(changed !== undefined && { changedAt: changed }),
    extra: { note: appointmentNote },
  }
}

function toStatus(status: string | undefined, isOver: boolean): AppointmentStatus {
  switch ((status ?? '').toLowerCase()) {
    case 'need acceptance': return 'requested'
    case 'accepted':
    case 'awaiting confirmation': return 'booked'
    case 'confirmed': return 'confirmed'
    case 'ready to start': return 'arrived'
    // They came; whether it is done, the clock says.
    case 'show': return isOver ? 'completed' : 'arrived'
    case 'service in progress': return 'in_service'
    case 'service complete':
    case 'service completed': return 'completed'
    case 'cancel':
    case 'deleted': return 'cancelled'
    case 'denied': return 'declined'
    case 'no show': return 'no_show'
    default: return 'unknown'
  }
}

/** One day's free times, which are on the salon's wall clock ("HH:mm"). */
export function toSlots({ days, date, known, want }: { days: z.infer<typeof schema.Day>[]; date: string; known: Known; want: { serviceId: string; staffId?: string } }): OfferedSlot[] {
  const service = known.serviceById.get(want.serviceId)
  return days.flatMap(({ appointmentDate = date, timeSlot, items }) => {
    const [item] = items ?? []
    const staffId = item?.serviceProviderId ?? want.staffId
    const durationMin = item?.duration ?? service?.durationMin ?? 0
    if (staffId === undefined || durationMin <= 0) return []
    // A day in other figures than it was asked for in is still the day that was asked for.
    const day = /^\d{4}-\d\d-\d\d/.exec(appointmentDate)?.[0] ?? date
    return (timeSlot ?? []).filter((time) => /^(?:[01]\d|2[0-3]):[0-5]\d$/.test(time)).map((time): OfferedSlot => {
      const start = fromLocal(`${day}T${time}`, known.zone)
      return { locationId: known.businessId, start, end: addMinutes(start, durationMin), segments: [{ serviceId: want.serviceId, staffId, staffPreference: 'unknown', start, durationMin, price: service?.price ?? money(0, known.currency) }] }
    })
  })
}

export function toClient(customer: z.infer<typeof schema.Customer>): Client {
  const birthday = /^\d{4}-(\d\d-\d\d)/.exec(customer.birthday ?? '')?.[1]
  return {
    id: customer.customerId, firstName: customer.customerFirstName ?? customer.firstName ?? '', lastName: customer.customerLastName ?? customer.lastName ?? '',
    phones: [...new Set([customer.mobilePhone ?? '', customer.dayPhone ?? ''])].filter((phone) => phone !== ''), ...(customer.email !== undefined && customer.email !== '' && { email: customer.email }), ...(birthday !== undefined && { birthday }),
    consent: { sms: 'unknown', email: 'unknown' }, tags: [], notes: [], holdings: [],
  }
}
