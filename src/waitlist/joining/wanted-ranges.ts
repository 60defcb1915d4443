import { leavePresent } from '../../rescheduling/leave-present.ts'
import { readWish } from '../../rescheduling/read-wish.ts'
import { type Span, type Wanted, wholeDay } from '../../rescheduling/wanted.ts'
import type { TimeWish } from '../../replies/reading.ts'
import type { Location, WaitlistEntry } from '../../salon/salon.ts'
import { addDays, addMinutes, at, daysBetween, type Instant, type LocalDate, localDate, localTime, startOfDay, weekday } from '../../salon/time.ts'
import { asTime } from '../../understanding/time-phrases/clock.ts'

type Ranges = WaitlistEntry['wanted']
export type WantedReading = { kind: 'wanted'; wanted: Ranges } | { kind: 'unclear'; why: 'when_unclear' | 'too_far_ahead' }

/** The furthest day that is waited for, and how many days ahead "mornings" means. */
const furthest = 60
const withoutDay = 28
/** Who wants "3 o'clock" takes what begins half an hour before or after. */
const around = 30

const wantsBefore = /(?:before|by|until|till|antes del?|hasta(?: el)?|avant)\s+(?:the |el |le )?$/i
const wantsAfter = /(?:after|past|despu[eé]s del?|apr[eè]s)\s+(?:the |el |le )?$/i
const wantsFrom = /(?:from|starting|beginning|desde|a partir del?|d[eè]s)\s+(?:the |el |le |on )?$/i

/**
 * The times (of a start) that a client waits for, as ranges; none means any time. Without a day or time: anything before
 * the visit they have (`ahead`), else any time at all. `visit` is the one they have, or had last. Times without a day are
 * every day: up to that visit, or for four weeks.
 */
export function wantedRanges({ wish: said, words, visit, ahead, location, now }: { wish: TimeWish | undefined; words: string; visit: { start: Instant; end: Instant }; ahead: boolean; location: Location; now: Instant }): WantedReading {
  const { zone } = location
  const today = localDate(now, zone)
  const end = startOfDay(addDays(today, furthest + 1), zone)
  const wish = said === undefined || !ahead ? said : leavePresent({ wish: said, words, start: visit.start, zone })
  const hasTime = wish !== undefined && wish.times.length + wish.notTimes.length > 0
  const hasDay = wish !== undefined && wish.dates.length > 0
  if (wish === undefined || (!hasDay && !hasTime && wish.notDates.length === 0 && wish.sameTime !== true)) {
    if (wish?.direction === 'later') return ahead ? { kind: 'wanted', wanted: [{ from: visit.end, to: end }] } : { kind: 'unclear', why: 'when_unclear' }
    return { kind: 'wanted', wanted: ahead ? [{ from: now, to: visit.start }] : [] }
  }
  const bounded = hasDay ? boundedBy({ wish, words, now, zone, end, hasTime }) : undefined
  if (bounded !== undefined) return bounded
  const lastDay = ahead ? localDate(visit.start, zone) : addDays(today, withoutDay)
  const days = Array.from({ length: Math.min(Math.max(daysBetween(today, lastDay), 0), furthest) + 1 }, (_, n) => addDays(today, n))
  // Somebody without a visit is asked as if they had one today at their usual hour.
  const home = ahead ? visit : { start: at(today, localTime(visit.start, zone), zone), end: addMinutes(at(today, localTime(visit.start, zone), zone), minutes(visit)) }
  const { direction: _, ...times } = wish
  const reading = readWish({ wish: times, words, visit: home, location, now, daysAhead: furthest, ...(hasDay ? {} : { days }) })
  if (reading.kind !== 'wanted') return { kind: 'unclear', why: reading.kind === 'too_far' ? 'too_far_ahead' : 'when_unclear' }
  const to = ahead && !hasDay ? visit.start : end
  const wanted = rangesOf(reading.wanted, zone).flatMap((range) => clipped(range, { from: now, to }))
  return wanted.length === 0 ? { kind: 'unclear', why: 'when_unclear' } : { kind: 'wanted', wanted }
}

/** "Before Friday", "after the 10th": a bound and no day of its own. Only alone is it clear. */
function boundedBy({ wish, words, now, zone, end, hasTime }: { wish: TimeWish; words: string; now: Instant; zone: string; end: Instant; hasTime: boolean }): WantedReading | undefined {
  const bounds = wish.dates.map(({ start, text, from, to }) => {
    const before = `${words.slice(0, start)}${/^(?:before|by|until|till|after|from|starting|antes|hasta|despu|desde|a partir|avant|apr|d[eè]s)/i.test(text) ? `${text.split(/\s+/)[0]} ` : ''}`
    if (wantsBefore.test(before)) return { from: now, to: startOfDay(from, zone) }
    if (wantsAfter.test(before)) return { from: startOfDay(addDays(to, 1), zone), to: end }
    return wantsFrom.test(before) ? { from: startOfDay(from, zone), to: end } : undefined
  })
  const [bound] = bounds
  if (bounds.every((each) => each === undefined)) return undefined
  if (bounds.length > 1 || bound === undefined || hasTime || wish.notDates.length > 0 || bound.from >= bound.to) return { kind: 'unclear', why: 'when_unclear' }
  return { kind: 'wanted', wanted: clipped(bound, { from: now, to: end }) }
}

function rangesOf({ aims, notDays, notWeekdays, notSpans }: Wanted, zone: string): Ranges {
  const ranges = aims.flatMap(({ days, points, spans }) => {
    const stretches: Span[] = points.length === 0 && spans.length === 0 ? [{ from: 0, to: wholeDay }] : [...points.map((point) => ({ from: Math.max(point - around, 0), to: Math.min(point + around + 1, wholeDay) })), ...spans]
    const left = notSpans.reduce<Span[]>((kept, not) => kept.flatMap((span) => without(span, not)), stretches)
    return days.filter((day) => !notDays.includes(day) && !notWeekdays.includes(weekday(day))).flatMap((day) => left.map((span) => ({ from: instant(day, span.from, zone), to: instant(day, span.to, zone) })))
  })
  const merged: Ranges = []
  for (const { from, to } of ranges.filter((range) => range.from < range.to).toSorted((a, b) => (a.from < b.from ? -1 : 1))) {
    const last = merged.at(-1)
    if (last === undefined || from > last.to) merged.push({ from, to })
    else if (to > last.to) last.to = to
  }
  return merged
}

function instant(day: LocalDate, minute: number, zone: string): Instant {
  return minute >= wholeDay ? startOfDay(addDays(day, 1), zone) : at(day, asTime(minute), zone)
}

function without(span: Span, not: Span): Span[] {
  return [{ from: span.from, to: Math.min(span.to, not.from) }, { from: Math.max(span.from, not.to), to: span.to }].filter(({ from, to }) => from < to)
}

function clipped({ from, to }: { from: Instant; to: Instant }, bounds: { from: Instant; to: Instant }): Ranges {
  const range = { from: from < bounds.from ? bounds.from : from, to: to > bounds.to ? bounds.to : to }
  return range.from < range.to ? [range] : []
}

function minutes({ start, end }: { start: Instant; end: Instant }): number {
  return (Date.parse(end) - Date.parse(start)) / 60_000
}
