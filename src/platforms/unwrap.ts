import { DeskError, type ErrorCode } from '../salon/errors.ts'
import type { Outcome, PlatformError, PlatformErrorKind } from './booking-platform.ts'

/** The value of an outcome. Throws the platform's refusal as a `DeskError` with words for a person. */
export function unwrap<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value
  throw refusal(outcome.error)
}

/** A platform's refusal as our one error. */
export function refusal(error: PlatformError): DeskError {
  const { code, words } = table[error.kind]
  return new DeskError(code, {
    message: `platform: ${error.kind}: ${error.message}`,
    userMessage: words,
    detail: { kind: error.kind, ...(error.manualSteps === undefined ? {} : { manualSteps: error.manualSteps }) },
  })
}

const table: Record<PlatformErrorKind, { code: ErrorCode; words: string }> = {
  unsupported: { code: 'unsupported', words: 'The booking system cannot do that.' },
  assisted_required: { code: 'unsupported', words: 'The booking system has no way for us to do that; somebody has to do it there by hand.' },
  auth: { code: 'unavailable', words: 'The booking system no longer accepts our key. The owner needs to connect it again.' },
  forbidden: { code: 'not_allowed', words: 'The booking system does not let us do that.' },
  not_found: { code: 'not_found', words: 'The booking system does not know it (any more).' },
  invalid: { code: 'invalid_input', words: 'The booking system does not accept that.' },
  conflict_slot: { code: 'conflict', words: 'That time is no longer free.' },
  conflict_version: { code: 'stale', words: 'Somebody changed this appointment meanwhile.' },
  policy_blocked: { code: 'not_allowed', words: 'The booking system\'s own rules forbid that.' },
  rate_limited: { code: 'unavailable', words: 'The booking system asks us to slow down. Try again in a minute.' },
  unavailable: { code: 'unavailable', words: 'The booking system does not answer right now. Nothing was changed.' },
  unknown_outcome: { code: 'unknown_outcome', words: 'The booking system did not answer. We are checking whether the change got through.' },
}
