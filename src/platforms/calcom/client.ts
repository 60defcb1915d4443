import type { z } from 'zod'
import type { Outcome } from '../booking-platform.ts'
import type { Ask, Refusal } from '../kit/ask.ts'
import { Failure } from './schema.ts'

/** `baseUrl` ends with the version ("/v2"); `teamId` where the salon is a team and not one person's account. */
export type CalcomCredentials = { apiKey: string; teamId?: number | undefined; webhookSecret?: string | undefined; baseUrl: string }

export type CalcomClient = <T>(request: { method?: 'GET' | 'POST'; path: string; query?: Record<string, string | number | undefined>; body?: unknown; schema: z.ZodType<T>; writes?: boolean }) => Promise<Outcome<T>>

// Every family of calls has a version of its own; without it an older one answers, in other shapes.
const versions = { bookings: '2024-08-13', slots: '2024-09-04', 'event-types': '2024-06-14', schedules: '2024-06-11', me: undefined } as const

/** Cal.com's API with the salon's key. */
export function calcomClient({ ask, credentials }: { ask: Ask; credentials: CalcomCredentials }): CalcomClient {
  return ({ path, ...request }) => ask({
    ...request,
    url: `${credentials.baseUrl}${path}`,
    headers: { authorization: `Bearer ${credentials.apiKey}`, ...versionOf(path) },
    refusal: readRefusal,
  })
}

function versionOf(path: string): Record<string, string> {
  const family = Object.entries(versions).find(([name]) => new RegExp(`^(/teams/\\d+)?/${name}(/|$)`).test(path))
  return family?.[1] === undefined ? {} : { 'cal-api-version': family[1] }
}

const taken = /already has booking|is not available|no_available_users|can't be booked at|booking_conflict|slot .*(unavailable|reserved)/i

/** Cal.com tells most of its reasons in words only. A time that is taken is a 400 or a 409, and was a 500 at times: with these words nothing was booked. */
function readRefusal({ status, body }: { status: number; body: unknown }): Refusal | undefined {
  const failure = Failure.safeParse(body)
  if (!failure.success) return undefined
  const { code, message } = failure.data.error
  if (status !== 429 && taken.test(message)) return { kind: 'conflict_slot', providerCode: code }
  // An error with a good status would be read as an answer without its data.
  return status < 400 ? { kind: 'invalid', providerCode: code } : undefined
}
