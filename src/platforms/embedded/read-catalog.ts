import { sql } from 'kysely'
import type { Catalog, Location, Service, Shift, StaffMember } from '../../salon/salon.ts'
import type { Db, Trx } from '../../store/open-store.ts'

/** The catalogue with what only the book needs of it. */
export type BookCatalog = Catalog & {
  shifts: Shift[]
  locationById: ReadonlyMap<string, Location>
  serviceById: ReadonlyMap<string, Service>
  staffById: ReadonlyMap<string, StaffMember & { number: number }>
  staffByNumber: ReadonlyMap<number, string>
}

/** Reads the whole catalogue in one query; undefined when nothing was ever loaded. */
export async function readCatalog(db: Db | Trx): Promise<BookCatalog | undefined> {
  type Row = { id: string; name: string; demo: boolean; locations: Location[]; services: Service[]; staff: (StaffMember & { number: number })[]; shifts: Shift[] }
  const { rows: [row] } = await sql<Row>`
    select id, name, demo,
      (select coalesce(jsonb_agg(data order by position), '[]') from book_locations) as locations,
      (select coalesce(jsonb_agg(data order by position), '[]') from book_services) as services,
      (select coalesce(jsonb_agg(data || jsonb_build_object('number', number) order by position), '[]') from book_staff) as staff,
      (select coalesce(jsonb_agg(data order by position), '[]') from book_shifts) as shifts
    from book_business`.execute(db)
  if (row === undefined) return undefined
  const { id, name, demo, locations, services, staff, shifts } = row
  return {
    business: { id, name, demo },
    locations,
    services,
    staff: staff.map(({ number: _, ...member }) => member),
    shifts,
    locationById: new Map(locations.map((location) => [location.id, location])),
    serviceById: new Map(services.map((service) => [service.id, service])),
    staffById: new Map(staff.map((member) => [member.id, member])),
    staffByNumber: new Map(staff.map((member) => [member.number, member.id])),
  }
}
