import type { Instant, Zone } from '../salon/time.ts'
import type { Directory } from './make-directory.ts'
import type { DatePhrase, TimePhrase } from './time-phrases/time-phrase.ts'

/** What a front-desk user may want; each maps to one tool of the agent or to a few words of its own. */
export const intents = [
  'call_list', 'risk_summary', 'day_book', 'find_client', 'client_profile', 'appointment', 'find_slots', 'search_policies', 'draft_script', 'record_outcome', 'waitlist_for_slot',
  'propose_reschedule', 'propose_cancel', 'propose_booking', 'propose_note', 'propose_status', 'propose_waitlist_fill', 'list_proposals',
  'help', 'greeting', 'thanks', 'answer', 'cancel_question', 'out_of_scope',
] as const

export type Intent = (typeof intents)[number]

/** What was written and everything of the salon it may mean. Empty `ids`: nobody (nothing) by that name; several: ask. */
export type Named = {
  text: string
  ids: string[]
  /** `fuzzy` and `nickname` are worth saying back. */
  match: 'exact' | 'nickname' | 'fuzzy' | 'none'
}

export type CallOutcome = 'reached-confirmed' | 'reached-moved' | 'reached-cancelled' | 'voicemail' | 'no-answer' | 'wrong-number' | 'skipped'

export type StatusChange = 'confirmed' | 'arrived' | 'no_show'

/** The answer to an open question: the options it fits (one, or several when it stays unclear), or yes or no. */
export type Choice = { ids: string[] } | { yes: boolean }

export type Slots = {
  client?: Named
  /** Another client in the same request ("give Dana's slot to Ana": Ana is `client`, Dana is this one). */
  otherClient?: Named
  staff?: Named
  service?: Named
  location?: Named
  /** The day asked for; where nothing moves, the day of the appointment meant. */
  date?: DatePhrase
  time?: TimePhrase
  /** Of a move: when the appointment is now. */
  sourceDate?: DatePhrase
  sourceTime?: TimePhrase
  band?: 'low' | 'medium' | 'high'
  outcome?: CallOutcome
  status?: StatusChange
  noteText?: string
  reason?: string
  /** Digits only. */
  phone?: string
  /** The policy question as asked. */
  topic?: string
  choice?: Choice
  proposalId?: string
  limit?: number
  /** "her", "it", "that one" instead of a name: the one spoken of before. */
  refersBack?: true
}

export type Reading = {
  intent: Intent
  /** 0 to 1: the share of the model's belief in this intent. */
  confidence: number
  runnerUp?: Intent
  slots: Slots
  /** The second request of "cancel Dana and book Ana in her place", unread. */
  rest?: string
  /** Names that found no place in the slots. */
  unread: string[]
}

/** What the desk asked last turn; the next line may answer it. */
export type OpenQuestion =
  | { kind: 'which_client' | 'which_appointment' | 'which_staff' | 'which_service'; options: { id: string; label: string }[] }
  | { kind: 'which_slot'; options: { id: string; start: Instant; label?: string }[] }
  | { kind: 'missing'; slot: 'time' | 'date' | 'client' | 'service' | 'staff' | 'note_text' | 'outcome'; intent: Intent; slots?: Slots }
  | { kind: 'yes_no' }

export type Request = {
  text: string
  now: Instant
  zone: Zone
  directory: Directory
  openQuestion?: OpenQuestion
  /** The reading before this one, so that "no, I meant Dana Wu" and "actually make it 4" correct it. */
  previous?: Reading
}
