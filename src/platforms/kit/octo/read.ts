import { type Money, money } from '../../../salon/money.ts'
import type { AppointmentStatus, Catalog, Client, Location, Segment, Service } from '../../../salon/salon.ts'
import { addMinutes, at, type Instant, isZone, minutesBetween, toInstant, type Zone } from '../../../salon/time.ts'
import { theTeam } from '../../../salon/stand-ins.ts'
import type { OfferedSlot, SeenVisit } from '../../platform-adapter.ts'
import { contactId, splitName } from '../contact-id.ts'
import { fromLocal } from '../local-times.ts'
import { readNotes } from '../notes-in-text.ts'
import { versionOf } from '../version.ts'
import type { Availability, Booking, Product, Supplier } from './schema.ts'
import type { z } from 'zod'

/** What is booked in OCTO is an option of a product. */
function serviceIdOf({ productId, optionId }: { productId: string; optionId: string }): string {
  return `${encodeURIComponent(productId)}/${encodeURIComponent(optionId)}`
}

/** Undefined for an id that is not one of ours. */
export function partsOf(serviceId: string): { productId: string; optionId: string } | undefined {
  const [productId, optionId, more] = serviceId.split('/')
  return productId === undefined || optionId === undefined || more !== undefined ? undefined : { productId: decodeURIComponent(productId), optionId: decodeURIComponent(optionId) }
}

/** The supplier is the place; products of another time zone are at a second place of that name. There are no staff: each place has "The team". */
export function toCatalog({ provider, supplier, products }: { provider: string; supplier: z.infer<typeof Supplier>; products: Product[] }): Catalog {
  const zoneOf = ({ timeZone = '' }: Product): Zone => (isZone(timeZone) ? timeZone : 'UTC')
  const often = Map.groupBy(products, zoneOf)
  const zones = [...often].toSorted(([, a], [, b]) => b.length - a.length).map(([zone]) => zone)
  const name = supplier.name ?? 'Tours'
  const places = (zones.length === 0 ? ['UTC'] : zones).map((zone, n) => {
    const mine = often.get(zone) ?? []
    const location: Location = {
      id: n === 0 ? supplier.id : `${supplier.id}/${zone}`, name: n === 0 ? name : `${name} (${zone})`, zone, currency: mine[0]?.defaultCurrency ?? 'USD', hours: [], closures: [],
      ...(supplier.contact?.telephone !== undefined && { phone: supplier.contact.telephone }), ...(supplier.contact?.address !== undefined && { address: supplier.contact.address }),
    }
    const services = mine.flatMap(toServices)
    return { location, services, staff: { ...theTeam, id: n === 0 ? theTeam.id : `${theTeam.id}/${zone}`, locationIds: [location.id], serviceIds: services.map(({ id }) => id), active: true } }
  })
  return { business: { id: `${provider}-${supplier.id}`, name, demo: false }, locations: places.map(({ location }) => location), staff: places.map(({ staff }) => staff), services: places.flatMap(({ services }) => services) }
}

function toServices(product: Product): Service[] {
  const { options, defaultCurrency } = product
  const called = product.title ?? product.internalName ?? 'Tour'
  return options.map((option): Service => ({
    id: serviceIdOf({ productId: product.id, optionId: option.id }), name: options.length === 1 ? called : `${called}, ${option.title ?? option.internalName ?? option.id}`,
    category: 'tour', durationMin: option.durationMinutesFrom ?? product.durationMinutesFrom ?? 0, price: priceOf(option.units[0], defaultCurrency), active: true, consultation: false,
  }))
}

/** The price of one unit, in its product's currency. */
function priceOf(unit: Product['options'][number]['units'][number] | undefined, currency: string | undefined): Money {
  const prices = unit?.pricingFrom ?? unit?.pricing ?? []
  const price = prices.find((one) => one.currency === currency) ?? prices[0]
  return money(price?.retail ?? price?.original ?? 0, price?.currency ?? currency ?? 'USD')
}

/** Where and by whom a service is given, and what it costs. */
function placeOf(serviceId: string, catalog: Catalog | undefined): { locationId: string; staffId: string; zone: Zone; service?: Service } {
  const staff = catalog?.staff.find(({ serviceIds }) => serviceIds.includes(serviceId)) ?? catalog?.staff[0]
  const location = catalog?.locations.find(({ id }) => id === staff?.locationIds[0]) ?? catalog?.locations[0]
  const service = catalog?.services.find(({ id }) => id === serviceId)
  return { locationId: location?.id ?? '', staffId: staff?.id ?? theTeam.id, zone: location?.zone ?? 'UTC', ...(service !== undefined && { service }) }
}

/** The standard's times are local with their offset; a supplier that leaves it out means the place's own. */
function instantOf(text: string, zone: Zone): Instant {
  return /(?:Z|[+-]\d\d:?\d\d)$/.test(text) ? toInstant(text) : fromLocal(text, zone)
}

/** A day ticket is good from midnight on; its time is when the doors open. */
function timesOf({ localDateTimeStart, localDateTimeEnd, allDay, openingHours }: Pick<Availability, 'localDateTimeStart' | 'localDateTimeEnd' | 'allDay' | 'openingHours'>, zone: Zone): { start: Instant; end: Instant; timeKnown: boolean } {
  const [hours] = openingHours ?? []
  const date = localDateTimeStart.slice(0, 10)
  if (allDay === true && hours !== undefined && /^\d\d:\d\d$/.test(hours.from) && /^\d\d:\d\d$/.test(hours.to)) {
    const [start, end] = [at(date, hours.from, zone), at(date, hours.to, zone)]
    return { start, end: end > start ? end : start, timeKnown: false }
  }
  const start = instantOf(localDateTimeStart, zone)
  return { start, end: localDateTimeEnd === undefined ? start : instantOf(localDateTimeEnd, zone), timeKnown: allDay !== true }
}

function segmentOf({ serviceId, catalog, start, end, price }: { serviceId: string; catalog: Catalog | undefined; start: Instant; end: Instant; price?: Money | undefined }): Segment {
  const { staffId, service } = placeOf(serviceId, catalog)
  return { serviceId, staffId, staffPreference: 'any', start, durationMin: minutesBetween(start, end), price: price ?? service?.price ?? money(0, 'USD') }
}

/** A booking as a visit. `asked` is when it was asked for. A booking without an availability (an open ticket) has no time: it begins when it was made, and says so (`timeKnown`). */
export function toVisit({ booking, catalog, asked, now }: { booking: Booking; catalog: Catalog | undefined; asked: Instant; now: Instant }): SeenVisit {
  const serviceId = serviceIdOf(booking)
  const { locationId, zone, service } = placeOf(serviceId, catalog)
  const booked = booking.utcCreatedAt === undefined ? undefined : toInstant(booking.utcCreatedAt)
  const times = booking.availability ?? (booking.availabilityId === undefined || !/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(booking.availabilityId) ? undefined : { localDateTimeStart: booking.availabilityId, localDateTimeEnd: undefined, allDay: false, openingHours: undefined })
  const read = times === undefined ? undefined : timesOf(times, zone)
  const start = read?.start ?? booked ?? asked
  const end = read === undefined || read.end > start ? read?.end ?? start : addMinutes(start, service?.durationMin ?? 0)
  const status = toStatus(booking.status, end <= now)
  const client = toClient(booking)
  const retail = booking.pricing?.retail
  const segments = [segmentOf({ serviceId, catalog, start, end, price: typeof retail === 'number' && booking.pricing?.currency !== undefined ? money(retail, booking.pricing.currency) : undefined })]
  const visit = { locationId, clientId: client?.id ?? '', segments, start, status }
  const changed = booking.utcUpdatedAt === undefined ? undefined : toInstant(booking.utcUpdatedAt)
  return {
    visit: {
      ...visit, id: booking.uuid, end, timeKnown: read?.timeKnown ?? false, version: versionOf(visit), ...(booked !== undefined && { bookedAt: booked }),
      // Who cancelled is not in the standard.
      ...(status === 'cancelled' && { cancelledBy: 'unknown' as const }),
      notes: readNotes(booking.notes, booked ?? start), fetchedAt: asked,
    },
    ...(client !== undefined && { client }), ...(changed !== undefined && { changedAt: changed }), ...(status === 'completed' && booking.status !== 'REDEEMED' && { byTime: true }),
    extra: { availabilityId: booking.availabilityId ?? booking.availability?.id ?? '' },
  }
}

/** The standard has no "completed" and no no-show: a booking that stands when its time is over was kept. A hold that ran out never was a booking. */
function toStatus(status: string | undefined, isOver: boolean): AppointmentStatus {
  switch (status ?? '') {
    case 'ON_HOLD': return 'held'
    case 'PENDING': return 'requested'
    case 'CONFIRMED': return isOver ? 'completed' : 'booked'
    case 'REDEEMED': return isOver ? 'completed' : 'arrived'
    case 'CANCELLED': return 'cancelled'
    case 'EXPIRED':
    case 'REJECTED': return 'declined'
    default: return 'unknown'
  }
}

/** Whom the booking is for; undefined when nobody is named. */
function toClient({ uuid, contact }: Booking): Client | undefined {
  const { emailAddress: email, phoneNumber: phone, fullName } = contact ?? {}
  const named = contact?.firstName !== undefined || contact?.lastName !== undefined ? { firstName: contact.firstName ?? '', lastName: contact.lastName ?? '' } : splitName(fullName)
  if (named.firstName === '' && named.lastName === '' && email === undefined && phone === undefined) return undefined
  const [locale] = contact?.locales ?? []
  return {
    id: contactId({ phone, email, booking: uuid }), ...named, phones: phone === undefined ? [] : [phone], ...(email !== undefined && { email }), ...(locale !== undefined && { language: locale.slice(0, 2) }),
    consent: { sms: 'unknown', email: 'unknown' }, tags: [], notes: [], holdings: [],
  }
}

/** What is on sale. `moving` is the availability that the moved booking has now: its own seat counts as free. */
export function toSlots({ availabilities, serviceId, catalog, moving }: { availabilities: Availability[]; serviceId: string; catalog: Catalog | undefined; moving: string | undefined }): OfferedSlot[] {
  const { locationId, zone } = placeOf(serviceId, catalog)
  return availabilities.filter(({ id, available, status }) => (available ?? (status !== 'SOLD_OUT' && status !== 'CLOSED')) || id === moving).map((availability) => {
    const { start, end } = timesOf(availability, zone)
    return { locationId, start, end, segments: [segmentOf({ serviceId, catalog, start, end })], token: availability.id }
  })
}
