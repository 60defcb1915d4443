import { type Selectable, sql, type Updateable } from 'kysely'
import { addMinutes, type Instant, minutesBetween } from '../../salon/time.ts'
import { type Capabilities, ok, type Outcome } from '../booking-platform.ts'
import { readCatalog } from '../embedded/read-catalog.ts'
import { inBackground } from '../kit/budget.ts'
import { appendAudit } from '../../store/audit.ts'
import type { SyncTable } from '../../store/tables/mirror.ts'
import { applyClients } from './apply-clients.ts'
import type { Applied } from './apply-visits.ts'
import { saveCapabilities } from './connection.ts'
import { isCursorGone, readOneStep } from './first-reading.ts'
import type { MirrorRoom } from './mirror-room.ts'
import { applyPage, reconcileRange } from './read-range.ts'
import { saveCatalog } from './save-catalog.ts'
import { workWriteBack } from './write-back.ts'

const day = 1440

/** How often what is read. Webhooks are hints that can be lost, so polling goes on beside them, only more rarely. */
const every = { poll: 2, pollBesideWebhooks: 15, reconcile: 60, catalog: 12 * 60, clients: 24 * 60, heard: 24 * 60 }

/** How far each of them looks. */
const reach = { poll: 14, reconcile: 60 }

/** The clock there may differ from ours, and a list may be read while it changes. */
const overlap = 5

/** Webhooks that told nothing while polling found this many changes are not working. */
const silentAfter = 5

/**
 * Keeps the copy up for a minute or so: goes on with the first reading, polls what is due, writes back what is wanted. One
 * instance at a time. Everything stops at the first thing that fails, and is tried again the next time; nothing is lost,
 * because where it stands is kept. Answers what was different, and whether there is more to do at once.
 */
export async function keepUp(room: MirrorRoom, { budgetMs = 40_000, now = () => performance.now() }: { budgetMs?: number; now?: () => number } = {}): Promise<{ more: boolean }> {
  const lease = await takeLease(room)
  if (lease === undefined) return { more: false }
  // A long poll at a slow pace lasts longer than a lease.
  const renewing = setInterval(() => { lease.renew().catch(() => {}) }, renewMs)
  try {
    return await inBackground(() => work(room, { until: now() + budgetMs, now, lease }))
  } finally {
    clearInterval(renewing)
    await lease.end()
  }
}

async function work(room: MirrorRoom, { until, now, lease }: { until: number; now: () => number; lease: Lease }): Promise<{ more: boolean }> {
  const kept = await poll(room)
  if (!kept.ok) return { more: await failedWith(room, kept.error.kind) }
  await workWriteBack(room)
  // At least one step, however short the time.
  do {
    const step = await readOneStep(room)
    if (!step.ok) return { more: await failedWith(room, step.error.kind) }
    if (!step.value.more) break
    // Somebody else's lease must not begin while pages are still coming in; where it has, the pages are theirs.
    if (!(await lease.renew())) return { more: false }
  } while (now() < until)
  while (now() < until) {
    const page = await readClientsAgain(room)
    if (!page.ok) return { more: await failedWith(room, page.error.kind) }
    if (!page.value.more) return { more: false }
    if (!(await lease.renew())) return { more: false }
  }
  return { more: true }
}

function keepProven(probed: Capabilities, before: Capabilities): Capabilities {
  const modes = ['create', 'reschedule', 'cancel', 'setNoShow', 'confirm', 'restore'] as const
  return { ...probed, ...Object.fromEntries(modes.filter((mode) => probed[mode] === 'unverified' && before[mode] === 'yes').map((mode) => [mode, 'yes'])) }
}

/** One page of the whole directory, once a day: people change their numbers, and not every platform tells. */
async function readClientsAgain(room: MirrorRoom): Promise<Outcome<{ more: boolean }>> {
  const { store, clock, adapter } = room
  const row = await store.db.selectFrom('platform_sync').select(['phase', 'finished_at', 'clients_at', 'clients_cursor']).executeTakeFirst()
  const last = row?.clients_at ?? row?.finished_at
  if (row?.phase !== 'done' || adapter.clients === undefined || last == null || minutesBetween(last, clock.now()) < every.clients) return ok({ more: false }, clock.now())
  const page = await adapter.clients(row.clients_cursor === null ? {} : { cursor: row.clients_cursor })
  if (!page.ok) {
    // A key that may not read the directory is no trouble: tried again tomorrow.
    if (page.error.kind === 'forbidden') {
      await store.db.updateTable('platform_sync').set({ clients_at: clock.now() }).execute()
      return ok({ more: false }, clock.now())
    }
    if (isCursorGone(page.error.kind, row.clients_cursor)) await store.db.updateTable('platform_sync').set({ clients_cursor: null }).execute()
    return page
  }
  const { items, cursor } = page.value
  await store.transaction(async (trx) => {
    const catalog = await readCatalog(trx)
    if (catalog !== undefined) await applyClients({ trx, store, catalog, clients: items, now: clock.now(), quiet: false })
    await trx.updateTable('platform_sync').set({ clients_cursor: cursor ?? null, ...(cursor === undefined && { clients_at: clock.now() }) }).execute()
  })
  return ok({ more: cursor !== undefined }, page.observedAt)
}

/** What is due of polling: changes since the last time, or the near future; the farther future each hour; catalogue and capabilities now and then. */
async function poll(room: MirrorRoom): Promise<Outcome<null>> {
  const { store, clock, adapter } = room
  const row = await store.db.selectFrom('platform_sync').selectAll().executeTakeFirst()
  // Before the near future is there, the first reading has the word.
  if (row?.as_of == null) return ok(null, clock.now())
  const caps = await room.capabilities()
  const begun = clock.now()
  const isDue = (last: Instant | null, minutes: number) => last === null || minutesBetween(last, begun) >= minutes
  if (isDue(row.catalog_at, every.catalog)) {
    const read = await adapter.catalog()
    if (!read.ok) return read
    await store.transaction((trx) => saveCatalog(trx, { catalog: read.value, now: clock.now() }))
    await store.db.updateTable('platform_sync').set({ catalog_at: begun }).execute()
    const probed = await adapter.capabilities()
    // What a try with the salon's consent has proven, no probe that changes nothing can take back.
    if (probed.ok) await saveCapabilities(store.db, { capabilities: keepProven(probed.value, caps), now: clock.now() })
  }
  if (caps.read === 'events_only') return ok(null, begun)
  const hearing = tellsAll(caps) && row.webhook_at !== null && minutesBetween(row.webhook_at, begun) < every.heard
  if (isDue(row.reconciled_at, every.reconcile)) {
    const found = await reconcileRange(room, { from: addMinutes(begun, -day), to: addMinutes(begun, reach.reconcile * day) })
    if (!found.ok) return found
    await keepFound(room, { found: found.value, row, set: { as_of: begun, polled_at: begun, reconciled_at: begun, changed_since: begun } })
  } else if (isDue(row.polled_at, hearing ? every.pollBesideWebhooks : every.poll)) {
    const found = adapter.changedVisits === undefined
      ? await reconcileRange(room, { from: addMinutes(begun, -day / 4), to: addMinutes(begun, reach.poll * day) })
      : await readChanged(room, addMinutes(row.changed_since ?? begun, -overlap))
    if (!found.ok) return found
    await keepFound(room, { found: found.value, row, set: { as_of: begun, polled_at: begun, changed_since: begun } })
  }
  return ok(null, begun)
}

/** Notes what polling found. Webhooks that should have told of it and did not are missed after a while. */
async function keepFound(room: MirrorRoom, { found, row, set }: { found: Applied[]; row: Selectable<SyncTable>; set: Updateable<SyncTable> }): Promise<void> {
  const { store } = room
  // That a visit is over, no webhook tells.
  const news = found.filter(({ did }) => did !== 'nothing' && did !== 'over').length
  await store.db.updateTable('platform_sync').set((where) => ({ ...set, error_code: null, error_at: null, ...(row.webhook_at !== null && { overlooked: where('overlooked', '+', news) }) })).execute()
  if (!tellsAll(await room.capabilities()) || row.webhook_at === null || news === 0) return
  const { heard, overlooked } = await store.db.selectFrom('platform_sync').select(['heard', 'overlooked']).executeTakeFirstOrThrow()
  if (overlooked < silentAfter || overlooked <= heard) return
  await store.transaction(async (trx) => {
    // Counted anew, and polled as often as without webhooks until one is heard again.
    await trx.updateTable('platform_sync').set({ heard: 0, overlooked: 0, webhook_at: null }).execute()
    await appendAudit(trx, { at: room.clock.now(), actor: 'desk', action: 'platform.webhooks_silent', subject: `platform:${room.adapter.provider}`, detail: { overlooked } })
  })
  room.report({ what: 'webhooks_silent', overlooked })
}

/** Whether webhooks tell of every change. Zenoti's tell of some and never of a move: beside those it is asked as often as without. */
function tellsAll({ changes, webhookProof }: Capabilities): boolean {
  return changes === 'webhooks' && webhookProof !== undefined
}

async function readChanged(room: MirrorRoom, since: Instant): Promise<Outcome<Applied[]>> {
  const applied: Applied[] = []
  for (let cursor: string | undefined, page = 0; page === 0 || cursor !== undefined; page++) {
    const answer = await room.adapter.changedVisits?.({ since, ...(cursor !== undefined && { cursor }) })
    if (answer === undefined) break
    if (!answer.ok) return answer
    applied.push(...await applyPage(room, answer.value.items, { quiet: false }))
    cursor = answer.value.cursor
  }
  return ok(applied, room.clock.now())
}

async function failedWith(room: MirrorRoom, code: string): Promise<false> {
  const { store, clock } = room
  const before = await store.db.selectFrom('platform_sync').select('error_code').executeTakeFirst()
  // Being asked to slow down is nobody's trouble.
  const isNews = before?.error_code !== code && code !== 'rate_limited'
  await store.transaction(async (trx) => {
    await trx.updateTable('platform_sync').set({ error_code: code, error_at: clock.now() }).execute()
    if (isNews) await appendAudit(trx, { at: clock.now(), actor: 'desk', action: 'platform.sync_failed', subject: `platform:${room.adapter.provider}`, detail: { code } })
  })
  if (isNews) room.report({ what: 'sync_failed', code })
  return false
}

/** To the millisecond, because that is what comes back: a lease is known by its end. */
const leaseEnd = sql<Instant>`date_trunc('milliseconds', clock_timestamp() + interval '3 minutes')`
const renewMs = 60_000

/** The right to keep the copy up. `renew` answers whether it still is ours; `end` gives back only what is. */
type Lease = { renew(): Promise<boolean>; end(): Promise<void> }

async function takeLease({ store }: MirrorRoom): Promise<Lease | undefined> {
  const sync = store.db.updateTable('platform_sync')
  const taken = await sync.set({ leased_until: leaseEnd }).where((where) => where.or([where('leased_until', 'is', null), where('leased_until', '<', sql<Instant>`clock_timestamp()`)])).returning('leased_until').executeTakeFirst()
  if (taken === undefined) return undefined
  let { leased_until: mine } = taken
  let last = Promise.resolve(true)
  const renew = async () => {
    const row = await sync.set({ leased_until: leaseEnd }).where('leased_until', '=', mine).returning('leased_until').executeTakeFirst()
    if (row !== undefined) mine = row.leased_until
    return row !== undefined
  }
  return {
    // One after another, for each has to know the end that the one before it set.
    renew: () => (last = last.then(renew, renew)),
    async end() {
      await last.catch(() => {})
      await sync.set({ leased_until: null }).where('leased_until', '=', mine).execute()
    },
  }
}
