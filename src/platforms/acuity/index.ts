import { z } from 'zod'
import { type Instant, isoLocal } from '../../salon/time.ts'
import { type Capabilities, failed, ok, type Outcome } from '../booking-platform.ts'
import { withNote, withoutNote } from '../kit/notes-in-text.ts'
import type { PlatformAdapter, PlatformKind, SeenVisit } from '../platform-adapter.ts'
import { acuityClient, type AcuityCredentials } from './client.ts'
import { listAppointments } from './list.ts'
import { type Known, locationOf, toCatalog, toVisit } from './read.ts'
import { Appointment, AppointmentTypes, Calendars, Me } from './schema.ts'
import { searchSlots } from './slots.ts'
import { acuityWebhooks } from './webhooks.ts'

const declared: Capabilities = {
  read: 'live', availability: 'search', multiService: 'none', hold: 'none', conflicts: 'accepted',
  create: 'yes', reschedule: 'yes', cancel: 'yes', cancelGranularity: 'appointment', setNoShow: 'via_cancel_reason', confirm: 'none', restore: 'none',
  notes: { appointment: 'yes', client: 'none' }, riskField: 'custom_field', waitlist: 'none',
  version: 'none', idempotency: 'none', changes: 'webhooks', webhookProof: 'signed_body', maxRangeDays: 31,
}

const Credentials = z.object({
  userId: z.string().regex(/^\d+$/, 'the User ID, a number, in Acuity under Integrations, API'),
  apiKey: z.string().min(10, 'the API Key, in Acuity under Integrations, API'),
  currency: z.string().regex(/^[A-Z]{3}$/, 'a currency such as USD').default('USD'),
  riskFieldId: z.string().regex(/^\d+$/, 'the number of a field of an internal form').optional(),
})

/** Acuity Scheduling, by its published API v1 (see README.md). */
export const acuity: PlatformKind<AcuityCredentials> = {
  provider: 'acuity',
  name: 'Acuity Scheduling',
  fields: [
    { name: 'userId', label: 'User ID', help: 'Acuity, Integrations, API: View credentials', secret: false },
    { name: 'apiKey', label: 'API key', help: 'Acuity, Integrations, API: View credentials. Webhooks are signed with it too', secret: true },
    { name: 'currency', label: 'Currency', help: 'where Acuity does not tell it; USD unless given', secret: false, optional: true },
    { name: 'riskFieldId', label: 'Field for the risk score', help: 'the number of a text field in an internal form that belongs to all appointment types; without it no score is written', secret: false, optional: true },
  ],
  credentials: Credentials,
  declared,
  unproven: [
    'No live Acuity account was at hand: the behaviour is tried against a server of ours that keeps the documented rules, lists and updates also against a specification that a third party wrote.',
    'Whether a list can hold more than 100, in whose zone its days lie, and how it is ordered is not documented; the desk relies on none of it.',
    'That an appointment says "canceled" and "datetimeCreated" rests on practice, not on the documentation; the desk also reads without them.',
  ],
  // Ten requests a second, twenty at once.
  pace: { perMinute: 600, burst: 10 },
  open({ credentials, ask, clock, catalog }) {
    const client = acuityClient({ ask, credentials })
    const account = async (): Promise<Outcome<Known & { zone: string; calendars: { id: number; serviceIds: string[] }[] }>> => {
      const read = await catalog()
      const known = read === undefined ? await readCatalog() : ok(read, clock.now())
      if (!known.ok) return known
      const [location] = known.value.locations
      return ok({
        locationId: location?.id ?? 'account', zone: location?.zone ?? 'UTC', currency: location?.currency ?? credentials.currency, serviceById: new Map(known.value.services.map((service) => [service.id, service])),
        calendars: known.value.staff.filter(({ active }) => active).map(({ id, serviceIds }) => ({ id: Number(id), serviceIds })),
      }, known.observedAt)
    }
    const readCatalog = async () => {
      const me = await client({ path: '/me', schema: Me })
      if (!me.ok) return me
      const calendars = await client({ path: '/calendars', schema: Calendars })
      if (!calendars.ok) return calendars
      const types = await client({ path: '/appointment-types', query: { includeDeleted: true }, schema: AppointmentTypes })
      return types.ok ? ok(toCatalog({ me: me.value, calendars: calendars.value, types: types.value, currency: credentials.currency }), me.observedAt) : types
    }
    const seen = async (found: Outcome<Appointment>): Promise<Outcome<SeenVisit>> => {
      if (!found.ok) return found
      const known = await account()
      return known.ok ? ok(toVisit({ appointment: found.value, known: known.value, asked: found.observedAt, now: clock.now() }), found.observedAt) : known
    }
    /** A record that a write answered with: what else had to be read is not the write's fault. */
    const written = async (found: Outcome<Appointment>): Promise<Outcome<SeenVisit>> => {
      const visit = await seen(found)
      return found.ok && !visit.ok ? failed('unknown_outcome', `done, and not read: ${visit.error.kind}`) : visit
    }
    const path = (id: string) => `/appointments/${encodeURIComponent(id)}`
    /** Reads the notes right before, so that nothing somebody wrote a second ago is lost. */
    const putNotes = async (id: string, change: (notes: string) => string | undefined): Promise<Outcome<SeenVisit>> => {
      const before = await client({ path: path(id), schema: Appointment })
      if (!before.ok) return before
      const notes = change(before.value.notes ?? '')
      return notes === undefined ? failed('not_found', 'no such note') : written(await client({ method: 'PUT', path: path(id), query: { admin: true }, body: { notes }, schema: Appointment, writes: true }))
    }
    const adapter: PlatformAdapter = {
      provider: 'acuity',
      async capabilities() {
        const me = await client({ path: '/me', schema: Me })
        if (!me.ok) return me
        return ok(credentials.riskFieldId === undefined ? { ...declared, riskField: 'none' } : declared, me.observedAt)
      },
      async check() {
        const me = await client({ path: '/me', schema: Me })
        return me.ok ? ok({ account: me.value.name ?? `account ${locationOf(me.value)}` }, me.observedAt) : me
      },
      catalog: readCatalog,
      async visits({ from, to, cursor }) {
        const known = await account()
        if (!known.ok) return known
        const page = await listAppointments(client, { from, to, cursor, zone: known.value.zone, calendars: async () => ok(known.value.calendars.map(({ id }) => id), known.observedAt) })
        if (!page.ok) return page
        return ok({ ...page.value, items: page.value.items.map((appointment) => toVisit({ appointment, known: known.value, asked: page.observedAt, now: clock.now() })) }, page.observedAt)
      },
      visit: async ({ id }) => (/^\d+$/.test(id) ? seen(await client({ path: path(id), schema: Appointment })) : failed('not_found', 'Acuity\'s ids are numbers')),
      async slots({ wants, from, to, moving, limit = 50 }) {
        const [want, ...others] = wants
        if (want === undefined || others.length > 0) return failed('unsupported', 'Acuity offers times for one service', { capability: 'multiService' })
        const known = await account()
        if (!known.ok) return known
        const calendars = want.staffId === undefined ? known.value.calendars.filter(({ serviceIds }) => serviceIds.includes(want.serviceId)).map(({ id }) => id) : [Number(want.staffId)]
        return searchSlots(client, { serviceId: Number(want.serviceId), calendars, preference: want.staffId === undefined ? 'any' : 'requested', from, to, limit, zone: known.value.zone, known: known.value, moving: moving === undefined ? undefined : Number(moving.visit.id) })
      },
      async create({ slot, client: person, note }) {
        const [segment, ...others] = slot.segments
        if (segment === undefined || others.length > 0) return failed('unsupported', 'Acuity books one service at a time', { capability: 'multiService' })
        const known = await account()
        if (!known.ok) return known
        // As an admin: a client's booking wants an e-mail address and every required answer of the forms, and can carry no note.
        return written(await client({
          method: 'POST', path: '/appointments', query: { admin: true }, schema: Appointment, writes: true,
          body: {
            datetime: stamp(slot.start, known.value.zone), appointmentTypeID: Number(segment.serviceId), calendarID: Number(segment.staffId), firstName: person.firstName, lastName: person.lastName, email: person.email ?? '', phone: person.phones[0] ?? '',
            ...(note !== undefined && { notes: withNote('', { text: note, by: 'desk', at: clock.now() }) }),
          },
        }))
      },
      async reschedule({ visit: { visit }, slot }) {
        const [segment, ...others] = slot.segments
        if (segment === undefined || others.length > 0 || segment.serviceId !== visit.segments[0]?.serviceId) return failed('unsupported', 'Acuity moves an appointment; it does not exchange its service', { capability: 'reschedule' })
        const known = await account()
        if (!known.ok) return known
        return written(await client({ method: 'PUT', path: `${path(visit.id)}/reschedule`, query: { admin: true }, body: { datetime: stamp(slot.start, known.value.zone), calendarID: Number(segment.staffId) }, schema: Appointment, writes: true }))
      },
      async cancel({ visit: { visit }, cancelledBy, reason }) {
        const done = await written(await client({ method: 'PUT', path: `${path(visit.id)}/cancel`, query: { admin: true }, body: { cancelNote: reason ?? '' }, schema: Appointment, writes: true }))
        return done.ok && done.value.visit.status === 'cancelled' ? ok({ ...done.value, visit: { ...done.value.visit, cancelledBy } }, done.observedAt) : done
      },
      async setStatus({ visit: { visit }, to }) {
        if (to !== 'no_show') return failed('unsupported', 'Acuity knows scheduled, cancelled and missed only', { capability: to === 'confirmed' ? 'confirm' : 'restore' })
        // Without Acuity's mail: it would tell the client of a cancellation.
        return written(await client({ method: 'PUT', path: `${path(visit.id)}/cancel`, query: { admin: true, noEmail: true }, body: { noShow: true }, schema: Appointment, writes: true }))
      },
      addVisitNote: ({ visit: { visit }, text, by, at }) => putNotes(visit.id, (notes) => withNote(notes, { text, by, at })),
      removeVisitNote: ({ visit: { visit }, noteId }) => putNotes(visit.id, (notes) => withoutNote(notes, noteId)),
      webhooks: acuityWebhooks({ apiKey: credentials.apiKey, clock }),
    }
    const { riskFieldId } = credentials
    if (riskFieldId !== undefined) {
      adapter.writeRisk = async ({ visit: { visit }, score, band }) => {
        const done = await client({ method: 'PUT', path: path(visit.id), query: { admin: true }, body: { fields: [{ id: Number(riskFieldId), value: `${band} ${score.toFixed(2)}` }] }, schema: Appointment, writes: true })
        return done.ok ? ok(null, done.observedAt) : done
      }
    }
    return adapter
  },
}

/** As Acuity writes times itself: the salon's wall clock with its offset, `2026-11-21T10:00:00-0800`. */
function stamp(instant: Instant, zone: string): string {
  return isoLocal(instant, zone).replace(/([+-]\d\d):(\d\d)$/, '$1$2')
}
