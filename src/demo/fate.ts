import { addDays, daysBetween } from '../salon/time.ts'
import type { Money } from '../salon/money.ts'
import type { AppointmentEvent } from '../salon/salon.ts'
import type { LocalDate } from '../salon/time.ts'
import type { Calendar } from './calendar.ts'
import type { Habits } from './habits.ts'
import { seededRandom } from '../salon/seeded-random.ts'
import type { Random } from '../salon/seeded-random.ts'

/** A visit as fate sees it. Milliseconds since the epoch; `date` is the visit's local day. */
export type Visit = {
  id: string
  date: LocalDate
  bookedMs: number
  startMs: number
  endMs: number
  price: Money
  habits: Habits
  consultation: boolean
  firstVisit: boolean
}

/**
 * Everything that will ever happen to a visit, in order, as the seed and the visit's id decide it.
 * The caller shows only what has happened by its own "now". Rates follow a real hair salon's aggregate
 * figures: 7 to 8 in a hundred visits fail, half of them no-shows; half of all consultations fail;
 * about four in a hundred are cancelled in good time.
 */
export function fateOf({ visit, seed, calendar }: { visit: Visit; seed: string; calendar: Calendar }): AppointmentEvent[] {
  const random = seededRandom(`${seed} fate ${visit.id}`)
  const leadDays = daysBetween(calendar.place(visit.bookedMs).date, visit.date)
  const fails = random.chance(chanceToFail(visit, leadDays))
  const noShow = random.chance(0.5)
  const early = !fails && leadDays >= 4 && random.chance(0.055)
  const by = random.chance(0.7) ? ('client' as const) : ('salon' as const)
  const events: AppointmentEvent[] = [event('booked', visit.bookedMs, { by })]
  const latest = (): number => Date.parse(events.at(-1)?.at ?? '')

  if (early) {
    const daysBefore = random.whole(2, Math.min(leadDays - 1, 9))
    return [...events, event('cancelled', calendar.moment(visit.date, random.whole(9 * 60, 20 * 60), daysBefore), { by: random.chance(0.9) ? 'client' : 'salon' })]
  }
  if (leadDays >= 5 && random.chance(0.06)) events.push(move({ visit, random, calendar, leadDays }))
  if (random.chance(fails ? 0.25 : 0.68)) {
    const confirmed = calendar.moment(visit.date, random.whole(9 * 60, 17 * 60), random.chance(0.7) ? 1 : 2)
    if (confirmed > latest()) events.push(event('confirmed', confirmed, { by: 'client' }))
  }
  const cancelMs = fails && !noShow ? lateCancel({ visit, random, calendar }) : 0
  if (cancelMs > latest()) return [...events, event('cancelled', cancelMs, { by: 'client' })]
  if (fails) return [...events, event('no_show', visit.startMs, { by: 'salon' }, 20)]
  return [...events, event('completed', visit.endMs, { by: 'salon' }), event('paid', visit.endMs, { by: 'client', amount: visit.price }, 4)]
}

function chanceToFail({ habits, consultation, firstVisit }: Visit, leadDays: number): number {
  if (consultation) return 0.42
  const lead = leadDays <= 1 ? 0.6 : leadDays <= 14 ? 1 : leadDays <= 30 ? 1.3 : 1.6
  return Math.min(0.6, habits.failing * lead * (firstVisit ? 1.7 : 1))
}

/** Mostly the afternoon before; else the same day, up to half an hour before the start. */
function lateCancel({ visit, random, calendar }: { visit: Visit; random: Random; calendar: Calendar }): number {
  if (random.chance(0.6)) return calendar.moment(visit.date, random.whole(8 * 60, 21 * 60), 1)
  const open = calendar.moment(visit.date, 7 * 60)
  return Math.floor((open + random.next() * (visit.startMs - 30 * 60_000 - open)) / 60_000) * 60_000
}

function move({ visit, random, calendar, leadDays }: { visit: Visit; random: Random; calendar: Calendar; leadDays: number }): AppointmentEvent {
  const movedMs = calendar.moment(visit.date, random.whole(9 * 60, 19 * 60), random.whole(3, leadDays - 1))
  const { minute } = calendar.place(visit.startMs)
  const from = calendar.moment(addDays(visit.date, random.pick([-2, -1, 1, 2, 7])), minute)
  return event('moved', movedMs, { by: 'client', from: iso(from), to: iso(visit.startMs) })
}

function event(kind: AppointmentEvent['kind'], ms: number, more: Partial<AppointmentEvent>, knownAfterMin = 0): AppointmentEvent {
  return { kind, at: iso(ms), knownAt: iso(ms + knownAfterMin * 60_000), ...more }
}

export function iso(ms: number): string {
  return new Date(ms).toISOString()
}
