import { z } from 'zod'
import { money } from '../../salon/money.ts'
import { type Appointment, type AppointmentStatus, type Catalog, type Client, type Location, liveStatuses, type Note, type Segment, type Service } from '../../salon/salon.ts'
import { addMinutes, type Instant, minutesBetween, toInstant, type Zone } from '../../salon/time.ts'
import { fromLocal } from '../kit/local-times.ts'
import { readNotes } from '../kit/notes-in-text.ts'
import { versionOf } from '../kit/version.ts'
import type { SeenVisit } from '../platform-adapter.ts'
import type { Centers, Guest, GuestNote, Row, Services, Therapists } from './schema.ts'
import { zoneOfWindows } from './windows-zones.ts'

export type Centre = { id: string; zone: Zone; currency: string }

/** What of the catalogue a visit needs to be understood. */
export type Known = { serviceById: ReadonlyMap<string, Service> }

export function toLocation(centre: z.infer<typeof Centers>['centers'][number], { timezone, currency }: { timezone: Zone; currency: string }): Location {
  const code = centre.currency?.code?.toUpperCase()
  const phone = centre.contact_info?.phone_1?.display_number
  const address = [centre.address_info?.address_1, centre.address_info?.city].filter(Boolean).join(', ')
  return {
    id: centre.id, name: centre.display_name ?? centre.name ?? 'Center', zone: zoneOfWindows(centre.location?.time_zone?.standard_name) ?? timezone,
    currency: code !== undefined && /^[A-Z]{3}$/.test(code) ? code : currency,
    ...(phone !== undefined && { phone }), ...(address !== '' && { address }), hours: [], closures: [],
  }
}

/** Services and therapists of every centre as one catalogue; one who works in two centres, or a service given in two, is there once. */
export function toCatalog(parts: { location: Location; services: z.infer<typeof Services>['services']; therapists: z.infer<typeof Therapists>['therapists'] }[]): Catalog {
  const services = new Map(parts.flatMap(({ location, services: given }) => given.map((one): [string, Service] => [one.id, {
    id: one.id, name: one.name ?? 'Service', category: one.additional_info?.category?.name?.toLowerCase() ?? 'service', durationMin: one.duration ?? 0,
    price: money((one.price_info?.sale_price ?? 0) * 100, location.currency), active: true, consultation: /consult/i.test(one.name ?? ''),
  }])))
  const ids = new Set(parts.flatMap(({ therapists }) => therapists.map(({ id }) => id)))
  const staff = [...ids].map((id) => {
    const here = parts.filter(({ therapists }) => therapists.some((one) => one.id === id))
    const person = here[0]?.therapists.find((one) => one.id === id)?.personal_info
    const name = [person?.first_name, person?.last_name].filter(Boolean).join(' ')
    return {
      id, name: name === '' ? person?.name ?? 'Therapist' : name, locationIds: here.map(({ location }) => location.id), active: true,
      // Who does what Zenoti tells service by service, a request each; its own search decides when a time is looked for.
      serviceIds: [...new Set(here.flatMap(({ services: given }) => given.map((service) => service.id)))],
    }
  })
  const [first] = parts
  return { business: { id: `zenoti-${first?.location.id ?? 'salon'}`, name: first?.location.name ?? 'Salon', demo: false }, locations: parts.map(({ location }) => location), staff, services: [...services.values()] }
}

/** A day's list as visits: one for each invoice, which is what Zenoti confirms and cancels as a whole. Breaks and block-outs are left out. */
export function toVisits({ rows, ...context }: { rows: Row[]; centre: Centre; known: Known; asked: Instant }): SeenVisit[] {
  const groups = new Map<string, Row[]>()
  for (const row of rows) groups.set(row.invoice_id ?? row.id, [...groups.get(row.invoice_id ?? row.id) ?? [], row])
  return [...groups.values()].flatMap((group) => toVisit({ rows: group, ...context }) ?? [])
}

/** The services of one invoice as one visit; undefined when nothing of it is a client's. What was cancelled of it is left out while something stands. */
export function toVisit({ rows: all, centre, known, asked }: { rows: Row[]; centre: Centre; known: Known; asked: Instant }): SeenVisit | undefined {
  const rows = all.filter(isService).map((row) => {
    const { start, end } = timesOf(row, centre.zone)
    return { row, status: toStatus(row), start, end }
  }).sort((a, b) => (`${a.start} ${a.row.id}` < `${b.start} ${b.row.id}` ? -1 : 1))
  const standing = rows.filter(({ status }) => status !== 'cancelled' && status !== 'no_show')
  const shown = standing.length > 0 ? standing : rows
  const [first] = shown
  if (first === undefined) return undefined
  const segments = shown.map(({ row, start, end }): Segment => {
    const serviceId = row.service?.id ?? ''
    return { serviceId, staffId: row.therapist?.id ?? '', staffPreference: 'unknown', start, durationMin: minutesBetween(start, end), price: known.serviceById.get(serviceId)?.price ?? money(0, centre.currency) }
  })
  const status = together(shown.map((one) => one.status))
  const bookedAt = first.row.creation_date_utc === undefined ? undefined : utc(first.row.creation_date_utc)
  const visit: Omit<Appointment, 'version'> = {
    id: first.row.invoice_id ?? first.row.id, locationId: centre.id, clientId: first.row.guest?.id ?? '', segments, start: first.start, end: shown.map(({ end }) => end).toSorted().at(-1) ?? first.end, timeKnown: true, status,
    ...(bookedAt !== undefined && { bookedAt }), ...(status === 'cancelled' && { cancelledBy: 'unknown' as const }),
    notes: readNotes([...new Set(shown.flatMap(({ row }) => row.notes ?? []))].join('\n'), bookedAt ?? first.start), fetchedAt: asked,
  }
  return {
    visit: { ...visit, version: versionOf(visit) },
    extra: { invoiceId: first.row.invoice_id, groupId: first.row.appointment_group_id, appointments: all.map(({ id }) => id), standing: shown.map(({ row }) => ({ id: row.id, serviceId: row.service?.id ?? '' })) },
  }
}

const Extra = z.object({ invoiceId: z.string().optional(), groupId: z.string().optional(), appointments: z.array(z.string()), standing: z.array(z.object({ id: z.string(), serviceId: z.string() })) })

/** What `toVisit` put by for the next write: the invoice, the group, all its appointments, and those that stand. */
export function extraOf({ extra }: SeenVisit): z.infer<typeof Extra> {
  return Extra.parse(extra)
}

/** Break, not specified, available: rows of the calendar that are nobody's visit. */
const notVisits = new Set([10, 11, 20])

function isService(row: Row): boolean {
  return row.service?.id !== undefined && (row.blockout ?? null) === null && !notVisits.has(Number(row.status))
}

function toStatus({ status, progress }: Row): AppointmentStatus {
  const open = (word: AppointmentStatus) => (progress === 1 ? 'in_service' : word)
  switch (Number(status ?? Number.NaN)) {
    case -2: return 'no_show'
    case -1:
    case 21: return 'cancelled'
    case 0: return open('booked')
    case 1: return 'completed'
    case 2: return open('arrived')
    case 4: return open('confirmed')
    default: return 'unknown'
  }
}

/** The status of several services together: the visit is where its furthest service is, and over when all are. */
function together(statuses: AppointmentStatus[]): AppointmentStatus {
  const [first = 'unknown'] = statuses
  if (statuses.every((status) => status === first)) return first
  if (statuses.includes('no_show')) return 'no_show'
  if (statuses.includes('in_service') || statuses.includes('completed')) return 'in_service'
  return (['arrived', 'confirmed', 'booked'] as const).find((status) => statuses.includes(status) && liveStatuses.includes(status)) ?? 'unknown'
}

/** Zenoti writes both; the one in UTC leaves no doubt in the night when an hour comes twice. */
function timesOf({ start_time, start_time_utc, end_time, end_time_utc }: Row, zone: Zone): { start: Instant; end: Instant } {
  const read = (inUtc: string | undefined, local: string | undefined): Instant | undefined => (inUtc !== undefined ? utc(inUtc) : local === undefined ? undefined : fromLocal(local, zone))
  const start = read(start_time_utc, start_time) ?? '1970-01-01T00:00:00.000Z'
  return { start, end: read(end_time_utc, end_time) ?? addMinutes(start, 0) }
}

/** Times in UTC come without the letter that says so. */
function utc(text: string): Instant {
  return toInstant(/Z$|[+-]\d\d:\d\d$/.test(text) ? text : `${text}Z`)
}

// Zenoti's own numbers of countries, as far as they are known; a number of another country stays as it is written.
const dialCodes: Record<number, string> = { 225: '1', 224: '44', 95: '91' }

export function toClient(guest: Guest, { notes, zone }: { notes: GuestNote[]; zone: Zone }): Client {
  const info = guest.personal_info
  const phone = info?.mobile_phone
  const digits = (phone?.number ?? '').replace(/\D/g, '')
  const dial = dialCodes[phone?.country_code ?? 0]
  const written = phone?.display_number?.startsWith('+') === true ? `+${phone.display_number.replace(/\D/g, '')}` : digits === '' ? undefined : dial === undefined ? phone?.number : `+${dial}${digits}`
  const birthday = /^(?!0001)\d{4}-(\d\d-\d\d)/.exec(info?.date_of_birth ?? '')?.[1]
  const created = guest.created_date === undefined ? undefined : fromLocal(guest.created_date, zone)
  // What Zenoti knows is an opt-out; that nobody objected is no consent.
  const consent = (allowed: boolean | null | undefined) => (allowed === false ? 'out' as const : 'unknown' as const)
  return {
    id: guest.id, firstName: info?.first_name ?? '', lastName: info?.last_name ?? '', phones: written === undefined ? [] : [written],
    ...(info?.email !== undefined && info.email !== '' && { email: info.email }), ...(birthday !== undefined && { birthday }),
    consent: { sms: consent(guest.preferences?.receive_transactional_sms), email: consent(guest.preferences?.receive_transactional_email) },
    tags: guest.tags ?? [], notes: notes.map((note) => toNote(note, zone)), holdings: [], ...(created !== undefined && { createdAt: created }),
  }
}

function toNote({ id, notes = '', created_date, added_by }: GuestNote, zone: Zone): Note {
  const at = created_date === undefined ? '1970-01-01T00:00:00.000Z' : fromLocal(created_date, zone)
  const [read] = readNotes(notes.replace(/\s*\n\s*/g, ' '), at)
  const author = added_by?.name?.trim() ?? ''
  return { id, at: read?.at ?? at, by: read === undefined || read.by === 'salon' ? (author === '' ? 'salon' : author) : read.by, text: read?.text ?? '' }
}
