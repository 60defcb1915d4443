import type { z } from 'zod'
import { ok, type Outcome } from '../booking-platform.ts'
import type { Ask, Refusal } from '../kit/ask.ts'
import { Problem } from './schema.ts'

export type PhorestCredentials = {
  region: 'eu' | 'us'
  email: string
  password: string
  businessId: string
  timezone: string
  currency: string
  times: 'utc' | 'salon'
}

export type PhorestClient = <T>(request: { method?: 'GET' | 'POST' | 'PUT'; path: string; query?: Record<string, string | number | boolean | undefined>; body?: unknown; schema: z.ZodType<T>; writes?: boolean }) => Promise<Outcome<T>>

const hosts = { eu: 'https://api-gateway-eu.phorest.com', us: 'https://api-gateway-us.phorest.com' }

/** Phorest's largest page. */
export const pageSize = 100

/** Phorest's API with the salon's user: HTTP Basic with `global/EMAIL`, every path below the business. */
export function phorestClient({ ask, credentials }: { ask: Ask; credentials: PhorestCredentials }): PhorestClient {
  const { region, email, password, businessId } = credentials
  const root = `${hosts[region]}/third-party-api-server/api/business/${encodeURIComponent(businessId)}`
  // Passwords are people's own and may hold any letter: UTF-8, as RFC 7617 has it.
  const authorization = `Basic ${Buffer.from(`global/${email}:${password}`, 'utf8').toString('base64')}`
  return ({ path, ...request }) => ask({ ...request, url: `${root}${path}`, headers: { authorization }, refusal: readRefusal })
}

/** All pages of a short list (branches, services, staff); at most 50 of 100. */
export async function allPages<T>(client: PhorestClient, { path, query = {}, schema }: { path: string; query?: Record<string, string | number | boolean>; schema: z.ZodType<{ items: T[]; page: { number: number; totalPages: number } | undefined }> }): Promise<Outcome<T[]>> {
  const items: T[] = []
  for (let page = 0; page < 50; page++) {
    const answer = await client({ path, query: { ...query, size: pageSize, page }, schema })
    if (!answer.ok) return answer
    items.push(...answer.value.items)
    if (!hasMore(answer.value)) return ok(items, answer.observedAt)
  }
  return { ok: false, error: { kind: 'unavailable', message: 'more than 50 pages of a short list' } }
}

export function hasMore({ items, page }: { items: unknown[]; page: { number: number; totalPages: number } | undefined }): boolean {
  return page !== undefined && items.length > 0 && page.number + 1 < page.totalPages
}

/**
 * Phorest answers `{ detail, errorCode, id }`. Its list of codes is not published: STAFF_NOT_WORKING is known from salons'
 * programs, the others are told by what they say. What is not here goes by its status.
 */
function readRefusal({ status, body }: { status: number; body: unknown }): Refusal | undefined {
  if (status < 400 || status >= 500 || status === 401 || status === 403 || status === 404 || status === 429) return undefined
  const code = Problem.safeParse(body).data?.errorCode
  if (code === undefined) return undefined
  if (/VERSION|OPTIMISTIC|STALE/i.test(code)) return { kind: 'conflict_version', providerCode: code }
  if (/NOT_WORKING|NOT_AVAILABLE|UNAVAILABLE|OVERLAP|DOUBLE|CLASH|SLOT|CONFLICT/i.test(code)) return { kind: 'conflict_slot', providerCode: code }
  return status === 409 ? { kind: 'conflict_version', providerCode: code } : { kind: 'invalid', providerCode: code }
}
