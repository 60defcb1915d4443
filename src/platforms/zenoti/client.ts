import type { z } from 'zod'
import { failed, type Outcome, type PlatformErrorKind } from '../booking-platform.ts'
import type { Ask, Refusal } from '../kit/ask.ts'
import { Errors } from './schema.ts'

export type ZenotiCredentials = {
  apiKey: string
  host: string
  timezone: string
  currency: string
  searchGuestId: string
  centerId?: string | undefined
  webhookSecret?: string | undefined
}

export type ZenotiClient = <T>(request: {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  path: string
  query?: Record<string, string | number | boolean | undefined>
  body?: unknown
  schema: z.ZodType<T>
  writes?: boolean
  /** What a refusal of this call means when its code says nothing else: for a cancellation, that the invoice stands against it. */
  refused?: PlatformErrorKind
}) => Promise<Outcome<T>>

/** Zenoti's API with the key of the salon's own backend app. */
export function zenotiClient({ ask, credentials }: { ask: Ask; credentials: Pick<ZenotiCredentials, 'apiKey' | 'host'> }): ZenotiClient {
  return ({ path, refused, ...request }) => ask({
    ...request,
    url: `${credentials.host}/v1${path}`,
    headers: { authorization: `apikey ${credentials.apiKey}` },
    refusal: (answer) => readRefusal(answer, refused),
  })
}

// Zenoti's codes in our words. 502 is many things ("invalid center_id", "payments are added"): the call itself says what it means.
const kinds: Record<string, PlatformErrorKind> = {
  401: 'auth', 403: 'forbidden', 404: 'not_found', 422: 'invalid', 429: 'rate_limited', 438: 'forbidden', 602: 'forbidden', 4051: 'forbidden',
  410: 'not_found', 428: 'not_found', 503: 'invalid', 735: 'policy_blocked', 736: 'policy_blocked', 4072: 'conflict_slot', 5001: 'policy_blocked', 5002: 'policy_blocked',
}

/** Zenoti also refuses inside a 200: `error {code, message}` there is as good as a status. The message is not passed on, it may name people. */
function readRefusal({ status, body }: { status: number; body: unknown }, refused: PlatformErrorKind = 'invalid'): Refusal | undefined {
  if (status >= 500 || status === 401 || status === 403 || status === 404 || status === 429) return undefined
  const parsed = Errors.safeParse(body)
  const error = parsed.success ? parsed.data.error ?? parsed.data.Error : undefined
  if (error === undefined || error === null) return status === 400 ? { kind: refused } : undefined
  const code = String(error.code ?? '')
  return { kind: kinds[code] ?? refused, ...(code !== '' && { providerCode: code }) }
}

/** A reading right after a write: where it fails the write was done all the same, and looking again tells. */
export function afterWrite<T>(read: Outcome<T>): Outcome<T> {
  return read.ok ? read : failed('unknown_outcome', `done, and not read back: ${read.error.kind}`)
}
