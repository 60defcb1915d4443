import { sql } from 'kysely'
import { addMinutes, type Instant } from '../../salon/time.ts'
import { ok, type Outcome, type PlatformErrorKind } from '../booking-platform.ts'
import { readCatalog } from '../embedded/read-catalog.ts'
import type { SyncPhase, SyncTable } from '../../store/tables/mirror.ts'
import { appendAudit } from '../../store/audit.ts'
import { applyClients } from './apply-clients.ts'
import type { MirrorRoom } from './mirror-room.ts'
import { applyPage } from './read-range.ts'
import { saveCatalog } from './save-catalog.ts'

const day = 1440

/** The near future comes first, then the people: with these the desk can be used while the past is still being read. */
const soon = { back: 2, ahead: 60 }
const later = { ahead: 400 }
const past = { days: 5 * 365, step: 91 }

type Sync = Omit<SyncTable, 'only_one' | 'visits' | 'clients' | 'heard' | 'overlooked'>
type Step = Partial<Pick<Sync, 'phase' | 'reached' | 'cursor' | 'as_of' | 'finished_at' | 'catalog_at' | 'polled_at' | 'reconciled_at' | 'changed_since'>> & { visits?: number; clients?: number }

/**
 * One request's worth of the first reading: the catalogue, the next two months, the clients, five years back (nearest first),
 * a year ahead. Where it stands is kept after each, so that a desk that stops goes on there; nothing of it is held in memory
 * but one page. Answers whether there is more to do.
 */
export async function readOneStep(room: MirrorRoom): Promise<Outcome<{ more: boolean }>> {
  const { store, clock } = room
  const row = await store.db.selectFrom('platform_sync').selectAll().executeTakeFirst()
  if (row === undefined || row.phase === 'done') return ok({ more: false }, clock.now())
  const step = await steps[row.phase](room, row)
  if (!step.ok) {
    if (isCursorGone(step.error.kind, row.cursor)) await store.db.updateTable('platform_sync').set({ cursor: null }).execute()
    return step
  }
  const { visits = 0, clients = 0, ...set } = step.value
  await store.transaction(async (trx) => {
    await trx.updateTable('platform_sync').set((where) => ({ ...set, visits: where('visits', '+', visits), clients: where('clients', '+', clients), error_code: null, error_at: null })).execute()
    if (set.phase === 'done') await appendAudit(trx, { at: clock.now(), actor: 'desk', action: 'platform.read', subject: 'platform:sync', detail: { visits: row.visits + visits, clients: row.clients + clients } })
    if (set.phase === 'done') await sql`analyze book_clients, book_contacts, book_appointments, book_events, book_occupied`.execute(trx)
  })
  return ok({ more: set.phase !== 'done' }, clock.now())
}

/** Whether the page where a reading stood is no longer known there (a desk that was down for long): its part is then read again from the beginning, the next time. */
export function isCursorGone(kind: PlatformErrorKind, cursor: string | null): boolean {
  return cursor !== null && (kind === 'invalid' || kind === 'not_found')
}

const steps: Record<Exclude<SyncPhase, 'done'>, (room: MirrorRoom, row: Sync) => Promise<Outcome<Step>>> = {
  async catalog(room) {
    const { store, clock, adapter } = room
    const read = await adapter.catalog()
    if (!read.ok) return read
    await store.transaction((trx) => saveCatalog(trx, { catalog: read.value, now: clock.now() }))
    const { read: reads } = await room.capabilities()
    // What cannot be listed comes by webhooks only.
    if (reads === 'events_only') return ok({ phase: 'clients', cursor: null, reached: null, catalog_at: clock.now(), as_of: clock.now(), changed_since: clock.now() }, read.observedAt)
    return ok({ phase: 'soon', cursor: null, reached: addMinutes(clock.now(), -soon.back * day), catalog_at: clock.now(), changed_since: clock.now() }, read.observedAt)
  },

  async soon(room, row) {
    const end = addMinutes(row.started_at, soon.ahead * day)
    return readWindow(room, row, { end, next: () => ({ phase: 'clients', cursor: null, reached: null }) })
  },

  async clients(room, row) {
    const { store, clock, adapter } = room
    const { read: reads } = await room.capabilities()
    // Only with the people in it can the near future be worked with. What changed since its reading began is polled for at once.
    const since = row.changed_since ?? row.started_at
    const next: Step = reads === 'events_only' ? { phase: 'done', cursor: null, finished_at: clock.now() }
      : { phase: 'past', cursor: null, reached: addMinutes(row.started_at, -soon.back * day), as_of: since, polled_at: since, reconciled_at: since }
    if (adapter.clients === undefined) return ok(next, clock.now())
    const page = await adapter.clients(row.cursor === null ? {} : { cursor: row.cursor })
    // A key that may not read the directory knows people by their visits only.
    if (!page.ok && page.error.kind === 'forbidden') return ok(next, clock.now())
    if (!page.ok) return page
    const { items, cursor } = page.value
    await store.transaction(async (trx) => {
      const catalog = await readCatalog(trx)
      if (catalog !== undefined) await applyClients({ trx, store, catalog, clients: items, now: clock.now(), quiet: true })
    })
    return ok({ clients: items.length, ...(cursor === undefined ? next : { cursor }) }, page.observedAt)
  },

  // `reached` is how far back has been read; a part is read from its beginning to its end, page by page, and then the one before it.
  async past(room, row) {
    const { clock } = room
    const oldest = addMinutes(row.started_at, -past.days * day)
    const to = row.reached ?? row.started_at
    const { maxRangeDays = past.step } = await room.capabilities()
    const from = addMinutes(to, -Math.min(past.step, maxRangeDays) * day)
    const page = await room.adapter.visits({ from: from < oldest ? oldest : from, to, ...(row.cursor !== null && { cursor: row.cursor }) })
    if (!page.ok) return page
    await applyPage(room, page.value.items, { quiet: true })
    const visits = page.value.items.length
    if (page.value.cursor !== undefined) return ok({ visits, cursor: page.value.cursor }, page.observedAt)
    return ok({ visits, cursor: null, ...(from > oldest ? { reached: from } : { phase: 'later', reached: addMinutes(row.started_at, soon.ahead * day) }) }, clock.now())
  },

  async later(room, row) {
    return readWindow(room, row, { end: addMinutes(row.started_at, later.ahead * day), next: () => ({ phase: 'done', cursor: null, reached: null, finished_at: room.clock.now() }) })
  },
}

/** One page of the part that begins at `reached`; when the last part ends at `end`, what comes next. */
async function readWindow(room: MirrorRoom, row: Sync, { end, next }: { end: Instant; next: () => Step }): Promise<Outcome<Step>> {
  const { maxRangeDays = 31 } = await room.capabilities()
  const from = row.reached ?? row.started_at
  const farthest = addMinutes(from, Math.min(maxRangeDays, 31) * day)
  const to = farthest < end ? farthest : end
  const page = await room.adapter.visits({ from, to, ...(row.cursor !== null && { cursor: row.cursor }) })
  if (!page.ok) return page
  await applyPage(room, page.value.items, { quiet: true })
  const visits = page.value.items.length
  if (page.value.cursor !== undefined) return ok({ visits, cursor: page.value.cursor }, page.observedAt)
  return ok({ visits, ...(to < end ? { reached: to, cursor: null } : next()) }, page.observedAt)
}
