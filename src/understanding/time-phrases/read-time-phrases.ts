import { localDate } from '../../salon/time.ts'
import { openStretch } from './clock.ts'
import { normalise } from './normalise.ts'
import { readDates, type DateFind } from './read-dates.ts'
import { readTimes } from './read-times.ts'
import type { TimePhraseInput, TimePhrases } from './time-phrase.ts'

const phone = /(?<![\d:])(?:\+\d[\d ().-]{6,}\d|\(?\d{3}\)?[ .-]?\d{3}[ .-]\d{4}|\d{3}[-.]\d{4}|\d{7,})(?!\d)/g
/** Days that also say a part of the day stay readable for the reader of times. */
const alsoPartOfDay = /tonight|^this (?:morning|afternoon|evening)|^esta /

/**
 * Reads every day and every time of day in what somebody wrote at (or to) a front desk: English, and the plain
 * Spanish forms. Pure. Rules where people differ: a bare weekday is the next one after today (today's own name: a
 * week away, today given as `alternative`); "next friday" is in next week, weeks running Monday to Sunday; nothing
 * but "last", "yesterday" and "ago" is in the past; 5/6 is month first in American zones, the other order given as
 * `alternative`; an hour without am or pm is settled only by opening hours that leave one reading.
 */
export function readTimePhrases({ text, now, zone, hours, bareNumbers = false }: TimePhraseInput): TimePhrases {
  const normalised = normalise(text)
  const withoutPhones = normalised.text.replace(phone, (digits) => '#'.repeat(digits.length))
  const dates = readDates({ text: withoutPhones, today: localDate(now, zone), zone })
  const times = readTimes({
    text: blank(withoutPhones, dates),
    open: openStretch(hours, dates.length === 1 && dates[0]!.from === dates[0]!.to ? dates[0]!.from : undefined),
    now,
    zone,
    bareNumbers,
  })
  const place = <T extends { index: number; length: number }>({ index, length, ...found }: T): Omit<T, 'index' | 'length'> & { text: string; start: number; end: number } => {
    const start = normalised.startOf(index)
    const end = normalised.endOf(index + length)
    return { ...found, text: text.slice(start, end), start, end }
  }
  return { dates: dates.map(place), times: times.map(place) }
}

function blank(text: string, dates: DateFind[]): string {
  let rest = text
  for (const { index, length } of dates) {
    if (!alsoPartOfDay.test(text.slice(index, index + length))) rest = rest.slice(0, index) + '§'.repeat(length) + rest.slice(index + length)
  }
  return rest
}
