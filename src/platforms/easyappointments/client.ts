import type { z } from 'zod'
import { type Outcome, ok } from '../booking-platform.ts'
import type { Ask, Refusal } from '../kit/ask.ts'
import { Failure } from './schema.ts'

/** `baseUrl` is where the salon's own installation lies, `index.php` and what follows it left out. */
export type EasyCredentials = { baseUrl: string; token: string; webhookToken?: string | undefined; webhookHeader: string; riskField: RiskField }

export const riskFields = ['customField1', 'customField2', 'customField3', 'customField4', 'customField5', 'none'] as const
type RiskField = typeof riskFields[number]

export type EasyClient = <T>(request: { method?: 'GET' | 'POST' | 'PUT' | 'DELETE'; path: string; query?: Record<string, string | number | undefined>; body?: unknown; schema: z.ZodType<T>; writes?: boolean }) => Promise<Outcome<T>>

/** The salon's own Easy!Appointments server, by the token of Settings, API. */
export function easyClient({ ask, credentials }: { ask: Ask; credentials: EasyCredentials }): EasyClient {
  return ({ path, ...request }) => ask({
    ...request,
    url: `${credentials.baseUrl}/index.php/api/v1${path}`,
    headers: { authorization: `Bearer ${credentials.token}` },
    refusal: readRefusal,
  })
}

/** How many records a page is asked to hold; the server's own default is 20. */
export const pageLength = 100

/** A list to its end. A page that is not full is the last one: the server says nothing about how many there are. */
export async function everyPage<T>(client: EasyClient, { path, query = {}, schema }: { path: string; query?: Record<string, string | number>; schema: z.ZodType<T[]> }): Promise<Outcome<T[]>> {
  const all: T[] = []
  for (let page = 1; ; page++) {
    const answer = await client({ path, query: { ...query, page, length: pageLength, sort: 'id' }, schema })
    if (!answer.ok) return answer
    all.push(...answer.value)
    if (answer.value.length < pageLength) return ok(all, answer.observedAt)
  }
}

// What the server says when it refuses a body before it has written anything. "Invalid address" is its mailer's, "invalid_grant" a calendar's: after.
const refusals = /bad format|required fields|is invalid|cannot be less|not found in the database|does not exist in the database|already in use/i

/**
 * Every exception of the server is a 500 with `{success: false, message}`, also for a body that it does not like. A message that
 * is not one of its refusals may come from after the record was saved (e-mail, calendars), so that stays open. The message
 * itself can repeat the whole record, so nothing of it goes further.
 */
function readRefusal({ status, body }: { status: number; body: unknown }): Refusal | undefined {
  if (status !== 500) return undefined
  const failure = Failure.safeParse(body)
  return failure.success && refusals.test(failure.data.message) ? { kind: 'invalid', providerCode: 'refused_body' } : undefined
}
