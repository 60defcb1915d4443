import { at, type Instant, localDate, localTime, toInstant, type Zone } from '../../salon/time.ts'

/** `2026-11-21T10:00[:00]` or `2026-11-21 10:00:00` on the wall in `zone`, as an instant (in a gap the later reading, in an overlap the earlier one). Throws on anything else. */
export function fromLocal(text: string, zone: Zone): Instant {
  const [, date, time] = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?::\d\d(?:\.\d+)?)?$/.exec(text) ?? []
  if (date === undefined || time === undefined) throw new RangeError(`not a local time: ${text.slice(0, 40)}`)
  return at(date, time, zone)
}

/** An instant as wall-clock time in `zone`: `2026-11-21T10:00:00` (with `separator`, something else between day and time). */
export function toLocal(instant: Instant, zone: Zone, separator: 'T' | ' ' = 'T'): string {
  return `${localDate(instant, zone)}${separator}${localTime(instant, zone)}:00`
}

/** A text with an offset as an instant; undefined for anything else: what a vendor wrote oddly is no reason to stop reading. */
export function readInstant(text: string): Instant | undefined {
  try {
    return toInstant(text)
  } catch {
    return undefined
  }
}

/** Whether a text is a time at all, on some wall or with an offset. */
export function isTime(text: string): boolean {
  try {
    return readInstant(text) !== undefined || fromLocal(text, 'UTC') !== ''
  } catch {
    return false
  }
}
