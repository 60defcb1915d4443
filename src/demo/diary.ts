import { busyMinutes } from '../salon/busy-minutes.ts'
import type { Service } from '../salon/salon.ts'
import type { LocalDate } from '../salon/time.ts'

/** A stretch in which a staff member's hands are busy, in minutes of the local day; `freedAt` (ms since epoch) is when a cancellation gave it back. */
type Block = { from: number; to: number; freedAt: number }

/** Who is busy when. Times are minutes after local midnight, so that days of 23 and 25 hours need no care: nobody works at two at night. */
export type Diary = {
  /**
   * Every quarter hour in `[from, to)` at which the services in order fit, as known at `askedAt` (ms): time freed
   * later does not count as free. `touches` says that another visit ends or starts right there.
   */
  openings(query: { staffId: string; date: LocalDate; parts: Part[]; from: number; to: number; askedAt: number }): { minute: number; touches: boolean }[]
  occupy(place: { staffId: string; date: LocalDate; minute: number; parts: Part[]; freedAt: number }): void
}

/** One service as it sits in the diary: its length and, when a color develops, the free stretch inside. */
type Part = Pick<Service, 'durationMin' | 'processing'>

export function createDiary(): Diary {
  const days = new Map<string, Block[]>()
  return {
    openings({ staffId, date, parts, from, to, askedAt }) {
      const taken = (days.get(`${staffId} ${date}`) ?? []).filter(({ freedAt }) => freedAt > askedAt)
      const wanted = busyStretches(parts)
      const length = totalMinutes(parts)
      const found: { minute: number; touches: boolean }[] = []
      for (let minute = from; minute + length <= to; minute += 15) {
        if (!wanted.every((part) => taken.every((block) => minute + part.to <= block.from || block.to <= minute + part.from))) continue
        found.push({ minute, touches: taken.some((block) => block.to === minute || block.from === minute + length) })
      }
      return found
    },
    occupy({ staffId, date, minute, parts, freedAt }) {
      const key = `${staffId} ${date}`
      const blocks = days.get(key) ?? []
      for (const { from, to } of busyStretches(parts)) blocks.push({ from: minute + from, to: minute + to, freedAt })
      days.set(key, blocks)
    },
  }
}

export function totalMinutes(parts: Part[]): number {
  return parts.reduce((sum, { durationMin }) => sum + durationMin, 0)
}

/** Minutes after the start of the first part in which the hands are busy. */
function busyStretches(parts: Part[]): { from: number; to: number }[] {
  let start = 0
  return parts.flatMap((part) => {
    const offset = start
    start += part.durationMin
    return busyMinutes({ durationMin: part.durationMin, service: part }).map(({ from, to }) => ({ from: offset + from, to: offset + to }))
  })
}
