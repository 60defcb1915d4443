import { z } from 'zod'
import type { Catalog, Location } from '../../salon/salon.ts'
import { addMinutes, type Instant, localDate } from '../../salon/time.ts'
import { type Capabilities, failed, ok, type Outcome } from '../booking-platform.ts'
import { toLocal } from '../kit/local-times.ts'
import { withNote, withoutNote } from '../kit/notes-in-text.ts'
import type { PlatformAdapter, PlatformKind, SeenVisit, SettableStatus } from '../platform-adapter.ts'
import { boulevardClient, type BoulevardCredentials } from './client.ts'
import { book } from './book.ts'
import * as queries from './queries.ts'
import { nodesOf, toClient, toVisit } from './read.ts'
import { readCatalog } from './read-catalog.ts'
import { Appointments, Business, Cancelled, Clients, Extra, OneAppointment, OneClient, Rescheduled, StaffList, Updated, Waiting } from './schema.ts'
import { cartSlots, fillCart, movingSlots, rescheduleTimes } from './slots.ts'
import { boulevardWebhooks } from './webhooks.ts'

const declared: Capabilities = {
  read: 'live', availability: 'search', multiService: 'native', hold: 'none', conflicts: 'accepted',
  create: 'yes', reschedule: 'yes', cancel: 'yes', cancelGranularity: 'appointment', setNoShow: 'via_cancel_reason', confirm: 'yes', restore: 'none',
  notes: { appointment: 'yes', client: 'none', maxLength: 4_096 }, riskField: 'none', waitlist: 'native_add_only',
  version: 'none', idempotency: 'none', changes: 'webhooks', webhookProof: 'signed_body', maxRangeDays: 31,
}

const base64 = /^[A-Za-z0-9+/]+={0,2}$/

const Credentials = z.object({
  businessId: z.string().min(4, 'the business ID, in Boulevard\'s developer portal').transform((id) => id.replace(/^urn:blvd:Business:/, '')),
  apiKey: z.string().min(8, 'the API key of the application, in Boulevard\'s developer portal'),
  apiSecret: z.string().min(8, 'the secret of the application').regex(base64, 'the secret as the portal shows it (base64)'),
  webhookSecret: z.string().regex(base64, 'the secret as the portal shows it (base64)').optional(),
  environment: z.enum(['production', 'sandbox'], 'production or sandbox').default('production'),
})

/** Boulevard, by its Admin API and the carts of its Client API (see README.md). */
export const boulevard: PlatformKind<BoulevardCredentials> = {
  provider: 'boulevard',
  name: 'Boulevard',
  fields: [
    { name: 'businessId', label: 'Business ID', help: 'Boulevard\'s developer portal, your application', secret: false },
    { name: 'apiKey', label: 'API key', help: 'Boulevard\'s developer portal, your application, Credentials', secret: true },
    { name: 'apiSecret', label: 'API secret', help: 'beside the API key; it is shown in base64 and given so', secret: true },
    { name: 'webhookSecret', label: 'Webhook secret', help: 'only where webhooks are signed with another secret than the one above', secret: true, optional: true },
    { name: 'environment', label: 'Environment', help: 'production, or sandbox to try it', secret: false, optional: true },
  ],
  credentials: Credentials,
  declared,
  unproven: [
    'No Boulevard account was at hand (Enterprise plans only); nothing was tried on its servers.',
    'The Admin API\'s names are taken from what its users publish, not from a schema of Boulevard\'s; the Client API\'s are from its published schema.',
    'What a request costs of the 10,000 points is not published: the desk reckons 50 points a request, 200 a page of a list.',
  ],
  // 10,000 points, of which 50 run off a second; one of our calls stands for 50 of them.
  pace: { perMinute: 60, burst: 200 },
  open({ credentials, ask, clock, catalog }) {
    const client = boulevardClient({ ask, clock, credentials })
    const known = async (): Promise<Outcome<Catalog>> => {
      const kept = await catalog()
      return kept === undefined ? readCatalog(client) : ok(kept, clock.now())
    }
    const locationOf = async (id: string): Promise<Outcome<Location>> => {
      const read = await known()
      if (!read.ok) return read
      const location = read.value.locations.find((place) => place.id === id)
      return location === undefined ? failed('not_found', 'no such location') : ok(location, read.observedAt)
    }
    const currencies = async () => {
      const kept = await catalog()
      return (locationId: string | undefined) => (kept?.locations.find(({ id }) => id === locationId) ?? kept?.locations[0])?.currency ?? 'USD'
    }
    const visit = async (id: string): Promise<Outcome<SeenVisit>> => {
      const found = await client.admin({ query: queries.oneAppointment, variables: { id }, schema: OneAppointment })
      if (!found.ok) return found
      const { appointment } = found.value
      // Boulevard answers a wrong id with nothing.
      if (appointment === null) return failed('not_found', 'no such appointment')
      return ok(toVisit({ appointment, currency: (await currencies())(appointment.locationId), asked: found.observedAt }), found.observedAt)
    }
    /** The visit after a write that was answered: what cannot be read back was done all the same. */
    const after = async (written: Outcome<unknown>, id: string): Promise<Outcome<SeenVisit>> => {
      if (!written.ok) return written
      const read = await visit(id)
      return read.ok ? read : failed('unknown_outcome', 'done, but it could not be read back', { ...(read.error.providerCode !== undefined && { providerCode: read.error.providerCode }) })
    }
    const update = async (id: string, change: { state?: string; notes?: string }) =>
      after(await client.admin({ query: queries.updateAppointment, variables: { input: { id, ...change } }, schema: Updated, writes: true }), id)
    const cancel = async (id: string, reason: string, notes?: string) =>
      after(await client.admin({ query: queries.cancelAppointment, variables: { input: { id, reason, ...(notes !== undefined && { notes }) } }, schema: Cancelled, writes: true }), id)
    const adapter: PlatformAdapter = {
      provider: 'boulevard',
      async capabilities() {
        const admin = await client.admin({ query: queries.staff, variables: { first: 1 }, schema: StaffList })
        if (!admin.ok) return admin
        const guest = await client.guest({ query: queries.business, schema: Business })
        if (guest.ok) return ok(declared, guest.observedAt)
        // Without the Client API there are no free times to book; moving, cancelling and confirming are the Admin API's.
        return guest.error.kind === 'auth' || guest.error.kind === 'forbidden' ? ok({ ...declared, availability: 'booking_scoped', create: 'none', waitlist: 'none' }, admin.observedAt) : guest
      },
      async check() {
        const admin = await client.admin({ query: queries.staff, variables: { first: 1 }, schema: StaffList })
        if (!admin.ok) return admin
        const found = await client.guest({ query: queries.business, schema: Business })
        return found.ok ? ok({ account: found.value.business.name ?? found.value.business.id }, found.observedAt) : found
      },
      catalog: () => readCatalog(client),
      async visits({ from, to, cursor }) {
        const read = await known()
        if (!read.ok) return read
        // One location after another: the list needs one.
        const { place, after: page } = cursor === undefined ? { place: 0, after: undefined } : Cursor.parse(JSON.parse(cursor))
        const locationId = read.value.locations[place]?.id
        if (locationId === undefined) return ok({ items: [] }, read.observedAt)
        const list = await client.admin({ query: queries.appointments, variables: { locationId, query: `startAt >= '${from}' AND startAt < '${to}'`, first: 100, after: page }, schema: Appointments, cost: 4 })
        if (!list.ok) return list
        const { nodes, after: next } = nodesOf(list.value.appointments)
        const currency = await currencies()
        const items = nodes.map((appointment) => toVisit({ appointment: { ...appointment, locationId: appointment.locationId ?? locationId }, currency: currency(locationId), asked: list.observedAt })).filter((seen) => seen.visit.start >= from && seen.visit.start < to)
        const later = next !== undefined ? { place, after: next } : place + 1 < read.value.locations.length ? { place: place + 1 } : undefined
        return ok({ items, ...(later !== undefined && { cursor: JSON.stringify(later) }) }, list.observedAt)
      },
      visit: ({ id }) => visit(id),
      async clients({ cursor }) {
        const page = await client.admin({ query: queries.clients, variables: { first: 100, after: cursor }, schema: Clients, cost: 4 })
        if (!page.ok) return page
        const { nodes, after: next } = nodesOf(page.value.clients)
        return ok({ items: nodes.map(toClient), ...(next !== undefined && { cursor: next }) }, page.observedAt)
      },
      async client({ id }) {
        const found = await client.admin({ query: queries.oneClient, variables: { id }, schema: OneClient })
        if (!found.ok) return found
        return found.value.client === null ? failed('not_found', 'no such client') : ok(toClient(found.value.client), found.observedAt)
      },
      async slots({ moving, ...query }) {
        const location = await locationOf(query.locationId)
        if (!location.ok) return location
        if (moving === undefined) return cartSlots({ call: client.guest, location: location.value, query })
        return keepsPeople(moving, query.wants) ? movingSlots({ call: client.admin, location: location.value, moving: moving.visit, query })
          : failed('unsupported', 'Boulevard moves a visit with its services and people as they are', { capability: 'reschedule' })
      },
      async create({ slot, client: { id }, note }) {
        const location = await locationOf(slot.locationId)
        if (!location.ok) return location
        const booked = await book({ call: client.admin, slot, clientId: id, zone: location.value.zone })
        if (!booked.ok) return booked
        const seen = await after(booked, booked.value)
        if (note === undefined || !seen.ok) return seen
        // The booking stands; a note that fails is not worth an alarm about it.
        const noted = await update(booked.value, { notes: withNote(notesOf(seen.value), { text: note, by: 'desk', at: clock.now() }) })
        return noted.ok ? noted : seen
      },
      async reschedule({ visit: { visit: { id, locationId } }, slot }) {
        const location = await locationOf(locationId)
        if (!location.ok) return location
        // A bookableTimeId grows old: a fresh one is asked for right before it is used.
        const times = await rescheduleTimes({ call: client.admin, appointmentId: id, days: [localDate(slot.start, location.value.zone)] })
        if (!times.ok) return times
        const time = times.value.find(({ start }) => start === slot.start)
        if (time === undefined) return failed('conflict_slot', 'Boulevard no longer offers this time')
        // `sendNotification` tells the salon's people that the client moved it on their own, which is not so.
        return after(await client.admin({ query: queries.reschedule, variables: { input: { appointmentId: id, bookableTimeId: time.id, sendNotification: false } }, schema: Rescheduled, writes: true }), id)
      },
      // CLIENT_LATE_CANCEL may charge a fee: that is a person's to choose, in Boulevard.
      cancel: ({ visit: { visit: { id } }, cancelledBy, reason }) => cancel(id, cancelledBy === 'client' ? 'CLIENT_CANCEL' : 'STAFF_CANCEL', reason),
      async setStatus({ visit: { visit: { id, status } }, to }) {
        if (to === 'no_show') return cancel(id, 'NO_SHOW')
        // Who was missed is cancelled there, and nothing brings that back.
        if (status === 'no_show' || status === 'cancelled') return failed('unsupported', 'in Boulevard a cancelled visit stays cancelled', { capability: 'restore' })
        const state = states[to]
        return state === undefined ? failed('unsupported', 'in Boulevard a visit is completed by checking it out') : update(id, { state })
      },
      addVisitNote: ({ visit: seen, text, by, at }) => update(seen.visit.id, { notes: withNote(notesOf(seen), { text, by, at }) }),
      async removeVisitNote({ visit: seen, noteId }) {
        const left = withoutNote(notesOf(seen), noteId)
        return left === undefined ? failed('not_found', 'no such note') : update(seen.visit.id, { notes: left })
      },
      async waitlistAdd({ client: { id }, entry: { locationId, serviceId, staffId, wanted } }) {
        const location = await locationOf(locationId)
        if (!location.ok) return location
        const call = client.asClient(id)
        const cart = await fillCart({ call, locationId, wants: [{ serviceId, ...(staffId !== undefined && { staffId }) }] })
        if (!cart.ok) return cart
        if (cart.value.items === undefined) return failed('invalid', 'this person is not offered online for this service')
        const { from, to } = spanOf(wanted, clock.now())
        const { zone } = location.value
        const added = await call({ query: queries.addToWaitlist, variables: { input: { id: cart.value.cartId, preferredTimeLower: toLocal(from, zone), preferredTimeUpper: toLocal(to, zone), tz: zone } }, schema: Waiting, writes: true })
        return added.ok ? ok({ id: added.value.cartAddToWaitlist.cart.id }, added.observedAt) : added
      },
      webhooks: boulevardWebhooks(credentials),
    }
    return adapter
  },
}

const Cursor = z.object({ place: z.number().int().min(0), after: z.string().optional() })

// What `updateAppointment` takes; FINAL comes by checking out, CANCELLED by cancelling.
const states: Partial<Record<SettableStatus, string>> = { booked: 'BOOKED', confirmed: 'CONFIRMED', arrived: 'ARRIVED' }

const notesOf = ({ extra }: SeenVisit) => Extra.parse(extra).notes

function keepsPeople({ visit: { segments } }: SeenVisit, wants: { serviceId: string; staffId?: string }[]): boolean {
  return wants.length === segments.length && wants.every(({ serviceId, staffId }, n) => serviceId === segments[n]?.serviceId && (staffId === undefined || staffId === segments[n].staffId))
}

/** Boulevard takes one stretch of time: from the first wanted to the last; any time is the next 60 days. */
function spanOf(wanted: { from: Instant; to: Instant }[], now: Instant): { from: Instant; to: Instant } {
  const starts = wanted.map(({ from }) => from).toSorted()
  const ends = wanted.map(({ to }) => to).toSorted()
  return { from: starts[0] ?? now, to: ends.at(-1) ?? addMinutes(now, 60 * 1_440) }
}
