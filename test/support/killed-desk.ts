import type { BookingPlatform } from '../../src/platforms/booking-platform.ts'
import type { Store } from '../../src/store/open-store.ts'

const writes = new Set(['create', 'reschedule', 'cancel', 'setStatus', 'addNote', 'removeNote', 'waitlistSet'])

/**
 * A store and a platform that die at the `at`-th step, and stay dead: steps are before each platform call, after each
 * platform write, and before and after each transaction. `died` says whether it came to that.
 */
export function killedAt({ store, platform, at }: { store: Store; platform: BookingPlatform; at: number }): { store: Store; platform: BookingPlatform; died: () => boolean } {
  let steps = 0
  const step = (): void => {
    if (++steps >= at) throw new Error('killed')
  }
  return {
    died: () => steps >= at,
    store: {
      ...store,
      async transaction(work) {
        step()
        const value = await store.transaction(work)
        step()
        return value
      },
    },
    platform: new Proxy(platform, {
      get(target, name: keyof BookingPlatform) {
        if (name === 'provider' || name === 'name' || name === 'capabilities') return target[name]
        return async (argument: never): Promise<unknown> => {
          step()
          const outcome = await (target[name] as (argument: never) => Promise<unknown>)(argument)
          if (writes.has(name)) step()
          return outcome
        }
      },
    }),
  }
}
