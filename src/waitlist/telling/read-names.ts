import { findLocation } from '../../bookings/read-booking.ts'
import { unwrap } from '../../platforms/unwrap.ts'
import { type Appointment, type Catalog, clientName, type Location } from '../../salon/salon.ts'
import type { WaitlistRoom } from '../waitlist-room.ts'

/** The names of what rows know by id. Somebody who is gone is "a client". */
export type Names = {
  catalog: Catalog
  location: (id: string) => Location
  client: (id: string) => string
  service: (id: string) => string
  staff: (id: string) => string
  /** The visit that an opening names, when it can still be read. */
  visit: (id: string | null) => Appointment | undefined
}

/** Reads the names of these clients, and the visits with theirs. Throws the platform's refusal as `DeskError`. */
export async function readNames({ platform }: Pick<WaitlistRoom, 'platform'>, { clientIds = [], appointmentIds = [] }: { clientIds?: string[]; appointmentIds?: (string | null)[] }): Promise<Names> {
  const catalog = unwrap(await platform.catalog())
  const wanted = [...new Set(appointmentIds.filter((id) => id !== null))]
  const visits = new Map((await Promise.all(wanted.map((id) => platform.appointment({ id })))).flatMap((read) => (read.ok ? [[read.value.id, read.value] as const] : [])))
  const ids = [...new Set([...clientIds, ...[...visits.values()].map(({ clientId }) => clientId)])]
  const names = new Map((ids.length === 0 ? [] : unwrap(await platform.clients({ ids }))).map((client) => [client.id, clientName(client)]))
  return {
    catalog,
    location: (id) => findLocation(catalog, id),
    client: (id) => names.get(id) ?? 'a client',
    service: (id) => catalog.services.find((one) => one.id === id)?.name ?? 'a service',
    staff: (id) => catalog.staff.find((one) => one.id === id)?.name ?? 'somebody',
    visit: (id) => (id === null ? undefined : visits.get(id)),
  }
}
