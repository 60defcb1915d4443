import { sql } from 'kysely'
import { money } from '../../salon/money.ts'
import type { Service, StaffMember } from '../../salon/salon.ts'
import { someStaff } from '../../salon/stand-ins.ts'
import type { Trx } from '../../store/open-store.ts'
import { type BookCatalog, readCatalog } from '../embedded/read-catalog.ts'
import type { SeenVisit } from '../platform-adapter.ts'

/** For a visit that names no client: a walk-in, or a platform that does not tell. */
export const nobody = 'nobody'

/**
 * Visits may name people and services that the catalogue no longer lists (somebody left, a service was renamed away): each gets
 * an inactive line, so that its visits have a place; a service that the visit's own record describes, as it says there. Answers the catalogue with them; undefined while there is none at all.
 */
export async function ensurePlaces({ trx, seen }: { trx: Trx; seen: SeenVisit[] }): Promise<BookCatalog | undefined> {
  const catalog = await readCatalog(trx)
  if (catalog === undefined) return undefined
  const segments = seen.flatMap(({ visit }) => visit.segments)
  const described = new Map(seen.flatMap(({ services = [] }) => services.map((service) => [service.id, service])))
  const staff = [...new Set(segments.map(({ staffId }) => staffId))].filter((id) => !catalog.staffById.has(id))
    .map((id): StaffMember => ({ id, name: id === someStaff ? 'Nobody in particular' : 'Former staff member', locationIds: catalog.locations.map((location) => location.id), serviceIds: [], active: false }))
  const services = [...new Set(segments.map(({ serviceId }) => serviceId))].filter((id) => !catalog.serviceById.has(id))
    .map((id): Service => {
      const told = described.get(id)
      if (told !== undefined) return told
      const like = segments.find(({ serviceId }) => serviceId === id)
      return { id, name: 'Former service', category: 'service', durationMin: like?.durationMin ?? 0, price: like?.price ?? money(0, catalog.locations[0]?.currency ?? 'USD'), active: false, consultation: false }
    })
  if (staff.length === 0 && services.length === 0) return catalog
  await insertItems(trx, { table: 'book_staff', items: staff, from: catalog.staff.length })
  await insertItems(trx, { table: 'book_services', items: services, from: catalog.services.length })
  return readCatalog(trx)
}

async function insertItems(trx: Trx, { table, items, from }: { table: 'book_staff' | 'book_services'; items: { id: string }[]; from: number }): Promise<void> {
  const rows = items.map((data, n) => ({ id: data.id, position: from + n, data }))
  await sql`insert into ${sql.table(table)} (id, position, data) select id, position, data from json_to_recordset(${JSON.stringify(rows)}::json) as r(id text, position int, data jsonb) on conflict (id) do nothing`.execute(trx)
}
