import { z } from 'zod'
import type { Client } from '../../salon/salon.ts'
import { localDate } from '../../salon/time.ts'
import { type Capabilities, failed, ok, type Outcome } from '../booking-platform.ts'
import { toLocal } from '../kit/local-times.ts'
import { withNote, withoutNote } from '../kit/notes-in-text.ts'
import { versionOf } from '../kit/version.ts'
import type { OfferedSlot, PlatformAdapter, PlatformKind, SeenVisit } from '../platform-adapter.ts'
import { type EasyCredentials, easyClient, everyPage, pageLength, riskFields } from './client.ts'
import { daysAround, freeTimes } from './free.ts'
import { type Known, toCatalog, toClient, toVisit, toZones } from './read.ts'
import { parseJson } from '../kit/parse-json.ts'
import { Anything, type Appointment, Appointments, Customers, Labels, OneAppointment, OneCustomer, Providers, Services, Setting } from './schema.ts'
import { easyWebhooks } from './webhooks.ts'

const declared: Capabilities = {
  read: 'live', availability: 'search', multiService: 'none', hold: 'none', conflicts: 'accepted',
  create: 'yes', reschedule: 'yes', cancel: 'yes', cancelGranularity: 'appointment', setNoShow: 'none', confirm: 'yes', restore: 'yes',
  notes: { appointment: 'yes', client: 'yes' }, riskField: 'custom_field', waitlist: 'none',
  version: 'none', idempotency: 'none', changes: 'webhooks', webhookProof: 'token', maxRangeDays: 31,
}

const Credentials = z.object({
  baseUrl: z.url({ protocol: /^https?$/, error: 'the address of the installation, with http:// or https:// in front' }).transform((url) => url.replace(/[?#].*$/, '').replace(/\/index\.php(\/.*)?$/, '').replace(/\/+$/, '')),
  token: z.string().min(8, 'the API token of Settings, Integrations, API').regex(/^\S+$/, 'the API token has no spaces'),
  webhookToken: z.string().min(8, 'the secret token of the webhook, at least 8 characters').optional(),
  webhookHeader: z.string().regex(/^[A-Za-z0-9-]+$/, 'the name of the header that carries the secret token').default('X-Ea-Token'),
  riskField: z.enum(riskFields, `one of ${riskFields.join(', ')}`).default('customField5'),
})

/** Easy!Appointments on the salon's own server, by its REST API (see README.md). */
export const easyappointments: PlatformKind<EasyCredentials> = {
  provider: 'easyappointments',
  name: 'Easy!Appointments',
  fields: [
    { name: 'baseUrl', label: 'Address', help: 'where your Easy!Appointments lies, for instance https://salon.example.com/booking', secret: false },
    { name: 'token', label: 'API token', help: 'Settings, Integrations, API: make up a long token, save it, and give it here', secret: true },
    { name: 'webhookToken', label: 'Webhook secret token', help: 'Settings, Integrations, Webhooks: the secret token of the webhook that points here', secret: true, optional: true },
    { name: 'webhookHeader', label: 'Webhook secret header', help: 'the header in which the webhook sends its secret token; X-Ea-Token unless you changed it', secret: false, optional: true },
    { name: 'riskField', label: 'Field for the risk score', help: 'which custom field of the customer nobody uses: customField1 to customField5 (the default), or none', secret: false, optional: true },
  ],
  credentials: Credentials,
  declared,
  unproven: [
    'What the real server does is taken from others\' notes on it; this folder was tried against a server of ours that does the same, not against the real one.',
    'When a booking was made is on the server\'s own clock, whose zone nothing tells: it is read as UTC.',
  ],
  // The salon's own machine, PHP without a limit of its own: kept modest.
  pace: { perMinute: 240, burst: 20 },
  open({ credentials, ask, clock, catalog }) {
    const client = easyClient({ ask, credentials })
    const setting = async (name: string) => client({ path: `/settings/${name}`, schema: Setting })
    const everyone = () => everyPage(client, { path: '/providers', schema: Providers })

    // Asked for once and again with every reading of the catalogue: they change when somebody is hired, or moves.
    let zones: ReturnType<typeof toZones> | undefined
    const learn = async (wanted: Appointment[] = []): Promise<Outcome<Known>> => {
      if (zones === undefined || wanted.some(({ providerId }) => providerId !== null && providerId !== undefined && zones?.zoneOf.has(String(providerId)) === false)) {
        const providers = await everyone()
        if (!providers.ok) return providers
        zones = toZones(providers.value)
      }
      const known = await catalog()
      return ok({ ...zones, serviceById: new Map(known?.services.map((service) => [service.id, service])), currency: known?.locations[0]?.currency ?? 'USD' }, clock.now())
    }
    const seen = async (answer: Outcome<Appointment>): Promise<Outcome<SeenVisit>> => {
      if (!answer.ok) return answer
      const known = await learn([answer.value])
      return known.ok ? ok(toVisit({ appointment: answer.value, known: known.value, asked: answer.observedAt, now: clock.now() }), answer.observedAt) : known
    }

    /** The record that a write answered with: what else had to be asked is not the write's fault. */
    const written = async (answer: Outcome<Appointment>): Promise<Outcome<SeenVisit>> => {
      const visit = await seen(answer)
      return answer.ok && !visit.ok ? failed('unknown_outcome', `done, and not read: ${visit.error.kind}`) : visit
    }

    let labels: string[] | undefined
    const learnLabels = async (): Promise<Outcome<string[]>> => {
      const answer = await setting('appointment_status_options')
      if (!answer.ok) return answer
      const given = Labels.safeParse(parseJson(answer.value.value ?? ''))
      labels = given.success ? given.data : ['Booked', 'Confirmed', 'Rescheduled', 'Cancelled', 'Draft']
      return ok(labels, answer.observedAt)
    }
    /** The salon's own spelling of a label; undefined when it has none. */
    const label = async (name: string): Promise<Outcome<string | undefined>> => {
      const known = labels === undefined ? await learnLabels() : ok(labels, clock.now())
      return known.ok ? ok(known.value.find((one) => one.trim().toLowerCase() === name), known.observedAt) : known
    }

    const read = (id: string) => (isId(id) ? client({ path: `/appointments/${id}`, schema: OneAppointment }) : Promise.resolve(failed<Appointment>('not_found', 'no such appointment')))
    const put = (id: string, body: Record<string, unknown>) => client({ method: 'PUT', path: `/appointments/${id}`, writes: true, body, schema: OneAppointment })
    const readClient = (id: string) => (isId(id) ? client({ path: `/customers/${id}`, schema: OneCustomer }) : Promise.resolve(failed<z.infer<typeof OneCustomer>>('not_found', 'no such customer')))

    /** Reads the text right before, so that what a receptionist wrote a second ago is not lost. */
    const putVisitNote = async (id: string, change: (text: string) => string | undefined): Promise<Outcome<SeenVisit>> => {
      const before = await read(id)
      if (!before.ok) return before
      const notes = change(before.value.notes ?? '')
      return notes === undefined ? failed('not_found', 'no such note') : written(await put(id, { notes }))
    }
    const putClientNote = async (id: string, change: (text: string) => string | undefined): Promise<Outcome<Client>> => {
      const before = await readClient(id)
      if (!before.ok) return before
      const notes = change(before.value.notes ?? '')
      if (notes === undefined) return failed('not_found', 'no such note')
      const after = await client({ method: 'PUT', path: `/customers/${id}`, writes: true, body: { notes }, schema: OneCustomer })
      return after.ok ? ok(toClient(after.value), after.observedAt) : after
    }
    const timesOf = ({ start, end, segments: [segment] }: OfferedSlot, known: Known) => {
      const zone = known.zoneOf.get(segment?.staffId ?? '') ?? known.home
      return { start: toLocal(start, zone, ' '), end: toLocal(end, zone, ' '), providerId: Number(segment?.staffId), serviceId: Number(segment?.serviceId) }
    }

    const adapter: PlatformAdapter = {
      provider: 'easyappointments',
      async capabilities() {
        const known = await learnLabels()
        if (!known.ok) return known
        const has = (name: string) => known.value.some((one) => one.trim().toLowerCase() === name)
        const { riskField } = credentials
        // A custom field that is displayed stands on the public booking page, where a client who comes back would read their own score.
        const shown = riskField === 'none' ? undefined : await setting(`display_custom_field_${riskField.slice(-1)}`)
        if (shown?.ok === false) return shown
        const isHidden = shown !== undefined && (shown.value.value ?? '0') !== '1'
        return ok({ ...declared, ...(!has('confirmed') && { confirm: 'none' as const }), ...((!has('cancelled') || !has('booked')) && { restore: 'none' as const }), ...(!isHidden && { riskField: 'none' as const }) }, known.observedAt)
      },
      async check() {
        const company = await setting('company_name')
        return company.ok ? ok({ account: company.value.value ?? 'Easy!Appointments' }, company.observedAt) : company
      },
      async catalog() {
        const company = await setting('company_name')
        if (!company.ok) return company
        const providers = await everyone()
        if (!providers.ok) return providers
        const services = await everyPage(client, { path: '/services', schema: Services })
        if (!services.ok) return services
        zones = toZones(providers.value)
        labels = undefined
        return ok(toCatalog({ company: company.value.value ?? 'Salon', providers: providers.value, services: services.value }), company.observedAt)
      },
      async visits({ from, to, cursor }) {
        const before = await learn()
        if (!before.ok) return before
        const page = Number(cursor ?? 1)
        const answer = await client({ path: '/appointments', query: { ...daysAround({ from, to, zones: [before.value.home, ...before.value.zoneOf.values()] }), page, length: pageLength, sort: 'id' }, schema: Appointments })
        if (!answer.ok) return answer
        const known = await learn(answer.value)
        if (!known.ok) return known
        const items = answer.value.map((appointment) => toVisit({ appointment, known: known.value, asked: answer.observedAt, now: clock.now() })).filter(({ visit }) => visit.start >= from && visit.start < to)
        return ok({ items, ...(answer.value.length === pageLength && { cursor: String(page + 1) }) }, answer.observedAt)
      },
      visit: async ({ id }) => seen(await read(id)),
      async clients({ cursor }) {
        const page = Number(cursor ?? 1)
        const answer = await client({ path: '/customers', query: { page, length: pageLength, sort: 'id' }, schema: Customers })
        return answer.ok ? ok({ items: answer.value.map(toClient), ...(answer.value.length === pageLength && { cursor: String(page + 1) }) }, answer.observedAt) : answer
      },
      async client({ id }) {
        const answer = await readClient(id)
        return answer.ok ? ok(toClient(answer.value), answer.observedAt) : answer
      },
      async slots({ wants, from, to, moving, limit = 50 }) {
        const [want] = wants
        if (want === undefined || wants.length > 1) return failed('unsupported', 'one service at a time', { capability: 'multiService' })
        const known = await learn()
        const there = await catalog()
        if (!known.ok) return known
        return there === undefined ? failed('unavailable', 'the catalogue was not read yet') : freeTimes({ client, known: known.value, catalog: there, want, from, to, moving, limit, now: clock.now() })
      },
      async create({ slot, client: { id }, note }) {
        const [known, booked] = [await learn(), await label('booked')]
        if (!known.ok) return known
        if (!booked.ok) return booked
        if (!isId(id) || slot.segments.length !== 1) return failed('invalid', 'one service for a customer of this server')
        const notes = note === undefined ? {} : { notes: withNote('', { text: note, by: 'desk', at: clock.now() }) }
        return written(await client({ method: 'POST', path: '/appointments', writes: true, schema: OneAppointment, body: { ...timesOf(slot, known.value), customerId: Number(id), status: booked.value ?? labels?.[0] ?? 'Booked', ...notes } }))
      },
      async reschedule({ visit: { visit }, slot }) {
        const known = await learn()
        if (!known.ok) return known
        return slot.segments.length === 1 ? written(await put(visit.id, timesOf(slot, known.value))) : failed('invalid', 'one service to a visit')
      },
      async cancel({ visit: { visit, ...rest }, cancelledBy }) {
        const cancelled = await label('cancelled')
        if (!cancelled.ok) return cancelled
        if (cancelled.value !== undefined) return written(await put(visit.id, { status: cancelled.value }))
        const gone = await client({ method: 'DELETE', path: `/appointments/${visit.id}`, writes: true, schema: Anything })
        if (!gone.ok) return gone
        const after = { ...visit, status: 'cancelled' as const, cancelledBy, fetchedAt: gone.observedAt }
        return ok({ ...rest, visit: { ...after, version: versionOf(after) } }, gone.observedAt)
      },
      async setStatus({ visit: { visit }, to }) {
        if (to !== 'booked' && to !== 'confirmed') return failed('unsupported', 'no such label', to === 'no_show' ? { capability: 'setNoShow' } : {})
        const wanted = await label(to)
        if (!wanted.ok) return wanted
        return wanted.value === undefined ? failed('unsupported', 'the salon has no such label', { capability: to === 'confirmed' ? 'confirm' : 'restore' }) : written(await put(visit.id, { status: wanted.value }))
      },
      addVisitNote: ({ visit: { visit }, text, by, at }) => putVisitNote(visit.id, (notes) => withNote(notes, { text, by, at })),
      removeVisitNote: ({ visit: { visit }, noteId }) => putVisitNote(visit.id, (notes) => withoutNote(notes, noteId)),
      addClientNote: ({ client: { id }, text, by, at }) => putClientNote(id, (notes) => withNote(notes, { text, by, at })),
      removeClientNote: ({ client: { id }, noteId }) => putClientNote(id, (notes) => withoutNote(notes, noteId)),
      async writeRisk({ visit: { visit }, score, band }) {
        const { riskField } = credentials
        if (riskField === 'none') return failed('unsupported', 'no field was chosen', { capability: 'riskField' })
        const [before, known] = [await readClient(visit.clientId), await learn()]
        if (!before.ok) return before
        if (!known.ok) return known
        // The field is the salon's: what somebody else keeps in it stays.
        if (!/^((low|medium|high) [01]\.\d\d\b.*)?$/.test(before.value[riskField] ?? '')) return failed('policy_blocked', 'the field holds something else', { capability: 'riskField' })
        const zone = known.value.zoneOf.get(visit.segments[0]?.staffId ?? '') ?? known.value.home
        const done = await client({ method: 'PUT', path: `/customers/${visit.clientId}`, writes: true, schema: OneCustomer, body: { [riskField]: `${band} ${score.toFixed(2)} (${localDate(visit.start, zone)})` } })
        return done.ok ? ok(null, done.observedAt) : done
      },
      webhooks: easyWebhooks(credentials),
    }
    return adapter
  },
}

/** Ids are whole numbers; anything else is not one of this server's. */
const isId = (id: string) => /^\d{1,18}$/.test(id)
