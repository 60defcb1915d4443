import type { OpeningHours } from '../salon/salon.ts'
import type { Instant, Zone } from '../salon/time.ts'
import type { DatePhrase, TimePhrase } from '../understanding/time-phrases/time-phrase.ts'

/** What a client's text may mean. `unclear` is everything that a machine must not settle by itself ("maybe", "yes cancel", "no problem"). */
export const replyIntents = [
  'yes', 'no', 'choice', 'change', 'cancel', 'late', 'question', 'wrong_person', 'human', 'health', 'complaint', 'thanks', 'reaction', 'stop', 'start', 'help', 'unclear',
] as const
export type ReplyIntent = (typeof replyIntents)[number]

/** What was asked of the client last, which is what a reply is an answer to. `times` are the times on offer, in the order they were listed. */
export type Asked =
  | { kind: 'nothing' }
  /** "Will you come?" `start` is when the visit is. */
  | { kind: 'confirm'; start?: Instant }
  /** "Which of these times?" */
  | { kind: 'times'; times: Instant[]; start?: Instant }
  /** "Do you want this place?" */
  | { kind: 'offer'; start?: Instant }

/** When the client wants it instead, as they wrote it: every day and time of day, and those they ruled out. */
export type TimeWish = {
  dates: DatePhrase[]
  times: TimePhrase[]
  /** Ruled out: "not Tuesday", "anything but mornings". */
  notDates: DatePhrase[]
  notTimes: TimePhrase[]
  /** "Earlier" or "later" than the visit is now, without a time of its own ("later next week" has both). */
  direction?: 'earlier' | 'later'
  /** "Same time but next week". */
  sameTime?: true
}

/** One thing that a reply says; a compound reply has several, in the order they were written. */
export type ReplyPart = { intent: ReplyIntent; quote: string }

/** A client's text as it is read. Free text of a client appears in it only as quotes. */
export type ReplyReading = {
  intent: ReplyIntent
  /** 0 to 1: the reader's belief in `intent`. */
  confidence: number
  /**
   * Whether a machine may act on it without a person, as far as the words go. Only ever for a yes, no, choice, change or
   * question in answer to something asked, and for stop, start and help at any time; never for a cancellation.
   */
  sure: boolean
  /** The words that carry the intent. */
  quote: string
  parts: ReplyPart[]
  /** Each question as it was written, at most 200 characters each. */
  questions: string[]
  when?: TimeWish
  /** For `choice`: the places (0-based) of the offered times it may mean; one when it is clear. */
  choice?: number[]
  /** For `stop`: what is refused. A STOP is for everything; "stop the promos" is not. */
  refuses?: 'all' | 'waitlist' | 'marketing'
  language: 'en' | 'es' | 'fr'
  /** Who read it: the rules, the embedded model, or a language model by its name. */
  by: string
}

/** What the reader may know besides the words. */
export type ReplyContext = {
  text: string
  asked: Asked
  now: Instant
  zone: Zone
  /** Opening hours that settle whether "3" is morning or afternoon. */
  hours?: OpeningHours[]
  /** The client's language by their record (BCP 47), when it is known. */
  language?: string
}

/** Reads what a client wrote. Never throws for what the words are; answers `unclear` where it does not know. */
export type ReplyReader = { read(context: ReplyContext): Promise<ReplyReading> }
