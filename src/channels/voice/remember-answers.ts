import type { Scheduler } from './scheduler.ts'

/** Twilio asks again within its fifteen seconds; kept a good deal longer, in ms. */
const keptMs = 60_000

/** The same question again, also while it is still being answered, gets the same answer and does nothing twice. A failure is not kept. */
export function rememberAnswers<T>(scheduler: Scheduler): (question: string, answer: () => Promise<T>) => Promise<T> {
  const known = new Map<string, Promise<T>>()
  return (question, answer) => {
    const before = known.get(question)
    if (before !== undefined) return before
    const now = answer()
    known.set(question, now)
    now.then(() => { scheduler.after(keptMs, () => known.delete(question)) }, () => known.delete(question))
    return now
  }
}
