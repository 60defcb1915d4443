import type { Person } from '../../approvals/roles.ts'
import type { Instant, LocalDate } from '../../salon/time.ts'
import type { SpokenLanguage } from '../phone.ts'

/** How a call to a client stands; `unknown`: the answer to our request was lost, and it is being looked for. */
type OutgoingState = 'ringing_you' | 'waiting_for_key' | 'ringing_client' | 'talking' | 'machine' | 'not_taken' | 'no_answer' | 'busy' | 'failed' | 'unknown' | 'ended'

export type CallState = {
  callId: string
  appointmentId: string
  clientId: string
  state: OutgoingState
  /** Nothing more will happen. */
  over: boolean
  /** Who pressed "Call", and when. */
  by: string
  at: Instant
  /** What whoever takes their phone is told before anything else. */
  whisper: string
  /** The client's phone was taken, by a person or not. */
  answered: boolean
  /** Whether the salon's message was left on a machine; `maybe`: it was asked for, and nothing came back. Absent where there was no machine. */
  message?: 'left' | 'not_left' | 'maybe'
  isFax: boolean
  /** No phone rings: both ends are played on the page. */
  isPretend: boolean
}

/** One side of a call has ended like this (Twilio's words for it). */
export const legEnds = ['completed', 'busy', 'no-answer', 'failed', 'canceled'] as const
export type LegEnd = (typeof legEnds)[number]
export const legStatuses = ['ringing', 'in-progress', ...legEnds] as const
export type LegStatus = (typeof legStatuses)[number]

/** What answered (AMD); `machine_end_…`: its greeting is over. */
export const answerers = ['human', 'machine_start', 'machine_end_beep', 'machine_end_silence', 'machine_end_other', 'fax', 'unknown'] as const
export type Answerer = (typeof answerers)[number]

/** What to say, and in what language. */
export type Said = { words: string; language: SpokenLanguage }

/** Who carries calls. `leg` is its own name for one side of a call. */
export type Carrier = {
  /** Nothing rings; only for the demo salon. */
  demoOnly?: true
  /** Rings one phone and asks us then what to do. `unknown`: it may be ringing. */
  ring(order: { callId: string; to: string }): Promise<{ state: 'ringing'; leg: string } | { state: 'refused'; code: string } | { state: 'unknown' }>
  /** What became of a call: by its leg, or, where that is not known, by whom was rung when. `none` only when it certainly never was. `others`: legs of other calls. */
  look(order: { leg: string | undefined; to: string; askedAt: Instant; others: ReadonlySet<string> }): Promise<{ state: 'found'; leg: string; status: LegStatus | undefined; client?: { leg: string; status: LegStatus | undefined } } | { state: 'none' | 'unknown' }>
  /** Takes the client's side out of the talk and asks us what it should hear instead. `gone`: it had hung up. */
  say(order: { callId: string; leg: string }): Promise<'said' | 'gone' | 'unknown'>
}

/** What happens when somebody at the salon has pressed a key; without `to` nobody is rung. */
export type Bridge = { kind: 'dial'; to: string } | { kind: 'stop'; words: string }

/** Calls to clients at the press of a button: our person's phone first, then, once they press a key, the client's. */
export type Outgoing = {
  /** The demo's carrier is connected only while the demo salon is. */
  isConnected(): Promise<boolean>
  isPretend: boolean
  /** The phone that rings for a person, E.164; undefined until they have said so. */
  phoneOf(personId: string): Promise<string | undefined>
  /** What the form begins with. */
  deskPhone: string | undefined
  /** Keeps it, sealed; any spelling of the salon's country. Throws `DeskError('invalid_input')`. */
  setPhone(given: { person: Person; phone: string }): Promise<void>
  /**
   * Rings the person's phone about one visit of one client. The same request again rings nobody. Throws `DeskError` with
   * words when it may not be now: `paused`, `not_allowed` (shadow, hours), `conflict` (somebody is on it), `stale`, `invalid_input`.
   */
  call(asked: { appointmentId: string; clientId: string; locationId: string; date: LocalDate; by: Person; requestId: string }): Promise<CallState>
  /** The latest call about each of these visits in the last two days. */
  stateOf(appointmentIds: string[]): Promise<Map<string, CallState>>
  /** Our person's phone was taken: what they are told; undefined when it is not this call's (any more). */
  whisper(on: { callId: string; leg: string }): Promise<string | undefined>
  /** They pressed something, or (`keys` empty) nothing. */
  key(on: { callId: string; leg: string; keys: string }): Promise<Bridge | undefined>
  /** Our person's side. */
  staff(on: { callId: string; leg: string; status: LegStatus }): Promise<void>
  /** The client's side. */
  client(on: { callId: string; leg: string; status: LegStatus }): Promise<void>
  /** What answered on the client's side; on a machine the salon's message is left, once. */
  machine(on: { callId: string; leg: string; answeredBy: Answerer }): Promise<void>
  /** What the client's side hears once it is out of the talk; undefined: nothing. */
  message(on: { callId: string; leg: string }): Promise<Said | undefined>
  /** The client's side is over or taken out: what our person is told before they are hung up. */
  dialled(on: { callId: string; leg: string; status: LegEnd | undefined }): Promise<string | undefined>
  /** Looks after calls that nothing was heard of; to be called every minute. Answers how many changed. */
  catchUp(): Promise<number>
}
