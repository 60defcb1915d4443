import { createHash } from 'node:crypto'
import type { z } from 'zod'
import { money } from '../../salon/money.ts'
import type { Appointment as Visit, AppointmentStatus, Catalog, Client, Service } from '../../salon/salon.ts'
import { addMinutes, type Instant, isZone, toInstant } from '../../salon/time.ts'
import { readNotes } from '../kit/notes-in-text.ts'
import { versionOf } from '../kit/version.ts'
import type { SeenVisit } from '../platform-adapter.ts'
import type { Appointment, AppointmentTypes, Calendars, Me } from './schema.ts'

/** What of the catalogue an appointment needs to be understood; the account is the one location. */
export type Known = { locationId: string; currency: string; serviceById: ReadonlyMap<string, Service> }

/** The account as one location, its calendars as staff, its appointment types as services. */
export function toCatalog({ me, calendars, types, currency: fallback }: { me: z.infer<typeof Me>; calendars: z.infer<typeof Calendars>; types: z.infer<typeof AppointmentTypes>; currency: string }): Catalog {
  const currency = /^[A-Z]{3}$/.test(me.currency ?? '') ? me.currency ?? fallback : fallback
  const id = locationOf(me)
  const name = me.name ?? 'Salon'
  const zone = [me.timezone, ...calendars.map(({ timezone }) => timezone)].find((one) => one !== undefined && isZone(one)) ?? 'UTC'
  return {
    business: { id: `acuity-${id}`, name, demo: false },
    locations: [{ id, name, zone, currency, hours: [], closures: [] }],
    services: types.map((type): Service => ({ id: String(type.id), name: type.name ?? 'Appointment', category: type.category === undefined || type.category === '' ? 'service' : type.category.toLowerCase(), durationMin: type.duration ?? 0, price: money((type.price ?? 0) * 100, currency), active: type.active !== false, consultation: /consult/i.test(type.name ?? '') })),
    staff: calendars.map((calendar) => ({ id: String(calendar.id), name: calendar.name ?? 'Calendar', locationIds: [id], active: true, serviceIds: types.filter(({ calendarIDs }) => calendarIDs?.includes(calendar.id) ?? true).map((type) => String(type.id)) })),
  }
}

export function locationOf({ id }: z.infer<typeof Me>): string {
  return id === undefined || id === null ? 'account' : String(id)
}

/** An appointment of Acuity's as a visit of one service. `asked` is when it was asked for. */
export function toVisit({ appointment, known, asked, now }: { appointment: Appointment; known: Known; asked: Instant; now: Instant }): SeenVisit {
  const start = toInstant(appointment.datetime)
  const serviceId = appointment.appointmentTypeID === undefined || appointment.appointmentTypeID === null ? '' : String(appointment.appointmentTypeID)
  const service = known.serviceById.get(serviceId)
  const durationMin = appointment.duration ?? service?.durationMin ?? 0
  const end = addMinutes(start, durationMin)
  const status = toStatus(appointment, end <= now)
  const client = toClient(appointment)
  const bookedAt = appointment.datetimeCreated === undefined || Number.isNaN(Date.parse(appointment.datetimeCreated)) ? undefined : toInstant(appointment.datetimeCreated)
  const visit: Omit<Visit, 'version'> = {
    id: String(appointment.id), locationId: known.locationId, clientId: client?.id ?? '', start, end, timeKnown: true, status,
    segments: [{
      serviceId, staffId: appointment.calendarID === undefined || appointment.calendarID === null ? '' : String(appointment.calendarID), staffPreference: 'unknown', start, durationMin,
      price: appointment.price === undefined ? service?.price ?? money(0, known.currency) : money(appointment.price * 100, known.currency),
    }],
    ...(bookedAt !== undefined && { bookedAt }), ...(status === 'cancelled' && { cancelledBy: 'unknown' as const }),
    notes: readNotes(appointment.notes, bookedAt ?? start), fetchedAt: asked,
  }
  return { visit: { ...visit, version: versionOf(visit) }, ...(client !== undefined && { client }), ...(status === 'completed' && { byTime: true }) }
}

/** Acuity has no "completed": what stands when its time is over counts as kept. Only cancelled appointments say whether they were missed. */
function toStatus({ canceled, noShow }: Appointment, isOver: boolean): AppointmentStatus {
  if (canceled ?? (noShow !== undefined && noShow !== null)) return noShow === true ? 'no_show' : 'cancelled'
  return isOver ? 'completed' : 'booked'
}

function toClient({ id, firstName = '', lastName = '', phone = '', email = '' }: Appointment): Client | undefined {
  const contact = { firstName: firstName.trim(), lastName: lastName.trim(), phone: phone.trim(), email: email.trim() }
  if (Object.values(contact).every((value) => value === '')) return undefined
  return {
    id: clientIdOf({ ...contact, appointment: String(id) }), firstName: contact.firstName, lastName: contact.lastName, phones: contact.phone === '' ? [] : [contact.phone],
    ...(contact.email !== '' && { email: contact.email }), consent: { sms: 'unknown', email: 'unknown' }, tags: [], notes: [], holdings: [],
  }
}

/**
 * Acuity keeps clients by name and phone number and gives them no id: ours is a hash of the name and the number's last ten
 * digits (numbers are written with and without a country), without a number of the name and the e-mail address. Whoever left
 * neither is somebody of that appointment alone. Two people who share a number stay two; one who is renamed becomes another.
 */
export function clientIdOf({ firstName, lastName, phone, email, appointment }: { firstName: string; lastName: string; phone: string; email: string; appointment: string }): string {
  const name = `${firstName} ${lastName}`.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim()
  const digits = phone.replace(/\D/g, '').slice(-10)
  const by = digits.length >= 7 ? `phone ${digits}` : email.includes('@') ? `email ${email.toLowerCase()}` : `appointment ${appointment}`
  return `c-${createHash('sha256').update(`${name}\n${by}`).digest('hex').slice(0, 20)}`
}
