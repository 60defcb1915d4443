import { readWords, tokensOf } from './read-words.ts'
import type { Found, PolicyBook, Search } from './search-policies.ts'
import { splitSentences } from './split-text.ts'

/** What speaks for and against a section answering a question; cosines and counts, see `evidenceFor`. */
export type Relevance = Record<keyof typeof weights, number>

/**
 * A logistic regression on the tuning questions of test/data (own folder and three foreign ones: 195 answered, 68 not), wrong answers counting 1.5 times.
 * It knows nothing of any one folder: only how near, how well covered by words, and how far in front the section is.
 */
const weights = {
  meaning: 1.684,
  nearestSentence: -0.975,
  covered: 3.242,
  coveredInSentence: 0.487,
  strongMissing: 0.256,
  strongUnknown: -1.168,
  topicUnknown: -1.841,
  offer: -1.278,
  offerMissing: -0.592,
  lead: 3.151,
  hasExamples: 0.153,
  meaningWithExamples: -0.247,
  onTopic: 5.138,
  unwritten: -9.632,
  unwrittenAhead: -6.166,
}
const bias = 3.174

/** Log odds that the section answers the question; above 0 is an answer. */
export function judgeRelevance(given: { book: PolicyBook; search: Search; found: Found }): number {
  const evidence = evidenceFor(given)
  return (Object.keys(weights) as (keyof typeof weights)[]).reduce((sum, name) => sum + weights[name] * evidence[name], bias)
}

/** The evidence by itself, for fitting the weights and for tests. */
export function evidenceFor({ book, search, found }: { book: PolicyBook; search: Search; found: Found }): Relevance {
  const section = book.sections[found.at] as PolicyBook['sections'][number]
  const { terms } = search.words
  const total = Math.max(terms.reduce((sum, { weight }) => sum + weight, 0), 0.5)
  const share = (holds: (term: (typeof terms)[number]) => boolean) => terms.reduce((sum, term) => sum + (holds(term) ? term.weight : 0), 0) / total
  const strong = terms.filter(({ weight }) => weight === 1)
  const strongMissing = strong.filter(({ within }) => !within.has(found.at)).length
  const offer = asksForThing.test(search.question) ? 1 : 0
  const hasExamples = section.examples.length > 0 ? 1 : 0
  const title = tokensOf(readWords(section.title))
  const sentences = [...splitSentences(section.text).map(({ plain }) => new Set([...tokensOf(readWords(plain)), ...title])), ...section.examples.map((example) => new Set(tokensOf(readWords(example))))]
  const next = search.found.find(({ at }) => at !== found.at)
  return {
    meaning: found.meaning,
    nearestSentence: found.nearestSentence,
    covered: share(({ within }) => within.has(found.at)),
    coveredInSentence: Math.max(0, ...sentences.map((words) => share(({ term }) => words.has(term)))),
    strongMissing,
    strongUnknown: strong.filter(({ unknown }) => unknown).length,
    topicUnknown: strong.filter(({ term, unknown }) => unknown && term.startsWith('~')).length,
    offer,
    offerMissing: offer * strongMissing,
    lead: Math.max(-0.5, Math.min(1, next === undefined ? 0.3 : found.score - next.score)),
    hasExamples,
    meaningWithExamples: hasExamples * found.meaning,
    onTopic: found.onTopic,
    unwritten: search.unwritten,
    unwrittenAhead: Math.max(0, search.unwritten - found.nearest),
  }
}

/** "Do you sell wigs?": here the thing itself must be written, not only something like it. */
const asksForThing = /^(do|does|are|is) (you|there|they)\b|\b(do|are|is) (you|you guys|there|they) |^(can|could|may) (i|we) (get|buy|rent|host|have|purchase)\b/i
