import { AsyncLocalStorage } from 'node:async_hooks'
import type { Clock } from '../../salon/time.ts'
import type { Db } from '../../store/open-store.ts'
import { holdUntil, takeTurn } from '../../store/pace.ts'
import { failed, ok, type Outcome } from '../booking-platform.ts'

/** The account's limit, kept by everybody who uses it: all instances, every purpose. */
export type Budget = {
  /** Waits for the turn of a request of that cost; `rate_limited` when it would take longer than a person waits (or a background job should). */
  take(cost: number): Promise<Outcome<null>>
  /** The vendor said to come back later. */
  slowDown(ms: number): Promise<void>
}

const background = new AsyncLocalStorage<true>()

/** Runs what nobody waits for (syncing, writing scores back): it leaves half of the burst to people and may wait longer. */
export function inBackground<T>(work: () => Promise<T>): Promise<T> {
  return background.run(true, work)
}

/** A desk is rarely the only one that uses a salon's account (COMPARISON: Zenoti's 60 a minute are shared): it keeps to this part. */
const ourShare = 0.8

const patience = { person: 8_000, background: 90_000 }

/**
 * The budget of one account, in the database, so that all instances keep it together (`takeTurn`, ITU-T I.371).
 * `pause` waits; tests hand in one that moves their clock.
 */
export function openBudget({ db, account, pace, clock, pause = sleep }: { db: Db; account: string; pace: { perMinute: number; burst: number }; clock: Clock; pause?: (ms: number) => Promise<void> }): Budget {
  const key = `platform:${account}`
  const everyMs = 60_000 / (pace.perMinute * ourShare)
  const burst = Math.max(1, Math.floor(pace.burst * ourShare))
  return {
    async take(cost) {
      const quiet = background.getStore() === true
      const mine = quiet ? Math.max(1, Math.floor(burst / 2)) : burst
      let waited = 0
      for (let taken = 0; taken < cost;) {
        const wait = await takeTurn(db, { key, everyMs, burst: mine, now: clock.now() })
        if (wait === 0) {
          taken++
          continue
        }
        if (waited + wait > (quiet ? patience.background : patience.person)) return failed('rate_limited', 'the account\'s limit is used up', { retryAfterMs: wait })
        waited += wait
        await pause(wait)
      }
      return ok(null, clock.now())
    },
    slowDown: (ms) => holdUntil(db, { key, until: new Date(Date.parse(clock.now()) + ms).toISOString(), everyMs, burst }),
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
