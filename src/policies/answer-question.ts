import type { Embedder } from '../embedding/embedder.ts'
import { checkComposed } from './check-composed.ts'
import { judgeRelevance } from './judge-relevance.ts'
import type { Compose, Passage, PolicyAnswer } from './policies.ts'
import { quoteSections } from './quote-sections.ts'
import { searchPolicies } from './search-policies.ts'
import type { PolicyBook, Search } from './search-policies.ts'

/** Sections handed to the language model that words the answer. */
const forComposing = 4

/**
 * The policies' answer. Without `compose` it is made of the sections' own sentences; with it, of those of the model's sentences whose quotes
 * the code found in their sections, and of the sections' own where none holds or the model fails. Whether the policies answer at all is decided before, by code.
 */
export async function answerQuestion({ book, embedder, question, compose }: { book: PolicyBook; embedder: Embedder; question: string; compose?: Compose }): Promise<PolicyAnswer> {
  const search = await searchPolicies({ book, embedder, question })
  const first = search.found[0]
  if (first === undefined || judgeRelevance({ book, search, found: first }) <= 0) return { answered: false, answer: notWritten({ book, search }), citations: [] }
  const passages = passagesOf({ book, search, k: forComposing })
  const composed = await compose?.(question, passages).catch(() => undefined)
  const sections = search.found.slice(0, forComposing).flatMap(({ at }) => book.sections[at] ?? [])
  const checked = composed && checkComposed({ composed, sections })
  return { answered: true, ...(checked ?? quoteSections({ book, search })) }
}

/** The `k` best sections of a search. */
export function passagesOf({ book, search, k }: { book: PolicyBook; search: Search; k: number }): Passage[] {
  return search.found.slice(0, k).flatMap(({ at, score }) => {
    const section = book.sections[at]
    return section ? [{ file: section.file, section: section.anchor, title: section.title, text: section.text, score }] : []
  })
}

function notWritten({ book, search }: { book: PolicyBook; search: Search }): string {
  const topics = [...new Set(search.found.slice(0, 3).flatMap(({ at }) => book.sections[at]?.title ?? []))]
  return topics.length === 0 ? 'The policy does not say.' : `The policy does not say. The nearest topics are: ${topics.join('; ')}.`
}
