import { standingAppointments } from '../../calls/live-appointments.ts'
import type { BookingPlatform } from '../../platforms/booking-platform.ts'
import { unwrap } from '../../platforms/unwrap.ts'
import { type Catalog, clientName, endedStatuses, type StaffMember } from '../../salon/salon.ts'
import { type Clock, dayRange, localDate, sayTime } from '../../salon/time.ts'

/**
 * What somebody who cannot come still has today, in words: whom it concerns and how to go on. It changes and proposes nothing;
 * each visit is moved or cancelled by asking for it, with a card of its own. Throws `DeskError` when the platform is away.
 */
export async function sayAway({ platform, clock, name }: { platform: BookingPlatform; clock: Clock; name: string }): Promise<string> {
  const catalog = unwrap(await platform.catalog())
  const found = findStaff(catalog, name)
  if (name === '' || found.length !== 1) return `Who is away? Type "/desk away NAME", with one of: ${(found.length > 1 ? found : catalog.staff.filter(({ active }) => active)).map((one) => one.name).join(', ')}.`
  const [staff] = found as [StaffMember]
  const now = clock.now()
  const visits = (await Promise.all(catalog.locations.filter(({ id }) => staff.locationIds.includes(id)).map(async ({ id, zone }) => {
    const { to } = dayRange(localDate(now, zone), zone)
    const all = await standingAppointments({ platform, locationId: id, from: now, to })
    return all.filter(({ segments, status }) => segments.some(({ staffId }) => staffId === staff.id) && !endedStatuses.includes(status)).map((appointment) => ({ appointment, zone }))
  }))).flat()
  if (visits.length === 0) return `${staff.name} has nothing left today.`
  const clients = new Map(unwrap(await platform.clients({ ids: visits.map(({ appointment }) => appointment.clientId) })).map((client) => [client.id, clientName(client)]))
  const services = new Map(catalog.services.map(({ id, name: service }) => [id, service]))
  const nameOf = (clientId: string): string => clients.get(clientId) ?? 'a client'
  const lines = visits.map(({ appointment: { start, clientId, segments }, zone }) => `• ${sayTime(start, zone)} ${nameOf(clientId)}, ${segments.map(({ serviceId }) => services.get(serviceId) ?? 'a service').join(' and ')}`)
  const [first] = visits
  return [
    `${staff.name} still has ${visits.length === 1 ? 'one visit' : `${visits.length} visits`} today:`,
    ...lines,
    `Nothing is changed yet. Write to me for each, like "move ${first === undefined ? 'NAME' : nameOf(first.appointment.clientId)} to tomorrow at 3 pm" or "cancel …": you get a card to approve.`,
  ].join('\n')
}

function findStaff({ staff }: Catalog, name: string): StaffMember[] {
  const wanted = name.trim().toLowerCase()
  const active = staff.filter((one) => one.active && wanted !== '')
  const exact = active.filter((one) => one.name.toLowerCase() === wanted)
  return exact.length > 0 ? exact : active.filter((one) => one.name.toLowerCase().split(/\s+/).some((part) => part.startsWith(wanted)))
}
