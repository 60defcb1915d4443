import type { Generated, GeneratedAlways } from 'kysely'
import type { Money } from '../../salon/money.ts'
import type { AppointmentEvent, AppointmentStatus, Client, Holding, Location, RiskBand, Segment, Service, Shift, StaffMember, WaitlistEntry } from '../../salon/salon.ts'
import type { Instant } from '../../salon/time.ts'
import type { Json } from './core.ts'

type ClientsTable = {
  id: string
  first_name: string
  last_name: string
  /** The name folded for searching: lower case, no accents. */
  name_key: string
  /** Phones and e-mail as sealed JSON; found again through book_contacts. */
  contact_sealed: string
  language: string | null
  birthday: string | null
  consent: Json<Client['consent']>
  tags: Json<string[]>
  holdings: Json<Holding[]>
  created_at: Instant | null
  /** Of the row as it was loaded: the same again changes nothing. */
  source_hash: string | null
  changed_here: boolean
}

type AppointmentsTable = {
  id: string
  location_id: string
  client_id: string
  segments: Json<Segment[]>
  starts_at: Instant
  ends_at: Instant
  time_known: boolean
  status: AppointmentStatus
  version: number
  booked_at: Instant | null
  cancelled_by: 'client' | 'salon' | 'unknown' | null
  risk_score: number | null
  risk_band: RiskBand | null
  risk_model: string | null
  risk_at: Instant | null
  /** Loaded on top of another: only the part of its time that was free is in book_occupied. */
  overbooked: boolean
  /** When its last event became known; before that moment the row has to be folded back. */
  known_through: Instant | null
  source_hash: string | null
  changed_here: boolean
  /** Of a copy of a platform's visit: when the platform was asked, and its own version and status then. */
  seen_at: Generated<Instant | null>
  /** Its id there, where that is no longer the one it was first seen by. */
  source_id: Generated<string | null>
  source_version: Generated<string | null>
  source_status: Generated<AppointmentStatus | null>
}

type EventsTable = {
  id: GeneratedAlways<number>
  appointment_id: string
  kind: AppointmentEvent['kind']
  at: Instant
  known_at: Instant
  by: 'client' | 'salon' | 'unknown' | null
  from_at: Instant | null
  to_at: Instant | null
  amount: Json<Money> | null
  /** The visit as it was before a move of ours. */
  segments_before: Json<Segment[]> | null
}

/** An entry of a waitlist: the book's, or our own. */
export type WaitlistRow = {
  id: string
  location_id: string
  client_id: string
  service_id: string
  staff_id: string | null
  wanted: Json<WaitlistEntry['wanted']>
  instead_of: Generated<string | null>
  created_at: Instant
  status: WaitlistEntry['status']
}

type WaitlistTable = WaitlistRow & { source_hash: string | null; changed_here: boolean }

export type BookTables = {
  /** `current_at`: when it was last loaded or carried forward. */
  book_business: { only_one: boolean; id: string; name: string; demo: boolean; current_at: Instant }
  book_locations: { id: string; position: number; data: Json<Location> }
  book_services: { id: string; position: number; data: Json<Service> }
  book_staff: { id: string; number: GeneratedAlways<number>; position: number; data: Json<StaffMember> }
  book_shifts: { position: number; data: Json<Shift> }
  book_clients: ClientsTable
  book_contacts: { kind: 'phone' | 'email'; lookup: string; client_id: string }
  book_notes: { subject: 'client' | 'appointment'; subject_id: string; id: string; at: Instant; by: string; text: string }
  book_appointments: AppointmentsTable
  book_events: EventsTable
  book_occupied: { appointment_id: string; chair: string }
  book_waitlist: WaitlistTable
  book_changes: { seq: number; at: Instant; kind: 'created' | 'updated' | 'cancelled' | 'no_show' | 'client' | 'waitlist'; id: string; key: string | null; by: string | null }
  book_head: { only_one: boolean; seq: number }
  book_journal: { key: string; command_hash: string; operation: string; at: Instant; by: string | null; outcome: Json<unknown> | null }
}
