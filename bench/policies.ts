import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEmbedder } from '../src/embedding/open-embedder.ts'
import { indexWords } from '../src/policies/index-words.ts'
import { openPolicies } from '../src/policies/open-policies.ts'
import { readFolder } from '../src/policies/read-folder.ts'
import { readSections } from '../src/policies/read-sections.ts'
import { readWords } from '../src/policies/read-words.ts'
import { against, measure } from './figure.ts'
import type { BenchFigure } from './figure.ts'

const dir = new URL('../knowledge', import.meta.url).pathname
const asked = ['is there a fee if I cancel tonight', 'client is twenty minutes late', 'can I bring my puppy', 'patch test before colour', 'do gift cards expire', 'how do I end my membership', 'where do I park', 'can we post her photo']

/** Policy search over the demo salon's folder, each question a new one, beside the words alone; and opening the folder when nothing changed. */
export async function benchPolicies(): Promise<BenchFigure[]> {
  const cacheDir = await mkdtemp(join(tmpdir(), 'desk-bench-policies-'))
  try {
    const embedder = await openEmbedder({ cacheDir: join(tmpdir(), 'desk-bench-models') })
    const policies = await openPolicies({ dir, embedder, cacheDir })
    const question = (i: number) => `${asked[i % asked.length]} number ${i}`
    const words = indexWords({ sections: readSections({ files: await readFolder({ dir }) }) })
    const lexical = await measure({ name: 'policy search, words only', n: 200, run: (i) => words.evidence(readWords(question(i))) })
    const search = await measure({ name: 'policy search', n: 200, run: (i) => policies.search(question(i), 3) })
    const answer = await measure({ name: 'policy answer', n: 200, run: (i) => policies.answer(question(i + 1_000)) })
    const open = await measure({ name: 'open the policies, nothing changed', n: 10, run: () => openPolicies({ dir, embedder, cacheDir }) })
    return [against({ figure: search, baseline: lexical }), lexical, answer, open]
  } finally {
    await rm(cacheDir, { recursive: true, force: true })
  }
}
