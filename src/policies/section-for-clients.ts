import type { Embedder } from '../embedding/embedder.ts'
import { judgeRelevance } from './judge-relevance.ts'
import { searchPolicies } from './search-policies.ts'
import type { PolicyBook } from './search-policies.ts'
import type { ClientWording, Section } from './section.ts'

/**
 * Log odds that the section answers, and how far ahead of the next one it must be: nobody looks over what a client is told.
 * On our test questions: 124 of 216 answered, 5 of them from another section; 4 of 32 that no policy answers.
 */
const sureFrom = { odds: 2, lead: 0.1 }

/** The section that answers a client's question beyond doubt and has words for clients. */
export async function sectionForClients({ book, embedder, question }: { book: PolicyBook; embedder: Embedder; question: string }): Promise<(Section & { clients: ClientWording }) | undefined> {
  const search = await searchPolicies({ book, embedder, question })
  const [first, next] = search.found
  if (first === undefined || judgeRelevance({ book, search, found: first }) < sureFrom.odds) return undefined
  if (next !== undefined && first.score - next.score < sureFrom.lead) return undefined
  const section = book.sections[first.at]
  return section?.clients === undefined ? undefined : { ...section, clients: section.clients }
}
