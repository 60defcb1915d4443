import type { CountryCode } from 'libphonenumber-js'
import { money } from '../../salon/money.ts'
import type { Location, Service, Shift, StaffMember } from '../../salon/salon.ts'
import type { RowProblem } from '../import-reading.ts'
import { indexRows, referenceFinder, valuesOf } from './references.ts'
import type { Index } from './references.ts'
import type { Columns, Row, Table } from './tables.ts'

export type CatalogIndex = { locations: Index<Location>; services: Index<Service>; staff: Index<StaffMember>; country: CountryCode; currency: string }

/** Locations, services and staff by id, with their references to each other checked. */
export function makeCatalog({ locations, services, staff, bad }: { locations: Table<Columns['locations']>; services: Table<Columns['services']>; staff: Table<Columns['staff']>; bad: RowProblem[] }): CatalogIndex {
  const currency = locations.rows[0]?.currency ?? 'USD'
  const locationIndex = indexRows({
    table: locations, bad,
    make: ({ id, name, zone, currency: own, hours, closures, phone, address }): Location => ({ id, name, zone, currency: own, hours, closures, ...(phone && { phone }), ...(address && { address }) }),
  })
  const serviceIndex = indexRows({ table: services, bad, make: (row) => makeService(row, currency, (reason) => bad.push({ file: services.file, line: row.line, reason })) })
  const staffIndex = indexRows({
    table: staff, bad,
    make: (row): StaffMember | undefined => {
      const { missing, find } = referenceFinder()
      const locationIds = row.locations ?? valuesOf(locationIndex).map(({ id }) => id)
      const serviceIds = row.services ?? valuesOf(serviceIndex).map(({ id }) => id)
      for (const id of locationIds) find(locationIndex, 'location', id)
      for (const id of serviceIds) find(serviceIndex, 'service', id)
      if (missing.length === 0) return { id: row.id, name: row.name, locationIds, serviceIds, active: row.active }
      bad.push({ file: staff.file, line: row.line, reason: missing.join('; ') })
      return undefined
    },
  })
  return { locations: locationIndex, services: serviceIndex, staff: staffIndex, country: locations.rows[0]?.country ?? 'US', currency }
}

/** Weekly shifts; one that names nobody we know, or ends before it starts, goes to `bad`. */
export function makeShifts({ shifts, catalog, bad }: { shifts: Table<Columns['shifts']>; catalog: CatalogIndex; bad: RowProblem[] }): Shift[] {
  return shifts.rows.flatMap((row) => {
    const { missing, find } = referenceFinder()
    const person = find(catalog.staff, 'staff member', row.staff)
    const locationId = row.location ?? person?.locationIds[0] ?? ''
    if (person) find(catalog.locations, 'location', locationId)
    if (row.start >= row.end) missing.push(`the shift ends at ${row.end}, before it starts`)
    if (missing.length === 0) return row.weekdays.map((weekday) => ({ staffId: row.staff, locationId, weekday, start: row.start, end: row.end }))
    bad.push({ file: shifts.file, line: row.line, reason: missing.join('; ') })
    return []
  })
}

function makeService(row: Row<Columns['services']>, currency: string, refuse: (reason: string) => void): Service | undefined {
  const { processing_after_min: afterMin, processing_min: lengthMin } = row
  const half = (afterMin === undefined) !== (lengthMin === undefined)
  if (half || (afterMin ?? 0) + (lengthMin ?? 0) >= row.duration_min) {
    refuse(half ? 'processing_after_min and processing_min go together: one is empty' : `the processing time ends after the service of ${row.duration_min} minutes`)
    return undefined
  }
  return {
    id: row.id, name: row.name, category: row.category, durationMin: row.duration_min, price: money(row.price, currency), active: row.active, consultation: row.consultation,
    ...(afterMin !== undefined && lengthMin !== undefined && { processing: { afterMin, lengthMin } }),
    ...(row.patch_test_hours !== undefined && { patchTestHours: row.patch_test_hours }),
    ...(row.deposit_percent !== undefined && { depositPercent: row.deposit_percent }),
  }
}
