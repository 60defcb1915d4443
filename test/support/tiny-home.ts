import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadBook } from '../../src/platforms/embedded/load-book.ts'
import { testModelDir } from './test-embedder.ts'
import { createTestDatabase, openTestStore } from './test-store.ts'
import { tinyBook, tinyNow } from './tiny-book.ts'

/** A folder and a database for a whole desk of the tiny salon, with what other tests have made ready already. `drop` takes both away. */
export async function makeTinyHome(): Promise<{ home: string; url: string; drop: () => Promise<void> }> {
  const home = await mkdtemp(join(tmpdir(), 'desk-tiny-'))
  await mkdir(testModelDir, { recursive: true })
  for (const kept of ['models', 'understanding', 'policies']) await symlink(testModelDir, join(home, kept), 'junction')
  const { url, drop } = await createTestDatabase()
  const store = openTestStore(url)
  await loadBook({ store, book: tinyBook(), now: tinyNow })
  await store.close()
  return {
    home, url,
    async drop() {
      await drop()
      await rm(home, { recursive: true })
    },
  }
}
