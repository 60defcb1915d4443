import type { z } from 'zod'
import type { Clock } from '../../salon/time.ts'
import { failed, ok, type Outcome, type PlatformErrorKind } from '../booking-platform.ts'
import type { Budget } from './budget.ts'

/** One request to a vendor. */
export type Request<T> = {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Whole address. */
  url: string
  query?: Record<string, string | number | boolean | undefined>
  headers?: Record<string, string>
  /** Sent as JSON; a string is sent as it is. */
  body?: unknown
  /** What the answer must be; only what is used. Fields that are not named are dropped. */
  schema: z.ZodType<T>
  /** Whether it changes something: then an answer that is lost leaves it open whether it was done. */
  writes?: boolean
  /** How many of the account's calls it costs; 1 when absent. */
  cost?: number
  /** The answer is wanted as the text that it is, whole: a calendar file, not JSON. */
  asText?: boolean
  /** The vendor's own errors in our words; undefined leaves it to the status. `body` is the parsed JSON, or the text where it is none. */
  refusal?: (answer: { status: number; body: unknown }) => Refusal | undefined
}

export type Refusal = { kind: PlatformErrorKind; providerCode?: string; retryAfterMs?: number }

export type Ask = <T>(request: Request<T>) => Promise<Outcome<T>>

export type Fetch = (url: string, init: { method: string; headers: Record<string, string>; body?: string; signal: AbortSignal; redirect: 'error' }) => Promise<Response>

/** What a salon's connection may be slow to, at most. Square's own SDK waits 60 s; nobody at a desk does. */
const usualTimeoutMs = 15_000

/** An answer larger than this is not one of ours. */
const mostBytes = 20_000_000

// Nothing was sent over a connection that was not there.
const unreached = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT', 'CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT'])

/**
 * The one way to talk to a vendor: waits for the account's turn, gives up after 15 s, follows no redirect (a key must not
 * follow one), parses the answer, and says in our words what went wrong. It never tries twice: whether a second try is safe
 * is known further up. What an error says holds no key, no address and no personal data.
 */
export function openAsk({ budget, clock, fetch = globalThis.fetch, timeoutMs = usualTimeoutMs }: { budget: Budget; clock: Clock; fetch?: Fetch; timeoutMs?: number }): Ask {
  return async (request) => {
    const turn = await budget.take(request.cost ?? 1)
    if (!turn.ok) return turn
    const { method = request.writes === true ? 'POST' : 'GET', writes = false, schema, refusal } = request
    const at = clock.now()
    let answer: { status: number; body: unknown; headers: Headers }
    try {
      answer = await send({ ...request, method }, { fetch, timeoutMs })
    } catch (error) {
      const code = codeOf(error)
      if (unreached.has(code) || !writes) return failed('unavailable', `no answer: ${code}`, { providerCode: code, retryAfterMs: 5_000 })
      return failed('unknown_outcome', `sent, and no answer: ${code}`, { providerCode: code })
    }
    const { status, body, headers } = answer
    const wrong = refusal?.({ status, body }) ?? byStatus({ status, writes })
    if (wrong !== undefined) {
      const wait = wrong.retryAfterMs ?? retryAfter(headers, clock)
      if (wrong.kind === 'rate_limited') await budget.slowDown(wait ?? 10_000)
      return failed(wrong.kind, `${method} answered ${status}${wrong.providerCode === undefined ? '' : ` ${wrong.providerCode.slice(0, 60)}`}`, {
        ...(wait !== undefined && { retryAfterMs: wait }), ...(wrong.providerCode !== undefined && { providerCode: wrong.providerCode.slice(0, 60) }),
      })
    }
    const parsed = schema.safeParse(body)
    if (parsed.success) return ok(parsed.data, at)
    const where = parsed.error.issues.slice(0, 3).map(({ path, code }) => `${path.join('.')} ${code}`).join(', ')
    // It was done, only we do not understand the answer: looking tells.
    return failed(writes ? 'unknown_outcome' : 'unavailable', `an answer of another shape than expected: ${where}`, { providerCode: 'shape' })
  }
}

async function send<T>({ url, query = {}, headers = {}, body, method, asText = false }: Request<T> & { method: string }, { fetch, timeoutMs }: { fetch: Fetch; timeoutMs: number }): Promise<{ status: number; body: unknown; headers: Headers }> {
  const address = new URL(url)
  for (const [name, value] of Object.entries(query)) if (value !== undefined) address.searchParams.set(name, String(value))
  const sent = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body)
  const type: Record<string, string> = sent === undefined || Object.keys(headers).some((name) => name.toLowerCase() === 'content-type') ? {} : { 'content-type': 'application/json' }
  const response = await fetch(address.href, { method, headers: { accept: 'application/json', ...type, ...headers }, ...(sent !== undefined && { body: sent }), signal: AbortSignal.timeout(timeoutMs), redirect: 'error' })
  const text = await readText(response)
  return { status: response.status, body: asText ? text : parseJson(text), headers: response.headers }
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > mostBytes) throw Object.assign(new Error('answer too large'), { code: 'too_large' })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parseJson(text: string): unknown {
  if (text.trim() === '') return undefined
  try {
    // What no database keeps: NUL, and half a pair. Anybody can write them into a booking's notes, and the whole page would be refused for it.
    return JSON.parse(text, unkept.test(text) ? (_, value: unknown) => (typeof value === 'string' ? value.replaceAll('\0', '').toWellFormed() : value) : undefined) as unknown
  } catch {
    return text.slice(0, 2_000)
  }
}

const unkept = /\\u(?:0000|d[89a-f])/i

/** RFC 9110 in our words; undefined for an answer that is good. */
export function byStatus({ status, writes }: { status: number; writes: boolean }): Refusal | undefined {
  if (status >= 200 && status < 300) return undefined
  if (status === 401) return { kind: 'auth' }
  if (status === 403) return { kind: 'forbidden' }
  if (status === 404 || status === 410) return { kind: 'not_found' }
  if (status === 409 || status === 412) return { kind: 'conflict_version' }
  if (status === 429) return { kind: 'rate_limited' }
  // Behind a gateway the platform may have done it and its answer been lost.
  if (status === 408 || status >= 500) return writes && status !== 503 ? { kind: 'unknown_outcome' } : { kind: 'unavailable' }
  return { kind: 'invalid' }
}

/** RFC 9110, 10.2.3: seconds, or a date. In ms, at most an hour. */
function retryAfter(headers: Headers, clock: Clock): number | undefined {
  const given = headers.get('retry-after')
  if (given === null) return undefined
  const ms = /^\d+$/.test(given) ? Number(given) * 1_000 : Date.parse(given) - Date.parse(clock.now())
  return Number.isFinite(ms) ? Math.max(0, Math.min(ms, 3_600_000)) : undefined
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'timeout'
  if (error.cause !== undefined) return codeOf(error.cause)
  if (error.message === 'unexpected redirect') return 'redirect'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}
