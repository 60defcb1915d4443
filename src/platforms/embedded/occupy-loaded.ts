import { sql } from 'kysely'
import type { Appointment } from '../../salon/salon.ts'
import type { Trx } from '../../store/open-store.ts'
import { type BookCatalog, lineOf } from './read-catalog.ts'
import { fromChair, occupiedStretches, overlap, type Span, type Stretch, subtract, toChair } from './stretches.ts'

/**
 * The rows of book_occupied for appointments that are loaded. Real books have people booked twice at one time; the
 * constraint could not hold them, so the later one only gets what is still free of its time and counts as overbooked.
 * Everything but what was cancelled keeps its time, past visits too: the clock may stand before them.
 */
export async function occupyLoaded({ trx, catalog, appointments }: { trx: Trx; catalog: BookCatalog; appointments: Appointment[] }): Promise<{ overbooked: Set<string>; chairs: { appointment_id: string; chair: string }[] }> {
  const overbooked = new Set<string>()
  const chairs: { appointment_id: string; chair: string }[] = []
  const keeping = appointments.filter(({ status }) => status !== 'cancelled' && status !== 'declined').sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : a.id < b.id ? -1 : 1))
  const wanted = keeping.flatMap(({ segments }) => occupiedStretches({ segments, services: catalog.serviceById }))
  const taken = await readTaken(trx, { catalog, wanted })
  for (const { id, segments } of keeping) {
    for (const stretch of occupiedStretches({ segments, services: catalog.serviceById })) {
      const number = lineOf(catalog, stretch.staffId)
      const days = daysOf(stretch).map((day) => `${number} ${day}`)
      const busy = days.flatMap((day) => taken.get(day) ?? []).filter((span) => overlap(span, stretch))
      if (busy.length > 0) overbooked.add(id)
      for (const part of subtract(stretch, busy)) {
        chairs.push({ appointment_id: id, chair: toChair(part, number) })
        remember(taken, number, part)
      }
    }
  }
  return { overbooked, chairs }
}

/** What is taken near the wanted stretches: of each person, from the first to the last. */
async function readTaken(trx: Trx, { catalog, wanted }: { catalog: BookCatalog; wanted: Stretch[] }): Promise<Map<string, Span[]>> {
  const spans = new Map<string, Span>()
  for (const { staffId, from, to } of wanted) {
    const span = spans.get(staffId) ?? { from, to }
    spans.set(staffId, { from: Math.min(span.from, from), to: Math.max(span.to, to) })
  }
  const lines = [...spans].map(([staffId, span]) => toChair(span, lineOf(catalog, staffId)))
  const { rows } = await sql<{ lower: number; upper: number }>`select lower(chair) as lower, upper(chair) as upper from unnest(${lines}::int8range[]) as wanted join book_occupied on chair && wanted`.execute(trx)
  const taken = new Map<string, Span[]>()
  for (const row of rows) {
    const { staffNumber, from, to } = fromChair(row)
    remember(taken, staffNumber, { from, to })
  }
  return taken
}

/** Kept by person and day (UTC), so that a stretch is compared with a handful. */
function remember(taken: Map<string, Span[]>, staffNumber: number, span: Span): void {
  for (const day of daysOf(span)) {
    const key = `${staffNumber} ${day}`
    const spans = taken.get(key)
    if (spans === undefined) taken.set(key, [span])
    else spans.push(span)
  }
}

function daysOf({ from, to }: Span): number[] {
  const days: number[] = []
  for (let day = Math.floor(from / 86_400); day * 86_400 < to; day++) days.push(day)
  return days
}
