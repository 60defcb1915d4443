import { z } from 'zod'
import type { Client } from '../../salon/salon.ts'
import { isZone, toInstant } from '../../salon/time.ts'
import { type Capabilities, failed, ok, type Outcome } from '../booking-platform.ts'
import { withNote, withoutNote } from '../kit/notes-in-text.ts'
import type { OfferedSlot, PlatformKind, SeenVisit } from '../platform-adapter.ts'
import { type PartnerApi, partnerApi, type PartnerCredentials, type PartnerRequest } from './client.ts'
import { type Known, noteOf, riskTag, statusThere, toCatalog, toClient, toVisit } from './read.ts'
import { Appointments, Availability, Clients, OneAppointment, OneClient, type PartnerClient, Services, StaffMembers } from './schema.ts'
import { partnerWebhooks } from './webhooks.ts'

const declared: Capabilities = {
  read: 'live', availability: 'search', multiService: 'none', hold: 'none', conflicts: 'unknown',
  create: 'yes', reschedule: 'yes', cancel: 'yes', cancelGranularity: 'appointment', setNoShow: 'yes', confirm: 'yes', restore: 'none',
  notes: { appointment: 'yes', client: 'yes' }, riskField: 'tag', waitlist: 'none', version: 'none', idempotency: 'none', changes: 'webhooks', webhookProof: 'signed_body', maxRangeDays: 31,
}

const https = z.string().refine((url) => URL.canParse(url) && new URL(url).protocol === 'https:', 'an address that begins with https://')
const Credentials = z.object({
  baseUrl: https,
  tokenUrl: https.optional(),
  clientId: z.string().min(1, 'the client id of the agreement'),
  clientSecret: z.string().min(8, 'the client secret of the agreement'),
  businessId: z.string().min(1, 'the business id at Fresha'),
  businessName: z.string().trim().min(1, 'the salon\'s name'),
  timezone: z.string().refine(isZone, 'the salon\'s time zone, as in America/Vancouver'),
  currency: z.string().regex(/^[A-Z]{3}$/, 'three letters, as in USD').default('USD'),
  webhookSecret: z.string().min(8, 'the secret that its webhooks are signed with').optional(),
})

/** A partner endpoint of Fresha, for businesses that have one by agreement. Fresha documents none in public (see README.md). */
export const freshaPartner: PlatformKind<PartnerCredentials> = {
  provider: 'fresha-partner',
  name: 'Fresha (partner endpoint)',
  fields: [
    { name: 'baseUrl', label: 'Address', help: 'of the endpoint, from your agreement with Fresha: https://…', secret: false },
    { name: 'tokenUrl', label: 'Token address', help: 'where its tokens come from, if that is not the address followed by /oauth/token', secret: false, optional: true },
    { name: 'clientId', label: 'Client id', help: 'from your agreement with Fresha', secret: false },
    { name: 'clientSecret', label: 'Client secret', help: 'from your agreement with Fresha', secret: true },
    { name: 'businessId', label: 'Business id', help: 'of this salon at Fresha', secret: false },
    { name: 'businessName', label: 'Salon', help: 'its name, as clients know it', secret: false },
    { name: 'timezone', label: 'Time zone', help: 'where the salon is, as in America/Vancouver', secret: false },
    { name: 'currency', label: 'Currency', help: 'three letters, as in USD', secret: false, optional: true },
    { name: 'webhookSecret', label: 'Webhook secret', help: 'what its webhooks are signed with', secret: true, optional: true },
  ],
  credentials: Credentials,
  declared,
  byAgreement: true,
  unproven: [
    'Fresha publishes no such API: the endpoint exists by private agreement only, nobody could be asked, and nothing was tried but a server of ours.',
    'The addresses and events are as they were described to us; the shapes of bodies, pages and errors are ours and have to be compared with the agreement before anything is switched on.',
  ],
  // No number is known.
  pace: { perMinute: 120, burst: 10 },
  open({ credentials, ask, clock, catalog }) {
    const api = partnerApi({ ask, clock, credentials })
    const business = encodeURIComponent(credentials.businessId)
    const learn = async (): Promise<Known> => ({ serviceById: new Map((await catalog())?.services.map((service) => [service.id, service])), locationId: credentials.businessId, currency: credentials.currency })
    const seen = async (answer: Outcome<z.infer<typeof OneAppointment>>): Promise<Outcome<SeenVisit>> => (answer.ok ? ok(toVisit({ appointment: answer.value.appointment, known: await learn(), asked: answer.observedAt }), answer.observedAt) : answer)
    const change = async (id: string, body: Record<string, unknown>) => seen(await api({ method: 'PUT', path: `/appointments/${encodeURIComponent(id)}`, body, writes: true, schema: OneAppointment }))
    const oneClient = async (id: string): Promise<Outcome<PartnerClient>> => {
      const page = await api({ path: '/clients', query: { business_id: credentials.businessId, id }, schema: Clients })
      if (!page.ok) return page
      const found = page.value.clients.find((client) => client.id === id)
      return found === undefined ? failed('not_found', 'no such client') : ok(found, page.observedAt)
    }
    /** Reads the client right before: there are no versions, and what a receptionist wrote a second ago must stay. */
    const changeClient = async (id: string, patch: (client: PartnerClient) => { notes?: string | undefined; tags?: string[] }): Promise<Outcome<Client>> => {
      const before = await oneClient(id)
      if (!before.ok) return before
      const body = patch(before.value)
      if ('notes' in body && body.notes === undefined) return failed('not_found', 'no such note')
      const after = await api({ method: 'PUT', path: `/v2/businesses/${business}/clients/${encodeURIComponent(id)}`, body, writes: true, schema: OneClient })
      return after.ok ? ok(toClient(after.value.client), after.observedAt) : after
    }
    return {
      provider: 'fresha-partner',
      async capabilities() {
        // Without the secret every delivery is refused: nothing is told of changes.
        const { webhookProof: _, ...polled } = declared
        return ok(credentials.webhookSecret === undefined ? { ...polled, changes: 'poll' } : declared, clock.now())
      },
      async check() {
        const read = await api({ path: '/staff_members', query: { business_id: credentials.businessId, limit: 1 }, schema: StaffMembers })
        return read.ok ? ok({ account: credentials.businessName }, read.observedAt) : read
      },
      async catalog() {
        const services = await pages(api, { path: '/services', query: { business_id: credentials.businessId, limit: 100 }, schema: Services }, (page) => page.services)
        if (!services.ok) return services
        const staff = await pages(api, { path: '/staff_members', query: { business_id: credentials.businessId, limit: 100 }, schema: StaffMembers }, (page) => page.staff_members)
        return staff.ok ? ok(toCatalog({ services: services.value, staff: staff.value, credentials }), services.observedAt) : staff
      },
      async visits({ from, to, cursor }) {
        const page = await api({ path: '/appointments', query: { business_id: credentials.businessId, start_from: from, start_to: to, limit: 100, cursor }, schema: Appointments })
        if (!page.ok) return page
        const known = await learn()
        const items = page.value.appointments.map((appointment) => toVisit({ appointment, known, asked: page.observedAt })).filter(({ visit }) => visit.start >= from && visit.start < to)
        return ok({ items, ...after(page.value, cursor) }, page.observedAt)
      },
      async visit({ id }) {
        const page = await api({ path: '/appointments', query: { business_id: credentials.businessId, id }, schema: Appointments })
        if (!page.ok) return page
        const appointment = page.value.appointments.find((one) => one.id === id)
        return appointment === undefined ? failed('not_found', 'no such appointment') : seen(ok({ appointment }, page.observedAt))
      },
      async clients({ cursor }) {
        const page = await api({ path: '/clients', query: { business_id: credentials.businessId, limit: 100, cursor }, schema: Clients })
        return page.ok ? ok({ items: page.value.clients.map(toClient), ...after(page.value, cursor) }, page.observedAt) : page
      },
      async client({ id }) {
        const found = await oneClient(id)
        return found.ok ? ok(toClient(found.value), found.observedAt) : found
      },
      async slots({ wants, from, to, moving, limit = 50 }) {
        const [want, ...others] = wants
        if (want === undefined || others.length > 0) return failed('unsupported', 'one service at a time', { capability: 'multiService' })
        const query = { service_id: want.serviceId, staff_member_id: want.staffId, from, to, appointment_id: moving?.visit.id }
        const found = await api({ path: `/businesses/${business}/availability`, query, schema: Availability })
        if (!found.ok) return found
        const known = await learn()
        const slots = found.value.slots.map((slot): OfferedSlot => {
          const [start, end] = [toInstant(slot.start_at), toInstant(slot.end_at)]
          const service = known.serviceById.get(want.serviceId)
          return { locationId: known.locationId, start, end, segments: [{ serviceId: want.serviceId, staffId: slot.staff_member_id, staffPreference: want.staffId === undefined ? 'any' : 'requested', start, durationMin: Math.round((Date.parse(end) - Date.parse(start)) / 60_000), price: service?.price ?? { minor: 0, currency: known.currency } }] }
        })
        return ok(slots.filter(({ start }) => start >= from && start < to).toSorted((a, b) => (a.start < b.start ? -1 : 1)).slice(0, limit), found.observedAt)
      },
      create: async ({ slot, client, note }) => seen(await api({
        method: 'POST', path: `/v2/businesses/${business}/appointments`, writes: true, schema: OneAppointment,
        body: { client_id: client.id, start_at: slot.start, services: partsOf(slot), ...(note !== undefined && { notes: withNote('', { text: note, by: 'desk', at: clock.now() }) }) },
      })),
      reschedule: ({ visit, slot }) => change(visit.visit.id, { start_at: slot.start, services: partsOf(slot) }),
      cancel: ({ visit, cancelledBy, reason }) => change(visit.visit.id, { status: 'canceled', canceled_by: cancelledBy === 'client' ? 'client' : 'business', ...(reason !== undefined && { cancellation_reason: reason }) }),
      setStatus: ({ visit, to }) => change(visit.visit.id, { status: statusThere[to] }),
      addVisitNote: ({ visit, text, by, at }) => change(visit.visit.id, { notes: withNote(noteOf(visit), { text, by, at }) }),
      async removeVisitNote({ visit, noteId }) {
        const notes = withoutNote(noteOf(visit), noteId)
        return notes === undefined ? failed('not_found', 'no such note') : change(visit.visit.id, { notes })
      },
      addClientNote: ({ client, text, by, at }) => changeClient(client.id, ({ notes }) => ({ notes: withNote(notes, { text, by, at }) })),
      removeClientNote: ({ client, noteId }) => changeClient(client.id, ({ notes }) => ({ notes: withoutNote(notes, noteId) })),
      async writeRisk({ visit, score, band }) {
        if (visit.visit.clientId === '') return failed('invalid', 'a visit without a client has nobody to tag')
        const done = await changeClient(visit.visit.clientId, ({ tags }) => ({ tags: [...(tags ?? []).filter((tag) => !tag.startsWith(riskTag)), `${riskTag}${band} ${score.toFixed(2)}`] }))
        return done.ok ? ok(null, done.observedAt) : done
      },
      webhooks: partnerWebhooks(credentials),
    }
  },
}

function partsOf({ segments }: OfferedSlot) {
  return segments.map(({ serviceId, staffId, start, durationMin }) => ({ service_id: serviceId, staff_member_id: staffId, start_at: start, duration_minutes: durationMin }))
}

/** Where a list goes on; a cursor that comes back unchanged would go on for ever. */
function after({ next_cursor: next }: { next_cursor?: string | undefined }, cursor: string | undefined): { cursor?: string } {
  return next === undefined || next === cursor ? {} : { cursor: next }
}

/** All pages of a list; a cursor that comes back unchanged ends it. */
async function pages<Page extends { next_cursor?: string | undefined }, Item>(api: PartnerApi, request: PartnerRequest<Page>, itemsOf: (page: Page) => Item[]): Promise<Outcome<Item[]>> {
  const items: Item[] = []
  let cursor: string | undefined
  for (;;) {
    const page = await api({ ...request, query: { ...request.query, cursor } })
    if (!page.ok) return page
    items.push(...itemsOf(page.value))
    if (page.value.next_cursor === undefined || page.value.next_cursor === cursor) return ok(items, page.observedAt)
    cursor = page.value.next_cursor
  }
}
