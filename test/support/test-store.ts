import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import { connect, type Store } from '../../src/store/open-store.ts'
import type { Clock } from '../../src/salon/time.ts'
import { makeSeal } from '../../src/store/seal.ts'
import { databaseUrl } from './postgres-for-tests.ts'

/** A fresh database on the test run's real PostgreSQL, with all tables; `close` drops it. */
/** With `clock`, the database's clock is that one too. */
export async function createTestStore({ clock }: { clock?: Clock } = {}): Promise<Store> {
  const { url, drop } = await createTestDatabase()
  return openTestStore(url, drop, clock)
}

export type TestDatabase = { url: string; name: string; drop: () => Promise<void> }

/** A database with all tables, or a copy of another one (to which nobody may be connected meanwhile). */
export async function createTestDatabase({ template = 'desk_template' }: { template?: string } = {}): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`
  // Copied as files, not through the log: 25 ms instead of 40.
  await asAdmin(`create database ${name} template ${template} strategy file_copy`)
  return { url: databaseUrl(inject('postgresUrl'), name), name, drop: () => asAdmin(`drop database ${name} with (force)`) }
}

/** A second connection to a test's database, as another instance of the desk would have. */
export function openTestStore(url: string, release: () => Promise<void> = async () => {}, clock?: Clock): Store {
  return connect({ url, seal: makeSeal(Buffer.alloc(32, 7)), release, fixedClock: clock })
}

let admin: pg.Pool | undefined

/** On one connection for all tests of a worker: making one for each statement would cost as much as the statement. */
async function asAdmin(statement: string): Promise<void> {
  admin ??= new pg.Pool({ connectionString: inject('postgresUrl'), max: 1, allowExitOnIdle: true }).on('error', () => {}) // the server is stopped under it at the end of the run
  await admin.query(statement)
}
