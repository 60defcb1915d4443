import { type Money, money } from '../../salon/money.ts'
import type { AppointmentStatus, Catalog, Client, Segment, Service } from '../../salon/salon.ts'
import { addMinutes, type Instant, minutesBetween, type Zone } from '../../salon/time.ts'
import { theTeam } from '../../salon/stand-ins.ts'
import { contactId, splitName } from '../kit/contact-id.ts'
import { fromLocal, readInstant } from '../kit/local-times.ts'
import { readNotes } from '../kit/notes-in-text.ts'
import { versionOf } from '../kit/version.ts'
import type { SeenVisit } from '../platform-adapter.ts'
import type { Booking, Products } from './schema.ts'
import { toWallClock } from './wall-clock.ts'
import type { z } from 'zod'

/** The bridge tells neither the operator's name nor a place: there is one, with the zone that was given, and "The team" in it. */
export function toCatalog({ products, zone }: { products: z.infer<typeof Products>; zone: Zone }): Catalog {
  const services = products.filter(({ type }) => type !== 'ADD_ON').map((product): Service => {
    const [ticket] = product.tickets ?? []
    // How long something takes is said by its bookings only.
    return { id: product.productId, name: product.name ?? 'Activity', category: 'tour', durationMin: 0, price: priceOf(ticket?.minPrice?.amount, ticket?.minPrice?.currency ?? product.currency ?? 'USD'), active: true, consultation: false }
  })
  return {
    business: { id: 'peek-pro', name: 'Peek Pro', demo: false },
    locations: [{ id: 'peek-pro', name: 'Peek Pro', zone, currency: services[0]?.price.currency ?? 'USD', hours: [], closures: [] }],
    staff: [{ ...theTeam, locationIds: ['peek-pro'], serviceIds: services.map(({ id }) => id), active: true }],
    services,
  }
}

/** "65.00" as money, of a currency whose hundredth is its smallest part; nothing readable is nothing. */
function priceOf(amount: string | number | null | undefined, currency: string): Money {
  const value = Number(String(amount ?? 0).replaceAll(',', ''))
  return money(Number.isFinite(value) ? value * 100 : 0, currency)
}

/** UTC where the bridge says it (with or without its Z), else the clock on the wall of the place. */
function instantOf({ utc, local, zone }: { utc: string | undefined; local: string | undefined; zone: Zone }): Instant | undefined {
  if (utc !== undefined && /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(utc)) return readInstant(/(?:Z|[+-]\d\d:?\d\d)$/.test(utc) ? utc : `${utc.replace(' ', 'T')}Z`)
  if (local !== undefined && /(?:Z|[+-]\d\d:\d\d)$/.test(local)) return readInstant(local)
  const wall = local === undefined ? undefined : toWallClock(local)
  return wall === undefined ? undefined : fromLocal(wall, zone)
}

/** A booking as a visit; undefined when it has no time that can be read. `asked` is when it was asked for. */
export function toVisit({ booking, catalog, zone, asked, now }: { booking: Booking; catalog: Catalog | undefined; zone: Zone; asked: Instant; now: Instant }): SeenVisit | undefined {
  const start = instantOf({ utc: booking.startsAtUtc, local: booking.startsAt, zone })
  if (start === undefined) return undefined
  const serviceId = booking.productId ?? ''
  const service = catalog?.services.find(({ id }) => id === serviceId)
  const told = instantOf({ utc: booking.endsAtUtc, local: booking.endsAt, zone })
  const end = told !== undefined && told >= start ? told : addMinutes(start, service?.durationMin ?? 0)
  const price = booking.valueAmount === null || booking.valueAmount === undefined || booking.valueAmount === '' ? service?.price ?? money(0, 'USD') : priceOf(booking.valueAmount, service?.price.currency ?? 'USD')
  const segments: Segment[] = [{ serviceId, staffId: theTeam.id, staffPreference: 'any', start, durationMin: minutesBetween(start, end), price }]
  const client = toClient(booking)
  const booked = instantOf({ utc: booking.purchasedAtUtc, local: undefined, zone })
  const visit = { locationId: 'peek-pro', clientId: client?.id ?? '', segments, start, status: toStatus(booking, end <= now) }
  return {
    visit: {
      ...visit, id: booking.bookingId, end, timeKnown: true, version: versionOf(visit), ...(booked !== undefined && { bookedAt: booked }),
      ...(visit.status === 'cancelled' && { cancelledBy: 'unknown' as const }), notes: readNotes(booking.notes, booked ?? start), fetchedAt: asked,
    },
    ...(client !== undefined && { client }), ...(visit.status === 'completed' && booking.isCheckedIn !== true && { byTime: true }),
  }
}

function toStatus({ isCanceled, isNoShow, isCheckedIn }: Booking, isOver: boolean): AppointmentStatus {
  if (isCanceled === true) return 'cancelled'
  if (isNoShow === true) return 'no_show'
  if (isOver) return 'completed'
  return isCheckedIn === true ? 'arrived' : 'booked'
}

/** Address and number are only told to keys with full access to customers; a bare name is somebody of that booking alone. */
function toClient({ bookingId, customerName, customerEmail: email, customerPhone: phone }: Booking): Client | undefined {
  const named = splitName(customerName)
  if (named.firstName === '' && email === undefined && phone === undefined) return undefined
  return {
    id: contactId({ phone, email, booking: bookingId }), ...named, phones: phone === undefined ? [] : [phone], ...(email !== undefined && { email }),
    consent: { sms: 'unknown', email: 'unknown' }, tags: [], notes: [], holdings: [],
  }
}
