import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
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
const format = 1
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
  return asIndex((await load({ dir, embeddings, count: entries.length })) ?? (await build({ entries, embeddings, embedder, cacheDir, family, dir })))
}

async function build({ entries, embeddings, embedder, cacheDir, family, dir }: { entries: { text: string }[]; embeddings: EmbeddingsInterface; embedder: Embedder; cacheDir: string; family: string; dir: string }): Promise<HNSWLib> {
  const known = await vectorsBefore({ cacheDir, family, embeddings })
  const fresh = [...new Set(entries.map(({ text }) => text))].filter((text) => !known.has(text))
  for (const [i, vector] of (await embedder.embed(fresh)).entries()) known.set(fresh[i] as string, Array.from(vector))
  const store = new HNSWLib(embeddings, { space: 'cosine', numDimensions: embedder.dimensions })
  await store.addVectors(entries.map(({ text }) => known.get(text) as number[]), entries.map(({ text }) => ({ pageContent: text, metadata: {} })))
  await save({ store, cacheDir, dir })
  return store
}

async function save({ store, cacheDir, dir }: { store: HNSWLib; cacheDir: string; dir: string }): Promise<void> {
  const draft = `${dir}.${randomUUID()}`
  try {
    await mkdir(draft, { recursive: true })
    await store.save(draft)
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
async function load({ dir, embeddings, count }: { dir: string; embeddings: EmbeddingsInterface; count: number }): Promise<HNSWLib | undefined> {
  try {
    const store = await HNSWLib.load(dir, embeddings)
    return store.index.getCurrentCount() === count ? store : undefined
  } catch {
    return undefined
  }
}

async function vectorsBefore({ cacheDir, family, embeddings }: { cacheDir: string; family: string; embeddings: EmbeddingsInterface }): Promise<Map<string, number[]>> {
  const known = new Map<string, number[]>()
  for (const name of await newestFirst(cacheDir)) {
    if (!name.startsWith(`${family}-`) || name.includes('.')) continue
    const store = await HNSWLib.load(join(cacheDir, name), embeddings).catch(() => undefined)
    if (store === undefined) continue
    for (let at = 0; at < store.index.getCurrentCount(); at++) known.set(documentSchema.parse(store.docstore.search(String(at))).pageContent, store.index.getPoint(at))
  }
  return known
}

const documentSchema = z.object({ pageContent: z.string() })

async function newestFirst(cacheDir: string): Promise<string[]> {
  const names = await readdir(cacheDir).catch(() => [])
  const dated = await Promise.all(names.map(async (name) => ({ name, at: (await stat(join(cacheDir, name)).catch(() => undefined))?.mtimeMs ?? 0 })))
  return dated.toSorted((a, b) => b.at - a.at).map(({ name }) => name)
}

function asIndex(store: HNSWLib): VectorIndex {
  const count = store.index.getCurrentCount()
  return {
    vectors: Array.from({ length: count }, (_, at) => Float32Array.from(store.index.getPoint(at))),
    async nearest(vector, k) {
      return store.index.searchKnn(Array.from(vector), Math.min(k, count)).neighbors
    },
  }
}

function asEmbeddings(embedder: Embedder): EmbeddingsInterface {
  const embedDocuments = async (texts: string[]) => (await embedder.embed(texts)).map((vector) => Array.from(vector))
  return { embedDocuments, embedQuery: async (text) => (await embedDocuments([text]))[0] as number[] }
}
