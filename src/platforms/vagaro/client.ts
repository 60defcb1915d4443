import type { z } from 'zod'
import type { Clock, Instant } from '../../salon/time.ts'
import { addMinutes } from '../../salon/time.ts'
import { failed, ok, type Outcome } from '../booking-platform.ts'
import { type Ask, byStatus, type Refusal } from '../kit/ask.ts'
import { Token, Verdict } from './schema.ts'

export type VagaroCredentials = {
  region: string
  clientId: string
  clientSecret: string
  businessId: string
  timezone: string
  currency: string
  webhookToken: string
  testCustomerId?: string | undefined
}

export type VagaroClient = <T>(request: { method?: 'POST' | 'PUT'; path: string; query?: Record<string, string | number>; body: unknown; schema: z.ZodType<T>; writes?: boolean }) => Promise<Outcome<T>>

/** Vagaro's largest page that a program in use asks for. */
export const pageSize = 100

type Scope = 'read access' | 'write access'

/**
 * Vagaro's API V2. Reads are POSTs too. A token lasts an hour and is fetched anew when it is refused (code 1034, or 401):
 * once, and the request is repeated once, for a refused request was certainly not carried out.
 */
export function vagaroClient({ ask, clock, credentials }: { ask: Ask; clock: Clock; credentials: VagaroCredentials }): VagaroClient {
  const root = `https://api.vagaro.com/${credentials.region}/api/v2`
  const tokens = new Map<Scope, { token: string; until: Instant }>()

  async function tokenFor(scope: Scope): Promise<Outcome<string>> {
    const known = tokens.get(scope)
    if (known !== undefined && known.until > clock.now()) return ok(known.token, clock.now())
    const given = await ask({
      method: 'POST', url: `${root}/merchants/generate-access-token`, schema: Token, refusal: readRefusal(false),
      body: { clientId: credentials.clientId, clientSecretKey: credentials.clientSecret, scope },
    })
    // Wrong keys are a validation error by Vagaro's numbers: asked for a token, it can only be about them.
    if (!given.ok) return given.error.kind === 'invalid' || given.error.kind === 'not_found' ? failed('auth', given.error.message, { ...(given.error.providerCode !== undefined && { providerCode: given.error.providerCode }) }) : given
    const { access_token: token, expires_in } = given.value.data
    tokens.set(scope, { token, until: addMinutes(clock.now(), (expires_in ?? 3_600) / 60 - 1) })
    return ok(token, given.observedAt)
  }

  const attempt: VagaroClient = async ({ path, writes = false, method = 'POST', ...request }) => {
    const scope: Scope = writes ? 'write access' : 'read access'
    const send = async () => {
      const token = await tokenFor(scope)
      return token.ok ? ask({ ...request, method, writes, url: `${root}${path}`, headers: { accessToken: token.value }, refusal: readRefusal(writes) }) : token
    }
    const wasKnown = tokens.has(scope)
    const first = await send()
    if (first.ok || first.error.kind !== 'auth' || !wasKnown) return first
    tokens.delete(scope)
    return send()
  }

  return async (request) => {
    const answer = await attempt(request)
    if (answer.ok || answer.error.kind !== 'auth' || request.writes !== true) return answer
    // Whether an account may write is what nobody knows (see probe.ts). A key that still gets a token for reading is good, only not for this: nothing stops for it.
    tokens.delete('read access')
    const reading = await tokenFor('read access')
    return reading.ok ? failed('forbidden', answer.error.message, { ...(answer.error.providerCode !== undefined && { providerCode: answer.error.providerCode }) }) : answer
  }
}

// What each number means, as programs that saw the gated reference have it; 1000 is good.
const kinds: Record<string, Refusal['kind']> = { 1003: 'invalid', 1034: 'auth', 1038: 'rate_limited', 1051: 'invalid' }

/** Vagaro's refusals may come inside a 200. */
function readRefusal(writes: boolean) {
  return ({ status, body }: { status: number; body: unknown }): Refusal | undefined => {
    const said = Verdict.safeParse(body).data
    const code = said?.responseCode === undefined || said.responseCode === null ? undefined : String(said.responseCode)
    const kind = code === undefined ? undefined : kinds[code]
    if (kind !== undefined && code !== undefined) return { kind, providerCode: code }
    const inside = status < 300 && typeof said?.status === 'number' && said.status >= 400 ? byStatus({ status: said.status, writes }) : undefined
    return inside === undefined ? undefined : { ...inside, ...(code !== undefined && { providerCode: code }) }
  }
}
