import type { TimeWish } from '../replies/reading.ts'
import { type Instant, localDate, localTime, type Zone } from '../salon/time.ts'
import type { DatePhrase, TimePhrase } from '../understanding/time-phrases/time-phrase.ts'

/** What stands before a day or time that is the visit's present one: "my Tuesday appointment", "from Tuesday", "change Tuesday". */
const marksPresent = /(?:\b(?:from|instead of|rather than|my|our|the|move|change|reschedule|swap|switch|cambiar|mover|del?|mi|en vez de|de mon|mon)|can['’]?t (?:make|do|come)(?: it)?(?: on)?)\s+(?:my |our |the |mi |el |on )?$/i

/** The phrases that name a visit's present day or time. */
export function presentPhrases({ wish, words, start, zone }: { wish: TimeWish; words: string; start: Instant; zone: Zone }): { dates: DatePhrase[]; times: TimePhrase[] } {
  const [day, time] = [localDate(start, zone), localTime(start, zone)]
  const marked = ({ start: at, text }: { start: number; text: string }) => marksPresent.test(words.slice(0, at)) || /^(?:from|del?)\b/i.test(text)
  const isDay = (date: DatePhrase) => date.from === date.to && (date.from === day || date.alternative === day)
  const isTime = ({ kind, from, options }: TimePhrase) => (kind === 'at' && from === time) || (kind === 'ambiguous_meridiem' && options?.includes(time) === true)
  // A time that the visit has already is never what is wanted on its own day; elsewhere it may be.
  const days = wish.dates.filter(isDay)
  const onlyHere = wish.dates.every(isDay)
  const times = wish.times.filter((each) => isTime(each) && (marked(each) || (wish.times.length > 1 && (onlyHere || days.length > 0))))
  const others = wish.dates.length > days.length
  const left = wish.times.length - times.length
  const dates = days.filter((date) => marked(date) || (others && (left === 0 || times.length > 0) && wish.direction === undefined))
  return { dates, times }
}

/** The wish without the words that only say which visit is meant: "move my Tuesday 3 pm to Friday". */
export function leavePresent(given: { wish: TimeWish; words: string; start: Instant; zone: Zone }): TimeWish {
  const { wish } = given
  const present = presentPhrases(given)
  // "Change my Tuesday to 4": the day is the visit's and stays; a time alone is on the visit's day anyway.
  return { ...wish, dates: wish.dates.filter((date) => !present.dates.includes(date)), times: wish.times.filter((time) => !present.times.includes(time)) }
}
