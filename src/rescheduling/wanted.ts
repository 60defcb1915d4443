import { z } from 'zod'

/** Minutes after local midnight; `to` is outside. */
const Span = z.object({ from: z.number(), to: z.number() })
export type Span = z.infer<typeof Span>

/** Days, and what is wanted on each of them: starts at a minute (`points`), starts within a stretch (`spans`), or any time. */
const Aim = z.object({
  days: z.array(z.string()),
  points: z.array(z.number()),
  spans: z.array(Span),
  /** Where within the spans it is best: "after 5" is best at 5. Without it, near the time of day the visit has now. */
  centers: z.array(z.number()),
})
export type Aim = z.infer<typeof Aim>

/** What a client wants instead, in days and minutes of the location's wall clock: no words of theirs are in it. */
export const Wanted = z.object({
  aims: z.array(Aim).min(1),
  /** No day was named: the nearer to this one the better. */
  anchor: z.string().optional(),
  /** Ruled out. */
  notDays: z.array(z.string()),
  notWeekdays: z.array(z.number()),
  notSpans: z.array(Span),
  /** Starts after, or before, this instant only: "later", "earlier" than the visit is now. */
  after: z.string().optional(),
  before: z.string().optional(),
})
export type Wanted = z.infer<typeof Wanted>

/** Whether nothing but certain times was asked for ("at 3"), so that exactly those are the answer when they are free. */
export function isPointed({ aims }: Wanted): boolean {
  return aims.every(({ points, spans }) => points.length > 0 && spans.length === 0)
}

export const wholeDay = 24 * 60
