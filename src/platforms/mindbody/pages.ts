import type { z } from 'zod'
import { ok, type Outcome } from '../booking-platform.ts'
import type { MindbodyClient } from './client.ts'
import type { Pagination } from './schema.ts'

/** The most that a page holds. */
export const pageSize = 200

/** Where the next page begins; undefined after the last. */
export function nextOffset({ offset, count, page }: { offset: number; count: number; page: z.infer<typeof Pagination> }): number | undefined {
  // `PageSize` is how many are on this page; one of no sense is left out of account.
  const whole = page?.PageSize !== undefined && page.PageSize > 0 && page.PageSize <= pageSize ? page.PageSize : pageSize
  // Where the total is not told a full page may be followed by another.
  const more = offset + count < (page?.TotalResults ?? Infinity)
  return more && count > 0 && count >= whole ? offset + count : undefined
}

/** All pages of a list. */
export async function all<Page extends { PaginationResponse?: z.infer<typeof Pagination> }, Item>(client: MindbodyClient, request: { path: string; query?: Record<string, string | number | boolean | undefined>; schema: z.ZodType<Page> }, items: (page: Page) => Item[]): Promise<Outcome<Item[]>> {
  const found: Item[] = []
  for (let offset = 0; ;) {
    const page = await client({ ...request, query: { ...request.query, 'request.limit': pageSize, 'request.offset': offset } })
    if (!page.ok) return page
    const here = items(page.value)
    found.push(...here)
    const next = nextOffset({ offset, count: here.length, page: page.value.PaginationResponse })
    if (next === undefined) return ok(found, page.observedAt)
    offset = next
  }
}
