import type { Spans } from './find-spans.ts'
import type { IntentScore } from './intent-model.ts'
import type { Intent } from './reading.ts'

/** Something done to everybody, or to the desk's own books and rights: no tool of ours does that, whatever it resembles. */
const everybody = /\b(?:cancel|move|text|message|email|call off|delete|erase|wipe|refund|charge|send|tell|notify|book|reschedule|remove)\b.{0,30}\b(?:everyone|everybody|every (?:client|customer|appointment|booking)|all (?:of )?(?:the |our |my |today['’]?s |tomorrow['’]?s )?(?:clients?|customers?|appointments?|bookings?|guests?|people))\b/i
const ownBooks = /\b(?:delete|erase|wipe|clear|edit|change|alter)\b.{0,25}\b(?:audit|log|logs|history|database|records)\b|\b(?:make|give|grant|set) me\b.{0,20}\b(?:manager|admin|owner|access|rights|permissions?)\b|\bignore\b.{0,20}\b(?:instructions|rules|prompt)\b|\bwithout (?:asking|approval|a?n?y?one)\b/i
const noteVerb = /^\W*(?:please |pls |can you |could you |just )*(?:(?:add|make|put|leave|save|write|take|drop|stick|pop)\b.{0,20}\bnote\b|note\b(?!s\b)|jot\b|remember (?!to\b)|keep in mind\b|fyi\b)/i

/** "Put on Noah's card he is a vegan". */
const noteOn = /^\W*(?:please |pls |can you |could you )*(?:put|write|add|stick|pop|save)\s+(?:it |this |down )?(?:on|in|to|into)\b.{2,40}\b(?:card|file|notes?|profile|record|chart)\b/i

/** "Morning!" alone is no time of day. */
const hello = /^\W*(?:good )?(?:morning|afternoon|evening)(?: (?:all|team|everyone|there|desk|guys|girls|folks|ladies))?\W*$/i

/** Somebody spoken of before. */
const pronoun = /\b(?:her|him|them|she|he|they|hers|his|theirs?)\b/i

/** A cancellation says so in some word; without one it is something else, whatever it resembles. */
const callsOff = /\b(?:cancel\w*|cxl\w*|canx|scrap|drop\w*|remove|delete|off|out|bail\w*|won['’]?t|can['’]?t|cannot|not|no longer|pull\w*|kill|clear|free|scratch|axe|take|lose|nix|void)\b/i
/** "Caleb from tuesday 11:30 to wednesday at 2". */
const fromTo = /\bfrom\b.+\bto\b/i

/** Below this, and with nobody and nothing of the salon named, it is none of ours. Policy questions may be worded anyhow: the policies answer or say that they do not. */
const doubtful = 0.25

/** The intent the model believes in, or the one that a plain form of words leaves no doubt about. */
export function settleIntent({ text, spans, scores }: { text: string; spans: Spans; scores: IntentScore<Intent>[] }): { intent: Intent; confidence: number } {
  const best = (callsOff.test(text) ? scores[0] : scores.find(({ intent }) => intent !== 'propose_cancel'))!
  if (everybody.test(text) && !/^\W*(?:can|do|are|is|may|should|who|what|how)\s+(?:we|i|they|it|there)?\b.*\?/i.test(text) || ownBooks.test(text)) return { intent: 'out_of_scope', confidence: 1 }
  if (hello.test(text)) return { intent: 'greeting', confidence: 1 }
  if (spans.people.length > 0 && (noteVerb.test(text) || noteOn.test(text) || /^['’]?s?\s*(?:file|card|notes?|profile|record)?\s*:\s*\p{L}/iu.test(text.slice(spans.people[0]!.end)) && text.slice(0, spans.people[0]!.start).trim() === '')) return { intent: 'propose_note', confidence: Math.max(best.intent === 'propose_note' ? best.probability : 0, 0.9) }
  if (best.probability < (pronoun.test(text) ? doubtful / 2 : doubtful) && best.intent !== 'search_policies' && !namesSomething(spans)) return { intent: 'out_of_scope', confidence: 1 - best.probability }
  if (best.intent.startsWith('propose_') && spans.people.some(({ client }) => client !== undefined) && fromTo.test(text) && spans.times.dates.length > 1) return { intent: 'propose_reschedule', confidence: Math.max(best.probability, 0.5) }
  return { intent: best.intent, confidence: best.probability }
}

/** Whether a person, service, day, time or location was found. */
export function namesSomething({ people, services, times, locations }: Spans): boolean {
  return people.length + services.length + times.dates.length + times.times.length + locations.length > 0
}
