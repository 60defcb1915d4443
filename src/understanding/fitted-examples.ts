import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Embedder } from '../embedding/embedder.ts'
import { columnsOf, readFit, rounded, writeFit, type Fitted } from './fit-file.ts'
import { fitIntents, weights, type Example, type Task } from './intent-model.ts'

/** The fit of a task that comes with the program; made by `npm run fit:requests` and `npm run fit:replies`. */
export function shippedFit({ name }: Pick<Task<string>, 'name'>): string {
  return join(import.meta.dirname, `../../models/understanding/${name}.fit`)
}

/**
 * The fit on the examples: the shipped one, or one left in `cacheDir` before, when it was made from all that it depends
 * on now; else computed (some seconds) and left in `cacheDir`.
 */
export async function fittedExamples<L extends string>({ task, examples, embedder, cacheDir }: { task: Task<L>; examples: Example<L>[]; embedder: Embedder; cacheDir?: string }): Promise<Fitted<L>> {
  const key = fitKey({ task, examples, embedder })
  const cached = cacheDir === undefined ? undefined : join(cacheDir, `${task.name}-${key.slice(0, 16)}.fit`)
  for (const path of [shippedFit(task), cached]) {
    const bytes = path === undefined ? undefined : await readFile(path).catch(() => undefined)
    const fitted = bytes && readFit({ bytes, key, count: examples.length, dimensions: embedder.dimensions, columns: columnsOf(task.intents, examples) })
    if (fitted !== undefined) return fitted
  }
  const fitted = await makeFit({ task, examples, embedder })
  if (cached !== undefined) await keepFit({ path: cached, key, fitted, dimensions: embedder.dimensions })
  return fitted
}

/** Everything a fit depends on, in one word. */
export function fitKey<L extends string>({ task, examples, embedder }: { task: Task<L>; examples: Example<L>[]; embedder: Embedder }): string {
  return createHash('sha256').update(JSON.stringify([embedder.id, weights, task.cues.map(String), examples])).digest('hex')
}

/** Embeds the examples and fits the intents to them. */
async function makeFit<L extends string>({ task, examples, embedder }: { task: Task<L>; examples: Example<L>[]; embedder: Embedder }): Promise<Fitted<L>> {
  const { dimensions } = embedder
  const exact = new Float32Array(examples.length * dimensions)
  for (const [i, vector] of (await embedder.embed(examples.map(({ text }) => text))).entries()) exact.set(vector, i * dimensions)
  const vectors = rounded({ vectors: exact, dimensions })
  return { vectors, fit: fitIntents({ task, examples, vectors, dimensions }) }
}

/** Makes the fit that comes with the program anew, after its examples, its cues or the embedder changed; answers where it is. */
export async function shipFit<L extends string>({ task, examples, embedder }: { task: Task<L>; examples: Example<L>[]; embedder: Embedder }): Promise<string> {
  const path = shippedFit(task)
  await keepFit({ path, key: fitKey({ task, examples, embedder }), fitted: await makeFit({ task, examples, embedder }), dimensions: embedder.dimensions })
  return path
}

/** Writes a fit aside and renames it, so that another process never reads half a file. */
async function keepFit({ path, key, fitted, dimensions }: { path: string; key: string; fitted: Fitted<string>; dimensions: number }): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const aside = `${path}.${process.pid}`
  await writeFile(aside, writeFit({ key, ...fitted, dimensions }))
  await rename(aside, path)
}
