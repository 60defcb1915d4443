import type { Found, PolicyBook, Search } from './search-policies.ts'

/** What speaks for and against a section answering a question; cosines and counts, see `evidenceFor`. */
type Relevance = Record<keyof typeof weights, number>

/**
 * A logistic regression on the tuning and dev questions of test/data (own folder and six foreign ones: 329 answered, 111 not), wrong answers counting twice,
 * and on the 329 again with their sections taken out of the folder, counting a tenth. Each question's vectors came from a map learned without it.
 * It knows nothing of any one folder: only how near, how well covered by words, and how far in front the section is.
 */
const weights = {
  meaning: 1.18,
  covered: 2.28,
  strongMissing: 0.18,
  strongUnknown: -0.01,
  topicUnknown: -2.26,
  offer: -0.49,
  offerMissing: -1.4,
  lead: 2.08,
  hasExamples: -1.44,
  onTopic: 1.96,
  unwritten: -2.81,
  unwrittenAhead: -9.92,
}
const bias = 0.82

/** Log odds that the section answers the question; above 0 is an answer. */
export function judgeRelevance(given: { book: PolicyBook; search: Search; found: Found }): number {
  const evidence = evidenceFor(given)
  return (Object.keys(weights) as (keyof typeof weights)[]).reduce((sum, name) => sum + weights[name] * evidence[name], bias)
}

/** The evidence by itself. */
function evidenceFor({ book, search, found }: { book: PolicyBook; search: Search; found: Found }): Relevance {
  const section = book.sections[found.at] as PolicyBook['sections'][number]
  const { terms } = search.words
  const total = Math.max(terms.reduce((sum, { weight }) => sum + weight, 0), 0.5)
  const share = (holds: (term: (typeof terms)[number]) => boolean) => terms.reduce((sum, term) => sum + (holds(term) ? term.weight : 0), 0) / total
  const strong = terms.filter(({ weight }) => weight === 1)
  const strongMissing = strong.filter(({ within }) => !within.has(found.at)).length
  const offer = asksForThing.test(search.question) ? 1 : 0
  const next = search.found.find(({ at }) => at !== found.at)
  return {
    meaning: found.meaning,
    covered: share(({ within }) => within.has(found.at)),
    strongMissing,
    strongUnknown: strong.filter(({ unknown }) => unknown).length,
    topicUnknown: strong.filter(({ term, unknown }) => unknown && term.startsWith('~')).length,
    offer,
    offerMissing: offer * strongMissing,
    lead: Math.max(-0.5, Math.min(1, next === undefined ? 0.3 : found.score - next.score)),
    hasExamples: section.examples.length > 0 ? 1 : 0,
    onTopic: found.onTopic,
    unwritten: search.unwritten,
    unwrittenAhead: Math.max(0, search.unwritten - found.nearest),
  }
}

/** "Do you sell wigs?": here the thing itself must be written, not only something like it. */
const asksForThing = /^(do|does|are|is) (you|there|they)\b|\b(do|are|is) (you|you guys|there|they) |^(can|could|may) (i|we) (get|buy|rent|host|have|purchase)\b/i
