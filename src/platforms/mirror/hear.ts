import { sql } from 'kysely'
import { z } from 'zod'
import type { Appointment } from '../../salon/salon.ts'
import type { Instant } from '../../salon/time.ts'
import type { Delivery, Hint, Trust } from '../kit/webhook.ts'
import { readCatalog } from '../embedded/read-catalog.ts'
import type { Received } from '../../store/inbox.ts'
import { receive } from '../../store/inbox.ts'
import type { Trx } from '../../store/open-store.ts'
import { applyClients } from './apply-clients.ts'
import { nobody } from './ensure-places.ts'
import type { MirrorRoom } from './mirror-room.ts'
import { applyPage } from './read-range.ts'
import { applySeen, refreshVisit } from './refresh.ts'

/** A hint as it waits in the inbox. A `record` is kept only of platforms that cannot be asked again, and sealed: it names people and their numbers. */
const Waiting = z.object({ kind: z.enum(['visit', 'client', 'catalog']), id: z.string(), sealed: z.string().optional() })

/** What to answer a platform that sent something: taken, not theirs, not understood. `openings` came with it, for the waitlist. */
export type Heard = { status: 200 | 400 | 401 | 503; trust: Trust; kept: number; openings: { opening: NonNullable<Hint['opening']>; dedupeKey: string }[] }

export const webhookSource = 'platform'

/** So many unproven hints a minute are followed; polling finds what the others told. */
const mostUnproven = 30

/**
 * Takes a webhook: checks its proof over exactly these bytes, keeps what it says once (a repeated delivery changes nothing),
 * and is done; a worker acts on it. It is a hint only: the visit is read again before anything believes it. What anybody may have
 * sent (`unproven`) costs a request to the platform each, so only some are followed; it opens no chair, for that makes the desk search
 * and write to clients; and it is no sign that webhooks work, for polling becomes rarer by that.
 */
export async function hear({ store, adapter, clock }: MirrorRoom, delivery: Delivery): Promise<Heard> {
  const { webhooks } = adapter
  const trust = webhooks?.verify(delivery) ?? 'rejected'
  if (webhooks === undefined || trust === 'rejected') return { status: 401, trust: 'rejected', kept: 0, openings: [] }
  const hints = webhooks.read(delivery)
  if (hints === undefined) return { status: 400, trust, kept: 0, openings: [] }
  if (trust === 'unproven' && hints.some(({ kind }) => kind === 'waitlist_opening')) return { status: 401, trust, kept: 0, openings: [] }
  let kept = 0
  await store.transaction(async (trx) => {
    kept = 0
    if (trust === 'unproven' && await isFlood(trx)) return
    for (const { kind, id, dedupeKey, record } of hints) {
      if (kind === 'nothing' || kind === 'waitlist_opening') continue
      // One visit's hints are worked one after another.
      const { isNew } = await receive(trx, { source: webhookSource, externalId: `${adapter.provider}:${dedupeKey}`, payload: { kind, id, ...(record !== undefined && { sealed: store.seal.seal(JSON.stringify(record)) }) }, lane: `${kind}:${id}` })
      if (isNew) kept++
    }
    if (trust !== 'unproven') await trx.updateTable('platform_sync').set({ webhook_at: clock.now() }).execute()
  })
  return { status: 200, trust, kept, openings: hints.flatMap(({ kind, opening, dedupeKey }) => (kind === 'waitlist_opening' && opening !== undefined ? [{ opening, dedupeKey }] : [])) }
}

async function isFlood(trx: Trx): Promise<boolean> {
  const last = await trx.selectFrom('inbox').select(sql<boolean>`received_at > clock_timestamp() - interval '1 minute'`.as('lately')).where('source', '=', webhookSource).orderBy('id', 'desc').offset(mostUnproven - 1).limit(1).executeTakeFirst()
  return last?.lately === true
}

/** Acts on a kept hint: reads the thing again. Throws when the platform cannot be asked now, so that the inbox tries again. */
export async function follow(room: MirrorRoom, received: Pick<Received, 'payload'>): Promise<void> {
  const { store, clock, adapter } = room
  const { kind, id, sealed } = Waiting.parse(received.payload)
  const before = kind === 'visit' ? await versionOf(room, id) : undefined
  if (kind === 'catalog') {
    await store.db.updateTable('platform_sync').set({ catalog_at: null }).execute()
    return
  }
  if (kind === 'client') {
    const read = await adapter.client?.({ id })
    if (read?.ok === false && read.error.kind !== 'not_found') throw Object.assign(new Error('the client could not be read'), { code: read.error.kind })
    if (read?.ok !== true) return
    await store.transaction(async (trx) => {
      const catalog = await readCatalog(trx)
      if (catalog !== undefined) await applyClients({ trx, store, catalog, clients: [read.value], now: clock.now(), quiet: false })
    })
    return
  }
  // What this desk sealed itself, word for word.
  const seen = sealed === undefined ? undefined : JSON.parse(store.seal.open(sealed)) as Parameters<typeof applySeen>[1]
  const now = seen === undefined ? await refreshVisit(room, await ownIdOf(room, id)) : await applySeen(room, seen)
  if (!now.ok && now.error.kind !== 'not_found') throw Object.assign(new Error('the visit could not be read'), { code: now.error.kind })
  if (now.ok && adapter.clientVisits !== undefined) await readLife(room, now.value.visit)
  if ((await versionOf(room, id)) !== before) await store.db.updateTable('platform_sync').set((where) => ({ heard: where('heard', '+', 1) })).execute()
}

/**
 * Where a range cannot be listed (Vagaro) the copy begins empty and grows by what webhooks name. Somebody who is named for the
 * first time brings their whole life, so that their risk is known and what else they have booked.
 */
async function readLife(room: MirrorRoom, { id, clientId }: Pick<Appointment, 'id' | 'clientId'>): Promise<void> {
  const known = await room.store.db.selectFrom('book_appointments').select('id').where('client_id', '=', clientId).where('id', '<>', id).limit(1).executeTakeFirst()
  if (known !== undefined || clientId === nobody) return
  const life = await room.adapter.clientVisits?.({ clientId })
  if (life?.ok === false) throw Object.assign(new Error('the client\'s visits could not be read'), { code: life.error.kind })
  if (life?.ok === true) await applyPage(room, life.value, { quiet: true })
}

async function ownIdOf({ store }: MirrorRoom, theirs: string): Promise<string> {
  const row = await store.db.selectFrom('book_appointments').select('id').where('source_id', '=', theirs).executeTakeFirst()
  return row?.id ?? theirs
}

async function versionOf(room: MirrorRoom, id: string): Promise<number | undefined> {
  const own = await ownIdOf(room, id)
  return (await room.store.db.selectFrom('book_appointments').select('version').where('id', '=', own).executeTakeFirst())?.version
}

/** When the last webhook came that could be believed. */
export async function lastHeard({ store }: Pick<MirrorRoom, 'store'>): Promise<Instant | undefined> {
  return (await store.db.selectFrom('platform_sync').select('webhook_at').executeTakeFirst())?.webhook_at ?? undefined
}
