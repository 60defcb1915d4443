import { addDays, type Instant, type LocalDate, localDate, minutesBetween, sayDate, sayTime, type Zone } from '../salon/time.ts'
import type { DayBook, DayRow, DayVisit } from './day-book.ts'

/** Slack takes 2,000 characters for a picture (Block Kit reference, image block: alt_text); what makes text inert there adds some. */
const longest = 1_900

/** The shortest way to say a time that a person still reads as one: "9 am", "9:15 am". */
export function sayHour(instant: Instant, zone: Zone): string {
  return sayTime(instant, zone).replace(':00', '')
}

/** "1 h 30 min", "45 min". */
export function sayMinutes(minutes: number): string {
  const [hours, rest] = [Math.floor(minutes / 60), Math.round(minutes % 60)]
  return [hours > 0 ? `${hours} h` : '', rest > 0 || hours === 0 ? `${rest} min` : ''].filter(Boolean).join(' ')
}

/** "8 am to 8 pm"; the day too where it ends after midnight. */
export function sayOpen({ open, date, location: { zone } }: Pick<DayBook, 'open' | 'date' | 'location'>): string {
  if (open === null) return 'closed'
  const ends = localDate(open.end, zone)
  const midnight = ends === addDays(date, 1) && sayHour(open.end, zone) === '12 am'
  return `${sayHour(open.start, zone)} to ${midnight ? 'midnight' : sayHour(open.end, zone)}`
}

/** "3 gaps open (2 h 30 min)". */
export function sayGaps({ openGaps, openMinutes }: DayBook['glance']): string {
  return openGaps === 0 ? 'no gaps open' : `${openGaps} ${openGaps === 1 ? 'gap' : 'gaps'} open (${sayMinutes(openMinutes)})`
}

/** The day at a glance in one line: "17 appointments · 4 at risk · 5 gaps open (6 h 15 min)". */
export function sayGlance({ glance }: Pick<DayBook, 'glance'>): string {
  const { appointments, atRisk } = glance
  return [
    appointments === 0 ? 'no appointments' : `${appointments} appointment${appointments === 1 ? '' : 's'}`,
    ...(appointments === 0 ? [] : [atRisk === 0 ? 'nobody at risk' : `${atRisk} at risk`]),
    sayGaps(glance),
  ].join(' · ')
}

/**
 * The day book in words, for whoever cannot see its picture: who is with whom when, each risk, and what is free. At most
 * 1,900 characters: a day that is longer loses its services first, then the visits that are not at risk, and says so.
 */
export function sayDayBook({ dayBook, now }: { dayBook: DayBook; now: Instant }): string {
  const tellings = [{ services: true, everybody: true }, { services: false, everybody: true }, { services: false, everybody: false }]
  for (const telling of tellings) {
    const text = tell({ dayBook, now, ...telling })
    if (text.length <= longest) return text
  }
  const text = tell({ dayBook, now, services: false, everybody: false })
  const end = ' … The rest is in the book.'
  return `${text.slice(0, text.lastIndexOf(' ', longest - end.length))}${end}`
}

type Telling = { dayBook: DayBook; services: boolean; everybody: boolean }

function tell({ dayBook, now, ...telling }: Telling & { now: Instant }): string {
  const { location, date, rows, untimed } = dayBook
  const today: LocalDate = localDate(now, location.zone)
  const sentences = [
    `${location.name}, ${sayDate(date, today)}, ${sayOpen(dayBook)}. ${sayGlance(dayBook).replaceAll(' · ', ', ')}.`,
    ...(date === today ? [`It is ${sayTime(now, location.zone)}.`] : []),
    ...(telling.everybody ? [] : ['Only visits at risk are named.']),
    ...rows.map((row) => tellRow({ row, dayBook, ...telling })),
    ...(untimed.length === 0 ? [] : [`Without a known time or person: ${untimed.map((visit) => tellVisit({ visit, zone: undefined, services: telling.services })).join('; ')}.`]),
  ]
  return sentences.join(' ').replace(/[\s\p{Cc}]+/gu, ' ')
}

function tellRow({ row: { staff, visits, gaps }, dayBook: { location: { zone } }, services, everybody }: Telling & { row: DayRow }): string {
  const told = everybody ? visits : visits.filter(({ risk }) => risk !== undefined && risk.band !== 'low')
  const others = visits.length - told.length
  const parts = [
    ...told.map((visit) => tellVisit({ visit, zone, services })),
    ...(others > 0 ? [`${others} ${told.length > 0 ? 'more' : others === 1 ? 'visit' : 'visits'}`] : visits.length === 0 ? ['nobody booked'] : []),
  ]
  const free = gaps.map(({ start, end }) => `${sayHour(start, zone)} to ${sayHour(end, zone)}`)
  return `${staff.name}: ${parts.join('; ')}.${free.length === 0 ? '' : ` Free ${free.join(', ')}.`}`
}

function tellVisit({ visit: { client, services: sold, start, end, status, risk }, zone, services }: { visit: DayVisit; zone: Zone | undefined; services: boolean }): string {
  const states: Partial<Record<DayVisit['status'], string>> = { confirmed: 'confirmed', arrived: 'is here', in_service: 'in the chair', completed: 'done', no_show: 'no-show' }
  const known = [
    ...(risk === undefined ? [] : [risk.band === 'low' ? 'low' : `${risk.band} ${Math.round(risk.score * 100)} %`]),
    ...(states[status] === undefined ? [] : [states[status]]),
  ]
  return [
    ...(zone === undefined ? [] : [sayHour(start, zone)]), client.name, ...(services ? [`${sold}${zone === undefined ? '' : `, ${sayMinutes(minutesBetween(start, end))}`}`] : []), ...(known.length === 0 ? [] : [`(${known.join(', ')})`]),
  ].join(' ')
}
