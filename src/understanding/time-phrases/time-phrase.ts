import type { OpeningHours } from '../../salon/salon.ts'
import type { Instant, LocalDate, LocalTime, Zone } from '../../salon/time.ts'

/** Where in the text something stands: `text.slice(start, end)` is what was written. */
type Span = { text: string; start: number; end: number }

/** A day (`from` equals `to`) or a run of days, both ends included. */
export type DatePhrase = Span & {
  from: LocalDate
  to: LocalDate
  /** The other day it may mean (today's own weekday name, 5/6, a weekday that does not fit its number): say the date back. */
  alternative?: LocalDate
}

export type PartOfDay = 'morning' | 'afternoon' | 'evening' | 'lunchtime' | 'first_thing' | 'last_thing'

/**
 * A wall-clock time or a stretch of the day.
 * - `at`: `from` is the time; `around`: `at` is the middle, `from` and `to` half an hour each side
 * - `after`: `from`; `before`: `to`; `between` and `part_of_day`: both
 * - `earlier`, `later`: than the present one, by `byMinutes` when said
 * - `ambiguous_meridiem`: `options` are the two readings, morning first; `bound` is what was asked of it
 */
export type TimePhrase = Span & {
  kind: 'at' | 'after' | 'before' | 'around' | 'between' | 'part_of_day' | 'earlier' | 'later' | 'ambiguous_meridiem'
  at?: LocalTime
  from?: LocalTime
  to?: LocalTime
  part?: PartOfDay
  byMinutes?: number
  options?: [LocalTime, LocalTime]
  bound?: 'at' | 'after' | 'before' | 'around' | 'between'
  /** "from A to B" may be a stretch, or an old and a new time: who knows the verb decides. */
  fromTo?: boolean
}

export type TimePhrases = { dates: DatePhrase[]; times: TimePhrase[] }

export type TimePhraseInput = {
  text: string
  now: Instant
  zone: Zone
  /** Opening hours that settle whether "at 3" is morning or afternoon; without them only 24-hour and am/pm times are settled. */
  hours?: OpeningHours[]
  /** A bare "3" or "friday" is a whole answer to "what time?": numbers need no "at" then. */
  bareNumbers?: boolean
}
