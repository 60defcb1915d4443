import type { BookingPlatform } from '../platforms/booking-platform.ts'
import { unwrap } from '../platforms/unwrap.ts'
import { type Client, clientName, type WaitlistEntry } from '../salon/salon.ts'
import { addMinutes, type Clock, daysBetween, type Instant, localDate, minutesBetween, sayTime } from '../salon/time.ts'

/** An opening somebody on the waitlist might want; `staffId` when it is with one person. */
export type Gap = { locationId: string; serviceId?: string; staffId?: string; from: Instant; to: Instant }

/** Somebody on the waitlist, with why they come here in the order, or why they are left out. */
export type Candidate = { entry: WaitlistEntry; client: Client; why: string[]; skipped?: string }

/**
 * Who on the waitlist could take an opening: those it suits, first come first served, each with its reasons;
 * after them those it does not suit, each with the reason why not. Nobody is left out silently.
 */
export async function rankCandidates({ platform, clock, gap }: { platform: BookingPlatform; clock: Clock; gap: Gap }): Promise<Candidate[]> {
  const [catalog, entries] = await Promise.all([
    platform.catalog().then(unwrap),
    platform.waitlist({ locationId: gap.locationId, ...(gap.serviceId === undefined ? {} : { serviceId: gap.serviceId }) }).then(unwrap),
  ])
  const waiting = entries.filter(({ status }) => status === 'waiting')
  const clients = new Map(unwrap(await platform.clients({ ids: waiting.map(({ clientId }) => clientId) })).map((client) => [client.id, client]))
  const zone = catalog.locations.find(({ id }) => id === gap.locationId)?.zone ?? 'UTC'
  const busy = unwrap(await platform.appointments({ from: addMinutes(gap.from, -8 * 60), to: gap.to })).items

  const nameOf = (staffId: string) => catalog.staff.find(({ id }) => id === staffId)?.name ?? 'somebody else'

  const candidates = waiting.flatMap((entry): Candidate[] => {
    const client = clients.get(entry.clientId)
    if (client === undefined) return []
    const service = catalog.services.find(({ id }) => id === entry.serviceId)
    const waited = daysBetween(localDate(entry.createdAt, zone), localDate(clock.now(), zone))
    const why = [`waits for ${service?.name ?? 'a service'} since ${waited === 0 ? 'today' : waited === 1 ? 'yesterday' : `${waited} days`}`]
    const skipped = reasonToSkip()
    if (entry.staffId !== undefined && entry.staffId === gap.staffId) why.push('asked for this person')
    return [{ entry, client, why, ...(skipped === undefined ? {} : { skipped }) }]

    function reasonToSkip(): string | undefined {
      if (service?.active !== true) return 'waits for a service that is no longer offered'
      const gapMinutes = minutesBetween(gap.from, gap.to)
      if (service.durationMin > gapMinutes) return `needs ${service.durationMin} minutes, the gap has ${gapMinutes}`
      // It must begin at a time they want, early enough to end within the gap.
      const latestStart = addMinutes(gap.to, -service.durationMin)
      if (entry.wanted.length > 0 && !entry.wanted.some(({ from, to }) => from <= latestStart && gap.from < to)) return 'wants other times'
      if (entry.staffId !== undefined && gap.staffId !== undefined && entry.staffId !== gap.staffId) return `waits for ${nameOf(entry.staffId)}`
      if (gap.staffId !== undefined && catalog.staff.find(({ id }) => id === gap.staffId)?.serviceIds.includes(service.id) !== true) return `${nameOf(gap.staffId)} does not do ${service.name}`
      const clash = busy.find((appointment) => appointment.clientId === client?.id && appointment.timeKnown && appointment.start < gap.to && gap.from < appointment.end)
      if (clash !== undefined) return `is already booked at ${sayTime(clash.start, zone)}`
      return undefined
    }
  })
  const byArrival = (a: Candidate, b: Candidate) => (a.entry.createdAt < b.entry.createdAt ? -1 : a.entry.createdAt > b.entry.createdAt ? 1 : clientName(a.client) < clientName(b.client) ? -1 : 1)
  return candidates.sort((a, b) => Number(a.skipped !== undefined) - Number(b.skipped !== undefined) || byArrival(a, b))
}
