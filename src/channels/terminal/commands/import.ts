import { resolve } from 'node:path'
import { readCsv } from '../../../imports/read-csv.ts'
import type { ImportProgress, RowProblem } from '../../../imports/import-reading.ts'
import { readSalonExport } from '../../../imports/read-salon-export.ts'
import type { Terminal } from '../terminal.ts'
import type { BookData } from '../../../salon/book-data.ts'
import { withDesk } from '../with-desk.ts'

const readers = { 'salon-export': readSalonExport, csv: readCsv }
const shownProblems = 20

/** `desk import`: all or nothing, unless bad rows may be skipped. Exit code 1 when nothing was imported. */
export async function importBook({ terminal, dir, options }: { terminal: Terminal; dir: string; options: { format: keyof typeof readers; name?: string; skipBad?: boolean; json?: boolean } }): Promise<number> {
  return withDesk({ terminal, needsBook: false }, async (desk) => {
    const progress: ImportProgress = ({ file, rows }) => { if (terminal.interactive) terminal.err(`  ${file}: ${rows} rows`) }
    const reading = await readers[options.format]({ dir: resolve(dir), progress })
    const { bad, notes, rows } = reading
    const book = options.name === undefined ? reading.book : withName(reading.book, options.name)
    const blocked = bad.length > 0 && options.skipBad !== true
    if (!blocked) terminal.err(`Read ${rows} rows; saving ${book.appointments.length} appointments of ${book.clients.length} clients …`)
    const loaded = blocked ? undefined : await desk.load(book, `terminal:${terminal.user}`)

    if (options.json === true) {
      terminal.out(JSON.stringify({ imported: !blocked, rows, bad, notes, ...loaded }, null, 2))
      return blocked ? 1 : 0
    }
    say(terminal, notes, 'Noted, and handled')
    say(terminal, bad, blocked ? 'Cannot be read' : 'Left out')
    if (loaded === undefined) {
      terminal.out(`Nothing was imported: ${bad.length} of ${rows} rows cannot be read. Mend them, or leave them out with --skip-bad.`)
      return 1
    }
    const { added, changed, unchanged, kept, overbooked } = loaded
    const news = [...Object.values(added), ...Object.values(changed)].some((count) => count > 0)
    terminal.out(news ? `Imported ${added.appointments} new appointments and ${added.clients} new clients into ${book.catalog.business.name}.` : 'Everything was there already; nothing changed.')
    if (changed.appointments + changed.clients > 0) terminal.out(`${changed.appointments} appointments and ${changed.clients} clients came in a newer version.`)
    if (kept > 0) terminal.out(`${kept} records were changed here since the last import and stay as they are.`)
    if (news && unchanged > 0) terminal.out(`${unchanged} records were there already and did not change.`)
    if (overbooked > 0) terminal.out(`${overbooked} appointments overlap another one of the same staff member; they were taken as they are.`)
    return 0
  })
}

/** Some exports do not say whose they are; the salon's name is spoken in every call script. */
function withName(book: BookData, name: string): BookData {
  return { ...book, catalog: { ...book.catalog, business: { ...book.catalog.business, name: name.trim() } } }
}

function say(terminal: Terminal, problems: RowProblem[], what: string): void {
  if (problems.length === 0) return
  terminal.out(`${what} (${problems.length}):`)
  for (const { file, line, reason } of problems.slice(0, shownProblems)) terminal.out(`  ${file} line ${line}: ${reason}`)
  if (problems.length > shownProblems) terminal.out(`  … and ${problems.length - shownProblems} more; --json lists all.`)
}
