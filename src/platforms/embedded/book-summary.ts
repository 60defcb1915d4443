import { sql } from 'kysely'
import type { Instant } from '../../salon/time.ts'
import type { Store } from '../../store/open-store.ts'

/** What is in the book, for a greeting and for `doctor`; `currentAt` is when it was last loaded or carried forward. */
export type BookSummary = { business: string; demo: boolean; currentAt: Instant; locations: number; clients: number; appointments: number }

/** Undefined when nothing was ever loaded. */
export async function bookSummary(store: Store): Promise<BookSummary | undefined> {
  const { rows } = await sql<BookSummary>`
    select name as business, demo, current_at as "currentAt",
      (select count(*) from book_locations) as locations, (select count(*) from book_clients) as clients, (select count(*) from book_appointments) as appointments
    from book_business`.execute(store.db)
  return rows[0]
}
