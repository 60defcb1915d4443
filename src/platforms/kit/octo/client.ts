import type { z } from 'zod'
import type { Outcome } from '../../booking-platform.ts'
import type { Ask, Refusal } from '../ask.ts'
import { Problem } from './schema.ts'

export type OctoClient = <T>(request: { method?: 'GET' | 'POST' | 'PATCH'; path: string; query?: Record<string, string | undefined>; body?: unknown; schema: z.ZodType<T>; writes?: boolean }) => Promise<Outcome<T>>

/** What is asked of the standard beyond its core: names, lengths and prices. A supplier that lacks one leaves it out. */
const wanted = 'octo/content, octo/pricing'

/** A supplier's OCTO endpoint with a reseller's key. `endpoint` has no slash at its end. */
export function octoClient({ ask, endpoint, apiKey, testMode = false }: { ask: Ask; endpoint: string; apiKey: string; testMode?: boolean }): OctoClient {
  return ({ path, ...request }) => ask({
    ...request,
    url: `${endpoint}${path}`,
    headers: { authorization: `Bearer ${apiKey}`, 'octo-capabilities': wanted, 'octo-env': testMode ? 'test' : 'live' },
    // A hold changes nothing that lasts, but it is no reading either.
    refusal: ({ status, body }) => readRefusal({ status, body, reads: (request.method ?? 'GET') === 'GET' || path === '/availability' }),
  })
}

const kinds: Record<string, Refusal['kind']> = {
  UNAUTHORIZED: 'auth', NOT_FOUND: 'not_found', INVALID_BOOKING_UUID: 'not_found', INVALID_AVAILABILITY_ID: 'conflict_slot',
  INVALID_PRODUCT_ID: 'invalid', INVALID_OPTION_ID: 'invalid', INVALID_UNIT_ID: 'invalid', BAD_REQUEST: 'invalid',
  // "Technically correct but cannot be processed": past the cutoff, fewer people than the tour's minimum.
  UNPROCESSABLE_ENTITY: 'policy_blocked',
}

/** The standard answers most refusals with 400 and a code; the code counts. */
function readRefusal({ status, body, reads }: { status: number; body: unknown; reads: boolean }): Refusal | undefined {
  const problem = status >= 400 && status < 500 ? Problem.safeParse(body) : undefined
  if (problem?.success !== true) return undefined
  const code = problem.data.error
  // One code for a key that was revoked and for a thing that the key may not do: what may not even be read is the key.
  const kind = code === 'FORBIDDEN' ? reads ? 'auth' : 'forbidden' : kinds[code]
  return kind === undefined ? undefined : { kind, providerCode: code }
}
