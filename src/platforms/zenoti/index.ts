import { z } from 'zod'
import { addDays, type Instant, isZone, localDate } from '../../salon/time.ts'
import { type Capabilities, failed, ok, type Outcome } from '../booking-platform.ts'
import { withNote } from '../kit/notes-in-text.ts'
import type { PlatformAdapter, PlatformKind, SeenVisit } from '../platform-adapter.ts'
import { book, itemsOf } from './book.ts'
import { readCatalog, readCentres } from './catalog.ts'
import { afterWrite, zenotiClient, type ZenotiCredentials } from './client.ts'
import { addNote, putRisk, readGuest, removeNote } from './guests.ts'
import { type Centre, extraOf, type Known, toClient, toVisits } from './read.ts'
import { Done, Guests, Rows } from './schema.ts'
import { searchSlots } from './slots.ts'
import { readRows, readVisit, refuseOthers } from './visits.ts'
import { zenotiWebhooks } from './webhooks.ts'

const declared: Capabilities = {
  read: 'live', availability: 'booking_scoped', multiService: 'native', hold: 'native', conflicts: 'refused',
  create: 'yes', reschedule: 'yes', cancel: 'yes', cancelGranularity: 'visit', setNoShow: 'yes', confirm: 'yes', restore: 'none',
  notes: { appointment: 'none', client: 'yes' }, riskField: 'note', waitlist: 'none',
  version: 'none', idempotency: 'none', changes: 'poll', webhookProof: 'signed_body', maxRangeDays: 7,
}

const Credentials = z.object({
  apiKey: z.string().min(10, 'the API key of the backend app, in Zenoti under Admin, Setup, Apps'),
  host: z.string().regex(/^https:\/\/[a-z0-9-]+(\.[a-z0-9-]+)*\.zenoti\.com$/, 'an address of Zenoti such as https://api.zenoti.com, without a path').default('https://api.zenoti.com'),
  timezone: z.string().refine(isZone, 'a time zone such as America/Los_Angeles'),
  currency: z.string().regex(/^[A-Z]{3}$/, 'a currency such as USD').default('USD'),
  searchGuestId: z.string().min(8, 'the id of a guest made for searching, see the README'),
  centerId: z.string().min(8, 'the id of one center').optional(),
  webhookSecret: z.string().min(8, 'the secret of the app that signs webhooks').optional(),
})

/** Zenoti, by its documented API v1 (see README.md). */
export const zenoti: PlatformKind<ZenotiCredentials> = {
  provider: 'zenoti',
  name: 'Zenoti',
  fields: [
    { name: 'apiKey', label: 'API key', help: 'Zenoti, Admin, Setup, Apps: the key of a backend app. The API package comes through your Customer Success Manager', secret: true },
    { name: 'timezone', label: 'Time zone', help: 'of centers whose zone Zenoti names in a way we do not know, such as America/Los_Angeles', secret: false },
    { name: 'searchGuestId', label: 'Guest for searching', help: 'make a guest such as "Desk Search": free times can only be asked for somebody. Its id is in the address of its profile', secret: false },
    { name: 'centerId', label: 'Center', help: 'one center only; without it, all that the key sees', secret: false, optional: true },
    { name: 'currency', label: 'Currency', help: 'where Zenoti does not tell it; USD unless given', secret: false, optional: true },
    { name: 'host', label: 'Address', help: 'https://api.zenoti.com unless your organization has a host of its own', secret: false, optional: true },
    { name: 'webhookSecret', label: 'Webhook secret', help: 'Zenoti, Admin, Setup, Apps: the secret of the app', secret: true, optional: true },
  ],
  credentials: Credentials,
  declared,
  unproven: [
    'No live Zenoti organization was at hand: the behaviour is tried against a server of ours that keeps the documented rules.',
    'The names of the fields of an invoice\'s appointments, of a center\'s time zone and currency, and the webhook signature each rest on one source.',
    'How a cancelled invoice lists its appointments, and whether a move keeps their ids, is not documented.',
  ],
  // 60 calls a minute for the whole organization, shared with everything else that uses its API.
  pace: { perMinute: 60, burst: 60 },
  open({ credentials, ask, clock, catalog }) {
    const client = zenotiClient({ ask, credentials })
    const known = async (): Promise<Known> => ({ serviceById: new Map((await catalog())?.services.map((service) => [service.id, service])) })
    const centres = async (): Promise<Outcome<Centre[]>> => {
      const read = await catalog()
      return read === undefined ? readCentres(client, credentials) : ok(read.locations.map(({ id, zone, currency }) => ({ id, zone, currency })), clock.now())
    }
    const centreOf = async (id: string | undefined): Promise<Outcome<Centre>> => {
      const all = await centres()
      if (!all.ok) return all
      const found = all.value.find((centre) => centre.id === id) ?? (id === undefined && all.value.length === 1 ? all.value[0] : undefined)
      return found === undefined ? failed('not_found', 'a center that this connection does not serve') : ok(found, all.observedAt)
    }
    const room = { client, known, centreOf }
    const reread = async (id: string): Promise<Outcome<SeenVisit>> => afterWrite(await readVisit(room, id))
    const guest = (id: string) => readGuest(client, { id, zone: credentials.timezone })
    const adapter: PlatformAdapter = {
      provider: 'zenoti',
      async capabilities() {
        // Which API groups the key has shows only when one is used; that it is good shows here.
        const found = await readCentres(client, credentials)
        return found.ok ? ok(declared, found.observedAt) : found
      },
      async check() {
        const found = await readCentres(client, credentials)
        if (!found.ok) return found
        const [first, ...others] = found.value
        if (first === undefined) return failed('not_found', 'the key sees no such center')
        return ok({ account: others.length === 0 ? first.name : `${first.name} and ${others.length} more` }, found.observedAt)
      },
      catalog: () => readCatalog(client, credentials),
      async visits({ from, to, cursor }) {
        const all = await centres()
        if (!all.ok) return all
        const [place = '0', day] = cursor?.split('|') ?? []
        const centre = all.value[Number(place)]
        if (centre === undefined) return ok({ items: [] }, all.observedAt)
        const [first, last] = [day ?? localDate(from, centre.zone), localDate(justBefore(to), centre.zone)]
        // Whole days of the centre, the end exclusive, seven at most.
        const until = [addDays(first, 7), addDays(last, 1)].toSorted()[0] ?? first
        const page = await client({ path: '/appointments', query: { center_id: centre.id, start_date: first, end_date: until, include_no_show_cancel: true }, schema: Rows })
        if (!page.ok) return page
        const items = toVisits({ rows: page.value, centre, known: await known(), asked: page.observedAt }).filter(({ visit }) => visit.start >= from && visit.start < to)
        const next = until <= last ? `${place}|${until}` : Number(place) + 1 < all.value.length ? `${Number(place) + 1}` : undefined
        return ok({ items, ...(next !== undefined && { cursor: next }) }, page.observedAt)
      },
      visit: ({ id }) => readVisit(room, id),
      async clients({ cursor }) {
        const all = await centres()
        if (!all.ok) return all
        const [place = '0', page = '1'] = cursor?.split('|') ?? []
        const centre = all.value[Number(place)]
        if (centre === undefined) return ok({ items: [] }, all.observedAt)
        const found = await client({ path: '/guests', query: { center_id: centre.id, page: Number(page), size: 100 }, schema: Guests })
        if (!found.ok) return found
        const items = found.value.guests.filter(({ id }) => id !== credentials.searchGuestId).map((one) => toClient(one, { notes: [], zone: centre.zone }))
        const next = found.value.guests.length === 100 ? `${place}|${Number(page) + 1}` : Number(place) + 1 < all.value.length ? `${Number(place) + 1}` : undefined
        return ok({ items, ...(next !== undefined && { cursor: next }) }, found.observedAt)
      },
      client: ({ id }) => guest(id),
      async slots({ locationId, moving, ...query }) {
        const centre = await centreOf(locationId)
        return centre.ok ? searchSlots(client, { ...query, centre: centre.value, known: await known(), searchGuestId: credentials.searchGuestId, moving }) : centre
      },
      async create({ slot, client: { id }, note }) {
        const centre = await centreOf(slot.locationId)
        if (!centre.ok) return centre
        const items = slot.segments.map(({ serviceId, staffId }) => ({ serviceId, staffId }))
        const booked = await book(client, { centre: centre.value, guestId: id, items, slot, ...(note !== undefined && { note: withNote('', { text: note, by: 'desk', at: clock.now() }) }) })
        return booked.ok ? reread(booked.value.invoiceId ?? booked.value.appointmentId ?? '') : booked
      },
      async reschedule({ visit, slot }) {
        const { invoiceId, standing } = extraOf(visit)
        const centre = await centreOf(slot.locationId)
        if (!centre.ok) return centre
        if (slot.locationId !== visit.visit.locationId) return failed('unsupported', 'Zenoti does not move a visit to another center', { capability: 'reschedule' })
        if (invoiceId === undefined) return failed('policy_blocked', 'the visit has no invoice yet: move it in Zenoti')
        const found = await itemsOf(client, { clientId: visit.visit.clientId, invoiceId, start: visit.visit.start, standing, centre: centre.value })
        if (!found.ok) return found
        const items = slot.segments.map(({ serviceId, staffId }) => ({ serviceId, staffId, itemId: found.value.get(serviceId)?.shift() }))
        if (items.length !== standing.length || items.some(({ itemId }) => itemId === undefined)) return failed('unsupported', 'Zenoti moves the services that are booked; it does not exchange them', { capability: 'reschedule' })
        const moved = await book(client, { centre: centre.value, guestId: visit.visit.clientId, invoiceId, items, slot })
        return moved.ok ? reread(invoiceId) : moved
      },
      async cancel({ visit, cancelledBy, reason }) {
        const { invoiceId, appointments } = extraOf(visit)
        if (invoiceId === undefined) return failed('policy_blocked', 'the visit has no invoice, which is what Zenoti cancels: cancel it in Zenoti')
        const alone = await refuseOthers(client, { invoiceId, appointments })
        if (!alone.ok) return alone
        const comments = reason ?? (cancelledBy === 'client' ? 'Cancelled by the guest' : 'Cancelled by the salon')
        const done = await client({ method: 'PUT', path: `/invoices/${encodeURIComponent(invoiceId)}/cancel`, body: { comments }, schema: Done, writes: true, refused: 'policy_blocked' })
        if (!done.ok) return done
        if (done.value.success === false) return failed('policy_blocked', 'Zenoti did not cancel the invoice')
        const read = afterWrite(await readRows(room, { ids: appointments, centreId: visit.visit.locationId }))
        return read.ok ? ok({ ...read.value, visit: { ...read.value.visit, ...(read.value.visit.status === 'cancelled' && { cancelledBy }) } }, read.observedAt) : read
      },
      async setStatus({ visit, to }) {
        const { invoiceId, groupId } = extraOf(visit)
        const call = to === 'confirmed' || (to === 'booked' && visit.visit.status === 'confirmed')
          ? invoiceId === undefined ? undefined : { path: `/invoices/${encodeURIComponent(invoiceId)}/confirm`, query: { undo_confirm: to === 'booked' }, body: {} }
          : groupId === undefined ? undefined : groupCall({ groupId, from: visit.visit.status, to })
        if (call === undefined) return failed('unsupported', `Zenoti has no call for this step to ${to}`)
        if (call.path.startsWith('/appointments/')) {
          // Not coming and coming are a group's. What else the group holds shows only in the day's list.
          const alone = await refuseGroup(visit, groupId ?? '')
          if (!alone.ok) return alone
        }
        const done = await client({ method: 'PUT', ...call, schema: Done, writes: true, refused: 'policy_blocked' })
        if (!done.ok) return done
        return done.value.success === false ? failed('policy_blocked', `Zenoti refused the step to ${to}`) : reread(visit.visit.id)
      },
      async addClientNote({ client: { id }, text, by, at }) {
        const done = await addNote(client, { guestId: id, text: withNote('', { text, by, at }) })
        return done.ok ? afterWrite(await guest(id)) : done
      },
      async removeClientNote({ client: { id }, noteId }) {
        const done = await removeNote(client, { guestId: id, noteId })
        return done.ok ? afterWrite(await guest(id)) : done
      },
      async writeRisk({ visit: { visit }, score, band }) {
        const centre = await centreOf(visit.locationId)
        if (!centre.ok) return centre
        return visit.clientId === '' ? failed('not_found', 'the visit has no guest') : putRisk(client, { guestId: visit.clientId, start: visit.start, zone: centre.value.zone, score, band, now: clock.now() })
      },
      webhooks: zenotiWebhooks(credentials),
    }
    return adapter

    async function refuseGroup({ visit }: SeenVisit, groupId: string): Promise<Outcome<null>> {
      const centre = await centreOf(visit.locationId)
      if (!centre.ok) return centre
      const date = localDate(visit.start, centre.value.zone)
      const day = await client({ path: '/appointments', query: { center_id: centre.value.id, start_date: date, end_date: addDays(date, 1), include_no_show_cancel: true }, schema: Rows })
      if (!day.ok) return day
      const others = day.value.some((row) => row.appointment_group_id === groupId && (row.invoice_id ?? row.id) !== visit.id)
      return others ? failed('policy_blocked', 'Zenoti marks groups as missed or checked in, and this one holds somebody else\'s visit too: mark it in Zenoti') : ok(null, day.observedAt)
    }
  },
}

function groupCall({ groupId, from, to }: { groupId: string; from: string; to: string }): { path: string; body: unknown } | undefined {
  const path = `/appointments/${encodeURIComponent(groupId)}`
  if (to === 'no_show') return { path: `${path}/no_show`, body: { comments: 'Did not come' } }
  if (to === 'arrived') return { path: `${path}/check_in`, body: {} }
  return to === 'booked' && from === 'arrived' ? { path: `${path}/undo_check_in`, body: {} } : undefined
}

function justBefore(instant: Instant): Instant {
  return new Date(Date.parse(instant) - 1).toISOString()
}
