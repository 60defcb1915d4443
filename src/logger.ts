import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'

/** A log line is a static message plus fields; fields are ids and codes, never contact details. */
export type Logger = {
  info(fields: Record<string, unknown>, message: string): void
  warn(fields: Record<string, unknown>, message: string): void
  error(fields: Record<string, unknown>, message: string): void
}

export const silentLogger: Logger = { info: () => {}, warn: () => {}, error: () => {} }

/**
 * Structured logs as JSON lines in `home/desk.log`; the terminal stays for people.
 * Errors are logged by code and message; what a library threw stays out unless its text is ours.
 */
export function openLogger({ home, level }: { home: string; level: string }): Logger {
  mkdirSync(home, { recursive: true })
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    // The last net: whatever field is called like this never reaches the file.
    redact: { paths: ['phone', 'phones', 'email', 'token', 'apiKey', 'password', '*.phone', '*.phones', '*.email', '*.token', '*.apiKey', '*.password'], censor: '(left out)' },
  }, pino.destination({ dest: join(home, 'desk.log'), sync: false }))
}

/** The fields of any thrown thing that may be logged: its code and our own message, with phone-like digits blanked. */
export function errorFields(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { code: 'internal', error: typeof error }
  const code = 'code' in error ? String(error.code) : 'internal'
  return { code, error: blank(error.message), ...(error.cause instanceof Error ? { cause: blank(error.cause.message) } : {}), at: error.stack?.split('\n')[1]?.trim().replace(/\(?file:.*\/(src|tools)\//, '$1/') }
}

/** What looks like an address, a token or key, or a phone number (seven digits and more, however they are spaced) does not pass. */
function blank(text: string): string {
  return text
    .replace(/[^\s@<>()"'=,;]+@[^\s@<>()"'=,;]+/g, '(address)')
    .replace(/\b(sk|xox[a-z]|xapp)-[\w-]+/g, '(token)')
    .replace(/(?=[\w-]*\d)(?=[\w-]*[a-z])[\w-]{28,}/gi, '(token)')
    .replace(/\+?\d(?:[\s().\-/]*\d){6,}/g, '(number)')
    .slice(0, 500)
}
