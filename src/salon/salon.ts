import type { Money } from './money.ts'
import type { Instant, LocalDate, LocalTime, Zone } from './time.ts'

/** One salon company: what a desk serves. `demo` marks the generated salon. */
type Business = { id: string; name: string; demo: boolean }

/** Opening on one ISO weekday (Monday 1 … Sunday 7). */
export type OpeningHours = { weekday: number; open: LocalTime; close: LocalTime }

export type Location = {
  id: string
  name: string
  zone: Zone
  currency: string
  phone?: string
  address?: string
  hours: OpeningHours[]
  /** Days on which it is shut although the weekday is open. */
  closures: LocalDate[]
}

export type StaffMember = {
  id: string
  name: string
  locationIds: string[]
  serviceIds: string[]
  active: boolean
}

/** When a staff member works at a location on one ISO weekday, every week (Monday 1 … Sunday 7). */
export type Shift = { staffId: string; locationId: string; weekday: number; start: LocalTime; end: LocalTime }

export type Service = {
  id: string
  name: string
  /** Segment name of the salon's own list, lower case: "color", "style". */
  category: string
  durationMin: number
  /** A stretch inside the service in which the staff member is free (colour develops). */
  processing?: { afterMin: number; lengthMin: number }
  price: Money
  active: boolean
  /** Hours before the service by which a patch test must have been done. */
  patchTestHours?: number
  depositPercent?: number
  /** A consultation is a talk, not a service: counted apart in risk figures. */
  consultation: boolean
}

type Consent = 'in' | 'out' | 'unknown'

/** Something the client holds or is owed, for talking points: always with its source. */
export type Holding =
  | { kind: 'package'; name: string; remaining: number; expires?: LocalDate }
  | { kind: 'credit'; amount: Money; expires?: LocalDate }
  | { kind: 'balance'; amount: Money }
  | { kind: 'membership'; name: string; since?: LocalDate }
  | { kind: 'product'; name: string; bought: LocalDate }
  | { kind: 'patch_test'; done: LocalDate }

export type Client = {
  id: string
  firstName: string
  lastName: string
  /** E.164; empty when unknown. Never logged. */
  phones: string[]
  email?: string
  language?: string
  birthday?: string // MM-DD; the year is nobody's business
  consent: { sms: Consent; email: Consent }
  tags: string[]
  notes: Note[]
  holdings: Holding[]
  createdAt?: Instant
}

export type Note = { id: string; at: Instant; by: string; text: string }

export type AppointmentStatus =
  | 'requested' | 'booked' | 'confirmed' | 'arrived' | 'in_service' | 'completed'
  | 'cancelled' | 'no_show' | 'declined' | 'held' | 'unknown'

/** One service within an appointment, by one staff member. */
export type Segment = {
  serviceId: string
  staffId: string
  /** Whether the client asked for this person, takes anybody, or the platform does not say. */
  staffPreference: 'any' | 'requested' | 'unknown'
  start: Instant
  durationMin: number
  price: Money
}

export type Appointment = {
  id: string
  locationId: string
  clientId: string
  segments: Segment[]
  start: Instant
  end: Instant
  /** False when the platform's record has a date but no time of day (some exports); `start` is then the opening time. */
  timeKnown: boolean
  status: AppointmentStatus
  /** Changes with every change on the platform; a write made with an old one is refused. */
  version: string
  bookedAt?: Instant
  cancelledBy?: 'client' | 'salon' | 'unknown'
  notes: Note[]
  risk?: { score: number; band: RiskBand; at: Instant; model: string }
  fetchedAt: Instant
}

/** Statuses in which an appointment still occupies its chair. */
export const liveStatuses: readonly AppointmentStatus[] = ['requested', 'booked', 'confirmed', 'arrived', 'in_service', 'held']

/** Statuses from which nothing happens any more. */
export const endedStatuses: readonly AppointmentStatus[] = ['completed', 'cancelled', 'no_show', 'declined']

/** One fact in an appointment's life. `knownAt` is when the salon could first know it; features may use it only from then on. */
export type AppointmentEvent = {
  kind: 'booked' | 'moved' | 'confirmed' | 'arrived' | 'completed' | 'cancelled' | 'no_show' | 'paid' | 'note'
  at: Instant
  knownAt: Instant
  by?: 'client' | 'salon' | 'unknown'
  /** Where it moved from and to, for `moved`. */
  from?: Instant
  to?: Instant
  /** Money received, for `paid`. */
  amount?: Money
}

/** An appointment with everything that ever happened to it: the raw material of risk features. */
export type AppointmentHistory = { appointment: Appointment; events: AppointmentEvent[] }

/** A bookable time. `id` is made by the platform's folder and read back by it; nobody else takes it apart. */
export type Slot = {
  id: string
  locationId: string
  start: Instant
  end: Instant
  segments: Segment[]
}

export type WaitlistEntry = {
  id: string
  locationId: string
  clientId: string
  serviceId: string
  staffId?: string
  /** Times wanted; empty means any time. */
  wanted: { from: Instant; to: Instant }[]
  /** The visit they have and would give up for it: they wait for something sooner. */
  insteadOf?: string
  createdAt: Instant
  status: 'waiting' | 'filled' | 'left'
}

export type RiskBand = 'low' | 'medium' | 'high'

export type Catalog = {
  business: Business
  locations: Location[]
  staff: StaffMember[]
  services: Service[]
  /** Who works when, every week; absent where the platform does not tell. */
  shifts?: Shift[]
}

export function clientName(client: Pick<Client, 'firstName' | 'lastName'>): string {
  return `${client.firstName} ${client.lastName}`.trim()
}
