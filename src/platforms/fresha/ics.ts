import { type Instant, isZone, startOfDay, toInstant, toLocalDate, type Zone } from '../../salon/time.ts'
import { fromLocal } from '../kit/local-times.ts'

/** One event of a calendar feed. What it is about and with whom is left where it is: nothing there has a form that can be relied on. */
export type CalendarEvent = {
  uid: string
  start: Instant
  end: Instant
  /** A day without a time: a holiday, a closed day. */
  allDay: boolean
  cancelled: boolean
  createdAt?: Instant
  changedAt?: Instant
}

type Line = { name: string; params: Record<string, string>; value: string }

/**
 * The events of an iCalendar feed (RFC 5545), in the order in which they stand there; undefined when the text is no calendar or breaks off.
 * `zone` is that of times which name none, or one that is not an IANA name and not explained by its `VTIMEZONE`.
 * Of a repeated event only the first time is read. An event whose times cannot be read is left out, and counted in `unread`.
 */
export function readCalendar(text: string, zone: Zone): { events: CalendarEvent[]; unread: number } | undefined {
  const lines = unfold(text).map(readLine).filter((line) => line !== undefined)
  const [first, last] = [lines[0], lines.at(-1)]
  // A feed that was cut off would look like a day on which everything was cancelled.
  if (first?.name !== 'BEGIN' || !isCalendar(first) || last?.name !== 'END' || !isCalendar(last)) return undefined
  const zones = zonesOf(lines)
  const zoneOf = (tzid: string | undefined): Zone => (tzid === undefined ? zone : isZone(tzid) ? tzid : zones.get(tzid) ?? zone)
  const all = eventsIn(lines)
  const events = all.map((event) => readEvent(event, zoneOf)).filter((event) => event !== undefined)
  return { events, unread: all.length - events.length }
}

const isCalendar = ({ value }: Line) => value.toUpperCase() === 'VCALENDAR'

/** Long lines go on in the next one, after a blank (RFC 5545, 3.1). */
function unfold(text: string): string[] {
  return text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n').replace(/\n[ \t]/g, '').split('\n').filter((line) => line.trim() !== '')
}

/** `DTSTART;TZID="Europe/Rome":20261121T100000`. A colon or semicolon within quotes is part of a parameter. */
function readLine(line: string): Line | undefined {
  const [, name, given = '', value] = /^([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+=(?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)*):(.*)$/s.exec(line) ?? []
  if (name === undefined || value === undefined) return undefined
  const params = [...given.matchAll(/;([A-Za-z0-9-]+)=("[^"]*"|[^";:]*)/g)].map(([, key = '', text = '']) => [key.toUpperCase(), text.replaceAll('"', '')] as const)
  return { name: name.toUpperCase(), params: Object.fromEntries(params), value: value.trim() }
}

/** The lines of each event, without those of its alarms. */
function eventsIn(lines: Line[]): Line[][] {
  const events: Line[][] = []
  const open: string[] = []
  for (const line of lines) {
    if (line.name === 'BEGIN') {
      open.push(line.value.toUpperCase())
      if (open.at(-1) === 'VEVENT') events.push([])
    } else if (line.name === 'END') open.pop()
    else if (open.at(-1) === 'VEVENT') events.at(-1)?.push(line)
  }
  return events
}

/** Zones that are called something else in the feed: their `VTIMEZONE` may say the IANA name. */
function zonesOf(lines: Line[]): Map<string, Zone> {
  const zones = new Map<string, Zone>()
  let tzid: string | undefined
  for (const { name, value } of lines) {
    if (name === 'TZID') tzid = value
    if (name === 'X-LIC-LOCATION' && tzid !== undefined && isZone(value)) zones.set(tzid, value)
  }
  return zones
}

function readEvent(lines: Line[], zoneOf: (tzid: string | undefined) => Zone): CalendarEvent | undefined {
  const line = (name: string) => lines.find((one) => one.name === name)
  const time = (name: string) => readTime(line(name), zoneOf)
  const [uid, start] = [line('UID')?.value ?? '', time('DTSTART')]
  if (uid === '' || start === undefined) return undefined
  const given = time('DTEND')?.instant ?? addDuration(start.instant, line('DURATION')?.value)
  const [created, changed] = [time('CREATED'), time('LAST-MODIFIED')]
  const recurrence = line('RECURRENCE-ID')?.value
  return {
    uid: recurrence === undefined ? uid : `${uid} ${recurrence}`, start: start.instant, end: given !== undefined && given > start.instant ? given : start.instant, allDay: start.allDay,
    cancelled: line('STATUS')?.value.toUpperCase() === 'CANCELLED',
    ...(created !== undefined && { createdAt: created.instant }), ...(changed !== undefined && { changedAt: changed.instant }),
  }
}

/** A date, a time in UTC, or a time on the wall of a zone (RFC 5545, 3.3.4 and 3.3.5); undefined for what is none of them. */
function readTime(line: Line | undefined, zoneOf: (tzid: string | undefined) => Zone): { instant: Instant; allDay: boolean } | undefined {
  const [, y, m, d, h, min, s, utc] = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z)?)?$/.exec(line?.value ?? '') ?? []
  if (line === undefined || y === undefined) return undefined
  const [date, zone] = [`${y}-${m}-${d}`, zoneOf(line.params['TZID'])]
  try {
    if (h === undefined) return { instant: startOfDay(toLocalDate(date), zone), allDay: true }
    // A leap second is the second after it to everybody else.
    const seconds = s === '60' ? '59' : s
    return { instant: utc === 'Z' ? toInstant(`${date}T${h}:${min}:${seconds}Z`) : fromLocal(`${toLocalDate(date)}T${h}:${min}:${seconds}`, zone), allDay: false }
  } catch {
    return undefined
  }
}

/** `PT1H30M`, `P1D`, `P2W` after an instant; undefined for what is no such length. */
function addDuration(start: Instant, text: string | undefined): Instant | undefined {
  const parts = /^\+?P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(text ?? '')
  if (parts === null) return undefined
  const [w = 0, d = 0, h = 0, m = 0, s = 0] = parts.slice(1).map((part) => Number(part ?? 0))
  const ms = ((((w * 7 + d) * 24 + h) * 60 + m) * 60 + s) * 1_000
  return Number.isSafeInteger(ms) && ms < 400 * 86_400_000 ? new Date(Date.parse(start) + ms).toISOString() : undefined
}
