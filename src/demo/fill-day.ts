import type { Service } from '../salon/salon.ts'
import { daysBetween, weekday } from '../salon/time.ts'
import type { LocalDate } from '../salon/time.ts'
import { bookVisit } from './book-visit.ts'
import { demoShifts } from './demo-catalog.ts'
import { iso } from './fate.ts'
import { byId, chooseServices, chooseShortService } from './habits.ts'
import { makeClient, maxClients } from './make-client.ts'
import { seededRandom } from '../salon/seeded-random.ts'
import type { Random } from '../salon/seeded-random.ts'
import { dayNumber, meetClient } from './world.ts'
import type { Regular, World } from './world.ts'

/** Why somebody comes: their rhythm says so, for the first time, after a long absence, or one of those who often fail. */
export type VisitKind = 'due' | 'newcomer' | 'returning' | 'unreliable'

const rounds = 14

/** Books visits until the day has `target` that are not cancelled. `first` says which kinds come before the ordinary mix; `must` does all it can to get there. */
export function fillDay(world: World, { date, target, first = [], must = false }: { date: LocalDate; target: number; first?: VisitKind[]; must?: boolean }): void {
  const random = seededRandom(`${world.seed} fill ${date} as of ${world.today}`)
  const kinds = [...first]
  for (let round = 0; round < rounds; round++) {
    const missing = target - (world.busyness.get(date) ?? 0)
    if (missing <= 0) return
    const queue = dueClients(world, { date, random, atLeast: round < 2 ? -0.3 : must ? -3 : -0.6 })
    const wishes = Array.from({ length: missing }, () => nextWish({ world, date, random, queue, kind: kinds.shift(), short: must && round > 6 }))
      .filter((wish) => wish !== undefined)
      .toSorted((one, other) => one.bookedMs - other.bookedMs)
    for (const wish of wishes) {
      const booked = bookVisit(world, { ...wish, date, random, anywhere: must && round > 2 })
      if (!wish.isNew) continue
      // Somebody who wanted to come and found no chair never became a client.
      if (booked === undefined) world.regulars.delete(wish.regular.client.id)
      else world.newClients.push(wish.regular.client)
    }
    if (!must && round > 1) return
  }
}

type Wish = { regular: Regular; services: Service[]; bookedMs: number; isNew: boolean }

function nextWish({ world, date, random, queue, kind = usualKind(random), short }: { world: World; date: LocalDate; random: Random; queue: Regular[]; kind: VisitKind | undefined; short: boolean }): Wish | undefined {
  const { catalog } = world
  if (kind === 'newcomer') return newcomer({ world, date, random })
  const regular = chooseRegular({ world, date, random, queue, kind })
  if (regular === undefined) return undefined
  const services = short ? chooseShortService({ habits: regular.habits, random, catalog }) : chooseServices({ habits: regular.habits, random, catalog, firstVisit: false })
  return { regular, services, bookedMs: whenBooked({ world, date, random, regular }), isNew: false }
}

function usualKind(random: Random): VisitKind {
  const roll = random.next()
  return roll < 0.018 ? 'newcomer' : roll < 0.04 ? 'returning' : 'due'
}

function newcomer({ world, date, random }: { world: World; date: LocalDate; random: Random }): Wish | undefined {
  if (world.nextPerson >= maxClients) return undefined
  const bookedMs = whenBooked({ world, date, random })
  const client = makeClient({ index: world.nextPerson, seed: world.seed, createdAt: iso(bookedMs) })
  const regular = meetClient(world, client)
  const soon = date >= world.today
  const services = soon && random.chance(0.6) ? byId(world.catalog, ['consult']) : chooseServices({ habits: regular.habits, random, catalog: world.catalog, firstVisit: true })
  return { regular, services, bookedMs, isNew: true }
}

function chooseRegular({ world, date, random, queue, kind }: { world: World; date: LocalDate; random: Random; queue: Regular[]; kind: VisitKind }): Regular | undefined {
  const day = dayNumber(date)
  if (kind === 'returning') {
    const away = [...world.regulars.values()].filter(({ lastDay, visits, dueOn }) => visits > 0 && day - lastDay > 120 && day > dueOn)
    if (away.length > 0) return random.pick(away)
  }
  const place = kind === 'unreliable' ? queue.findIndex(({ habits }) => habits.failing > 0.2) : 0
  return queue.splice(Math.max(0, place), 1)[0]
}

/** Who may want to come that day, most overdue first; those who stay away for good or have a visit that day are left out. */
function dueClients(world: World, { date, random, atLeast }: { date: LocalDate; random: Random; atLeast: number }): Regular[] {
  const day = dayNumber(date)
  const onDay = weekday(date)
  const onShift = new Set(demoShifts.filter((shift) => shift.weekday === onDay).map(({ staffId }) => staffId))
  const ranked: { regular: Regular; score: number }[] = []
  for (const regular of world.regulars.values()) {
    const { habits, visits, days, dueOn } = regular
    const overdue = (day - dueOn) / habits.rhythmDays
    if (overdue < atLeast || day - dueOn > 75 || visits >= habits.staysFor || days.has(date)) continue
    ranked.push({ regular, score: Math.min(overdue, 1) + (onShift.has(habits.staffId) ? 0.35 : 0) + 0.4 * random.next() })
  }
  return ranked.toSorted((one, other) => other.score - one.score).map(({ regular }) => regular)
}

/** When the booking was made (ms): when leaving the last visit, else some days ahead, always inside the world's window and before the day itself is over. */
function whenBooked({ world, date, random, regular }: { world: World; date: LocalDate; random: Random; regular?: Regular }): number {
  const inWindow = (ms: number): boolean => ms > world.sinceMs && ms <= world.nowMs
  if (regular !== undefined && regular.habits.rebooks && regular.keptUntilMs > 0 && random.chance(0.85)) {
    const gap = daysBetween(world.calendar.place(regular.keptUntilMs).date, date)
    const leaving = regular.keptUntilMs + random.whole(2, 9) * 60_000
    if (inWindow(leaving) && gap > 2 && gap < 75) return leaving
  }
  for (let attempt = 0; attempt < 6; attempt++) {
    const booked = world.calendar.moment(date, minuteOfBooking(random), leadDays(random))
    if (inWindow(booked)) return booked
  }
  const nights = Math.max(1, Math.min(5, Math.round((world.nowMs - world.sinceMs) / 86_400_000)))
  const booked = world.calendar.moment(world.today, minuteOfBooking(random), random.whole(1, nights))
  return inWindow(booked) ? booked : world.nowMs - 60_000
}

/** Whole days ahead: one in eleven on the same day, half within six days, a tail to eight weeks. */
function leadDays(random: Random): number {
  if (random.chance(0.09)) return 0
  return Math.min(56, 1 + Math.floor(-9.5 * Math.log(1 - random.next())))
}

function minuteOfBooking(random: Random): number {
  return random.chance(0.75) ? random.whole(9 * 60, 18 * 60) : random.whole(7 * 60, 22 * 60)
}
