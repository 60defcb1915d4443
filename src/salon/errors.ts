/** Every way the desk can refuse or fail, as a code that channels map to words and HTTP status. */
export type ErrorCode =
  | 'invalid_input' // what was given does not fit; the message says what to do
  | 'invalid_time'
  | 'config' // a setting is missing or wrong
  | 'not_found'
  | 'ambiguous' // more than one thing fits
  | 'conflict' // somebody or something else was first
  | 'expired'
  | 'not_allowed' // the role or the mode forbids it
  | 'stale' // the world changed since it was shown
  | 'unsupported' // the platform cannot do that
  | 'unavailable' // somebody else's system does not answer
  | 'unknown_outcome' // sent, and no answer came back
  | 'paused'
  | 'corrupt' // a file or row is not what it must be
  | 'internal'

/** The one error type. `message` is for logs (no personal data), `userMessage` for people (what happened, what to do). */
export class DeskError extends Error {
  readonly code: ErrorCode
  readonly userMessage: string
  readonly detail: Record<string, unknown> | undefined

  constructor(code: ErrorCode, { message, userMessage, detail, cause }: { message: string; userMessage?: string; detail?: Record<string, unknown>; cause?: unknown }) {
    super(message, { cause })
    this.name = 'DeskError'
    this.code = code
    this.userMessage = userMessage ?? message
    this.detail = detail
  }
}

/** HTTP status for each code; used by every HTTP edge. */
export const httpStatus: Record<ErrorCode, number> = {
  invalid_input: 400,
  invalid_time: 400,
  config: 500,
  not_found: 404,
  ambiguous: 409,
  conflict: 409,
  expired: 410,
  not_allowed: 403,
  stale: 409,
  unsupported: 422,
  unavailable: 503,
  unknown_outcome: 502,
  paused: 503,
  corrupt: 500,
  internal: 500,
}

/** What a person may read of any thrown thing: a `DeskError`'s own words, else a plain apology. */
export function wordsFor(error: unknown): string {
  return error instanceof DeskError ? error.userMessage : 'Something went wrong on our side. Nothing was changed. The log has the details.'
}
