import { isSameWork } from '../bookings/read-booking.ts'
import type { Appointment, Slot } from '../salon/salon.ts'
import { addDays, daysBetween, type Instant, type LocalDate, localDate, localTime, minuteOfDay, weekday, type Zone } from '../salon/time.ts'
import { within } from './read-times-of-day.ts'
import { type Aim, isPointed, type Wanted } from './wanted.ts'

/** What is offered, best first; `fits` when it is what was asked for, else it is the nearest there is. */
export type Chosen = { slots: Slot[]; fits: boolean }

type Given = {
  wanted: Wanted
  /** Real free slots, any order. */
  slots: Slot[]
  visit: Pick<Appointment, 'start' | 'segments'>
  zone: Zone
  /** Starts that were offered before and not taken: no second time, unless asked for. */
  avoid?: Instant[]
}

/** In minutes: another day; another weekday, where several days fit; somebody else. A day before the visit's is half as far again. */
const costs = { day: 120, weekday: 5, otherStaff: 45, dayBefore: 1.5 }
const most = 3

/**
 * At most three of the free times. Exactly what was asked when it is free, and that alone; else what fits, spread so that
 * the three are a choice; else the nearest. What was ruled out is never offered. Undefined when nothing is left.
 */
export function chooseTimes({ wanted, slots, visit, zone, avoid = [] }: Given): Chosen | undefined {
  const home = { minute: minuteOfDay(localTime(visit.start, zone)), weekday: weekday(localDate(visit.start, zone)) }
  const places = slots.map((slot) => place({ slot, wanted, visit, zone, home })).filter(({ allowed }) => allowed).toSorted((a, b) => a.cost - b.cost || (a.slot.start < b.slot.start ? -1 : 1))
  const pointed = isPointed(wanted)
  const exact = pointed ? places.filter(({ fits, sameStaff }) => fits && sameStaff) : []
  if (exact.length > 0) return { slots: taken(pick(exact, 0)), fits: true }
  const fresh = places.filter(({ slot }) => !avoid.includes(slot.start))
  const fitting = fresh.filter(({ fits }) => fits)
  const others = fresh.filter(({ fits }) => !fits)
  // The very time with somebody else comes first, and then what is near it.
  if (pointed && fitting.length > 0) return { slots: taken(pick([...fitting, ...others], 30)), fits: true }
  if (fitting.length > 0) return { slots: taken(spread(fitting, wanted)).toSorted((a, b) => (a.start < b.start ? -1 : 1)), fits: true }
  return others.length === 0 ? undefined : { slots: taken(pick(others, 30)), fits: false }
}

type Place = { slot: Slot; day: LocalDate; minute: number; cost: number; fits: boolean; allowed: boolean; sameStaff: boolean }

function place({ slot, wanted, visit, zone, home }: { slot: Slot; wanted: Wanted; visit: Given['visit']; zone: Zone; home: { minute: number; weekday: number } }): Place {
  const [day, minute] = [localDate(slot.start, zone), minuteOfDay(localTime(slot.start, zone))]
  const sameStaff = isSameWork(slot.segments, visit.segments)
  const { aims, anchor, notDays, notWeekdays, notSpans, after, before } = wanted
  return {
    slot, day, minute, sameStaff,
    allowed: !notDays.includes(day) && !notWeekdays.includes(weekday(day)) && !notSpans.some((span) => within(span, minute)) && (after === undefined || slot.start > after) && (before === undefined || slot.start < before),
    fits: aims.some((each) => isWithin(each, day, minute)),
    cost: Math.min(...aims.map((each) => dayCost(each, { day, anchor }) + (each.days.length > 1 && anchor === undefined && weekday(day) !== home.weekday ? costs.weekday : 0) + minuteCost(each, { minute, home: home.minute }))) + (sameStaff ? 0 : costs.otherStaff),
  }
}

function isWithin({ days, points, spans }: Aim, day: LocalDate, minute: number): boolean {
  return days.includes(day) && ((points.length === 0 && spans.length === 0) || points.includes(minute) || spans.some((span) => within(span, minute)))
}

function dayCost({ days }: Aim, { day, anchor }: { day: LocalDate; anchor: LocalDate | undefined }): number {
  const off = anchor === undefined ? days.reduce((least, each) => Math.min(least, Math.abs(daysBetween(each, day))), Infinity) : Math.abs(daysBetween(anchor, day))
  return costs.day * (off === Infinity ? 0 : off) * (anchor !== undefined && day < anchor ? costs.dayBefore : 1)
}

function minuteCost({ points, spans, centers }: Aim, { minute, home }: { minute: number; home: number }): number {
  const toPoint = Math.min(...points.map((point) => Math.abs(point - minute)))
  if (spans.length === 0 && points.length > 0) return toPoint
  const toHome = Math.abs(minute - home)
  if (spans.length === 0) return toHome / 4
  const outside = Math.min(...spans.map(({ from, to }) => Math.max(from - minute, minute - to + 1, 0)))
  if (outside > 0) return Math.min(outside + 15, toPoint)
  const inside = centers.length > 0 ? Math.min(...centers.map((center) => Math.abs(center - minute))) : toHome
  return Math.min(inside / 4, toPoint)
}

/** What fits, spread: one a day where several days were named, else an hour apart; closer only where the stretch itself is short. */
function spread(places: Place[], { aims, anchor }: Wanted): Place[] {
  const days = new Set(places.map(({ day }) => day))
  const narrow = aims.every(({ spans }) => spans.length > 0 && spans.every(({ from, to }) => to - from <= 61))
  const gap = narrow ? 15 : 60
  if (anchor !== undefined || days.size < 2) return pick(places, gap)
  return pick(places, gap, pick(places, Infinity))
}

/** The best first, each at least `gap` minutes from the others of its day. */
function pick(places: Place[], gap: number, chosen: Place[] = []): Place[] {
  const picked = [...chosen]
  for (const each of places) {
    if (picked.length >= most) break
    if (picked.every((other) => other.slot.start !== each.slot.start && (other.day !== each.day || Math.abs(other.minute - each.minute) >= gap))) picked.push(each)
  }
  return picked
}

function taken(places: Place[]): Slot[] {
  return places.map(({ slot }) => slot)
}

/** The days to look at: what was asked for, and a week around it in case nothing is free there. */
export function daysToSearch({ aims, anchor }: Wanted): { from: LocalDate; to: LocalDate } | undefined {
  const days = aims.flatMap((each) => each.days).toSorted()
  const [first, last] = [days[0], days.at(-1)]
  if (first === undefined || last === undefined) return undefined
  return anchor === undefined ? { from: addDays(first, -7), to: addDays(last, 7) } : { from: first, to: last }
}
