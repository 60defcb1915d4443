import type { Catalog } from '../../salon/salon.ts'
import type { Instant } from '../../salon/time.ts'
import { hashOf } from '../../store/canonical-json.ts'
import type { Trx } from '../../store/open-store.ts'
import { putCatalog } from '../embedded/put-catalog.ts'
import { readCatalog } from '../embedded/read-catalog.ts'

/** Puts what the platform's catalogue says now into the copy; what it no longer lists stays, inactive. Answers whether anything differed. */
export async function saveCatalog(trx: Trx, { catalog, now }: { catalog: Catalog; now: Instant }): Promise<boolean> {
  const before = await readCatalog(trx)
  const { business, locations, services, staff, shifts = [] } = catalog
  const goneServices = (before?.services ?? []).filter(({ id }) => !services.some((service) => service.id === id)).map(retired)
  const goneStaff = (before?.staff ?? []).filter(({ id }) => !staff.some((member) => member.id === id)).map(retired)
  const goneLocations = (before?.locations ?? []).filter(({ id }) => !locations.some((location) => location.id === id))
  const after = { business, locations: [...locations, ...goneLocations], services: [...services, ...goneServices], staff: [...staff, ...goneStaff], shifts }
  if (before !== undefined && hashOf(after) === hashOf({ business: before.business, locations: before.locations, services: before.services, staff: before.staff, shifts: before.shifts })) return false
  await putCatalog(trx, { catalog: after, shifts, now })
  return true
}

function retired<T extends { active: boolean }>(item: T): T {
  return { ...item, active: false }
}
