import { z } from 'zod'
import { money } from '../../salon/money.ts'
import type { AppointmentStatus, Catalog, Client, Segment, Service } from '../../salon/salon.ts'
import { addMinutes, type Instant, toInstant } from '../../salon/time.ts'
import { readNotes } from '../kit/notes-in-text.ts'
import { versionOf } from '../kit/version.ts'
import type { SettableStatus, SeenVisit } from '../platform-adapter.ts'
import type { PartnerCredentials } from './client.ts'
import type { PartnerAppointment, PartnerClient, Services, StaffMembers } from './schema.ts'

/** What of the catalogue an appointment needs to be understood. */
export type Known = { serviceById: ReadonlyMap<string, Service>; locationId: string; currency: string }

export function toCatalog({ services, staff, credentials: { businessId, businessName, timezone, currency } }: { services: z.infer<typeof Services>['services']; staff: z.infer<typeof StaffMembers>['staff_members']; credentials: PartnerCredentials }): Catalog {
  return {
    business: { id: `fresha-${businessId}`, name: businessName, demo: false },
    locations: [{ id: businessId, name: businessName, zone: timezone, currency, hours: [], closures: [] }],
    services: services.map(({ id, name = 'Service', category, duration_minutes, price, active }) => ({
      id, name, category: category?.toLowerCase() ?? 'service', durationMin: duration_minutes ?? 0, price: money(price?.amount ?? 0, price?.currency ?? currency), active: active !== false, consultation: /consult/i.test(name),
    })),
    staff: staff.map(({ id, first_name, last_name, active, service_ids }) => ({
      id, name: [first_name, last_name].filter(Boolean).join(' ') || 'Team member', locationIds: [businessId], active: active !== false,
      serviceIds: (service_ids ?? services.map((service) => service.id)).filter((serviceId) => services.some((service) => service.id === serviceId)),
    })),
  }
}

const statuses: Record<string, AppointmentStatus> = { booked: 'booked', confirmed: 'confirmed', arrived: 'arrived', started: 'in_service', completed: 'completed', no_show: 'no_show', canceled: 'cancelled' }
export const statusThere = { booked: 'booked', confirmed: 'confirmed', arrived: 'arrived', completed: 'completed', no_show: 'no_show' } satisfies Record<SettableStatus, string>

export function toVisit({ appointment, known, asked }: { appointment: PartnerAppointment; known: Known; asked: Instant }): SeenVisit {
  const start = toInstant(appointment.start_at)
  let next = start
  const segments = (appointment.services ?? []).map((part): Segment => {
    const service = known.serviceById.get(part.service_id ?? '')
    const at = part.start_at === undefined ? next : toInstant(part.start_at)
    const durationMin = part.duration_minutes ?? service?.durationMin ?? 0
    next = addMinutes(at, durationMin)
    return { serviceId: part.service_id ?? '', staffId: part.staff_member_id ?? '', staffPreference: 'unknown', start: at, durationMin, price: part.price === undefined || part.price === null ? service?.price ?? money(0, known.currency) : money(part.price.amount, part.price.currency ?? known.currency) }
  })
  const status = statuses[appointment.status ?? ''] ?? 'unknown'
  const seen = { id: appointment.id, locationId: known.locationId, clientId: appointment.client_id ?? '', segments, start, end: next, timeKnown: true, status }
  const [bookedAt, changedAt] = [appointment.created_at, appointment.updated_at].map((at) => (at === undefined ? undefined : toInstant(at)))
  const { canceled_by: by } = appointment
  return {
    visit: {
      ...seen, version: versionOf(seen), ...(bookedAt !== undefined && { bookedAt }),
      ...(status === 'cancelled' && { cancelledBy: by === 'client' ? 'client' as const : by === 'business' ? 'salon' as const : 'unknown' as const }),
      notes: readNotes(appointment.notes, bookedAt ?? start), fetchedAt: asked,
    },
    ...(changedAt !== undefined && { changedAt }),
    extra: { notes: appointment.notes ?? '' },
  }
}

/** What `toVisit` keeps for the next write. */
export const noteOf = ({ extra }: SeenVisit): string => z.object({ notes: z.string() }).parse(extra).notes

export function toClient(client: PartnerClient): Client {
  const created = client.created_at === undefined ? undefined : toInstant(client.created_at)
  return {
    id: client.id, firstName: client.first_name ?? '', lastName: client.last_name ?? '', phones: client.phone === undefined ? [] : [client.phone], ...(client.email !== undefined && { email: client.email }),
    consent: { sms: 'unknown', email: 'unknown' }, tags: (client.tags ?? []).filter((tag) => !tag.startsWith(riskTag)), notes: readNotes(client.notes, created ?? '1970-01-01T00:00:00.000Z'), holdings: [], ...(created !== undefined && { createdAt: created }),
  }
}

/** Our own tag on a client: the last score of one of their visits. */
export const riskTag = 'desk-risk '
