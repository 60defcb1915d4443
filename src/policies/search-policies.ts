import { similarity } from '../embedding/embedder.ts'
import type { Embedder } from '../embedding/embedder.ts'
import type { VectorIndex } from './build-index.ts'
import { commonEntries } from './index-entries.ts'
import type { CommonEntry, Entry } from './index-entries.ts'
import type { WordEvidence, WordIndex } from './index-words.ts'
import { readWords } from './read-words.ts'
import type { Section } from './section.ts'
import type { TurnQuestion } from './turn-question.ts'

/** A folder of policies, ready to be searched; `common` holds the vectors of `commonEntries`. */
export type PolicyBook = { sections: Section[]; entries: Entry[]; vectors: VectorIndex; words: WordIndex; common: VectorIndex; turn: TurnQuestion }

export type Found = {
  /** Position in the book's sections. */
  at: number
  score: number
  /** Nearness in meaning alone. */
  meaning: number
  /** Cosine to the nearest of anything in the section. */
  nearest: number
  /** Nearness to what policies say about the typical question that this one is like. */
  onTopic: number
}
export type Search = {
  question: string
  /** The question as asked and in plain trade words, both turned towards the policies. */
  asked: Float32Array
  plain: Float32Array
  words: WordEvidence
  /** Cosine of the question to the nearest of those that policies usually leave open. */
  unwritten: number
  found: Found[]
}

/**
 * How much the words count beside the meaning: 0.25 does best on questions that the list of the trade's words was not made with (81 of 87 among
 * three, 73 first), 0.4 a little better on those it was. Right section first over all tuning rows, each half by a map learned on the other: 297 of 329 (286 without the map).
 */
const wordWeight = 0.25
/** A passage is nearer to everything than a sentence is, so it supports a sentence or example rather than standing for it. */
const passageWeight = 0.5
/** How much nearness to the topic of the nearest typical question counts. */
const topicWeight = 0.3
/** Entries looked at before the exact comparison; a section has about ten. */
const neighbours = 60

/**
 * Ranks sections for a question, best first. The question is compared as asked and in plain trade words (slang, Spanish);
 * sections near in meaning and sections sharing words are all scored by one formula.
 */
export async function searchPolicies({ book, embedder, question }: { book: PolicyBook; embedder: Embedder; question: string }): Promise<Search> {
  const read = readWords(question)
  const [asked, plain] = (await embedder.embed([question, read.plain])).map(book.turn) as [Float32Array, Float32Array]
  const words = book.words.evidence(read)
  const topic = nearestTopic({ book, asked, plain })
  const near = (await Promise.all([asked, plain, topic.vector].map((vector) => book.vectors.nearest(vector, neighbours)))).flat()
  const candidates = new Set(near.map((at) => (book.entries[at] as Entry).section))
  for (const [at, score] of words.scores.entries()) if (score > 0.5) candidates.add(at)

  const bySection = new Map<number, number[]>()
  for (const [at, entry] of book.entries.entries()) if (candidates.has(entry.section)) bySection.set(entry.section, [...(bySection.get(entry.section) ?? []), at])
  const found = [...bySection].map(([at, entries]): Found => {
    const [one, two] = [asked, plain].map((vector) => closeness({ book, entries, vector })) as [Closeness, Closeness]
    const meaning = (one.meaning + two.meaning) / 2
    const onTopic = topic.strength * Math.max(...entries.flatMap((entry) => (book.entries[entry]?.kind === 'example' ? [] : [similarity(topic.vector, book.vectors.vectors[entry] as Float32Array)])))
    return { at, meaning, onTopic, score: meaning + wordWeight * (words.scores[at] ?? 0) + topicWeight * onTopic, nearest: Math.max(one.nearest, two.nearest) }
  })
  return { question, asked, plain, words, unwritten: nearestCommon({ book, kind: 'unwritten', vectors: [asked, plain] }).nearness, found: found.toSorted((a, b) => b.score - a.score || a.at - b.at) }
}

/** What policies say about the kind of question that this one is; counts in full from a cosine of 0.7 on, and not at all below 0.3. */
function nearestTopic({ book, asked, plain }: { book: PolicyBook; asked: Float32Array; plain: Float32Array }): { vector: Float32Array; strength: number } {
  const { at, nearness } = nearestCommon({ book, kind: 'typical', vectors: [asked, plain] })
  const vector = book.common.vectors[commonEntries.findIndex(({ kind, topic }) => kind === 'topic' && topic === commonEntries[at]?.topic)] as Float32Array
  return { vector, strength: Math.max(0, Math.min(1, (nearness - 0.3) / 0.4)) }
}

function nearestCommon({ book, kind, vectors }: { book: PolicyBook; kind: CommonEntry['kind']; vectors: Float32Array[] }): { at: number; nearness: number } {
  const best = { at: -1, nearness: -1 }
  for (const [at, entry] of commonEntries.entries()) {
    if (entry.kind !== kind) continue
    for (const vector of vectors) {
      const nearness = similarity(vector, book.common.vectors[at] as Float32Array)
      if (nearness > best.nearness) Object.assign(best, { at, nearness })
    }
  }
  return best
}

type Closeness = { meaning: number; nearest: number }

function closeness({ book, entries, vector }: { book: PolicyBook; entries: number[]; vector: Float32Array }): Closeness {
  const best = { passage: -1, sentence: -1, example: -1 }
  for (const at of entries) {
    const { kind } = book.entries[at] as Entry
    best[kind] = Math.max(best[kind], similarity(vector, book.vectors.vectors[at] as Float32Array))
  }
  return { meaning: Math.max(best.sentence, best.example) + passageWeight * best.passage, nearest: Math.max(best.passage, best.sentence, best.example) }
}
