import type { RowProblem } from '../import-reading.ts'

/** The ids of one file: which exist, on which line, and which rows could not be read. */
export type Index<T> = { file: string; byId: Map<string, { value: T; line: number }>; broken: Set<string> }

/** Makes things of rows by id. A second row with the same id goes to `bad`; so does a row for which `make` answers `undefined` after it said why itself. */
export function indexRows<R extends { id: string; line: number }, T>({ table, bad, make }: { table: { file: string; rows: R[]; broken: Set<string> }; bad: RowProblem[]; make: (row: R) => T | undefined }): Index<T> {
  const index: Index<T> = { file: table.file, byId: new Map(), broken: new Set(table.broken) }
  for (const row of table.rows) {
    const first = index.byId.get(row.id)
    if (first !== undefined) {
      bad.push({ file: table.file, line: row.line, reason: `id "${row.id}" is already on line ${first.line}` })
      continue
    }
    const value = make(row)
    if (value === undefined) index.broken.add(row.id)
    else index.byId.set(row.id, { value, line: row.line })
  }
  return index
}

/** Looks up what rows refer to and collects, in words, what is not there. One for each row. */
export function referenceFinder() {
  const missing: string[] = []
  const find = <T>(index: Index<T>, what: string, id: string): T | undefined => {
    const found = index.byId.get(id)?.value
    if (found === undefined) missing.push(index.broken.has(id) ? `${what} '${id}' is in ${index.file} but could not be read there` : `${what} '${id}' is not in ${index.file}`)
    return found
  }
  return { missing, find }
}

export function valuesOf<T>({ byId }: Index<T>): T[] {
  return [...byId.values()].map(({ value }) => value)
}
