import type { z } from 'zod'
import type { Outcome, PlatformErrorKind } from '../booking-platform.ts'
import type { Ask, Refusal } from '../kit/ask.ts'
import { ErrorBody } from './schema.ts'

export type AcuityCredentials = { userId: string; apiKey: string; currency: string; riskFieldId?: string | undefined }

export type AcuityClient = <T>(request: { method?: 'GET' | 'POST' | 'PUT'; path: string; query?: Record<string, string | number | boolean | undefined>; body?: unknown; schema: z.ZodType<T>; writes?: boolean }) => Promise<Outcome<T>>

/** Acuity's API with the account's own user id and key (Basic). */
export function acuityClient({ ask, credentials: { userId, apiKey } }: { ask: Ask; credentials: AcuityCredentials }): AcuityClient {
  const authorization = `Basic ${Buffer.from(`${userId}:${apiKey}`).toString('base64')}`
  return ({ path, ...request }) => ask({ ...request, url: `https://acuityscheduling.com/api/v1${path}`, headers: { authorization }, refusal: readRefusal })
}

// Acuity's errors in our words, as far as they say more than the status.
const kinds: Record<string, PlatformErrorKind> = {
  not_available: 'conflict_slot', no_available_calendar: 'conflict_slot', time_unavailable: 'conflict_slot', double_booked: 'conflict_slot',
  not_available_min_hours_in_advance: 'policy_blocked', not_available_max_days_in_advance: 'policy_blocked',
  cancel_not_allowed: 'policy_blocked', cancel_too_close: 'policy_blocked', reschedule_not_allowed: 'policy_blocked', reschedule_too_close: 'policy_blocked',
  reschedule_series: 'policy_blocked', reschedule_canceled: 'policy_blocked', appointment_not_found: 'not_found',
}

function readRefusal({ status, body }: { status: number; body: unknown }): Refusal | undefined {
  if (status < 400) return undefined
  const parsed = ErrorBody.safeParse(body)
  const code = parsed.success ? parsed.data.error : undefined
  const kind = code === undefined ? undefined : kinds[code]
  return code === undefined || kind === undefined ? undefined : { kind, providerCode: code }
}
