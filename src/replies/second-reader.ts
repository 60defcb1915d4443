import { z } from 'zod'
import { loadPrompt } from '../prompts/load-prompt.ts'
import type { TextModel } from '../prompts/text-model.ts'
import { replyIntents, type Asked, type ReplyContext, type ReplyReading } from './reading.ts'

/** A language model asked for a second opinion; `name` is written into the readings that it confirmed. */
export type SecondReader = { name: string; model: TextModel; timeoutMs?: number }

/** A client waits for an answer, and a person may always read it instead. */
const patienceMs = 4_000
/** Only what a plain answer may be is worth asking about; for all else a person is better. */
const confirmable = new Set(['yes', 'no', 'change', 'question'])
/** What no model talks into being sure: words of a client that stand in the way stay in the way. */
const atLeast = 0.5

const Opinion = z.object({ intent: z.enum(replyIntents), quote: z.string().max(2000) })

const asks: Record<Asked['kind'], string> = {
  nothing: 'nothing', confirm: 'whether they will come to their appointment',
  times: 'which of several times suits them', offer: 'whether they want a free place that was offered',
}

/**
 * Asks a language model what a reply means when the first reading is not sure. It may only agree: when it names the same
 * intent, quotes the client's own words and the first reading believed in it at all, the reading becomes sure. Failure,
 * nonsense, a late answer and any other opinion change nothing; opting out is never asked about. It is shown the words of
 * the text and nothing else of the client.
 */
export async function secondReading({ reading, context, secondReader }: { reading: ReplyReading; context: ReplyContext; secondReader: SecondReader }): Promise<ReplyReading> {
  if (!mayConfirm(reading, context)) return reading
  const opinion = await opinionOf({ context, secondReader }).catch(() => undefined)
  const agrees = opinion !== undefined && opinion.intent === reading.intent && opinion.quote.trim() !== '' && context.text.includes(opinion.quote.trim())
  return agrees ? { ...reading, sure: true, confidence: Math.max(reading.confidence, 0.9), by: secondReader.name } : reading
}

/** One meaning, believed in, by the embedded model, in answer to something asked; whoever says two things at once needs a person. */
function mayConfirm(reading: ReplyReading, { asked }: ReplyContext): boolean {
  const others = reading.parts.filter(({ intent }) => intent !== reading.intent && intent !== 'thanks' && intent !== 'question')
  return !reading.sure && asked.kind !== 'nothing' && reading.by === 'embedded' && confirmable.has(reading.intent) && reading.confidence >= atLeast && others.length === 0
}

async function opinionOf({ context, secondReader: { model, timeoutMs = patienceMs } }: { context: ReplyContext; secondReader: SecondReader }): Promise<z.infer<typeof Opinion>> {
  const prompt = await loadPrompt({ id: 'read-reply' })
  const signal = AbortSignal.timeout(timeoutMs)
  const late = new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('the second reader took too long')), { once: true }))
  // The marks that delimit the words cannot be written by a client.
  const words = context.text.slice(0, 1600).replaceAll(/[<>]/g, ' ')
  const answer = await Promise.race([model.complete({ system: prompt.render({ question: asks[context.asked.kind] }), user: `<message>\n${words}\n</message>`, maxTokens: 120, signal }), late])
  const json = /\{[^{}]*\}/.exec(answer)?.[0]
  return Opinion.parse(JSON.parse(json ?? ''))
}
