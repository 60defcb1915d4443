import { localDate, localTime } from '../salon/time.ts'
import type { TimePhrases } from '../understanding/time-phrases/time-phrase.ts'
import type { Clause, ClauseKind } from './read-clauses.ts'
import type { ReplyContext, ReplyIntent, ReplyPart } from './reading.ts'
import { namesVisit } from './read-wish.ts'

/** What each kind of clause is called outside. */
const intentOf: Record<ClauseKind, ReplyIntent> = {
  yes: 'yes', ack: 'yes', goAhead: 'yes', seeYou: 'yes', no: 'no', notNow: 'no', thanks: 'thanks', greeting: 'thanks', pleased: 'thanks', name: 'thanks', unclear: 'unclear', doubt: 'unclear', unknown: 'unclear',
  time: 'change', change: 'change', cancel: 'cancel', late: 'late', question: 'question', request: 'question', wrong_person: 'wrong_person', human: 'human', health: 'health', complaint: 'complaint',
}

/** Whatever else a reply says, these are what a person must hear first; in this order. */
const gravest: ReplyIntent[] = ['health', 'wrong_person', 'complaint', 'human']

/**
 * From which belief on the model's word for a clause counts as much as a rule's; what is missing never does. `beside` is for
 * what stands beside a yes in plain words. Chosen on the tuning half of the open replies.
 */
const surely: Partial<Record<ClauseKind, number>> & { beside: number } = { yes: 0.5, no: 0.8, question: 0.6, change: 0.6, beside: 0.6 }

/** Words that make another thing of a clause which resembles a yes: with one of them the model alone settles nothing. */
const hazard = /\b(?:not?|never|none|nothing|\w+nt|cannot|without|but|instead|except|unless|if|than|change\w*|cancel\w*|different|another|other|else|earlier|later|only|rather|prefer|actually|wrong|mistake|wait|hold|switch|move|until|xtime|two|three|four|five|six|seven|eight|nine|ten|sin|pero|otr[oa]s?|mejor|cambi\w*|solo|menos|ni|nunca|nada|click|tap|approv\w*|proposals?|pending|admin\w*|system|prompt|assistant|instructions?|ignore|rules?)\b|\d/

/** Said before or after what is meant, and nothing by itself: with one of these another time is as plain as without. */
const filler = /^(?:h+m+|u+g+h*|u+m+|a+h+|oh|oops|well|(?:so |im (?:so )?|very )?sorry(?: (?:about|for) that)?|perdon|disculpe|lo siento|desole)(?: (?:but|so|sorry|well))*$/

export type Settled = { intent: ReplyIntent; sure: boolean; confidence: number; clause?: Clause }

/**
 * What a reply means as a whole. Sure is only a plain answer to what was asked: nothing else in it but thanks, greetings
 * and questions to be told something. Pure.
 */
export function settleReply({ clauses, phrases, context }: { clauses: Clause[]; phrases: TimePhrases; context: Pick<ReplyContext, 'asked' | 'zone'> }): Settled {
  const { asked } = context
  const of = (...kinds: ClauseKind[]): Clause[] => clauses.filter(({ kind }) => kinds.includes(kind))
  const first = (...kinds: ClauseKind[]): Clause | undefined => of(...kinds)[0]
  const unsure = (intent: ReplyIntent, confidence: number, clause?: Clause): Settled => ({ intent, sure: false, confidence, ...(clause && { clause }) })

  for (const intent of gravest) {
    const clause = clauses.find(({ kind }) => intentOf[kind] === intent)
    if (clause !== undefined) return unsure(intent, 0.9, clause)
  }
  const [yes, weak, no] = [of('yes', 'seeYou'), of('ack', 'goAhead'), of('no')]
  const said = yes.some(({ belief }) => belief === undefined)
  const firm = clauses.every((clause) => isFirm(clause, said))
  const cancel = first('cancel')
  if (cancel !== undefined) return unsure(yes.length + weak.length > 0 || of('unclear', 'doubt').length > 0 ? 'unclear' : 'cancel', 0.8, cancel)
  const asides = new Set(clauses.filter(({ kind, text }) => (kind === 'unknown' || kind === 'unclear' || kind === 'no') && filler.test(text)))
  const late = first('late')
  if (late !== undefined) return unsure('late', 0.9, late)
  const ownTime = timeIsVisits({ clauses, phrases, context })
  const change = first('change') ?? (ownTime === 'other' ? first('time') ?? clauses.find(({ text }) => text.includes('xtime')) : undefined)
  const doubts = of('unclear', 'doubt', 'unknown').filter((clause) => !asides.has(clause))
  if (change !== undefined) {
    const plain = doubts.length + of('request').length === 0 || change.kind === 'change'
    return { intent: 'change', sure: clauses.every((clause) => asides.has(clause) || isFirm(clause, said)) && plain && doubts.length === 0 && asked.kind !== 'nothing', confidence: plain ? 0.9 : 0.6, clause: change }
  }
  if (yes.length + weak.length > 0 && no.length + of('notNow').length > 0) return unsure('unclear', 0.6)
  if (of('doubt', 'unclear').length > 0) return unsure('unclear', 0.8, first('doubt', 'unclear'))
  const turned = clauses.some((clause) => clause.turned && clause.kind !== 'thanks' && clause.kind !== 'question')
  const [request, question, unknown] = [first('request'), first('question'), first('unknown')]
  if (yes.length + weak.length > 0) {
    const clause = yes[0] ?? weak[0]!
    // "Ok and what's the address?" begins with a word that is hardly an answer.
    // "Book an appointment" alone may be a new wish; "book it" is not.
    const newWish = yes.length === 0 && of('ack').length === 0 && weak.some(({ text }) => /\b(?:an?|the|tickets?|one|them|those|these|my|me)\b/.test(text))
    // "Play it on the other one": what goes on from a request says which, and may be another.
    const qualified = clauses.some(({ kind, joined }, i) => joined && clauses[i - 1]?.kind === 'goAhead' && !['thanks', 'name', 'greeting', 'yes', 'goAhead', 'ack', 'seeYou'].includes(kind))
    const carried = yes.length > 0 || of('goAhead').length > 0 || question === undefined
    const farewell = yes.length === 0 && of('greeting').length > 0
    const others = request !== undefined || unknown !== undefined || ownTime === 'open' || !carried || farewell || newWish || qualified
    if (farewell) return unsure('thanks', 0.6, clause)
    if (turned) return unsure('unclear', 0.6, clause)
    return { intent: 'yes', sure: firm && !others && asked.kind !== 'nothing', confidence: others ? 0.6 : belief(clauses, 0.97), clause }
  }
  if (no.length > 0) {
    const clause = no[0]!
    const others = request !== undefined || unknown !== undefined || turned || question !== undefined || of('pleased').length > 0 || ownTime === 'open'
    return { intent: 'no', sure: firm && !others && asked.kind !== 'nothing', confidence: others ? 0.6 : belief(clauses, 0.95), clause }
  }
  const notNow = first('notNow')
  if (notNow !== undefined) {
    const others = request ?? unknown ?? question
    return asked.kind === 'offer' ? { intent: 'no', sure: firm && others === undefined && !turned, confidence: 0.9, clause: notNow } : unsure('unclear', 0.6, notNow)
  }
  if (request !== undefined) return unsure('question', 0.6, request)
  if (unknown !== undefined) return unsure('unclear', 0.3, unknown)
  if (question !== undefined) return { intent: 'question', sure: firm && asked.kind !== 'nothing', confidence: belief(clauses, 0.9), clause: question }
  const time = first('time')
  if (time !== undefined) return unsure('unclear', 0.5, time)
  const pleased = first('pleased')
  if (pleased !== undefined) return unsure('unclear', 0.6, pleased)
  const thanks = first('thanks', 'greeting', 'name')
  return thanks === undefined ? unsure('unclear', 0.3) : unsure('thanks', 0.9, thanks)
}

/** Whether a clause is as its words say, or as the model says with belief enough. `said` is whether a yes stands in plain words. */
function isFirm({ kind, belief, text }: Clause, said: boolean): boolean {
  if (belief === undefined) return true
  if (kind !== 'no' && kind !== 'change' && hazard.test(text)) return false
  return said && ['yes', 'thanks', 'question'].includes(kind) ? belief.harmless >= surely.beside : belief.probability >= (surely[kind] ?? 1)
}

/** The least of the beliefs in a reply's clauses; `most` where the words themselves say it. */
function belief(clauses: Clause[], most: number): number {
  return Math.min(most, ...clauses.map((clause) => clause.belief?.probability ?? most))
}

/** The parts of a reply in order: neighbours of one kind are one part. */
export function partsOf(clauses: Clause[], original: string): ReplyPart[] {
  const parts: (ReplyPart & { start: number; end: number })[] = []
  for (const { kind, start, end } of clauses) {
    const intent = intentOf[kind]
    const last = parts.at(-1)
    if (last !== undefined && (last.intent === intent || kind === 'name') && intent !== 'question') last.end = Math.max(end, last.end)
    else parts.push({ intent, quote: '', start, end })
  }
  return parts.map(({ intent, start, end }) => ({ intent, quote: original.slice(start, end) }))
}

/**
 * Whose the days and times said are: the visit's own, another one's, or open because nobody knows when the visit is. "See
 * you tomorrow" and "confirmed for 3" are taken at their word when it is not known.
 */
function timeIsVisits({ clauses, phrases, context: { asked, zone } }: { clauses: Clause[]; phrases: TimePhrases; context: Pick<ReplyContext, 'asked' | 'zone'> }): 'none' | 'own' | 'other' | 'open' {
  const timed = clauses.filter(({ text, kind }) => text.includes('xtime') && kind !== 'question')
  if (timed.length === 0) return 'none'
  const inTimed = (span: { start: number; end: number }): boolean => timed.some(({ start, end }) => span.start < end && span.end > start)
  const said = { dates: phrases.dates.filter(inTimed), times: phrases.times.filter(inTimed).filter(({ kind }) => kind !== 'earlier' && kind !== 'later') }
  if (asked.kind !== 'nothing' && asked.start !== undefined) return namesVisit({ phrases: said, date: localDate(asked.start, zone), time: localTime(asked.start, zone) }) ? 'own' : 'other'
  if (timed.some(({ kind }) => kind === 'time' || kind === 'request' || kind === 'unknown')) return 'other'
  return timed.every(({ kind, text }) => kind === 'seeYou' || kind === 'no' || /^(?:\w+ )?confirm/.test(text)) ? 'own' : 'open'
}
