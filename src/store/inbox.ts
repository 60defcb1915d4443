import { sql } from 'kysely'
import type { Clock, Instant } from '../salon/time.ts'
import type { Store, Trx } from './open-store.ts'

/** Something from outside, as it was received. `attempts` counts this try. */
export type Received = { id: number; externalId: string; payload: unknown; receivedAt: Instant; attempts: number }

/** Works the inbox of one source, in this process, until it is stopped. */
export type InboxWorker = {
  /** Says that there may be something to do; never waits. */
  kick(): void
  /** Works until nothing is due; answers how many rows it settled. */
  drain(): Promise<number>
  /** Takes nothing new and waits for what is under way. */
  stop(): Promise<void>
}

/** A worker renews its lease while it works, so a killed one is missed after this long at the latest. */
const leaseSeconds = 20
const renewMs = 6_000

/** After this many tries a row is given up, with 1 s, 2 s, 4 s … between them. */
const maxAttempts = 6

/**
 * Stores something that came from outside, once: the same `source` and `externalId` again answers `isNew: false` and
 * changes nothing. Rows of one `lane` are worked one after another in the order they came; without a lane, side by side.
 */
export async function receive(trx: Trx, { source, externalId, payload, lane = '' }: { source: string; externalId: string; payload: unknown; lane?: string }): Promise<{ isNew: boolean }> {
  const row = await trx.insertInto('inbox')
    .values({ source, external_id: externalId, payload: JSON.stringify(payload), lane, handled_at: null, error_code: null })
    .onConflict((conflict) => conflict.columns(['source', 'external_id']).doNothing())
    .returning('id').executeTakeFirst()
  return { isNew: row !== undefined }
}

/**
 * Opens a worker for the rows of `source`, at most `mostAtOnce` side by side. `handle` may run again for the same row
 * after a crash, so what it does must be the same thing twice; what it throws is tried again later, and after six tries
 * `onGivenUp` hears of it and the row is marked failed. `onError` hears of every failed try.
 */
export function openInboxWorker({ store, clock, source, handle, mostAtOnce = 8, onError = () => {}, onGivenUp = async () => {} }: {
  store: Store
  clock: Clock
  source: string
  handle: (row: Received) => Promise<void>
  mostAtOnce?: number
  onError?: (error: unknown, row: Received) => void
  onGivenUp?: (row: Received) => Promise<void>
}): InboxWorker {
  const runners = new Set<Promise<void>>()
  let settled = 0
  let stopped = false
  let again = false

  const run = async (): Promise<void> => {
    while (!stopped) {
      const claim = await claimNext({ store, source, now: clock.now() })
      if (claim === undefined) return
      // Somebody else may take the next one meanwhile.
      spawn()
      // Not `settled +=`, which would forget what others settled meanwhile.
      if (await work({ store, clock, claim, handle, onError, onGivenUp })) settled++
    }
  }
  const spawn = (): void => {
    if (stopped) return
    if (runners.size >= mostAtOnce) {
      again = true
      return
    }
    const runner: Promise<void> = run().catch(() => {
      // The database is away; the next kick tries again.
    }).finally(() => {
      runners.delete(runner)
      if (!again) return
      again = false
      spawn()
    })
    runners.add(runner)
  }
  const idle = async (): Promise<void> => {
    while (runners.size > 0) await Promise.all(runners)
  }
  return {
    kick: spawn,
    async drain() {
      const before = settled
      spawn()
      await idle()
      return settled - before
    },
    async stop() {
      stopped = true
      await idle()
    },
  }
}

type Claim = { row: Received; fence: number }

async function claimNext({ store, source, now }: { store: Store; source: string; now: Instant }): Promise<Claim | undefined> {
  return store.transaction(async (trx) => {
    const row = await trx.selectFrom('inbox').selectAll()
      .where('source', '=', source).where('state', '=', 'new')
      .where((where) => where.or([where('due_at', 'is', null), where('due_at', '<=', now)]))
      .where((where) => where.or([where('leased_until', 'is', null), where('leased_until', '<', sql<Instant>`clock_timestamp()`)]))
      .where((where) => where.or([
        where('lane', '=', ''),
        where.not(where.exists(where.selectFrom('inbox as earlier').select('earlier.id')
          .whereRef('earlier.source', '=', 'inbox.source').whereRef('earlier.lane', '=', 'inbox.lane').whereRef('earlier.id', '<', 'inbox.id').where('earlier.state', '=', 'new'))),
      ]))
      .orderBy('id').limit(1).forUpdate().skipLocked().executeTakeFirst()
    if (row === undefined) return undefined
    const fence = row.fence + 1
    await trx.updateTable('inbox').set({ fence, attempts: row.attempts + 1, leased_until: untilLeaseEnds }).where('id', '=', row.id).execute()
    return { fence, row: { id: row.id, externalId: row.external_id, payload: row.payload, receivedAt: row.received_at, attempts: row.attempts + 1 } }
  })
}

const untilLeaseEnds = sql<Instant>`clock_timestamp() + make_interval(secs => ${leaseSeconds})`

async function work({ store, clock, claim: { row, fence }, handle, onError, onGivenUp }: {
  store: Store
  clock: Clock
  claim: Claim
  handle: (row: Received) => Promise<void>
  onError: (error: unknown, row: Received) => void
  onGivenUp: (row: Received) => Promise<void>
}): Promise<boolean> {
  const mine = () => store.db.updateTable('inbox').where('id', '=', row.id).where('fence', '=', fence).where('state', '=', 'new')
  const renewing = setInterval(() => { mine().set({ leased_until: untilLeaseEnds }).execute().catch(() => {}) }, renewMs)
  renewing.unref()
  try {
    await handle(row)
    const { numUpdatedRows } = await mine().set({ state: 'done', handled_at: clock.now(), leased_until: null, error_code: null }).executeTakeFirst()
    return numUpdatedRows > 0n
  } catch (error) {
    onError(error, row)
    const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'internal'
    if (row.attempts >= maxAttempts) {
      await onGivenUp(row).catch((failure: unknown) => onError(failure, row))
      await mine().set({ state: 'failed', handled_at: clock.now(), leased_until: null, error_code: code }).execute()
      return true
    }
    const dueAt = new Date(Date.parse(clock.now()) + 1_000 * 2 ** (row.attempts - 1)).toISOString()
    await mine().set({ leased_until: null, due_at: dueAt, error_code: code }).execute()
    return false
  } finally {
    clearInterval(renewing)
  }
}
