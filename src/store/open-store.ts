import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely'
import pg from 'pg'
import { DeskError } from '../salon/errors.ts'
import type { Clock, Instant } from '../salon/time.ts'
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
  /**
   * Runs `work` in one transaction, again when the database asks for it (serialization failure, deadlock, connection lost
   * before commit); `work` must have no outside effect. A connection lost while committing throws with code 08007
   * (transaction resolution unknown): it may or may not have been done.
   */
  transaction<T>(work: (trx: Trx) => Promise<T>): Promise<T>
  /** The time on the database's clock, which all instances share, for what is decided by who was first. A desk with a fixed clock has that one. */
  now(db?: Db | Trx): Promise<Instant>
  close(): Promise<void>
}

/**
 * Connects to `databaseUrl`, or to the built-in server in `home`, and brings its tables up to date.
 * Throws `DeskError('unavailable')` when the database cannot be reached, without saying its password.
 */
export async function openStore({ home, databaseUrl, key, fixedClock }: { home: string; databaseUrl?: string | undefined; key?: string | undefined; fixedClock?: Clock | undefined }): Promise<Store> {
  const seal = makeSeal(await loadKey({ home, key }))
  const server = databaseUrl === undefined ? await openPostgresServer({ home }) : { url: databaseUrl, release: async () => {} }
  const store = connect({ url: server.url, seal, release: () => server.release(), fixedClock })
  try {
    await migrate(store.db)
    return store
  } catch (error) {
    await store.close()
    throw error instanceof DeskError ? explain(error, server.url) : error
  }
}

/** A store on a database that exists and is up to date; tests use it directly. */
export function connect({ url, seal, release, fixedClock }: { url: string; seal: Seal; release: () => Promise<void>; fixedClock?: Clock | undefined }): Store {
  const pool = new pg.Pool({ connectionString: url, max: 10, connectionTimeoutMillis: 5_000, application_name: 'desk', options: '-c timezone=UTC', types: { getTypeParser } })
  pool.on('error', () => {}) // an idle connection died; the next query opens another or reports
  pool.on('connect', (client) => client.on('error', () => {})) // one in use died: its query reports; unheard, the event would end the process
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  return {
    db,
    url,
    seal,
    transaction: (work) => retrying({ db, work }),
    now: async (within = db) => fixedClock?.now() ?? databaseTime(within),
    async close() {
      await db.destroy()
      await release()
    },
  }
}

async function databaseTime(db: Db | Trx): Promise<Instant> {
  const { rows } = await sql<{ now: Instant }>`select clock_timestamp() as now`.execute(db)
  return rows[0]?.now as Instant
}

// 40001 serialization failure, 40P01 deadlock: certainly undone. 57Pxx server going away, 08xxx and E… connection lost. PostgreSQL manual, appendix A.
const undone = /^(40001|40P01)$/
const lost = /^(57P0.|08...|ECONNRESET|EPIPE|ETIMEDOUT)$/
// What the driver says without a code when its connection is gone.
const lostWords = /connection (terminated|ended|error)|not queryable/i

async function retrying<T>({ db, work }: { db: Db; work: (trx: Trx) => Promise<T> }): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    let worked = false
    let reason: unknown
    try {
      return await db.transaction().execute(async (trx) => {
        try {
          const value = await work(trx)
          worked = true
          return value
        } catch (error) {
          reason = error // on a dead connection the rollback fails too, and its error would hide this one
          throw error
        }
      })
    } catch (error) {
      reason ??= error
      const code = reason instanceof Error && 'code' in reason ? String(reason.code) : ''
      const isLost = lost.test(code) || (code === '' && reason instanceof Error && lostWords.test(reason.message))
      if (isLost && worked) throw Object.assign(new Error('connection lost while committing', { cause: reason }), { code: '08007' })
      if (attempt === 5 || !(isLost || undone.test(code))) throw reason
    }
  }
}

function explain(error: DeskError, url: string): DeskError {
  const { cause } = error
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  const silent = code === '' && cause instanceof Error && (/timeout/i.test(cause.message) || lostWords.test(cause.message))
  if (!silent && !/^(E[A-Z_]+|08...|28...|3D...|53...|57P0.)$/.test(code)) return error
  const { host, pathname } = new URL(url)
  return new DeskError('unavailable', {
    message: `database unreachable: ${silent ? 'no answer' : code}`,
    userMessage: `PostgreSQL does not let us in at ${host}${pathname} (${silent ? 'it does not answer' : code}). Check DATABASE_URL, or leave it out to use the built-in one.`,
    cause,
  })
}

// Instants come back as our canonical text, never as Date; bigint counts as numbers (ours stay far below 2^53).
const parsers = new Map<number, (value: string) => unknown>([
  [pg.types.builtins.TIMESTAMPTZ, toInstant],
  [pg.types.builtins.INT8, Number],
  [pg.types.builtins.DATE, String],
])

/** `2018-06-20 14:30:00+00` to our form. Whole seconds, nearly all there are, by cutting text: large reads spend their time here. */
function toInstant(value: string): string {
  return value.length === 22 && value.endsWith('+00') ? `${value.slice(0, 10)}T${value.slice(11, 19)}.000Z` : new Date(value).toISOString()
}

function getTypeParser(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
  return parsers.get(oid) ?? pg.types.getTypeParser(oid, format)
}
