import type { DayBook, DayVisit } from '../src/insights/day-book.ts'
import { drawDay } from '../src/pictures/draw-day.ts'
import { addMinutes, at } from '../src/salon/time.ts'
import { type BenchFigure, measure } from './figure.ts'

const zone = 'America/Los_Angeles'
const date = '2026-11-20'
const lengths = [30, 45, 60, 75, 90, 120]

/** The picture of a day of 40 visits with eight people: the first one (which loads Vega and resvg), the next ones, and what that leaves in memory. */
export async function benchPictures(): Promise<BenchFigure[]> {
  const dayBook = busyDay()
  const draw = (i: number) => drawDay({ dayBook, now: addMinutes(at(date, '09:00', zone), i) })
  const before = process.memoryUsage().rss
  const first = await measure({ name: 'picture of a day, the first', n: 1, warmUp: 0, run: draw })
  const next = await measure({ name: 'picture of a day of 40 visits', n: 30, warmUp: 5, run: draw })
  return [first, next, { name: 'resident memory that pictures add, after 36', value: Math.round((process.memoryUsage().rss - before) / 2 ** 20), unit: 'MB', n: 1 }]
}

function busyDay(): DayBook {
  const start = at(date, '09:00', zone)
  const end = at(date, '19:00', zone)
  const rows = Array.from({ length: 8 }, (_, row) => {
    let from = addMinutes(start, (row % 3) * 15)
    const visits = Array.from({ length: 5 }, (_, n): DayVisit => {
      const visit = { appointmentId: `visit-${row}-${n}`, client: { id: `client-${row}-${n}`, name: `${['Dana', 'Élodie', 'Beatriz', 'Noor', 'Yuki'][n]} Example` }, services: "Women's cut + Gloss", start: from, end: addMinutes(from, lengths[(row + n) % lengths.length] as number), status: 'booked' as const, risk: { score: ((row * 5 + n) % 10) / 20, band: (['low', 'low', 'medium', 'high'] as const)[(row + n) % 4] as 'low', reasons: [] } }
      from = addMinutes(visit.end, 15)
      return visit
    })
    return { staff: { id: `staff-${row}`, name: ['Maya', 'Priya', 'Marcus', 'Sofia', 'Theo', 'Jamie', 'Ana', 'Cruz'][row] ?? '' }, shifts: [{ start, end }], visits, gaps: [{ start: from, end }] }
  })
  return { location: { id: 'pearl', name: 'Pearl District', zone }, date, open: { start, end }, rows, untimed: [], glance: { appointments: 40, atRisk: 20, expectedFailures: 9, openGaps: 8, openMinutes: 900 } }
}
