import type { BookingPlatform } from '../platforms/booking-platform.ts'
import { unwrap } from '../platforms/unwrap.ts'
import { type Catalog, clientName } from '../salon/salon.ts'
import { type Directory, makeDirectory } from '../understanding/make-directory.ts'

export type SalonDirectory = { catalog: Catalog; directory: Directory; names: ReadonlyMap<string, string> }

/** The names of the salon, indexed for reading; made anew when the platform reports changes or another catalogue. Answers a function for "as of now". */
export function salonDirectory(platform: BookingPlatform): () => Promise<SalonDirectory> {
  let known: { value: SalonDirectory; cursor: string | undefined; catalog: string } | undefined
  return async () => {
    const [catalog, changes] = await Promise.all([platform.catalog().then(unwrap), platform.changes(known?.cursor === undefined ? {} : { cursor: known.cursor, limit: 50 })])
    const cursor = changes.ok ? changes.value.cursor : undefined
    const catalogText = JSON.stringify(catalog)
    // A platform without a feed of changes is asked for its names every time.
    const fresh = known !== undefined && changes.ok && known.catalog === catalogText && !changes.value.changes.some(({ kind }) => kind === 'client' || kind === 'created')
    if (known !== undefined && fresh) {
      known.cursor = cursor
      return known.value
    }
    const clientNames = unwrap(await platform.clientNames())
    const { staff, services, locations } = catalog
    const directory = makeDirectory({ clientNames, staff: staff.filter(({ active }) => active), services: services.filter(({ active }) => active), locations })
    known = { value: { catalog, directory, names: new Map(clientNames.map((client) => [client.id, clientName(client)])) }, cursor, catalog: catalogText }
    return known.value
  }
}
