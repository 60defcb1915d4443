import type { z } from 'zod'
import type { Appointment, AppointmentStatus, Catalog, Client, RiskBand, Segment, Service, WaitlistEntry } from '../salon/salon.ts'
import type { Clock, Instant } from '../salon/time.ts'
import type { Capabilities, Outcome, Page, SlotQuery } from './booking-platform.ts'
import type { Ask } from './kit/ask.ts'
import type { WebhookReader } from './kit/webhook.ts'

/**
 * What one vendor's folder gives: its API in our words, and nothing more. Idempotency, conflicts, looking after a lost
 * answer, pausing, the copy that everything is read from: all that is the mirror's (`mirror/`), once for all vendors.
 * Nothing here throws for a reason the vendor gives; every call answers with an `Outcome`. Every call is one or a few requests.
 *
 * Reads answer with what the vendor says now. Writes answer with the visit as it was READ BACK after the write (or as the
 * write's own answer tells it, where that is the whole record). A write that was sent and not answered is `unknown_outcome`.
 */
export type PlatformAdapter = {
  readonly provider: string
  /** What works for this salon: the vendor's declared capabilities, less what a probe with its own key showed to be missing. Never writes. */
  capabilities(): Promise<Outcome<Capabilities>>
  /**
   * Tries what only a try can show, and answers with the capabilities that it proved or disproved. It writes: only with the salon's
   * consent, outside its day, for a client that the salon gave for it. It leaves nothing behind, also when a step fails; where it
   * could not clean up it answers `assisted_required` with what a person has to remove. Absent: nothing is `unverified` here.
   */
  probe?(): Promise<Outcome<Partial<Capabilities>>>
  /** Whether the key is good, and whose it is. */
  check(): Promise<Outcome<{ account: string }>>
  /** Locations, staff and services; also those no longer active, where the vendor tells. `business.demo` is false. */
  catalog(): Promise<Outcome<Catalog>>
  /** Every visit that starts in `[from, to)`, cancelled and missed ones too, one page; the range is never longer than `maxRangeDays`. */
  visits(query: { from: Instant; to: Instant; cursor?: string }): Promise<Outcome<Page<SeenVisit>>>
  /** Every visit changed at or after `since`, one page. Absent where the vendor cannot tell: ranges are polled instead. */
  changedVisits?(query: { since: Instant; cursor?: string }): Promise<Outcome<Page<SeenVisit>>>
  /** Every visit of one client, whenever it is, in no order. For vendors that cannot list a range (there `visits` answers `unsupported` with the capability `read`); absent elsewhere. */
  clientVisits?(query: { clientId: string }): Promise<Outcome<SeenVisit[]>>
  /** One visit as it is now; `not_found` when it is gone. */
  visit(query: { id: string }): Promise<Outcome<SeenVisit>>
  /** The directory of clients, page by page. Absent where clients are known only by their visits (`SeenVisit.client`). */
  clients?(query: { cursor?: string }): Promise<Outcome<Page<Client>>>
  /** One client as they are now. Absent where clients are known only by their visits. */
  client?(query: { id: string }): Promise<Outcome<Client>>

  /** Free times that start in `[from, to)`, earliest first, as the vendor offers them. `moving` is the visit that would move: its own time counts as free. */
  slots?(query: Omit<SlotQuery, 'rescheduling'> & { moving?: SeenVisit }): Promise<Outcome<OfferedSlot[]>>
  /** Books; the mirror has just seen that `slot` is offered. `key` is the same at every try of one booking, for vendors that take an idempotency key or reference of ours. */
  create?(command: { key: string; slot: OfferedSlot; client: Client; note?: string }): Promise<Outcome<SeenVisit>>
  /** Moves. `visit` was read a moment ago and is what the person approved; a vendor with versions is given its version. */
  reschedule?(command: { key: string; visit: SeenVisit; slot: OfferedSlot }): Promise<Outcome<SeenVisit>>
  cancel?(command: { key: string; visit: SeenVisit; cancelledBy: 'client' | 'salon'; reason?: string }): Promise<Outcome<SeenVisit>>
  /** The steps this vendor can take; others answer `unsupported`. */
  setStatus?(command: { key: string; visit: SeenVisit; to: SettableStatus }): Promise<Outcome<SeenVisit>>
  /** Adds a note to a visit or a client and answers with the whole record as read back. */
  addVisitNote?(command: { key: string; visit: SeenVisit; text: string; by: string; at: Instant }): Promise<Outcome<SeenVisit>>
  removeVisitNote?(command: { key: string; visit: SeenVisit; noteId: string }): Promise<Outcome<SeenVisit>>
  addClientNote?(command: { key: string; client: Client; text: string; by: string; at: Instant }): Promise<Outcome<Client>>
  removeClientNote?(command: { key: string; client: Client; noteId: string }): Promise<Outcome<Client>>
  /** Writes one score where this vendor keeps one (`riskField`). */
  writeRisk?(command: { visit: SeenVisit; score: number; band: RiskBand; model: string; at: Instant }): Promise<Outcome<null>>
  /** Adds to the vendor's own waitlist and answers with its id there. */
  waitlistAdd?(command: { key: string; client: Client; entry: Omit<WaitlistEntry, 'id' | 'createdAt' | 'status' | 'clientId'> }): Promise<Outcome<{ id: string }>>
  waitlistRemove?(command: { key: string; id: string }): Promise<Outcome<null>>
  /** What a person does by hand for a change that this vendor has no call for: exact steps, in order. Only where a mode is `assisted`. */
  manualSteps?(change: ManualChange): string[]
  /** Absent: this vendor sends no webhooks. */
  webhooks?: WebhookReader
}

export type SettableStatus = Extract<AppointmentStatus, 'booked' | 'confirmed' | 'arrived' | 'completed' | 'no_show'>

/**
 * A visit as the vendor tells it. Its `version` is the vendor's own, or a hash of what a person would notice where there is none
 * (`versionOf`, kit/version.ts). Its `fetchedAt` is when it was asked for.
 */
export type SeenVisit = {
  visit: Appointment
  /** Who it is for, where the vendor's record of the visit says; spares a request. */
  client?: Client
  /** What its services are, where the record of the visit is the only place that says (no catalogue to read); a length that is not told is 0. */
  services?: Service[]
  /** When it was last changed there, where the vendor says. For a cancelled or missed visit: when that became known. */
  changedAt?: Instant
  /** That it is `completed` is only what the clock made of it (it stands, and its time is over): a no-show that the desk keeps says more. */
  byTime?: boolean
  /** The visit that this one became, where a move gives a new id (Cal.com): on the old one the new id, on the new one the old. */
  movedTo?: string
  movedFrom?: string
  /** What only this vendor's folder needs for the next write (an invoice id, a service version); nobody else takes it apart. */
  extra?: Record<string, unknown>
}

/** A free time as the vendor offers it. `token` is what it wants back when booking (at most 1,000 characters), where it has such a thing. */
export type OfferedSlot = { locationId: string; start: Instant; end: Instant; segments: Segment[]; token?: string }

/** A change as a person would be told to make it; names and times are already words. */
export type ManualChange =
  | { kind: 'create'; client: string; service: string; staff: string; when: string; note?: string }
  | { kind: 'reschedule'; client: string; service: string; from: string; to: string; staff: string }
  | { kind: 'cancel'; client: string; service: string; when: string; cancelledBy: 'client' | 'salon' }
  | { kind: 'setStatus'; client: string; service: string; when: string; to: SettableStatus }

/** One thing that `desk connect` asks for. */
type CredentialField = {
  name: string
  /** "Access token". */
  label: string
  /** Where it is found, in the vendor's own words. */
  help: string
  secret: boolean
  optional?: boolean
}

/** A vendor, before anything is connected: what it declares, and how it is opened. */
export type PlatformKind<Credentials = unknown> = {
  readonly provider: string
  /** "Square Appointments". */
  readonly name: string
  readonly fields: CredentialField[]
  /** Credentials as given; fails with words that say what to do. */
  readonly credentials: z.ZodType<Credentials>
  /** The most that can work; the README's table is made from it. */
  readonly declared: Capabilities
  /** Its API is not public: it works as it was agreed between that vendor and one business. The table says so. */
  readonly byAgreement?: true
  /** What nobody could try for want of an account, each in one sentence. */
  readonly unproven: string[]
  /** Requests a minute that the whole account may make (by all its integrations), and how many at once; the desk keeps to a part of it. */
  readonly pace: { perMinute: number; burst: number }
  open(room: AdapterRoom<Credentials>): PlatformAdapter
}

export type AdapterRoom<Credentials> = {
  credentials: Credentials
  clock: Clock
  /** Asks the vendor: keeps to the account's limit, to time-outs and to one way of reading errors. */
  ask: Ask
  /** The catalogue as the mirror last read it (prices, zones, names); undefined before the first reading. */
  catalog: () => Promise<Catalog | undefined>
}
