import type { WaitlistEntry } from '../salon/salon.ts'
import { addDays } from '../salon/time.ts'
import type { LocalDate } from '../salon/time.ts'
import { chooseServices } from './habits.ts'
import { iso } from './fate.ts'
import { seededRandom } from '../salon/seeded-random.ts'
import type { Random } from '../salon/seeded-random.ts'
import type { Regular, World } from './world.ts'

/** Entries made on the days since the last morning, at most the last ten, two a day; those whose times are all past are left out. */
export function joinWaitlist(world: World): WaitlistEntry[] {
  const since = world.calendar.place(world.sinceMs).date
  const first = since > addDays(world.today, -10) ? since : addDays(world.today, -10)
  const asked = new Set<string>()
  const entries: WaitlistEntry[] = []
  for (let date = first; date < world.today; date = addDays(date, 1)) {
    for (const number of [1, 2]) {
      const random = seededRandom(`${world.seed} waitlist ${date} ${number}`)
      const free = [...world.regulars.values()].filter(({ days, client, visits }) => visits > 1 && !asked.has(client.id) && ![...days].some((day) => day >= world.today))
      if (free.length === 0) continue
      const regular = random.pick(free)
      asked.add(regular.client.id)
      const entry = entryOf({ world, regular, date, number, random })
      if (entry.wanted.length === 0 || entry.wanted.some(({ to }) => Date.parse(to) > world.nowMs)) entries.push(entry)
    }
  }
  return entries
}

function entryOf({ world, regular, date, number, random }: { world: World; regular: Regular; date: LocalDate; number: number; random: Random }): WaitlistEntry {
  const service = chooseServices({ habits: regular.habits, random, catalog: world.catalog, firstVisit: false })[0]
  const able = world.catalog.staff.some(({ id, serviceIds }) => id === regular.habits.staffId && service !== undefined && serviceIds.includes(service.id))
  const firstWanted = random.whole(1, 5)
  // One in five takes any time; the others name one to four days in a row and often a part of the day.
  const wanted = random.chance(0.2) ? [] : Array.from({ length: random.whole(1, 4) }, (_, step) => {
    const day = addDays(date, firstWanted + step + (number === 2 ? 4 : 0))
    const [from, to] = random.pick([[540, 780], [720, 1020], [960, 1200], [540, 1200]] as const)
    return { from: iso(world.calendar.moment(day, from)), to: iso(world.calendar.moment(day, to)) }
  })
  return {
    id: `wait-${date.replaceAll('-', '')}-${number}`,
    locationId: regular.habits.locationId,
    clientId: regular.client.id,
    serviceId: service?.id ?? 'cut-women',
    ...(able && random.chance(0.5) ? { staffId: regular.habits.staffId } : {}),
    wanted,
    createdAt: iso(world.calendar.moment(date, random.whole(9 * 60, 19 * 60))),
    status: 'waiting',
  }
}
