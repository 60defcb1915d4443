import { createHmac } from 'node:crypto'
import type { z } from 'zod'
import type { Clock } from '../../salon/time.ts'
import type { Outcome } from '../booking-platform.ts'
import type { Ask } from '../kit/ask.ts'

export type BokunCredentials = { accessKey: string; secretKey: string; timezone: string; environment: 'production' | 'test'; currency?: string | undefined; appSecret?: string | undefined }

export type BokunClient = <T>(request: { method?: 'GET' | 'POST'; path: string; query?: Record<string, string | undefined>; body?: unknown; schema: z.ZodType<T>; writes?: boolean }) => Promise<Outcome<T>>

const hosts = { production: 'https://api.bokun.io', test: 'https://api.bokuntest.com' }

/** Bókun's REST API with a vendor's key pair. Each request is signed for its second: a clock that is wrong is refused like a wrong key. */
export function bokunClient({ ask, clock, credentials: { environment, accessKey, secretKey } }: { ask: Ask; clock: Clock; credentials: BokunCredentials }): BokunClient {
  return ({ path, query = {}, method = 'GET', ...request }) => {
    const url = new URL(`${hosts[environment]}${path}`)
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value)
    const date = clock.now().slice(0, 19).replace('T', ' ')
    // The query is signed too, as it is sent: the address is whole before it is signed.
    const signature = createHmac('sha1', secretKey).update(`${date}${accessKey}${method}${url.pathname}${url.search}`).digest('base64')
    return ask({ ...request, method, url: url.href, headers: { 'x-bokun-date': date, 'x-bokun-accesskey': accessKey, 'x-bokun-signature': signature, ...(request.body !== undefined && { 'content-type': 'application/json;charset=UTF-8' }) } })
  }
}
