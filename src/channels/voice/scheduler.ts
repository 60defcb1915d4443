/** Time for what waits while somebody is on the line; passed in, so that tests step it. */
export type Scheduler = {
  /** Milliseconds of a clock that only runs forward. */
  now(): number
  /** Does `work` once, so many ms from now; answers how to give it up. */
  after(ms: number, work: () => void): () => void
}

export const systemScheduler: Scheduler = {
  now: () => performance.now(),
  after(ms, work) {
    const timer = setTimeout(work, ms).unref()
    return () => clearTimeout(timer)
  },
}

/** What became of a promise that is not waited for longer than `ms`. Never throws. */
export type Within<T> = { state: 'done'; value: T } | { state: 'failed'; error: unknown } | { state: 'late' }

export function within<T>(promise: Promise<T>, { ms, scheduler }: { ms: number; scheduler: Scheduler }): Promise<Within<T>> {
  return new Promise((resolve) => {
    const giveUp = scheduler.after(ms, () => resolve({ state: 'late' }))
    promise.then((value) => resolve({ state: 'done', value }), (error: unknown) => resolve({ state: 'failed', error })).finally(giveUp)
  })
}
