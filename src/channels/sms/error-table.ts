import type { Failure, SendAnswer } from '../../messages/messages.ts'
import { TwilioRefusal, TwilioSilence } from './twilio-client.ts'

/**
 * What an error asks for (TWI-7). `later`: it certainly did nothing, try again. `fix_number`: no text will reach this number.
 * `fix_settings`: nothing goes out until the account is mended. `suppress`: the client said STOP. `never`: not by sending it
 * again. `unreached`: this text did not arrive, another one later may; a person decides.
 */
type ErrorClass = 'later' | 'fix_number' | 'fix_settings' | 'suppress' | 'never' | 'unreached'

/** Twilio's errors by code, from its error pages (twilio.com/docs/api/errors/CODE); docs/twilio.md has the same in words. */
export const errorTable: Readonly<Record<string, { class: ErrorClass; failure: Failure }>> = {
  // Said when a text is handed over.
  20003: { class: 'fix_settings', failure: 'not_set_up' }, // the token is not accepted
  20404: { class: 'fix_settings', failure: 'not_set_up' }, // no such account or Messaging Service
  20429: { class: 'later', failure: 'unreachable' }, // too many requests
  21211: { class: 'fix_number', failure: 'bad_number' }, // invalid To
  21212: { class: 'fix_settings', failure: 'not_set_up' }, // invalid From
  21408: { class: 'fix_settings', failure: 'not_set_up' }, // the country is not enabled for the account
  21603: { class: 'fix_settings', failure: 'not_set_up' }, // no From
  21606: { class: 'fix_settings', failure: 'not_set_up' }, // From is not ours or cannot text
  21608: { class: 'fix_settings', failure: 'not_set_up' }, // a trial account texts verified numbers only
  21609: { class: 'fix_settings', failure: 'not_set_up' }, // PUBLIC_URL is no address for reports
  21610: { class: 'suppress', failure: 'opted_out' },
  21611: { class: 'later', failure: 'unreachable' }, // our number's queue is full
  21612: { class: 'fix_number', failure: 'unreachable' }, // no route from our number to theirs
  21614: { class: 'fix_number', failure: 'landline' }, // not a mobile number
  21635: { class: 'fix_number', failure: 'landline' },
  21703: { class: 'fix_settings', failure: 'not_set_up' }, // the Messaging Service has no number
  // Reported later of a text that was taken.
  30001: { class: 'unreached', failure: 'unreachable' }, // the queue overflowed
  30003: { class: 'unreached', failure: 'unreachable' }, // the phone is off or out of reach
  30004: { class: 'never', failure: 'filtered' }, // the recipient or their network blocks texts
  30005: { class: 'fix_number', failure: 'bad_number' }, // unknown or no longer in use
  30006: { class: 'fix_number', failure: 'landline' }, // a landline, or a network that takes no texts
  30007: { class: 'never', failure: 'filtered' }, // held to be spam
  30008: { class: 'unreached', failure: 'unknown' },
  30034: { class: 'fix_settings', failure: 'not_set_up' }, // the number has no A2P 10DLC campaign
}

/** Why a text did not arrive, by the code its report carries. */
export function failureOf(code: string): Failure {
  return errorTable[code]?.failure ?? 'unknown'
}

/**
 * What a failed request to send means (F30 to F32). A 429 is never processed and may be tried again after `retryAfterMs`;
 * a 5xx, a timeout or a broken connection may have been processed, so they are unknown and never failed (F31).
 */
export function answerTo(error: unknown, { retryAfterMs }: { retryAfterMs: number }): SendAnswer {
  if (error instanceof TwilioSilence) return error.reached ? { state: 'unknown', code: error.code } : { state: 'later', code: error.code, retryAfterMs }
  if (!(error instanceof TwilioRefusal)) return { state: 'unknown', code: 'not_an_answer' }
  const { status, code = `http_${status}` } = error
  if (status === 429 || errorTable[code]?.class === 'later') return { state: 'later', code, retryAfterMs: Math.max(error.retryAfterMs ?? 0, retryAfterMs) }
  // 408: it did not hear us out; 3xx and 1xx are no answers of Twilio's.
  if (status >= 500 || status === 408 || status < 400) return { state: 'unknown', code }
  // Something on the way may answer 4xx in Twilio's name; it did not pass the text on.
  return { state: 'failed', code, failure: error.code === undefined ? 'not_set_up' : failureOf(code) }
}
