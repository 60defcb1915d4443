import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { businessColumns, columnsOf } from '../../../src/imports/csv/tables.ts'
import { readCsv } from '../../../src/imports/read-csv.ts'
import { csvFolder } from './csv-folder.ts'

const page = readFileSync(join(import.meta.dirname, '../../../docs/import.md'), 'utf8')
const tables = { business: businessColumns, ...columnsOf('ymd') }

it('the examples of docs/import.md are a sound salon with every file and every column', async () => {
  const examples = Object.fromEntries([...page.matchAll(/```csv (\S+)\n([^`]*)```/g)].map(([, file, content]) => [String(file), String(content)]))
  expect(Object.keys(examples).toSorted()).toEqual(Object.keys(tables).map((name) => `${name}.csv`).toSorted())
  const { bad, notes, book } = await readCsv({ dir: csvFolder(examples) })
  expect({ bad, notes }).toEqual({ bad: [], notes: [] })
  expect(book.appointments.map(({ appointment }) => appointment.id)).toEqual(['A1', 'A2', 'A3'])
})

it.each(Object.entries(tables))('docs/import.md says of %s which columns there are, which are needed and what else they are called', (name, columns) => {
  const section = page.split(`\n## ${name}.csv\n`)[1]?.split('\n## ')[0] ?? ''
  const documented = [...section.matchAll(/^\| `(\w+)` \|([^|]*)\|([^|]*)\|/gm)].map(([, column, needed, aliases]) => ({
    column, required: String(needed).trim().startsWith('yes'), aliases: [...String(aliases).matchAll(/`(\w+)`/g)].map(([, alias]) => alias),
  }))
  expect(documented).toEqual(Object.entries(columns).map(([column, { required, aliases }]) => ({ column, required, aliases })))
})
