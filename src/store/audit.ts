import { sql } from 'kysely'
import type { Instant } from '../salon/time.ts'
import { hashOf } from './canonical-json.ts'
import type { Db, Trx } from './open-store.ts'

/** One line of the audit log. `subject` names what it is about (`proposal:…`, `appointment:…`); `detail` holds ids and codes, no contact details. */
export type AuditEntry = { at: Instant; actor: string; action: string; subject: string; detail?: Record<string, unknown> }

export type AuditRow = Required<AuditEntry> & { seq: number; prevHash: string; hash: string }

/** Where each row announces itself when its transaction commits; `watchChanges` listens. */
export const changesChannel = 'desk_changes'

/**
 * Appends one entry within the caller's transaction: what it records and the record commit or fail together.
 * Entries form a chain: each hash covers the one before it. The head row's lock puts writers in line.
 */
export async function appendAudit(trx: Trx, entry: AuditEntry): Promise<AuditRow> {
  const head = await trx.selectFrom('audit_head').selectAll().where('id', '=', 1).forUpdate().executeTakeFirstOrThrow()
  // As the database will give it back (no undefined, no dates), so that the hash can be made again.
  const detail = JSON.parse(JSON.stringify(entry.detail ?? {})) as Record<string, unknown>
  const row = { ...entry, detail, seq: head.seq + 1, prevHash: head.hash }
  const hash = hashRow(row)
  await trx.insertInto('audit').values({ seq: row.seq, at: row.at, actor: row.actor, action: row.action, subject: row.subject, detail: JSON.stringify(row.detail), prev_hash: row.prevHash, hash }).execute()
  await trx.updateTable('audit_head').set({ seq: row.seq, hash }).where('id', '=', 1).execute()
  // A payload may have 8,000 bytes (PostgreSQL manual, NOTIFY); action and subject are ids.
  await sql`select pg_notify(${changesChannel}, ${`${row.action} ${row.subject}`.slice(0, 500)})`.execute(trx)
  // What happens to a client's text changes the card that promised it, too.
  const { proposalId } = row.detail
  if (typeof proposalId === 'string') await sql`select pg_notify(${changesChannel}, ${`${row.action} proposal:${proposalId}`.slice(0, 500)})`.execute(trx)
  return { ...row, hash }
}

export type AuditVerdict = { ok: true; rows: number } | { ok: false; rows: number; seq: number; problem: string }

/** Walks the whole chain and names the first row that was changed, is missing, or was added behind our back. */
export async function verifyAudit(db: Db): Promise<AuditVerdict> {
  return db.transaction().setIsolationLevel('repeatable read').execute(async (trx) => {
    const head = await trx.selectFrom('audit_head').selectAll().where('id', '=', 1).executeTakeFirst()
    let seq = 0
    let prevHash = '0'.repeat(64)
    for (;;) {
      const page = await trx.selectFrom('audit').selectAll().where('seq', '>', seq).orderBy('seq').limit(1_000).execute()
      for (const row of page) {
        const broken = (problem: string): AuditVerdict => ({ ok: false, rows: seq, seq: row.seq, problem })
        if (row.seq !== seq + 1) return { ok: false, rows: seq, seq: seq + 1, problem: 'the row is missing' }
        if (row.prev_hash !== prevHash) return broken('it does not follow from the row before it')
        if (hashRow({ ...row, prevHash: row.prev_hash }) !== row.hash) return broken('its content was changed')
        seq = row.seq
        prevHash = row.hash
      }
      if (page.length < 1_000) break
    }
    if (head === undefined || head.seq !== seq || head.hash !== prevHash) return { ok: false, rows: seq, seq: seq + 1, problem: 'rows at the end are missing or the head was changed' }
    return { ok: true, rows: seq }
  })
}

function hashRow({ seq, at, actor, action, subject, detail, prevHash }: Omit<AuditRow, 'hash'>): string {
  return hashOf({ seq, at, actor, action, subject, detail, prevHash })
}
