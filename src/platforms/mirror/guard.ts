import { z } from 'zod'
import { DeskError } from '../../salon/errors.ts'
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
  /** Whether the platform may be asked now: as ever, as the one try of a refused key, or not at all. */
  const mayAsk = async (): Promise<'yes' | 'as a try' | 'no'> => {
    const row = await store.db.selectFrom('platform_connection').select(['refused_at', 'tried_at']).executeTakeFirst()
    if (row?.refused_at == null) return 'yes'
    const before = new Date(Date.parse(clock.now()) - tryAgainMs).toISOString()
    // One of all instances takes this turn.
    const turn = await store.db.updateTable('platform_connection').set({ tried_at: clock.now() }).where('refused_at', 'is not', null)
      .where((where) => where.or([where('tried_at', 'is', null), where('tried_at', '<=', before)])).returning('provider').executeTakeFirst()
    return turn === undefined ? 'no' : 'as a try'
  }
  const wrapped = Object.entries(adapter).map(([name, member]: [string, unknown]) => {
    if (typeof member !== 'function' || name === 'manualSteps') return [name, member]
    const call = member as (argument: unknown) => Promise<Outcome<unknown>>
    return [name, async (argument: unknown): Promise<Outcome<unknown>> => {
      const asked = await mayAsk()
      if (asked === 'no') return failed('auth', 'the platform refuses the key; it is not asked')
      const outcome = await call(argument).catch((error: unknown) => notUnderstood(error, name))
      if (!outcome.ok && outcome.error.kind === 'auth') {
        if (await markRefused({ store, now: clock.now() })) onRefused()
      } else if (outcome.ok && asked === 'as a try') await markAccepted({ store, now: clock.now() })
      return outcome
    }]
  })
  return Object.fromEntries(wrapped) as PlatformAdapter
}

/** What a write may have done before its answer could not be read. */
const writes = new Set(['create', 'reschedule', 'cancel', 'setStatus', 'addVisitNote', 'removeVisitNote', 'addClientNote', 'removeClientNote', 'writeRisk', 'waitlistAdd', 'waitlistRemove'])

/** A vendor's value that is none (a date of the year 0) is the vendor's trouble, told as such; what is wrong with the desk itself goes on up. */
function notUnderstood(error: unknown, name: string): Outcome<unknown> {
  const isValue = error instanceof RangeError || error instanceof z.ZodError || (error instanceof DeskError && error.code === 'invalid_time')
  if (!isValue) throw error
  return failed(writes.has(name) ? 'unknown_outcome' : 'unavailable', `${name}: a value that is none`, { providerCode: 'shape' })
}
