import type { z } from 'zod'
import type { Outcome } from '../booking-platform.ts'
import type { Ask, Refusal } from '../kit/ask.ts'
import { Errors } from './schema.ts'

export type SquareCredentials = { accessToken: string; environment: 'production' | 'sandbox'; signatureKey?: string | undefined }

export type SquareClient = <T>(request: { method?: 'GET' | 'POST' | 'PUT'; path: string; query?: Record<string, string | number | boolean | undefined>; body?: unknown; schema: z.ZodType<T>; writes?: boolean }) => Promise<Outcome<T>>

const hosts = { production: 'https://connect.squareup.com', sandbox: 'https://connect.squareupsandbox.com' }

/** The version of the API that these shapes were read from. */
const version = '2025-08-20'

/** Square's API with the salon's token. */
export function squareClient({ ask, credentials }: { ask: Ask; credentials: SquareCredentials }): SquareClient {
  return ({ path, ...request }) => ask({
    ...request,
    url: `${hosts[credentials.environment]}/v2${path}`,
    headers: { authorization: `Bearer ${credentials.accessToken}`, 'square-version': version },
    refusal: readRefusal,
  })
}

// Square's codes in our words; what is not here goes by its status.
const kinds: Record<string, Refusal['kind']> = {
  UNAUTHORIZED: 'auth', ACCESS_TOKEN_EXPIRED: 'auth', ACCESS_TOKEN_REVOKED: 'auth', CLIENT_DISABLED: 'auth',
  FORBIDDEN: 'forbidden', INSUFFICIENT_SCOPES: 'forbidden', INSUFFICIENT_PERMISSIONS: 'forbidden', MERCHANT_SUBSCRIPTION_NOT_FOUND: 'forbidden', CUSTOMER_NOT_FOUND: 'not_found',
  NOT_FOUND: 'not_found', VERSION_MISMATCH: 'conflict_version', CONFLICT: 'conflict_version', RATE_LIMITED: 'rate_limited',
  TIME_SLOT_UNAVAILABLE: 'conflict_slot', BOOKING_TIME_UNAVAILABLE: 'conflict_slot',
  // The mirror's keys are one command's each: an earlier try of it came through (its note said another minute), and looking tells.
  IDEMPOTENCY_KEY_REUSED: 'unknown_outcome',
}

function readRefusal({ status, body }: { status: number; body: unknown }): Refusal | undefined {
  if (status < 400) return undefined
  const parsed = Errors.safeParse(body)
  const code = parsed.success ? parsed.data.errors[0]?.code : undefined
  if (code === undefined) return undefined
  const kind = kinds[code]
  return kind === undefined ? undefined : { kind, providerCode: code }
}
