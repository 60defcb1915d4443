import type { z } from 'zod'
import { type Outcome } from '../booking-platform.ts'
import type { Ask, Refusal, Request } from '../kit/ask.ts'
import { Failure, Token } from './schema.ts'

export type MindbodyCredentials = { apiKey: string; siteId: string; username: string; password: string; timezone?: string | undefined; signatureKey?: string | undefined }

export type MindbodyClient = <T>(request: { method?: 'GET' | 'POST' | 'DELETE'; path: string; query?: Request<T>['query']; body?: unknown; schema: z.ZodType<T>; writes?: boolean }) => Promise<Outcome<T>>

const base = 'https://api.mindbodyonline.com/public/v6'

/**
 * Mindbody's API as one of the salon's staff. The token is fetched when it is first needed and kept; one that is no longer taken
 * is fetched anew once, and the request made once more (what was refused was not done).
 */
export function mindbodyClient({ ask, credentials: { apiKey, siteId, username, password } }: { ask: Ask; credentials: MindbodyCredentials }): MindbodyClient {
  const headers = { 'api-key': apiKey, siteid: siteId }
  let token: string | undefined
  const signIn = async (): Promise<Outcome<string>> => {
    const issued = await ask({ method: 'POST', url: `${base}/usertoken/issue`, headers, body: { Username: username, Password: password }, schema: Token, refusal: readRefusal })
    // A wrong user name or password is answered in several ways; whatever it is, no request can be made with it.
    if (!issued.ok) return issued.error.kind === 'invalid' || issued.error.kind === 'not_found' ? { ok: false, error: { ...issued.error, kind: 'auth' } } : issued
    token = issued.value.AccessToken
    return { ...issued, value: issued.value.AccessToken }
  }
  return async ({ path, ...request }) => {
    const send = (authorization: string) => ask({ ...request, url: `${base}${path}`, headers: { ...headers, authorization }, refusal: readRefusal })
    const had = token
    if (had !== undefined) {
      const answer = await send(had)
      if (answer.ok || answer.error.kind !== 'auth') return answer
    }
    // Somebody else who waited may have fetched it meanwhile.
    const now = token === had || token === undefined ? await signIn() : undefined
    if (now?.ok === false) return now
    return send(now?.value ?? token ?? '')
  }
}

// What of Mindbody's codes and words is known; the rest goes by its status.
const byWords: [RegExp, Refusal['kind']][] = [
  [/token|AuthenticationFailed|InvalidCredentials/i, 'auth'], [/NotFound|not found|does not exist/i, 'not_found'], [/RateLimit|quota|too many/i, 'rate_limited'],
  [/Denied|Permission|not authorized/i, 'forbidden'], [/NotAvailable|Unavailable|already (booked|scheduled)|double|overlap|conflict/i, 'conflict_slot'],
]

function readRefusal({ status, body }: { status: number; body: unknown }): Refusal | undefined {
  if (status < 400 || status >= 500 || status === 401 || status === 429) return undefined
  const parsed = Failure.safeParse(body)
  if (!parsed.success) return undefined
  const { Code: code = '', Message: message = '' } = parsed.data.Error
  const kind = byWords.find(([words]) => words.test(code))?.[1] ?? byWords.find(([words]) => words.test(message))?.[1]
  return kind === undefined ? undefined : { kind, ...(code !== '' && { providerCode: code }) }
}
