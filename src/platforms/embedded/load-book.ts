import { sql } from 'kysely'
import type { BookData } from '../../salon/book-data.ts'
import { DeskError } from '../../salon/errors.ts'
import type { AppointmentHistory, Client, WaitlistEntry } from '../../salon/salon.ts'
import type { Store, Trx } from '../../store/open-store.ts'
import { appointmentRow, clientRow, contactRows, eventRows, type LoadRow, waitlistRow } from './book-rows.ts'
import { bulkInsert } from './bulk-insert.ts'
import { checkBook } from './check-book.ts'
import { type BookCatalog, readCatalog } from './read-catalog.ts'
import { occupyLoaded } from './occupy-loaded.ts'

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

export type LoadProgress = (progress: { step: 'catalog' | 'clients' | 'appointments' | 'waitlist'; rows: number }) => void

/**
 * Loads a whole book in one transaction: all of it or nothing. The same data again changes nothing.
 * A demo salon gives way to a real one (unless `replaceDemo` is false); a real one never gives way.
 * Throws `DeskError`: `conflict` when another salon's book is here, `invalid_input` when the data contradicts itself.
 */
export async function loadBook({ store, book, replaceDemo = true, onProgress }: { store: Store; book: BookData; replaceDemo?: boolean; onProgress?: LoadProgress }): Promise<LoadResult> {
  checkBook(book)
  return store.transaction(async (trx) => {
    // One load at a time; everybody may go on reading.
    await sql`lock table book_business in share row exclusive mode`.execute(trx)
    const replacedDemo = await makeRoom({ trx, book, replaceDemo })
    const catalog = await saveCatalog(trx, book)
    onProgress?.({ step: 'catalog', rows: book.catalog.services.length })
    const { clients, appointments, waitlist } = await saveRows({ trx, store, catalog, book, ...(onProgress && { onProgress }) })
    const parts = [clients, appointments, waitlist]
    return {
      added: { clients: clients.added, appointments: appointments.added, waitlist: waitlist.added },
      changed: { clients: clients.changed, appointments: appointments.changed, waitlist: waitlist.changed },
      unchanged: parts.reduce((sum, part) => sum + part.unchanged, 0),
      kept: parts.reduce((sum, part) => sum + part.kept, 0),
      overbooked: appointments.overbooked,
      replacedDemo,
    }
  })
}

/** Empties the book, if it is the demo salon's; answers whether it was. */
async function removeDemo(trx: Trx): Promise<boolean> {
  const demo = await trx.selectFrom('book_business').select('demo').where('demo', '=', true).executeTakeFirst()
  if (demo === undefined) return false
  await sql`truncate book_business, book_locations, book_services, book_staff, book_shifts, book_clients, book_contacts, book_notes, book_appointments, book_events, book_occupied, book_waitlist, book_journal`.execute(trx)
  return true
}

/** Adds to a book that is there: the clients, the appointments and the waitlist, each as `loadBook` does. */
export async function saveRows({ trx, store, catalog, book, onProgress }: { trx: Trx; store: Store; catalog: BookCatalog; book: { clients: Client[]; appointments: AppointmentHistory[]; waitlist: WaitlistEntry[] }; onProgress?: LoadProgress }): Promise<{ clients: Sorted; appointments: Sorted & { overbooked: number }; waitlist: Sorted }> {
  const clients = await saveClients({ trx, store, catalog, clients: book.clients })
  onProgress?.({ step: 'clients', rows: book.clients.length })
  const appointments = await saveAppointments({ trx, catalog, histories: book.appointments })
  onProgress?.({ step: 'appointments', rows: book.appointments.length })
  const waitlist = await sortOut({ trx, table: 'book_waitlist', rows: book.waitlist.map(waitlistRow) })
  await bulkInsert({ trx, table: 'book_waitlist', rows: waitlist.fresh })
  onProgress?.({ step: 'waitlist', rows: book.waitlist.length })
  return { clients, appointments, waitlist }
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

async function saveCatalog(trx: Trx, { catalog, shifts }: BookData): Promise<BookCatalog> {
  const { business } = catalog
  await trx.insertInto('book_business').values({ only_one: true, ...business }).onConflict((conflict) => conflict.column('only_one').doUpdateSet(business)).execute()
  for (const [table, items] of [['book_locations', catalog.locations], ['book_services', catalog.services], ['book_staff', catalog.staff]] as const) {
    const rows = items.map((item, position) => ({ id: item.id, position, data: item }))
    await sql`insert into ${sql.table(table)} (id, position, data) select id, position, data from json_to_recordset(${JSON.stringify(rows)}::json) as r(id text, position int, data jsonb)
      on conflict (id) do update set position = excluded.position, data = excluded.data`.execute(trx)
  }
  await trx.deleteFrom('book_shifts').execute()
  await bulkInsert({ trx, table: 'book_shifts', rows: shifts.map((data, position) => ({ position, data })) })
  const saved = await readCatalog(trx)
  if (saved === undefined) throw new DeskError('internal', { message: 'the catalog was not saved' })
  return saved
}

async function saveClients({ trx, store, catalog, clients }: { trx: Trx; store: Store; catalog: BookCatalog; clients: Client[] }): Promise<Sorted> {
  const byId = new Map(clients.map((client) => [client.id, client]))
  const sorted = await sortOut({ trx, table: 'book_clients', rows: clients.map((client) => clientRow({ client, seal: store.seal })) })
  const fresh = sorted.fresh.flatMap(({ id }) => byId.get(id) ?? [])
  await bulkInsert({ trx, table: 'book_clients', rows: sorted.fresh })
  await trx.deleteFrom('book_contacts').where('client_id', '=', sql<string>`any(${sorted.replaced})`).execute()
  await bulkInsert({ trx, table: 'book_contacts', rows: fresh.flatMap((client) => contactRows({ client, seal: store.seal, locations: catalog.locations })) })
  await saveNotes({ trx, subject: 'client', of: fresh })
  return sorted
}

async function saveAppointments({ trx, catalog, histories }: { trx: Trx; catalog: BookCatalog; histories: AppointmentHistory[] }): Promise<Sorted & { overbooked: number }> {
  const byId = new Map(histories.map((history) => [history.appointment.id, history]))
  const sorted = await sortOut({ trx, table: 'book_appointments', rows: histories.map((history) => appointmentRow({ history, overbooked: false })) })
  const fresh = sorted.fresh.flatMap(({ id }) => byId.get(id) ?? [])
  const replaced = sql<string>`any(${sorted.replaced})`
  await trx.deleteFrom('book_events').where('appointment_id', '=', replaced).execute()
  await trx.deleteFrom('book_occupied').where('appointment_id', '=', replaced).execute()
  const { overbooked, chairs } = await occupyLoaded({ trx, catalog, appointments: fresh.map(({ appointment }) => appointment) })
  await bulkInsert({ trx, table: 'book_appointments', rows: sorted.fresh.map((row) => ({ ...row, overbooked: overbooked.has(row.id) })) })
  await bulkInsert({ trx, table: 'book_events', rows: fresh.flatMap(eventRows) })
  await bulkInsert({ trx, table: 'book_occupied', rows: chairs })
  await saveNotes({ trx, subject: 'appointment', of: fresh.map(({ appointment }) => appointment) })
  return { ...sorted, overbooked: overbooked.size }
}

async function saveNotes({ trx, subject, of }: { trx: Trx; subject: 'client' | 'appointment'; of: Pick<Client, 'id' | 'notes'>[] }): Promise<void> {
  await bulkInsert({ trx, table: 'book_notes', rows: of.flatMap(({ id, notes }) => notes.map((note) => ({ subject, subject_id: id, ...note }))) })
}

type Sorted = { added: number; changed: number; unchanged: number; kept: number; fresh: LoadRow[]; replaced: string[] }

/** Finds out which rows are new or came in a later version. */
async function sortOut({ trx, table, rows }: { trx: Trx; table: 'book_clients' | 'book_appointments' | 'book_waitlist'; rows: LoadRow[] }): Promise<Sorted> {
  const here = await trx.selectFrom(table).select(['id', 'source_hash', 'changed_here']).where('id', '=', sql<string>`any(${rows.map((row) => row.id)})`).execute()
  const byId = new Map(here.map((row) => [row.id, row]))
  const sorted: Sorted = { added: 0, changed: 0, unchanged: 0, kept: 0, fresh: [], replaced: [] }
  for (const row of rows) {
    const old = byId.get(row.id)
    if (old !== undefined && old.source_hash === row.source_hash) sorted.unchanged++
    else if (old?.changed_here === true) sorted.kept++
    else {
      sorted.fresh.push(row)
      if (old === undefined) sorted.added++
      else {
        sorted.changed++
        sorted.replaced.push(row.id)
      }
    }
  }
  return sorted
}
