import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Embedder } from '../embedding/embedder.ts'
import { cueSource } from './cues.ts'
import { fitIntents, weights, type Example, type Fit } from './intent-model.ts'
import { intents } from './reading.ts'

export type Fitted = { vectors: Float32Array; fit: Fit }

/**
 * The examples' vectors (one after another) and the fit on them: from a file of `cacheDir` named by everything they
 * depend on, or computed and left there. A file of another length is computed anew.
 */
export async function fittedExamples({ examples, embedder, cacheDir }: { examples: Example[]; embedder: Embedder; cacheDir?: string }): Promise<Fitted> {
  const columns = intents.filter((intent) => examples.some((example) => example.intent === intent))
  const key = createHash('sha256').update(JSON.stringify([embedder.id, weights, cueSource, examples])).digest('hex').slice(0, 16)
  const path = cacheDir === undefined ? undefined : join(cacheDir, `requests-${key}.f32`)
  const split = examples.length * embedder.dimensions
  const stored = path === undefined ? undefined : await readFile(path).catch(() => undefined)
  if (stored?.byteLength === (split + examples.length * columns.length) * 4) {
    const all = new Float32Array(new Uint8Array(stored).buffer)
    return { vectors: all.subarray(0, split), fit: { columns, alphas: all.subarray(split) } }
  }
  const vectors = new Float32Array(split)
  for (const [i, vector] of (await embedder.embed(examples.map(({ text }) => text))).entries()) vectors.set(vector, i * embedder.dimensions)
  const fit = fitIntents({ examples, vectors, dimensions: embedder.dimensions })
  if (cacheDir !== undefined && path !== undefined) {
    await mkdir(cacheDir, { recursive: true })
    // Written aside and renamed, so that another process never reads half a file.
    const aside = `${path}.${process.pid}`
    await writeFile(aside, Buffer.concat([new Uint8Array(vectors.buffer), new Uint8Array(fit.alphas.buffer)]))
    await rename(aside, path)
  }
  return { vectors, fit }
}
