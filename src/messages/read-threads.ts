import { type Selectable, sql } from 'kysely'
import type { Person } from '../approvals/roles.ts'
import type { BookingPlatform } from '../platforms/booking-platform.ts'
import { unwrap } from '../platforms/unwrap.ts'
import { clientName } from '../salon/salon.ts'
import type { Instant } from '../salon/time.ts'
import { appendAudit } from '../store/audit.ts'
import type { Store } from '../store/open-store.ts'
import type { Tables } from '../store/tables.ts'
import type { Messages, Text, Thread } from './messages.ts'
import { threadOf } from './queue-text.ts'
import { reachClient } from './reach-client.ts'

/** All texts with one client, oldest first. Throws `DeskError('not_found')` for a client that is not there. */
export async function readThread({ store, platform, clientId }: { store: Store; platform: BookingPlatform; clientId: string }): Promise<Thread> {
  const { client, barred } = await reachClient({ store, platform, clientId })
  const rows = await store.db.selectFrom('texts').selectAll().where('client_id', '=', clientId).orderBy('id').execute()
  return { client: { id: clientId, name: clientName(client) }, optedOut: barred === 'opted_out' || barred === 'no_consent', texts: rows.map((row) => toText(store, row)) }
}

export async function recentThreads({ store, platform, limit = 20 }: { store: Store; platform: BookingPlatform; limit?: number }): ReturnType<Messages['recent']> {
  const latest = await store.db.selectFrom('texts').select((eb) => ['client_id', eb.fn.max('id').as('last_id'), sql<boolean>`bool_or(needs_person)`.as('needs_person')])
    .groupBy('client_id').orderBy('last_id', 'desc').limit(limit).execute()
  if (latest.length === 0) return []
  const rows = await store.db.selectFrom('texts').selectAll().where('id', 'in', latest.map(({ last_id: id }) => id)).orderBy('id', 'desc').execute()
  const names = new Map(unwrap(await platform.clients({ ids: rows.map((row) => row.client_id) })).map((client) => [client.id, clientName(client)]))
  const waiting = new Set(latest.filter((thread) => thread.needs_person).map((thread) => thread.client_id))
  return rows.map((row) => ({ client: { id: row.client_id, name: names.get(row.client_id) ?? 'Somebody' }, last: toText(store, row), needsPerson: waiting.has(row.client_id) }))
}

/** Takes the mark "needs a person" off a client's texts, with who looked after them. */
export async function lookAfter({ store, clientId, by, now }: { store: Store; clientId: string; by: Person; now: Instant }): Promise<void> {
  await store.transaction(async (trx) => {
    const rows = await trx.updateTable('texts').set({ needs_person: false }).where('client_id', '=', clientId).where('needs_person', '=', true).returning('id').execute()
    if (rows.length > 0) await appendAudit(trx, { at: now, actor: by.id, action: 'thread.looked_after', subject: threadOf(clientId), detail: { texts: rows.length } })
  })
}

function toText({ seal }: Store, { id, direction, body, at, state, needs_person: needsPerson }: Selectable<Tables['texts']>): Text {
  return { id, direction, body: seal.open(body), at, state, needsPerson }
}
