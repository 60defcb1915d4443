import type { Generated } from 'kysely'
import type { Instant } from '../../salon/time.ts'

/** What carries a call: Twilio's ConversationRelay, its Gather, or the page of the demo. */
export type CallVia = 'relay' | 'gather' | 'page'

/** Why a call goes to a person. `missed`: it never reached us. */
export const callReasons = ['asked', 'emergency', 'health', 'angry', 'confused', 'complaint', 'cannot', 'not_verified', 'silent', 'broke', 'message', 'missed', 'child', 'rules'] as const
export type CallReason = (typeof callReasons)[number]

type PhoneCallsTable = {
  /** Twilio's CallSid, or `page:…`; of a call to a client `out-…`, for it is written down before anything rings. */
  id: string
  direction: 'in' | 'out'
  via: CallVia
  /** Sealed; null where the caller hides it. */
  from_phone: string | null
  phone_hash: string | null
  /** Who the caller has proven to be; for an outgoing call whom we call. */
  client_id: string | null
  /** Whose number it is, by its looks. */
  likely_client_id: string | null
  location_id: string | null
  appointment_id: string | null
  /** Who pressed "call". */
  by: string | null
  language: string
  /** What the conversation remembers, sealed JSON. */
  memory: string
  status: 'open' | 'handed_over' | 'message' | 'ended'
  why: string | null
  needs_person: boolean
  /** What it came to, sealed: it may name a client's visit. */
  outcome: string | null
  message: string | null
  interruptions: Generated<number>
  hand_overs: Generated<number>
  recording: Generated<'off' | 'asked' | 'on' | 'refused'>
  started_at: Instant
  ended_at: Instant | null
}

type PhoneTurnsTable = {
  id: Generated<number>
  call_id: string
  turn_id: string
  at: Instant
  /** Sealed: what was heard, what was said, and how much of that was heard. */
  heard: string
  said: string | null
  cut_to: string | null
  /** The whole answer, sealed JSON; null while it is being worked. */
  answer: string | null
  reading: string | null
  did: string | null
  first_word_ms: number | null
}

/** The phone of a member of staff, to be rung by "call"; sealed. */
type StaffPhonesTable = { person_id: string; phone: string; at: Instant }

export type PhoneTables = { phone_calls: PhoneCallsTable; phone_turns: PhoneTurnsTable; staff_phones: StaffPhonesTable }
