import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import { DeskError } from './salon/errors.ts'

/** A log line is a static message plus fields; fields are ids and codes, never contact details. */
export type Logger = {
  info(fields: Record<string, unknown>, message: string): void
  warn(fields: Record<string, unknown>, message: string): void
  error(fields: Record<string, unknown>, message: string): void
}

export const silentLogger: Logger = { info: () => {}, warn: () => {}, error: () => {} }

/**
 * Structured logs as JSON lines in `home/desk.log`; the terminal stays for people.
 * Throws `DeskError('config')` when the folder cannot be written.
 */
export function openLogger({ home, level }: { home: string; level: string }): Logger {
  const file = join(home, 'desk.log')
  const destination = openFile({ home, file })
  // A full disk must not stop the desk.
  destination.on('error', () => {})
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    // The last net: whatever field is called like this never reaches the file.
    redact: { paths: ['phone', 'phones', 'email', 'token', 'apiKey', 'password', '*.phone', '*.phones', '*.email', '*.token', '*.apiKey', '*.password'], censor: '(left out)' },
  }, destination)
}

// Written at once: there is little to write, and a command that ends early must not lose its last words.
function openFile({ home, file }: { home: string; file: string }) {
  try {
    mkdirSync(home, { recursive: true })
    return pino.destination({ dest: file, sync: true })
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
    throw new DeskError('config', { message: `cannot write the log: ${code}`, userMessage: `The desk cannot write to ${file} (${code}). Give this account the right to, or choose another folder with DESK_HOME.`, cause })
  }
}

/**
 * The fields of any thrown thing that may be logged. Our own errors say their message; of what a library threw only its
 * kind and code (its text may hold a client's data), and where in our code it came through.
 */
export function errorFields(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { code: 'internal', error: typeof error }
  const causes = causesOf(error).map((cause) => (cause instanceof DeskError ? blank(cause.message) : kindOf(cause)))
  const at = placeOf(error)
  return {
    code: error instanceof DeskError ? error.code : (codeOf(error) ?? 'internal'),
    error: error instanceof DeskError ? blank(error.message) : kindOf(error),
    ...(causes.length > 0 ? { causes } : {}),
    ...(at === undefined ? {} : { at }),
  }
}

function causesOf(error: Error): Error[] {
  return error.cause instanceof Error ? [error.cause, ...causesOf(error.cause)].slice(0, 5) : []
}

function kindOf(error: Error): string {
  const code = codeOf(error)
  return code === undefined ? error.name : `${error.name} ${code}`
}

/** A library's code (ECONNREFUSED, 23505) or HTTP status; anything longer is text. */
function codeOf(error: Error): string | undefined {
  const code = 'code' in error && error.code != null ? error.code : 'status' in error ? error.status : undefined
  return (typeof code === 'string' || typeof code === 'number') && /^\w{1,40}$/.test(String(code)) ? String(code) : undefined
}

/** The first of our own files in the error's trace, `src/store/open-store.ts:67`. */
function placeOf(error: Error): string | undefined {
  return error.stack?.split('\n').slice(1).find((line) => !line.includes('node_modules'))?.match(/\b(?:src|tools)\/[\w./-]+:\d+/)?.[0]
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
