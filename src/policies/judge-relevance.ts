import type { Found, PolicyBook, Search } from './search-policies.ts'

/** What speaks for and against a section answering a question; cosines and counts, see `evidenceFor`. */
type Relevance = Record<keyof typeof weights, number>

/**
 * A logistic regression on the tuning questions of test/data (own folder and four foreign ones: 242 answered, 95 not), wrong answers counting 1.5 times.
 * It knows nothing of any one folder: only how near, how well covered by words, and how far in front the section is.
 */
const weights = {
  meaning: 1.527,
  covered: 3.549,
  strongMissing: 1.188,
  strongUnknown: -1.135,
  topicUnknown: -2.169,
  offer: -0.553,
  offerMissing: -1.421,
  lead: 3.881,
  hasExamples: -0.609,
  onTopic: 6.238,
  unwritten: -10.476,
  unwrittenAhead: -7.25,
}
const bias = 2.449

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
