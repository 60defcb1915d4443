import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { connect } from '../../src/store/open-store.ts'
import { migrate } from '../../src/store/migrate.ts'
import { openPostgresServer } from '../../src/store/postgres-server.ts'
import { makeSeal } from '../../src/store/seal.ts'
import { fastFolder } from './fast-folder.ts'

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string
  }
}

/** One real PostgreSQL for the whole test run, with a migrated template that each test's database is copied from. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const home = await mkdtemp(join(fastFolder(), 'desk-tests-'))
  await chmod(home, 0o755)
  const server = await openPostgresServer({ home, fsync: false })
  const admin = new pg.Client({ connectionString: server.url })
  await admin.connect()
  await makeQuick(admin)
  await admin.query('create database desk_template')
  await admin.end()
  const template = connect({ url: databaseUrl(server.url, 'desk_template'), seal: makeSeal(Buffer.alloc(32, 7)), release: async () => {} })
  await migrate(template.db)
  await template.close()
  project.provide('postgresUrl', server.url)
  return async () => {
    await server.release()
    await rm(home, { recursive: true, force: true })
  }
}

/** Tests open thousands of connections to small databases that nobody needs after a crash: the password is checked with one round of hashing, not 4,096, and nothing is tidied up behind them. */
async function makeQuick(admin: pg.Client): Promise<void> {
  await admin.query('set scram_iterations = 1')
  await admin.query(`alter role desk password ${pg.escapeLiteral(admin.password ?? '')}`)
  for (const setting of ['autovacuum', 'full_page_writes', 'jit']) await admin.query(`alter system set ${setting} = off`)
  await admin.query('select pg_reload_conf()')
}

export function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return url.toString()
}
