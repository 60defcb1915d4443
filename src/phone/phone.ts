import type { Instant } from '../salon/time.ts'
import type { CallReason, CallVia } from '../store/tables/phone.ts'

/** Languages the phone speaks; more than it can be understood in would be a promise it does not keep. */
export const spokenLanguages = ['en', 'es'] as const
export type SpokenLanguage = (typeof spokenLanguages)[number]

/** Words said as soon as they are known: a sentence or two. `interruptible` false: the caller cannot cut in (what the law wants said). */
export type Piece = { words: string; language: SpokenLanguage; interruptible?: false }

/** `from` and `to` in E.164; `from` absent where the caller hides it. */
export type IncomingCall = { callId: string; from?: string; to?: string; via: CallVia }

/** What a caller did: said something that is over, pressed keys (0-9, * and #), or nothing for a while. */
export type Heard = { kind: 'words'; words: string; language?: string } | { kind: 'keys'; keys: string } | { kind: 'silence' }

/** What happens after the pieces are said. */
export type Next =
  /** The caller's turn; `keys`: so many digits may be pressed, they count as one answer. `language`: listen and speak in it from now on. */
  | { kind: 'listen'; keys?: number; language: SpokenLanguage }
  /** A person takes over: the card with the story is up (or could not be) before this is answered. */
  | { kind: 'hand_over'; why: CallReason; language: SpokenLanguage }
  | { kind: 'hang_up'; language: SpokenLanguage }

/** The whole answer to one turn. `recording`: begin now, or end and destroy what there is. */
export type TurnAnswer = { pieces: Piece[]; next: Next; recording?: 'start' | 'drop' }

/** Begins an outcome that is the code for why a client's words went to a person, as the log has it for texts; whoever shows it has the words. */
export const leftToAPerson = 'why:'

/** What became of ringing the desk. */
type DeskRang = { callId: string; answered: boolean }

/**
 * The salon's side of a phone call, whatever carries it (Twilio's ConversationRelay, Gather, the page). It is handed what
 * was heard and answers what to say; it never sees sound, sockets or TwiML. What it knows of a call is in the store, so
 * that any instance can take the next turn.
 */
export type Phone = {
  /** A call comes in: keeps it and answers the first words, which say that this is a machine. The same call again is answered the same. */
  begin(call: IncomingCall): Promise<TurnAnswer>
  /**
   * One turn. Each piece goes to `say` as soon as it is known, before them a filler when nothing is known after 700 ms; the
   * answer has them all again, without the filler. One turn of a call after the other; the same `turnId` again answers what was answered
   * (without `say`) and does nothing twice. Never throws for what the platform says: then a person takes over.
   * Throws `DeskError('not_found')` for a call that never began or is over.
   */
  turn(turn: { callId: string; turnId: string; heard: Heard; say?: (piece: Piece) => void }): Promise<TurnAnswer>
  /** The caller cut in: only `heard` of our last words was said. What they did not hear was not asked, and no "yes" answers it. */
  interrupted(cut: { callId: string; heard: string }): Promise<void>
  /** How long our share of a turn took: the prompt was received, and its first word sent so many ms later. */
  timed(timing: { callId: string; turnId: string; firstWordMs: number }): Promise<void>
  /** The desk was rung: it answered (the call is a person's), or not, and the answer says that a message may be left. */
  rang(rang: DeskRang): Promise<TurnAnswer>
  /** Our side of the call broke (the socket closed, the service could not reach us): what to do instead, a person first. */
  broke(call: { callId: string; code?: string }): Promise<TurnAnswer>
  /** A call that never reached us, as the service's own list has it: a card for the desk, once. */
  missed(call: { callId: string; from?: string; at: Instant; seconds: number; voicemailSeconds?: number }): Promise<void>
  /** The call is over, for whatever reason; again changes nothing. Unfinished messages and wishes are kept for a person. */
  ended(call: { callId: string; why: 'caller' | 'desk' | 'lost' }): Promise<void>
  /** The latest calls, newest first, with their figures. */
  recent(limit?: number): Promise<CallLine[]>
  /** One call with everything that was said. Throws `DeskError('not_found')`. */
  story(callId: string): Promise<CallStory>
  /** Calls that wait for a person, newest first. */
  waiting(limit?: number): Promise<CallLine[]>
  /** A person has seen to it. */
  seenTo(seen: { callId: string; by: string }): Promise<void>
}

/** One call in a line. `client` only once the caller has proven who they are; `likely` is whose number it is, for staff only. */
export type CallLine = {
  callId: string
  direction: 'in' | 'out'
  via: CallVia
  startedAt: Instant
  endedAt?: Instant
  client?: { id: string; name: string }
  likely?: { id: string; name: string }
  needsPerson: boolean
  /** What it came to, in a few words for staff: "Left a message", what was said when it was done; or `leftToAPerson` and a code. */
  outcome: string
  why?: CallReason
  quality: { turns: number; interruptions: number; handOvers: number; /** Our share, prompt to first word, ms; undefined where nothing was timed. */ firstWordMs?: { p50: number; most: number } }
}

export type CallStory = CallLine & {
  /** E.164, for whoever calls back. */
  from?: string
  message?: string
  turns: { at: Instant; heard: string; said: string; /** What was heard of it, where the caller cut in. */ cutTo?: string; firstWordMs?: number }[]
}
