import { type HomeView, type ModalView, WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError, WebClient, type WebAPICallResult } from '@slack/web-api'
import { type Logger, silentLogger } from '../../logger.ts'
import type { Clock, Instant } from '../../salon/time.ts'
import type { Store } from '../../store/open-store.ts'
import { holdUntil, takeTurn } from '../../store/pace.ts'
import type { PostLane } from '../../store/tables/channels.ts'
import { checkLimits } from './blocks/check-limits.ts'
import { limitsFor } from './limits.ts'
import { slackLogger } from './slack-logger.ts'

type SlackResponse = WebAPICallResult & Record<string, unknown>

/**
 * What came of a call. `wait`: certainly not done, ours or Slack's limit. `unknown`: no answer, it may have been done.
 * `refused`: Slack said no, with its code; `needed` is the scope that is missing.
 */
export type CallResult =
  | { ok: true; response: SlackResponse }
  | { ok: false; kind: 'wait'; retryAfterMs: number }
  | { ok: false; kind: 'unknown'; code: string }
  | { ok: false; kind: 'refused'; code: string; needed?: string }

export type SlackCalls = {
  /** Calls a method of the Web API once, when its pace allows; never waits, never tries again, never throws. */
  call(method: string, args: Record<string, unknown>, options?: { channel?: string | undefined; lane?: PostLane | undefined }): Promise<CallResult>
  /** Why nothing is sent (`token_revoked` …), or undefined while the token is good. */
  stopped(): string | undefined
  /** The app was removed or the token taken back, as an event says: nothing is sent until a new try succeeds. */
  stop(code: string): void
  /** Asks Slack whether the token is good again; answers whether sending goes on. */
  resume(): Promise<boolean>
}

/** Codes that say the token is no good; nothing will work until somebody installs the app again (SLK-12). */
const deadTokens = new Set(['token_revoked', 'token_expired', 'account_inactive', 'invalid_auth', 'not_authed', 'app_uninstalled', 'org_login_required', 'team_access_not_granted'])
export const isDeadToken = (code: string): boolean => deadTokens.has(code)

/** Slack's words for "we failed, and parts of it may have been done". */
const unclear = new Set(['fatal_error', 'internal_error', 'service_unavailable', 'request_timeout'])
/** The request did not reach Slack. */
const unsent = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/

const unsentRetryMs = 5_000
/** Where Slack limits without saying for how long. */
const unsaidRetryMs = 30_000
/** How often a dead token is tried again. */
const probeMs = 60_000

/**
 * Slack's Web API for this desk. The SDK's own retries are off: it would send a message again that may be there already,
 * and one 429 would hold up everything. Neither token nor arguments are logged.
 */
export function openSlackCalls({ token, apiUrl, store, clock, logger, timeoutMs = 10_000 }: { token: string; apiUrl?: string | undefined; store: Store; clock: Clock; logger: Logger; timeoutMs?: number }): SlackCalls {
  const client = new WebClient(token, {
    retryConfig: { retries: 0 }, rejectRateLimitedCalls: true, timeout: timeoutMs, allowAbsoluteUrls: false, logger: slackLogger(silentLogger),
    ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
  })
  let dead: { code: string; triedAt: Instant } | undefined

  function die(code: string): void {
    if (dead === undefined) logger.error({ code }, 'Slack does not accept the token: nothing is sent until the app is installed again')
    dead = { code, triedAt: clock.now() }
  }

  async function send(method: string, args: Record<string, unknown>): Promise<CallResult> {
    try {
      const response = await client.apiCall(method, args)
      if (dead !== undefined) logger.info({}, 'Slack accepts the token again')
      dead = undefined
      return { ok: true, response: response as SlackResponse }
    } catch (error) {
      const result = readFailure(error)
      if (result.kind === 'refused' && isDeadToken(result.code)) die(result.code)
      if (result.kind !== 'wait') logger.warn({ method, kind: result.kind, code: result.code }, 'a call to Slack failed')
      return result
    }
  }

  const resume = async () => (await send('auth.test', {})).ok

  return {
    stopped: () => dead?.code,
    stop: die,
    resume,
    async call(method, args, { channel, lane } = {}) {
      const now = clock.now()
      if (dead !== undefined) {
        const { code, triedAt } = dead
        if (Date.parse(now) - Date.parse(triedAt) < probeMs || !(await resume())) return { ok: false, kind: 'refused', code }
      }
      const problems = limitProblems(args)
      if (problems.length > 0) logger.error({ method, problems: problems.slice(0, 5) }, 'a payload is over the limits of Slack')
      const { turns, held } = limitsFor({ method, channel, lane })
      for (const turn of turns) {
        const retryAfterMs = await takeTurn(store.db, { ...turn, now })
        if (retryAfterMs > 0) return { ok: false, kind: 'wait', retryAfterMs: Math.ceil(retryAfterMs) }
      }
      const result = await send(method, args)
      if (!result.ok && result.kind === 'wait') {
        const until = new Date(Date.parse(clock.now()) + result.retryAfterMs).toISOString()
        for (const turn of held) await holdUntil(store.db, { ...turn, until })
      }
      return result
    },
  }
}

/** What Slack may refuse about a message or view that is about to be sent: a net under whoever drew it. */
function limitProblems({ view, blocks, text }: Record<string, unknown>): string[] {
  if (typeof view === 'object' && view !== null) return checkLimits(view as ModalView | HomeView)
  return Array.isArray(blocks) ? checkLimits({ blocks, text: typeof text === 'string' ? text : '' }) : []
}

function readFailure(error: unknown): Exclude<CallResult, { ok: true }> {
  if (error instanceof WebAPIRateLimitedError) return { ok: false, kind: 'wait', retryAfterMs: error.retryAfter * 1_000 }
  if (error instanceof WebAPIPlatformError) {
    const { error: code, needed } = error.data as { error: string; needed?: string }
    if (code === 'ratelimited' || code === 'rate_limited') return { ok: false, kind: 'wait', retryAfterMs: unsaidRetryMs }
    // An answer that is no JSON arrives here with its whole text as the code.
    if (!/^[a-z_]{1,60}$/.test(code)) return { ok: false, kind: 'unknown', code: 'not_an_answer' }
    return unclear.has(code) ? { ok: false, kind: 'unknown', code } : { ok: false, kind: 'refused', code, ...(needed === undefined ? {} : { needed }) }
  }
  if (error instanceof WebAPIHTTPError) return { ok: false, kind: 'unknown', code: `http_${error.statusCode}` }
  if (error instanceof WebAPIRequestError) {
    const code = codeOf(error.original)
    return code !== undefined && unsent.test(code) ? { ok: false, kind: 'wait', retryAfterMs: unsentRetryMs } : { ok: false, kind: 'unknown', code: error.original.name === 'TimeoutError' ? 'timeout' : (code ?? 'connection_lost') }
  }
  // A 429 whose Retry-After cannot be read.
  if (error instanceof Error && error.message.startsWith('Retry header')) return { ok: false, kind: 'wait', retryAfterMs: unsaidRetryMs }
  return { ok: false, kind: 'unknown', code: 'client_failed' }
}

function codeOf(error: Error & { code?: unknown }): string | undefined {
  const { cause, code = cause instanceof Error && 'code' in cause ? cause.code : undefined } = error
  return typeof code === 'string' && /^\w{1,40}$/.test(code) ? code : undefined
}
