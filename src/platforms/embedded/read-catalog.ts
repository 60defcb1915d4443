import { sql } from 'kysely'
import { DeskError } from '../../salon/errors.ts'
import type { Catalog, Location, Service, Shift, StaffMember } from '../../salon/salon.ts'
import type { Db, Trx } from '../../store/open-store.ts'

/** The catalogue with what only the book needs of it. */
export type BookCatalog = Catalog & {
  shifts: Shift[]
  locationById: ReadonlyMap<string, Location>
  serviceById: ReadonlyMap<string, Service>
  staffById: ReadonlyMap<string, StaffMember>
  /** The number of each staff member's line in book_occupied. */
  staffNumbers: ReadonlyMap<string, number>
  staffByNumber: ReadonlyMap<number, string>
}

/** Reads the whole catalogue in one query; undefined when nothing was ever loaded. */
export async function readCatalog(db: Db | Trx): Promise<BookCatalog | undefined> {
  type Row = { id: string; name: string; demo: boolean; locations: Location[]; services: Service[]; staff: StaffMember[]; numbers: Record<string, number>; shifts: Shift[] }
  const { rows: [row] } = await sql<Row>`
    select id, name, demo,
      (select coalesce(jsonb_agg(data order by position), '[]') from book_locations) as locations,
      (select coalesce(jsonb_agg(data order by position), '[]') from book_services) as services,
      (select coalesce(jsonb_agg(data order by position), '[]') from book_staff) as staff,
      (select coalesce(jsonb_object_agg(id, number), '{}') from book_staff) as numbers,
      (select coalesce(jsonb_agg(data order by position), '[]') from book_shifts) as shifts
    from book_business`.execute(db)
  if (row === undefined) return undefined
  const { id, name, demo, locations, services, staff, numbers, shifts } = row
  return {
    business: { id, name, demo },
    locations,
    services,
    staff,
    shifts,
    locationById: new Map(locations.map((location) => [location.id, location])),
    serviceById: new Map(services.map((service) => [service.id, service])),
    staffById: new Map(staff.map((member) => [member.id, member])),
    staffNumbers: new Map(Object.entries(numbers)),
    staffByNumber: new Map(Object.entries(numbers).map(([staffId, number]) => [number, staffId])),
  }
}

/** The number of a staff member's line. Throws `DeskError('internal')` for somebody who is not in the catalogue: nobody's time is kept nowhere. */
export function lineOf(catalog: BookCatalog, staffId: string): number {
  const number = catalog.staffNumbers.get(staffId)
  if (number === undefined) throw new DeskError('internal', { message: `staff member without a number: ${staffId}` })
  return number
}
