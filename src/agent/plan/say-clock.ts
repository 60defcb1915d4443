import type { LocalTime } from '../../salon/time.ts'

/** A wall-clock time for people: "3:00 pm". */
export function sayClock(time: LocalTime): string {
  const hour = Number(time.slice(0, 2))
  return `${hour % 12 || 12}:${time.slice(3)} ${hour % 24 < 12 ? 'am' : 'pm'}`
}
