import type { Catalog, Segment } from '../../salon/salon.ts'
import { addDays, addMinutes, at, type Instant, localDate, type Zone } from '../../salon/time.ts'
import { failed, ok, type Outcome } from '../booking-platform.ts'
import { fromLocal } from '../kit/local-times.ts'
import type { OfferedSlot, SeenVisit } from '../platform-adapter.ts'
import { type EasyClient, everyPage } from './client.ts'
import { type Known, locationId, toVisit } from './read.ts'
import { Appointments, Closed, FreeHours } from './schema.ts'

/** The server answers for one provider and one day at a time; one search asks no more often than this and says what it has. */
const mostRequests = 40

/** The grid of a service, unless the salon set another: the server's default. */
const stepMin = 15

type Stretch = { start: Instant; end: Instant }
type Question = { from: Instant; to: Instant; moving?: SeenVisit | undefined; limit: number; now: Instant }

/**
 * Free times for one service. The server counts every appointment as taken time, a cancelled one too and the one that would
 * move as well: their time is given back here, as far as nobody else, no unavailability and no blocked period lies in it.
 */
export async function freeTimes({ client, known, catalog, want, ...question }: { client: EasyClient; known: Known; catalog: Catalog; want: { serviceId: string; staffId?: string | undefined } } & Question): Promise<Outcome<OfferedSlot[]>> {
  const service = catalog.services.find(({ id }) => id === want.serviceId)
  if (service === undefined) return failed('not_found', 'no such service')
  const staff = catalog.staff.filter(({ id, serviceIds }) => serviceIds.includes(service.id) && (want.staffId === undefined || want.staffId === id)).map(({ id }) => ({ id, zone: known.zoneOf.get(id) ?? known.home }))
  if (staff.length === 0) return ok([], question.now)
  const { from, to, limit, now } = question
  const given = await givenBack({ client, known, staff, ...question })
  if (!given.ok) return given

  const slots: OfferedSlot[] = []
  let asked = 0
  for (let day = 0; slots.length < limit; day++) {
    const today = staff.map(({ id, zone }) => ({ id, zone, date: addDays(localDate(from, zone), day) })).filter(({ date, zone }) => date <= localDate(addMinutes(to, -1), zone))
    if (today.length === 0 || asked + today.length > mostRequests) break
    for (const { id: staffId, zone, date } of today) {
      asked++
      const hours = await client({ path: '/availabilities', query: { providerId: staffId, serviceId: service.id, date }, schema: FreeHours })
      if (!hours.ok) return hours
      const offered = hours.value.map((hour) => at(date, hour, zone))
      const again = regained({ offered, dayOf: (start) => localDate(start, zone) === date, durationMin: service.durationMin, ...(given.value.get(staffId) ?? { back: [], taken: [] }) })
      for (const start of new Set([...offered, ...again])) {
        if (start < from || start >= to || start < now) continue
        const segment: Segment = { serviceId: service.id, staffId, staffPreference: want.staffId === undefined ? 'any' : 'requested', start, durationMin: service.durationMin, price: service.price }
        slots.push({ locationId, start, end: addMinutes(start, service.durationMin), segments: [segment] })
      }
    }
  }
  return ok(slots.toSorted((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0)).slice(0, limit), now)
}

/** Per member of staff: stretches that the server counts as taken and that are not, and what is in the way all the same. */
async function givenBack({ client, known, staff, from, to, moving, now }: { client: EasyClient; known: Known; staff: { id: string; zone: Zone }[] } & Question): Promise<Outcome<Map<string, { back: Stretch[]; taken: Stretch[] }>>> {
  const range = daysAround({ from, to, zones: staff.map(({ zone }) => zone) })
  const [only] = staff.length === 1 ? staff : []
  const answer = await everyPage(client, { path: '/appointments', query: { ...range, ...(only !== undefined && { providerId: only.id }) }, schema: Appointments })
  if (!answer.ok) return answer
  const visits = answer.value.map((appointment) => toVisit({ appointment, known, asked: now, now }).visit)
  const by = new Map(staff.map(({ id }) => {
    const mine = visits.filter(({ segments }) => segments[0]?.staffId === id)
    const isGone = (visit: typeof mine[number]) => visit.status === 'cancelled' || visit.id === moving?.visit.id
    return [id, { back: mine.filter(isGone).map(stretch), taken: mine.filter((visit) => !isGone(visit)).map(stretch) }]
  }))
  if ([...by.values()].every(({ back }) => back.length === 0)) return ok(by, answer.observedAt)
  for (const path of ['/unavailabilities', '/blocked_periods']) {
    const closed = await everyPage(client, { path, schema: Closed })
    if (!closed.ok) return closed
    for (const { id, zone } of staff) {
      const mine = closed.value.filter(({ providerId }) => providerId === null || providerId === undefined || String(providerId) === id)
      by.get(id)?.taken.push(...mine.map(({ start, end }) => ({ start: fromLocal(start, zone), end: fromLocal(end, zone) })))
    }
  }
  return ok(by, answer.observedAt)
}

const stretch = ({ start, end }: Stretch): Stretch => ({ start, end })

/** Starts at which the service fits into what was given back, together with the free time that the server itself tells beside it. */
function regained({ offered, back, taken, dayOf, durationMin }: { offered: Instant[]; back: Stretch[]; taken: Stretch[]; dayOf: (start: Instant) => boolean; durationMin: number }): Instant[] {
  const free = merged([...back, ...offered.map((start) => ({ start, end: addMinutes(start, durationMin) }))])
  return back.flatMap(({ start, end }) => {
    const starts: Instant[] = []
    const around = free.find((wide) => wide.start <= start && start < wide.end)
    for (let one = start; around !== undefined && one < end; one = addMinutes(one, stepMin)) {
      const until = addMinutes(one, durationMin)
      if (dayOf(one) && until <= around.end && !taken.some((busy) => busy.start < until && one < busy.end)) starts.push(one)
    }
    return starts
  })
}

function merged(stretches: Stretch[]): Stretch[] {
  const all: Stretch[] = []
  for (const next of stretches.toSorted((a, b) => (a.start < b.start ? -1 : 1))) {
    const last = all.at(-1)
    if (last === undefined || next.start > last.end) all.push({ ...next })
    else if (next.end > last.end) last.end = next.end
  }
  return all
}

/** `from` and `till` as the server takes them: whole days on the providers' walls; `till` is held against the END of a visit, so one more. */
export function daysAround({ from, to, zones }: { from: Instant; to: Instant; zones: Iterable<Zone> }): { from: string; till: string } {
  const all = [...zones]
  return { from: all.map((zone) => localDate(from, zone)).toSorted()[0] ?? from.slice(0, 10), till: addDays(all.map((zone) => localDate(to, zone)).toSorted().at(-1) ?? to.slice(0, 10), 1) }
}
