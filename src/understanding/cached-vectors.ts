import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Embedder } from '../embedding/embedder.ts'

/** The texts' vectors, from a file of `cacheDir` named by the embedder and the texts, or computed and left there. */
export async function cachedVectors({ texts, embedder, cacheDir }: { texts: string[]; embedder: Embedder; cacheDir?: string }): Promise<Float32Array[]> {
  if (cacheDir === undefined) return embedder.embed(texts)
  const key = createHash('sha256').update(JSON.stringify([embedder.id, texts])).digest('hex').slice(0, 16)
  const path = join(cacheDir, `examples-${key}.f32`)
  const size = texts.length * embedder.dimensions
  const stored = await readFile(path).catch(() => undefined)
  if (stored?.byteLength === size * 4) {
    const all = new Float32Array(new Uint8Array(stored).buffer)
    return texts.map((_, i) => all.slice(i * embedder.dimensions, (i + 1) * embedder.dimensions))
  }
  const vectors = await embedder.embed(texts)
  const all = new Float32Array(size)
  for (const [i, vector] of vectors.entries()) all.set(vector, i * embedder.dimensions)
  await mkdir(cacheDir, { recursive: true })
  // Written aside and renamed, so that another process never reads half a file.
  const aside = `${path}.${process.pid}`
  await writeFile(aside, new Uint8Array(all.buffer))
  await rename(aside, path)
  return vectors
}
