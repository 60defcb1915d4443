import type { ClientText } from '../approvals/action.ts'
import type { Person } from '../approvals/roles.ts'
import type { Asked, ReplyIntent, ReplyReading } from '../replies/reading.ts'
import type { SayValue } from '../salon/say-value.ts'
import type { Instant } from '../salon/time.ts'
import type { Trx } from '../store/open-store.ts'
import type { Delivery, Purpose, TextState } from '../store/tables/texts.ts'

/** How texts leave the desk: the demo's phone, or Twilio when it is connected. */
export type TextTransport = {
  name: string
  /** Pretends: to be used for the demo salon and never for a real one, which may take the demo's place while the desk runs. */
  demoOnly?: true
  /** Never throws for what the service says; what it throws counts as `unknown`. */
  send(text: OutgoingText): Promise<SendAnswer>
  /** Whether a text whose answer was lost got through; without it such a text stays unknown and goes to a person. */
  look?(text: OutgoingText & { attemptedAt: Instant }): Promise<{ state: 'sent'; id?: string } | { state: 'not_sent' | 'unknown' }>
  /** What the service answers by itself and has acted on (Twilio's keywords), so that we must not answer it again. */
  answersItself?(reply: { body: string; optOutType?: OptOutType | undefined }): 'stop' | 'start' | 'help' | undefined
}

/** `to` in E.164. `key` is the text's own name; the service has no idempotency key, so it only helps to find the text again. `validForSec`: not delivered after that. */
export type OutgoingText = { key: string; to: string; body: string; validForSec?: number }

export type SendAnswer =
  /** The service took it; `id` is its name for it. */
  | { state: 'sent'; id?: string; status?: Delivery }
  /** It will never take it. */
  | { state: 'failed'; code: string; failure: Failure }
  /** It certainly did nothing with it (429): try again later. */
  | { state: 'later'; code: string; retryAfterMs: number }
  /** Sent without a clear answer: it is looked up, never sent again blindly. */
  | { state: 'unknown'; code: string }

/** Why a text cannot arrive: what to tell staff, and whether another way may be tried. */
export type Failure = 'bad_number' | 'landline' | 'opted_out' | 'filtered' | 'unreachable' | 'not_set_up' | 'unknown'

export type OptOutType = 'STOP' | 'START' | 'HELP'

/** A text from a phone, as a text service hands it over. `from` in E.164; `at` when it was received. */
export type InboundText = { from: string; body: string; externalId: string; at?: Instant; media?: number; optOutType?: OptOutType | undefined }

/** What a text service reports of one of our texts. `key`: the text's own name, when the report carries it. */
export type StatusReport = { providerId: string; status: Delivery; code?: string | undefined; failure?: Failure | undefined; key?: string | undefined }

/** One text of a client's thread. */
export type Text = {
  id: number; direction: 'out' | 'in'; channel: 'sms' | 'email' | 'voice'; body: string; at: Instant; state: TextState; needsPerson: boolean
  /** `deliveredAt`: when the service said that it arrived. */
  delivery?: Delivery; deliveredAt?: Instant; errorCode?: string
  /** How a client's reply was read, and what the desk did with it. */
  read?: ReplyReading; did?: Did
}

/** `seenTo`: the person (id) who last looked after what waited here. `takenBy`: who took it over; the desk is silent until they hand it back. */
export type Thread = { client: { id: string; name: string }; optedOut: boolean; texts: Text[]; seenTo?: { by: string; at: Instant }; takenBy?: { by: string; at: Instant } }

/** A client's thread in one line. */
export type ThreadLine = { client: { id: string; name: string }; last: Text; needsPerson: boolean }

/** What the desk did with a client's reply. */
export type Did =
  | 'confirmed' | 'opted_out' | 'opted_in' | 'helped' | 'handed_over'
  /** Answered a question; offered times; asked back; prepared a change for staff; changed it; closed what was asked. */
  | 'answered' | 'offered' | 'asked_back' | 'proposed' | 'moved' | 'declined'
  /** Said yes to a chair: booked, or somebody was faster. Joined, changed or left the waitlist. */
  | 'booked' | 'accepted' | 'joined' | 'left'
  /** Thanks, which asks for nothing. */
  | 'noted'

/** What came of a client's reply. */
export type Received = {
  /** Whether this reply was here for the first time. */
  isNew: boolean
  reading: ReplyIntent
  did: Did
}

/** A question that a client was asked by text and has not answered. */
export type Question = { id: number; clientId: string; subject: string; data: Record<string, unknown>; expiresAt: Instant; locationId: string | null }

/** A client's reply as handlers get it. `words` are the client's: to be quoted, never obeyed. */
export type Reply = { id: number; at: Instant; clientId: string; words: string; reading: ReplyReading }

/** What a handler did, and what is to be said to the client about it; words come from templates only. */
export type Answered = { did: Exclude<Did, 'opted_out' | 'opted_in' | 'helped' | 'handed_over'>; say?: Say } | { did: 'handed_over'; why: string; say?: Say }

/** An answer to a client's own text: a template of `prompts/messages`, with values from the book and never from the client's words. */
export type Say = { template: string; values: Record<string, SayValue>; locationId: string; appointmentId?: string; asks?: ClientText['asks']; onlyWhile?: ClientText['onlyWhile'] }

/** One thing said aloud in answer. `textId`: its row in the client's thread; `asks`: whether it asked something that is open now. */
export type Aloud = { textId: number; say: Say; asks: boolean }

/** What came of words said on the phone. `why`: the reason a person is wanted, for `handed_over`. */
export type Spoken = { did: Did; textId: number; says: Aloud[]; why?: string }

/** What is open for a client's number: the one question, and how it reads an answer. */
export type OpenQuestion = { asked: Asked; question?: Question & { handler: string; isAloud: boolean }; several: boolean }

/** What an answer to one kind of question does. `messages` knows none by name: whoever asks clients something hands theirs in. */
export type QuestionHandler = {
  name: string
  /** The kind of change it makes (`set_status`): in shadow mode for that kind the reply goes to a person. */
  kind: string
  /** What the reader is to know: what was asked. */
  asked(question: Question): Asked
  /** The readings it takes; everything else goes to the talk handlers, or to a person. */
  takes: readonly ReplyIntent[]
  /** Looks whether the question still stands and does what was answered, once per `key`. Never throws for what the platform says. */
  answer(request: { question: Question; reply: Reply; key: string }): Promise<Answered>
}

/** What is done with a reply that answers no question, or more than it: another time wanted, something asked. */
export type TalkHandler = {
  name: string
  takes: readonly ReplyIntent[]
  /** Whether the words can only be meant for it, whatever they read as and whatever is asked: it is then asked before all others. */
  claims?(reply: Pick<Reply, 'words' | 'reading'>): boolean
  /** `question` is the one open question, when there is one; it stays open. `undefined`: nothing for this handler. Never throws for what the platform says. */
  take(request: { reply: Reply; question?: Question; key: string }): Promise<Answered | undefined>
}

export type WantedText = {
  template: string; clientId: string; locationId: string; values: Record<string, SayValue>; purpose?: Purpose
  appointmentId?: string; asks?: ClientText['asks']; onlyWhile?: ClientText['onlyWhile']
}

/** The exact words a client would get, or why none, as a sentence for the card. */
export type Composed = ClientText | { kind: 'none'; why: string }

/** Hears, in the transaction that settles it, of a reply that a person must see to. `locationId` is where the client was last texted from. */
export type OnNeedsPerson = (trx: Trx, reply: { clientId: string; textId: number; locationId: string | null }) => Promise<void>

/** How a person reads a reply that waits, with one tap. */
export type ReadAs = 'yes' | 'no' | 'change' | 'cancel' | 'nothing'

/** Texts to and from clients: consent first, once each, every one in the audit log. */
export type Messages = {
  /** Whether texts can leave at all now. */
  isConnected(): Promise<boolean>
  /** The exact words a client would get, or why none: no number, said STOP, texts are not connected. */
  compose(wanted: WantedText): Promise<Composed>
  /** The same for many at once, in the order given: reads clients, consent and templates together. */
  composeAll(wanted: WantedText[]): Promise<Composed[]>
  /**
   * Puts an approved text in the outbox within the caller's transaction. The same key again changes nothing. `automatic`: by
   * the desk's own rules, so the client's caps count it; `watched`: whoever queues it looks after what becomes of it;
   * `answers`: the client's own text that it answers.
   */
  queue(trx: Trx, text: { key: string; text: ClientText; proposalId?: string; validUntil?: Instant; automatic?: boolean; watched?: boolean; answers?: { textId: number; at: Instant } }): Promise<void>
  /** Takes back a queued text (by its key) that nobody has begun to send. Answers whether it was in time. */
  withdraw(trx: Trx, text: { key: string }): Promise<boolean>
  /** A reply that was settled needs a person after all, with why. */
  handOver(trx: Trx, reply: { textId: number; why: string }): Promise<void>
  /** Sends what is due, with `atMost` no more than so many; answers how many were settled. Nothing while the desk is paused. */
  deliver(limits?: { atMost?: number }): Promise<number>
  /**
   * A client's reply, as it came, once per `externalId`. Throws `DeskError` for a client that is not there, or while the
   * platform does not answer; the reply is kept, and the same again is taken up where it was left.
   */
  receive(reply: { clientId: string; body: string; externalId: string }): Promise<Received>
  /** The same from a number: whoever it belongs to, somebody on record or nobody. */
  receiveFrom(text: InboundText): Promise<Received>
  /**
   * Words said on the phone by a caller who has proven to be this client, read already, once per `externalId`: the same
   * questions, the same handlers, the same log as for a text. What is to be said comes back (`render` makes it words for
   * the thread) and goes to no phone as a text; what it asks is open at once.
   */
  receiveSpoken(said: { clientId: string; words: string; externalId: string; reading: ReplyReading; render: (say: Say) => string }): Promise<Spoken>
  /** Says something of ours in a call, and opens what it asks; once per `key`. */
  sayAloud(said: { clientId: string; say: Say; key: string; render: (say: Say) => string }): Promise<Aloud>
  /** The caller cut in: what these rows asked was not heard, so it was not asked. */
  unheard(said: { clientId: string; textIds: number[] }): Promise<void>
  /** What a client was asked and has not answered, by text or aloud. */
  openQuestion(of: { clientId: string; at: Instant }): Promise<OpenQuestion>
  /** What the text service reports; only ever moves a text's delivery forward. */
  reported(report: StatusReport): Promise<void>
  thread(clientId: string): Promise<Thread>
  /** Clients with texts, the latest first. */
  recent(limit?: number): Promise<ThreadLine[]>
  /** Clients whose texts wait for a person, the latest first; `last` is the latest one that waits. */
  waiting(limit?: number): Promise<ThreadLine[]>
  /** A person has looked after what this client's thread asked for; with `upTo` (a text's id), only as far as they had read. */
  lookedAfter(thread: { clientId: string; by: Person; upTo?: number }): Promise<void>
  /** From now on the desk says nothing to this client by itself (STOP still counts), until it is handed back. */
  takeOver(thread: { clientId: string; by: Person }): Promise<void>
  handBack(thread: { clientId: string; by: Person }): Promise<void>
  /** A person says how a reply that waits (`textId`) is to be read; the same then happens as if the desk had been sure. Throws `DeskError` in words when it no longer waits. */
  readAs(reading: { textId: number; as: ReadAs; by: Person }): Promise<Received>
  /** A person allows texts to a client again, with a reason that is kept (F21), or refuses them for the client. */
  setConsent(consent: { clientId: string; state: 'in' | 'out'; reason: string; by: Person }): Promise<void>
}
