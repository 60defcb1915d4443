import { readTimePhrases } from '../understanding/time-phrases/read-time-phrases.ts'
import type { TimePhrases } from '../understanding/time-phrases/time-phrase.ts'
import { foldText } from './fold-text.ts'
import { languageOf } from './language.ts'
import { readOptOut } from './opt-out.ts'
import { readChoice } from './read-choice.ts'
import { readClauses, type Clause } from './read-clauses.ts'
import { readWish } from './read-wish.ts'
import type { ReplyContext, ReplyIntent, ReplyReading } from './reading.ts'
import { partsOf, settleReply } from './settle-reply.ts'

/** `Liked “Hi Ana, …”`, `👍 to “Hi Ana …”`: how phones pass on a tap on a message, in the languages they are set to. */
const reaction = /^\s*(?:(?:liked|loved|disliked|laughed at|emphasi[sz]ed|questioned|removed an? [\w ]+ from|reacted(?: with)? \S+ to|le (?:gust[oó]|encant[oó])|le dio (?:me gusta|me encanta) a|te gust[oó]|me gusta|me encanta|a r[ée]agi [^"“]{0,20}|a (?:aim[ée]|ador[ée])|reaccion[oó](?: con)? \S+ a)[:\s]+|\S{1,8} to\s+)(?:["“”«‘'„]|an? (?:image|photo|message|attachment))/iu

/** "Never mind, keep it as it is": a no to every time on offer. */
const keepsIt = /^(?:(?:oh|no|nah|ok|okay|actually|sorry|then|please|pls|lets|just|well|on second thought|i will|ill|id rather) )*(?:never ?mind|forget (?:about )?it|(?:keep|leave|stick (?:to|with)) (?:it|that|things|everything|what i have|(?:my|the) (?:(?:original|old|first|current) )?(?:appointment|appt|time|visit|one))|stay (?:with|as)|(?:dejelo|dejemoslo|dejalo|dejela)|mejor no)(?: (?:keep|leave|stick|stay|with|as|like|where|how|what|it|that|is|was|i|have|had|planned|before|then|way|please|pls|for|now|the|same|my|original|old|time|appointment|thanks|thank|you|como|esta|estaba|asi|por|favor|gracias))*$/

/** Longer texts are no texts that people send; what is beyond is not read. */
const longest = 1600

/** A reply as the rules see it: read as a whole, or clause by clause with what none of them knows left `unknown`. */
export type Draft = { whole: ReplyReading } | { clauses: Clause[]; phrases: TimePhrases; language: ReplyReading['language'] }

/**
 * What the rules make of a reply, first opting out in any wording. Pure, and under a millisecond or two; never throws for
 * what the words are.
 */
export function draftReply(context: ReplyContext): Draft {
  const { asked, now, zone, hours } = context
  const text = context.text.slice(0, longest)
  const plain = foldText(text)
  const language = languageOf({ folded: plain.text, known: context.language })
  const whole = (intent: ReplyIntent, sure: boolean, more: Partial<ReplyReading> = {}): Draft => ({
    whole: { intent, confidence: sure ? 1 : 0.9, sure, quote: text.trim(), parts: [{ intent, quote: text.trim() }], questions: [], language, by: 'rules', ...more },
  })
  if (reaction.test(text)) return whole('reaction', false)
  const optOut = readOptOut(plain.text)
  if (optOut !== undefined) return whole('stop', optOut.sure, { refuses: optOut.refuses })
  if (/^(?:start|unstop|re ?subscribe(?: me)?|opt ?in|empezar|comenzar|iniciar)(?: please| pls)?(?: [.!])*$/.test(plain.text)) return whole('start', true)
  if (/^(?:help|info|ayuda|aide|information|informacion)(?: please| pls)?(?: [.!?])*$/.test(plain.text)) return whole('help', true)

  const phrases = readTimePhrases({ text, now, zone, ...(hours && { hours }), bareNumbers: asked.kind === 'times' })
  // "10-4" alone is no stretch of the day.
  const times = phrases.times.filter(({ kind, text: written }) => kind !== 'earlier' && kind !== 'later' && !(written === '10-4' && /^\W*10-4\b/.test(text)))
  const folded = foldText(text, [...phrases.dates.filter((each) => !/right now/i.test(each.text)), ...times])
  if (asked.kind === 'times') {
    const { choice, plain: only } = readChoice({ folded: plain.text, masked: folded.text, phrases, times: asked.times, zone })
    if (keepsIt.test(plain.text.replaceAll(/ ?[.,!?]/g, ''))) return whole('no', true)
    if (choice.length > 0 && only) return whole('choice', choice.length === 1, { choice, confidence: choice.length === 1 ? 0.95 : 0.5 })
  }
  return { clauses: readClauses({ original: text, folded, times: times.filter(({ kind }) => kind !== 'part_of_day') }), phrases, language }
}

/** The reading of a reply whose clauses are known. */
export function finishReply({ context, clauses, phrases, language, by }: { context: ReplyContext; clauses: Clause[]; phrases: TimePhrases; language: ReplyReading['language']; by: string }): ReplyReading {
  const text = context.text.slice(0, longest)
  const { asked } = context
  const settled = settleReply({ clauses, phrases, context })
  // "Yes" to times on offer takes the only one, and does not say which of several.
  const takes = asked.kind === 'times' && settled.intent === 'yes'
  const questions = clauses.filter(({ kind }) => kind === 'question' || kind === 'request').map(({ quote }) => quote.slice(0, 200))
  const when = readWish({ text, phrases })
  return {
    intent: takes ? 'choice' : settled.intent,
    confidence: settled.confidence,
    sure: settled.sure && (!takes || asked.times.length === 1),
    quote: settled.clause?.quote ?? text.trim(),
    parts: partsOf(clauses, text),
    questions: questions.filter((quote) => quote.trim() !== ''),
    ...(when !== undefined && { when }),
    ...(takes && { choice: asked.times.map((_each, i) => i) }),
    language, by,
  }
}
