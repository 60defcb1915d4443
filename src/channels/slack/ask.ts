import type { SlackCalls } from './calls.ts'

/** Asks Slack something by a method of its Web API; `error` is Slack's code, `ratelimited` for later, `unreachable` when no answer came. Never throws. */
export type Ask = (method: string, args: Record<string, unknown>, options?: { channel?: string }) => Promise<Answered>

export type Answered = { ok: true; data: Record<string, unknown> } | { ok: false; error: string }

/** For questions and for what only somebody who waits right now can see; what must arrive goes through the posts. */
export function openAsk({ call }: Pick<SlackCalls, 'call'>): Ask {
  return async (method, args, options) => {
    const result = await call(method, args, options)
    if (result.ok) return { ok: true, data: result.response }
    if (result.kind === 'refused') return { ok: false, error: result.code }
    return { ok: false, error: result.kind === 'wait' ? 'ratelimited' : 'unreachable' }
  }
}
