import MiniSearch from 'minisearch'
import { readWords, tokensOf } from './read-words.ts'
import type { Words } from './read-words.ts'
import type { Section } from './section.ts'
import { plainText } from './split-text.ts'

/** How the words of a question meet the sections. */
export type WordEvidence = {
  /** For each section, about 0 to 1.3: the share of the question's known terms (rare ones count more) that it holds. */
  scores: number[]
  terms: {
    term: string
    weight: number
    /** Positions of the sections that hold the term in their own title or text, or in an example. */
    within: Set<number>
    /** Nothing in the whole folder speaks of it. */
    unknown: boolean
  }[]
}
export type WordIndex = { evidence(words: Words): WordEvidence }

/** Where a term stands says how much of the section is about it. */
const fieldWeights: Record<string, number> = { title: 1.3, text: 1, examples: 0.8, path: 0.6 }
const fields = Object.keys(fieldWeights)

/** A lexical index over terms (stems and the trade's concepts). A word the folder does not know counts as the nearest one that it does, by spelling. */
export function indexWords({ sections }: { sections: Section[] }): WordIndex {
  const mini = new MiniSearch({ fields, idField: 'at', tokenize: (text) => text.split(' '), processTerm: (term) => term || null })
  mini.addAll(
    sections.map((section, at) => ({ at, title: terms(section.title), text: terms(plainText(section.text)), examples: terms(section.examples.join(' . ')), path: terms(section.path.join(' . ')) })),
  )
  return {
    evidence(words) {
      const found = words.terms.map(({ term, weight }) => {
        const exact = mini.search(term)
        const hits = exact.length > 0 || term.startsWith('~') || term.length < 5 || /\d/.test(term) ? exact : mini.search(term, { fuzzy: term.length > 7 ? 2 : 1, prefix: false })
        const places = new Map<number, string[]>(hits.map(({ id, match }) => [Number(id), Object.values(match).flat()]))
        const rarity = Math.min(Math.log(1 + (sections.length - places.size + 0.5) / (places.size + 0.5)), 4) * Math.sqrt(weight)
        return { term, weight, places, rarity }
      })
      const known = found.filter(({ places }) => places.size > 0).reduce((sum, { rarity }) => sum + rarity, 0)
      const scores = sections.map((_, at) => found.reduce((sum, { places, rarity }) => sum + rarity * best(places.get(at)), 0) / Math.max(known, 3))
      return {
        scores,
        terms: found.map(({ term, weight, places }) => ({ term, weight, unknown: places.size === 0, within: new Set([...places].filter(([, where]) => where.some((field) => field !== 'path')).map(([at]) => at)) })),
      }
    },
  }
}

function best(where: string[] | undefined): number {
  return Math.max(0, ...(where ?? []).map((field) => fieldWeights[field] ?? 0))
}

function terms(text: string): string {
  return tokensOf(readWords(text)).join(' ')
}
