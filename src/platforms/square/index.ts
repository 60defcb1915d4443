import { z } from 'zod'
import type { Client } from '../../salon/salon.ts'
import { addMinutes, type Instant } from '../../salon/time.ts'
import { type Capabilities, failed, ok, type Outcome } from '../booking-platform.ts'
import { withNote, withoutNote } from '../kit/notes-in-text.ts'
import type { OfferedSlot, PlatformAdapter, PlatformKind, SeenVisit } from '../platform-adapter.ts'
import { type SquareClient, squareClient, type SquareCredentials } from './client.ts'
import { type Known, toCatalog, toClient, toSlots, toVisit } from './read.ts'
import { Anything, Availabilities, BusinessProfile, CatalogItems, Customers, Locations, OneBooking, OneCustomer, Bookings, TeamProfiles } from './schema.ts'
import { squareWebhooks } from './webhooks.ts'

const declared: Capabilities = {
  read: 'live', availability: 'search', multiService: 'native', hold: 'none', conflicts: 'refused',
  create: 'yes', reschedule: 'yes', cancel: 'yes', cancelGranularity: 'appointment', setNoShow: 'none', confirm: 'none', restore: 'none',
  notes: { appointment: 'yes', client: 'yes', maxLength: 4_096 }, riskField: 'custom_attribute', waitlist: 'none',
  version: 'integer', idempotency: 'native_key', changes: 'webhooks', webhookProof: 'signed_body', maxRangeDays: 31,
}

const Credentials = z.object({
  accessToken: z.string().min(20, 'the access token of the application, at developer.squareup.com under Credentials'),
  environment: z.enum(['production', 'sandbox'], 'production or sandbox').default('production'),
  signatureKey: z.string().min(10, 'the signature key of the webhook subscription').optional(),
})

/** Square Appointments, by its published Bookings API (see README.md). */
export const square: PlatformKind<SquareCredentials> = {
  provider: 'square',
  name: 'Square Appointments',
  fields: [
    { name: 'accessToken', label: 'Access token', help: 'developer.squareup.com, your application, Credentials: the production access token', secret: true },
    { name: 'environment', label: 'Environment', help: 'production, or sandbox to try it', secret: false, optional: true },
    { name: 'signatureKey', label: 'Webhook signature key', help: 'developer.squareup.com, your application, Webhooks, Subscriptions: the key of the subscription that points here', secret: true, optional: true },
  ],
  credentials: Credentials,
  declared,
  unproven: ['No live Square account was at hand: requests and answers are checked against Square\'s published specification, behaviour against a server of ours.'],
  // Square publishes no number; 429s slow the desk down.
  pace: { perMinute: 300, burst: 20 },
  open({ credentials, ask, clock, catalog }) {
    const client = squareClient({ ask, credentials })
    const learn = async (): Promise<Known> => {
      const known = await catalog()
      return { serviceById: new Map(known?.services.map((service) => [service.id, service])), currency: known?.locations[0]?.currency ?? 'USD' }
    }
    const seen = async (booking: Outcome<z.infer<typeof OneBooking>>): Promise<Outcome<SeenVisit>> => booking.ok ? ok(toVisit({ booking: booking.value.booking, known: await learn(), asked: booking.observedAt, now: clock.now() }), booking.observedAt) : booking
    const adapter: PlatformAdapter = {
      provider: 'square',
      async capabilities() {
        const profile = await client({ path: '/bookings/business-booking-profile', schema: BusinessProfile })
        if (!profile.ok) return profile.error.kind === 'forbidden' ? ok({ ...declared, ...readOnly }, clock.now()) : profile
        // Seller-level writes need Appointments Plus or Premium; Square says here whether the salon has it.
        return ok(profile.value.business_booking_profile?.support_seller_level_writes === true ? declared : { ...declared, ...readOnly }, profile.observedAt)
      },
      async check() {
        const found = await client({ path: '/locations', schema: Locations })
        if (!found.ok) return found
        const [first] = found.value.locations
        return first === undefined ? failed('not_found', 'the account has no location') : ok({ account: first.business_name ?? first.name ?? first.id }, found.observedAt)
      },
      async catalog() {
        const locations = await client({ path: '/locations', schema: Locations })
        if (!locations.ok) return locations
        const items = await pages(client, (cursor) => ({ method: 'POST' as const, path: '/catalog/search-catalog-items', body: { product_types: ['APPOINTMENTS_SERVICE'], limit: 100, ...(cursor !== undefined && { cursor }) }, schema: CatalogItems }), (page) => page.items)
        if (!items.ok) return items
        const team = await pages(client, (cursor) => ({ path: '/bookings/team-member-booking-profiles', query: { limit: 100, cursor }, schema: TeamProfiles }), (page) => page.team_member_booking_profiles)
        if (!team.ok) return team
        return ok(toCatalog({ locations: locations.value.locations, items: items.value, team: team.value }), locations.observedAt)
      },
      async visits({ from, to, cursor }) {
        const page = await client({ path: '/bookings', query: { limit: 100, start_at_min: from, start_at_max: to, cursor }, schema: Bookings })
        if (!page.ok) return page
        const prices = await learn()
        const items = page.value.bookings.map((booking) => toVisit({ booking, known: prices, asked: page.observedAt, now: clock.now() })).filter(({ visit }) => visit.start >= from && visit.start < to)
        return ok({ items, ...(page.value.cursor !== undefined && { cursor: page.value.cursor }) }, page.observedAt)
      },
      async visit({ id }) {
        return seen(await client({ path: `/bookings/${encodeURIComponent(id)}`, schema: OneBooking }))
      },
      async clients({ cursor }) {
        const page = await client({ path: '/customers', query: { limit: 100, cursor }, schema: Customers })
        if (!page.ok) return page
        return ok({ items: page.value.customers.map(toClient), ...(page.value.cursor !== undefined && { cursor: page.value.cursor }) }, page.observedAt)
      },
      async client({ id }) {
        const found = await client({ path: `/customers/${encodeURIComponent(id)}`, schema: OneCustomer })
        return found.ok ? ok(toClient(found.value.customer), found.observedAt) : found
      },
      async slots({ locationId, wants, from, to, moving, limit = 50 }) {
        // Square searches windows of at least 24 hours and at most 32 days.
        const until = to < addMinutes(from, 24 * 60) ? addMinutes(from, 24 * 60) : to > addMinutes(from, 31 * 24 * 60) ? addMinutes(from, 31 * 24 * 60) : to
        const filter = {
          start_at_range: { start_at: from, end_at: until }, location_id: locationId, ...(moving !== undefined && { booking_id: moving.visit.id }),
          segment_filters: wants.map(({ serviceId, staffId }) => ({ service_variation_id: serviceId, ...(staffId !== undefined && { team_member_id_filter: { any: [staffId] } }) })),
        }
        const found = await client({ method: 'POST', path: '/bookings/availability/search', body: { query: { filter } }, schema: Availabilities })
        if (!found.ok) return found
        const slots = toSlots({ availabilities: found.value.availabilities, known: await learn(), locationId }).filter(({ start }) => start >= from && start < to)
        return ok(slots.toSorted((a, b) => (a.start < b.start ? -1 : 1)).slice(0, limit), found.observedAt)
      },
      async create({ key, slot, client: { id }, note }) {
        return seen(await client({
          method: 'POST', path: '/bookings', writes: true, schema: OneBooking,
          body: { idempotency_key: shortKey(key), booking: { location_id: slot.locationId, start_at: slot.start, customer_id: id, ...(note !== undefined && { seller_note: withNote('', { text: note, by: 'desk', at: clock.now() }) }), appointment_segments: segmentsOf(slot) } },
        }))
      },
      async reschedule({ key, visit, slot }) {
        return seen(await client({
          method: 'PUT', path: `/bookings/${encodeURIComponent(visit.visit.id)}`, writes: true, schema: OneBooking,
          body: { idempotency_key: shortKey(key), booking: { version: versionOf(visit), start_at: slot.start, location_id: slot.locationId, appointment_segments: segmentsOf(slot) } },
        }))
      },
      async cancel({ key, visit }) {
        return seen(await client({ method: 'POST', path: `/bookings/${encodeURIComponent(visit.visit.id)}/cancel`, writes: true, schema: OneBooking, body: { idempotency_key: shortKey(key), booking_version: versionOf(visit) } }))
      },
      async addVisitNote({ key, visit, text, by, at }) {
        return seen(await putNote(client, { key, visit, sellerNote: withNote(noteOf(visit), { text, by, at }) }))
      },
      async removeVisitNote({ key, visit, noteId }) {
        const left = withoutNote(noteOf(visit), noteId)
        return left === undefined ? failed('not_found', 'no such note') : seen(await putNote(client, { key, visit, sellerNote: left }))
      },
      addClientNote: ({ client: { id }, text, by, at }) => putClientNote(client, { id, change: (note) => withNote(note, { text, by, at }) }),
      removeClientNote: ({ client: { id }, noteId }) => putClientNote(client, { id, change: (note) => withoutNote(note, noteId) }),
      async writeRisk({ visit, score, band }) {
        const put = () => client({
          method: 'PUT', path: `/bookings/${encodeURIComponent(visit.visit.id)}/custom-attributes/${riskKey}`, writes: true, schema: Anything,
          body: { custom_attribute: { value: `${band} ${score.toFixed(2)}` } },
        })
        const done = await put()
        if (done.ok || done.error.kind !== 'not_found') return done.ok ? ok(null, done.observedAt) : done
        // The first score of this salon: the attribute has to be defined.
        const defined = await client({ method: 'POST', path: '/bookings/custom-attribute-definitions', writes: true, schema: Anything, body: { custom_attribute_definition: riskDefinition } })
        if (!defined.ok) return defined
        const again = await put()
        return again.ok ? ok(null, again.observedAt) : again
      },
      webhooks: squareWebhooks(credentials),
    }
    return adapter
  },
}

const readOnly = { create: 'none', reschedule: 'none', cancel: 'none', notes: { appointment: 'none', client: 'yes' }, riskField: 'none' } satisfies Partial<Capabilities>

const riskKey = 'desk_risk'
const riskDefinition = {
  key: riskKey, name: 'Risk of not coming', description: 'The front-desk copilot\'s estimate: band and probability', visibility: 'VISIBILITY_READ_WRITE_VALUES',
  schema: { $ref: 'https://developer-production-s.squarecdn.com/schemas/v1/common.json#squareup.common.String' },
}

/** All pages of a list. */
async function pages<Page extends { cursor?: string | undefined }, Item>(client: SquareClient, request: (cursor: string | undefined) => Parameters<typeof client<Page>>[0], items: (page: Page) => Item[]): Promise<Outcome<Item[]>> {
  const all: Item[] = []
  let cursor: string | undefined
  let at: Instant
  do {
    const page = await client<Page>(request(cursor))
    if (!page.ok) return page
    all.push(...items(page.value))
    cursor = page.value.cursor
    at = page.observedAt
  } while (cursor !== undefined)
  return ok(all, at)
}

/** Square takes keys of up to 45 characters (64 for bookings: API reference, CreateBooking); the mirror's are shorter. */
const shortKey = (key: string) => key.slice(0, 45)

/** What `toVisit` keeps for the next write. */
const Extra = z.object({ version: z.number(), sellerNote: z.string() })
const versionOf = ({ extra }: SeenVisit) => Extra.parse(extra).version
const noteOf = ({ extra }: SeenVisit) => Extra.parse(extra).sellerNote

function segmentsOf({ segments, token }: OfferedSlot) {
  const versions = token === undefined ? [] : z.array(z.number().nullable()).catch([]).parse(JSON.parse(token))
  return segments.map(({ serviceId, staffId, durationMin }, n) => ({ team_member_id: staffId, service_variation_id: serviceId, duration_minutes: durationMin, ...(typeof versions[n] === 'number' && { service_variation_version: versions[n] }) }))
}

function putNote(client: SquareClient, { key, visit, sellerNote }: { key: string; visit: SeenVisit; sellerNote: string }) {
  return client({ method: 'PUT', path: `/bookings/${encodeURIComponent(visit.visit.id)}`, writes: true, schema: OneBooking, body: { idempotency_key: shortKey(key), booking: { version: versionOf(visit), seller_note: sellerNote } } })
}

/** Reads the customer right before, so that nothing a receptionist wrote a second ago is lost; Square refuses an old version. */
async function putClientNote(client: SquareClient, { id, change }: { id: string; change: (note: string) => string | undefined }): Promise<Outcome<Client>> {
  const path = `/customers/${encodeURIComponent(id)}`
  const before = await client({ path, schema: OneCustomer })
  if (!before.ok) return before
  const note = change(before.value.customer.note ?? '')
  if (note === undefined) return failed('not_found', 'no such note')
  const after = await client({ method: 'PUT', path, writes: true, schema: OneCustomer, body: { note, version: before.value.customer.version ?? undefined } })
  return after.ok ? ok(toClient(after.value.customer), after.observedAt) : after
}
