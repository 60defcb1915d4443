import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Embedder } from '../embedding/embedder.ts'
import { cueSource } from './cues.ts'
import { columnsOf, readFit, rounded, writeFit, type Fitted } from './fit-file.ts'
import { fitIntents, weights, type Example } from './intent-model.ts'

/** The fit that comes with the program; made by `npm run fit:requests`. */
export const shippedFit = join(import.meta.dirname, '../../models/understanding/requests.fit')

/**
 * The fit on the examples: the shipped one, or one left in `cacheDir` before, when it was made from all that it depends
 * on now; else computed (some seconds) and left in `cacheDir`.
 */
export async function fittedExamples({ examples, embedder, cacheDir, shipped = shippedFit }: { examples: Example[]; embedder: Embedder; cacheDir?: string; shipped?: string }): Promise<Fitted> {
  const key = fitKey({ examples, embedder })
  const cached = cacheDir === undefined ? undefined : join(cacheDir, `requests-${key.slice(0, 16)}.fit`)
  for (const path of [shipped, cached]) {
    const bytes = path === undefined ? undefined : await readFile(path).catch(() => undefined)
    const fitted = bytes && readFit({ bytes, key, count: examples.length, dimensions: embedder.dimensions, columns: columnsOf(examples) })
    if (fitted !== undefined) return fitted
  }
  const fitted = await makeFit({ examples, embedder })
  if (cached !== undefined) await keepFit({ path: cached, key, fitted, dimensions: embedder.dimensions })
  return fitted
}

/** Everything a fit depends on, in one word. */
export function fitKey({ examples, embedder }: { examples: Example[]; embedder: Embedder }): string {
  return createHash('sha256').update(JSON.stringify([embedder.id, weights, cueSource, examples])).digest('hex')
}

/** Embeds the examples and fits the intents to them. */
export async function makeFit({ examples, embedder }: { examples: Example[]; embedder: Embedder }): Promise<Fitted> {
  const { dimensions } = embedder
  const exact = new Float32Array(examples.length * dimensions)
  for (const [i, vector] of (await embedder.embed(examples.map(({ text }) => text))).entries()) exact.set(vector, i * dimensions)
  const vectors = rounded({ vectors: exact, dimensions })
  return { vectors, fit: fitIntents({ examples, vectors, dimensions }) }
}

/** Writes a fit aside and renames it, so that another process never reads half a file. */
export async function keepFit({ path, key, fitted, dimensions }: { path: string; key: string; fitted: Fitted; dimensions: number }): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const aside = `${path}.${process.pid}`
  await writeFile(aside, writeFit({ key, ...fitted, dimensions }))
  await rename(aside, path)
}
