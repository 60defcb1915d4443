import type { Location } from '../salon/salon.ts'
import { type LocalDate, type LocalTime, minuteOfDay, weekday } from '../salon/time.ts'
import { asTime } from '../understanding/time-phrases/clock.ts'
import type { TimePhrase } from '../understanding/time-phrases/time-phrase.ts'
import { type Aim, type Span, wholeDay } from './wanted.ts'

/** Times of day as minutes. `open`: two readings that the opening hours do not settle; `half` chose one of them. */
export type TimesOfDay = Omit<Aim, 'days'> & { open?: [number, number]; direction?: 'earlier' | 'later'; /** Minutes against the present time. */ shift?: number }

type Place = {
  location: Location
  /** The days it is about: their opening hours settle am and pm. */
  days: LocalDate[]
  /** How long the visit is: it must end before closing. */
  lengthMin: number
  homeMinute: number
}

/** Without known hours nobody is expected before seven or after nine at night. */
const usualHours: Span = { from: 7 * 60, to: 21 * 60 }

/** Reads the times of day of a wish: points, stretches, and where within them it is best. */
export function readTimesOfDay(place: Place, { times, half }: { times: TimePhrase[]; half: 0 | 1 }): TimesOfDay {
  const read: TimesOfDay = { points: [], spans: [], centers: [] }
  const parts = times.filter(({ kind }) => kind === 'part_of_day').flatMap((time) => (time.from === undefined || time.to === undefined ? [] : [{ from: minuteOfDay(time.from), to: minuteOfDay(time.to) }]))
  const bounds: { after: number[]; before: number[] } = { after: [], before: [] }
  for (const time of times) add(settle(time))
  // "Friday morning at 10" is ten o'clock; "after 2 but before 5" one stretch, "before 10 or after 4" two.
  read.spans = read.spans.filter((span) => !read.points.some((point) => within(span, point)))
  const [after, before] = [bounds.after[0], bounds.before[0]]
  if (after !== undefined && before !== undefined && after < before) {
    read.spans.push({ from: after, to: before })
    read.centers = []
  } else read.spans.push(...bounds.after.map((from) => ({ from, to: wholeDay })), ...bounds.before.map((to) => ({ from: 0, to })))
  return read

  function add({ kind, part, at, from, to, byMinutes }: TimePhrase): void {
    const [middle, start, end] = [minute(at), minute(from), minute(to)]
    if (kind === 'at' && start !== undefined) read.points.push(start)
    else if (kind === 'around' && middle !== undefined) push({ from: start ?? middle - 30, to: (end ?? middle + 30) + 1 }, middle)
    else if (kind === 'after' && start !== undefined) {
      bounds.after.push(start)
      read.centers.push(start)
    } else if (kind === 'before' && end !== undefined) {
      bounds.before.push(end)
      read.centers.push(end)
    } else if ((kind === 'between' || kind === 'part_of_day') && start !== undefined && end !== undefined) push({ from: start, to: end }, part === 'first_thing' ? start : part === 'last_thing' ? end : undefined)
    else if ((kind === 'earlier' || kind === 'later') && byMinutes === undefined) read.direction = kind
    else if ((kind === 'earlier' || kind === 'later') && byMinutes !== undefined) read.shift = kind === 'later' ? byMinutes : -byMinutes
  }

  function push(span: Span, center: number | undefined): void {
    read.spans.push(span)
    if (center !== undefined) read.centers.push(center)
  }

  /** A time without am or pm as the one reading that another phrase or the opening hours leave. */
  function settle(time: TimePhrase): TimePhrase {
    if (time.kind !== 'ambiguous_meridiem' || time.options === undefined) return time
    const { options, bound = 'at', text, start, end } = time
    const byPart = options.filter((option) => parts.some((part) => within(part, minuteOfDay(option))))
    const fitting = byPart.length === 1 ? byPart : options.filter((option) => isPossible(place, { minute: minuteOfDay(option), bound }))
    const chosen = fitting.length === 1 ? fitting[0] as LocalTime : fitting.length === 0 ? nearest(place, { options, bound }) : options[half]
    if (fitting.length === 2) read.open ??= [minuteOfDay(options[0]), minuteOfDay(options[1])]
    if (bound === 'before') return { kind: bound, to: chosen, text, start, end }
    if (bound === 'around') return { kind: bound, at: chosen, text, start, end }
    // Of a stretch only its beginning is open, and the end is not passed on: two hours.
    if (bound === 'between') return { kind: bound, from: chosen, to: asTime(minuteOfDay(chosen) + 120), text, start, end }
    return { kind: bound, from: chosen, text, start, end }
  }
}

/** Whether a visit could be then on one of the days, as far as the opening hours go. */
function isPossible({ location, days, lengthMin }: Place, { minute, bound }: { minute: number; bound: NonNullable<TimePhrase['bound']> }): boolean {
  return openOn(location, days).some(({ from, to }) => (bound === 'before' ? minute > from && minute <= to : minute >= from && minute + (bound === 'after' ? 1 : lengthMin) <= to))
}

/** When neither reading is possible, the one that was surely meant: "after 8" in the evening, "before 8" in the morning, "at 8" the nearer to the hours. */
function nearest({ location, days }: Place, { options, bound }: { options: [LocalTime, LocalTime]; bound: NonNullable<TimePhrase['bound']> }): LocalTime {
  if (bound === 'after' || bound === 'before') return options[bound === 'after' ? 1 : 0]
  const distance = (option: LocalTime) => Math.min(...openOn(location, days).map(({ from, to }) => Math.max(from - minuteOfDay(option), minuteOfDay(option) - to, 0)))
  return distance(options[0]) < distance(options[1]) ? options[0] : options[1]
}

/** The hours of those days; of the whole week where they are all shut. */
function openOn({ hours, closures }: Location, days: LocalDate[]): Span[] {
  if (hours.length === 0) return [usualHours]
  const weekdays = new Set(days.filter((day) => !closures.includes(day)).map(weekday))
  const open = hours.filter((each) => weekdays.has(each.weekday))
  return (open.length > 0 ? open : hours).map(({ open: from, close }) => ({ from: minuteOfDay(from), to: close === '00:00' ? wholeDay : minuteOfDay(close) }))
}

export function within({ from, to }: Span, minute: number): boolean {
  return minute >= from && minute < to
}

function minute(time: LocalTime | undefined): number | undefined {
  return time === undefined ? undefined : minuteOfDay(time)
}
