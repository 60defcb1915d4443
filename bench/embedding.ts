import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEmbedder } from '../src/embedding/open-embedder.ts'
import { against, measure, perPart } from './figure.ts'
import type { BenchFigure } from './figure.ts'

const batch = 64

/** How long the local embedder takes for a short question alone and for a text of a batch; every text is new to it. */
export async function benchEmbedding(): Promise<BenchFigure[]> {
  const embedder = await openEmbedder({ cacheDir: join(tmpdir(), 'front-desk-copilot-bench-models') })
  const single = await measure({ name: 'embed one short question', n: 200, run: (i) => embedder.embed([question(i)]) })
  const together = await measure({
    name: `embed ${batch} short questions`,
    n: 10,
    run: (i) => embedder.embed(Array.from({ length: batch }, (_, j) => question(1000 + i * batch + j))),
  })
  return [single, against({ figure: perPart({ figure: together, parts: batch, name: `embed one of ${batch} short questions` }), baseline: single })]
}

function question(i: number): string {
  return `may client ${i % 10} come ${i} minutes late?`
}
