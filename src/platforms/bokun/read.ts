import { type Money, money } from '../../salon/money.ts'
import type { AppointmentStatus, Catalog, Client, Service } from '../../salon/salon.ts'
import { addMinutes, at, type Instant, localDate, type Zone } from '../../salon/time.ts'
import { theTeam } from '../../salon/stand-ins.ts'
import { contactId } from '../kit/contact-id.ts'
import { versionOf } from '../kit/version.ts'
import type { OfferedSlot, SeenVisit } from '../platform-adapter.ts'
import type { Activity, ActivityBooking, Availability, Found, Order } from './schema.ts'

/** The one place; Bókun's keys are one vendor's, and it names none. */
const place = 'bokun'

export function toCatalog({ activities, zone, currency }: { activities: Activity[]; zone: Zone; currency: string | undefined }): Catalog {
  const services = activities.map((activity): Service => {
    const price = activity.nextDefaultPriceMoney
    return { id: activity.id, name: activity.title ?? 'Activity', category: 'tour', durationMin: minutesOf(activity) ?? 0, price: toMoney(price?.amount ?? activity.nextDefaultPrice, price?.currency ?? currency ?? 'USD'), active: true, consultation: false }
  })
  const name = activities.find(({ vendor }) => vendor?.title !== undefined)?.vendor?.title ?? 'Bókun'
  return {
    business: { id: 'bokun', name, demo: false },
    locations: [{ id: place, name, zone, currency: currency ?? services[0]?.price.currency ?? 'USD', hours: [], closures: [] }],
    staff: [{ ...theTeam, locationIds: [place], serviceIds: services.map(({ id }) => id), active: true }],
    services,
  }
}

const unitMinutes: Record<string, number> = { MINUTES: 1, HOURS: 60, DAYS: 1_440, WEEKS: 10_080 }

/** How long an activity takes; undefined when the record does not say. */
export function minutesOf({ duration, durationType, durationMinutes, durationHours, durationDays, durationWeeks }: Activity): number | undefined {
  const parts = (durationMinutes ?? 0) + (durationHours ?? 0) * 60 + (durationDays ?? 0) * 1_440 + (durationWeeks ?? 0) * 10_080
  if (parts > 0) return parts
  const unit = unitMinutes[durationType ?? '']
  return unit === undefined || typeof duration !== 'number' || duration <= 0 ? undefined : duration * unit
}

/** Bókun writes whole units ("65.5"); how many parts one has is the currency's own (an Icelandic króna has none). */
function toMoney(value: number | null | undefined, currency: string): Money {
  const digits = /^[A-Z]{3}$/.test(currency) ? new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2 : 2
  return money((value ?? 0) * 10 ** digits, currency)
}

/**
 * The day of a tour. Bókun gives a day as midnight UTC of that day, which is no moment anywhere else; should it ever be the place's
 * own midnight, the place's calendar has it.
 */
function dayOf(ms: number, zone: Zone): string {
  const instant = new Date(ms).toISOString()
  return ms % 86_400_000 === 0 ? instant.slice(0, 10) : localDate(instant, zone)
}

/** `9:30` as `09:30`; undefined for what is none. */
function clockOf(text: string | undefined): string | undefined {
  const [, hour, minute] = /^(\d{1,2}):(\d\d)/.exec(text ?? '') ?? []
  return hour === undefined || minute === undefined || Number(hour) > 23 || Number(minute) > 59 ? undefined : `${hour.padStart(2, '0')}:${minute}`
}

type Told = { id: string; parent: string | undefined; code: string | undefined; status: string | undefined; serviceId: string; date: number | undefined; startTime: string | undefined; price: number | undefined; currency: string | undefined; created: number | undefined; customer: Order['customer'] }

export function fromSearch({ id, parentBookingId, confirmationCode, status, product, startDate, fields, totalPrice, currency, creationDate, customer }: Found): Told {
  return { id, parent: parentBookingId ?? undefined, code: confirmationCode, status, serviceId: product?.id ?? '', date: startDate ?? undefined, startTime: fields?.startTimeStr, price: totalPrice ?? undefined, currency, created: creationDate ?? undefined, customer }
}

export function fromRecord({ booking, order }: { booking: ActivityBooking; order: Order }): Told {
  return {
    id: booking.bookingId, parent: booking.parentBookingId ?? undefined, code: booking.confirmationCode, status: booking.status, serviceId: booking.activity?.id ?? booking.product?.id ?? '', date: booking.date ?? undefined,
    startTime: booking.startTime, price: booking.totalPrice ?? undefined, currency: order.currency, created: order.creationDate ?? undefined, customer: order.customer,
  }
}

/** One product of a booking as a visit; undefined when it has no day. A pass for a day has no time of its own (`timeKnown`). */
export function toVisit({ told, catalog, zone, asked, now }: { told: Told; catalog: Catalog | undefined; zone: Zone; asked: Instant; now: Instant }): SeenVisit | undefined {
  if (told.date === undefined) return undefined
  const service = catalog?.services.find(({ id }) => id === told.serviceId)
  const time = clockOf(told.startTime)
  const start = at(dayOf(told.date, zone), time ?? '00:00', zone)
  const durationMin = service?.durationMin ?? 0
  const end = addMinutes(start, durationMin)
  const client = toClient(told)
  const price = told.price === undefined ? service?.price ?? money(0, 'USD') : toMoney(told.price, told.currency ?? service?.price.currency ?? 'USD')
  const visit = { locationId: place, clientId: client?.id ?? '', segments: [{ serviceId: told.serviceId, staffId: theTeam.id, staffPreference: 'any' as const, start, durationMin, price }], start, status: toStatus(told.status, (time === undefined ? addMinutes(start, 1_440) : end) <= now) }
  return {
    visit: {
      ...visit, id: told.id, end, timeKnown: time !== undefined, version: versionOf(visit), ...(told.created !== undefined && { bookedAt: new Date(told.created).toISOString() }),
      ...(visit.status === 'cancelled' && { cancelledBy: 'unknown' as const }), notes: [], fetchedAt: asked,
    },
    ...(client !== undefined && { client }), ...(visit.status === 'completed' && told.status !== 'ARRIVED' && { byTime: true }),
    extra: { confirmationCode: told.code ?? '' },
  }
}

/** STARTED is seen in the wild and explained nowhere: it stays unknown. */
function toStatus(status: string | undefined, isOver: boolean): AppointmentStatus {
  switch (status ?? '') {
    case 'REQUESTED': return 'requested'
    case 'RESERVED': return 'held'
    case 'CONFIRMED': return isOver ? 'completed' : 'booked'
    case 'ARRIVED': return isOver ? 'completed' : 'arrived'
    case 'NO_SHOW': return 'no_show'
    case 'CANCELLED': return 'cancelled'
    case 'REJECTED':
    case 'TIMEOUT':
    case 'ABORTED':
    case 'ERROR': return 'declined'
    default: return 'unknown'
  }
}

function toClient({ id, parent, customer }: Told): Client | undefined {
  // Numbers may come with their country before them: "IS+354 555 0102".
  const phone = customer?.phoneNumber?.replace(/^[A-Z]{2}(?=\+)/, '').trim()
  const { firstName = '', lastName = '', email } = customer ?? {}
  if (firstName === '' && lastName === '' && email === undefined && phone === undefined) return undefined
  return {
    id: contactId({ phone, email, booking: parent ?? id }), firstName, lastName, phones: phone === undefined || phone === '' ? [] : [phone], ...(email !== undefined && { email }),
    ...(customer?.language !== undefined && /^[A-Za-z]{2}/.test(customer.language) && { language: customer.language.slice(0, 2).toLowerCase() }), consent: { sms: 'unknown', email: 'unknown' }, tags: [], notes: [], holdings: [],
  }
}

/** Departures with a seat left. `own` is the start of the booking that would move: its seat counts as free. */
export function toSlots({ availabilities, serviceId, catalog, zone, own }: { availabilities: Availability[]; serviceId: string; catalog: Catalog | undefined; zone: Zone; own: Instant | undefined }): OfferedSlot[] {
  const service = catalog?.services.find(({ id }) => id === serviceId)
  const durationMin = service?.durationMin ?? 0
  return availabilities.flatMap((availability) => {
    const time = clockOf(availability.startTime)
    if (time === undefined) return []
    const start = at(dayOf(availability.date, zone), time, zone)
    const free = availability.soldOut !== true && availability.unavailable !== true && (availability.unlimitedAvailability === true || (availability.availabilityCount ?? 0) > 0)
    if (!free && start !== own) return []
    return [{ locationId: place, start, end: addMinutes(start, durationMin), segments: [{ serviceId, staffId: theTeam.id, staffPreference: 'any' as const, start, durationMin, price: service?.price ?? money(0, 'USD') }], ...(availability.id !== null && availability.id !== undefined && { token: String(availability.id) }) }]
  })
}
