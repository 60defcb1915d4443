import { type Selectable, sql } from 'kysely'
import type { Person } from '../../approvals/roles.ts'
import type { BookingPlatform } from '../../platforms/booking-platform.ts'
import { unwrap } from '../../platforms/unwrap.ts'
import { clientName } from '../../salon/salon.ts'
import type { Instant } from '../../salon/time.ts'
import { appendAudit } from '../../store/audit.ts'
import type { Store } from '../../store/open-store.ts'
import type { Tables } from '../../store/tables.ts'
import type { Did, Messages, Text, Thread, ThreadLine } from '../messages.ts'
import { isStranger } from './find-sender.ts'
import { readStored } from './stored-reading.ts'
import { takenBy } from './take-over.ts'
import { threadOf } from '../sending/queue-text.ts'
import { reachClient } from '../consent/reach-client.ts'

/** All texts with one client, oldest first. Throws `DeskError('not_found')` for a client that is not there. */
export async function readThread({ store, platform, clientId }: { store: Store; platform: BookingPlatform; clientId: string }): Promise<Thread> {
  const { client, barred } = await reachClient({ store, platform, clientId })
  const taken = await takenBy(store.db, clientId)
  const rows = await store.db.selectFrom('texts').selectAll().where('client_id', '=', clientId).orderBy('id').execute()
  const seen = await store.db.selectFrom('audit').select(['actor', 'at']).where('subject', '=', threadOf(clientId)).where('action', '=', 'thread.looked_after').orderBy('seq', 'desc').executeTakeFirst()
  return {
    client: { id: clientId, name: clientName(client) }, optedOut: barred !== undefined && barred !== 'no_number', texts: rows.map((row) => toText(store, row)),
    ...(seen === undefined ? {} : { seenTo: { by: seen.actor, at: seen.at } }),
    ...(taken === undefined ? {} : { takenBy: taken }),
  }
}

export async function recentThreads({ store, platform, limit = 20 }: { store: Store; platform: BookingPlatform; limit?: number }): ReturnType<Messages['recent']> {
  const latest = await store.db.selectFrom('texts').select((eb) => ['client_id', eb.fn.max('id').as('last_id'), sql<boolean>`bool_or(needs_person)`.as('needs_person')])
    .groupBy('client_id').orderBy('last_id', 'desc').limit(limit).execute()
  if (latest.length === 0) return []
  const waiting = new Set(latest.filter((thread) => thread.needs_person).map((thread) => thread.client_id))
  return toLines({ store, platform, ids: latest.map(({ last_id: id }) => id), waits: (clientId) => waiting.has(clientId) })
}

export async function waitingThreads({ store, platform, limit = 20 }: { store: Store; platform: BookingPlatform; limit?: number }): ReturnType<Messages['waiting']> {
  const latest = await store.db.selectFrom('texts').select((eb) => eb.fn.max('id').as('last_id')).where('needs_person', '=', true)
    .groupBy('client_id').orderBy('last_id', 'desc').limit(limit).execute()
  return latest.length === 0 ? [] : toLines({ store, platform, ids: latest.map(({ last_id: id }) => id), waits: () => true })
}

async function toLines({ store, platform, ids, waits }: { store: Store; platform: BookingPlatform; ids: number[]; waits: (clientId: string) => boolean }): Promise<ThreadLine[]> {
  const rows = await store.db.selectFrom('texts').selectAll().where('id', 'in', ids).orderBy('id', 'desc').execute()
  const names = new Map(unwrap(await platform.clients({ ids: rows.map((row) => row.client_id) })).map((client) => [client.id, clientName(client)]))
  return rows.map((row) => ({ client: { id: row.client_id, name: names.get(row.client_id) ?? (isStranger(row.client_id) ? 'An unknown number' : 'Somebody') }, last: toText(store, row), needsPerson: waits(row.client_id) }))
}

type Became = Pick<Text, 'state' | 'at' | 'channel' | 'delivery' | 'deliveredAt'> & { errorCode: string | null }

/** What became of every text that a proposal was for, in the order they were queued; `errorCode` says why one was not sent or did not arrive. */
export async function textsOfProposal({ db }: Pick<Store, 'db'>, proposalId: string): Promise<Became[]> {
  const rows = await db.selectFrom('texts').select(['state', 'error_code', 'at', 'channel', 'delivery', 'delivery_code', 'delivered_at']).where('proposal_id', '=', proposalId).orderBy('id').execute()
  return rows.map(toBecame)
}

function toBecame({ state, at, channel, delivery, delivered_at: deliveredAt, delivery_code: deliveryCode, error_code: errorCode }: Pick<Selectable<Tables['texts']>, 'state' | 'error_code' | 'at' | 'channel' | 'delivery' | 'delivery_code' | 'delivered_at'>): Became {
  return { state, at, channel, errorCode: deliveryCode ?? errorCode, ...(delivery === null ? {} : { delivery }), ...(deliveredAt === null ? {} : { deliveredAt }) }
}

/** Takes the mark "needs a person" off a client's texts, with who looked after them. */
export async function lookAfter({ store, clientId, by, upTo, now }: { store: Store; clientId: string; by: Pick<Person, 'id'>; upTo?: number; now: Instant }): Promise<void> {
  await store.transaction(async (trx) => {
    const waiting = trx.updateTable('texts').set({ needs_person: false }).where('client_id', '=', clientId).where('needs_person', '=', true)
    const rows = await (upTo === undefined ? waiting : waiting.where('id', '<=', upTo)).returning('id').execute()
    if (rows.length > 0) await appendAudit(trx, { at: now, actor: by.id, action: 'thread.looked_after', subject: threadOf(clientId), detail: { texts: rows.length } })
  })
}

function toText({ seal }: Store, { id, direction, channel, body, at, state, delivery, delivered_at: deliveredAt, delivery_code: deliveryCode, error_code: errorCode, read, did, needs_person: needsPerson }: Selectable<Tables['texts']>): Text {
  const code = deliveryCode ?? errorCode
  return {
    id, direction, channel, body: seal.open(body), at, state, needsPerson,
    ...(delivery === null ? {} : { delivery }), ...(deliveredAt === null ? {} : { deliveredAt }), ...(code === null ? {} : { errorCode: code }),
    ...(typeof read === 'string' ? { read: readStored(read, seal) } : {}), ...(did === null ? {} : { did: did as Did }),
  }
}
