import type { AppointmentHistory, Note, Service } from '../salon/salon.ts'
import { money } from '../salon/money.ts'
import { minuteOfDay, weekday } from '../salon/time.ts'
import type { LocalDate } from '../salon/time.ts'
import { demoShifts } from './demo-catalog.ts'
import { totalMinutes } from './diary.ts'
import { fateOf, iso } from './fate.ts'
import { seededRandom } from '../salon/seeded-random.ts'
import type { Random } from '../salon/seeded-random.ts'
import { nextId, recordVisit, statusAfter } from './world.ts'
import type { Regular, World } from './world.ts'

/** Friday from three to half past five is kept free from today on: the first thing people try is to move somebody there. */
const quietFriday = { weekday: 5, from: 15 * 60, to: 17 * 60 + 30 }

const remarks = ['Running from work, may be a few minutes late.', 'Wants to talk about going shorter.', 'Asked for the chair by the window.', 'Bringing a photo.', 'First time since the move, please show where to park.', 'Would like a quiet appointment.']

type Wish = { regular: Regular; date: LocalDate; services: Service[]; bookedMs: number; random: Random; anywhere: boolean }

/** Finds a chair for the services and books it, or answers `undefined` when nobody who can do them is free. `anywhere` also tries the other shop. */
export function bookVisit(world: World, wish: Wish): AppointmentHistory | undefined {
  const place = findPlace(world, wish)
  if (place === undefined) return undefined
  const { regular, date, services, bookedMs } = wish
  const startMs = world.calendar.moment(date, place.minute)
  const endMs = startMs + totalMinutes(services) * 60_000
  const id = nextId(world, date)
  const visit = {
    id, date, bookedMs, startMs, endMs,
    price: money(services.reduce((sum, { price }) => sum + price.minor, 0), 'USD'),
    habits: regular.habits,
    consultation: services.some(({ consultation }) => consultation),
    firstVisit: isFirstVisit(regular, bookedMs),
  }
  const events = fateOf({ visit, seed: world.seed, calendar: world.calendar }).filter(({ at }) => Date.parse(at) <= world.nowMs)
  const cancelled = events.find(({ kind }) => kind === 'cancelled')
  let startOfPart = startMs
  const history: AppointmentHistory = {
    appointment: {
      id,
      locationId: place.locationId,
      clientId: regular.client.id,
      segments: services.map(({ id: serviceId, durationMin, price }) => {
        const start = iso(startOfPart)
        startOfPart += durationMin * 60_000
        return { serviceId, staffId: place.staffId, staffPreference: place.staffId === regular.habits.staffId ? 'requested' : 'any', start, durationMin, price }
      }),
      start: iso(startMs),
      end: iso(endMs),
      timeKnown: true,
      status: statusAfter(events),
      version: String(events.length),
      bookedAt: iso(bookedMs),
      ...(cancelled ? { cancelledBy: cancelled.by ?? 'unknown' } : {}),
      notes: remark(id, bookedMs),
      fetchedAt: iso(world.nowMs),
    },
    events,
  }
  recordVisit(world, history)
  world.added.push(history)
  return history
}

/** A first visit is one by somebody who became a client when booking it; an old client's first row in the book is not. */
export function isFirstVisit({ client, visits }: Regular, bookedMs: number): boolean {
  return visits === 0 && client.createdAt !== undefined && bookedMs - Date.parse(client.createdAt) < 2 * 86_400_000
}

type Chair = { staffId: string; locationId: string; minute: number }

function findPlace(world: World, wish: Wish): Chair | undefined {
  for (const group of chairs(world, wish)) {
    const free = group.flatMap((shift) => freeStarts(world, wish, shift))
    const total = free.reduce((sum, { weight }) => sum + weight, 0)
    let left = wish.random.next() * total
    const chosen = free.find(({ weight }) => (left -= weight) < 0)
    if (chosen) return chosen
  }
  return undefined
}

/** Shifts of that day by people who can do all of it: the client's own stylist first, then the home shop, then (if `anywhere`) the other. */
function chairs(world: World, { regular, date, services, anywhere }: Wish): (typeof demoShifts)[] {
  const day = weekday(date)
  const able = demoShifts.filter((shift) => shift.weekday === day && services.every(({ id }) => world.catalog.staff.find((member) => member.id === shift.staffId)?.serviceIds.includes(id)))
  const own = able.filter(({ staffId }) => staffId === regular.habits.staffId)
  const home = able.filter(({ locationId, staffId }) => locationId === regular.habits.locationId && staffId !== regular.habits.staffId)
  const away = able.filter(({ locationId }) => locationId !== regular.habits.locationId)
  return anywhere ? [own, home, away] : [own, home]
}

function freeStarts(world: World, { date, services, bookedMs }: Wish, { staffId, locationId, start, end }: (typeof demoShifts)[number]): (Chair & { weight: number })[] {
  const length = totalMinutes(services)
  const earliest = bookedMs + 60 * 60_000
  const keepFriday = date >= world.today && weekday(date) === quietFriday.weekday
  return world.diary
    .openings({ staffId, date, parts: services, from: minuteOfDay(start), to: minuteOfDay(end), askedAt: bookedMs })
    .filter(({ minute }) => !(keepFriday && minute < quietFriday.to && minute + length > quietFriday.from) && world.calendar.moment(date, minute) >= earliest)
    .map(({ minute, touches }) => ({ staffId, locationId, minute, weight: (isPopular(minute) ? 1.6 : 1) * (touches ? 5 : 1) }))
}

function isPopular(minute: number): boolean {
  return (minute >= 600 && minute < 750) || minute >= 960
}

function remark(id: string, bookedMs: number): Note[] {
  const random = seededRandom(`${id} remark`)
  return random.chance(0.04) ? [{ id: `${id}-note`, at: iso(bookedMs), by: 'front desk', text: random.pick(remarks) }] : []
}
