/** Turns that run in this process, so that "stop" in Slack can end them. */
export type Stops = {
  /** Notes that a turn answers in this thread; `end` when it is over. */
  begin(thread: { channel: string; threadTs: string }): { signal: AbortSignal; stop: () => void; end: () => void }
  /** Ends what runs in this thread. A turn in another process notices when Slack takes no more of its words. */
  stop(thread: { channel: string; threadTs: string }): void
  /** Ends everything, because the desk stops: what was under way is begun again after the next start. */
  leave(): void
  isLeaving(): boolean
}

export function openStops(): Stops {
  let leaving = false
  const running = new Map<string, Set<AbortController>>()
  const keyOf = ({ channel, threadTs }: { channel: string; threadTs: string }): string => `${channel}:${threadTs}`
  return {
    begin(thread) {
      const controller = new AbortController()
      const key = keyOf(thread)
      const these = running.get(key) ?? new Set()
      running.set(key, these.add(controller))
      return {
        signal: controller.signal,
        stop: () => controller.abort(),
        end() {
          these.delete(controller)
          if (these.size === 0) running.delete(key)
        },
      }
    },
    stop(thread) {
      for (const controller of running.get(keyOf(thread)) ?? []) controller.abort()
    },
    leave() {
      leaving = true
      for (const these of running.values()) for (const controller of these) controller.abort()
    },
    isLeaving: () => leaving,
  }
}
