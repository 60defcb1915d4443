import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { DeskError } from '../../salon/errors.ts'
import { toLocalDate } from '../../salon/time.ts'
import { readCsvTable } from '../csv/read-csv-table.ts'
import type { ImportProgress, RowProblem } from '../import-reading.ts'

/** The files of the format; each is named as the salon's software names it. */
export const fileNames = {
  bookings: 'Future Bookings (All Clients)0.csv',
  cancellations: 'Client Cancellations0.csv',
  noShows: 'No-Show Report0.csv',
  receipts: 'Receipt Transactions0.csv',
  services: 'Service Listing0.csv',
  products: 'Product Listing (Retail)0.csv',
} as const

const day = z.string().transform((text, context) => {
  const parts = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text.trim())
  try {
    if (!parts) throw new RangeError('shape')
    return toLocalDate(`${parts[3]}-${parts[1]?.padStart(2, '0')}-${parts[2]?.padStart(2, '0')}`)
  } catch {
    context.addIssue(`"${text}" is not a date like 06/20/2018`)
    return z.NEVER
  }
})
const code = z.string().trim()
const filled = (what: string) => code.min(1, `the ${what} is empty`)
const amount = (what: string) => filled(what).transform(Number).pipe(z.number(`the ${what} is not a number`))

const schemas = {
  bookings: z.object({
    Code: code, Staff: filled('staff code'), Service: filled('service code'), Date: day,
    TimeInt: amount('time').pipe(z.int('the time is not a whole minute').min(0, 'the time is before midnight').max(1439, 'the time is past midnight')),
  }),
  cancellations: z.object({ 'Cancel Date': day, Code: code, Service: filled('service code'), Staff: filled('staff code'), 'Booking Date': day }),
  noShows: z.object({ Date: day, Code: code, Service: filled('service code'), Staff: filled('staff code') }),
  receipts: z.object({ Receipt: filled('receipt number'), Date: day, Description: code, Client: code, Staff: code, Quantity: amount('quantity'), Amount: amount('amount') }),
  services: z.object({ IsActive: code, Code: filled('service code'), Desc: code, Cate: code, Price: amount('price') }),
  products: z.object({ Code: filled('product code'), Description: code }),
}

type Name = keyof typeof schemas
type Line<T> = T & { line: number }
export type Tables = { [N in Name]: Line<z.output<(typeof schemas)[N]>>[] }

/**
 * Reads the six files of a salon export. Rows that cannot be read are put into `bad`, never dropped silently.
 * Throws `DeskError('invalid_input')` when a file or one of its columns is missing.
 */
export async function readTables({ dir, bad, progress }: { dir: string; bad: RowProblem[]; progress?: ImportProgress }): Promise<{ tables: Tables; rows: number }> {
  const names = Object.keys(fileNames) as Name[]
  await Promise.all(names.map((name) => mustExist(dir, fileNames[name])))
  const tables: Record<string, unknown> = {}
  let rows = 0
  for (const name of names) {
    const file = fileNames[name]
    const unreadable = bad.length
    const read = await readRows({ dir, file, schema: schemas[name], bad })
    tables[name] = read
    const count = read.length + bad.length - unreadable
    rows += count
    progress?.({ file, rows: count })
  }
  return { tables: tables as Tables, rows }
}

async function readRows<S extends z.ZodObject>({ dir, file, schema, bad }: { dir: string; file: string; schema: S; bad: RowProblem[] }): Promise<Line<z.output<S>>[]> {
  const columns = Object.fromEntries(Object.keys(schema.shape).map((name) => [name, { names: [name], required: true }]))
  // The exports have columns that we do not need; a note on each would only be noise.
  const rows = (await readCsvTable({ dir, file, columns, bad, notes: [] })) ?? []
  return rows.flatMap(({ line, texts }) => {
    const parsed = schema.safeParse(texts)
    if (parsed.success) return [{ ...parsed.data, line }]
    bad.push({ file, line, reason: parsed.error.issues.map((issue) => issue.message).join('; ') })
    return []
  })
}

async function mustExist(dir: string, file: string): Promise<void> {
  try {
    await access(join(dir, file))
  } catch (cause) {
    throw new DeskError('invalid_input', { message: `missing export file ${file}`, userMessage: `There is no "${file}" in the folder. A salon export has: ${Object.values(fileNames).join(', ')}.`, cause })
  }
}
