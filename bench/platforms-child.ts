import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ok, type Outcome, type Page } from '../src/platforms/booking-platform.ts'
import { loadBook } from '../src/platforms/embedded/load-book.ts'
import { readCatalog } from '../src/platforms/embedded/read-catalog.ts'
import { openAsk } from '../src/platforms/kit/ask.ts'
import { saveConnection } from '../src/platforms/mirror/connection.ts'
import { follow, hear, webhookSource } from '../src/platforms/mirror/hear.ts'
import { keepUp } from '../src/platforms/mirror/keep-up.ts'
import { lifeOf } from '../src/platforms/mirror/life-of.ts'
import { openMirror } from '../src/platforms/mirror/open-mirror.ts'
import type { SeenVisit } from '../src/platforms/platform-adapter.ts'
import { square } from '../src/platforms/square/index.ts'
import { unwrap } from '../src/platforms/unwrap.ts'
import type { Client } from '../src/salon/salon.ts'
import { addMinutes, type Clock } from '../src/salon/time.ts'
import { openInboxWorker } from '../src/store/inbox.ts'
import { openStore, type Store } from '../src/store/open-store.ts'
import { seededSquare } from './seeded-square.ts'

// One measurement in a process of its own, so that its memory is its own: `sync` or `load`. Writes its numbers as one JSON line.

/** What a child measured; times in ms, memory in MB above what the process held before. */
export type Measured = {
  sync: { ms: number; visits: number; requests: number; memoryMb: number; webhooks: number[]; polls: number[]; polled: number }
  load: { ms: number; visits: number; memoryMb: number }
}

const begin = '2026-11-21T15:30:00.000Z'
const signatureKey = 'square-signature-key'
const webhooks = 300
const polls = 40

let now = begin
const clock: Clock = { now: () => now }
const salon = seededSquare({ now: begin, signatureKey })

function openSquare(store?: Store) {
  // The paces off: what the vendor's limits would add is another matter.
  const budget = { take: async () => ok(null, now), slowDown: async () => {} }
  return square.open({ credentials: square.credentials.parse({ accessToken: 'EAAA-bench-token-of-the-salon', signatureKey }), clock, ask: openAsk({ budget, clock, fetch: salon.fetch }), catalog: async () => (store === undefined ? undefined : readCatalog(store.db)) })
}

async function sync(store: Store): Promise<Measured['sync']> {
  await saveConnection({ store, connection: { provider: 'square', account: 'Bench', credentials: {}, capabilities: square.declared, writeBack: { risk: false, notes: false } }, by: 'bench', now })
  const { room } = openMirror({ store, clock, adapter: openSquare(store), capabilities: async () => square.declared })
  const memory = watchMemory()
  const started = performance.now()
  while ((await keepUp(room)).more);
  const ms = performance.now() - started
  const memoryMb = memory.end()
  const { phase, visits } = await store.db.selectFrom('platform_sync').select(['phase', 'visits']).executeTakeFirstOrThrow()
  if (phase !== 'done') throw new Error(`bench: the reading stopped in ${phase}`)
  const requests = salon.requests()

  const worker = openInboxWorker({ store, clock, source: webhookSource, handle: (row) => follow(room, row) })
  const heard: number[] = []
  for (let n = 0; n < webhooks + 10; n++) {
    const { id, delivery } = salon.move(n)
    const came = performance.now()
    if ((await hear(room, delivery)).kept !== 1) throw new Error('bench: a webhook was not kept')
    await worker.drain()
    if (n >= 10) heard.push(performance.now() - came)
    const { version } = await store.db.selectFrom('book_appointments').select('version').where('id', '=', id).executeTakeFirstOrThrow()
    if (version !== 2) throw new Error('bench: a webhook changed nothing')
  }
  await worker.stop()

  const took: number[] = []
  let polled = 0
  // As without webhooks, and the reconciliation of each hour left aside: it is another range.
  for (let n = 0; n < polls + 3; n++) {
    now = addMinutes(now, 3)
    await store.db.updateTable('platform_sync').set({ webhook_at: null, reconciled_at: now }).execute()
    const came = performance.now()
    await keepUp(room)
    if (n >= 3) took.push(performance.now() - came)
  }
  polled = Number((await store.db.selectFrom('book_appointments').select(({ fn }) => fn.countAll().as('count')).where('seen_at', '=', now).executeTakeFirstOrThrow()).count)
  return { ms, visits, requests, memoryMb, webhooks: heard, polls: took, polled }
}

/** The same salon, read into memory and loaded as an import does. */
async function load(store: Store): Promise<Measured['load']> {
  const adapter = openSquare()
  const memory = watchMemory()
  const catalog = unwrap(await adapter.catalog())
  const clients: Client[] = await pages((cursor) => adapter.clients?.({ ...(cursor !== undefined && { cursor }) }))
  const seen: SeenVisit[] = []
  for (let from = addMinutes(begin, -5 * 365 * 1_440); from < addMinutes(begin, 60 * 1_440); from = addMinutes(from, 31 * 1_440)) {
    const to = addMinutes(from, 31 * 1_440)
    seen.push(...await pages((cursor) => adapter.visits({ from, to, ...(cursor !== undefined && { cursor }) })))
  }
  const { shifts = [], ...rest } = catalog
  const started = performance.now()
  await loadBook({ store, now, book: { catalog: rest, shifts, clients, waitlist: [], appointments: seen.map((one) => ({ appointment: one.visit, events: lifeOf(one, now) })) } })
  return { ms: performance.now() - started, visits: seen.length, memoryMb: memory.end() }
}

async function pages<T>(ask: (cursor: string | undefined) => Promise<Outcome<Page<T>>> | undefined): Promise<T[]> {
  const items: T[] = []
  let cursor: string | undefined
  do {
    const answer = await ask(cursor)
    if (answer === undefined) break
    const page = unwrap(answer)
    items.push(...page.items)
    ;({ cursor } = page)
  } while (cursor !== undefined)
  return items
}

/** The most memory from now on, sampled, less what the process holds now. */
function watchMemory(): { end(): number } {
  globalThis.gc?.()
  const idle = process.memoryUsage().rss
  let peak = idle
  const sample = () => { peak = Math.max(peak, process.memoryUsage().rss) }
  const sampling = setInterval(sample, 20)
  return { end: () => {
    clearInterval(sampling)
    sample()
    return (peak - idle) / 1_048_576
  } }
}

const home = await mkdtemp(join(tmpdir(), 'desk-bench-platforms-'))
await chmod(home, 0o755)
const store = await openStore({ home })
try {
  process.stdout.write(`${JSON.stringify(await (process.argv[2] === 'load' ? load(store) : sync(store)))}\n`)
} finally {
  await store.close()
  await rm(home, { recursive: true, force: true })
}
