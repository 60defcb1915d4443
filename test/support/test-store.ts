import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import { connect, type Store } from '../../src/store/open-store.ts'
import { makeSeal } from '../../src/store/seal.ts'
import { databaseUrl } from './postgres-for-tests.ts'

/** A fresh database on the test run's real PostgreSQL, with all tables; `close` drops it. */
export async function createTestStore(): Promise<Store> {
  const { url, drop } = await createTestDatabase()
  return openTestStore(url, drop)
}

export type TestDatabase = { url: string; name: string; drop: () => Promise<void> }

/** A database with all tables, or a copy of another one (to which nobody may be connected meanwhile). */
export async function createTestDatabase({ template = 'desk_template' }: { template?: string } = {}): Promise<TestDatabase> {
  const serverUrl = inject('postgresUrl')
  const name = `test_${randomBytes(6).toString('hex')}`
  await asAdmin(serverUrl, `create database ${name} template ${template}`)
  return { url: databaseUrl(serverUrl, name), name, drop: () => asAdmin(serverUrl, `drop database ${name} with (force)`) }
}

/** A second connection to a test's database, as another instance of the desk would have. */
export function openTestStore(url: string, release: () => Promise<void> = async () => {}): Store {
  return connect({ url, seal: makeSeal(Buffer.alloc(32, 7)), release })
}

async function asAdmin(serverUrl: string, statement: string): Promise<void> {
  const admin = new pg.Client({ connectionString: serverUrl })
  await admin.connect()
  try {
    await admin.query(statement)
  } finally {
    await admin.end()
  }
}
