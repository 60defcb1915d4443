import { type Money, money } from '../../salon/money.ts'
import type { Appointment as Visit, AppointmentStatus, Catalog, Client, Service, StaffMember } from '../../salon/salon.ts'
import { addMinutes, type Instant, minutesBetween, toInstant, type Zone } from '../../salon/time.ts'
import { fromLocal } from '../kit/local-times.ts'
import { readNotes } from '../kit/notes-in-text.ts'
import { versionOf } from '../kit/version.ts'
import type { SeenVisit } from '../platform-adapter.ts'
import type { Appointment, Member, Person, Place, PricingOption, Session, Site } from './schema.ts'

/** What is needed to understand an appointment: the site's zone and currency, and its services' prices. */
export type Known = { zone: Zone; currency: string; services: Service[] }

/** Mindbody's times are the site's wall clock without an offset; one that has an offset is taken at its word. */
export function readTime(text: string, zone: Zone): Instant {
  return /(Z|[+-]\d\d:\d\d)$/.test(text) ? toInstant(text) : fromLocal(text, zone)
}

export function toCatalog({ site, zone, places, members, sessions, pricings, does }: { site: Site; zone: Zone; places: Place[]; members: Member[]; sessions: Session[]; pricings: PricingOption[]; does: Map<string, string[]> }): Catalog {
  const currency = currencyOf(site)
  const services = sessions.filter(({ Type: type }) => type === undefined || type === 'Appointment').map((session): Service => {
    const name = session.Name ?? 'Service'
    return { id: session.Id, name, category: (session.Category ?? 'service').toLowerCase(), durationMin: session.DefaultTimeLength ?? 0, price: priceOf({ session, sessions, pricings, currency }), active: true, consultation: /consult/i.test(name) }
  })
  const known = new Set(services.map(({ id }) => id))
  return {
    business: { id: `mindbody-${site.Id}`, name: site.Name ?? 'Salon', demo: false },
    locations: places.map(({ Id: id, Name: name, Address: address, City: city, Phone: phone }) => {
      const where = [address, city].filter(Boolean).join(', ')
      return { id, name: name ?? 'Location', zone, currency, ...(phone !== undefined && { phone }), ...(where !== '' && { address: where }), hours: [], closures: [] }
    }),
    services,
    staff: members.filter(({ AppointmentInstructor: instructs }) => instructs !== false).map((member): StaffMember => ({
      id: member.Id, name: [member.FirstName, member.LastName].filter(Boolean).join(' ') || (member.DisplayName ?? member.Name ?? 'Staff'), locationIds: places.map(({ Id: id }) => id), active: true,
      serviceIds: (does.get(member.Id) ?? []).filter((id) => known.has(id)),
    })),
  }
}

export function currencyOf({ CurrencyIsoCode: code = '' }: Site): string {
  return /^[A-Z]{3}$/.test(code) ? code : 'USD'
}

/** A service has no price there: it is the single visit's among its programme's pricing options, by name; the only one's where there is one for one service. */
function priceOf({ session, sessions, pricings, currency }: { session: Session; sessions: Session[]; pricings: PricingOption[]; currency: string }): Money {
  const single = pricings.filter((option) => option.ProgramId === session.ProgramId && option.Count === 1 && option.IsIntroOffer !== true && option.Discontinued !== true)
  const name = (session.Name ?? '').toLowerCase()
  const alone = sessions.filter(({ ProgramId: program }) => program === session.ProgramId).length === 1 && single.length === 1
  const option = single.find((one) => one.Name?.toLowerCase() === name) ?? single.find((one) => name !== '' && one.Name?.toLowerCase().startsWith(name)) ?? (alone ? single[0] : undefined)
  const digits = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
  return money((option?.Price ?? 0) * 10 ** digits, currency)
}

/** An appointment of Mindbody's as a visit: one service, by one person. */
export function toVisit({ appointment, known: { zone, currency, services }, asked }: { appointment: Appointment; known: Known; asked: Instant }): SeenVisit {
  const start = readTime(appointment.StartDateTime, zone)
  const service = services.find(({ id }) => id === appointment.SessionTypeId)
  const end = appointment.EndDateTime === undefined ? addMinutes(start, appointment.Duration ?? service?.durationMin ?? 0) : readTime(appointment.EndDateTime, zone)
  const visit: Omit<Visit, 'version'> = {
    id: appointment.Id, locationId: appointment.LocationId ?? '', clientId: appointment.ClientId ?? '', start, end, timeKnown: true, status: toStatus(appointment.Status),
    segments: [{
      serviceId: appointment.SessionTypeId ?? '', staffId: appointment.StaffId ?? '', staffPreference: appointment.StaffRequested === true ? 'requested' : appointment.StaffRequested === false ? 'any' : 'unknown',
      start, durationMin: Math.max(0, minutesBetween(start, end)), price: service?.price ?? money(0, currency),
    }],
    ...(toStatus(appointment.Status) === 'cancelled' && { cancelledBy: 'unknown' as const }),
    notes: readNotes(appointment.Notes, start), fetchedAt: asked,
  }
  return { visit: { ...visit, version: versionOf(visit) }, extra: { notes: appointment.Notes ?? '' } }
}

function toStatus(status: string | undefined): AppointmentStatus {
  switch (status ?? '') {
    case 'Requested': return 'requested'
    case 'Booked': return 'booked'
    case 'Confirmed': return 'confirmed'
    case 'Arrived': return 'arrived'
    case 'Completed': return 'completed'
    case 'NoShow': return 'no_show'
    case 'Cancelled':
    case 'LateCancelled': return 'cancelled'
    default: return 'unknown'
  }
}

export function toClient(person: Person, zone: Zone): Client {
  const birthday = /^\d{4}-(\d\d-\d\d)/.exec(person.BirthDate ?? '')?.[1]
  const created = person.CreationDate === undefined ? undefined : readTime(person.CreationDate, zone)
  return {
    id: person.Id, firstName: person.FirstName ?? '', lastName: person.LastName ?? '',
    phones: [person.MobilePhone, person.HomePhone, person.WorkPhone].filter((phone): phone is string => phone !== undefined && phone !== ''), ...(person.Email !== undefined && person.Email !== '' && { email: person.Email }),
    ...(birthday !== undefined && { birthday }),
    // Mindbody's flags say what it may send by itself, and are off for whoever was never asked: texts are asked of our own ledger.
    consent: { sms: 'unknown', email: 'unknown' }, tags: [], notes: readNotes(person.Notes, created ?? '1970-01-01T00:00:00.000Z'), holdings: [], ...(created !== undefined && { createdAt: created }),
  }
}
