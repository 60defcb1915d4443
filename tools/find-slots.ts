import { z } from 'zod'
import type { FoundSlots } from '../src/agent/tool-results.ts'
import { findLocation } from '../src/bookings/read-booking.ts'
import { unwrap } from '../src/platforms/unwrap.ts'
import { DeskError } from '../src/salon/errors.ts'
import type { Catalog, Location, Slot } from '../src/salon/salon.ts'
import { addDays, addMinutes, at as instantAt, dayRange, daysBetween, type Instant, type LocalDate, localDate, type LocalTime, localTime, sayDate, sayTime, toLocalDate, weekday } from '../src/salon/time.ts'
import { describeSlots } from './describe.ts'
import { defineTool, type ToolDeps } from './tool.ts'

const Clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'HH:MM, 24 hours')

const Args = z.object({
  appointmentId: z.string().optional().describe('The appointment to move; keeps its services, location and staff member'),
  serviceIds: z.array(z.string()).max(5).optional().describe('For a new booking: the services, in order'),
  staffId: z.string().optional().describe('Only with this person'),
  anyStaff: z.boolean().optional().describe('True when anybody will do'),
  locationId: z.string().optional().describe('For a new booking, when there are several locations'),
  date: z.string().describe('First day, YYYY-MM-DD'),
  untilDate: z.string().optional().describe('Last day, YYYY-MM-DD; the same day when left out; at most 30 days on'),
  at: Clock.optional().describe('Wanted time, local'),
  after: Clock.optional().describe('Not before this local time'),
  before: Clock.optional().describe('Starting before this local time'),
  limit: z.int().min(1).max(20).optional().describe('How many; 6 when left out'),
})
type Args = z.infer<typeof Args>

export function findSlots(deps: ToolDeps) {
  return defineTool({
    name: 'find_slots',
    description: 'Free times: for moving an appointment (give appointmentId) or for a new booking (give serviceIds). The only source of slotIds; a made-up one is refused. When nothing fits exactly it answers the nearest real ones, same staff member first: offer at most three, do not choose for the person.',
    effect: 'read',
    schema: Args,
    doing: 'looking for free times',
    run: (args, context) => run(deps, args, context.locationId),
    say({ asked, slots, nearest, why }) {
      if (slots.length > 0) return [`Free ${asked}:`, ...slots.map((slot) => `- ${slot.when} with ${slot.staff}`)].join('\n')
      const none = `Nothing is free ${asked}${why === undefined ? '' : `: ${why}`}.`
      return nearest.length === 0 ? none : [none, 'The nearest I see:', ...nearest.map((slot) => `- ${slot.when} with ${slot.staff}`)].join('\n')
    },
  })
}

type Wants = { serviceId: string; staffId?: string }[]
type Search = { location: Location; wants: Wants; from: Instant; to: Instant; rescheduling?: string; limit: number }

async function run(deps: ToolDeps, args: Args, here: string | undefined): Promise<FoundSlots> {
  const { platform, clock } = deps
  const now = clock.now()
  const catalog = unwrap(await platform.catalog())
  const { location, wants, usual } = await whatIsWanted(deps, args, catalog, here)
  const first = toLocalDate(args.date)
  const last = args.untilDate === undefined ? first : toLocalDate(args.untilDate)
  if (last < first || daysBetween(first, last) > 30) throw new DeskError('invalid_input', { message: 'bad range of days', userMessage: 'Ask for at most 30 days, first day first.' })
  const range = dayRange(first, location.zone, daysBetween(first, last) + 1)
  const preferred = args.anyStaff === true ? wants.map(({ serviceId }) => ({ serviceId })) : wants
  const asked = sayAsked(args, { location, catalog, first, last, now, wants: preferred })
  if (range.to <= now) return { asked, slots: [], nearest: [], why: 'that is in the past', next: 'Ask for another day.' }
  const search: Omit<Search, 'wants'> = { location, from: range.from > now ? range.from : now, to: range.to, limit: 50, ...(args.appointmentId === undefined ? {} : { rescheduling: args.appointmentId }) }
  const fits = (slot: Slot) => inWindow(slot, args, location) && slot.start !== usual?.start
  const describe = (slots: Slot[]) => describeSlots({ catalog, slots, now })
  const limit = args.limit ?? 6

  const exact = args.at === undefined ? (await searchSlots(deps, { ...search, wants: preferred })).filter(fits) : (await exactly(deps, { ...search, wants: preferred }, { first, last, time: args.at })).filter(({ start }) => first === last || start !== usual?.start)
  if (exact.length > 0) return { asked, slots: describe(spread(exact, limit)), nearest: [], next: 'Propose with one of these slotIds, or let the person choose.' }

  const closed = first === last ? whyClosed(location, first) : undefined
  const nearest = await nearestSlots(deps, { search, preferred, anybody: wants.map(({ serviceId }) => ({ serviceId })), first, last, time: args.at ?? args.after ?? args.before, unless: usual?.start })
  return { asked, slots: [], nearest: describe(nearest), ...(closed === undefined ? {} : { why: closed }), next: nearest.length === 0 ? 'Nothing near it. Ask for another day or person.' : 'Offer these; the person chooses.' }
}

async function whatIsWanted(deps: ToolDeps, args: Args, catalog: Catalog, here: string | undefined): Promise<{ location: Location; wants: Wants; usual?: { start: Instant } }> {
  const withStaff = (serviceId: string, staffId: string | undefined) => (staffId === undefined ? { serviceId } : { serviceId, staffId })
  if (args.appointmentId !== undefined) {
    const appointment = unwrap(await deps.platform.appointment({ id: args.appointmentId }))
    return {
      location: findLocation(catalog, appointment.locationId),
      wants: appointment.segments.map(({ serviceId, staffId }) => withStaff(serviceId, args.staffId ?? staffId)),
      // Its own time with its own staff is no move; with somebody else it is one.
      ...(args.staffId === undefined && args.anyStaff !== true ? { usual: { start: appointment.start } } : {}),
    }
  }
  const services = (args.serviceIds ?? []).map((id) => {
    const service = catalog.services.find((candidate) => candidate.id === id)
    if (service === undefined) throw new DeskError('not_found', { message: 'unknown service', userMessage: `There is no service ${id}. Use an id from the catalogue.` })
    return service
  })
  if (services.length === 0) throw new DeskError('invalid_input', { message: 'no service', userMessage: 'Say which service, or which appointment is to move.' })
  const staff = args.staffId === undefined ? undefined : catalog.staff.find(({ id }) => id === args.staffId)
  const locationId = args.locationId ?? (staff?.locationIds.length === 1 ? staff.locationIds[0] : undefined) ?? here ?? (catalog.locations.length === 1 ? catalog.locations[0]?.id : undefined)
  if (locationId === undefined) throw new DeskError('ambiguous', { message: 'which location', userMessage: `At which location: ${catalog.locations.map(({ name }) => name).join(' or ')}?` })
  return { location: findLocation(catalog, locationId), wants: services.map(({ id }) => withStaff(id, args.staffId)) }
}

/** Up to three real times near what was asked: that day with the same person, that day with others, then the days after with the same person, one a day. */
async function nearestSlots(deps: ToolDeps, { search, preferred, anybody, first, last, time, unless }: { search: Omit<Search, 'wants'>; preferred: Wants; anybody: Wants; first: LocalDate; last: LocalDate; time: string | undefined; unless: Instant | undefined }): Promise<Slot[]> {
  const { location } = search
  const later = { ...search, from: search.to, to: dayRange(last, location.zone, 8).to, limit: 500 }
  const target = time === undefined ? undefined : instantAt(first, time, location.zone)
  const nearest: Slot[] = []
  const take = (slots: Slot[]) => {
    for (const slot of slots) {
      const known = slot.start === unless || nearest.some(({ start, segments }) => start === slot.start && segments[0]?.staffId === slot.segments[0]?.staffId)
      if (!known && nearest.length < 3) nearest.push(slot)
    }
  }
  for (const wants of [preferred, anybody]) {
    if (nearest.length < 3) take(byNearness(await searchSlots(deps, { ...search, wants, limit: 200 }), target))
  }
  if (nearest.length < 3) {
    const days = Map.groupBy(await searchSlots(deps, { ...later, wants: preferred }), ({ start }) => localDate(start, location.zone))
    take([...days].flatMap(([day, slots]) => byNearness(slots, time === undefined ? undefined : instantAt(day, time, location.zone)).slice(0, 1)))
  }
  return nearest
}

/** At that very time, on each of the days. */
async function exactly(deps: ToolDeps, search: Search, { first, last, time }: { first: LocalDate; last: LocalDate; time: LocalTime }): Promise<Slot[]> {
  const moments = Array.from({ length: daysBetween(first, last) + 1 }, (_, index) => instantAt(addDays(first, index), time, search.location.zone)).filter((from) => from >= search.from)
  return (await Promise.all(moments.map((from) => searchSlots(deps, { ...search, from, to: addMinutes(from, 1), limit: 3 })))).flat()
}

async function searchSlots({ platform }: ToolDeps, { location, ...search }: Search): Promise<Slot[]> {
  return unwrap(await platform.searchSlots({ locationId: location.id, ...search }))
}

function inWindow({ start }: Slot, { after, before }: Args, { zone }: Location): boolean {
  const time = localTime(start, zone)
  return (after === undefined || time >= after) && (before === undefined || time < before)
}

/** Up to `limit` of them spread over the range, so that an answer is not eight times the same morning. */
function spread(slots: Slot[], limit: number): Slot[] {
  if (slots.length <= limit) return slots
  return Array.from({ length: limit }, (_, index) => slots[Math.floor((index * slots.length) / limit)] as Slot)
}

function byNearness(slots: Slot[], target: Instant | undefined): Slot[] {
  if (target === undefined) return slots
  const distance = ({ start }: Slot) => Math.abs(Date.parse(start) - Date.parse(target))
  return slots.toSorted((a, b) => distance(a) - distance(b))
}

function whyClosed({ name, closures, hours }: Location, date: string): string | undefined {
  return closures.includes(date) || !hours.some((open) => open.weekday === weekday(date)) ? `${name} is closed on ${sayDate(date)}` : undefined
}

function sayAsked({ at, after, before }: Args, { location, catalog, first, last, now, wants }: { location: Location; catalog: Catalog; first: string; last: string; now: Instant; wants: Wants }): string {
  const today = localDate(now, location.zone)
  const day = first === last ? `on ${sayDate(first, today)}` : `from ${sayDate(first, today)} to ${sayDate(last, today)}`
  const clock = (time: string) => sayTime(instantAt(first, time, location.zone), location.zone)
  const time = at !== undefined ? ` at ${clock(at)}` : after !== undefined && before !== undefined ? ` between ${clock(after)} and ${clock(before)}` : after !== undefined ? ` after ${clock(after)}` : before !== undefined ? ` before ${clock(before)}` : ''
  const staff = catalog.staff.filter(({ id }) => wants.some(({ staffId }) => staffId === id)).map(({ name }) => name)
  return `${day}${time}${staff.length === 0 ? '' : ` with ${staff.join(' and ')}`}`
}
