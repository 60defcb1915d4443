import { z } from 'zod'
import type { Person, Role } from '../../approvals/roles.ts'
import { roles } from '../../approvals/roles.ts'
import type { DayBook } from '../../insights/day-book.ts'
import type { Received, Text, Thread, ThreadLine } from '../../messages/messages.ts'
import type { Next, Piece } from '../../phone/phone.ts'
import type { Instant, LocalDate, Zone } from '../../salon/time.ts'
import type { View } from '../cards/card.ts'

/**
 * Everything the page and its server say to each other, JSON both ways. The page imports only types from here
 * (`import type`): its files reach the browser with types taken out and nothing else.
 * Every request that is not a GET carries `content-type: application/json`. What is refused answers `Refused` with a
 * status of 400 and above; 401 means: sign in (load `/` again, it says how).
 */
export type Refused = { error: { code: string; message: string } }

const requestId = z.string().regex(/^[\w-]{8,64}$/, 'a name of your own for this request, 8 to 64 letters, digits, "-" or "_"')
const id = z.string().min(1).max(200)
const day = z.iso.date('a day like 2026-11-18')

/** GET /api/me */
export type Me = {
  person: Person
  /** Roles that may be taken with POST /api/me; empty outside the demo. */
  mayBecome: Role[]
  demo: boolean
  salon: string
  /** The desk's clock, which `DESK_NOW` may have set. */
  now: Instant
  locations: { id: string; name: string; zone: Zone; today: LocalDate }[]
  /** What to ask first, for this role. */
  prompts: { title: string; message: string }[]
  /** `demo`: texts go to the phone on the page, which can answer. `off`: texts are not connected. */
  texting: 'demo' | 'off'
  paused: boolean
  /** A conversation's id is this and 1 to 64 letters, digits, "-" or "_" of yours. It changes with the person: begin a new one. */
  conversationPrefix: string
}

/** POST /api/me, demo only: be somebody else. Answers the new `Me`. */
export const SwitchPerson = z.strictObject({
  role: z.enum(roles),
  name: z.string().trim().regex(/^[\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N} .'’-]{0,39}$/u, 'a name of at most 40 letters'),
})
export type SwitchPerson = z.input<typeof SwitchPerson>

/** GET /api/day?location&date (today there without) answers `Day`. GET /api/day.png, the same query: `image/png`. */
export const DayQuery = z.object({ location: id, date: day.optional() })
export type Day = DayBook

/** GET /api/view?subject= answers `View`; 404 for what is not there. GET /api/home: `View`. */
export const ViewQuery = z.object({ subject: z.string().max(300).regex(/^[a-z_]+(:\S.*)?$/, 'the name of something to see, like proposal:P-7K3QXM') })

/** GET /api/brief?location: this morning's list there, as a `View`. */
export const BriefQuery = z.object({ location: id })

/** GET /api/proposals: what waits (oldest first), and the last decided ones (newest first). */
export type Proposals = { open: View[]; recent: View[] }

/** GET /api/audit?limit&before: newest first; `before` is the `seq` of the last row that is there. */
export const AuditQuery = z.object({ limit: z.coerce.number().int().min(1).max(200).default(50), before: z.coerce.number().int().positive().optional() })
export type AuditPage = {
  rows: AuditLine[]
  /** Whether each row follows from the one before it, over the whole log; `words` says it for people. */
  verified: { ok: boolean; words: string }
  /** For the next page; absent at the end. */
  before?: number
}
/** `subject` of what can be shown (a proposal); '' for anything else. */
type AuditLine = { seq: number; at: string; who: string; words: string; subject: string }

/**
 * POST /api/chat answers `application/x-ndjson`, one `ChatLine` a line, as they come; the last is `turn` or `error`.
 * Closing the request gives the turn up. The same `requestId` again answers what was answered.
 */
export const ChatRequest = z.strictObject({
  conversationId: z.string().max(200),
  requestId,
  text: z.string().trim().min(1, 'Say what you need.').max(2_000, 'That is too long for me: at most 2,000 characters.'),
  locationId: id.optional(),
})
export type ChatRequest = z.input<typeof ChatRequest>
export type ChatLine =
  /** What is being looked up; replaces the one before. */
  | { kind: 'status'; text: string }
  /** More words of a language model; `turn` brings all of them again, checked. */
  | { kind: 'token'; text: string }
  /** The answer as cards, words first; `subjects` are those of cards that live on (proposals). `brain`: `embedded` or a model's name. */
  | { kind: 'turn'; view: View; subjects: string[]; brain: string }
  | { kind: 'error'; code: string; text: string }

/** POST /api/press answers `PressAnswer`. `values` for a filled-in form. The same `requestId` again has no second effect. */
export const PressRequest = z.strictObject({
  action: z.string().regex(/^[\w.:-]{1,100}$/),
  token: z.string().min(1).max(2_000),
  values: z.record(z.string().regex(/^[\w.:-]{1,100}$/), z.string().max(3_000)).optional(),
  requestId,
})
export type PressRequest = z.input<typeof PressRequest>

/**
 * GET /api/events, Server-Sent Events: each message's data is a `LiveEvent` of what to draw again: `proposal:P-7K3QXM`, or a
 * kind alone (`day`, `brief`, `home`, `phone`, `thread`, `waitlist`, `setting`) for all of it, or `*` for everything. A browser that comes back
 * (Last-Event-ID) is told what it missed, or `*` when that is no longer known.
 */
export type LiveEvent = { subjects: string[] }

/** GET /api/texts: clients with texts, those first that wait for a person; the thread itself is the view `texts:CLIENT`. */
export type Texts = { threads: ThreadLine[] }

/** GET /api/phones, the latest first. */
export type Phones = { phones: { client: { id: string; name: string }; last: Text; needsPerson: boolean }[]; mayReply: boolean }

/** GET /api/phone?client= answers `Thread`. */
export const PhoneQuery = z.object({ client: id })
export type Phone = Thread

/** POST /api/phone, demo only: what the client answers. */
export const PhoneReply = z.strictObject({ clientId: id, text: z.string().trim().min(1, 'Write something.').max(1_600), requestId })
export type PhoneReply = z.input<typeof PhoneReply>
export type PhoneAnswer = { received: Received; thread: Thread }

/** POST /api/phone/looked-after: staff has seen to what the client wrote. Answers the `Thread`. */
export const LookedAfter = z.strictObject({ clientId: id })
export type LookedAfter = z.input<typeof LookedAfter>

/** POST /api/voice-note takes `audio/wav` of at most two minutes and 4 MB, and answers its words in English; '' when nothing was understood. Nothing is done with them. */
export type VoiceNote = { text: string }

/** POST /api/call, demo only: a client (none: somebody who hides their number) calls the salon. Answers `CallStarted`. */
export const CallStart = z.strictObject({ clientId: id.optional(), requestId })
export type CallStart = z.input<typeof CallStart>
export type CallStarted = { callId: string; pieces: Piece[]; next: Next }

/** POST /api/call/turn answers `application/x-ndjson`, one `CallLine` a line; the last is `next` or `error`. The same `turnId` again does nothing twice. */
export const CallTurn = z.strictObject({
  callId: id,
  turnId: requestId,
  heard: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('words'), words: z.string().trim().min(1, 'Say something.').max(1_600) }),
    z.strictObject({ kind: z.literal('keys'), keys: z.string().regex(/^[0-9*#]{1,20}$/, 'keys of a telephone') }),
    z.strictObject({ kind: z.literal('silence') }),
  ]),
})
export type CallTurn = z.output<typeof CallTurn>
export type CallLine = { kind: 'piece'; piece: Piece } | { kind: 'next'; next: Next } | { kind: 'error'; text: string }

/** POST /api/call/cut: the caller cut in after so much of our last words. POST /api/call/end: hung up. Both answer `{}`. */
export const CallCut = z.strictObject({ callId: id, heard: z.string().max(5_000) })
export type CallCut = z.input<typeof CallCut>
export const CallEnd = z.strictObject({ callId: id })
export type CallEnd = z.input<typeof CallEnd>

/** POST /sign-out (empty JSON object) ends the session and answers `{}`; then load `/`. */
