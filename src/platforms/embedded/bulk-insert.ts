import { sql } from 'kysely'
import type { Trx } from '../../store/open-store.ts'
import type { BookTables } from '../../store/tables/book.ts'

// The columns by which a row is known; a row that is there already is overwritten.
const keys: Partial<Record<keyof BookTables, string[]>> = {
  book_clients: ['id'],
  book_appointments: ['id'],
  book_waitlist: ['id'],
  book_notes: ['subject', 'subject_id', 'id'],
  book_contacts: ['kind', 'lookup', 'client_id'],
}

// Keeps one statement's text below a few megabytes.
const rowsAtOnce = 5_000

/** Writes many rows in few statements; all rows have the same columns, named as in the table. An overwritten row gets a new version where it has one. */
export async function bulkInsert({ trx, table, rows }: { trx: Trx; table: keyof BookTables; rows: Record<string, unknown>[] }): Promise<void> {
  const [first] = rows
  if (first === undefined) return
  const columns = Object.keys(first)
  const list = sql.join(columns.map((column) => sql.ref(column)))
  const key = keys[table]
  const updates = columns.filter((column) => key?.includes(column) === false)
    .map((column) => sql`${sql.ref(column)} = ${column === 'version' ? sql`${sql.table(table)}.version + 1` : sql`excluded.${sql.ref(column)}`}`)
  const action = updates.length === 0 ? sql`do nothing` : sql`do update set ${sql.join(updates)}`
  const conflict = key === undefined ? sql`` : sql`on conflict (${sql.join(key.map((column) => sql.ref(column)))}) ${action}`
  for (let start = 0; start < rows.length; start += rowsAtOnce) {
    const json = JSON.stringify(rows.slice(start, start + rowsAtOnce))
    await sql`insert into ${sql.table(table)} (${list}) select ${list} from json_populate_recordset(null::${sql.table(table)}, ${json}::json) ${conflict}`.execute(trx)
  }
}
