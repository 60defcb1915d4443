import { sql } from 'kysely'
import type { AppointmentHistory, Client, WaitlistEntry } from '../../salon/salon.ts'
import type { Store, Trx } from '../../store/open-store.ts'
import { appointmentRow, clientRow, contactRows, eventRows, type LoadRow, waitlistRow } from './book-rows.ts'
import { bulkInsert } from './bulk-insert.ts'
import { occupyLoaded } from './occupy-loaded.ts'
import type { BookCatalog } from './read-catalog.ts'

export type LoadProgress = (progress: { step: 'catalog' | 'clients' | 'appointments' | 'waitlist'; rows: number }) => void

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
