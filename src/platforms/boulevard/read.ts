import { money } from '../../salon/money.ts'
import type { Appointment as Visit, AppointmentStatus, Catalog, Client, Location, Segment, Service, StaffMember } from '../../salon/salon.ts'
import { type Instant, isZone, minutesBetween, toInstant } from '../../salon/time.ts'
import { readNotes } from '../kit/notes-in-text.ts'
import { versionOf } from '../kit/version.ts'
import type { SeenVisit } from '../platform-adapter.ts'
import type { Appointment, Item, Location as GivenLocation, Person, Service as GivenService, Staff } from './schema.ts'

/** The nodes of a page, and the cursor of the next. */
export function nodesOf<Node>({ edges, pageInfo }: { edges?: ({ node?: Node | null | undefined } | null | undefined)[] | null | undefined; pageInfo: { endCursor: string | undefined; hasNextPage: boolean } }): { nodes: Node[]; after?: string } {
  const nodes = (edges ?? []).flatMap((edge) => edge?.node ?? [])
  return { nodes, ...(pageInfo.hasNextPage && pageInfo.endCursor !== undefined && { after: pageInfo.endCursor }) }
}

/** `offered` are the bookable things of every location's page: only there does Boulevard say who does what, for how long and how much. */
export function toCatalog({ business, locations, services, staff, offered }: { business: { id: string; name: string | undefined }; locations: GivenLocation[]; services: GivenService[]; staff: Staff[]; offered: (Item & { category: string | undefined })[] }): Catalog {
  const places = locations.map(toLocation)
  const currency = places[0]?.currency ?? 'USD'
  const items = new Map<string, Item & { category: string | undefined }>()
  for (const item of offered) if (item.staffVariants !== undefined || item.listDurationRange !== undefined) items.set(item.id, { ...item, staffVariants: [...items.get(item.id)?.staffVariants ?? [], ...item.staffVariants ?? []] })
  const named = new Map(services.map((service) => [service.id, service]))
  return {
    business: { id: business.id, name: business.name ?? 'Salon', demo: false }, locations: places,
    services: [...new Set([...named.keys(), ...items.keys()])].map((id): Service => {
      const [service, item] = [named.get(id), items.get(id)]
      const name = service?.name ?? item?.name ?? 'Service'
      return {
        id, name, category: (service?.category?.name ?? item?.category ?? 'service').toLowerCase(), durationMin: item?.listDurationRange?.min ?? item?.staffVariants?.[0]?.duration ?? 0,
        price: money(item?.listPriceRange?.min ?? item?.staffVariants?.[0]?.price ?? 0, currency), active: item !== undefined && item.disabled !== true, consultation: /consult/i.test(name),
      }
    }),
    staff: staff.map((member): StaffMember => ({
      id: member.id, name: member.displayName ?? member.name ?? 'Staff', locationIds: member.locations?.map(({ id }) => id) ?? places.map(({ id }) => id), active: true,
      serviceIds: [...items.values()].filter(({ staffVariants }) => staffVariants?.some(({ staff: { id } }) => id === member.id) === true).map(({ id }) => id),
    })),
  }
}

function toLocation({ id, name, tz = '', address }: GivenLocation): Location {
  const where = [address?.line1, address?.city].filter(Boolean).join(', ')
  return { id, name: name ?? 'Location', zone: isZone(tz) ? tz : 'UTC', currency: /^(ca|can|canada)$/i.test(address?.country ?? '') ? 'CAD' : 'USD', ...(where !== '' && { address: where }), hours: [], closures: [] }
}

/** An appointment of Boulevard's as a visit; its times are UTC. `asked` is when it was asked for. */
export function toVisit({ appointment, currency, asked }: { appointment: Appointment; currency: string; asked: Instant }): SeenVisit {
  const start = toInstant(appointment.startAt)
  const end = toInstant(appointment.endAt)
  const created = appointment.createdAt === undefined ? undefined : toInstant(appointment.createdAt)
  const segments = (appointment.appointmentServices ?? []).map((service): Segment => ({
    serviceId: service.serviceId ?? '', staffId: service.staffId ?? '', staffPreference: service.staffRequested === true ? 'requested' : service.staffRequested === false ? 'any' : 'unknown',
    start: service.startAt === undefined ? start : toInstant(service.startAt), durationMin: service.totalDuration ?? service.duration ?? minutesBetween(start, end), price: money(service.price ?? 0, currency),
  })).toSorted((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0))
  const status = toStatus(appointment)
  const visit: Omit<Visit, 'version'> = {
    id: appointment.id, locationId: appointment.locationId ?? '', clientId: appointment.clientId ?? '', segments, start, end, timeKnown: true, status, ...(created !== undefined && { bookedAt: created }),
    ...(status === 'cancelled' && { cancelledBy: cancelledBy(appointment.cancellation?.reason) }),
    notes: readNotes(appointment.notes, created ?? start), fetchedAt: asked,
  }
  return {
    visit: { ...visit, version: versionOf(visit) },
    ...(appointment.cancellation?.cancelledAt !== undefined && { changedAt: toInstant(appointment.cancellation.cancelledAt) }),
    extra: { notes: appointment.notes ?? '' },
  }
}

/** A no-show is a reason of cancelling here. */
function toStatus({ state, cancelled, cancellation }: Appointment): AppointmentStatus {
  if (state === 'CANCELLED' || cancelled === true) return cancellation?.reason === 'NO_SHOW' ? 'no_show' : 'cancelled'
  switch (state ?? '') {
    case 'BOOKED': return 'booked'
    case 'CONFIRMED': return 'confirmed'
    case 'ARRIVED': return 'arrived'
    case 'ACTIVE': return 'in_service'
    case 'FINAL': return 'completed'
    default: return 'unknown'
  }
}

function cancelledBy(reason: string | undefined): 'client' | 'salon' | 'unknown' {
  if (reason === undefined) return 'unknown'
  return reason.startsWith('CLIENT_') ? 'client' : 'salon'
}

export function toClient({ id, firstName, lastName, email, mobilePhone, createdAt }: Person): Client {
  return {
    id, firstName: firstName ?? '', lastName: lastName ?? '', phones: mobilePhone === undefined ? [] : [mobilePhone], ...(email !== undefined && { email }),
    consent: { sms: 'unknown', email: 'unknown' }, tags: [], notes: [], holdings: [], ...(createdAt !== undefined && { createdAt: toInstant(createdAt) }),
  }
}
