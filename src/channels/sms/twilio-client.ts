import twilio from 'twilio'
import type { TwilioSettings } from '../../config.ts'

/** Twilio answered, and not with success. `code` is Twilio's own (21610 …), absent where something else answered in its name. */
export class TwilioRefusal extends Error {
  readonly status: number
  readonly code: string | undefined
  /** What its Retry-After header asks for, in ms. */
  readonly retryAfterMs: number | undefined

  constructor({ status, code, retryAfterMs }: { status: number; code: string | undefined; retryAfterMs: number | undefined }) {
    super(`Twilio answered ${status} ${code ?? ''}`.trim())
    this.name = 'TwilioRefusal'
    this.status = status
    this.code = code
    this.retryAfterMs = retryAfterMs
  }
}

/** No answer came. `reached` is false when the request certainly never got to Twilio. */
export class TwilioSilence extends Error {
  readonly code: string
  readonly reached: boolean

  constructor({ code, reached }: { code: string; reached: boolean }) {
    super(`no answer from Twilio: ${code}`)
    this.name = 'TwilioSilence'
    this.code = code
    this.reached = reached
  }
}

/** Runs one request (or the pages of a list) with the SDK. Throws `TwilioRefusal` or `TwilioSilence`, which carry no secret. */
export type TwilioCalls = <T>(work: (rest: InstanceType<typeof twilio.Twilio>) => Promise<T>) => Promise<T>

/** There was no connection, so nothing was sent over it. */
const unreached = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/

/**
 * Twilio's API with the account's token; where Twilio does not take that one (401, certainly nothing done), with the second
 * (TWI-1). The SDK's own retries stay off, so that nothing is ever sent twice behind our back.
 */
export function openTwilioCalls({ settings: { accountSid, authTokens, apiUrl }, timeoutMs = 10_000 }: { settings: Pick<TwilioSettings, 'accountSid' | 'authTokens' | 'apiUrl'>; timeoutMs?: number }): TwilioCalls {
  const httpClient = new PlainHttp({ apiUrl, timeoutMs })
  const clients = authTokens.map((token) => new twilio.Twilio(accountSid, token, { httpClient, autoRetry: false }))
  let good = 0
  return async (work) => {
    for (let tries = 1; ; tries++) {
      const client = clients[good]
      if (client === undefined) throw new TwilioRefusal({ status: 401, code: '20003', retryAfterMs: undefined })
      try {
        return await work(client)
      } catch (error) {
        if (!(error instanceof TwilioRefusal) || error.status !== 401 || tries >= clients.length) throw error
        good = (good + 1) % clients.length
      }
    }
  }
}

/** The SDK's HTTP with our errors: its own carry the token in their request, and lose the Retry-After header. */
class PlainHttp extends twilio.RequestClient {
  readonly #apiUrl: string | undefined

  constructor({ apiUrl, timeoutMs }: { apiUrl: string | undefined; timeoutMs: number }) {
    super({ timeout: timeoutMs, autoRetry: false })
    this.#apiUrl = apiUrl?.replace(/\/+$/, '')
  }

  override async request<TData>(options: Parameters<typeof twilio.RequestClient.prototype.request<TData>>[0]): ReturnType<typeof twilio.RequestClient.prototype.request<TData>> {
    const response = await super.request<TData>({ ...options, uri: elsewhere(options.uri, this.#apiUrl) }).catch((error: unknown) => {
      const code = networkCode(error)
      throw new TwilioSilence({ code, reached: !unreached.test(code) })
    })
    const { statusCode: status } = response
    if (status >= 200 && status < 300) return response
    throw new TwilioRefusal({ status, code: codeIn(response.body), retryAfterMs: retryAfterIn(response) })
  }
}

/** api.twilio.com/X is at `apiUrl`/X, messaging.twilio.com/X at `apiUrl`/messaging/X. */
function elsewhere(uri: string, apiUrl: string | undefined): string {
  const { hostname, pathname, search } = new URL(uri)
  if (apiUrl === undefined) return uri
  return `${apiUrl}${hostname.startsWith('messaging.') ? '/messaging' : ''}${pathname}${search}`
}

function networkCode(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' && /^\w{1,40}$/.test(code) ? code : 'no_answer'
}

function codeIn(body: unknown): string | undefined {
  const parsed: unknown = typeof body === 'string' ? parse(body) : body
  const code = typeof parsed === 'object' && parsed !== null && 'code' in parsed ? parsed.code : undefined
  return typeof code === 'number' || (typeof code === 'string' && /^\d{1,6}$/.test(code)) ? String(code) : undefined
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function retryAfterIn(response: object): number | undefined {
  const headers: unknown = 'headers' in response ? response.headers : undefined
  const given: unknown = typeof headers === 'object' && headers !== null && 'retry-after' in headers ? headers['retry-after'] : undefined
  return typeof given === 'string' && /^\d{1,5}$/.test(given) ? Number(given) * 1_000 : undefined
}
