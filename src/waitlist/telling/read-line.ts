import { unwrap } from '../../platforms/unwrap.ts'
import { daysBetween, type Instant, localDate } from '../../salon/time.ts'
import type { WaitlistRoom } from '../waitlist-room.ts'
import { readNames } from './read-names.ts'

/** Who waits for one service at one location, first come first. `days` are local days waited. */
export type LineNow = {
  location: { id: string; name: string }
  service: { id: string; name: string }
  entries: { id: string; client: { id: string; name: string }; days: number; since: Instant; staff?: string; sooner?: true; ranges: number }[]
}

/**
 * Who waits, by location and service, the longest line first. `sooner`: they have a visit and wait for an earlier one;
 * `ranges` 0: any time suits. Reads only; throws the platform's refusal as `DeskError`.
 */
export async function readLine(room: Pick<WaitlistRoom, 'platform' | 'clock'>, { locationId }: { locationId?: string } = {}): Promise<LineNow[]> {
  const entries = unwrap(await room.platform.waitlist(locationId === undefined ? {} : { locationId }))
  const names = await readNames(room, { clientIds: entries.map(({ clientId }) => clientId) })
  const now = room.clock.now()
  const known = entries.filter((entry) => names.catalog.locations.some(({ id }) => id === entry.locationId))
  return Array.from(Map.groupBy(known, (entry) => JSON.stringify([entry.locationId, entry.serviceId])), ([, own]): LineNow => {
    const [{ locationId: where, serviceId }] = own as [(typeof own)[number]]
    const location = names.location(where)
    return {
      location: { id: location.id, name: location.name }, service: { id: serviceId, name: names.service(serviceId) },
      entries: own.map(({ id, clientId, createdAt, staffId, insteadOf, wanted }) => ({
        id, client: { id: clientId, name: names.client(clientId) }, days: Math.max(0, daysBetween(localDate(createdAt, location.zone), localDate(now, location.zone))), since: createdAt, ranges: wanted.length,
        ...(staffId === undefined ? {} : { staff: names.staff(staffId) }), ...(insteadOf === undefined ? {} : { sooner: true as const }),
      })).toSorted((a, b) => (a.since < b.since ? -1 : 1)),
    }
  }).toSorted((a, b) => b.entries.length - a.entries.length || (a.service.name < b.service.name ? -1 : 1))
}
