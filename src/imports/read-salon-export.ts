import type { Client } from '../salon/salon.ts'
import type { ImportProgress, ImportReading, RowProblem } from './import-reading.ts'
import { makeCatalog } from './salon-export/make-catalog.ts'
import { fileNames, readTables } from './salon-export/read-tables.ts'
import type { Tables } from './salon-export/read-tables.ts'
import { rebuildVisits } from './salon-export/rebuild-visits.ts'

/**
 * Reads the reports that a hair salon's software exports (format `salon-export`, one location in British Columbia) into a book.
 * In: the folder. Out: the book with ids made from the export's own codes, so that reading twice gives the same ids;
 * `bad` rows that could not be read; `notes` on rows that were understood but do not become a visit.
 * Throws `DeskError('invalid_input')` naming the file when one, or a column of one, is missing.
 */
export async function readSalonExport({ dir, progress }: { dir: string; progress?: ImportProgress }): Promise<ImportReading> {
  const bad: RowProblem[] = []
  const notes: RowProblem[] = []
  const { tables: all, rows } = await readTables({ dir, bad, ...(progress && { progress }) })
  const tables = withoutUnknownServices(all, bad)
  noteRowsWithoutClient(tables, notes)
  noteOddRows(tables, notes)
  const lastDay = lastDayOf(tables)
  const catalog = makeCatalog(tables)
  return { book: { catalog, shifts: [], clients: clientsOf(tables), appointments: rebuildVisits({ tables, catalog, lastDay }), waitlist: [] }, bad, notes, rows }
}

function withoutUnknownServices(tables: Tables, bad: RowProblem[]): Tables {
  const known = new Set(tables.services.map((row) => row.Code))
  const check = <R extends { Service: string; line: number }>(file: string, rows: R[]): R[] =>
    rows.filter((row) => {
      if (known.has(row.Service)) return true
      bad.push({ file, line: row.line, reason: `service code "${row.Service}" is not in "${fileNames.services}"` })
      return false
    })
  return {
    ...tables,
    bookings: check(fileNames.bookings, tables.bookings),
    cancellations: check(fileNames.cancellations, tables.cancellations),
    noShows: check(fileNames.noShows, tables.noShows),
  }
}

function noteRowsWithoutClient(tables: Tables, notes: RowProblem[]): void {
  for (const name of ['bookings', 'cancellations', 'noShows'] as const) {
    for (const row of tables[name]) {
      if (!row.Code) notes.push({ file: fileNames[name], line: row.line, reason: 'has no client code (a walk-in or a block): left out' })
    }
  }
}

function noteOddRows({ bookings, cancellations, receipts, services, products }: Tables, notes: RowProblem[]): void {
  for (const row of cancellations) {
    if (row['Cancel Date'] > row['Booking Date']) {
      notes.push({ file: fileNames.cancellations, line: row.line, reason: 'was cancelled after its day: kept as a cancellation that nobody knew of before' })
    }
  }
  const sold = new Set([...services.map((row) => row.Desc), ...products.map((row) => row.Description)])
  const served = new Set(services.map((row) => row.Desc))
  const visits = new Set([...bookings.map((row) => `${row.Date} ${row.Code}`), ...cancellations.map((row) => `${row['Booking Date']} ${row.Code}`)])
  for (const row of receipts) {
    if (!sold.has(row.Description)) notes.push({ file: fileNames.receipts, line: row.line, reason: 'names neither a listed service nor a listed product: counted as money only' })
    else if (served.has(row.Description) && !visits.has(`${row.Date} ${row.Client}`)) {
      notes.push({ file: fileNames.receipts, line: row.line, reason: 'has no booking on that day (a walk-in): not a visit that could have been called' })
    }
  }
}

/** Clients as the export knows them: a code. What they bought is kept with its day, newest first. */
function clientsOf(tables: Tables): Client[] {
  const products = new Set(tables.products.map((row) => row.Description).filter(Boolean))
  const bought = Map.groupBy(
    tables.receipts.filter((row) => products.has(row.Description) && row.Amount > 0 && row.Quantity > 0),
    (row) => row.Client,
  )
  const codes = new Set([
    ...[...tables.bookings, ...tables.cancellations, ...tables.noShows].map((row) => row.Code),
    ...tables.receipts.map((row) => row.Client),
  ])
  return [...codes].filter(Boolean).sort().map((code): Client => ({
    id: code,
    firstName: code,
    lastName: '',
    phones: [],
    consent: { sms: 'unknown', email: 'unknown' },
    tags: [],
    notes: [],
    holdings: (bought.get(code) ?? [])
      .toSorted((a, b) => (a.Date > b.Date ? -1 : a.Date < b.Date ? 1 : a.line - b.line))
      .map((row) => ({ kind: 'product' as const, name: row.Description, bought: row.Date })),
  }))
}

/** The last day of which the export reports something that happened. */
function lastDayOf({ receipts, noShows, cancellations }: Tables): string {
  const days = [...receipts, ...noShows].map((row) => row.Date).concat(cancellations.map((row) => row['Cancel Date']))
  return days.sort().at(-1) ?? '1970-01-01'
}
