import type {
  Appointment, AppointmentHistory, AppointmentStatus, Catalog, Client, Note, RiskBand, Slot, WaitlistEntry,
} from '../salon/salon.ts'
import type { Freshness } from '../salon/freshness.ts'
import type { Instant } from '../salon/time.ts'

/**
 * The port every booking platform stands behind: a small required core (the reads up to `history`)
 * and operations that a platform may lack. Nothing here throws for a reason the platform gives:
 * every call answers with an `Outcome`, and a missing operation answers `unsupported`.
 */
export type BookingPlatform = {
  readonly provider: string
  /** What people call it: "Square Appointments". */
  readonly name: string
  /** What works for this salon, probed and cached by the adapter: not a constant of the class. */
  capabilities(): Promise<Capabilities>
  check(): Promise<Outcome<{ account: string }>>
  /** How old what is read here is, for whoever shows it; a book of our own is always live. */
  freshness(): Promise<Freshness>
  catalog(): Promise<Outcome<Catalog>>
  /** Appointments that start in `[from, to)`, ordered by start then id. Cancelled and declined ones only when asked for. */
  appointments(query: AppointmentQuery): Promise<Outcome<Page<Appointment>>>
  appointment(query: { id: string }): Promise<Outcome<Appointment>>
  client(query: { id: string }): Promise<Outcome<Client>>
  /** In the order of `ids`; unknown ids are left out. */
  clients(query: { ids: string[] }): Promise<Outcome<Client[]>>
  /** By phone (any spelling of it), e-mail, or any part of the name; at most `limit` (default 20), best first. */
  findClients(query: { phone?: string; email?: string; name?: string; limit?: number }): Promise<Outcome<Client[]>>
  /** Whose these numbers are: for every number (E.164) that is on record, the clients who have it. Many at a time, because a day's texts have many. */
  clientsByPhone(query: { phones: string[] }): Promise<Outcome<{ phone: string; clientIds: string[] }[]>>
  /** The names of all clients, for understanding what people write; nothing to reach anybody by. */
  clientNames(): Promise<Outcome<Pick<Client, 'id' | 'firstName' | 'lastName'>[]>>
  /** Every appointment of these clients (all clients when omitted) that was known before `knownBefore`, with events known by then. */
  history(query: { clientIds?: string[]; knownBefore?: Instant }): Promise<Outcome<AppointmentHistory[]>>

  /** Free times for the services in order that start in `[from, to)`, earliest first, at most `limit` (default 50). `from` itself is tried, on the grid or not. */
  searchSlots(query: SlotQuery): Promise<Outcome<Slot[]>>
  /** Looks one slot up again by its id, and whether it is (still) free; `invalid` when no such slot can ever have been offered. */
  slot(query: { id: string; rescheduling?: string }): Promise<Outcome<{ slot: Slot; free: boolean }>>
  create(command: WriteCommand & { slotId: string; clientId: string; note?: string }): Promise<Outcome<Appointment>>
  reschedule(command: WriteCommand & { id: string; expectedVersion: string; slotId: string }): Promise<Outcome<Appointment>>
  cancel(command: WriteCommand & { id: string; expectedVersion: string; cancelledBy: 'client' | 'salon'; reason?: string }): Promise<Outcome<Appointment>>
  /** Also brings back a cancelled appointment (`to: 'booked'`) where the platform can and the chair is still free. */
  setStatus(command: WriteCommand & { id: string; expectedVersion: string; to: Extract<AppointmentStatus, 'booked' | 'confirmed' | 'arrived' | 'completed' | 'no_show'> }): Promise<Outcome<Appointment>>
  addNote(command: WriteCommand & { on: 'appointment' | 'client'; id: string; text: string; by: string }): Promise<Outcome<Note>>
  removeNote(command: WriteCommand & { on: 'appointment' | 'client'; id: string; noteId: string }): Promise<Outcome<null>>
  /** Writes the score where the platform keeps one; many at a time, because a morning has many. */
  writeRisk(command: { risks: { appointmentId: string; score: number; band: RiskBand; model: string; at: Instant }[] }): Promise<Outcome<{ written: number }>>
  /** Who waits, first come first; with `ids`, those entries whatever their status. */
  waitlist(query: { ids?: string[]; locationId?: string; serviceId?: string }): Promise<Outcome<WaitlistEntry[]>>
  waitlistAdd(command: WriteCommand & Omit<WaitlistEntry, 'id' | 'createdAt' | 'status'>): Promise<Outcome<WaitlistEntry>>
  /** With `wanted` other times are wanted from now on (none: any time); the place in line stays. */
  waitlistSet(command: WriteCommand & { id: string; to: WaitlistEntry['status']; wanted?: WaitlistEntry['wanted'] }): Promise<Outcome<WaitlistEntry>>
  /** What changed after `cursor` (omit for "from now on"), oldest first. Hints: read the thing again before acting. */
  changes(query: { cursor?: string; limit?: number }): Promise<Outcome<{ changes: Change[]; cursor: string }>>
}

/** `ok` with the time of the reading, or a typed reason why not. */
export type Outcome<T> = { ok: true; value: T; observedAt: Instant } | { ok: false; error: PlatformError }

export type PlatformError = {
  kind: PlatformErrorKind
  /** For logs; no personal data. */
  message: string
  retryAfterMs?: number
  providerCode?: string
  capability?: keyof Capabilities
  /** What a person has to do by hand, for `assisted_required`. */
  manualSteps?: string[]
}

export type PlatformErrorKind =
  | 'unsupported' | 'assisted_required' | 'auth' | 'forbidden' | 'not_found' | 'invalid'
  | 'conflict_slot' // the time is no longer free
  | 'conflict_version' // somebody changed it meanwhile
  | 'policy_blocked' | 'rate_limited' | 'unavailable'
  | 'unknown_outcome' // timed out after send: look before any second try

/** `yes` works live, `assisted` a person does it, `unverified` needs a probe first, `none` is not there. */
export type Mode = 'yes' | 'assisted' | 'unverified' | 'none'

export type Capabilities = {
  read: 'live' | 'batch' | 'events_only'
  availability: 'search' | 'booking_scoped' | 'calendar_only' | 'none'
  multiService: 'native' | 'sequential' | 'none'
  hold: 'native' | 'block_time' | 'none'
  /** Whether the platform itself refuses a time that is taken; where it does not, the desk looks before and after. */
  conflicts: 'refused' | 'accepted' | 'unknown'
  create: Mode
  reschedule: Mode | 'cancel_and_rebook'
  cancel: Mode
  cancelGranularity: 'segment' | 'appointment' | 'visit'
  setNoShow: Mode | 'via_cancel_reason'
  confirm: Mode
  /** Whether a cancelled appointment can be brought back. */
  restore: Mode
  notes: { appointment: Mode; client: Mode; maxLength?: number }
  riskField: 'custom_attribute' | 'custom_field' | 'label' | 'tag' | 'note' | 'none'
  waitlist: 'native_full' | 'native_add_only' | 'none'
  version: 'integer' | 'etag' | 'updated_at' | 'none'
  idempotency: 'native_key' | 'client_id' | 'external_ref_lookup' | 'none'
  changes: 'feed' | 'webhooks' | 'poll' | 'none'
  /** What a webhook's sender proves: that it signed body or headers, that it knows a token, or nothing. Absent: no webhooks. */
  webhookProof?: 'signed_body' | 'signed_headers' | 'token' | 'none'
  maxRangeDays?: number
}

/** The same `key` with the same command has one effect and answers with its first result; `by` is who decided, for the platform's log. */
export type WriteCommand = { key: string; by?: string }

export type AppointmentQuery = {
  locationId?: string
  from: Instant
  to: Instant
  clientId?: string
  staffId?: string
  includeCancelled?: boolean
  cursor?: string
  limit?: number
}

export type SlotQuery = {
  locationId: string
  wants: { serviceId: string; staffId?: string }[]
  from: Instant
  to: Instant
  /** The appointment that would move: its own time counts as free. */
  rescheduling?: string
  limit?: number
}

export type Page<T> = { items: T[]; cursor?: string }

export type Change = { at: Instant; kind: 'created' | 'updated' | 'cancelled' | 'no_show' | 'client' | 'waitlist'; id: string; key?: string }

export function ok<T>(value: T, observedAt: Instant): Outcome<T> {
  return { ok: true, value, observedAt }
}

export function failed<T>(kind: PlatformErrorKind, message: string, more: Partial<PlatformError> = {}): Outcome<T> {
  return { ok: false, error: { kind, message, ...more } }
}
