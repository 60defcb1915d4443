import { performance } from 'node:perf_hooks'

/** Counts what each session does within a minute and at once; one process's own memory, cheap, and forgotten with it. */
export type Limits = {
  /** Whether there is room for one more this minute; counts it when there is. */
  take(key: string): boolean
}

/**
 * At most `perMinute` a key. Elapsed time is measured by the machine, not by the desk's clock, which stands still when it
 * is fixed.
 */
export function openLimits({ perMinute, now = () => performance.now() }: { perMinute: number; now?: () => number }): Limits {
  const counts = new Map<string, { since: number; taken: number }>()
  return {
    take(key) {
      const at = now()
      if (counts.size > 5_000) for (const [old, { since }] of counts) if (at - since > 60_000) counts.delete(old)
      const count = counts.get(key)
      if (count === undefined || at - count.since > 60_000) {
        counts.set(key, { since: at, taken: 1 })
        return true
      }
      if (count.taken >= perMinute) return false
      count.taken++
      return true
    },
  }
}
