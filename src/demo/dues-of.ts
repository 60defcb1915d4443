import type { AppointmentEvent, AppointmentHistory, AppointmentStatus } from '../salon/salon.ts'
import { money } from '../salon/money.ts'
import { isFirstVisit } from './book-visit.ts'
import { fateOf, iso } from './fate.ts'
import { isLive, statusAfter } from './world.ts'
import type { World } from './world.ts'

/** What fate has for an existing visit between the last morning and this one, and the status it ends in. A past day leaves nothing open. */
export function duesOf(world: World, { appointment, events }: AppointmentHistory): { events: AppointmentEvent[]; status: AppointmentStatus } {
  if (!isLive(appointment.status)) return { events: [], status: appointment.status }
  const startMs = Date.parse(appointment.start)
  const { date } = world.calendar.place(startMs)
  const past = date < world.today
  const touchedMs = Math.max(...events.map((event) => Date.parse(event.at)), world.sinceMs)
  if (touchedMs > world.sinceMs && !past) return { events: [], status: appointment.status }

  const planned = plannedFor(world, appointment, date)
    .filter(({ kind, at }) => kind !== 'booked' && kind !== 'moved' && Date.parse(at) > touchedMs && Date.parse(at) <= world.nowMs)
    .filter(({ kind }) => kind !== 'confirmed' || appointment.status === 'booked')
  const due = past && !planned.some(({ kind }) => isEnding(kind)) ? [...planned.filter(({ kind }) => kind !== 'confirmed'), ...kept(appointment)] : planned
  return { events: due, status: due.length === 0 ? appointment.status : statusAfter(due) }
}

function plannedFor(world: World, appointment: AppointmentHistory['appointment'], date: string): AppointmentEvent[] {
  const regular = world.regulars.get(appointment.clientId)
  if (regular === undefined) return []
  const bookedMs = Date.parse(appointment.bookedAt ?? appointment.start)
  const consultation = appointment.segments.some(({ serviceId }) => world.catalog.services.find(({ id }) => id === serviceId)?.consultation === true)
  const visit = {
    id: appointment.id, date, bookedMs, startMs: Date.parse(appointment.start), endMs: Date.parse(appointment.end),
    price: priceOf(appointment), habits: regular.habits, consultation, firstVisit: isFirstVisit(regular, bookedMs),
  }
  return fateOf({ visit, seed: world.seed, calendar: world.calendar })
}

function isEnding(kind: AppointmentEvent['kind']): boolean {
  return kind === 'completed' || kind === 'no_show' || kind === 'cancelled'
}

function kept(appointment: AppointmentHistory['appointment']): AppointmentEvent[] {
  const paidAt = iso(Date.parse(appointment.end) + 4 * 60_000)
  return [
    { kind: 'completed', at: appointment.end, knownAt: appointment.end, by: 'salon' },
    { kind: 'paid', at: paidAt, knownAt: paidAt, by: 'client', amount: priceOf(appointment) },
  ]
}

function priceOf({ segments }: AppointmentHistory['appointment']): ReturnType<typeof money> {
  return money(segments.reduce((sum, { price }) => sum + price.minor, 0), segments[0]?.price.currency ?? 'USD')
}
