import { sql } from 'kysely'
import type { Catalog } from '../../salon/salon.ts'
import type { Instant } from '../../salon/time.ts'
import { hashOf } from '../../store/canonical-json.ts'
import type { Trx } from '../../store/open-store.ts'
import { bulkInsert } from '../embedded/bulk-insert.ts'
import { readCatalog } from '../embedded/read-catalog.ts'

/** Puts what the platform's catalogue says now into the copy; what it no longer lists stays, inactive. Answers whether anything differed. */
export async function saveCatalog(trx: Trx, { catalog, now }: { catalog: Catalog; now: Instant }): Promise<boolean> {
  const before = await readCatalog(trx)
  const { business, locations, services, staff, shifts = [] } = catalog
  const goneServices = (before?.services ?? []).filter(({ id }) => !services.some((service) => service.id === id)).map(retired)
  const goneStaff = (before?.staff ?? []).filter(({ id }) => !staff.some((member) => member.id === id)).map(retired)
  const goneLocations = (before?.locations ?? []).filter(({ id }) => !locations.some((location) => location.id === id))
  const after = { business, locations: [...locations, ...goneLocations], services: [...services, ...goneServices], staff: [...staff, ...goneStaff], shifts }
  if (before !== undefined && hashOf(plain(after)) === hashOf(plain({ business: before.business, locations: before.locations, services: before.services, staff: before.staff, shifts: before.shifts }))) return false
  const row = { id: business.id, name: business.name, demo: false, current_at: now }
  await trx.insertInto('book_business').values({ only_one: true, ...row }).onConflict((conflict) => conflict.column('only_one').doUpdateSet(row)).execute()
  for (const [table, items] of [['book_locations', after.locations], ['book_services', after.services], ['book_staff', after.staff]] as const) {
    const rows = items.map((item, position) => ({ id: item.id, position, data: item }))
    await sql`insert into ${sql.table(table)} (id, position, data) select id, position, data from json_to_recordset(${JSON.stringify(rows)}::json) as r(id text, position int, data jsonb)
      on conflict (id) do update set position = excluded.position, data = excluded.data`.execute(trx)
  }
  await trx.deleteFrom('book_shifts').execute()
  await bulkInsert({ trx, table: 'book_shifts', rows: shifts.map((data, position) => ({ position, data })) })
  return true
}

function retired<T extends { active: boolean }>(item: T): T {
  return { ...item, active: false }
}

/** As JSON has it: what is undefined is not there. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}
