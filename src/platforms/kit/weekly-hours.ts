import { z } from 'zod'
import type { OpeningHours } from '../../salon/salon.ts'
import { minuteOfDay, weekdayNames } from '../../salon/time.ts'

/**
 * Opening hours as somebody types them in: "Tue-Fri 9:00-18:00, Sat 10:00-16:00", also "9 am - 6 pm", and a day twice for a break at noon. A
 * day that is not named is closed. Times are on the salon's wall. Fails with words that name the part that is not understood.
 */
export const WeeklyHours = z.string().transform((text, context): OpeningHours[] => {
  const parts = text.split(/[,;\n]+/).map((part) => part.trim()).filter((part) => part !== '')
  const hours: OpeningHours[] = []
  const refuse = (message: string) => { context.addIssue({ code: 'custom', message }) }
  if (parts.length === 0) refuse('when the salon is open, as in "Tue-Fri 9:00-18:00, Sat 10:00-16:00"')
  for (const part of parts) {
    const read = readPart(part)
    if (typeof read === 'string') refuse(read)
    else if (read.some((one) => hours.some((other) => lieOnEachOther(one, other)))) refuse(`"${part}" lies on hours that were given before`)
    else hours.push(...read)
  }
  return hours.sort((a, b) => a.weekday - b.weekday || (a.open < b.open ? -1 : 1))
})

function readPart(part: string): OpeningHours[] | string {
  const [, first = '', last = first, from = '', to = ''] = /^([a-z]+)\.?(?:\s*[-–]\s*([a-z]+)\.?)?\s+(\d[^-–]*?)\s*[-–]\s*(\d.*)$/i.exec(part) ?? []
  const [begin, end, open, close] = [readDay(first), readDay(last), readTime(from), readTime(to)]
  if (begin === undefined || end === undefined || open === undefined || close === undefined) return `"${part}" is not understood: write days and hours, as in "Tue-Fri 9:00-18:00"`
  if (open === '24:00') return `"${part}" begins at the end of the day: write 0:00`
  if (minuteOfDay(open) >= minuteOfDay(close)) return `"${part}" ends before it begins: write 18:00 or 6 pm for the evening, and 24:00 for midnight`
  // "Sat-Mon" goes on into the next week.
  return Array.from({ length: ((end - begin + 7) % 7) + 1 }, (_, n) => ({ weekday: ((begin + n - 1) % 7) + 1, open, close: close === '24:00' ? '00:00' : close }))
}

/** "Tue", "Tues" and "Tuesday" are 2. */
function readDay(word: string): number | undefined {
  const at = weekdayNames.findIndex((name) => name.toLowerCase().startsWith(word.toLowerCase()))
  return word.length < 2 || at < 0 ? undefined : at + 1
}

/** "9", "9:00", "18.30", "6 pm" as "HH:MM", up to "24:00". */
function readTime(text: string): string | undefined {
  const [, h, m = '00', half] = /^(\d{1,2})(?:[:.](\d\d))?\s*(am|pm|a\.m\.|p\.m\.)?$/i.exec(text.trim()) ?? []
  if (h === undefined || Number(m) > 59 || (half !== undefined && (Number(h) < 1 || Number(h) > 12))) return undefined
  const hour = half === undefined ? Number(h) : (Number(h) % 12) + (half.toLowerCase().startsWith('p') ? 12 : 0)
  return hour > 24 || (hour === 24 && m !== '00') ? undefined : `${String(hour).padStart(2, '0')}:${m}`
}

function lieOnEachOther(one: OpeningHours, other: OpeningHours): boolean {
  const end = ({ close }: OpeningHours) => (close === '00:00' ? 1440 : minuteOfDay(close))
  return one.weekday === other.weekday && minuteOfDay(one.open) < end(other) && minuteOfDay(other.open) < end(one)
}
