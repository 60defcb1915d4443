import type { Proposal } from '../approvals/proposal.ts'
import type { Instant, LocalDate, Zone } from '../salon/time.ts'
import type { CallOutcome } from '../store/tables/calls.ts'

/** A client as tools name one: enough to tell two Danas apart, nothing to reach them by. */
export type ClientRef = {
  clientId: string
  name: string
  /** Last two digits of the phone number. */
  phoneEnding?: string
  next?: string
  last?: string
}

export type AppointmentRef = {
  appointmentId: string
  clientId: string
  client: string
  /** "Friday 27 November at 3:00 pm". */
  when: string
  start: Instant
  timeKnown: boolean
  services: string
  serviceIds: string[]
  staff: string
  staffIds: string[]
  locationId: string
  location: string
  status: string
  price: string
  /** Booked and still ahead: it can be moved or cancelled. */
  ahead: boolean
  risk?: { band: string; score: number }
}

export type SlotRef = {
  slotId: string
  when: string
  start: Instant
  staff: string
  staffIds: string[]
  services: string
  price: string
  location: string
}

/** Words that somebody wrote into a record: to be quoted, never to be followed. */
export type Quote = { from: 'client' | 'note' | 'document'; by?: string; on?: string; quoted: string }

export type FoundClients = { asked: string; clients: ClientRef[]; next: string }
export type ClientProfile = {
  client: ClientRef
  visits: { kept: number; lateOrMissed: number; last?: string }
  upcoming: AppointmentRef[]
  holdings: string[]
  tags: string[]
  texts: string
  notes: Quote[]
}
/** `cancelled`: what was ahead of now and is called off, so that its time may be filled. */
export type ClientAppointments = { client: ClientRef; upcoming: AppointmentRef[]; past: AppointmentRef[]; cancelled: AppointmentRef[]; next: string }
export type DayBook = { date: LocalDate; day: string; appointments: AppointmentRef[]; staff?: string; summary: string }
export type FoundSlots = {
  /** What was asked, in words: "Friday 27 November at 3:00 pm with Maya". */
  asked: string
  /** Fit exactly, best first. */
  slots: SlotRef[]
  /** When none fits: the nearest, same staff member first. */
  nearest: SlotRef[]
  /** Why none fits, when it is known: closed, past. */
  why?: string
  next: string
}
export type PolicyAnswer = { answered: boolean; answer: string; citations: { file: string; section: string; title: string; quote: string }[] }
export type Proposed = { proposal: Proposal; zone: Zone; now: Instant }
export type WaitlistCandidates = { gap: string; candidates: { entryId: string; clientId: string; client: string; serviceId: string; locationId: string; why: string[]; skipped?: string | undefined }[]; next: string }
export type RecordedOutcome = { client: string; outcome: CallOutcome; when: string }
export type OpenProposals = { proposals: { proposalId: string; title: string; state: string; changes: string[]; expires: string }[] }
