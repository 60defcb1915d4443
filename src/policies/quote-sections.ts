import { similarity } from '../embedding/embedder.ts'
import type { Citation } from './policies.ts'
import { readWords } from './read-words.ts'
import type { Found, PolicyBook, Search } from './search-policies.ts'
import { splitSentences, squeeze } from './split-text.ts'
import type { Sentence } from './split-text.ts'

/** Sentences this much further from the question than the nearest one are left out. */
const spread = 0.28
const mostSentences = 3
/** Sections this near to the best one are quoted too, a sentence or two each. */
const closeBehind = 0.85
/** "What is our late policy?" names one thing only: then the section is quoted more fully, and its neighbours sooner. */
const closeBehindBroad = 0.7
/** Up to so many words, such a section is quoted whole. */
const wholeSection = 90
const mostSections = 3

/** The answer in the policies' own words: the sentences of the best section that the question is about, and a little of sections close behind. */
export function quoteSections({ book, search }: { book: PolicyBook; search: Search }): { answer: string; citations: Citation[] } {
  const [first, ...others] = search.found.slice(0, mostSections)
  if (first === undefined) return { answer: '', citations: [] }
  const broad = search.words.terms.length <= 1
  const all = splitSentences(sectionAt(book, first).text)
  const whole = broad && all.reduce((words, { plain }) => words + plain.split(' ').length, 0) <= wholeSection
  const main = whole ? all : pick({ book, search, found: first, most: mostSentences, within: spread })
  const also = others.filter(({ score }) => score >= (broad ? closeBehindBroad : closeBehind) * first.score).map((found) => ({ found, sentences: pick({ book, search, found, most: broad ? 2 : 1, within: spread }) }))
  const words = [main.map(({ plain }) => plain).join(' '), ...also.map(({ found, sentences }) => `${sectionAt(book, found).title}: ${sentences.map(({ plain }) => plain).join(' ')}`)]
  return {
    answer: words.filter(Boolean).join('\n'),
    citations: [{ found: first, sentences: main }, ...also].flatMap(({ found, sentences }) => runs({ book, found, sentences })),
  }
}

/** The sentences nearest to the question, in the order of the section. */
function pick({ book, search, found, most, within }: { book: PolicyBook; search: Search; found: Found; most: number; within: number }): Sentence[] {
  const sentences = splitSentences(sectionAt(book, found).text)
  const vectors = book.entries.flatMap(({ section, kind }, at) => (section === found.at && kind === 'sentence' ? [book.vectors.vectors[at] as Float32Array] : []))
  const asked = search.words.terms.map(({ term }) => term)
  const rated = sentences.map((sentence, at) => {
    const terms = new Set(readWords(sentence.plain).terms.map(({ term }) => term))
    const shared = asked.filter((term) => terms.has(term)).length / Math.max(asked.length, 1)
    const vector = vectors[at]
    return { at, rate: (vector ? Math.max(similarity(search.asked, vector), similarity(search.plain, vector)) : 0) + 0.2 * shared }
  })
  const ranked = rated.toSorted((a, b) => b.rate - a.rate)
  const best = ranked[0]?.rate ?? 0
  const picked = ranked.slice(0, most).filter(({ rate }) => rate >= best - within).map(({ at }) => at)
  // "It takes 5 minutes." needs the sentence that says what takes it.
  const leaning = picked.filter((at) => at > 0 && leansBack.test(sentences[at]?.plain ?? '') && sentences[at - 1]?.block === sentences[at]?.block)
  const chosen = new Set([...picked, ...leaning.map((at) => at - 1)])
  return sentences.filter((_, at) => chosen.has(at))
}

const leansBack = /^(it|they|this|that|these|those|he|she|after that|then|otherwise|in these cases|the latter|less than that|later than that|shorter than that|both|neither)\b/i

/** Neighbouring sentences become one quote; a quote is always one unbroken piece of the section. */
function runs({ book, found, sentences }: { book: PolicyBook; found: Found; sentences: Sentence[] }): Citation[] {
  const section = sectionAt(book, found)
  const text = squeeze(section.text)
  const quotes: string[] = []
  for (const { quote } of sentences) {
    const joined = `${quotes.at(-1) ?? ''} ${quote}`
    if (quotes.length > 0 && text.includes(joined)) quotes[quotes.length - 1] = joined
    else quotes.push(quote)
  }
  return quotes.map((quote) => ({ file: section.file, section: section.anchor, title: section.title, quote }))
}

function sectionAt(book: PolicyBook, found: Found): PolicyBook['sections'][number] {
  return book.sections[found.at] as PolicyBook['sections'][number]
}
