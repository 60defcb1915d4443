import { type Stretch, workingHours } from '../salon/opening-hours.ts'
import type { Appointment, Catalog, Location, Segment } from '../salon/salon.ts'
import { addMinutes, type Instant, type LocalDate, minutesBetween } from '../salon/time.ts'
import type { DayRow, DayVisit } from './day-book.ts'

/** Free time shorter than this is no gap; gaps begin on the quarter hour, as times are offered. */
const limits = { gapMin: 30, stepMin: 15 }

type Describe = (appointment: Appointment) => Omit<DayVisit, 'services' | 'start' | 'end'>

/** A row for everybody who works at the location that day or has visits there, in the order of the catalogue. */
export function makeRows({ catalog, location, date, open, timed, describe, now }: { catalog: Catalog; location: Location; date: LocalDate; open: Stretch[]; timed: Appointment[]; describe: Describe; now: Instant }): DayRow[] {
  const parts = partsOf({ timed, catalog, describe })
  const rostered = new Set((catalog.shifts ?? []).map(({ staffId }) => staffId))
  const from = nextStep(now)
  return catalog.staff.flatMap(({ id, name, active, locationIds }): DayRow[] => {
    const visits = (parts.get(id) ?? []).sort(byStart)
    const mayWork = active && locationIds.includes(location.id) && rostered.has(id)
    const shifts = mayWork || visits.length > 0 ? workingHours({ shifts: catalog.shifts, location, staffId: id, date, open }) : []
    if (shifts.length === 0 && visits.length === 0) return []
    return [{ staff: { id, name }, shifts, visits, gaps: gapsOf({ shifts, visits, from }) }]
  })
}

/** Names of services, each once, in order. */
export function serviceNames(segments: Segment[], { services }: Catalog): string {
  return [...new Set(segments.map(({ serviceId }) => services.find(({ id }) => id === serviceId)?.name ?? 'unknown service'))].join(' + ')
}

/** Each person's share of each visit: services that follow each other without a break are one. */
function partsOf({ timed, catalog, describe }: { timed: Appointment[]; catalog: Catalog; describe: Describe }): Map<string, DayVisit[]> {
  const parts = new Map<string, DayVisit[]>()
  for (const appointment of timed) {
    const about = describe(appointment)
    for (const staffId of new Set(appointment.segments.map((segment) => segment.staffId))) {
      const own = appointment.segments.filter((segment) => segment.staffId === staffId)
      const visits = runsOf(own).map(({ segments, start, end }): DayVisit => Object.assign({ services: serviceNames(segments, catalog), start, end }, about))
      parts.set(staffId, [...(parts.get(staffId) ?? []), ...visits])
    }
  }
  return parts
}

function runsOf(segments: Segment[]): (Stretch & { segments: Segment[] })[] {
  const runs: (Stretch & { segments: Segment[] })[] = []
  for (const segment of segments.toSorted(byStart)) {
    const end = addMinutes(segment.start, segment.durationMin)
    const last = runs.at(-1)
    if (last !== undefined && segment.start <= last.end) {
      last.segments.push(segment)
      last.end = end > last.end ? end : last.end
    } else runs.push({ segments: [segment], start: segment.start, end })
  }
  return runs
}

function gapsOf({ shifts, visits, from }: { shifts: Stretch[]; visits: DayVisit[]; from: Instant }): Stretch[] {
  const busy = visits.filter(({ status }) => status !== 'no_show')
  return shifts.flatMap((shift) => {
    const gaps: Stretch[] = []
    let start = shift.start > from ? shift.start : from
    for (const visit of busy) {
      if (visit.start >= shift.end) break
      if (visit.start > start) gaps.push({ start, end: visit.start })
      if (visit.end > start) start = visit.end
    }
    return [...gaps, { start, end: shift.end }]
  }).filter(({ start, end }) => minutesBetween(start, end) >= limits.gapMin)
}

function nextStep(now: Instant): Instant {
  const past = (Date.parse(now) / 60_000) % limits.stepMin
  return past === 0 ? now : addMinutes(now, limits.stepMin - past)
}

function byStart(a: { start: Instant }, b: { start: Instant }): number {
  return a.start < b.start ? -1 : a.start > b.start ? 1 : 0
}
