import { readFile } from 'node:fs/promises'
import { DeskError } from '../salon/errors.ts'
import { buildModel, dimensions, maxTokens } from './build-model.ts'
import type { Precision } from './build-model.ts'
import { cachedModel } from './cached-model.ts'
import type { Embedder } from './embedder.ts'
import { findWeights } from './find-weights.ts'
import type { WeightFiles } from './find-weights.ts'
import { openSession } from './open-session.ts'
import type { Session } from './open-session.ts'
import { readSafetensors } from './read-safetensors.ts'
import { openTokens } from './read-tokens.ts'
import { recentVectors } from './recent-vectors.ts'

/** Raised whenever the graph or the rounding changes, so that old caches and indexes are not used with it. */
const recipe = 1

/** Tokens that run together, padding included: larger batches were no faster a text, only larger in memory. */
const batchTokens = 256

/**
 * The local embedder: all-MiniLM-L6-v2 out of the npm package, turned once into an ONNX file in `cacheDir` (23 MB, about
 * a second) and run on the processor; nothing leaves the machine. Opening is free: the model loads at the first `embed`,
 * which throws `unavailable` when the package is missing, the folder cannot be written or the runtime does not start, and
 * `corrupt` when the package's files are damaged; the next call tries again.
 * `precision` fp32 is the yardstick of the tests; `files` are other files than the package's.
 */
export async function openEmbedder({ cacheDir, precision = 'int8', files = findWeights }: { cacheDir: string; precision?: Precision; files?: () => Promise<WeightFiles> }): Promise<Embedder> {
  const id = `all-MiniLM-L6-v2-${precision}-${recipe}`
  const recent = recentVectors()
  let model: Promise<Model> | undefined

  async function ready(): Promise<Model> {
    model ??= loadModel({ cacheDir, id, precision, files })
    try {
      return await model
    } catch (error) {
      model = undefined
      throw error
    }
  }

  return {
    id,
    dimensions,
    async embed(texts) {
      const vectors = new Map<string, Float32Array>()
      for (const text of new Set(texts)) {
        const known = recent.get(text)
        if (known !== undefined) vectors.set(text, known)
      }
      const unknown = [...new Set(texts)].filter((text) => !vectors.has(text))
      if (unknown.length > 0) {
        for (const [text, vector] of await run(await ready(), unknown)) {
          vectors.set(text, vector)
          recent.set(text, vector)
        }
      }
      // Copies, so that nobody can change a remembered vector.
      return texts.map((text) => (vectors.get(text) as Float32Array).slice())
    },
  }
}

type Model = { session: Session; tokensOf: (text: string) => number[] }

async function loadModel({ cacheDir, id, precision, files }: { cacheDir: string; id: string; precision: Precision; files: () => Promise<WeightFiles> }): Promise<Model> {
  const { weightsPath, tokenizerPath } = await files()
  const tokensOf = await openTokens({ path: tokenizerPath, maxTokens })
  const path = await cachedModel({ cacheDir, id, build: async () => buildModel({ weights: readSafetensors(await readWeights(weightsPath)), precision }) })
  const session = await openSession({ path, dimensions })
  return { session, tokensOf }
}

async function readWeights(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (cause) {
    throw new DeskError('unavailable', {
      message: 'the embedding weights cannot be read',
      userMessage: 'The language model files are not installed. Run "npm ci", then start the desk again.',
      cause,
    })
  }
}

/** The vector of each text. */
async function run({ session, tokensOf }: Model, texts: string[]): Promise<[string, Float32Array][]> {
  const vectors: [string, Float32Array][] = []
  for (const batch of batches(texts.map((text) => ({ text, ids: tokensOf(text) })))) {
    const output = await session(batch.map(({ ids }) => ids))
    for (const [i, { text }] of batch.entries()) vectors.push([text, output[i] as Float32Array])
  }
  return vectors
}

type Row = { text: string; ids: number[] }

/** Texts of like length go together, so that little padding is computed. */
function batches(rows: Row[]): Row[][] {
  const groups: Row[][] = []
  for (const row of rows.toSorted((a, b) => a.ids.length - b.ids.length)) {
    const group = groups.at(-1)
    // In this order the row is the longest of its group, so its length is what all would be padded to.
    if (group !== undefined && (group.length + 1) * row.ids.length <= batchTokens) group.push(row)
    else groups.push([row])
  }
  return groups
}
