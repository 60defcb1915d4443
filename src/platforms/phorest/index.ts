import { z } from 'zod'
import { isZone } from '../../salon/time.ts'
import { type Capabilities, failed, ok } from '../booking-platform.ts'
import { withNote, withoutNote } from '../kit/notes-in-text.ts'
import type { PlatformAdapter, PlatformKind } from '../platform-adapter.ts'
import { allPages, hasMore, pageSize, phorestClient, type PhorestCredentials } from './client.ts'
import { toCatalog, toClient, toSlots } from './read.ts'
import { Availability, Branch, Client, ListOf, PageOf, Service, Staff } from './schema.ts'
import { toUtcText } from './times.ts'
import { mostDays, visitReader } from './visits.ts'
import { extraOf, phorestWrites } from './write.ts'

const declared: Capabilities = {
  read: 'live', availability: 'search', multiService: 'none', hold: 'native', conflicts: 'unknown',
  create: 'yes', reschedule: 'yes', cancel: 'yes', cancelGranularity: 'appointment', setNoShow: 'none', confirm: 'yes', restore: 'none',
  notes: { appointment: 'yes', client: 'yes', maxLength: 50_000 }, riskField: 'none', waitlist: 'none',
  version: 'integer', idempotency: 'none', changes: 'poll', maxRangeDays: mostDays,
}

const Credentials = z.object({
  region: z.enum(['eu', 'us'], 'eu, or us for the Americas and Australia'),
  email: z.string().trim().transform((given) => given.replace(/^global\//, '')).pipe(z.email('the e-mail address that Phorest gave the API password to')),
  password: z.string().min(1, 'the API password, by mail from api-requests@phorest.com'),
  businessId: z.string().trim().min(1, 'the business id, in the same mail'),
  timezone: z.string().refine(isZone, 'a zone such as Europe/Dublin'),
  currency: z.string().regex(/^[A-Z]{3}$/, 'three letters such as EUR'),
  times: z.enum(['utc', 'salon'], 'utc or salon').default('utc'),
})

/** Phorest, by its third-party API (see README.md). */
export const phorest: PlatformKind<PhorestCredentials> = {
  provider: 'phorest',
  name: 'Phorest',
  fields: [
    { name: 'region', label: 'Region', help: 'eu, or us for the Americas and Australia', secret: false },
    { name: 'email', label: 'API e-mail', help: 'the address that the API password was made for; ask api-requests@phorest.com, with the salon\'s Phorest account number', secret: false },
    { name: 'password', label: 'API password', help: 'in the mail from Phorest', secret: true },
    { name: 'businessId', label: 'Business id', help: 'in the same mail', secret: false },
    { name: 'timezone', label: 'Zone', help: 'the salon\'s zone, such as Europe/Dublin, for branches of which Phorest does not tell it', secret: false },
    { name: 'currency', label: 'Currency', help: 'of its prices: EUR, GBP, USD, AUD', secret: false },
    { name: 'times', label: 'Times', help: 'utc as Phorest\'s reference says, or salon where appointments come in the salon\'s own time', secret: false, optional: true },
  ],
  credentials: Credentials,
  declared,
  unproven: [
    'No Phorest account was at hand: behaviour is checked against a server of ours, requests against a transcription of the reference that leaves many answers open.',
    'The reference dates appointments in UTC, two salons\' programs read them in the salon\'s own time; which it is, is a choice, and every booking is read back before it is made final.',
    'Whether Phorest itself refuses a time that is taken, how long a reservation lasts, and its words for an old version are not published.',
    'One salon\'s program reports that appointments were never found by their id; the desk then says so instead of taking them for gone.',
    'That a client\'s record is replaced whole by a PUT is assumed, to be safe.',
  ],
  // 100 a second.
  pace: { perMinute: 6_000, burst: 100 },
  open({ credentials, ask, clock, catalog }) {
    const client = phorestClient({ ask, credentials })
    const reader = visitReader({ client, credentials, catalog, clock })
    const writes = phorestWrites({ client, reader, now: () => clock.now() })
    const branches = () => allPages(client, { path: '/branch', schema: ListOf('branches', Branch) })
    const adapter: PlatformAdapter = {
      provider: 'phorest',
      async capabilities() {
        // Phorest tells nowhere what a user may do; a read shows at least that it may come in.
        const found = await branches()
        return found.ok ? ok(declared, found.observedAt) : found
      },
      async check() {
        const found = await branches()
        if (!found.ok) return found
        const names = found.value.map(({ name, branchId }) => name ?? branchId)
        return names.length === 0 ? failed('not_found', 'the business has no branch') : ok({ account: names.join(', ').slice(0, 200) }, found.observedAt)
      },
      async catalog() {
        const found = await branches()
        if (!found.ok) return found
        const read = []
        for (const branch of found.value) {
          const path = `/branch/${encodeURIComponent(branch.branchId)}`
          const services = await allPages(client, { path: `${path}/service`, schema: ListOf('services', Service) })
          if (!services.ok) return services
          const staff = await allPages(client, { path: `${path}/staff`, query: { fetch_archived: true }, schema: PageOf('staffs', Staff) })
          if (!staff.ok) return staff
          read.push({ branch, services: services.value, staff: staff.value })
        }
        return ok(toCatalog({ businessId: credentials.businessId, branches: read, timezone: credentials.timezone, currency: credentials.currency }), found.observedAt)
      },
      visits: (query) => reader.visits(query),
      changedVisits: (query) => reader.changed(query),
      visit: ({ id }) => reader.visit(id),
      async clients({ cursor = '0' }) {
        const page = Number(cursor)
        const found = await client({ path: '/client', query: { size: pageSize, page }, schema: PageOf('clients', Client) })
        return found.ok ? ok({ items: found.value.items.map(toClient), ...(hasMore(found.value) && { cursor: String(page + 1) }) }, found.observedAt) : found
      },
      async client({ id }) {
        const found = await client({ path: `/client/${encodeURIComponent(id)}`, schema: Client })
        return found.ok ? ok(toClient(found.value), found.observedAt) : found
      },
      async slots({ locationId, wants, from, to, moving, limit = 50 }) {
        const [want] = wants
        if (wants.length !== 1 || want === undefined) return failed('unsupported', 'one service at a time', { capability: 'multiService' })
        const bookingId = moving === undefined ? undefined : extraOf(moving).bookingId
        const found = await client({
          method: 'POST', path: `/branch/${encodeURIComponent(locationId)}/appointments/availability`, schema: Availability,
          body: {
            startTime: toUtcText(from), endTime: toUtcText(to), isOnlineAvailability: false, ...(bookingId !== undefined && { rescheduleBookingId: bookingId }),
            clientServiceSelections: [{ serviceSelections: [{ serviceId: want.serviceId, ...(want.staffId !== undefined && { staffId: want.staffId }) }] }],
          },
        })
        if (!found.ok) return found
        const known = await reader.learn(locationId)
        const durationMin = known.serviceById.get(want.serviceId)?.durationMin ?? 0
        return ok(toSlots({ data: found.value.data, known, locationId, durationMin }).filter(({ start }) => start >= from && start < to).slice(0, limit), found.observedAt)
      },
      create: (command) => writes.create(command),
      reschedule: (command) => writes.reschedule(command),
      cancel: (command) => writes.cancel(command),
      setStatus: (command) => writes.setStatus(command),
      addVisitNote: (command) => writes.addVisitNote(command),
      addClientNote: ({ client: { id }, text, by, at }) => writes.putClientNote(id, (notes) => withNote(notes, { text, by, at })),
      removeClientNote: ({ client: { id }, noteId }) => writes.putClientNote(id, (notes) => withoutNote(notes, noteId)),
    }
    return adapter
  },
}
