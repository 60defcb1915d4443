import { type Selectable, sql } from 'kysely'
import { failed, ok, type Outcome } from '../booking-platform.ts'
import type { Client, Holding, Location } from '../../salon/salon.ts'
import { type Instant, localDate } from '../../salon/time.ts'
import type { Db, Store } from '../../store/open-store.ts'
import type { Tables } from '../../store/tables.ts'
import { readNotes } from './appointment-rows.ts'
import { homeCountry, toE164, toEmailKey, toNameKey } from './contact.ts'

type ClientRow = Selectable<Tables['book_clients']>

/** How contact details are kept, sealed, in one column. */
type SealedContact = { phones: string[]; email?: string | undefined }

// Enough to rank from; a name part that fits more people than this finds nobody in particular.
const candidates = 500

/** Clients in the order of `ids`; unknown ids are left out. */
export async function readClients({ store, ids, now }: { store: Store; ids: string[]; now: Instant }): Promise<Outcome<Client[]>> {
  const rows = await store.db.selectFrom('book_clients').selectAll().where('id', '=', sql<string>`any(${ids})`).execute()
  const byId = new Map((await toClients({ store, rows, now })).map((client) => [client.id, client]))
  return ok(ids.flatMap((id) => byId.get(id) ?? []), now)
}

/** By phone first, then e-mail, then name: exact name, exact word, beginning of a word, any part. Accents and case do not matter. */
export async function findClients({ store, query, now }: { store: Store; query: { phone?: string; email?: string; name?: string; limit?: number }; now: Instant }): Promise<Outcome<Client[]>> {
  const { phone, email, name, limit = 20 } = query
  if (phone === undefined && email === undefined && name === undefined) return failed('invalid', 'nothing to search by: give a phone number, an e-mail address or a name')
  const found: ClientRow[] = []
  if (phone !== undefined) {
    const number = toE164(phone, homeCountry(await readLocations(store.db)))
    if (number !== undefined) found.push(...await byContact({ store, kind: 'phone', lookup: store.seal.lookup(number) }))
  }
  if (email !== undefined) found.push(...await byContact({ store, kind: 'email', lookup: store.seal.lookup(toEmailKey(email)) }))
  if (name !== undefined) found.push(...await byName({ db: store.db, name }))
  const rows = [...new Map(found.map((row) => [row.id, row])).values()].slice(0, Math.max(1, limit))
  return ok(await toClients({ store, rows, now }), now)
}

/** The clients of every number that is on record, in the order of `phones`. */
export async function clientsByPhone({ store, phones, now }: { store: Store; phones: string[]; now: Instant }): Promise<Outcome<{ phone: string; clientIds: string[] }[]>> {
  const lookups = new Map(phones.map((phone) => [phone, store.seal.lookup(phone)]))
  const rows = await store.db.selectFrom('book_contacts').select(['lookup', 'client_id']).where('kind', '=', 'phone').where('lookup', '=', sql<string>`any(${[...lookups.values()]})`).orderBy('client_id').execute()
  const holders = Map.groupBy(rows, (row) => row.lookup)
  return ok([...lookups].flatMap(([phone, lookup]) => {
    const clientIds = holders.get(lookup)?.map((row) => row.client_id)
    return clientIds === undefined ? [] : [{ phone, clientIds }]
  }), now)
}

/** Rows as clients as known at `now`: what they bought or wrote later is left out. Keeps the order. */
async function toClients({ store, rows, now }: { store: Store; rows: ClientRow[]; now: Instant }): Promise<Client[]> {
  if (rows.length === 0) return []
  const notes = await readNotes({ db: store.db, subject: 'client', ids: rows.map((row) => row.id), now })
  const zone = (await readLocations(store.db))[0]?.zone ?? 'UTC'
  const today = localDate(now, zone)
  return rows.map((row): Client => {
    const { phones, email } = JSON.parse(store.seal.open(row.contact_sealed)) as SealedContact
    return {
      id: row.id,
      firstName: row.first_name,
      lastName: row.last_name,
      phones,
      ...(email !== undefined && { email }),
      ...(row.language !== null && { language: row.language }),
      ...(row.birthday !== null && { birthday: row.birthday }),
      consent: row.consent,
      tags: row.tags,
      notes: notes.get(row.id) ?? [],
      holdings: row.holdings.filter((holding) => (sinceOf(holding) ?? today) <= today),
      ...(row.created_at !== null && { createdAt: row.created_at }),
    }
  })
}

function sinceOf(holding: Holding): string | undefined {
  if (holding.kind === 'product') return holding.bought
  if (holding.kind === 'patch_test') return holding.done
  return holding.kind === 'membership' ? holding.since : undefined
}

async function readLocations(db: Db): Promise<Location[]> {
  return (await db.selectFrom('book_locations').select('data').orderBy('position').execute()).map((row) => row.data)
}

async function byContact({ store, kind, lookup }: { store: Store; kind: 'phone' | 'email'; lookup: string }): Promise<ClientRow[]> {
  return store.db.selectFrom('book_clients').selectAll()
    .where('id', 'in', (where) => where.selectFrom('book_contacts').select('client_id').where('kind', '=', kind).where('lookup', '=', lookup))
    .orderBy('name_key').orderBy('id').execute()
}

async function byName({ db, name }: { db: Db; name: string }): Promise<ClientRow[]> {
  const key = toNameKey(name)
  if (key === '') return []
  let query = db.selectFrom('book_clients').selectAll()
  // The key holds letters, digits and spaces only, so nothing in it means anything to LIKE.
  for (const word of key.split(' ')) query = query.where('name_key', 'like', `%${word}%`)
  const rows = await query.orderBy(sql`name_key = ${key} desc`).orderBy(sql`' ' || name_key || ' ' like ${`% ${key} %`} desc`).orderBy('name_key').orderBy('id').limit(candidates).execute()
  const rank = new Map(rows.map((row) => [row.id, rankOf(row.name_key, key)]))
  return rows.toSorted((a, b) => (rank.get(a.id) ?? 0) - (rank.get(b.id) ?? 0))
}

function rankOf(nameKey: string, key: string): number {
  if (nameKey === key) return 0
  const words = nameKey.split(' ')
  const wanted = key.split(' ')
  if (wanted.every((part) => words.includes(part))) return 1
  if (wanted.every((part) => words.some((word) => word.startsWith(part)))) return 2
  return 3
}
