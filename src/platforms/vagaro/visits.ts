import type { Catalog } from '../../salon/salon.ts'
import { addDays, type Clock, type Instant, localDate } from '../../salon/time.ts'
import { failed, ok, type Outcome } from '../booking-platform.ts'
import type { OfferedSlot, PlatformAdapter, SeenVisit } from '../platform-adapter.ts'
import { pageSize, type VagaroClient, type VagaroCredentials } from './client.ts'
import { type Known, toSlots, toVisit } from './read.ts'
import { Appointment, Day, RowsOf } from './schema.ts'

export type Reader = ReturnType<typeof visitReader>

/** Vagaro tells the free times of one day a call: this many days at most are asked for at once (and one for a range that begins in the middle of a day). */
export const mostDays = 14

/** A client of 100 pages of visits has more than any salon's oldest. */
const mostPages = 100

/** Reads appointments by their id or their client, and free times day by day: Vagaro lists no range. */
export function visitReader({ client, credentials, catalog, clock }: { client: VagaroClient; credentials: VagaroCredentials; catalog: () => Promise<Catalog | undefined>; clock: Clock }) {
  async function businessIds(): Promise<string[]> {
    const known = await catalog()
    return known === undefined || known.locations.length === 0 ? [credentials.businessId] : known.locations.map(({ id }) => id)
  }

  async function learn(businessId: string): Promise<Known> {
    const known = await catalog()
    return { serviceById: new Map(known?.services.map((service) => [service.id, service])), currency: credentials.currency, zone: credentials.timezone, businessId }
  }

  const toSeen = async (rows: Appointment[], businessId: string, asked: Instant): Promise<SeenVisit[]> => {
    const known = await learn(businessId)
    return rows.flatMap((appointment) => toVisit({ appointment, known, asked, now: clock.now() }) ?? [])
  }

  return {
    learn,
    async visit(id: string): Promise<Outcome<SeenVisit>> {
      for (const businessId of await businessIds()) {
        const found = await client({ path: '/appointments', body: { businessId, appointmentId: id }, schema: RowsOf('appointments', Appointment) })
        // 1051, a bad parameter, is what an id may be that is none of this business.
        if (!found.ok && found.error.kind !== 'not_found' && found.error.providerCode !== '1051') return found
        const seen = found.ok ? (await toSeen(found.value.rows, businessId, found.observedAt)).find(({ visit }) => visit.id === id) : undefined
        if (seen !== undefined && found.ok) return ok(seen, found.observedAt)
      }
      return failed('not_found', 'no such appointment')
    },

    async clientVisits(clientId: string): Promise<Outcome<SeenVisit[]>> {
      const seen = new Map<string, SeenVisit>()
      for (const businessId of await businessIds()) for (let pageNumber = 1; pageNumber <= mostPages; pageNumber++) {
        const page = await client({ path: '/appointments', query: { pageNumber, pageSize, orderBy: 'asc' }, body: { businessId, customerId: clientId }, schema: RowsOf('appointments', Appointment) })
        if (!page.ok && (page.error.kind === 'not_found' || page.error.providerCode === '1051')) break
        if (!page.ok) return page
        const fresh = (await toSeen(page.value.rows, businessId, page.observedAt)).filter(({ visit }) => !seen.has(visit.id))
        for (const one of fresh) seen.set(one.visit.id, one)
        // A short page is the last, unless it names a next one: the account's own most may be less than was asked for. One that brings nothing new is the list begun again.
        if (fresh.length === 0 || (!page.value.hasNext && page.value.rows.length < pageSize)) break
      }
      return ok([...seen.values()], clock.now())
    },

    async slots({ locationId, wants, from, to, moving, limit = 50 }: Parameters<NonNullable<PlatformAdapter['slots']>>[0]): Promise<Outcome<OfferedSlot[]>> {
      const [want] = wants
      if (wants.length !== 1 || want === undefined) return failed('unsupported', 'one service at a time', { capability: 'multiService' })
      const known = await learn(locationId)
      const last = localDate(new Date(Date.parse(to) - 1).toISOString(), known.zone)
      const first = localDate(from, known.zone)
      if (addDays(first, mostDays) < last) return failed('invalid', `free times are asked for ${mostDays} days at a time`)
      const own = ownTime({ moving, want, from, to })
      const found = new Map<string, OfferedSlot>(own.map((slot) => [keyOf(slot), slot]))
      for (let date = first; date <= last; date = addDays(date, 1)) {
        const day = await client({
          path: '/appointments/availability', schema: RowsOf('availability', Day),
          body: { businessId: locationId, appointmentDate: date, bookingItems: [{ serviceId: want.serviceId, addOnIds: [], serviceProviderIds: want.staffId === undefined ? [] : [want.staffId] }] },
        })
        if (!day.ok) return day
        for (const slot of toSlots({ days: day.value.rows, date, known, want })) if (slot.start >= from && slot.start < to) found.set(keyOf(slot), slot)
        if (found.size >= limit + own.length) break
      }
      return ok([...found.values()].toSorted((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0)).slice(0, limit), clock.now())
    },
  }
}

const keyOf = ({ start, segments }: OfferedSlot) => `${start} ${segments[0]?.staffId ?? ''}`

/** Vagaro does not know which visit would move, and counts it as busy: its own time is put back. Times that only overlap it stay out. */
function ownTime({ moving, want, from, to }: { moving: SeenVisit | undefined; want: { serviceId: string; staffId?: string }; from: Instant; to: Instant }): OfferedSlot[] {
  const [segment] = moving?.visit.segments ?? []
  if (moving === undefined || segment === undefined || segment.serviceId !== want.serviceId || segment.staffId !== (want.staffId ?? segment.staffId)) return []
  const { locationId, start, end } = moving.visit
  return start >= from && start < to ? [{ locationId, start, end, segments: [segment] }] : []
}
