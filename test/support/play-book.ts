import { sql } from 'kysely'
import type { Store } from '../../src/store/open-store.ts'

/** The whole book: every thing in it by name (`appointment:ID`, `waitlist:ID`, `client:ID`, `notes:ID`), with a digest of what people would notice if it changed. */
export type BookPicture = ReadonlyMap<string, string>

/** Takes a picture of the book as it is; version numbers and risk scores are not in it. */
export async function pictureBook(store: Store): Promise<BookPicture> {
  const { rows } = await sql<{ name: string; digest: string }>`
    select 'appointment:' || id as name, md5(concat_ws('|', client_id, location_id, segments::text, starts_at, ends_at, status, cancelled_by)) as digest from book_appointments
    union all select 'waitlist:' || id, status from book_waitlist
    union all select 'client:' || id, md5(concat_ws('|', first_name, last_name, contact_sealed, consent::text, tags::text, holdings::text)) from book_clients
    union all select 'notes:' || subject_id, md5(string_agg(text, '|' order by at, id)) from book_notes group by subject_id`.execute(store.db)
  return new Map(rows.map(({ name, digest }) => [name, digest]))
}

/** Names of what is otherwise in the second picture, sorted. */
export function differences(before: BookPicture, after: BookPicture): string[] {
  return [...new Set([...before.keys(), ...after.keys()])].filter((name) => before.get(name) !== after.get(name)).toSorted()
}
