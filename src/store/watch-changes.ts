import { sql } from 'kysely'
import pg from 'pg'
import { changesChannel } from './audit.ts'
import type { Db, Trx } from './open-store.ts'

/** Tells what changed, in whichever process it happened, until it is closed. */
export type ChangeWatch = { close(): Promise<void> }

const reconnectMs = 2_000

/**
 * Listens to the audit log: everything that happens has a row there, and each row announces its subject when its
 * transaction commits (PostgreSQL LISTEN/NOTIFY). `onChange` gets the subject (`proposal:P-7K3QXM`) and the action; after a
 * lost connection it gets `*`, because anything may have happened meanwhile.
 */
export function watchChanges({ url, onChange }: { url: string; onChange: (change: { subject: string; action: string }) => void }): ChangeWatch {
  let client: pg.Client | undefined
  let closed = false
  let waiting: NodeJS.Timeout | undefined

  const connect = async (isFirst: boolean): Promise<void> => {
    const fresh = new pg.Client({ connectionString: url, application_name: 'desk changes', connectionTimeoutMillis: 5_000 })
    client = fresh
    let lost = false
    const again = (): void => {
      if (lost || closed) return
      lost = true
      waiting = setTimeout(() => { connect(false).catch(() => {}) }, reconnectMs)
      waiting.unref()
      fresh.end().catch(() => {})
    }
    fresh.on('error', again)
    fresh.on('end', again)
    fresh.on('notification', ({ payload = '' }) => {
      const space = payload.indexOf(' ')
      onChange({ action: payload.slice(0, space), subject: payload.slice(space + 1) })
    })
    try {
      await fresh.connect()
      await fresh.query(`listen ${changesChannel}`)
      if (!isFirst) onChange({ subject: '*', action: 'reconnected' })
    } catch {
      again()
    }
  }

  const connecting = connect(true)
  return {
    async close() {
      closed = true
      clearTimeout(waiting)
      await connecting.catch(() => {})
      await client?.end().catch(() => {})
    },
  }
}

/** Tells everybody who listens of something that nobody did and that has no row in the log: time went by. */
export async function announceChange(db: Db | Trx, { action, subject }: { action: string; subject: string }): Promise<void> {
  await sql`select pg_notify(${changesChannel}, ${`${action} ${subject}`})`.execute(db)
}
