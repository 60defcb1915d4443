import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DeskError } from '../salon/errors.ts'

/**
 * The path of a whole model file in `cacheDir`, built when there is none. The file's name holds the SHA-256 of its
 * content, so one rename publishes both: a file that was cut short or changed no longer fits its name, and is built
 * again over it. Two processes that build at once write the same bytes under the same name.
 * Throws `unavailable` when the folder cannot be written; errors of `build` pass through.
 */
export async function cachedModel({ cacheDir, id, build }: { cacheDir: string; id: string; build: () => Promise<Uint8Array> }): Promise<string> {
  try {
    await mkdir(cacheDir, { recursive: true })
    const found = await findWhole(cacheDir, id)
    if (found !== undefined) return found
    return await save({ cacheDir, id, content: await build() })
  } catch (cause) {
    if (cause instanceof DeskError) throw cause
    throw new DeskError('unavailable', {
      message: `the model cache ${cacheDir} cannot be used`,
      userMessage: `The folder ${cacheDir} cannot be written. It needs 25 MB for the language model: make room or give the desk the right to write there.`,
      cause,
    })
  }
}

async function findWhole(cacheDir: string, id: string): Promise<string | undefined> {
  for (const name of await readdir(cacheDir)) {
    if (!name.startsWith(`${id}-`) || !name.endsWith('.onnx')) continue
    const path = join(cacheDir, name)
    const content = await readFile(path).catch(() => new Uint8Array())
    if (name === fileName(id, content)) return path
  }
  return undefined
}

async function save({ cacheDir, id, content }: { cacheDir: string; id: string; content: Uint8Array }): Promise<string> {
  const path = join(cacheDir, fileName(id, content))
  const draft = join(cacheDir, `${randomUUID()}.tmp`)
  try {
    await writeFile(draft, content)
    await rename(draft, path)
  } finally {
    await rm(draft, { force: true })
  }
  return path
}

function fileName(id: string, content: Uint8Array): string {
  return `${id}-${createHash('sha256').update(content).digest('hex')}.onnx`
}
