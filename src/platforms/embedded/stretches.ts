import { busyMinutes } from '../../salon/busy-minutes.ts'
import type { Segment, Service } from '../../salon/salon.ts'

/** A time in which a staff member's hands are busy, `[from, to)` in whole seconds since 1970. */
export type Stretch = { staffId: string; from: number; to: number }

// Above any second of this or the next century, so that every staff member has a line of numbers of their own.
export const lineLength = 2 ** 33

/**
 * When the segments keep their staff members busy: a processing gap that fits inside a segment is left out,
 * so that somebody else can be served in it.
 */
export function occupiedStretches({ segments, services }: { segments: Segment[]; services: ReadonlyMap<string, Service> }): Stretch[] {
  const stretches = segments.flatMap((segment) => {
    const { staffId } = segment
    const start = seconds(segment.start)
    return busyMinutes({ durationMin: segment.durationMin, service: services.get(segment.serviceId) })
      .map(({ from, to }) => ({ staffId, from: start + from * 60, to: start + to * 60 }))
  })
  return merge(stretches)
}

/** Two services of one visit by one person at one time (some imports have them) are one busy time, not a clash. */
function merge(stretches: Stretch[]): Stretch[] {
  const merged: Stretch[] = []
  for (const stretch of stretches.sort((a, b) => (a.staffId < b.staffId ? -1 : a.staffId > b.staffId ? 1 : a.from - b.from))) {
    const last = merged.at(-1)
    if (last?.staffId === stretch.staffId && stretch.from < last.to) last.to = Math.max(last.to, stretch.to)
    else merged.push({ ...stretch })
  }
  return merged
}

/** The stretch as a range on the one number line of book_occupied. */
export function toChair({ from, to }: { from: number; to: number }, staffNumber: number): string {
  return `[${staffNumber * lineLength + from},${staffNumber * lineLength + to})`
}

export function fromChair({ lower, upper }: { lower: number; upper: number }): { staffNumber: number; from: number; to: number } {
  const staffNumber = Math.floor(lower / lineLength)
  return { staffNumber, from: lower - staffNumber * lineLength, to: upper - staffNumber * lineLength }
}

export type Span = { from: number; to: number }

/** What of `span` is in none of `taken`. */
export function subtract(span: Span, taken: Span[]): Span[] {
  let free = [span]
  for (const busy of taken) {
    free = free.flatMap((part) => part.to <= busy.from || busy.to <= part.from ? [part] : [{ from: part.from, to: busy.from }, { from: busy.to, to: part.to }].filter(({ from, to }) => from < to))
  }
  return free
}

export function overlap(a: Span, b: Span): boolean {
  return a.from < b.to && b.from < a.to
}

/** Whole seconds since 1970. */
export function seconds(instant: string): number {
  return Math.floor(Date.parse(instant) / 1000)
}

export function instantOf(second: number): string {
  return new Date(second * 1000).toISOString()
}
