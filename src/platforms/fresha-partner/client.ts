import type { z } from 'zod'
import { addMinutes, type Clock, type Instant } from '../../salon/time.ts'
import { failed, ok, type Outcome } from '../booking-platform.ts'
import type { Ask, Refusal } from '../kit/ask.ts'
import { Failure, Token } from './schema.ts'

export type PartnerCredentials = { baseUrl: string; tokenUrl?: string | undefined; clientId: string; clientSecret: string; businessId: string; businessName: string; timezone: string; currency: string; webhookSecret?: string | undefined }

export type PartnerRequest<T> = { method?: 'GET' | 'POST' | 'PUT'; path: string; query?: Record<string, string | number | boolean | undefined>; body?: unknown; schema: z.ZodType<T>; writes?: boolean }
export type PartnerApi = <T>(request: PartnerRequest<T>) => Promise<Outcome<T>>

/** The endpoint with a token of OAuth 2.0 client credentials (RFC 6749, 4.4): fetched when first needed, and once anew when it is refused. */
export function partnerApi({ ask, clock, credentials }: { ask: Ask; clock: Clock; credentials: PartnerCredentials }): PartnerApi {
  const base = credentials.baseUrl.replace(/\/+$/, '')
  let kept: { token: string; until: Instant } | undefined
  // Several requests at once need one token.
  let fetching: Promise<Outcome<string>> | undefined

  const fetchToken = async (): Promise<Outcome<string>> => {
    const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: credentials.clientId, client_secret: credentials.clientSecret }).toString()
    const answer = await ask({
      method: 'POST', url: credentials.tokenUrl ?? `${base}/oauth/token`, headers: { 'content-type': 'application/x-www-form-urlencoded' }, body, schema: Token,
      // RFC 6749, 5.2: a wrong client is a 400 or a 401.
      refusal: ({ status }) => (status === 400 || status === 401 ? { kind: 'auth' } : undefined),
    })
    if (!answer.ok) return answer
    const { access_token: token, expires_in: seconds = 3_600 } = answer.value
    kept = { token, until: addMinutes(clock.now(), (seconds ?? 3_600) / 60 - 1) }
    return ok(token, answer.observedAt)
  }
  const tokenNow = (refused?: string): Promise<Outcome<string>> => {
    if (kept !== undefined && kept.token !== refused && clock.now() < kept.until) return Promise.resolve(ok(kept.token, clock.now()))
    fetching ??= fetchToken().finally(() => { fetching = undefined })
    return fetching
  }

  return async ({ path, ...request }) => {
    const send = (token: string) => ask({ ...request, url: `${base}${path}`, headers: { authorization: `Bearer ${token}` }, refusal: readRefusal })
    const token = await tokenNow()
    if (!token.ok) return token
    const answer = await send(token.value)
    if (answer.ok || answer.error.kind !== 'auth') return answer
    // A request without a good token was certainly not carried out.
    const again = await tokenNow(token.value)
    return again.ok ? send(again.value) : failed(again.error.kind, again.error.message, again.error)
  }
}

/** A 409 is about the time that was asked for, unless it says otherwise: there are no versions here. */
function readRefusal({ status, body }: { status: number; body: unknown }): Refusal | undefined {
  if (status < 400) return undefined
  const parsed = Failure.safeParse(body)
  const code = parsed.success ? { providerCode: parsed.data.error.code } : {}
  if (status === 409) return { kind: 'conflict_slot', ...code }
  if (status === 422) return { kind: 'invalid', ...code }
  return undefined
}
