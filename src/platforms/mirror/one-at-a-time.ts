import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Instant } from '../../salon/time.ts'
import type { Store } from '../../store/open-store.ts'
import { failed, type Outcome } from '../booking-platform.ts'

const leaseSeconds = 60
const patienceMs = 45_000

/** A few slow requests in a row last longer than a lease; a process that died renews nothing. */
const usualRenewMs = 20_000

/** Who waits in this process, by place; only the first in line asks the database. */
const lines = new Map<string, Promise<unknown>>()

/**
 * Lets one at a time work at these places (a person's day), over all instances, on platforms that take two bookings for
 * one chair. The places are taken in one order, so that two who need the same pair do not wait for each other.
 */
export async function oneAtATime<T>({ store, places, work, renewMs = usualRenewMs }: { store: Store; places: string[]; work: () => Promise<Outcome<T>>; renewMs?: number }): Promise<Outcome<T>> {
  const [first, ...rest] = [...new Set(places)].sort()
  if (first === undefined) return work()
  const before = lines.get(first) ?? Promise.resolve()
  const turn = before.then(() => holding({ store, place: first, renewMs, work: () => oneAtATime({ store, places: rest, work, renewMs }) }))
  const quiet = turn.catch(() => {})
  lines.set(first, quiet)
  try {
    return await turn
  } finally {
    if (lines.get(first) === quiet) lines.delete(first)
  }
}

async function holding<T>({ store, place, work, renewMs }: { store: Store; place: string; work: () => Promise<Outcome<T>>; renewMs: number }): Promise<Outcome<T>> {
  const holder = randomUUID()
  const until = sql<Instant>`clock_timestamp() + make_interval(secs => ${leaseSeconds})`
  for (const deadline = performance.now() + patienceMs; ;) {
    const taken = await store.db.insertInto('platform_places').values({ name: place, holder, leased_until: until })
      .onConflict((conflict) => conflict.column('name').doUpdateSet({ holder, leased_until: until }).where('platform_places.leased_until', '<', sql<Instant>`clock_timestamp()`)).returning('holder').executeTakeFirst()
    if (taken !== undefined) break
    if (performance.now() > deadline) return failed('unavailable', 'another booking for the same person is under way', { retryAfterMs: 2_000 })
    await sleep(20)
  }
  const mine = store.db.updateTable('platform_places').where('name', '=', place).where('holder', '=', holder)
  // The next renewal, or the end of the lease, tells of a database that is away.
  const renewing = setInterval(() => { mine.set({ leased_until: until }).execute().catch(() => {}) }, renewMs)
  try {
    return await work()
  } finally {
    clearInterval(renewing)
    await store.db.deleteFrom('platform_places').where('name', '=', place).where('holder', '=', holder).execute()
  }
}
