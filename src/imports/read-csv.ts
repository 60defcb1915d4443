import { DeskError } from '../salon/errors.ts'
import type { Client, WaitlistEntry } from '../salon/salon.ts'
import { makeAppointments } from './csv/make-appointments.ts'
import { makeCatalog, makeShifts } from './csv/make-catalog.ts'
import type { CatalogIndex } from './csv/make-catalog.ts'
import { makeClients } from './csv/make-clients.ts'
import { referenceFinder, valuesOf } from './csv/references.ts'
import type { Index } from './csv/references.ts'
import { businessColumns, columnsOf, readTable } from './csv/tables.ts'
import type { Columns, Table } from './csv/tables.ts'
import { instantOf } from './csv/values.ts'
import { withoutOverlaps } from './csv/without-overlaps.ts'
import type { ImportProgress, ImportReading, RowProblem } from './import-reading.ts'

const fileOrder = ['business', 'locations', 'services', 'staff', 'shifts', 'clients', 'holdings', 'appointments', 'events', 'waitlist'] as const
const required = ['locations', 'staff', 'services', 'clients', 'appointments'] as const

/**
 * Reads the general CSV format (docs/import.md) from a folder into a book. Ids are the files' own, so that reading twice gives the same.
 * Every row that does not fit is in `bad` with file, line and reason and is not in the book; what was understood with a doubt is in `notes`.
 * Throws `DeskError('invalid_input')` when the folder or a required file or column is missing, or a file is not text.
 */
export async function readCsv({ dir, progress }: { dir: string; progress?: ImportProgress }): Promise<ImportReading> {
  const bad: RowProblem[] = []
  const notes: RowProblem[] = []
  const common = { dir, bad, notes, ...(progress && { progress }) }
  const business = await readTable({ ...common, file: 'business.csv', columns: businessColumns })
  const columns = columnsOf(business.rows[0]?.date_order ?? 'ymd')
  const read = async <N extends keyof Columns>(name: N): Promise<Table<Columns[N]>> => await readTable({ ...common, file: `${name}.csv`, columns: columns[name] })
  // One after the other, so that problems come in the order of the files.
  const locations = await read('locations')
  const services = await read('services')
  const staff = await read('staff')
  const shifts = await read('shifts')
  const clientTable = await read('clients')
  const holdings = await read('holdings')
  const appointments = await read('appointments')
  const events = await read('events')
  const waitlist = await read('waitlist')
  const tables = { locations, services, staff, shifts, clients: clientTable, holdings, appointments, events, waitlist }
  mustBeThere(required.filter((name) => !tables[name].there))

  const catalog = makeCatalog({ locations, services, staff, bad })
  const clients = makeClients({ clients: clientTable, holdings, catalog, bad })
  const visits = makeAppointments({ appointments, events, catalog, clients, bad, notes })
  const { id, name } = business.rows[0] ?? { id: 'business', name: locations.rows[0]?.name ?? '' }
  for (const { line } of business.rows.slice(1)) bad.push({ file: business.file, line, reason: 'there is more than one business: one book is for one' })
  return {
    book: {
      catalog: { business: { id, name, demo: false }, locations: valuesOf(catalog.locations), staff: valuesOf(catalog.staff), services: valuesOf(catalog.services) },
      shifts: makeShifts({ shifts, catalog, bad }),
      clients: valuesOf(clients),
      appointments: withoutOverlaps({ visits, file: appointments.file, services: catalog.services, staff: catalog.staff, bad }).map(({ history }) => history),
      waitlist: makeWaitlist({ waitlist, catalog, clients, bad }),
    },
    bad: inOrder(bad),
    notes,
    rows: business.read + Object.values(tables).reduce((sum, table) => sum + table.read, 0),
  }
}

/** By file, in the order in which the files are read, then by line. */
function inOrder(problems: RowProblem[]): RowProblem[] {
  return fileOrder.flatMap((name) => problems.filter(({ file }) => file === `${name}.csv`).toSorted((one, other) => one.line - other.line))
}

function mustBeThere(missing: string[]): void {
  if (missing.length === 0) return
  const names = missing.map((name) => `"${name}.csv"`).join(', ')
  throw new DeskError('invalid_input', { message: `import folder lacks ${names}`, userMessage: `There is no ${names} in the folder. docs/import.md says what each file holds.` })
}

/** Entries by id; further rows with the same id are further times wanted. */
function makeWaitlist({ waitlist, catalog, clients, bad }: { waitlist: Table<Columns['waitlist']>; catalog: CatalogIndex; clients: Index<Client>; bad: RowProblem[] }): WaitlistEntry[] {
  const entries = new Map<string, WaitlistEntry>()
  for (const row of waitlist.rows) {
    const { missing, find } = referenceFinder()
    const only = valuesOf(catalog.locations)
    const location = row.location === undefined && only.length === 1 ? only[0] : find(catalog.locations, 'location', row.location ?? '')
    find(clients, 'client', row.client)
    find(catalog.services, 'service', row.service)
    if (row.staff !== undefined) find(catalog.staff, 'staff member', row.staff)
    if ((row.from === undefined) !== (row.to === undefined)) missing.push('from and to go together: one is empty')
    const zone = location?.zone ?? 'UTC'
    const wanted = row.from && row.to ? [{ from: instantOf(row.from, zone, '00:00'), to: instantOf(row.to, zone, '23:59') }] : []
    if (wanted.some(({ from, to }) => from >= to)) missing.push('to is not after from')
    const first = entries.get(row.id)
    if (first && (first.clientId !== row.client || first.serviceId !== row.service)) missing.push(`id "${row.id}" is already used for another client or service`)
    if (missing.length > 0 || location === undefined) bad.push({ file: waitlist.file, line: row.line, reason: missing.join('; ') })
    else if (first) first.wanted.push(...wanted)
    else entries.set(row.id, { id: row.id, locationId: location.id, clientId: row.client, serviceId: row.service, ...(row.staff && { staffId: row.staff }), wanted, createdAt: instantOf(row.created_at, zone, '12:00'), status: row.status })
  }
  return [...entries.values()]
}
