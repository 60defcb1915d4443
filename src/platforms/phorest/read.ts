import { money } from '../../salon/money.ts'
import type { AppointmentStatus, Catalog, Client, Location, Segment, Service, StaffMember } from '../../salon/salon.ts'
import { type Instant, isZone, minutesBetween, toInstant } from '../../salon/time.ts'
import { readNotes } from '../kit/notes-in-text.ts'
import type { OfferedSlot, SeenVisit } from '../platform-adapter.ts'
import type * as schema from './schema.ts'
import type { z } from 'zod'
import { type Dating, toSpan } from './times.ts'

/** What an appointment needs to be understood. */
export type Known = { serviceById: ReadonlyMap<string, Service>; currency: string; dating: Dating; branchId: string }

type Raw = { branch: z.infer<typeof schema.Branch>; services: z.infer<typeof schema.Service>[]; staff: z.infer<typeof schema.Staff>[] }

/** All branches as one catalogue; who works and what is offered in several of them is one person, one service. */
export function toCatalog({ businessId, branches, timezone, currency }: { businessId: string; branches: Raw[]; timezone: string; currency: string }): Catalog {
  const services = new Map<string, Service>()
  const staff = new Map<string, StaffMember>()
  for (const { branch, services: offered, staff: people } of branches) {
    for (const service of offered) if (!services.has(service.serviceId)) services.set(service.serviceId, toService(service, currency))
    for (const person of people) {
      const before = staff.get(person.staffId)
      const serviceIds = offered.map(({ serviceId }) => serviceId).filter((id) => person.disqualifiedServices?.includes(id) !== true)
      staff.set(person.staffId, {
        id: person.staffId, name: [person.firstName, person.lastName].filter(Boolean).join(' ') || 'Staff member', active: before?.active === true || (person.archived !== true && person.deleted !== true && person.hideFromAppointmentScreen !== true),
        locationIds: [...before?.locationIds ?? [], branch.branchId], serviceIds: [...new Set([...before?.serviceIds ?? [], ...serviceIds])],
      })
    }
  }
  const locations = branches.map(({ branch }): Location => {
    const zone = [branch.timeZone, branch.timezone].find((given) => given !== undefined && isZone(given)) ?? timezone
    const phone = branch.phone ?? branch.phoneNumber
    return { id: branch.branchId, name: branch.name ?? 'Branch', zone, currency, ...(phone !== undefined && { phone }), ...(typeof branch.address === 'string' && { address: branch.address }), hours: [], closures: [] }
  })
  return { business: { id: `phorest-${businessId}`, name: locations[0]?.name ?? 'Salon', demo: false }, locations, staff: [...staff.values()], services: [...services.values()] }
}

function toService(service: z.infer<typeof schema.Service>, currency: string): Service {
  const name = service.name ?? 'Service'
  return {
    id: service.serviceId, name, category: 'service', durationMin: service.duration ?? service.durationMinutes ?? 0, price: money(toMinor(service.price ?? 0, currency), currency),
    active: service.archived !== true && service.deleted !== true, consultation: /consult/i.test(name),
  }
}

/** 65.5 of a currency with cents is 6550; a currency without is left as it is. */
function toMinor(amount: number, currency: string): number {
  const { maximumFractionDigits = 2 } = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions()
  return Math.round(amount * 10 ** maximumFractionDigits)
}

/** An appointment of Phorest's is one service; undefined when it says no time. `asked` is when it was asked for. */
export function toVisit({ appointment, known, asked }: { appointment: schema.Appointment; known: Known; asked: Instant }): SeenVisit | undefined {
  const { appointmentDate, startTime, endTime, serviceId, staffId = '', clientId = '' } = appointment
  if (appointmentDate === undefined || startTime === undefined) return undefined
  const { start, end } = toSpan({ appointmentDate, startTime, endTime: endTime ?? startTime }, known.dating)
  const service = serviceId === undefined ? undefined : known.serviceById.get(serviceId)
  const segment: Segment = {
    serviceId: serviceId ?? '', staffId, staffPreference: appointment.staffRequest === true ? 'requested' : 'unknown', start, durationMin: minutesBetween(start, end),
    price: appointment.price === undefined ? service?.price ?? money(0, known.currency) : money(toMinor(appointment.price, known.currency), known.currency),
  }
  const [booked, changed] = [instantOf(appointment.createdAt), instantOf(appointment.updatedAt)]
  const status = toStatus(appointment)
  return {
    visit: {
      id: appointment.appointmentId, locationId: appointment.branchId ?? known.branchId, clientId, segments: [segment], start, end, timeKnown: true, status, version: String(appointment.version ?? 0),
      ...(booked !== undefined && { bookedAt: booked }), ...(status === 'cancelled' && { cancelledBy: 'unknown' as const }),
      notes: readNotes(appointment.notes ?? appointment.note, booked ?? start), fetchedAt: asked,
    },
    ...(changed !== undefined && { changedAt: changed }),
    extra: { version: appointment.version ?? undefined, bookingId: appointment.bookingId, price: appointment.price, roomId: appointment.roomId, machineId: appointment.machineId, confirmed: appointment.confirmed ?? undefined },
  }
}

/** Paid is what Phorest knows as "done". What was booked, is over and was never paid stays as it is: nobody said whether they came. */
function toStatus({ activationState, state, confirmed, deleted }: schema.Appointment): AppointmentStatus {
  if (deleted === true || activationState === 'CANCELED') return 'cancelled'
  if (activationState === 'RESERVED') return 'held'
  switch (state ?? 'BOOKED') {
    case 'BOOKED': return confirmed === true ? 'confirmed' : 'booked'
    case 'CHECKED_IN': return 'arrived'
    case 'PAID': return 'completed'
    // Not in the reference's list, seen in a salon's program of 2024.
    case 'NO_SHOW': return 'no_show'
    default: return 'unknown'
  }
}

/** Phorest answers per start with who would do it; more than one of them is a choice. */
export function toSlots({ data, known, locationId, durationMin }: { data: z.infer<typeof schema.Availability>['data']; known: Known; locationId: string; durationMin: number }): OfferedSlot[] {
  const slots = new Map<string, OfferedSlot>()
  for (const { startTime, clientSchedules } of data) for (const schedule of (clientSchedules ?? []).flatMap(({ serviceSchedules }) => serviceSchedules ?? [])) {
    const start = instantOf(schedule.startTime ?? startTime)
    const { serviceId, staffId } = schedule
    if (start === undefined || serviceId === undefined || staffId === undefined) continue
    const end = instantOf(schedule.endTime) ?? new Date(Date.parse(start) + durationMin * 60_000).toISOString()
    const price = known.serviceById.get(serviceId)?.price ?? money(0, known.currency)
    slots.set(`${start} ${staffId}`, { locationId, start, end, segments: [{ serviceId, staffId, staffPreference: 'unknown', start, durationMin: minutesBetween(start, end), price }] })
  }
  return [...slots.values()].toSorted((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0))
}

export function toClient(client: schema.Client): Client {
  const created = instantOf(client.createdAt)
  const birthday = /^\d{4}-(\d\d-\d\d)/.exec(client.birthDate ?? '')?.[1]
  return {
    id: client.clientId, firstName: client.firstName ?? '', lastName: client.lastName ?? '', phones: [client.mobile ?? '', client.landLine ?? ''].filter((phone) => phone !== ''),
    ...(client.email !== undefined && client.email !== '' && { email: client.email }), ...(birthday !== undefined && { birthday }),
    // Its "yes" was given for Phorest's own reminders, not for ours; its "no" counts for everybody's.
    consent: { sms: client.smsReminderConsent === false ? 'out' : 'unknown', email: client.emailReminderConsent === false ? 'out' : 'unknown' },
    tags: [], notes: readNotes(client.notes, created ?? '1970-01-01T00:00:00.000Z'), holdings: [], ...(created !== undefined && { createdAt: created }),
  }
}

/** An instant with an offset, or nothing: a time that cannot be read is no reason to lose the visit. */
function instantOf(text: string | undefined): Instant | undefined {
  return text !== undefined && /^\d{4}-\d\d-\d\dT\d\d:\d\d.*(Z|[+-]\d\d:?\d\d)$/.test(text) && !Number.isNaN(Date.parse(text)) ? toInstant(text) : undefined
}
