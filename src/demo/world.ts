import { liveStatuses } from '../salon/salon.ts'
import type { AppointmentEvent, AppointmentHistory, AppointmentStatus, Catalog, Client } from '../salon/salon.ts'
import { daysBetween } from '../salon/time.ts'
import type { LocalDate, Zone } from '../salon/time.ts'
import { personNumber } from './make-client.ts'
import { createCalendar } from './calendar.ts'
import type { Calendar } from './calendar.ts'
import { createDiary } from './diary.ts'
import type { Diary } from './diary.ts'
import { habitsOf } from './habits.ts'
import type { Habits } from './habits.ts'
import { seededRandom } from '../salon/seeded-random.ts'

/** A client as the generator follows them. Days are counted by `dayNumber`; `keptUntilMs` is the end of the last completed visit. */
export type Regular = {
  client: Client
  habits: Habits
  days: Set<LocalDate>
  visits: number
  lastDay: number
  dueOn: number
  keptUntilMs: number
}

/** The salon while it is being filled: everything known so far, and what this run adds. New bookings are made in `(sinceMs, nowMs]`. */
export type World = {
  seed: string
  catalog: Catalog
  zone: Zone
  today: LocalDate
  sinceMs: number
  nowMs: number
  calendar: Calendar
  diary: Diary
  regulars: Map<string, Regular>
  /** Visits a day that are not cancelled. */
  busyness: Map<LocalDate, number>
  /** Highest visit number a day, for ids. */
  numbers: Map<LocalDate, number>
  added: AppointmentHistory[]
  newClients: Client[]
  /** The place in the demo's list of people from which the next newcomer is made. */
  nextPerson: number
}

export function createWorld({ seed, catalog, today, sinceMs, nowMs }: Pick<World, 'seed' | 'catalog' | 'today' | 'sinceMs' | 'nowMs'>): World {
  const zone = catalog.locations[0]?.zone ?? 'America/Los_Angeles'
  return {
    seed, catalog, zone, today, sinceMs, nowMs,
    calendar: createCalendar(zone), diary: createDiary(),
    regulars: new Map(), busyness: new Map(), numbers: new Map(), added: [], newClients: [], nextPerson: 0,
  }
}

export function meetClient(world: World, client: Client): Regular {
  const habits = habitsOf({ client, seed: world.seed, catalog: world.catalog })
  // Someone never seen is due within one rhythm of the first day that is filled.
  const dueOn = dayNumber(world.calendar.place(world.sinceMs).date) + seededRandom(`${world.seed} due ${client.id}`).whole(0, habits.rhythmDays)
  const regular: Regular = { client, habits, days: new Set(), visits: 0, lastDay: -Infinity, dueOn, keptUntilMs: 0 }
  world.regulars.set(client.id, regular)
  world.nextPerson = Math.max(world.nextPerson, personNumber(client.id))
  return regular
}

/** Takes a visit into account: the diary, the client's rhythm, the day's count and the next free id. */
export function recordVisit(world: World, { appointment, events }: AppointmentHistory): void {
  const { date } = world.calendar.place(Date.parse(appointment.start))
  const cancelled = appointment.status === 'cancelled' || appointment.status === 'declined'
  const cancelledAt = events.findLast(({ kind }) => kind === 'cancelled')?.at
  for (const { staffId, serviceId, start, durationMin } of appointment.segments) {
    const { minute } = world.calendar.place(Date.parse(start))
    const freedAt = cancelled ? Date.parse(cancelledAt ?? start) : Infinity
    const processing = world.catalog.services.find(({ id }) => id === serviceId)?.processing
    world.diary.occupy({ staffId, date, minute, parts: [{ durationMin, ...(processing && { processing }) }], freedAt })
  }
  const number = appointment.id.startsWith(idStem(date)) ? Number(appointment.id.slice(idStem(date).length)) || 0 : 0
  world.numbers.set(date, Math.max(number, world.numbers.get(date) ?? 0))
  if (!cancelled) world.busyness.set(date, (world.busyness.get(date) ?? 0) + 1)
  const regular = world.regulars.get(appointment.clientId)
  if (regular) rememberVisit({ regular, date, appointment, missed: cancelled || appointment.status === 'no_show' })
}

export function nextId(world: World, date: LocalDate): string {
  return `${idStem(date)}${String((world.numbers.get(date) ?? 0) + 1).padStart(2, '0')}`
}

/** The status that these events lead to. */
export function statusAfter(events: AppointmentEvent[]): AppointmentStatus {
  let status: AppointmentStatus = 'booked'
  for (const { kind } of events) {
    if (kind !== 'moved' && kind !== 'paid' && kind !== 'note') status = kind
  }
  return status
}

export function isLive(status: AppointmentStatus): boolean {
  return liveStatuses.includes(status)
}

/** Days since the first of January 2000. */
export function dayNumber(date: LocalDate): number {
  return daysBetween('2000-01-01', date)
}

function rememberVisit({ regular, date, appointment, missed }: { regular: Regular; date: LocalDate; appointment: AppointmentHistory['appointment']; missed: boolean }): void {
  const day = dayNumber(date)
  regular.days.add(date)
  regular.visits += 1
  if (missed) {
    regular.dueOn = Math.max(regular.dueOn, day + 3)
    return
  }
  if (appointment.status === 'completed') regular.keptUntilMs = Math.max(regular.keptUntilMs, Date.parse(appointment.end))
  if (day < regular.lastDay) return
  regular.lastDay = day
  regular.dueOn = day + Math.round(regular.habits.rhythmDays * (0.85 + 0.4 * seededRandom(appointment.id).next()))
}

function idStem(date: LocalDate): string {
  return `apt-${date.replaceAll('-', '')}-`
}
