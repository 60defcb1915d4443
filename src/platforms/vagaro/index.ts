import { z } from 'zod'
import type { Client } from '../../salon/salon.ts'
import { isZone } from '../../salon/time.ts'
import { type Capabilities, failed, ok, type Outcome } from '../booking-platform.ts'
import { inBackground } from '../kit/budget.ts'
import type { PlatformAdapter, PlatformKind } from '../platform-adapter.ts'
import { pageSize, vagaroClient, type VagaroCredentials } from './client.ts'
import { probe } from './probe.ts'
import { nameOf, performersOf, toCatalog, toClient } from './read.ts'
import { Customer, Location, Performer, RowsOf, Service } from './schema.ts'
import { mostDays, visitReader } from './visits.ts'
import { vagaroWebhooks } from './webhooks.ts'
import { longestNote, vagaroWrites } from './write.ts'

const declared: Capabilities = {
  read: 'events_only', availability: 'search', multiService: 'none', hold: 'none', conflicts: 'unknown',
  create: 'unverified', reschedule: 'unverified', cancel: 'unverified', cancelGranularity: 'appointment', setNoShow: 'none', confirm: 'none', restore: 'none',
  notes: { appointment: 'unverified', client: 'none', maxLength: longestNote }, riskField: 'none', waitlist: 'none',
  version: 'none', idempotency: 'none', changes: 'webhooks', webhookProof: 'token', maxRangeDays: mostDays,
}

const Credentials = z.object({
  region: z.string().trim().toLowerCase().regex(/^[a-z]{2}\d{2}$/, 'as in the salon\'s Vagaro address: us02, us04'),
  clientId: z.string().min(1, 'the client id, at Settings > Developers > APIs & Webhooks'),
  clientSecret: z.string().min(1, 'the client secret key, at the same place'),
  businessId: z.string().trim().min(1, 'the business id, at the same place'),
  timezone: z.string().refine(isZone, 'a zone such as America/Denver'),
  currency: z.string().regex(/^[A-Z]{3}$/, 'three letters such as USD').default('USD'),
  // Without it every webhook is refused, and webhooks are all that tells of the book.
  webhookToken: z.string().min(16, 'at least 16 characters that nobody can guess'),
  testCustomerId: z.string().trim().min(1).optional(),
})

/** Vagaro, by its Enterprise Business API V2 and its webhooks (see README.md). */
export const vagaro: PlatformKind<VagaroCredentials> = {
  provider: 'vagaro',
  name: 'Vagaro',
  fields: [
    { name: 'region', label: 'Region', help: 'the first part of the salon\'s Vagaro address when signed in: us02, us04', secret: false },
    { name: 'clientId', label: 'Client id', help: 'Settings > Developers > APIs & Webhooks', secret: false },
    { name: 'clientSecret', label: 'Client secret key', help: 'at the same place', secret: true },
    { name: 'businessId', label: 'Business id', help: 'at the same place; any location\'s will do', secret: false },
    { name: 'timezone', label: 'Time zone', help: 'where the salon is, such as America/Denver: Vagaro takes times without a zone', secret: false },
    { name: 'currency', label: 'Currency', help: 'three letters such as USD', secret: false, optional: true },
    { name: 'webhookToken', label: 'Webhook verification token', help: 'make one up and set it with the webhook in Vagaro: its webhooks are all that tells of the book', secret: true },
    { name: 'testCustomerId', label: 'Test client', help: 'the id of a client of the salon\'s own, for the one try whether this key may book', secret: false, optional: true },
  ],
  credentials: Credentials,
  declared,
  unproven: [
    'No Vagaro account was at hand, and the reference is behind the gate: requests and answers are as programs that saw it have them, behaviour is checked against a server of ours.',
    'Whether an account may book, move and delete: sources disagree, and Vagaro\'s own support page says no. A try with the salon\'s test client tells (`probe`).',
    'One salon\'s program finds times in reads seven hours off the wall clock all year, where in summer it should be six; the try moves an appointment across a change of the clock for that reason.',
    'Where exactly rows stand in an answer, how a missing record is told, and the account\'s limits.',
  ],
  // 1038 and 429 exist, their number is not published.
  pace: { perMinute: 120, burst: 10 },
  open({ credentials, ask, clock, catalog }) {
    const client = vagaroClient({ ask, clock, credentials })
    const reader = visitReader({ client, credentials, catalog, clock })
    const writes = vagaroWrites({ client, credentials, reader, now: () => clock.now() })

    /** A list to its end. Not every list is known to have pages: one that begins again is over. */
    async function whole<T>({ path, businessId, name, row, idOf }: { path: string; businessId: string; name: string; row: z.ZodType<T>; idOf: (row: T) => string }): Promise<Outcome<T[]>> {
      const found = new Map<string, T>()
      for (let pageNumber = 1; pageNumber <= 20; pageNumber++) {
        const page = await client({ path, query: { pageNumber, pageSize }, body: { businessId }, schema: RowsOf(name, row) })
        if (!page.ok) return page
        const fresh = page.value.rows.filter((one) => !found.has(idOf(one)))
        for (const one of fresh) found.set(idOf(one), one)
        if (fresh.length === 0 || (!page.value.hasNext && page.value.rows.length < pageSize)) break
      }
      return ok([...found.values()], clock.now())
    }
    const locations = () => whole({ path: '/locations', businessId: credentials.businessId, name: 'locations', row: Location, idOf: ({ businessId }) => businessId })

    async function findClient(id: string): Promise<Outcome<Client>> {
      const found = await client({ path: '/customers', body: { businessId: credentials.businessId, customerId: id }, schema: RowsOf('customers', Customer) })
      if (!found.ok) return found.error.providerCode === '1051' ? failed('not_found', 'no such client') : found
      const customer = found.value.rows.find(({ customerId }) => customerId === id)
      return customer === undefined ? failed('not_found', 'no such client') : ok(toClient(customer), found.observedAt)
    }

    const adapter: PlatformAdapter = {
      provider: 'vagaro',
      async capabilities() {
        // What may be written cannot be seen without writing: it stays unverified until `probe`.
        const found = await locations()
        return found.ok ? ok(declared, found.observedAt) : found
      },
      async probe() {
        const { testCustomerId } = credentials
        if (testCustomerId === undefined) return failed('invalid', 'a test client is needed: make one in Vagaro, with the salon\'s own phone, and give its id')
        const known = await catalog()
        const place = known?.locations[0]
        if (known === undefined || place === undefined) return failed('unavailable', 'the catalogue was not read yet')
        const customer = await findClient(testCustomerId)
        if (!customer.ok) return customer
        const services = known.services.filter(({ active, durationMin }) => active && durationMin > 0).toSorted((a, b) => a.durationMin - b.durationMin)
          .flatMap((service) => known.staff.filter(({ serviceIds, locationIds }) => serviceIds.includes(service.id) && locationIds.includes(place.id)).slice(0, 1).map((member) => ({ id: service.id, staffId: member.id })))
        // Nobody waits for each step: it is more important that the last one, cleaning up, gets its turn.
        const here = await reader.learn(place.id)
        const proven = await inBackground(() => probe({ reader, writes, known: here, services, customer: customer.value, clock }))
        // A note goes by the same call as a move.
        return proven.ok && proven.value.reschedule !== undefined ? ok({ ...proven.value, notes: { ...declared.notes, appointment: proven.value.reschedule } }, proven.observedAt) : proven
      },
      async check() {
        const found = await locations()
        if (!found.ok) return found
        const [first] = found.value
        return first === undefined ? failed('not_found', 'the account has no location') : ok({ account: first.businessName ?? first.name ?? first.businessId }, found.observedAt)
      },
      async catalog() {
        const found = await locations()
        if (!found.ok) return found
        const places = []
        const names = new Map<string, string>()
        for (const location of found.value) {
          const services = await whole({ path: '/services', businessId: location.businessId, name: 'services', row: Service, idOf: ({ serviceId }) => serviceId })
          if (!services.ok) return services
          for (const service of services.value) for (const person of service.servicePerformedBy ?? []) {
            const [id, name] = [person.serviceProviderId ?? person.employeeId, nameOf(person)]
            if (id !== undefined && name !== undefined) names.set(id, name)
          }
          for (const id of new Set(services.value.flatMap(performersOf))) {
            if (names.has(id)) continue
            const person = await client({ path: '/employees', body: { businessId: location.businessId, serviceProviderId: id }, schema: RowsOf('employees', Performer) })
            if (!person.ok && person.error.kind !== 'not_found' && person.error.kind !== 'invalid') return person
            const name = person.ok ? person.value.rows.map(nameOf)[0] : undefined
            if (name !== undefined) names.set(id, name)
          }
          places.push({ location, services: services.value, names })
        }
        return ok(toCatalog({ businessId: credentials.businessId, places, timezone: credentials.timezone, currency: credentials.currency }), found.observedAt)
      },
      visits: async () => failed('unsupported', 'Vagaro lists no range: the day book is kept by its webhooks', { capability: 'read' }),
      clientVisits: ({ clientId }) => reader.clientVisits(clientId),
      visit: ({ id }) => reader.visit(id),
      client: ({ id }) => findClient(id),
      slots: (query) => reader.slots(query),
      create: (command) => writes.create(command),
      reschedule: (command) => writes.reschedule(command),
      cancel: (command) => writes.cancel(command),
      addVisitNote: (command) => writes.addVisitNote(command),
      removeVisitNote: (command) => writes.removeVisitNote(command),
      webhooks: vagaroWebhooks(credentials),
    }
    return adapter
  },
}
