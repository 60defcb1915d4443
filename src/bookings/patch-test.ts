import type { Catalog, Client, Service } from '../salon/salon.ts'
import { daysBetween, type Instant } from '../salon/time.ts'

/** A test counts for six months, as colour makers ask. */
const goodForDays = 183

/** The first of these services that needs a patch test which the client has not had in time for a visit at `start`; undefined when none does. */
export function missingPatchTest({ client, catalog, serviceIds, start }: { client: Pick<Client, 'holdings'>; catalog: Pick<Catalog, 'services'>; serviceIds: string[]; start: Instant }): Service | undefined {
  if (client.holdings.some((holding) => holding.kind === 'patch_test' && daysBetween(holding.done, start.slice(0, 10)) <= goodForDays)) return undefined
  return serviceIds.flatMap((serviceId) => catalog.services.find(({ id }) => id === serviceId) ?? []).find(({ patchTestHours }) => patchTestHours !== undefined)
}
