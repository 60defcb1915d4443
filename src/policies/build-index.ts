import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { HNSWLib } from '@langchain/community/vectorstores/hnswlib'
import type { EmbeddingsInterface } from '@langchain/core/embeddings'
import { z } from 'zod'
import type { Embedder } from '../embedding/embedder.ts'
import { DeskError } from '../salon/errors.ts'

/** The vectors of all entries, in the order of the entries, and a quick way to the nearest ones. */
export type VectorIndex = {
  vectors: Float32Array[]
  /** Positions of the `k` entries nearest to a unit vector (fewer where there are fewer). */
  nearest(vector: Float32Array, k: number): Promise<number[]>
}

/** Raised when what is stored changes its form. */
const format = 2
/** Beside what the index keeps for itself: read back out of it, one number at a time, the vectors take a hundred times as long. */
const vectorsFile = 'vectors.f32'
/** Policies change back and forth while somebody edits them: this many indexes are kept, the newest. */
const kept = 12

/**
 * The vector index of these entries: loaded from `cacheDir` when it was built before, else built there. Texts that an earlier index
 * already holds are not embedded again. Each index is a folder named by its content's hash and put in place by one rename, so any number of processes may build at once.
 * Throws `unavailable` when the folder cannot be written.
 */
export async function buildIndex({ entries, embedder, cacheDir }: { entries: { text: string }[]; embedder: Embedder; cacheDir: string }): Promise<VectorIndex> {
  const family = createHash('sha256').update(`${format}\n${embedder.id}`).digest('hex').slice(0, 8)
  const content = createHash('sha256').update(JSON.stringify(entries.map(({ text }) => text))).digest('hex').slice(0, 24)
  const dir = join(cacheDir, `${family}-${content}`)
  const embeddings = asEmbeddings(embedder)
  const kept = await load({ dir, embeddings, dimensions: embedder.dimensions })
  return asIndex(kept?.vectors.length === entries.length ? kept : await build({ entries, embeddings, embedder, cacheDir, family, dir }))
}

type Indexed = { store: HNSWLib; vectors: Float32Array[] }

async function build({ entries, embeddings, embedder, cacheDir, family, dir }: { entries: { text: string }[]; embeddings: EmbeddingsInterface; embedder: Embedder; cacheDir: string; family: string; dir: string }): Promise<Indexed> {
  const known = await vectorsBefore({ cacheDir, family, embeddings, dimensions: embedder.dimensions })
  const fresh = [...new Set(entries.map(({ text }) => text))].filter((text) => !known.has(text))
  for (const [i, vector] of (await embedder.embed(fresh)).entries()) known.set(fresh[i] as string, Array.from(vector))
  const store = new HNSWLib(embeddings, { space: 'cosine', numDimensions: embedder.dimensions })
  await store.addVectors(entries.map(({ text }) => known.get(text) as number[]), entries.map(({ text }) => ({ pageContent: text, metadata: {} })))
  const vectors = entries.map((_, at) => Float32Array.from(store.index.getPoint(at)))
  await save({ store, vectors, cacheDir, dir })
  return { store, vectors }
}

async function save({ store, vectors, cacheDir, dir }: Indexed & { cacheDir: string; dir: string }): Promise<void> {
  const draft = `${dir}.${randomUUID()}`
  try {
    await mkdir(draft, { recursive: true })
    await store.save(draft)
    await writeFile(join(draft, vectorsFile), Buffer.concat(vectors.map(({ buffer }) => new Uint8Array(buffer))))
    // Whatever stands there could not be loaded, or another process was first with the same content: either may go.
    await rename(draft, dir).catch(async () => {
      // It is moved away whole: taken down file by file, another process could put its own in between.
      await rename(dir, `${draft}.old`).catch(() => undefined)
      await rm(`${draft}.old`, { recursive: true, force: true })
      await rename(draft, dir).catch(() => rm(draft, { recursive: true, force: true }))
    })
    for (const old of (await newestFirst(cacheDir)).slice(kept)) await rm(join(cacheDir, old), { recursive: true, force: true })
  } catch (cause) {
    throw new DeskError('unavailable', { message: 'the policy index cannot be saved', userMessage: 'The index of the policies cannot be saved. Check that the desk may write to its data folder and that the disk is not full.', cause })
  }
}

/** Undefined where there is none, or one that is damaged. */
async function load({ dir, embeddings, dimensions }: { dir: string; embeddings: EmbeddingsInterface; dimensions: number }): Promise<Indexed | undefined> {
  try {
    const [store, bytes] = await Promise.all([HNSWLib.load(dir, embeddings), readFile(join(dir, vectorsFile))])
    const count = store.index.getCurrentCount()
    if (bytes.byteLength !== count * dimensions * 4) return undefined
    const numbers = new Float32Array(new Uint8Array(bytes).buffer)
    return { store, vectors: Array.from({ length: count }, (_, at) => numbers.subarray(at * dimensions, (at + 1) * dimensions)) }
  } catch {
    return undefined
  }
}

async function vectorsBefore({ cacheDir, family, embeddings, dimensions }: { cacheDir: string; family: string; embeddings: EmbeddingsInterface; dimensions: number }): Promise<Map<string, number[]>> {
  const known = new Map<string, number[]>()
  for (const name of await newestFirst(cacheDir)) {
    if (!name.startsWith(`${family}-`) || name.includes('.')) continue
    const before = await load({ dir: join(cacheDir, name), embeddings, dimensions })
    for (const [at, vector] of (before?.vectors ?? []).entries()) known.set(documentSchema.parse(before?.store.docstore.search(String(at))).pageContent, Array.from(vector))
  }
  return known
}

const documentSchema = z.object({ pageContent: z.string() })

async function newestFirst(cacheDir: string): Promise<string[]> {
  const names = await readdir(cacheDir).catch(() => [])
  const dated = await Promise.all(names.map(async (name) => ({ name, at: (await stat(join(cacheDir, name)).catch(() => undefined))?.mtimeMs ?? 0 })))
  return dated.toSorted((a, b) => b.at - a.at).map(({ name }) => name)
}

function asIndex({ store, vectors }: Indexed): VectorIndex {
  return {
    vectors,
    async nearest(vector, k) {
      return store.index.searchKnn(Array.from(vector), Math.min(k, vectors.length)).neighbors
    },
  }
}

function asEmbeddings(embedder: Embedder): EmbeddingsInterface {
  const embedDocuments = async (texts: string[]) => (await embedder.embed(texts)).map((vector) => Array.from(vector))
  return { embedDocuments, embedQuery: async (text) => (await embedDocuments([text]))[0] as number[] }
}
