/** Asks Slack something by a method of its Web API; `error` is Slack's code, or `unreachable` when no answer came. Never throws. */
export type Ask = (method: string, args: Record<string, unknown>, options?: { channel?: string }) => Promise<Answered>

export type Answered = { ok: true; data: Record<string, unknown> } | { ok: false; error: string }
