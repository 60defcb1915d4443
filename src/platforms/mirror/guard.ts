import type { Clock } from '../../salon/time.ts'
import type { Store } from '../../store/open-store.ts'
import { failed, type Outcome } from '../booking-platform.ts'
import type { PlatformAdapter } from '../platform-adapter.ts'
import { markAccepted, markRefused } from './connection.ts'

/** How often a refused key is tried again: a storm of tries locks accounts. */
const tryAgainMs = 5 * 60_000

/**
 * The adapter, asked nothing while the platform refuses the key (F43): every call answers `auth` at once, and every five
 * minutes one call is let through to see whether the key is good again. `onRefused` hears of it once.
 */
export function guarded({ adapter, store, clock, onRefused = () => {} }: { adapter: PlatformAdapter; store: Store; clock: Clock; onRefused?: () => void }): PlatformAdapter {
  const mayAsk = async (): Promise<boolean> => {
    const row = await store.db.selectFrom('platform_connection').select(['refused_at', 'tried_at']).executeTakeFirst()
    if (row?.refused_at == null) return true
    const before = new Date(Date.parse(clock.now()) - tryAgainMs).toISOString()
    // One of all instances takes this turn.
    const turn = await store.db.updateTable('platform_connection').set({ tried_at: clock.now() }).where('refused_at', 'is not', null)
      .where((where) => where.or([where('tried_at', 'is', null), where('tried_at', '<=', before)])).returning('provider').executeTakeFirst()
    return turn !== undefined
  }
  const wrapped = Object.entries(adapter).map(([name, member]: [string, unknown]) => {
    if (typeof member !== 'function' || name === 'manualSteps') return [name, member]
    const call = member as (argument: unknown) => Promise<Outcome<unknown>>
    return [name, async (argument: unknown): Promise<Outcome<unknown>> => {
      if (!(await mayAsk())) return failed('auth', 'the platform refuses the key; it is not asked')
      const outcome = await call(argument)
      if (!outcome.ok && outcome.error.kind === 'auth') {
        if (await markRefused({ store, now: clock.now() })) onRefused()
      } else if (outcome.ok) await markAcceptedOnce(store, clock)
      return outcome
    }]
  })
  return Object.fromEntries(wrapped) as PlatformAdapter
}

/** One look at an index-sized table; the transaction only when there is something to take back. */
async function markAcceptedOnce(store: Store, clock: Clock): Promise<void> {
  const row = await store.db.selectFrom('platform_connection').select('refused_at').executeTakeFirst()
  if (row?.refused_at != null) await markAccepted({ store, now: clock.now() })
}
