import type { Scheduler } from '../../src/channels/voice/scheduler.ts'

/** A scheduler whose time passes only when it is told to. */
export type StepScheduler = Scheduler & {
  /** Lets so many ms pass: everything due is done in order, with what follows from it at once. */
  advance(ms: number): Promise<void>
  /** How many things wait. */
  waiting(): number
}

export function stepScheduler(): StepScheduler {
  let now = 0
  const timers = new Set<{ at: number; work: () => void }>()
  return {
    now: () => now,
    after(ms, work) {
      const timer = { at: now + ms, work }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    waiting: () => timers.size,
    async advance(ms) {
      const until = now + ms
      await settle()
      for (;;) {
        const [next] = [...timers].filter(({ at }) => at <= until).toSorted((one, other) => one.at - other.at)
        if (next === undefined) break
        timers.delete(next)
        now = Math.max(now, next.at)
        next.work()
        await settle()
      }
      now = until
    },
  }
}

/** Everything that waits for promises only has gone on. */
export async function settle(): Promise<void> {
  for (let round = 0; round < 3; round++) await new Promise((resolve) => { setImmediate(resolve) })
}
