import { isGrammar, isOrdinary } from '../understanding/words.ts'
import { answerAt, type AnswerKind } from './answer-words.ts'
import type { Folded } from './fold-text.ts'
import { opensQuestion, topicOf, type Topic } from './topic-words.ts'

/**
 * What one stretch of a reply says. `time` is a day or time alone; `doubt` an answer with a question mark ("yes?");
 * `name` somebody addressed by name; `unknown` is for the model of meaning.
 */
export type ClauseKind = AnswerKind | Topic | 'time' | 'doubt' | 'name' | 'unknown'

export type Clause = {
  kind: ClauseKind
  /** The words as they were written, without the marks around them. */
  quote: string
  /** The same as `foldText` gives them. */
  text: string
  start: number
  end: number
  /** A question mark follows. */
  asked: boolean
  /** It goes on from the clause before without a mark or a joining word. */
  joined: boolean
  /** A time of day is in it. */
  hasTime: boolean
  /** How sure the model of meaning is of `kind`, and that it is nothing against a yes; absent where the words themselves say it. */
  belief?: { probability: number; harmless: number }
  /** "But", "unless", "if" before it: what stood before is not plain any more. */
  turned: boolean
}

const joints = /^(?:and|also|plus|so|then|as|or|y|e|o|et|ademas|tambien|aussi)(?= )/
const turns = /^(?:but|except|unless|although|though|however|if|only if|as long as|provided|assuming|pero|excepto|menos|aunque|siempre que|mais|sauf)(?= )/
/** What sets a clause apart from the one before. */
const apart = /(?:[.,!?]| (?:and|also|plus|so|then|as|but|except|unless|although|though|however|y|e|o|et|ademas|tambien|pero|aunque|mais)) $/
const atEnd = /(?: (?:but|except|unless|although|though|however|pero|aunque|mais)(?= )| (?:and|y|et|so)(?= (?:i|im|ill|id|we|can|could|may|please|pls|also|what|whats|where|wheres|how|is|the|that|thats|yes|no|thanks|thank|cancel|change|move|do|does|are|will|would|que|puedo|gracias|cancela|merci)(?: |$))|(?: [.,!?])(?= |$))/

/**
 * The clauses of a reply in order: plain answers first as far as each reaches ("Yes, that works" is two), a question or
 * request to the end of its sentence, and what is neither up to the next comma or "but".
 */
export function readClauses({ original, folded, times }: { original: string; folded: Folded; times: { start: number; end: number }[] }): Clause[] {
  const { text } = folded
  const clauses: Clause[] = []
  let [at, turned] = [0, false]
  while (at < text.length) {
    const rest = text.slice(at)
    const mark = /^[.,!?]/.exec(rest)?.[0]
    if (mark !== undefined || rest.startsWith(' ')) {
      if (mark === '?') markAsked({ clauses, original, upTo: folded.endOf(at + 1) })
      if (mark === '.' || mark === '!') turned = false
      at++
      continue
    }
    const joint = (joints.exec(rest) ?? turns.exec(rest))?.[0]
    if (joint !== undefined && !answers(text, at)) {
      turned ||= turns.test(rest)
      at += joint.length
      continue
    }
    const found = answerAt(text, at)
    // "Can you book it" goes ahead; "can you book it for two" asks for something.
    const goesOn = found?.kind === 'goAhead' && / (?![.,!?]|(?:and|but|please|pls|thanks|thank|then|so) )/y.test(text.slice(at + found.length)) && opensQuestion(rest)
    const answer = goesOn ? undefined : found
    const length = answer?.length ?? segmentLength(rest)
    const [start, end] = [folded.startOf(at + (text[at] === ' ' ? 1 : 0)), folded.endOf(at + length)]
    const clause = { quote: original.slice(start, end), text: rest.slice(0, length), start, end, asked: false, joined: clauses.length > 0 && !apart.test(text.slice(0, at)), hasTime: times.some((time) => time.start < end && time.end > start), turned }
    clauses.push({ ...clause, kind: answer?.kind ?? 'unknown' })
    turned = false
    at += length
  }
  return clauses.map((clause, i) => settleKind({ clause, before: clauses[i - 1] }))
}

function answers(text: string, at: number): boolean {
  const answer = answerAt(text, at)
  return answer !== undefined && answer.length > 3
}

/** A question or request runs to the end of its sentence, anything else to the next comma or turn. */
function segmentLength(rest: string): number {
  const stop = opensQuestion(rest) ? / [.!?](?= |$)/.exec(rest) : atEnd.exec(rest)
  return stop === null || stop.index === 0 ? rest.length : stop.index
}

function markAsked({ clauses, original, upTo }: { clauses: Clause[]; original: string; upTo: number }): void {
  const last = clauses.at(-1)
  if (last === undefined || last.asked) return
  last.asked = true
  last.end = upTo
  last.quote = original.slice(last.start, upTo)
}

/** Whether a day is open to them, rather than what they have on that day. */
const asksForTime = /^(?!.*\b(?:am i|do i|my)\b).*\b(?:possible|available|free|open|works?|ok|okay|better)\b/

function settleKind({ clause, before }: { clause: Clause; before: Clause | undefined }): Clause {
  if (clause.kind !== 'unknown') return clause.asked && ['yes', 'no', 'ack', 'notNow', 'seeYou', 'goAhead'].includes(clause.kind) ? { ...clause, kind: clause.kind === 'goAhead' ? 'goAhead' : 'doubt' } : clause
  if (/^(?:(?:at|on|for|the|this|in|by|around|then|or|and|maybe|el|la|a|las|los|de|por|para) )*xtime(?: (?:please|pls|then|instead|por favor|or|and|xtime|to|at|on))*$/.test(clause.text)) return { ...clause, kind: 'time' }
  const topic = topicOf({ text: clause.text, asked: clause.asked })
  // "Can you see if 12:30 is open?" asks for a time, whatever its form.
  if (topic === 'question' && clause.text.includes('xtime') && (clause.hasTime || asksForTime.test(clause.text) || !/\bper xtime|^(?:\w+ ){0,2}(?:(?:can|could|would|will) you (?:\w+ )?(?:tell|let) me (?:know )?)?(?:what|where|when|how|who|which|why|cual|donde|cuando|cuanto|quien|como)/.test(clause.text))) return { ...clause, kind: 'request' }
  if (topic !== undefined) return { ...clause, kind: topic }
  return isName(clause, before) ? { ...clause, kind: 'name' } : clause
}

/** "Yes Maria", "Thanks Jen!": one capitalised word that is no ordinary one, after an answer, thanks or a greeting. */
function isName({ quote, text }: Clause, before: Clause | undefined): boolean {
  return before !== undefined && ['yes', 'ack', 'no', 'thanks', 'greeting', 'seeYou'].includes(before.kind) && /^\p{Lu}\p{Ll}+$/u.test(quote) && !isGrammar(text) && !isOrdinary(text)
}
