import { parsePhoneNumberFromString } from 'libphonenumber-js'
import { money } from '../../salon/money.ts'
import type { Client, Holding } from '../../salon/salon.ts'
import type { RowProblem } from '../import-reading.ts'
import type { CatalogIndex } from './make-catalog.ts'
import { indexRows, referenceFinder, valuesOf } from './references.ts'
import type { Index } from './references.ts'
import type { Columns, Row, Table } from './tables.ts'
import { instantOf } from './values.ts'

/** Clients by id with what they hold. A phone number that is none makes the row bad; the words do not repeat it. */
export function makeClients({ clients, holdings, catalog, bad }: { clients: Table<Columns['clients']>; holdings: Table<Columns['holdings']>; catalog: CatalogIndex; bad: RowProblem[] }): Index<Client> {
  const zone = valuesOf(catalog.locations)[0]?.zone ?? 'UTC'
  const index = indexRows({
    table: clients, bad,
    make: (row): Client | undefined => {
      const phones = row.phone.map((phone) => parsePhoneNumberFromString(phone, catalog.country)).map((parsed) => (parsed?.isPossible() === true ? parsed.number : undefined))
      if (phones.includes(undefined)) {
        bad.push({ file: clients.file, line: row.line, reason: `phone: is not a number of ${catalog.country}; write it with its country code, like +1 503 555 0123` })
        return undefined
      }
      const createdAt = row.created_at && instantOf(row.created_at, zone, '12:00')
      return {
        id: row.id, firstName: row.first_name, lastName: row.last_name, phones: phones.filter((phone) => phone !== undefined),
        consent: { sms: row.sms_consent, email: row.email_consent }, tags: row.tags,
        notes: row.notes === '' ? [] : [{ id: `${row.id}-note`, at: createdAt ?? '1970-01-01T00:00:00.000Z', by: 'import', text: row.notes }],
        holdings: [],
        ...(row.email && { email: row.email }), ...(row.language && { language: row.language }), ...(row.birthday && { birthday: row.birthday }), ...(createdAt && { createdAt }),
      }
    },
  })
  for (const row of holdings.rows) {
    const { missing, find } = referenceFinder()
    const client = find(index, 'client', row.client)
    const holding = makeHolding(row, catalog.currency, missing)
    if (missing.length > 0) bad.push({ file: holdings.file, line: row.line, reason: missing.join('; ') })
    else if (client && holding) client.holdings.push(holding)
  }
  return index
}

function makeHolding(row: Row<Columns['holdings']>, currency: string, missing: string[]): Holding | undefined {
  const need = <T>(value: T | undefined, column: string): T | undefined => {
    if (value === undefined) missing.push(`${column} is empty, and a ${row.kind.replace('_', ' ')} needs it`)
    return value
  }
  const until = row.expires === undefined ? {} : { expires: row.expires }
  switch (row.kind) {
    case 'package': {
      const [name, remaining] = [need(row.name, 'name'), need(row.remaining, 'remaining')]
      return name !== undefined && remaining !== undefined ? { kind: 'package', name, remaining, ...until } : undefined
    }
    case 'credit':
    case 'balance': {
      const amount = need(row.amount, 'amount')
      if (amount === undefined) return undefined
      return row.kind === 'credit' ? { kind: 'credit', amount: money(amount, currency), ...until } : { kind: 'balance', amount: money(amount, currency) }
    }
    case 'membership': {
      const name = need(row.name, 'name')
      return name === undefined ? undefined : { kind: 'membership', name, ...(row.date && { since: row.date }) }
    }
    case 'product': {
      const [name, bought] = [need(row.name, 'name'), need(row.date, 'date')]
      return name !== undefined && bought !== undefined ? { kind: 'product', name, bought } : undefined
    }
    case 'patch_test': {
      const done = need(row.date, 'date')
      return done === undefined ? undefined : { kind: 'patch_test', done }
    }
    default:
      return undefined
  }
}
