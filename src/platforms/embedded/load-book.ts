import { sql } from 'kysely'
import type { BookData } from '../../salon/book-data.ts'
import { DeskError } from '../../salon/errors.ts'
import type { Instant } from '../../salon/time.ts'
import { appendAudit } from '../../store/audit.ts'
import type { Store, Trx } from '../../store/open-store.ts'
import { checkBook } from './check-book.ts'
import { putCatalog } from './put-catalog.ts'
import { type BookCatalog, readCatalog } from './read-catalog.ts'
import { type LoadProgress, saveRows } from './save-rows.ts'

/** Rows by kind; `changed` came in a later version, `kept` too but was changed here meanwhile and stays as it is. */
export type LoadResult = {
  added: { clients: number; appointments: number; waitlist: number }
  changed: { clients: number; appointments: number; waitlist: number }
  unchanged: number
  kept: number
  /** Appointments that lie (partly) on top of another of the same staff member: real books have them. */
  overbooked: number
  replacedDemo: boolean
}

/**
 * Loads a whole book in one transaction: all of it or nothing. The same data again changes nothing.
 * A demo salon gives way to a real one (unless `replaceDemo` is false); a real one never gives way.
 * Throws `DeskError`: `conflict` when another salon's book is here, `invalid_input` when the data contradicts itself.
 */
export async function loadBook({ store, book, now, by = 'desk', replaceDemo = true, onProgress }: { store: Store; book: BookData; now: Instant; by?: string; replaceDemo?: boolean; onProgress?: LoadProgress }): Promise<LoadResult> {
  checkBook(book)
  return store.transaction(async (trx) => {
    // One load at a time; everybody may go on reading.
    await sql`lock table book_business in share row exclusive mode`.execute(trx)
    const replacedDemo = await makeRoom({ trx, book, replaceDemo })
    const catalog = await saveCatalog({ trx, book, now })
    onProgress?.({ step: 'catalog', rows: book.catalog.services.length })
    const { clients, appointments, waitlist } = await saveRows({ trx, store, catalog, book, ...(onProgress && { onProgress }) })
    // So that the first reading already has the right plan; nobody waits for autovacuum's round.
    await sql`analyze book_clients, book_contacts, book_appointments, book_events, book_occupied`.execute(trx)
    const parts = [clients, appointments, waitlist]
    const result: LoadResult = {
      added: { clients: clients.added, appointments: appointments.added, waitlist: waitlist.added },
      changed: { clients: clients.changed, appointments: appointments.changed, waitlist: waitlist.changed },
      unchanged: parts.reduce((sum, part) => sum + part.unchanged, 0),
      kept: parts.reduce((sum, part) => sum + part.kept, 0),
      overbooked: appointments.overbooked,
      replacedDemo,
    }
    await appendAudit(trx, { at: now, actor: by, action: 'book.loaded', subject: `business:${book.catalog.business.id}`, detail: result })
    return result
  })
}

/** Empties the book, if it is the demo salon's; answers whether it was. */
async function removeDemo(trx: Trx): Promise<boolean> {
  const demo = await trx.selectFrom('book_business').select('demo').where('demo', '=', true).executeTakeFirst()
  if (demo === undefined) return false
  await emptyBook(trx)
  return true
}

/** Empties the book, whoever's it is: another one takes its place. The feed goes on counting. */
export async function removeBook({ store, now, by }: { store: Store; now: Instant; by: string }): Promise<void> {
  await store.transaction(async (trx) => {
    await emptyBook(trx)
    await appendAudit(trx, { at: now, actor: by, action: 'book.removed', subject: 'book', detail: {} })
  })
}

async function emptyBook(trx: Trx): Promise<void> {
  await sql`truncate book_business, book_locations, book_services, book_staff, book_shifts, book_clients, book_contacts, book_notes, book_appointments, book_events, book_occupied, book_waitlist, book_journal`.execute(trx)
}

async function makeRoom({ trx, book, replaceDemo }: { trx: Trx; book: BookData; replaceDemo: boolean }): Promise<boolean> {
  const here = await trx.selectFrom('book_business').selectAll().executeTakeFirst()
  const { business } = book.catalog
  if (here === undefined || here.id === business.id) return false
  if (replaceDemo && !business.demo && await removeDemo(trx)) return true
  throw new DeskError('conflict', {
    message: 'another business is in the book',
    userMessage: `This desk already holds the book of ${here.name}${here.demo ? ' (the demo salon)' : ''}. One desk serves one salon: use another data folder or database for ${business.name}.`,
  })
}

async function saveCatalog({ trx, book: { catalog, shifts }, now }: { trx: Trx; book: BookData; now: Instant }): Promise<BookCatalog> {
  await putCatalog(trx, { catalog, shifts, now })
  const saved = await readCatalog(trx)
  if (saved === undefined) throw new DeskError('internal', { message: 'the catalog was not saved' })
  return saved
}

