import type { Question } from '../../messages/messages.ts'
import type { BookingPlatform } from '../../platforms/booking-platform.ts'
import { unwrap } from '../../platforms/unwrap.ts'
import { visitsAsked } from '../../rescheduling/offer-data.ts'
import type { Appointment, Catalog, Location, Service, StaffMember } from '../../salon/salon.ts'
import { addMinutes, type Instant } from '../../salon/time.ts'

/** What somebody waits for by their own visits. `ahead`: that visit is still to come, and they wait for something sooner. */
export type WantedService = { visit: Appointment; ahead: boolean; service: Service; location: Location; staffId?: string; catalog: Catalog; why?: undefined }

const aheadMin = 180 * 24 * 60
const toCome: ReadonlySet<Appointment['status']> = new Set(['requested', 'booked', 'confirmed'])
const neverWas: ReadonlySet<Appointment['status']> = new Set(['cancelled', 'declined', 'held', 'unknown'])

/**
 * The service of the client's next visit (the one the open question is about, else the earliest), else of their last one,
 * with the person they asked for then. `why` not: no visits at all, several services, a service that is gone. Throws
 * `DeskError` for what the platform says.
 */
export async function findWantedService({ platform, clientId, question, now }: { platform: BookingPlatform; clientId: string; question: Question | undefined; now: Instant }): Promise<WantedService | { why: 'no_visits' | 'several_services' | 'service_gone' }> {
  const [catalog, next] = await Promise.all([platform.catalog().then(unwrap), nextVisit({ platform, clientId, question, now })])
  const visit = next ?? (await lastVisit({ platform, clientId, now }))
  if (visit === undefined) return { why: 'no_visits' }
  const [serviceId, ...more] = new Set(visit.segments.map((segment) => segment.serviceId))
  if (serviceId === undefined || more.length > 0) return { why: 'several_services' }
  const service = catalog.services.find(({ id, active }) => id === serviceId && active)
  const location = catalog.locations.find(({ id }) => id === visit.locationId)
  if (service === undefined || location === undefined) return { why: 'service_gone' }
  const asked = visit.segments.find(({ staffPreference }) => staffPreference === 'requested')?.staffId
  const staff = catalog.staff.find(({ id }) => id === asked)
  return { visit, ahead: next !== undefined, service, location, catalog, ...(staff?.active === true ? { staffId: staff.id } : {}) }
}

/** The person named in the words ("with Maya"), where one who does it there has that first name. */
export function namedStaff({ words, service, location, catalog }: { words: string; service: Service; location: Location; catalog: Catalog }): StaffMember | undefined {
  const name = /\b(?:with|con|avec) (\p{L}+)/u.exec(words)?.[1]
  const named = catalog.staff.filter((each) => each.active && each.serviceIds.includes(service.id) && each.locationIds.includes(location.id) && firstOf(each.name) === name)
  return named.length === 1 ? named[0] : undefined
}

export function firstOf(name: string): string {
  return name.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase().split(/\s+/)[0] ?? ''
}

async function nextVisit({ platform, clientId, question, now }: { platform: BookingPlatform; clientId: string; question: Question | undefined; now: Instant }): Promise<Appointment | undefined> {
  const { items } = unwrap(await platform.appointments({ clientId, from: now, to: addMinutes(now, aheadMin) }))
  const visits = items.filter((visit) => visit.clientId === clientId && visit.timeKnown && visit.start > now && toCome.has(visit.status))
  const asked = question?.clientId === clientId ? visitsAsked(question) : []
  return visits.find(({ id }) => asked.includes(id)) ?? visits[0]
}

async function lastVisit({ platform, clientId, now }: { platform: BookingPlatform; clientId: string; now: Instant }): Promise<Appointment | undefined> {
  const past = unwrap(await platform.history({ clientIds: [clientId] })).map(({ appointment }) => appointment)
  return past.filter((visit) => visit.clientId === clientId && visit.start <= now && !neverWas.has(visit.status)).toSorted((a, b) => (a.start < b.start ? -1 : 1)).at(-1)
}
