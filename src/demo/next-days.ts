import type { AppointmentEvent, AppointmentHistory, Catalog, Client, WaitlistEntry } from '../salon/salon.ts'
import { addDays, at, daysBetween, weekday } from '../salon/time.ts'
import type { LocalDate } from '../salon/time.ts'
import { bookVisit } from './book-visit.ts'
import { demoCatalog, demoShifts } from './demo-catalog.ts'
import { duesOf } from './dues-of.ts'
import { fillDay } from './fill-day.ts'
import type { VisitKind } from './fill-day.ts'
import { byId } from './habits.ts'
import { danaIds } from './make-client.ts'
import { seededRandom } from '../salon/seeded-random.ts'
import { joinWaitlist } from './join-waitlist.ts'
import { createWorld, isLive, meetClient, recordVisit } from './world.ts'
import type { World } from './world.ts'

export const defaultSeed = 'juniper and sage'

/** How far ahead people book. */
const horizonDays = 42

/** At least this many of today's visits are listable as real risks. */
const todaysCast: VisitKind[] = ['newcomer', 'unreliable', 'returning', 'newcomer', 'unreliable', 'returning', 'unreliable']

/** What changes in the demo from one morning to another. Newcomers in `clients` must be stored before `added`. */
export type NextDays = {
  outcomes: { appointmentId: string; event: AppointmentEvent }[]
  added: AppointmentHistory[]
  clients: Client[]
  waitlist: WaitlistEntry[]
}

/**
 * Carries the demo salon from the morning of `lastGenerated` to that of `today` (06:00 local, in both):
 * open visits get the outcomes that fate has for them, skipped days are filled as past ones, today is
 * made busy and the coming six weeks are filled decreasingly. What a user changed stays: visits that
 * were touched since `lastGenerated` get no cancellation or confirmation, only an ending once their day is past.
 * Pure and deterministic for its arguments; with `today` not after `lastGenerated` nothing changes.
 */
export function nextDays({ today, lastGenerated, existing, catalog = demoCatalog, clients, seed = defaultSeed }: {
  today: LocalDate
  lastGenerated: LocalDate
  existing: AppointmentHistory[]
  catalog?: Catalog
  clients: Client[]
  seed?: string
}): NextDays {
  if (today <= lastGenerated) return { outcomes: [], added: [], clients: [], waitlist: [] }
  const zone = catalog.locations[0]?.zone ?? 'America/Los_Angeles'
  const world = createWorld({ seed, catalog, today, sinceMs: Date.parse(at(lastGenerated, '06:00', zone)), nowMs: Date.parse(at(today, '06:00', zone)) })
  for (const client of clients) meetClient(world, client)
  const outcomes = bringUpToDate(world, existing)

  for (let date = lastGenerated; date < today; date = addDays(date, 1)) fillDay(world, { date, target: usualTarget(world, date) })
  keepDanasComing(world)
  for (let ahead = 0; ahead <= horizonDays; ahead++) {
    const date = addDays(today, ahead)
    const full = 33 + seededRandom(`${seed} full ${date}`).whole(0, 3)
    if (ahead === 0) fillDay(world, { date, target: full, first: todaysCast, must: true })
    else fillDay(world, { date, target: Math.round(full * 0.86 * Math.exp(-ahead / 11)) })
  }
  return { outcomes, added: world.added, clients: world.newClients, waitlist: joinWaitlist(world) }
}

/** Records the visits that exist, oldest first, each with what has happened to it since the last morning. */
function bringUpToDate(world: World, existing: AppointmentHistory[]): NextDays['outcomes'] {
  const outcomes: NextDays['outcomes'] = []
  for (const history of existing.toSorted((one, other) => (one.appointment.start < other.appointment.start ? -1 : 1))) {
    const { events, status } = duesOf(world, history)
    outcomes.push(...events.map((event) => ({ appointmentId: history.appointment.id, event })))
    recordVisit(world, { appointment: { ...history.appointment, status }, events: [...history.events, ...events] })
  }
  return outcomes
}

/** A past day: four visits to a chair, five on good days. */
function usualTarget({ seed }: World, date: LocalDate): number {
  const onDay = weekday(date)
  const chairs = demoShifts.filter((shift) => shift.weekday === onDay).length
  return Math.round(chairs * (4 + 1.2 * seededRandom(`${seed} usual ${date}`).next()))
}

/** Each Dana has a visit ahead: one within this week (to Sunday), the other in the next. */
function keepDanasComing(world: World): void {
  const { today, catalog } = world
  const soon = weekday(today) === 7 ? today : addDays(today, 1)
  for (const [index, clientId] of danaIds.entries()) {
    const regular = world.regulars.get(clientId)
    const date = index === 0 ? soon : addDays(today, 9)
    if (regular === undefined || [...regular.days].some((day) => day >= today && daysBetween(today, day) < 14)) continue
    for (let attempt = 0; attempt < 20; attempt++) {
      const random = seededRandom(`${world.seed} dana ${index} ${date} ${attempt}`)
      const bookedMs = world.calendar.moment(addDays(today, -1), random.whole(9 * 60, 18 * 60))
      const booked = bookVisit(world, { regular, date, services: byId(catalog, ['cut-women']), bookedMs, random, anywhere: true })
      if (booked === undefined || isLive(booked.appointment.status)) break
    }
  }
}
