import type { BookData } from '../salon/book-data.ts'
import type { AppointmentHistory } from '../salon/salon.ts'
import { addDays, at } from '../salon/time.ts'
import type { LocalDate } from '../salon/time.ts'
import { demoCatalog, demoShifts } from './demo-catalog.ts'
import { makeClient } from './make-client.ts'
import { defaultSeed, nextDays } from './next-days.ts'
import { seededRandom } from '../salon/seeded-random.ts'
import { withTalkingPoints } from './talking-points.ts'

/** Fourteen months. */
const historyDays = 426

/** Clients from before the history; about three hundred more join during it. */
const oldClients = 330

/**
 * The demo salon as of 06:00 local on `today`: two shops, six staff members, about 600 clients and
 * fourteen months of visits with everything that was known by then, a busy today and decreasing
 * bookings for six weeks. The same `today` and `seed` give the same book. It is `nextDays` run once
 * over the whole history, so that a salon that was carried on day by day is like a fresh one.
 */
export function generateSalon({ today, seed = defaultSeed }: { today: LocalDate; seed?: string }): BookData {
  const zone = demoCatalog.locations[0]?.zone ?? 'America/Los_Angeles'
  const opened = addDays(today, -historyDays)
  const old = Array.from({ length: oldClients }, (_, index) => {
    const joined = addDays(opened, -seededRandom(`${seed} joined ${index}`).whole(10, 1400))
    return makeClient({ index, seed, createdAt: at(joined, '12:00', zone) })
  })
  const { added, clients, waitlist } = nextDays({ today, lastGenerated: opened, existing: [], clients: old, seed })
  const now = at(today, '06:00', zone)
  const visitsOf = Map.groupBy(inOrder(added), ({ appointment }) => appointment.clientId)
  return {
    catalog: demoCatalog,
    shifts: demoShifts,
    clients: [...old, ...clients].map((client) => withTalkingPoints({ client, visits: visitsOf.get(client.id) ?? [], today, now, zone, seed })),
    appointments: inOrder(added),
    waitlist,
  }
}

function inOrder(appointments: AppointmentHistory[]): AppointmentHistory[] {
  return appointments.toSorted((one, other) => (one.appointment.start + one.appointment.id < other.appointment.start + other.appointment.id ? -1 : 1))
}
