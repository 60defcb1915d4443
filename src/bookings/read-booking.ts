import { z } from 'zod'
import type { BookingPlatform } from '../platforms/booking-platform.ts'
import { refusal, unwrap } from '../platforms/unwrap.ts'
import { DeskError } from '../salon/errors.ts'
import { sayFreshness } from '../salon/freshness.ts'
import { addMoney, sayMoney } from '../salon/money.ts'
import { type Appointment, type Catalog, type Client, clientName, endedStatuses, type Location, type Segment, type Slot } from '../salon/salon.ts'
import { type Clock, dayRange, type Instant, localDate, minutesBetween, sayTime, sayWhen } from '../salon/time.ts'
import type { ActionResult, Facts } from '../approvals/action.ts'
import type { ComposeText } from './tell-client.ts'

/** What the actions of this room work with. `cite` answers the policy sections that speak to a question, best first. */
export type BookingRoom = {
  platform: BookingPlatform
  clock: Clock
  cite(question: string): Promise<Facts['policies']>
  /** The text a client would get for a change; absent, facts hold none. */
  compose?: ComposeText
  /** Who else is offered a chair that the slot needs, in words for the card; `clientId` is who would get it. */
  heldFor?: (slot: Slot, clientId: string) => Promise<string[]>
}

/** An appointment with the people and things its ids stand for. */
export type Booking = { appointment: Appointment; client: Client; catalog: Catalog; location: Location }

/** Reads one appointment afresh. Throws `DeskError` when it is not there. */
export async function readBooking({ platform }: Pick<BookingRoom, 'platform'>, appointmentId: string): Promise<Booking> {
  const appointment = unwrap(await platform.appointment({ id: appointmentId }))
  const [catalog, client] = await Promise.all([platform.catalog().then(unwrap), platform.client({ id: appointment.clientId }).then(unwrap)])
  return { appointment, client, catalog, location: findLocation(catalog, appointment.locationId) }
}

/** Throws `DeskError` unless the appointment is still ahead and alive, so that it can be moved or cancelled. */
export function mustBeAhead({ appointment, client, location }: Booking, now: Instant): void {
  if (endedStatuses.includes(appointment.status)) throw new DeskError('stale', { message: `appointment is ${appointment.status}`, userMessage: `${clientName(client)}'s appointment on ${sayWhen(appointment.start, location.zone, now)} is already ${statusWords[appointment.status]}.` })
  if (appointment.start <= now) throw new DeskError('expired', { message: 'appointment has started', userMessage: `${clientName(client)}'s appointment on ${sayWhen(appointment.start, location.zone, now)} has already started or is over.` })
}

/** Throws `DeskError('stale')` when the appointment was changed after `result` was read back: putting an old state over a newer change would lose it. */
export function mustBeUntouched(appointment: Appointment, result: ActionResult): void {
  if (appointment.version !== result.data['version']) throw new DeskError('stale', { message: 'appointment changed since', userMessage: 'The appointment was changed again since then. Ask for the change you want instead.' })
}

/** The slot, still free. Throws `DeskError('conflict')` when it is taken. */
export async function freeSlot({ platform }: BookingRoom, query: { id: string; rescheduling?: string }): Promise<Slot> {
  const { slot, free } = unwrap(await platform.slot(query))
  if (!free) throw refusal({ kind: 'conflict_slot', message: 'slot is taken' })
  return slot
}

export function findLocation(catalog: Catalog, locationId: string): Location {
  const location = catalog.locations.find(({ id }) => id === locationId)
  if (location === undefined) throw new DeskError('not_found', { message: 'appointment at an unknown location', userMessage: 'The booking system names a location that it does not list.' })
  return location
}

export const statusWords: Record<Appointment['status'], string> = {
  requested: 'requested', booked: 'booked', confirmed: 'confirmed', arrived: 'checked in', in_service: 'in the chair', completed: 'done',
  cancelled: 'cancelled', no_show: 'marked as a no-show', declined: 'declined', held: 'held', unknown: 'in an unknown state',
}

/** "Women's cut and Blowdry". */
export function sayServices(catalog: Catalog, segments: Segment[]): string {
  const names = segments.map(({ serviceId }) => catalog.services.find(({ id }) => id === serviceId)?.name ?? 'a service')
  return [...new Set(names)].join(' and ')
}

/** "Maya" or "Maya and Jo". */
export function sayStaff(catalog: Catalog, segments: Segment[]): string {
  const names = segments.map(({ staffId }) => catalog.staff.find(({ id }) => id === staffId)?.name ?? 'somebody')
  return [...new Set(names)].join(' and ')
}

export function sayPrice(segments: Segment[], location: Location): string {
  return sayMoney(addMoney(segments.map(({ price }) => price), location.currency))
}

export function sayDuration(start: Instant, end: Instant): string {
  const minutes = Math.round((Date.parse(end) - Date.parse(start)) / 60_000)
  const hours = Math.floor(minutes / 60)
  return hours === 0 ? `${minutes} min` : minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`
}

/** Salons count a change as late from a day before the start; each one's own policy says what follows from it. */
const shortNoticeHours = 24

/** A visit that was read longer ago than this was not read just now: the platform could not be asked, and its copy was taken. */
const agedMinutes = 5

/** What a card says of a visit that is shown as it was a while ago. A platform that only sends its book is as old as its last word, and says so only when that is too long ago. */
export async function agedNotices({ platform, clock }: Pick<BookingRoom, 'platform' | 'clock'>, { appointment: { fetchedAt }, location: { zone } }: Booking): Promise<string[]> {
  const now = clock.now()
  if (minutesBetween(fetchedAt, now) <= agedMinutes) return []
  if ((await platform.capabilities()).read === 'live') {
    const when = localDate(fetchedAt, zone) === localDate(now, zone) ? `at ${sayTime(fetchedAt, zone)}` : `on ${sayWhen(fetchedAt, zone, now)}`
    return [`The booking system does not answer; this is as it was ${when}.`]
  }
  const words = sayFreshness({ freshness: await platform.freshness(), name: platform.name, zone, now })
  return words === undefined ? [] : [words]
}

/** Whether a change made now comes at short notice, and how to say so: "The appointment starts in 5 hours." */
export function shortNotice({ appointment }: Booking, now: Instant): string | undefined {
  const hours = minutesBetween(now, appointment.start) / 60
  if (hours >= shortNoticeHours) return undefined
  return `Short notice: the appointment starts in ${hours < 1 ? 'less than an hour' : hours < 2 ? '1 hour' : `${Math.floor(hours)} hours`}.`
}

/** Everything whose change must make an approval void (F09): time, staff, services, price, status and version. */
export function basisOf({ appointment }: Booking): Record<string, unknown> {
  const { id, version, status, start, end, clientId, cancelledBy, segments } = appointment
  return { id, version, status, start, end, clientId, cancelledBy, segments: segments.map(({ serviceId, staffId, start: begins, durationMin, price }) => ({ serviceId, staffId, begins, durationMin, price })) }
}

/** The slot in the basis of facts that plan one. */
export const Planned = z.object({ slot: z.object({ start: z.string(), segments: z.array(z.object({ serviceId: z.string(), staffId: z.string() })) }) })

/** Whether an appointment is what `approved` planned: that start, those services, those people. */
export function isAsPlanned(appointment: Appointment, approved: Facts): boolean {
  const { slot } = Planned.parse(approved.basis)
  return appointment.start === slot.start && isSameWork(appointment.segments, slot.segments)
}

export function isSameWork(some: Work[], others: Work[]): boolean {
  const key = (segments: Work[]) => segments.map(({ serviceId, staffId }) => `${serviceId} ${staffId}`).join()
  return key(some) === key(others)
}

type Work = Pick<Segment, 'serviceId' | 'staffId'>

/** What is looked for: the same work, around that time. */
type Wanted = { locationId: string; start: Instant; segments: Work[] }

/** At most three free times for the same work nearest to the wanted one, within a week of it, in words. */
export async function timesNear({ platform, clock }: BookingRoom, { wanted, rescheduling, except }: { wanted: Wanted; rescheduling?: string; except?: Instant }): Promise<string[]> {
  const { zone } = findLocation(unwrap(await platform.catalog()), wanted.locationId)
  const now = clock.now()
  const { from, to } = dayRange(localDate(wanted.start, zone), zone, 7)
  const wants = wanted.segments.map(({ serviceId, staffId }) => ({ serviceId, staffId }))
  const free = unwrap(await platform.searchSlots({ locationId: wanted.locationId, wants, from: now > from ? now : from, to, ...(rescheduling === undefined ? {} : { rescheduling }), limit: 200 }))
  const distance = ({ start }: Slot) => Math.abs(minutesBetween(wanted.start, start))
  return free.filter(({ start }) => start !== wanted.start && start !== except).sort((a, b) => distance(a) - distance(b)).slice(0, 3)
    .sort((a, b) => (a.start < b.start ? -1 : 1)).map(({ start }) => sayWhen(start, zone, now))
}

/** Other live visits of the same client that overlap `[start, end)`, in words. */
export async function overlaps({ platform, clock }: BookingRoom, { client, start, end, except, catalog }: { client: Client; start: Instant; end: Instant; except?: string; catalog: Catalog }): Promise<string[]> {
  const dayAround = 24 * 60 * 60_000
  const notices: string[] = []
  for (const location of catalog.locations) {
    const page = unwrap(await platform.appointments({ locationId: location.id, clientId: client.id, from: new Date(Date.parse(start) - dayAround).toISOString(), to: end }))
    for (const other of page.items) {
      if (other.id !== except && other.timeKnown && other.start < end && other.end > start) notices.push(`${client.firstName} also has ${sayServices(catalog, other.segments)} on ${sayWhen(other.start, location.zone, clock.now())}, which overlaps.`)
    }
  }
  return notices
}
