import { Kysely, PostgresDialect, type Transaction } from 'kysely'
import pg from 'pg'
import { DeskError } from '../salon/errors.ts'
import { migrate } from './migrate.ts'
import { openPostgresServer } from './postgres-server.ts'
import { loadKey, makeSeal, type Seal } from './seal.ts'
import type { Tables } from './tables.ts'

export type Db = Kysely<Tables>
export type Trx = Transaction<Tables>

/** The desk's memory: one PostgreSQL database. */
export type Store = {
  readonly db: Db
  readonly url: string
  readonly seal: Seal
  /** Runs `work` in one transaction, again when the database asks for it (serialization failure, deadlock, lost connection before commit); `work` must have no outside effect. */
  transaction<T>(work: (trx: Trx) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/**
 * Connects to `databaseUrl`, or to the built-in server in `home`, and brings its tables up to date.
 * Throws `DeskError('unavailable')` when the database cannot be reached, without saying its password.
 */
export async function openStore({ home, databaseUrl, key }: { home: string; databaseUrl?: string | undefined; key?: string | undefined }): Promise<Store> {
  const seal = makeSeal(await loadKey({ home, key }))
  const server = databaseUrl === undefined ? await openPostgresServer({ home }) : { url: databaseUrl, release: async () => {} }
  try {
    const store = connect({ url: server.url, seal, release: () => server.release() })
    await migrate(store.db)
    return store
  } catch (error) {
    await server.release()
    throw error instanceof DeskError ? explain(error, server.url) : error
  }
}

/** A store on a database that exists and is up to date; tests use it directly. */
export function connect({ url, seal, release }: { url: string; seal: Seal; release: () => Promise<void> }): Store {
  const pool = new pg.Pool({ connectionString: url, max: 10, connectionTimeoutMillis: 5_000, application_name: 'desk', options: '-c timezone=UTC', types: { getTypeParser } })
  pool.on('error', () => {}) // an idle connection died; the next query opens another or reports
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  return {
    db,
    url,
    seal,
    transaction: (work) => retrying(() => db.transaction().execute(work)),
    async close() {
      await db.destroy()
      await release()
    },
  }
}

// 40001 serialization failure, 40P01 deadlock, 57P01 server shutting down, 08xxx connection: PostgreSQL manual, appendix A.
const worthRetrying = /^(40001|40P01|57P01|08...)$/

async function retrying<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run()
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : ''
      if (attempt === 5 || !worthRetrying.test(code)) throw error
    }
  }
}

function explain(error: DeskError, url: string): DeskError {
  const cause = error.cause instanceof Error && 'code' in error.cause ? String(error.cause.code) : ''
  if (!/^(ECONN|ENOTFOUND|EAI_|ETIMEDOUT|28|3D)/.test(cause)) return error
  const { host, pathname } = new URL(url)
  return new DeskError('unavailable', {
    message: `database unreachable: ${cause}`,
    userMessage: `PostgreSQL does not answer at ${host}${pathname} (${cause}). Check DATABASE_URL, or leave it out to use the built-in one.`,
    cause: error.cause,
  })
}

// Instants come back as our canonical text, never as Date; bigint counts as numbers (ours stay far below 2^53).
const parsers = new Map<number, (value: string) => unknown>([
  [pg.types.builtins.TIMESTAMPTZ, (value) => new Date(value).toISOString()],
  [pg.types.builtins.INT8, Number],
  [pg.types.builtins.DATE, String],
])

function getTypeParser(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
  return parsers.get(oid) ?? pg.types.getTypeParser(oid, format)
}
