import { readTimePhrases } from '../understanding/time-phrases/read-time-phrases.ts'
import { foldText } from './fold-text.ts'
import { languageOf } from './language.ts'
import { readOptOut } from './opt-out.ts'
import { readChoice } from './read-choice.ts'
import { readClauses, type Clause } from './read-clauses.ts'
import { readWish } from './read-wish.ts'
import type { ReplyContext, ReplyIntent, ReplyReading } from './reading.ts'
import { partsOf, settleReply, type Settled } from './settle-reply.ts'

/** `Liked “Hi Ana, …”`, `👍 to “Hi Ana …”`: how phones pass on a tap on a message, in the languages they are set to. */
const reaction = /^\s*(?:(?:liked|loved|disliked|laughed at|emphasi[sz]ed|questioned|removed an? [\w ]+ from|reacted(?: with)? \S+ to|le (?:gust[oó]|encant[oó])|le dio (?:me gusta|me encanta) a|te gust[oó]|me gusta|me encanta|a r[ée]agi [^"“]{0,20}|a (?:aim[ée]|ador[ée])|reaccion[oó](?: con)? \S+ a)[:\s]+|\S{1,8} to\s+)(?:["“”«‘'„]|an? (?:image|photo|message|attachment))/iu

export type Draft = { reading: ReplyReading; clauses: Clause[] }

/** Reads a reply by rules alone: no model, under a millisecond. Never throws for what the words are. */
export function readReply(context: ReplyContext): ReplyReading {
  return draftReading(context).reading
}

export function draftReading(context: ReplyContext, judged?: (clause: Clause) => Clause): Draft {
  const { text, asked, now, zone, hours } = context
  const plain = foldText(text)
  const language = languageOf({ folded: plain.text, known: context.language })
  const base = { language, by: 'rules', questions: [], parts: [] }
  const whole = (intent: ReplyIntent, sure: boolean, more: Partial<ReplyReading> = {}): Draft => ({
    reading: { ...base, intent, confidence: sure ? 1 : 0.9, sure, quote: text.trim(), parts: [{ intent, quote: text.trim() }], ...more },
    clauses: [],
  })
  if (reaction.test(text)) return whole('reaction', false)
  const optOut = readOptOut(plain.text)
  if (optOut !== undefined) return whole('stop', optOut.sure, { refuses: optOut.refuses })
  if (/^(?:start|unstop|re ?subscribe(?: me)?|opt ?in|empezar|comenzar|iniciar)(?: please| pls)?(?: [.!])*$/.test(plain.text)) return whole('start', true)
  if (/^(?:help|info|ayuda|aide|information|informacion)(?: please| pls)?(?: [.!?])*$/.test(plain.text)) return whole('help', true)

  const phrases = readTimePhrases({ text, now, zone, ...(hours && { hours }), bareNumbers: asked.kind === 'times' })
  if (asked.kind === 'times') {
    const { choice, plain: only } = readChoice({ folded: plain.text, phrases, times: asked.times, zone })
    if (choice.length > 0 && only) return whole('choice', choice.length === 1, { choice, confidence: choice.length === 1 ? 0.95 : 0.5 })
  }
  const folded = foldText(text, [...phrases.dates, ...phrases.times.filter(({ kind }) => kind !== 'earlier' && kind !== 'later')])
  const clauses = readClauses({ original: text, folded }).map((clause) => judged?.(clause) ?? clause)
  return { reading: finish({ context, phrases, clauses, settled: settleReply({ clauses, phrases, context }), base }), clauses }
}

function finish({ context, phrases, clauses, settled, base }: { context: ReplyContext; phrases: Parameters<typeof readWish>[0]['phrases']; clauses: Clause[]; settled: Settled; base: Pick<ReplyReading, 'language' | 'by'> }): ReplyReading {
  const { text, asked } = context
  const { intent, sure, confidence, clause } = asYesToTimes(settled, context)
  const questions = clauses.filter(({ kind }) => kind === 'question' || kind === 'request').map(({ quote }) => clip(quote)).filter((quote) => quote !== '')
  const when = ['change', 'no', 'unclear', 'cancel', 'yes', 'late', 'question'].includes(intent) ? readWish({ text, phrases }) : undefined
  return {
    ...base, intent, confidence, sure, quote: clause?.quote ?? text.trim(), parts: partsOf(clauses, text), questions,
    ...(when !== undefined && { when }),
    ...(intent === 'choice' && asked.kind === 'times' && { choice: asked.times.map((_each, i) => i) }),
  }
}

/** "Yes" to times on offer takes the only one, and does not say which of several. */
function asYesToTimes(settled: Settled, { asked }: ReplyContext): Settled {
  if (asked.kind !== 'times' || settled.intent !== 'yes') return settled
  return { ...settled, intent: 'choice', sure: settled.sure && asked.times.length === 1 }
}

function clip(question: string): string {
  return question.length <= 200 ? question : question.slice(0, 200)
}
