import { z } from 'zod'
import { clientName } from '../../salon/salon.ts'
import { addMinutes, type Instant, toInstant } from '../../salon/time.ts'
import { type Capabilities, failed, ok, type Outcome } from '../booking-platform.ts'
import { withNote } from '../kit/notes-in-text.ts'
import type { OfferedSlot, PlatformAdapter, PlatformKind, SeenVisit } from '../platform-adapter.ts'
import { calcomClient, type CalcomCredentials } from './client.ts'
import { type Known, locationId, noteKey, toCatalog, toVisit } from './read.ts'
import { type Booking, Bookings, EventTypes, Me, OneBooking, Schedule, Slots } from './schema.ts'
import { calcomWebhooks } from './webhooks.ts'

const declared: Capabilities = {
  read: 'live', availability: 'search', multiService: 'none', hold: 'none', conflicts: 'refused',
  create: 'yes', reschedule: 'yes', cancel: 'yes', cancelGranularity: 'appointment', setNoShow: 'yes', confirm: 'none', restore: 'none',
  notes: { appointment: 'none', client: 'none' }, riskField: 'none', waitlist: 'none',
  version: 'none', idempotency: 'none', changes: 'webhooks', webhookProof: 'signed_body', maxRangeDays: 31,
}

/** Over http the key would go as clear text: only within the house. */
function keepsKeys(url: string): boolean {
  // What is no address at all is refused as that.
  if (!URL.canParse(url)) return true
  const { protocol, hostname } = new URL(url)
  return protocol === 'https:' || !/[.:]/.test(hostname) || hostname === '[::1]' || /\.(local|lan|internal|localhost)$/.test(hostname) || /^(?:127|10)(?:\.\d{1,3}){3}$|^192\.168(?:\.\d{1,3}){2}$|^172\.(?:1[6-9]|2\d|3[01])(?:\.\d{1,3}){2}$/.test(hostname)
}

const Credentials = z.object({
  apiKey: z.string().regex(/^cal_\S{8,}$/, 'the API key of Settings, Developer, API keys; it begins with cal_'),
  teamId: z.coerce.number('the number of the team').int().positive().optional(),
  webhookSecret: z.string().min(8, 'the secret of the webhook, at least 8 characters').optional(),
  baseUrl: z.url({ protocol: /^https?$/, error: 'the address of the API, with https:// in front and /v2 at its end' }).refine(keepsKeys, 'https:// in front: over http:// the key could be read on its way, so only an address of your own network may have it').transform((url) => url.replace(/\/+$/, '')).default('https://api.cal.com/v2'),
})

/** Cal.com, by its API v2 (see README.md). */
export const calcom: PlatformKind<CalcomCredentials> = {
  provider: 'calcom',
  name: 'Cal.com',
  fields: [
    { name: 'apiKey', label: 'API key', help: 'Settings, Developer, API keys, of the account that owns the event types or administers the team; it begins with cal_', secret: true },
    { name: 'teamId', label: 'Team', help: 'the number in the address of the team\'s settings, where the salon is a team; leave it out for one person', secret: false, optional: true },
    { name: 'webhookSecret', label: 'Webhook secret', help: 'Settings, Developer, Webhooks: the secret of the webhook that points here', secret: true, optional: true },
    { name: 'baseUrl', label: 'API address', help: 'of your own installation, if you have one; otherwise https://api.cal.com/v2', secret: false, optional: true },
  ],
  credentials: Credentials,
  declared,
  unproven: [
    'No live Cal.com account was at hand: requests and answers are checked against Cal.com\'s published specification, behaviour against a server of ours.',
    'Asking for one host of a round-robin event (rrHostSubsetIds) is in Cal.com\'s published source and not in its specification.',
    'The calls for teams are in Cal.com\'s online reference and not in the specification that the rest was checked against.',
    'That prices are in cents, and that a list holds every status, was not seen.',
  ],
  // 120 a minute and key, by the documentation.
  pace: { perMinute: 120, burst: 20 },
  open({ credentials, ask, clock, catalog }) {
    const client = calcomClient({ ask, credentials })
    const { teamId } = credentials
    const ofTeam = teamId === undefined ? '' : `/teams/${teamId}`
    const whoAmI = () => client({ path: '/me', schema: Me })

    // The address of the key's owner: a move of theirs needs no second confirmation.
    let owner: string | undefined
    const learn = async (): Promise<Known> => {
      const known = await catalog()
      return { serviceById: new Map(known?.services.map((service) => [service.id, service])), currency: known?.locations[0]?.currency ?? 'USD' }
    }
    const seen = async (answer: Outcome<z.infer<typeof OneBooking>>): Promise<Outcome<SeenVisit>> =>
      (answer.ok ? ok(toVisit({ booking: answer.value.data, known: await learn(), asked: answer.observedAt, now: clock.now() }), answer.observedAt) : answer)
    const list = async (query: Record<string, string | number | undefined>): Promise<Outcome<{ items: SeenVisit[]; hasMore: boolean }>> => {
      const page = await client({ path: `${ofTeam}/bookings`, query: { ...query, take: pageLength }, schema: Bookings })
      if (!page.ok) return page
      const known = await learn()
      return ok({ items: page.value.data.map((booking: Booking) => toVisit({ booking, known, asked: page.observedAt, now: clock.now() })), hasMore: page.value.pagination?.hasNextPage === true }, page.observedAt)
    }
    const act = (uid: string, action: string, body: Record<string, unknown> = {}) => client({ method: 'POST', path: `/bookings/${encodeURIComponent(uid)}/${action}`, writes: true, body, schema: OneBooking })
    /** Only a team's events have several hosts to choose from. */
    const hostOf = ({ segments: [segment] }: OfferedSlot) => (teamId !== undefined && /^\d+$/.test(segment?.staffId ?? '') ? { rrHostSubsetIds: [Number(segment?.staffId)] } : {})

    const adapter: PlatformAdapter = {
      provider: 'calcom',
      async capabilities() {
        // A key that may read a team's bookings is its administrator's, and may do the rest.
        const read = teamId === undefined ? await whoAmI() : await client({ path: `${ofTeam}/bookings`, query: { take: 1 }, schema: Bookings })
        const { webhookProof: _, ...polled } = declared
        // Without the secret every delivery is refused: nothing is told of changes.
        return read.ok ? ok(credentials.webhookSecret === undefined ? { ...polled, changes: 'poll' } : declared, read.observedAt) : read
      },
      async check() {
        const me = await whoAmI()
        return me.ok ? ok({ account: me.value.data.name ?? me.value.data.username ?? String(me.value.data.id) }, me.observedAt) : me
      },
      async catalog() {
        const me = await whoAmI()
        if (!me.ok) return me
        const own = await client({ path: '/event-types', schema: EventTypes })
        if (!own.ok) return own
        const team = teamId === undefined ? undefined : await client({ path: `${ofTeam}/event-types`, schema: EventTypes })
        if (team?.ok === false) return team
        const schedule = await client({ path: '/schedules/default', schema: Schedule })
        // An owner without a schedule of their own is no reason to know nothing.
        if (!schedule.ok && schedule.error.kind !== 'not_found') return schedule
        owner = me.value.data.email
        return ok(toCatalog({ me: me.value.data, own: own.value.data, team: team?.value.data ?? [], availability: schedule.ok ? schedule.value.data?.availability : undefined }), me.observedAt)
      },
      async visits({ from, to, cursor }) {
        const skip = Number(cursor ?? 0)
        // `beforeEnd` is about the end of a booking: a day more, so that one that begins late in the range is there.
        const page = await list({ afterStart: addMinutes(from, -1), beforeEnd: addMinutes(to, 1440), sortStart: 'asc', skip })
        if (!page.ok) return page
        const { items, hasMore } = page.value
        return ok({ items: items.filter(({ visit }) => visit.start >= from && visit.start < to), ...(hasMore && { cursor: String(skip + pageLength) }) }, page.observedAt)
      },
      async changedVisits({ since, cursor = 'Created 0' }) {
        // A booking that nobody touched since it was made may have no time of change: those that are new are asked for first.
        const [what = 'Created', skip = '0'] = cursor.split(' ')
        const page = await list({ [`after${what}At`]: addMinutes(since, -1), [what === 'Created' ? 'sortCreated' : 'sortUpdatedAt']: 'asc', skip: Number(skip) })
        if (!page.ok) return page
        const { items, hasMore } = page.value
        const next = hasMore ? `${what} ${Number(skip) + pageLength}` : what === 'Created' ? 'Updated 0' : undefined
        return ok({ items: items.filter(({ changedAt }) => changedAt === undefined || changedAt >= since), ...(next !== undefined && { cursor: next }) }, page.observedAt)
      },
      async visit({ id }) {
        return seen(await client({ path: `/bookings/${encodeURIComponent(id)}`, schema: OneBooking }))
      },
      async slots({ wants, from, to, moving, limit = 50 }) {
        const [want] = wants
        if (want === undefined || wants.length > 1) return failed('unsupported', 'one service at a time', { capability: 'multiService' })
        const there = await catalog()
        const service = there?.services.find(({ id }) => id === want.serviceId)
        if (there === undefined || service === undefined) return failed('not_found', 'no such service')
        const able = there.staff.filter(({ id, serviceIds }) => serviceIds.includes(service.id) && (want.staffId === undefined || want.staffId === id))
        const byStart = new Map<Instant, OfferedSlot>()
        let asked = clock.now()
        for (const { id: staffId } of able.slice(0, mostHosts)) {
          const found = await client({ path: '/slots', schema: Slots, query: { eventTypeId: service.id, start: from, end: to, format: 'range', bookingUidToReschedule: moving?.visit.id, ...(teamId !== undefined && { rrHostSubsetIds: staffId }) } })
          if (!found.ok) return found
          asked = found.observedAt
          for (const free of Object.values(found.value.data).flat()) {
            const [start, end] = [toInstant(free.start), toInstant(free.end)]
            if (start < from || start >= to || byStart.has(start)) continue
            byStart.set(start, { locationId, start, end, segments: [{ serviceId: service.id, staffId, staffPreference: want.staffId === undefined ? 'any' : 'requested', start, durationMin: service.durationMin, price: service.price }] })
          }
        }
        return ok([...byStart.values()].toSorted((a, b) => (a.start < b.start ? -1 : 1)).slice(0, limit), asked)
      },
      async create({ slot, client: person, note }) {
        const [phone] = person.phones
        if (slot.segments.length !== 1 || (person.email === undefined && phone === undefined)) return failed('invalid', 'one service, for somebody with an e-mail address or a phone number')
        const zone = (await catalog())?.locations[0]?.zone ?? 'UTC'
        return seen(await client({
          method: 'POST', path: '/bookings', writes: true, schema: OneBooking,
          body: {
            start: slot.start, eventTypeId: Number(slot.segments[0]?.serviceId), ...hostOf(slot),
            attendee: { name: clientName(person) || 'Client', timeZone: zone, ...(person.email !== undefined && { email: person.email }), ...(phone !== undefined && { phoneNumber: phone }) },
            ...(note !== undefined && { metadata: { [noteKey]: withNote('', { text: note.slice(0, 400), by: 'desk', at: clock.now() }) } }),
          },
        }))
      },
      async reschedule({ visit: { visit }, slot }) {
        if (slot.segments[0]?.serviceId !== visit.segments[0]?.serviceId) return failed('invalid', 'a move keeps the service')
        if (owner === undefined) {
          const me = await whoAmI()
          if (!me.ok) return me
          owner = me.value.data.email
        }
        const moved = await seen(await act(visit.id, 'reschedule', { start: slot.start, rescheduledBy: owner, ...hostOf(slot) }))
        return moved.ok ? ok({ movedFrom: visit.id, ...moved.value }, moved.observedAt) : moved
      },
      async cancel({ visit: { visit }, cancelledBy, reason }) {
        // The attendee reads it; some accounts want one.
        return seen(await act(visit.id, 'cancel', { cancellationReason: reason ?? (cancelledBy === 'client' ? 'Cancelled by the client' : 'Cancelled by the salon') }))
      },
      async setStatus({ visit: { visit, extra }, to }) {
        if (to === 'booked' && visit.status === 'requested') return seen(await act(visit.id, 'confirm'))
        const { email } = Extra.parse(extra)
        // Who is no longer absent is booked there, or was there once the time is over; any other step is the desk's to keep.
        const isBack = visit.status === 'no_show' && to === (visit.end <= clock.now() ? 'completed' : 'booked')
        if (to === 'no_show' || isBack) return seen(await act(visit.id, 'mark-absent', { attendees: [{ email, absent: to === 'no_show' }] }))
        return failed('unsupported', 'Cal.com has no such status', to === 'confirmed' ? { capability: 'confirm' } : {})
      },
      webhooks: calcomWebhooks(credentials),
    }
    return adapter
  },
}

/** Cal.com's own page length. */
const pageLength = 100

/** Every host of a team's event is a search of its own; 120 requests a minute are there for everything. */
const mostHosts = 10

/** What `toVisit` keeps for the next write. */
const Extra = z.object({ email: z.string() })
