import type { Day } from '../page-api.ts'
import { sayTime } from './times.ts'

export type Visit = Day['untimed'][number]
export type Row = Day['rows'][number]

const statusWords: Record<Visit['status'], string> = {
  requested: 'asked for', booked: 'booked', confirmed: 'confirmed', arrived: 'here', in_service: 'in the chair', completed: 'done',
  cancelled: 'cancelled', no_show: 'did not come', declined: 'declined', held: 'held', unknown: 'not known',
}

export function sayStatus({ status }: Visit): string {
  return statusWords[status]
}

/** "high 46 %"; undefined without a score, or when nothing can go wrong any more. */
export function sayRisk({ risk }: Visit): string | undefined {
  return risk && `${risk.band} ${Math.round(risk.score * 100)} %`
}

/** How a visit looks: its risk while it is ahead, its end when it is over. */
export function lookOf({ status, risk }: Visit): string {
  if (['cancelled', 'no_show', 'declined'].includes(status)) return 'gone'
  if (['completed', 'arrived', 'in_service'].includes(status)) return 'here'
  return risk?.band ?? 'unscored'
}

/** Everything a bar shows, in words. */
export function sayVisit(visit: Visit, zone: string): string {
  const risk = sayRisk(visit)
  return `${sayTime(visit.start, zone)} to ${sayTime(visit.end, zone)}, ${visit.client.name}, ${visit.services}, ${sayStatus(visit)}${risk === undefined ? '' : `, risk ${risk}`}`
}

/** All parts of one visit, in order of time, each with who does it (undefined when that is not known). */
export function partsOf(day: Day, appointmentId: string): { part: Visit; staff: string | undefined }[] {
  const all = [...day.rows.flatMap(({ staff, visits }) => visits.map((part) => ({ part, staff: staff.name as string | undefined }))), ...day.untimed.map((part) => ({ part, staff: undefined }))]
  return all.filter(({ part }) => part.appointmentId === appointmentId).sort((a, b) => (a.part.start < b.part.start ? -1 : 1))
}

/** Names one part of a visit: a person who comes back to a client after colour has developed has two in one row. */
export function nameOf({ appointmentId, start }: Visit): string {
  return `${appointmentId} ${start}`
}

/** Puts stretches that overlap (colour develops while somebody else is served) into lanes, each under the one before. */
export function lanes<T extends { start: string; end: string }>(stretches: T[]): { stretch: T; lane: number }[] {
  const ends: string[] = []
  return stretches.toSorted((a, b) => (a.start < b.start ? -1 : 1)).map((stretch) => {
    const free = ends.findIndex((end) => end <= stretch.start)
    const lane = free === -1 ? ends.length : free
    ends[lane] = stretch.end
    return { stretch, lane }
  })
}
