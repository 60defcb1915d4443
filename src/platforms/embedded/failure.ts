import { failed, type Outcome } from '../booking-platform.ts'
import { DeskError } from '../../salon/errors.ts'

/**
 * What a thrown thing means to the caller of the book; throws it again when it is a fault of ours.
 * `sent`: a write was under way, so that a broken connection leaves it open whether it was done.
 */
export function failureOf<T>(error: unknown, { sent }: { sent: boolean }): Outcome<T> {
  if (error instanceof DeskError && (error.code === 'invalid_time' || error.code === 'invalid_input')) return failed('invalid', error.message)
  const state = sqlState(error)
  // 22xxx: a value the database cannot hold (a NUL in a text, a year out of range). PostgreSQL manual, appendix A.
  if (state.startsWith('22')) return failed('invalid', 'a value that the book cannot hold', { providerCode: state })
  if (/^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|53|57P03)/.test(state)) return failed('unavailable', 'the database does not answer', { providerCode: state, retryAfterMs: 2_000 })
  const message = error instanceof Error ? error.message : ''
  // pg's pool says so when it never got a connection: nothing was sent.
  if (/timeout exceeded when trying to connect|connection timeout/i.test(message)) return failed('unavailable', 'the database is too busy', { retryAfterMs: 2_000 })
  const lost = /^(08|57P|40|ECONN|ETIMEDOUT|EPIPE)/.test(state) || /connection terminated/i.test(message)
  if (lost) return failed(sent ? 'unknown_outcome' : 'unavailable', 'the connection to the database was lost', { ...(state !== '' && { providerCode: state }), retryAfterMs: 2_000 })
  throw error
}

/** The five characters of SQLSTATE, or a system error's code; empty when there is none. */
export function sqlState(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
