import { sql } from 'kysely'
import type { Client } from '../../salon/salon.ts'
import type { Instant } from '../../salon/time.ts'
import type { Store, Trx } from '../../store/open-store.ts'
import { clientRow, contactRows } from '../embedded/book-rows.ts'
import { bulkInsert } from '../embedded/bulk-insert.ts'
import type { BookCatalog } from '../embedded/read-catalog.ts'
import { recordChange } from '../embedded/write.ts'

/**
 * Puts clients as the platform tells them into the copy. What is the same is left alone; with `quiet` (a first reading)
 * nothing is told to the feed; with `onlyUnknown` whoever is known stays as they are. Answers how many were new or different.
 */
export async function applyClients({ trx, store, catalog, clients, now, quiet, key = null, by, onlyUnknown = false }: { trx: Trx; store: Store; catalog: BookCatalog; clients: Client[]; now: Instant; quiet: boolean; key?: string | null; by?: string | undefined; onlyUnknown?: boolean }): Promise<number> {
  const byId = new Map(clients.map((client) => [client.id, client]))
  const rows = [...byId.values()].map((client) => clientRow({ client, seal: store.seal }))
  const here = new Map((await trx.selectFrom('book_clients').select(['id', 'source_hash']).where('id', '=', sql<string>`any(${rows.map(({ id }) => id)})`).execute()).map((row) => [row.id, row.source_hash]))
  // Somebody whom only a visit named has no hash: a stand-in.
  const different = rows.filter((row) => (onlyUnknown ? (here.get(row.id) ?? null) === null : here.get(row.id) !== row.source_hash)).sort((a, b) => (a.id < b.id ? -1 : 1))
  if (different.length === 0) return 0
  const ids = different.map(({ id }) => id)
  const fresh = ids.flatMap((id) => byId.get(id) ?? [])
  await bulkInsert({ trx, table: 'book_clients', rows: different })
  await trx.deleteFrom('book_contacts').where('client_id', '=', sql<string>`any(${ids})`).execute()
  await bulkInsert({ trx, table: 'book_contacts', rows: fresh.flatMap((client) => contactRows({ client, seal: store.seal, locations: catalog.locations })) })
  await replaceNotes(trx, { subject: 'client', of: fresh })
  if (!quiet) for (const id of ids) await recordChange({ trx, now, key, by }, { kind: 'client', id })
  return different.length
}

/** The notes of these, as the platform has them now. */
export async function replaceNotes(trx: Trx, { subject, of }: { subject: 'client' | 'appointment'; of: Pick<Client, 'id' | 'notes'>[] }): Promise<void> {
  await trx.deleteFrom('book_notes').where('subject', '=', subject).where('subject_id', '=', sql<string>`any(${of.map(({ id }) => id)})`).execute()
  await bulkInsert({ trx, table: 'book_notes', rows: of.flatMap(({ id, notes }) => notes.map((note) => ({ subject, subject_id: id, ...note }))) })
}
