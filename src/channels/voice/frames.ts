import { z } from 'zod'

// Twilio's "Getting and sending WebSocket messages" of ConversationRelay. It may add fields and types without notice: only those that are used are looked at.

/** The longest frame that is looked at, in characters; Twilio's own have a few hundred. */
const longestFrame = 65_536

/** What one person says without a pause has fewer characters; more is cut off. */
const longestPrompt = 2_000

const Inbound = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('setup'),
    sessionId: z.string().regex(/^\w{1,64}$/),
    accountSid: z.string(),
    callSid: z.string().regex(/^CA[0-9a-f]{32}$/i),
    from: z.string().optional().catch(undefined),
    to: z.string().optional().catch(undefined),
    customParameters: z.record(z.string(), z.string()).catch({}),
  }),
  z.object({ type: z.literal('prompt'), voicePrompt: z.string().transform((words) => words.slice(0, longestPrompt)), lang: z.string().max(35).optional().catch(undefined), last: z.boolean().default(true) }),
  z.object({ type: z.literal('dtmf'), digit: z.string().regex(/^[0-9*#]$/) }),
  // The milliseconds come as a number or as text; nothing here is decided by them.
  z.object({ type: z.literal('interrupt'), utteranceUntilInterrupt: z.string().default(''), durationUntilInterruptMs: z.coerce.number().optional().catch(undefined) }),
  z.object({ type: z.literal('error'), description: z.string().default('') }).transform(({ type, description }) => ({ type, code: codeIn(description) })),
])

export type InFrame = z.output<typeof Inbound>

/** A frame of Twilio's; of what is none says only why: a type that nobody knows yet, or not readable at all. */
export function readFrame(raw: string): InFrame | { type: 'unknown' } | { type: 'unreadable' } {
  if (raw.length > longestFrame) return { type: 'unreadable' }
  const json = parse(raw)
  const read = Inbound.safeParse(json)
  if (read.success) return read.data
  const type = z.object({ type: z.string() }).safeParse(json)
  return { type: type.success && !['setup', 'prompt', 'dtmf', 'interrupt', 'error'].includes(type.data.type) ? 'unknown' : 'unreadable' }
}

function parse(raw: string): unknown {
  try {
    return JSON.parse(raw)
  } catch {
    return undefined
  }
}

/** Its words may repeat what was said on the phone; only a number gets into logs. "Invalid message" is 64107: our frame was bad. */
function codeIn(description: string): string {
  return /\b\d{5}\b/.exec(description)?.[0] ?? (/^invalid message/i.test(description) ? '64107' : 'unknown')
}

/** What ConversationRelay understands. `last` ends what is said in one go. */
export type OutFrame =
  | { type: 'text'; token: string; last: boolean; lang?: string; interruptible?: boolean; preemptible?: boolean }
  | { type: 'play'; source: string; loop?: number; preemptible?: boolean; interruptible?: boolean }
  | { type: 'sendDigits'; digits: string }
  | { type: 'language'; ttsLanguage: string; transcriptionLanguage: string }
  /** `handoffData`: JSON as text; comes back to the action address of `<Connect>`. */
  | { type: 'end'; handoffData: string }

/** A frame as it goes over the socket. */
export function writeFrame(frame: OutFrame): string {
  return JSON.stringify(frame)
}
