import { z } from 'zod'
import { addDays, addMinutes, isZone, localDate } from '../../salon/time.ts'
import { type Capabilities, failed, ok, type Outcome } from '../booking-platform.ts'
import type { PlatformKind, SeenVisit } from '../platform-adapter.ts'
import { type BokunClient, bokunClient, type BokunCredentials } from './client.ts'
import { bokunSteps } from './manual-steps.ts'
import { fromRecord, fromSearch, minutesOf, toCatalog, toSlots, toVisit } from './read.ts'
import { Activities, Activity, ActivityBooking, Anything, Availabilities, Order, Orders, ProductBookings } from './schema.ts'
import { bokunWebhooks, wholeBooking } from './webhooks.ts'

const declared: Capabilities = {
  read: 'live', availability: 'search', multiService: 'none', hold: 'none', conflicts: 'unknown',
  create: 'assisted', reschedule: 'assisted', cancel: 'unverified', cancelGranularity: 'visit', setNoShow: 'assisted', confirm: 'none', restore: 'none',
  notes: { appointment: 'none', client: 'none' }, riskField: 'none', waitlist: 'none',
  version: 'none', idempotency: 'none', changes: 'webhooks', webhookProof: 'signed_headers', maxRangeDays: 31,
}

const Credentials = z.object({
  accessKey: z.string().min(8, 'the access key, in Bókun under Settings, Connections, API keys'),
  secretKey: z.string().min(8, 'the secret key that belongs to the access key'),
  timezone: z.string().refine(isZone, 'the time zone of your activities, such as Atlantic/Reykjavik'),
  environment: z.enum(['production', 'test'], 'production or test').default('production'),
  currency: z.string().regex(/^[A-Z]{3}$/, 'three letters, such as ISK').optional(),
  appSecret: z.string().min(8, 'the secret of the app whose webhooks point here').optional(),
})

/** Bókun, by its REST API (see README.md). */
export const bokun: PlatformKind<BokunCredentials> = {
  provider: 'bokun',
  name: 'Bókun',
  fields: [
    { name: 'accessKey', label: 'Access key', help: 'Bókun, Settings, Connections, API keys: the access key', secret: false },
    { name: 'secretKey', label: 'Secret key', help: 'Bókun, Settings, Connections, API keys: the secret key', secret: true },
    { name: 'timezone', label: 'Time zone', help: 'of your activities, such as Atlantic/Reykjavik; Bókun does not tell it', secret: false },
    { name: 'environment', label: 'Environment', help: 'production, or test (bokuntest.com) to try it', secret: false, optional: true },
    { name: 'currency', label: 'Currency', help: 'in which prices are asked for, such as ISK', secret: false, optional: true },
    { name: 'appSecret', label: 'App secret', help: 'the secret key of the app whose webhooks point here', secret: true, optional: true },
  ],
  credentials: Credentials,
  declared,
  unproven: [
    'No Bókun account was at hand, and its specification was not to be had: requests and answers are those of public clients and of Bókun\'s own old client library, tried against a server of ours.',
    'Cancelling a booking by its code is used by several public clients and described on no page that was to be had: its effect and its refusals are unverified.',
    'That one booking can be found by the number that its webhooks name (booking-search) rests on one source.',
  ],
  // 400 a minute for the vendor, by all its integrations together.
  pace: { perMinute: 400, burst: 20 },
  open({ credentials, ask, clock, catalog }) {
    const client = bokunClient({ ask, clock, credentials })
    const { timezone: zone, currency, appSecret } = credentials
    const list = async (): Promise<Outcome<z.infer<typeof Activity>[]>> => {
      const items = await allActivities(client)
      if (!items.ok) return items
      const whole: z.infer<typeof Activity>[] = []
      for (const item of items.value) {
        // The list does not always say how long a thing takes; then it is asked for by itself.
        const activity = minutesOf(item) === undefined ? await client({ path: `/activity.json/${item.id}`, query: { currency }, schema: Activity }) : ok(item, items.observedAt)
        if (!activity.ok && activity.error.kind !== 'not_found') return activity
        whole.push(activity.ok ? { ...activity.value, title: activity.value.title ?? item.title, vendor: activity.value.vendor ?? item.vendor, nextDefaultPriceMoney: activity.value.nextDefaultPriceMoney ?? item.nextDefaultPriceMoney, nextDefaultPrice: activity.value.nextDefaultPrice ?? item.nextDefaultPrice } : item)
      }
      return ok(whole, items.observedAt)
    }
    /** The record itself, never the search: searches learn of a booking minutes after its webhook, and "not found" would mean it is gone. */
    const read = async (id: string): Promise<Outcome<SeenVisit>> => {
      const booking = await client({ path: `/booking.json/activity-booking/${id}`, schema: ActivityBooking })
      if (!booking.ok) return booking
      const order = await orderOf(client, booking.value.confirmationCode)
      if (!order.ok) return order.error.kind === 'not_found' ? failed('unavailable', 'the whole booking could not be read') : order
      const seen = toVisit({ told: fromRecord({ booking: booking.value, order: order.value }), catalog: await catalog(), zone, asked: booking.observedAt, now: clock.now() })
      return seen === undefined ? failed('unavailable', 'the booking has no day') : ok(seen, booking.observedAt)
    }
    return {
      provider: 'bokun',
      async capabilities() {
        const found = await client({ method: 'POST', path: '/activity.json/search', body: { page: 1, pageSize: 1 }, schema: Activities })
        const { webhookProof: _, ...polled } = declared
        return found.ok ? ok(appSecret === undefined ? { ...polled, changes: 'poll' } : declared, found.observedAt) : found
      },
      async check() {
        const found = await client({ method: 'POST', path: '/activity.json/search', body: { page: 1, pageSize: 1 }, schema: Activities })
        return found.ok ? ok({ account: found.value.found[0]?.vendor?.title ?? 'Bókun' }, found.observedAt) : found
      },
      async catalog() {
        const activities = await list()
        return activities.ok ? ok(toCatalog({ activities: activities.value, zone, currency }), activities.observedAt) : activities
      },
      async visits({ from, to, cursor }) {
        const { role, page, seen } = readCursor(cursor)
        // A day more on each side, cut below: a day is searched for by its midnight UTC.
        const startDateRange = { from: addMinutes(from, -1_440), to: addMinutes(to, 1_440), includeLower: true, includeUpper: true }
        const found = await client({ method: 'POST', path: '/booking.json/product-booking-search', body: { bookingRole: role, bookingStatuses: statuses, startDateRange, page, pageSize, sortFields: [{ name: 'startDate', order: 'ASC' }] }, schema: ProductBookings })
        if (!found.ok) return found
        const known = await catalog()
        const items = found.value.found
          // What the operator sells and gives is found in both roles.
          .filter(({ vendor, seller }) => role === 'SELLER' || typeof seller?.id !== 'string' || seller.id !== vendor?.id)
          .flatMap((item) => toVisit({ told: fromSearch(item), catalog: known, zone, asked: found.observedAt, now: clock.now() }) ?? [])
          .filter(({ visit }) => visit.start >= from && visit.start < to)
        const count = found.value.found.length
        const more = count > 0 && (count >= pageSize || seen + count < (found.value.totalHits ?? 0))
        const next = more ? `${role} ${page + 1} ${seen + count}` : role === 'SELLER' ? 'SUPPLIER 1 0' : undefined
        return ok({ items, ...(next !== undefined && { cursor: next }) }, found.observedAt)
      },
      async visit({ id }) {
        if (/^\d+$/.test(id)) return read(id)
        const [, whole] = new RegExp(`^${wholeBooking}(\\d+)$`).exec(id) ?? []
        if (whole === undefined) return failed('not_found', 'not a number of Bókun\'s')
        const found = await client({ method: 'POST', path: '/booking.json/booking-search', body: { bookingId: Number(whole) }, schema: Orders })
        if (!found.ok) return found
        const product = found.value.found.find((order) => order.id === whole)?.productBookings?.[0]
        return product === undefined ? failed('unavailable', 'not in the search yet', { retryAfterMs: 120_000 }) : read(product.id)
      },
      async slots({ wants, from, to, moving, limit = 50 }) {
        const [want] = wants
        if (want === undefined || !/^\d+$/.test(want.serviceId)) return failed('invalid', 'no such activity')
        if (wants.length > 1) return failed('unsupported', 'one activity at a time', { capability: 'multiService' })
        const until = addMinutes(to, -1) > addMinutes(from, furthestDays * 1_440) ? addDays(localDate(from, zone), furthestDays) : localDate(addMinutes(to, -1), zone)
        const found = await client({ path: `/activity.json/${want.serviceId}/availabilities`, query: { start: localDate(from, zone), end: until, currency }, schema: Availabilities })
        if (!found.ok) return found
        const own = moving?.visit.segments[0]?.serviceId === want.serviceId ? moving.visit.start : undefined
        const slots = toSlots({ availabilities: found.value, serviceId: want.serviceId, catalog: await catalog(), zone, own }).filter(({ start }) => start >= from && start < to)
        return ok(slots.toSorted((a, b) => (a.start < b.start ? -1 : 1)).slice(0, limit), found.observedAt)
      },
      async cancel({ visit, cancelledBy, reason }) {
        const code = z.object({ confirmationCode: z.string().min(1) }).safeParse(visit.extra)
        if (!code.success) return failed('invalid', 'the booking has no code')
        const order = await orderOf(client, code.data.confirmationCode)
        if (!order.ok) return order
        const all = order.value.activityBookings ?? []
        // An order that does not name this one says nothing of what else is in it.
        if (!all.some(({ bookingId }) => bookingId === visit.visit.id)) return failed('unavailable', 'what else the booking holds could not be read', { providerCode: 'shape' })
        const others = [...all, ...order.value.accommodationBookings ?? [], ...order.value.carRentalBookings ?? [], ...order.value.routeBookings ?? []].filter(({ bookingId, status }) => bookingId !== visit.visit.id && !dead.has(status ?? ''))
        // One code is the whole booking: what else the customer bought would go with it.
        if (others.length > 0) return failed('policy_blocked', `the booking has ${others.length} more products, which would be cancelled too`, { providerCode: 'several_products' })
        const done = await client({
          method: 'POST', path: `/booking.json/cancel-booking/${encodeURIComponent(code.data.confirmationCode)}`, schema: Anything, writes: true,
          // The desk tells the client, and money is a person's business.
          body: { note: reason ?? `cancelled by the ${cancelledBy === 'client' ? 'customer' : 'operator'}`, notify: false, refund: false },
        })
        if (!done.ok) return done
        const left = await read(visit.visit.id)
        // It was done: that it cannot be read does not undo it.
        return left.ok ? left : failed('unknown_outcome', `cancelled, and not read back: ${left.error.kind}`, { ...(left.error.providerCode !== undefined && { providerCode: left.error.providerCode }) })
      },
      manualSteps: bokunSteps,
      webhooks: bokunWebhooks({ appSecret }),
    }
  },
}

const pageSize = 100

/** Availabilities are asked for at most so far ahead at once. */
const furthestDays = 62

/** All that are named anywhere: one that is left out of the question would look as if it had gone. */
const statuses = ['REQUESTED', 'RESERVED', 'CONFIRMED', 'ARRIVED', 'STARTED', 'NO_SHOW', 'CANCELLED', 'REJECTED', 'TIMEOUT', 'ABORTED', 'ERROR']

const dead = new Set(['CANCELLED', 'REJECTED', 'TIMEOUT', 'ABORTED', 'ERROR'])

/** As seller an operator finds what it sold itself, as supplier what agencies sold of its tours: both, one after the other. `seen` counts within a role. */
function readCursor(cursor: string | undefined): { role: 'SELLER' | 'SUPPLIER'; page: number; seen: number } {
  const [role, page, seen] = cursor?.split(' ') ?? []
  return { role: role === 'SUPPLIER' ? role : 'SELLER', page: Number(page ?? 1), seen: Number(seen ?? 0) }
}

function orderOf(client: BokunClient, code: string | undefined): Promise<Outcome<z.infer<typeof Order>>> {
  return code === undefined || code === '' ? Promise.resolve(failed('unavailable', 'the booking has no code')) : client({ path: `/booking.json/booking/${encodeURIComponent(code)}`, schema: Order })
}

async function allActivities(client: BokunClient): Promise<Outcome<z.infer<typeof Activity>[]>> {
  const all: z.infer<typeof Activity>[] = []
  for (let page = 1; page <= 50; page++) {
    const found = await client({ method: 'POST', path: '/activity.json/search', body: { page, pageSize }, schema: Activities })
    if (!found.ok) return found
    all.push(...found.value.found.filter(({ id }) => !all.some((known) => known.id === id)))
    if (found.value.found.length === 0 || (found.value.found.length < pageSize && all.length >= (found.value.totalHits ?? 0))) return ok(all, found.observedAt)
  }
  return failed('unavailable', 'more activities than can be read')
}
