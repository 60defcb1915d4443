import { busyMinutes } from '../../salon/busy-minutes.ts'
import type { Service, StaffMember } from '../../salon/salon.ts'
import type { RowProblem } from '../import-reading.ts'
import type { ReadVisit } from './make-appointments.ts'
import type { Index } from './references.ts'

type Busy = { from: number; to: number; line: number; id: string }

/**
 * The visits whose staff members are free for them; the others go to `bad`, the row further down in the file each time.
 * Cancelled ones keep nobody busy; the time in which a colour develops is free.
 */
export function withoutOverlaps({ visits, file, services, staff, bad }: { visits: ReadVisit[]; file: string; services: Index<Service>; staff: Index<StaffMember>; bad: RowProblem[] }): ReadVisit[] {
  const taken = new Map<string, Busy[]>()
  return visits.toSorted((one, other) => firstLine(one) - firstLine(other)).filter((visit) => {
    const { appointment } = visit.history
    if (appointment.status === 'cancelled' || appointment.status === 'declined' || !appointment.timeKnown) return true
    const wanted = appointment.segments.flatMap(({ staffId, serviceId, start, durationMin }, part) =>
      busyMinutes({ durationMin, service: services.byId.get(serviceId)?.value }).map(({ from, to }) => {
        const startMin = Date.parse(start) / 60_000
        return { day: `${staffId} ${start.slice(0, 10)}`, staffId, from: startMin + from, to: startMin + to, line: visit.lines[part] ?? firstLine(visit), id: appointment.id }
      }))
    for (const one of wanted) {
      const other = neighbours(taken, one).find((busy) => one.from < busy.to && busy.from < one.to)
      if (other === undefined) continue
      bad.push({ file, line: one.line, reason: `${staff.byId.get(one.staffId)?.value.name ?? one.staffId} already has a visit then (appointment '${other.id}' on line ${other.line})` })
      return false
    }
    for (const one of wanted) taken.set(one.day, [...(taken.get(one.day) ?? []), one])
    return true
  })
}

/** What that person has on the same UTC day, the one before and the one after: a visit may run across midnight UTC. */
function neighbours(taken: Map<string, Busy[]>, { staffId, from }: { staffId: string; from: number }): Busy[] {
  return [-1, 0, 1].flatMap((step) => taken.get(`${staffId} ${new Date((from + step * 1440) * 60_000).toISOString().slice(0, 10)}`) ?? [])
}

function firstLine({ lines }: ReadVisit): number {
  return Math.min(...lines)
}
