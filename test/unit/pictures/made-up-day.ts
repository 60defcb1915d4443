import type { DayBook, DayVisit } from '../../../src/insights/day-book.ts'
import { addMinutes, at } from '../../../src/salon/time.ts'

const zone = 'America/Los_Angeles'
const date = '2026-11-18'
/** The instant of a wall-clock time on the made-up day. */
export const clockTime = (time: string): string => at(date, time, zone)

export function visit({ id = 'v', client = 'Dana Reyes', from, minutes = 45, ...more }: { id?: string; client?: string; from: string; minutes?: number } & Partial<Omit<DayVisit, 'client'>>): DayVisit {
  const start = clockTime(from)
  return { appointmentId: id, client: { id, name: client }, services: "Women's cut", start, end: addMinutes(start, minutes), status: 'booked', risk: { score: 0.05, band: 'low', reasons: [] }, ...more }
}

export const risky = (band: 'medium' | 'high', score: number): Pick<DayVisit, 'risk'> => ({ risk: { band, score, reasons: [] } })

type RowGiven = { name?: string; visits?: DayVisit[]; gaps?: [string, string][]; shift?: [string, string] }

/** A day from nine to seven with these people. */
export function dayOf(rows: RowGiven[], more: Partial<DayBook> = {}): DayBook {
  const stretch = ([from, to]: [string, string]) => ({ start: clockTime(from), end: clockTime(to) })
  const given = rows.map(({ name = 'Maya', visits = [], gaps = [], shift = ['09:00', '19:00'] }, n) => ({ staff: { id: `s${n}`, name }, shifts: [stretch(shift)], visits, gaps: gaps.map(stretch) }))
  return {
    location: { id: 'pearl', name: 'Pearl District', zone }, date, open: stretch(['09:00', '19:00']), rows: given, untimed: [],
    glance: { appointments: given.flatMap(({ visits }) => visits).length, atRisk: 1, expectedFailures: 0.6, openGaps: 0, openMinutes: 0 }, ...more,
  }
}
