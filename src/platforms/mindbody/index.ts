import { z } from 'zod'
import type { Client } from '../../salon/salon.ts'
import { addDays, addMinutes, type Instant, isZone, localDate } from '../../salon/time.ts'
import { type Capabilities, failed, ok, type Outcome } from '../booking-platform.ts'
import { toLocal } from '../kit/local-times.ts'
import { withNote, withoutNote } from '../kit/notes-in-text.ts'
import type { PlatformAdapter, PlatformKind, SeenVisit } from '../platform-adapter.ts'
import { mindbodyClient, type MindbodyCredentials } from './client.ts'
import { all, nextOffset, pageSize } from './pages.ts'
import { currencyOf, type Known, toClient, toVisit } from './read.ts'
import { readCatalog, readSite, zoneOf } from './read-catalog.ts'
import { Anything, type Appointment, Appointments, Clients, CustomFields, Extra, OneAppointment, OneClient, Shifts } from './schema.ts'
import { cutShifts } from './slots.ts'
import { mindbodyWebhooks } from './webhooks.ts'

const declared: Capabilities = {
  read: 'live', availability: 'search', multiService: 'none', hold: 'none', conflicts: 'unknown',
  create: 'yes', reschedule: 'yes', cancel: 'yes', cancelGranularity: 'appointment', setNoShow: 'none', confirm: 'yes', restore: 'none',
  notes: { appointment: 'yes', client: 'yes', maxLength: 4_096 }, riskField: 'custom_field', waitlist: 'native_add_only',
  version: 'none', idempotency: 'external_ref_lookup', changes: 'webhooks', webhookProof: 'signed_body', maxRangeDays: 31,
}

const Credentials = z.object({
  apiKey: z.string().min(8, 'the API key, at developers.mindbodyonline.com under API Credentials'),
  siteId: z.string().regex(/^-?\d+$/, 'the site ID is a number (-99 is the sandbox)'),
  username: z.string().min(1, 'the user name of a staff login'),
  password: z.string().min(1, 'the password of that login'),
  timezone: z.string().refine((zone) => zone.includes('/') && isZone(zone), 'a zone\'s name like America/Los_Angeles').optional(),
  signatureKey: z.string().min(10, 'the messageSignatureKey of the webhook subscription').optional(),
})

/** The custom field of clients that the score goes into; the salon makes it. */
const riskName = 'Desk risk'

/** Mindbody, by its Public API v6 (see README.md). */
export const mindbody: PlatformKind<MindbodyCredentials> = {
  provider: 'mindbody',
  name: 'Mindbody',
  fields: [
    { name: 'apiKey', label: 'API key', help: 'developers.mindbodyonline.com, your account, API Credentials', secret: true },
    { name: 'siteId', label: 'Site ID', help: 'the number of the salon\'s site; -99 is the sandbox', secret: false },
    { name: 'username', label: 'Staff user name', help: 'a login of its own, made for the desk in Mindbody under Staff', secret: false },
    { name: 'password', label: 'Staff password', help: 'that login\'s password', secret: true },
    { name: 'timezone', label: 'Time zone', help: 'only where Mindbody\'s own is not understood: its name, like America/Los_Angeles', secret: false, optional: true },
    { name: 'signatureKey', label: 'Webhook signature key', help: 'messageSignatureKey, which Mindbody tells once, when the subscription is made', secret: true, optional: true },
  ],
  credentials: Credentials,
  declared,
  unproven: [
    'No Mindbody account was at hand: requests and answers are checked against a captured specification, behaviour against a server of ours.',
    'Whether Mindbody refuses a time that is taken, and in which words, is not published: the desk looks before and after.',
    'That a custom field can be set without the client\'s other ones being sent is read from the documentation, not tried.',
  ],
  // Calls beyond a daily allowance are billed, and no rate is published: a modest one.
  pace: { perMinute: 60, burst: 20 },
  open({ credentials, ask, clock, catalog }) {
    const client = mindbodyClient({ ask, credentials })
    const known = async (): Promise<Outcome<Known>> => {
      const kept = await catalog()
      const [place] = kept?.locations ?? []
      if (kept !== undefined && place !== undefined) return ok({ zone: place.zone, currency: place.currency, services: kept.services }, clock.now())
      // Before the first reading of the catalogue there are no prices either, whose currency would matter.
      if (credentials.timezone !== undefined) return ok({ zone: credentials.timezone, currency: 'USD', services: [] }, clock.now())
      const site = await readSite(client, credentials)
      if (!site.ok) return site
      const zone = zoneOf(site.value, credentials)
      return zone === undefined ? failed('invalid', 'the site\'s zone is not known') : ok({ zone, currency: currencyOf(site.value), services: [] }, site.observedAt)
    }
    /** One answer's appointment as a visit; what is on the waiting list is none. */
    const seen = async (answer: Outcome<{ Appointment: Appointment }>): Promise<Outcome<SeenVisit>> => {
      if (!answer.ok) return answer
      const about = await known()
      if (!about.ok) return failed('unknown_outcome', 'done, but the site\'s zone could not be read')
      return ok(toVisit({ appointment: answer.value.Appointment, known: about.value, asked: answer.observedAt }), answer.observedAt)
    }
    const visit = async (id: string): Promise<Outcome<SeenVisit>> => {
      if (!isNumber(id)) return failed('not_found', 'no such appointment')
      const about = await known()
      if (!about.ok) return about
      const found = await client({ path: '/appointment/staffappointments', query: { 'request.appointmentIds': id, ...everTime }, schema: Appointments })
      if (!found.ok) return found
      const appointment = found.value.Appointments.find((one) => one.Id === id && one.IsWaitlist !== true)
      return appointment === undefined ? failed('not_found', 'no such appointment') : ok(toVisit({ appointment, known: about.value, asked: found.observedAt }), found.observedAt)
    }
    const update = async (id: string, change: Record<string, unknown>) =>
      isNumber(id) ? seen(await client({ method: 'POST', path: '/appointment/updateappointment', body: { AppointmentId: Number(id), ...change }, schema: OneAppointment, writes: true })) : failed<SeenVisit>('not_found', 'no such appointment')
    const person = async (id: string): Promise<Outcome<{ client: Client; notes: string }>> => {
      const about = await known()
      if (!about.ok) return about
      const found = await client({ path: '/client/clients', query: { 'request.clientIDs': id, 'request.includeInactive': true }, schema: Clients })
      if (!found.ok) return found
      const one = found.value.Clients.find(({ Id }) => Id === id)
      return one === undefined ? failed('not_found', 'no such client') : ok({ client: toClient(one, about.value.zone), notes: one.Notes ?? '' }, found.observedAt)
    }
    /** Reads the client right before, so that what a receptionist wrote a second ago stays. */
    const putClientNote = async (id: string, change: (notes: string) => string | undefined): Promise<Outcome<Client>> => {
      const before = await person(id)
      if (!before.ok) return before
      const notes = change(before.value.notes)
      if (notes === undefined) return failed('not_found', 'no such note')
      const about = await known()
      if (!about.ok) return about
      const after = await client({ method: 'POST', path: '/client/updateclient', body: { Client: { Id: id, Notes: notes }, CrossRegionalUpdate: false }, schema: OneClient, writes: true })
      return after.ok ? ok(toClient(after.value.Client, about.value.zone), after.observedAt) : after
    }
    let riskField: number | undefined
    const findRiskField = async (): Promise<Outcome<number | undefined>> => {
      if (riskField !== undefined) return ok(riskField, clock.now())
      const fields = await all(client, { path: '/client/customclientfields', schema: CustomFields }, (page) => page.CustomClientFields)
      if (!fields.ok) return fields
      riskField = fields.value.find(({ Name: name }) => name?.trim().toLowerCase() === riskName.toLowerCase())?.Id
      return ok(riskField, fields.observedAt)
    }
    const adapter: PlatformAdapter = {
      provider: 'mindbody',
      async capabilities() {
        const field = await findRiskField()
        if (!field.ok) return field.error.kind === 'forbidden' ? ok({ ...declared, riskField: 'none' }, clock.now()) : field
        return ok(field.value === undefined ? { ...declared, riskField: 'none' } : declared, field.observedAt)
      },
      async check() {
        // Any key may read a site; that the staff login is good is shown by its token.
        const site = await readSite(client, credentials)
        return site.ok ? ok({ account: site.value.Name ?? site.value.Id }, site.observedAt) : site
      },
      catalog: () => readCatalog({ client, credentials }),
      async visits({ from, to, cursor = '0' }) {
        const about = await known()
        if (!about.ok) return about
        const { zone } = about.value
        const offset = Number(cursor)
        const page = await client({
          path: '/appointment/staffappointments', schema: Appointments,
          query: { 'request.startDate': localDate(from, zone), 'request.endDate': localDate(addMinutes(to, -1), zone), 'request.limit': pageSize, 'request.offset': offset },
        })
        if (!page.ok) return page
        const items = page.value.Appointments.filter(({ IsWaitlist: waits }) => waits !== true).map((appointment) => toVisit({ appointment, known: about.value, asked: page.observedAt })).filter((one) => one.visit.start >= from && one.visit.start < to)
        const next = nextOffset({ offset, count: page.value.Appointments.length, page: page.value.PaginationResponse })
        return ok({ items, ...(next !== undefined && { cursor: String(next) }) }, page.observedAt)
      },
      visit: ({ id }) => visit(id),
      async clients({ cursor = '0' }) {
        const about = await known()
        if (!about.ok) return about
        const offset = Number(cursor)
        const page = await client({ path: '/client/clients', query: { 'request.includeInactive': true, 'request.limit': pageSize, 'request.offset': offset }, schema: Clients })
        if (!page.ok) return page
        const next = nextOffset({ offset, count: page.value.Clients.length, page: page.value.PaginationResponse })
        return ok({ items: page.value.Clients.map((one) => toClient(one, about.value.zone)), ...(next !== undefined && { cursor: String(next) }) }, page.observedAt)
      },
      async client({ id }) {
        const found = await person(id)
        return found.ok ? ok(found.value.client, found.observedAt) : found
      },
      async slots({ locationId, wants, from, to, moving, limit }) {
        const [want] = wants
        if (want === undefined || wants.length > 1) return failed('unsupported', 'Mindbody books one service at a time', { capability: 'multiService' })
        const about = await known()
        if (!about.ok) return about
        const { zone, services } = about.value
        const service = services.find(({ id }) => id === want.serviceId)
        if (service === undefined) return failed('not_found', 'no such service')
        const shifts = await all(client, {
          path: '/appointment/bookableitems', schema: Shifts,
          query: {
            'request.sessionTypeIds': want.serviceId, 'request.locationIds': locationId, 'request.staffIds': want.staffId, 'request.appointmentId': moving?.visit.id,
            'request.startDate': localDate(from, zone), 'request.endDate': localDate(addMinutes(to, -1), zone),
          },
        }, (page) => page.Availabilities)
        if (!shifts.ok) return shifts
        // The day before too: a visit that began then may last.
        const booked = await all(client, {
          path: '/appointment/staffappointments', schema: Appointments,
          query: { 'request.staffIds': want.staffId, 'request.startDate': addDays(localDate(from, zone), -1), 'request.endDate': localDate(addMinutes(to, -1), zone) },
        }, (page) => page.Appointments)
        if (!booked.ok) return booked
        const visits = booked.value.filter(({ IsWaitlist: waits }) => waits !== true).map((appointment) => toVisit({ appointment, known: about.value, asked: booked.observedAt }))
        return ok(cutShifts({ shifts: shifts.value, visits, service, locationId, from, to, now: clock.now(), zone, anybody: want.staffId === undefined, except: moving?.visit.id, limit }), shifts.observedAt)
      },
      async create({ key, slot, client: { id: clientId }, note }) {
        const about = await known()
        if (!about.ok) return about
        const { zone } = about.value
        const [segment] = slot.segments
        if (segment === undefined || slot.segments.length > 1) return failed('unsupported', 'Mindbody books one service at a time', { capability: 'multiService' })
        // It has no idempotency keys, but keeps a reference of ours: whether an earlier try came through is looked up by it.
        const before = await all(client, { path: '/appointment/staffappointments', query: { 'request.clientId': clientId, 'request.startDate': localDate(slot.start, zone), 'request.endDate': localDate(slot.start, zone) }, schema: Appointments }, (page) => page.Appointments)
        if (!before.ok) return before
        const earlier = before.value.find((one) => one.PartnerExternalId === key && one.IsWaitlist !== true)
        if (earlier !== undefined) return ok(toVisit({ appointment: earlier, known: about.value, asked: before.observedAt }), before.observedAt)
        return seen(await client({
          method: 'POST', path: '/appointment/addappointment', schema: OneAppointment, writes: true,
          body: { ...bookingOf({ segment, locationId: slot.locationId, clientId, zone }), PartnerExternalId: key, ...(note !== undefined && { Notes: withNote('', { text: note, by: 'desk', at: clock.now() }) }) },
        }))
      },
      async reschedule({ visit: { visit: { id } }, slot }) {
        const about = await known()
        if (!about.ok) return about
        const [segment] = slot.segments
        return segment === undefined ? failed('invalid', 'a visit needs a service')
          : update(id, { StartDateTime: toLocal(slot.start, about.value.zone), EndDateTime: toLocal(slot.end, about.value.zone), StaffId: Number(segment.staffId), SessionTypeId: Number(segment.serviceId) })
      },
      // `latecancel` may charge a fee: that is a person's to choose, in Mindbody.
      cancel: ({ visit: { visit: { id } } }) => update(id, { Execute: 'cancel' }),
      async setStatus({ visit: { visit: { id, status } }, to }) {
        const execute = { confirmed: 'confirm', arrived: 'arrive', completed: 'complete', booked: status === 'confirmed' ? 'unconfirm' : status === 'arrived' ? 'unarrive' : undefined, no_show: undefined }[to]
        return execute === undefined ? failed('unsupported', to === 'no_show' ? 'not coming is marked in Mindbody itself' : 'Mindbody has no step for this', { capability: to === 'no_show' ? 'setNoShow' : 'restore' }) : update(id, { Execute: execute })
      },
      addVisitNote: ({ visit: one, text, by, at }) => update(one.visit.id, { Notes: withNote(notesOf(one), { text, by, at }) }),
      async removeVisitNote({ visit: one, noteId }) {
        const left = withoutNote(notesOf(one), noteId)
        return left === undefined ? failed('not_found', 'no such note') : update(one.visit.id, { Notes: left })
      },
      addClientNote: ({ client: { id }, text, by, at }) => putClientNote(id, (notes) => withNote(notes, { text, by, at })),
      removeClientNote: ({ client: { id }, noteId }) => putClientNote(id, (notes) => withoutNote(notes, noteId)),
      async writeRisk({ visit: { visit: { clientId, start } }, score, band }) {
        if (clientId === '') return failed('not_found', 'the score is kept with a client, and this visit has none')
        const field = await findRiskField()
        if (!field.ok) return field
        if (field.value === undefined) return failed('unsupported', `the salon has no client field called "${riskName}"`, { capability: 'riskField' })
        const about = await known()
        if (!about.ok) return about
        // It is the client's field: which visit it is about has to be said in it.
        const value = `${band} ${score.toFixed(2)}, ${localDate(start, about.value.zone)}`
        const done = await client({ method: 'POST', path: '/client/updateclient', body: { Client: { Id: clientId, CustomClientFields: [{ Id: field.value, Value: value }] }, CrossRegionalUpdate: false }, schema: Anything, writes: true })
        return done.ok ? ok(null, done.observedAt) : done
      },
      async waitlistAdd({ key, client: { id: clientId }, entry: { locationId, serviceId, staffId, wanted } }) {
        const about = await known()
        if (!about.ok) return about
        const [first] = wanted.toSorted((a, b) => (a.from < b.from ? -1 : 1))
        if (staffId === undefined || first === undefined) return failed('unsupported', 'Mindbody\'s waiting list is for one person\'s time', { capability: 'waitlist' })
        const { zone, services } = about.value
        const durationMin = services.find(({ id }) => id === serviceId)?.durationMin ?? 0
        const added = await client({ method: 'POST', path: '/appointment/addappointment', schema: OneAppointment, writes: true, body: { ...bookingOf({ segment: { serviceId, staffId, start: first.from, durationMin }, locationId, clientId, zone }), PartnerExternalId: key, IsWaitlist: true } })
        if (!added.ok) return added
        const id = added.value.Appointment.WaitlistEntryId
        return id === undefined ? failed('unknown_outcome', 'added, and no entry named') : ok({ id }, added.observedAt)
      },
      async waitlistRemove({ id }) {
        const removed = await client({ method: 'DELETE', path: '/appointment/appointmentfromwaitlist', query: { 'request.waitlistEntryIds': id }, schema: Anything, writes: true })
        return removed.ok ? ok(null, removed.observedAt) : removed
      },
      webhooks: mindbodyWebhooks(credentials),
    }
    return adapter
  },
}

// Dates that are left out mean today; that an appointment's id would do without them is nowhere said.
const everTime = { 'request.startDate': '2000-01-01', 'request.endDate': '2100-01-01' }

const isNumber = (id: string) => /^\d{1,15}$/.test(id)

const notesOf = ({ extra }: SeenVisit) => Extra.parse(extra).notes

function bookingOf({ segment: { serviceId, staffId, start, durationMin }, locationId, clientId, zone }: { segment: { serviceId: string; staffId: string; start: Instant; durationMin: number }; locationId: string; clientId: string; zone: string }) {
  return {
    ClientId: clientId, LocationId: Number(locationId), SessionTypeId: Number(serviceId), StaffId: Number(staffId), StartDateTime: toLocal(start, zone), EndDateTime: toLocal(addMinutes(start, durationMin), zone),
    // A package is used up and money taken at the till, not by the desk.
    ApplyPayment: false,
  }
}
