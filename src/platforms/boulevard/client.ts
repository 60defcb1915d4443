import { createHmac } from 'node:crypto'
import { z } from 'zod'
import type { Clock } from '../../salon/time.ts'
import { ok, type Outcome } from '../booking-platform.ts'
import type { Ask, Refusal } from '../kit/ask.ts'
import { Errors, Payload } from './schema.ts'

export type BoulevardCredentials = { businessId: string; apiKey: string; apiSecret: string; webhookSecret?: string | undefined; environment: 'production' | 'sandbox' }

type Call = <T>(request: { query: string; variables?: Record<string, unknown>; schema: z.ZodType<T>; writes?: boolean; cost?: number }) => Promise<Outcome<T>>

export type BoulevardClient = {
  /** The Admin API: what the salon's own people may do. */
  admin: Call
  /** The Client API as somebody unknown: what a visitor of the salon's page may see. */
  guest: Call
  /** The Client API as this client. */
  asClient(clientId: string): Call
}

const hosts = { production: 'https://dashboard.boulevard.io', sandbox: 'https://sandbox.joinblvd.com' }

/** Boulevard's two GraphQL APIs with the salon's key. Every request is signed anew with the time. */
export function boulevardClient({ ask, clock, credentials }: { ask: Ask; clock: Clock; credentials: BoulevardCredentials }): BoulevardClient {
  const { businessId, apiKey, apiSecret, environment } = credentials
  const base = `${hosts[environment]}/api/2020-01`
  const token = (prefix: 'blvd-admin-v1' | 'blvd-client-v1', clientId = '') => {
    const payload = `${prefix}${businessId}${clientId}${Math.floor(Date.parse(clock.now()) / 1_000)}`
    return createHmac('sha256', Buffer.from(apiSecret, 'base64')).update(payload).digest('base64') + payload
  }
  const call = (url: string, secret: () => string): Call => async ({ query, variables = {}, schema, writes = false, cost = 1 }) => {
    const answer = await ask({
      method: 'POST', url, writes, cost, body: { query, variables }, schema: z.object({ data: schema }),
      headers: { authorization: `Basic ${Buffer.from(`${apiKey}:${secret()}`).toString('base64')}` },
      refusal: (given) => readRefusal({ ...given, writes }),
    })
    return answer.ok ? ok(answer.value.data, answer.observedAt) : answer
  }
  const client = `${base}/${encodeURIComponent(businessId)}/client`
  return {
    admin: call(`${base}/admin`, () => token('blvd-admin-v1')),
    guest: call(client, () => ''),
    asClient: (clientId) => call(client, () => token('blvd-client-v1', bareId(clientId))),
  }
}

/** `urn:blvd:Client:3f1d…` without what is before the last colon: the tokens name clients so. */
function bareId(urn: string): string {
  return urn.slice(urn.lastIndexOf(':') + 1)
}

const kinds: Record<string, Refusal['kind']> = {
  UNAUTHENTICATED: 'auth', UNAUTHORIZED: 'auth', FORBIDDEN: 'forbidden', NOT_FOUND: 'not_found', BAD_USER_INPUT: 'invalid', GRAPHQL_VALIDATION_FAILED: 'invalid',
  API_LIMIT_EXCEEDED: 'rate_limited', THROTTLED: 'rate_limited', RATE_LIMITED: 'rate_limited',
}

// Its codes are not all published: what a message says decides where there is no code that we know.
const byWords: [RegExp, Refusal['kind']][] = [
  [/not found|does not exist/i, 'not_found'], [/limit|throttl/i, 'rate_limited'], [/authoriz|permission|not allowed/i, 'forbidden'],
  [/no longer|not available|double.?book/i, 'conflict_slot'], [/invalid|required|\bexpected/i, 'invalid'],
]

// Words of a server that does not know itself how far it came.
const midway = /unexpected|internal|time.?out|timed out|time limit/i

/** Boulevard answers 200 and says what went wrong in `errors`, of the request or of one payload in it. */
function readRefusal({ status, body, writes }: { status: number; body: unknown; writes: boolean }): Refusal | undefined {
  const said = Errors.safeParse(body)
  if (!said.success) return undefined
  const [error] = [...said.data.errors ?? [], ...Object.values(said.data.data ?? {}).flatMap(errorsOf)]
  if (error === undefined) return undefined
  // A refusal with a status of its own goes by that.
  if (status >= 400 && error.extensions?.code === undefined && error.code === undefined) return undefined
  const code = (error.extensions?.code ?? error.code ?? '').toUpperCase()
  // A change that answers with what it changed was made, also where part of the answer could not be told.
  if (writes && (said.data.errors ?? []).length > 0 && Object.values(said.data.data ?? {}).some((payload) => payload !== null && payload !== undefined && errorsOf(payload).length === 0)) return { kind: 'unknown_outcome', ...(code !== '' && { providerCode: code }) }
  const open = writes ? 'unknown_outcome' : 'unavailable'
  const kind = kinds[code] ?? (midway.test(error.message ?? '') ? open : byWords.find(([words]) => words.test(error.message ?? ''))?.[1] ?? open)
  return { kind, ...(code !== '' && { providerCode: code }) }
}

function errorsOf(payload: unknown) {
  const parsed = Payload.safeParse(payload)
  return parsed.success ? [...parsed.data.errors ?? [], ...parsed.data.booking?.errors ?? []] : []
}
