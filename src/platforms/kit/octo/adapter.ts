import { addDays, addMinutes, type Clock, type Instant, localDate } from '../../../salon/time.ts'
import { type Capabilities, failed, ok, type Outcome } from '../../booking-platform.ts'
import type { AdapterRoom, PlatformAdapter, SeenVisit } from '../../platform-adapter.ts'
import { withNote, withoutNote } from '../notes-in-text.ts'
import type { OctoClient } from './client.ts'
import { reserveAndConfirm } from './reserve.ts'
import { partsOf, toCatalog, toSlots, toVisit } from './read.ts'
import { Availabilities, Booking, Bookings, CapabilityList, Products, Supplier } from './schema.ts'

/** The most that the standard gives; see `src/platforms/octo/README.md`. */
export const octoCapabilities: Capabilities = {
  read: 'live', availability: 'search', multiService: 'none', hold: 'native', conflicts: 'refused',
  create: 'yes', reschedule: 'yes', cancel: 'yes', cancelGranularity: 'appointment', setNoShow: 'none', confirm: 'none', restore: 'none',
  notes: { appointment: 'yes', client: 'none' }, riskField: 'none', waitlist: 'none',
  version: 'none', idempotency: 'client_id', changes: 'webhooks', webhookProof: 'token', maxRangeDays: 31,
}

/** A supplier refuses to look further than a year ("cannot request more than 1 year of availability"). */
const furthestDays = 360

/** The standard's operations with one reseller's key; without webhooks, which each platform reads for itself. */
export function octoAdapter({ provider, client, clock, catalog, tokenGiven }: { provider: string; client: OctoClient; clock: Clock; catalog: AdapterRoom<unknown>['catalog']; tokenGiven: boolean }): PlatformAdapter {
  const seen = async (booking: Outcome<Booking>): Promise<Outcome<SeenVisit>> => booking.ok ? ok(toVisit({ booking: booking.value, catalog: await catalog(), asked: booking.observedAt, now: clock.now() }), booking.observedAt) : booking
  const read = (uuid: string) => client({ path: `/bookings/${encodeURIComponent(uuid)}`, schema: Booking })
  const patch = (visit: SeenVisit, body: Record<string, unknown>) => client({ method: 'PATCH', path: `/bookings/${encodeURIComponent(visit.visit.id)}`, body, schema: Booking, writes: true })
  /** Reads the booking right before, so that nothing that somebody wrote a second ago is lost. */
  const putNotes = async (visit: SeenVisit, change: (notes: string | undefined) => string | undefined): Promise<Outcome<SeenVisit>> => {
    const before = await read(visit.visit.id)
    if (!before.ok) return before
    const notes = change(before.value.notes)
    return notes === undefined ? failed('not_found', 'no such note') : seen(await patch(visit, { notes }))
  }
  return {
    provider,
    async capabilities() {
      const listed = await client({ path: '/capabilities', schema: CapabilityList })
      if (!listed.ok && listed.error.kind === 'auth') return listed
      const { webhookProof: _, ...polled } = octoCapabilities
      // A supplier that lists what it can and leaves webhooks out has none; one that has no such list may.
      if (listed.ok && !listed.value.some(({ id }) => id === 'octo/webhooks')) return ok({ ...polled, changes: 'poll' }, listed.observedAt)
      return ok({ ...octoCapabilities, webhookProof: tokenGiven ? 'token' : 'none' }, clock.now())
    },
    async check() {
      const supplier = await client({ path: '/supplier', schema: Supplier })
      return supplier.ok ? ok({ account: supplier.value.name ?? supplier.value.id }, supplier.observedAt) : supplier
    },
    async catalog() {
      const supplier = await client({ path: '/supplier', schema: Supplier })
      if (!supplier.ok) return supplier
      const products = await client({ path: '/products', schema: Products })
      return products.ok ? ok(toCatalog({ provider, supplier: supplier.value, products: products.value }), products.observedAt) : products
    },
    async visits({ from, to }) {
      const known = await catalog()
      const { localDateStart, localDateEnd } = daysOf({ from, to, zones: known?.locations.map(({ zone }) => zone) ?? [] })
      const found = await client({ path: '/bookings', query: { localDateStart, localDateEnd }, schema: Bookings })
      if (!found.ok) return found
      const items = found.value.map((booking) => toVisit({ booking, catalog: known, asked: found.observedAt, now: clock.now() })).filter(({ visit }) => visit.start >= from && visit.start < to)
      return ok({ items }, found.observedAt)
    },
    visit: async ({ id }) => seen(await read(id)),
    async slots({ wants, from, to, moving, limit = 50 }) {
      const [want] = wants
      const parts = partsOf(want?.serviceId ?? '')
      if (want === undefined || parts === undefined) return failed('invalid', 'no such product and option')
      if (wants.length > 1) return failed('unsupported', 'one product a booking', { capability: 'multiService' })
      const known = await catalog()
      const until = to > addMinutes(from, furthestDays * 1440) ? addMinutes(from, furthestDays * 1440) : to
      const found = await client({ method: 'POST', path: '/availability', body: { ...parts, ...daysOf({ from, to: until, zones: known?.locations.map(({ zone }) => zone) ?? [] }) }, schema: Availabilities })
      if (!found.ok) return found
      const own = moving?.visit.segments[0]?.serviceId === want.serviceId ? availabilityOf(moving) : undefined
      const slots = toSlots({ availabilities: found.value, serviceId: want.serviceId, catalog: known, moving: own }).filter(({ start }) => start >= from && start < to)
      return ok(slots.toSorted((a, b) => (a.start < b.start ? -1 : 1)).slice(0, limit), found.observedAt)
    },
    create: async (command) => seen(await reserveAndConfirm({ octo: client, ...command })),
    async reschedule({ visit, slot }) {
      const serviceId = slot.segments[0]?.serviceId ?? ''
      const parts = partsOf(serviceId)
      const another = parts !== undefined && serviceId !== visit.visit.segments[0]?.serviceId ? parts : {}
      return seen(await patch(visit, { ...another, availabilityId: slot.token }))
    },
    cancel: async ({ visit, reason, cancelledBy }) => seen(await client({ method: 'POST', path: `/bookings/${encodeURIComponent(visit.visit.id)}/cancel`, body: { reason: reason ?? `cancelled by the ${cancelledBy === 'client' ? 'guest' : 'operator'}` }, schema: Booking, writes: true })),
    addVisitNote: ({ visit, text, by, at }) => putNotes(visit, (notes) => withNote(notes, { text, by, at })),
    removeVisitNote: ({ visit, noteId }) => putNotes(visit, (notes) => withoutNote(notes, noteId)),
  }
}

/** Local days of the places that `[from, to)` touches; a day more on each side while no zone is known. */
function daysOf({ from, to, zones }: { from: Instant; to: Instant; zones: string[] }): { localDateStart: string; localDateEnd: string } {
  const last = addMinutes(to, -1)
  if (zones.length === 0) return { localDateStart: addDays(from.slice(0, 10), -1), localDateEnd: addDays(last.slice(0, 10), 1) }
  const [first] = zones.map((zone) => localDate(from, zone)).toSorted()
  return { localDateStart: first ?? '', localDateEnd: zones.map((zone) => localDate(last, zone)).toSorted().at(-1) ?? '' }
}

function availabilityOf({ extra }: SeenVisit): string | undefined {
  return typeof extra?.['availabilityId'] === 'string' && extra['availabilityId'] !== '' ? extra['availabilityId'] : undefined
}
