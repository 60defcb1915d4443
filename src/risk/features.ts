import type { AppointmentHistory, Catalog, Service } from '../salon/salon.ts'
import { daysBetween, localDate, weekday } from '../salon/time.ts'
import type { Instant, LocalDate, Zone } from '../salon/time.ts'
import { knownEvents, startAsOf, visitOutcome } from './outcome.ts'
import type { PastVisit } from './outcome.ts'
import { serviceKinds } from './service-kinds.ts'

/**
 * What a score may look at, all as known at one moment. Raw units; `model-input.ts` says how a model sees them.
 * Not here on purpose: the time of day (exports lose it exactly for cancelled bookings), what was paid (only kept
 * visits have it), who typed the cancellation, and anything about the person but their own bookings.
 */
export const featureNames = [
  'pastFailureRate', // of the client's ended bookings, shrunk towards the salon's rate
  'pastVisits', // kept
  'pastNoShows', 'pastLateCancels', 'pastEarlyCancels',
  'daysSinceVisit', 'daysSinceFailure', 'daysSinceCancel', // Infinity when there was none
  'firstVisit', // 1 when no kept visit is on record
  'consultation', 'color', 'style', // 1 when a segment is of that kind
  'price', // listed, in whole currency units
  'duration', // listed, minutes
  'segments',
  'visitsWithStaff', // kept visits with one of the people now booked
  'requestedStaff', 'moves', 'leadDays', 'confirmed', 'deposit',
  'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday',
] as const
export type FeatureName = (typeof featureNames)[number]

/** A feature that is left out is unknown; a model puts its training mean in its place and is less sure. */
export type Features = Partial<Record<FeatureName, number>>

/** One booking as the model sees it. `recent` only serves the wording of reasons: what happened in the last 60 days. */
export type FeatureRow = {
  appointmentId: string
  clientId: string
  values: Features
  recent?: { noShows: number; lateCancels: number; earlyCancels: number }
}

export const weekdayFeatures = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const satisfies readonly FeatureName[]

/** A client's own record counts as if it began with this many bookings at the salon's rate: one no-show is not "100 %". */
const ownRecordPrior = 4
export const recentDays = 60

/** What features need of the catalogue, indexed once. */
export type SalonIndex = { services: Map<string, Service>; zoneOf(locationId: string): Zone }

export function indexCatalog({ services, locations }: Catalog): SalonIndex {
  const zones = new Map(locations.map((location) => [location.id, location.zone]))
  return { services: new Map(services.map((service) => [service.id, service])), zoneOf: (id) => zones.get(id) ?? locations[0]?.zone ?? 'UTC' }
}

/**
 * Features of one appointment as of `asOf`. `ofClient` holds the client's histories, in any order; facts that were not known
 * by then and the appointment's own end are ignored here, so that no caller can leak them. `baseRate` is the salon's
 * failure rate as of then, for shrinking the client's own.
 */
export function featuresOf({ history, ofClient, salon, baseRate, asOf }: {
  history: AppointmentHistory
  ofClient: AppointmentHistory[]
  salon: SalonIndex
  baseRate: number
  asOf: Instant
}): FeatureRow {
  const { appointment } = history
  const zone = salon.zoneOf(appointment.locationId)
  const own = pastVisits({ history, ofClient, salon, asOf })
  const today = localDate(asOf, zone)
  const date = localDate(startAsOf(history, asOf), zone)
  const ended = (...outcomes: PastVisit['outcome'][]): PastVisit[] => own.filter((visit) => outcomes.includes(visit.outcome))
  const kept = ended('kept')
  const failed = ended('no_show', 'late_cancel')
  const recent = own.filter((visit) => daysBetween(visit.endedOn, today) <= recentDays)
  return {
    appointmentId: appointment.id,
    clientId: appointment.clientId,
    recent: {
      noShows: recent.filter((visit) => visit.outcome === 'no_show').length,
      lateCancels: recent.filter((visit) => visit.outcome === 'late_cancel').length,
      earlyCancels: recent.filter((visit) => visit.outcome === 'early_cancel').length,
    },
    values: {
      pastFailureRate: shrunkRate({ failures: failed.length, bookings: kept.length + failed.length, baseRate }),
      pastVisits: kept.length,
      pastNoShows: ended('no_show').length,
      pastLateCancels: ended('late_cancel').length,
      pastEarlyCancels: ended('early_cancel').length,
      daysSinceVisit: daysSince(kept, today),
      daysSinceFailure: daysSince(failed, today),
      daysSinceCancel: daysSince(ended('early_cancel', 'late_cancel'), today),
      firstVisit: kept.length === 0 ? 1 : 0,
      ...ofServices(history, salon.services),
      visitsWithStaff: kept.filter((visit) => appointment.segments.some((segment) => visit.staffIds.includes(segment.staffId))).length,
      ...ofBooking(history, { asOf, date, zone }),
      ...ofWeekday(weekday(date)),
    },
  }
}

/** The client's other bookings that had ended as far as was known by `asOf`. */
export function pastVisits({ history, ofClient, salon, asOf }: { history: AppointmentHistory; ofClient: AppointmentHistory[]; salon: SalonIndex; asOf: Instant }): PastVisit[] {
  return ofClient.flatMap((other) =>
    other.appointment.id === history.appointment.id ? [] : visitOutcome({ history: other, asOf, zone: salon.zoneOf(other.appointment.locationId) }) ?? [],
  )
}

/** (failures + 4 × base rate) / (bookings + 4): the posterior mean of a beta prior worth four bookings. */
export function shrunkRate({ failures, bookings, baseRate }: { failures: number; bookings: number; baseRate: number }): number {
  return (failures + ownRecordPrior * baseRate) / (bookings + ownRecordPrior)
}

/** The seven weekday features for an ISO weekday (Monday 1 … Sunday 7). */
export function ofWeekday(day: number): Features {
  return Object.fromEntries(weekdayFeatures.map((name, i) => [name, day === i + 1 ? 1 : 0]))
}

function ofServices({ appointment: { segments } }: AppointmentHistory, services: Map<string, Service>): Features {
  const known = segments.flatMap((segment) => services.get(segment.serviceId) ?? [])
  const any = (test: (service: Service) => boolean): number | undefined => (known.length > 0 ? Number(known.some(test)) : undefined)
  return defined({
    consultation: any((service) => service.consultation),
    color: any((service) => serviceKinds(service).color),
    style: any((service) => serviceKinds(service).style),
    price: segments.reduce((sum, segment) => sum + segment.price.minor, 0) / 100,
    duration: segments.reduce((sum, segment) => sum + segment.durationMin, 0),
    segments: segments.length,
  })
}

function ofBooking(history: AppointmentHistory, { asOf, date, zone }: { asOf: Instant; date: LocalDate; zone: Zone }): Features {
  const { appointment } = history
  const events = knownEvents(history, asOf)
  const bookedAt = appointment.bookedAt ?? events.find((event) => event.kind === 'booked')?.at
  const preferences = appointment.segments.map((segment) => segment.staffPreference).filter((preference) => preference !== 'unknown')
  return defined({
    requestedStaff: preferences.length > 0 ? Number(preferences.includes('requested')) : undefined,
    moves: events.filter((event) => event.kind === 'moved').length,
    leadDays: bookedAt === undefined ? undefined : Math.max(0, daysBetween(localDate(bookedAt, zone), date)),
    confirmed: Number(events.some((event) => event.kind === 'confirmed')),
    deposit: Number(events.some((event) => event.kind === 'paid' && localDate(event.at, zone) < date)),
  })
}

function daysSince(visits: PastVisit[], today: LocalDate): number {
  const last = visits.map((visit) => visit.endedOn).sort().at(-1)
  return last === undefined ? Infinity : Math.max(0, daysBetween(last, today))
}

function defined(values: { [K in FeatureName]?: number | undefined }): Features {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}
