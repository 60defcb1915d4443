import { sql } from 'kysely'
import type { Catalog, Shift } from '../../salon/salon.ts'
import type { Instant } from '../../salon/time.ts'
import type { Trx } from '../../store/open-store.ts'
import { bulkInsert } from './bulk-insert.ts'

/** Writes a catalogue over the one that is there: everything in its order, shifts as given. What it does not name stays as it was. */
export async function putCatalog(trx: Trx, { catalog, shifts, now }: { catalog: Catalog; shifts: Shift[]; now: Instant }): Promise<void> {
  const business = { ...catalog.business, current_at: now }
  await trx.insertInto('book_business').values({ only_one: true, ...business }).onConflict((conflict) => conflict.column('only_one').doUpdateSet(business)).execute()
  for (const [table, items] of [['book_locations', catalog.locations], ['book_services', catalog.services], ['book_staff', catalog.staff]] as const) {
    const rows = items.map((item, position) => ({ id: item.id, position, data: item }))
    await sql`insert into ${sql.table(table)} (id, position, data) select id, position, data from json_to_recordset(${JSON.stringify(rows)}::json) as r(id text, position int, data jsonb)
      on conflict (id) do update set position = excluded.position, data = excluded.data`.execute(trx)
  }
  await trx.deleteFrom('book_shifts').execute()
  await bulkInsert({ trx, table: 'book_shifts', rows: shifts.map((data, position) => ({ position, data })) })
}
