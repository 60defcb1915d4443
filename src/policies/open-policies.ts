import type { Embedder } from '../embedding/embedder.ts'
import { answerQuestion, passagesOf } from './answer-question.ts'
import { buildIndex } from './build-index.ts'
import { commonEntries, indexEntries } from './index-entries.ts'
import { indexWords } from './index-words.ts'
import type { Compose, Passage, PolicyAnswer } from './policies.ts'
import { folderSignature, readFolder } from './read-folder.ts'
import { readSections } from './read-sections.ts'
import { searchPolicies } from './search-policies.ts'
import type { PolicyBook } from './search-policies.ts'
import { sectionForClients } from './section-for-clients.ts'
import type { ClientWording, Section } from './section.ts'
import { openQuestionMap } from './turn-question.ts'

/** A salon's policies, always as they stand in the folder now: each call looks whether a file changed. */
export type Policies = {
  /** The `k` sections nearest to the question, best first, whether or not they answer it. */
  search(question: string, k: number): Promise<Passage[]>
  answer(question: string): Promise<PolicyAnswer>
  /** The section that surely answers a client's question and has words for clients; undefined where a person should answer. */
  forClients(question: string): Promise<(Section & { clients: ClientWording }) | undefined>
  /** The section with this id (`cancellation#late-cancellation`, `cancellation.md#late-cancellation`, or the part after `#` where only one has it). */
  section(id: string): Promise<Section | undefined>
  /** All sections, as last read. */
  readonly sections: readonly Section[]
}

/**
 * Opens a folder of policies; the index is built in `cacheDir` or loaded from it. Throws `not_found` for a missing folder and `invalid_input`
 * (with file and line) for files that cannot be policies; so does every later call after a file was broken, until it is mended.
 */
export async function openPolicies({ dir, embedder, cacheDir, compose }: { dir: string; embedder: Embedder; cacheDir: string; compose?: Compose }): Promise<Policies> {
  let current: { signature: string; book: Promise<PolicyBook> } | undefined
  let sections: readonly Section[] = []

  async function book(): Promise<PolicyBook> {
    const signature = await folderSignature({ dir })
    if (current?.signature !== signature) current = { signature, book: readBook({ dir, embedder, cacheDir }) }
    const opened = current
    try {
      const open = await opened.book
      sections = open.sections
      return open
    } catch (error) {
      if (current === opened) current = undefined
      throw error
    }
  }

  await book()
  return {
    get sections() {
      return sections
    },
    async search(question, k) {
      const open = await book()
      return passagesOf({ book: open, search: await searchPolicies({ book: open, embedder, question }), k })
    },
    async answer(question) {
      return answerQuestion({ book: await book(), embedder, question, ...(compose ? { compose } : {}) })
    },
    async forClients(question) {
      return sectionForClients({ book: await book(), embedder, question })
    },
    async section(id) {
      const all = (await book()).sections
      const exact = all.find((section) => section.id === id || `${section.file}#${section.anchor}` === id)
      const loose = all.filter(({ anchor }) => anchor === id)
      return exact ?? (loose.length === 1 ? loose[0] : undefined)
    },
  }
}

async function readBook({ dir, embedder, cacheDir }: { dir: string; embedder: Embedder; cacheDir: string }): Promise<PolicyBook> {
  const sections = readSections({ files: await readFolder({ dir }) })
  const entries = indexEntries({ sections })
  const common = await buildIndex({ entries: commonEntries, embedder, cacheDir })
  return { sections, entries, vectors: await buildIndex({ entries, embedder, cacheDir }), words: indexWords({ sections }), common, turn: await openQuestionMap({ dimensions: embedder.dimensions }) }
}
