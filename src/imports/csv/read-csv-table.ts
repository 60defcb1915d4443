import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CsvError } from 'csv-parse'
import { parse } from 'csv-parse/sync'
import { DeskError } from '../../salon/errors.ts'
import type { RowProblem } from '../import-reading.ts'

/** One row: the file line on which it begins and its trimmed texts by column name ('' when the column is not there). */
export type CsvRow = { line: number; texts: Record<string, string> }

/** A column of a file: its names in headers (compared without case, spaces, dashes and underscores) and whether it must be there. */
export type CsvColumn = { names: string[]; required: boolean }

type Problems = { bad: RowProblem[]; notes: RowProblem[] }

/**
 * Reads one CSV file with a header: UTF-8 or UTF-16 with a mark, any line ends, line breaks inside quotes,
 * and `,` `;` or tab between fields. Answers `undefined` when the file is not there. Rows of another width and whatever
 * follows a broken quotation go to `bad`; columns nobody asked for are named in `notes`.
 * Throws `DeskError('invalid_input')` when it is not text, is empty, or lacks a required column.
 */
export async function readCsvTable({ dir, file, columns, bad, notes }: { dir: string; file: string; columns: Record<string, CsvColumn> } & Problems): Promise<CsvRow[] | undefined> {
  const text = await readText(dir, file)
  if (text === undefined) return undefined
  const records = readRecords({ text, file, bad })
  const [head, ...body] = records
  if (head === undefined) throw refuse(file, 'is empty', 'is empty. It needs at least its header line.')
  const places = findColumns({ file, head: head.fields, columns, notes })
  return body.flatMap(({ line, fields }) => {
    if (fields.length !== head.fields.length) {
      bad.push({ file, line, reason: `has ${fields.length} fields, the header has ${head.fields.length}` })
      return []
    }
    return [{ line, texts: Object.fromEntries(Object.keys(columns).map((name) => [name, fields[places.get(name) ?? -1]?.trim() ?? ''])) }]
  })
}

async function readText(dir: string, file: string): Promise<string | undefined> {
  let bytes: Buffer
  try {
    bytes = await readFile(join(dir, file))
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined
    throw new DeskError('invalid_input', { message: `cannot read ${file}`, userMessage: `"${file}" cannot be read. Is it a file, and may this user open it?`, cause })
  }
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)
  try {
    const text = new TextDecoder(utf16 ? (bytes[0] === 0xff ? 'utf-16le' : 'utf-16be') : 'utf-8', { fatal: true }).decode(bytes)
    if (text.includes('\0')) throw new TypeError('a NUL character')
    // csv-parse counts a CRLF inside quotes as two lines; with one kind of line end its line numbers are the file's.
    return text.replaceAll(/\r\n?/g, '\n')
  } catch (cause) {
    throw new DeskError('invalid_input', {
      message: `${file} is not UTF-8 text`,
      userMessage: `"${file}" line ${firstBadLine(bytes)} is not UTF-8 text. Save it again as "CSV UTF-8".`,
      cause,
    })
  }
}

function firstBadLine(bytes: Buffer): number {
  let line = 1
  for (let start = 0; start < bytes.length; line++) {
    const end = bytes.indexOf(10, start)
    const part = bytes.subarray(start, end < 0 ? bytes.length : end)
    if (!isUtf8(part)) return line
    if (end < 0) return line
    start = end + 1
  }
  return line
}

function isUtf8(bytes: Buffer): boolean {
  return !bytes.includes(0) && Buffer.from(bytes.toString('utf8')).equals(bytes)
}

type CsvRecord = { line: number; fields: string[] }

function readRecords({ text, file, bad }: { text: string; file: string; bad: RowProblem[] }): CsvRecord[] {
  const records: CsvRecord[] = []
  // Excel may begin a file with a line that only names its separator.
  const named = /^sep=(.)\n/i.exec(text)
  const skipped = named === null ? 0 : 1
  const source = named === null ? text : text.slice(named[0].length)
  let lastLine = skipped
  try {
    parse(source, {
      delimiter: named?.[1] ?? separatorOf(source),
      relax_column_count: true,
      skip_empty_lines: true,
      on_record: (fields: string[], { lines }) => {
        lastLine = lines + skipped
        const breaks = fields.reduce((sum, field) => sum + field.split('\n').length - 1, 0)
        if (fields.some((field) => field.trim() !== '')) records.push({ line: lastLine - breaks, fields })
        return null
      },
    })
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    bad.push({ file, line: lastLine + 1, reason: 'cannot be read from here on: a quotation mark is opened and not closed, or stands inside a field (write it twice there)' })
  }
  return records
}

/** The separator that stands most often outside quotation marks in the header. */
function separatorOf(text: string): string {
  const header = (text.trimStart().split('\n', 1)[0] ?? '').replaceAll(/"[^"]*"/g, '')
  const count = (separator: string): number => header.split(separator).length
  return [',', ';', '\t'].toSorted((one, other) => count(other) - count(one))[0] ?? ','
}

function findColumns({ file, head, columns, notes }: { file: string; head: string[]; columns: Record<string, CsvColumn>; notes: RowProblem[] }): Map<string, number> {
  const seen = head.map(plain)
  const places = new Map<string, number>()
  for (const [name, { names }] of Object.entries(columns)) {
    const found = [...seen.keys()].filter((place) => names.map(plain).includes(seen[place] ?? ''))
    if (found.length > 1) throw refuse(file, `has two columns for ${name}`, `has two columns for "${name}": ${found.map((place) => `"${head[place]}"`).join(' and ')}. Remove one.`)
    if (found[0] !== undefined) places.set(name, found[0])
  }
  const missing = Object.entries(columns).filter(([name, { required }]) => required && !places.has(name)).map(([name]) => name)
  if (missing.length > 0) throw refuse(file, `lacks columns ${missing.join(', ')}`, `has no column ${missing.map((name) => `"${name}"`).join(', ')}. Its columns are: ${head.map((name) => `"${name.trim()}"`).join(', ')}. See docs/import.md.`)
  const used = new Set(places.values())
  for (const [place, name] of head.entries()) {
    if (!used.has(place)) notes.push({ file, line: 1, reason: `column "${name.trim()}" is not used` })
  }
  return places
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_-]+/g, '')
}

function refuse(file: string, message: string, words: string): DeskError {
  return new DeskError('invalid_input', { message: `${file} ${message}`, userMessage: `"${file}" ${words}` })
}
