import { sayList } from './plain-names.ts'
import { type Instant, localDate, type LocalDate, localTime, sayDate, sayTime, sayWhen, weekday, type Zone } from './time.ts'

/** The languages the desk writes to clients in. */
export const languages = ['en', 'es', 'fr'] as const
export type Language = (typeof languages)[number]

/**
 * Something to be said to a client, in whichever language they read: it becomes words only when the text is written. `now`
 * decides whether the year must be said. A plain string is said as it is.
 */
export type SayValue =
  | string
  /** "Friday 27 November at 3:00 pm". */
  | { when: Instant; zone: Zone; now: Instant }
  /** "Friday 27 November", where the time is not known. */
  | { day: LocalDate; now: LocalDate }
  /** "women's cut and blow-dry"; without any "appointment". */
  | { services: string[] }
  /** " with Maya and Bea"; nothing without any. */
  | { with: string[] }
  /** " at 1 Main Street"; nothing for ''. */
  | { place: string }
  /** "1) Friday 27 November at 3:00 pm, 2) …". */
  | { times: Instant[]; zone: Zone; now: Instant }
  /** "1, 2 or 3": what there is to choose from. */
  | { choices: number }
  /** "women's cut on Friday 27 November at 3:00 pm; …". */
  | { visits: { services: string[]; at: Instant }[]; zone: Zone; now: Instant }

/** The words of a value in a language. */
export function sayValue(value: SayValue, language: Language): string {
  if (typeof value === 'string') return value
  const said = sayings[language]
  if ('when' in value) return said.when(value.when, value.zone, value.now)
  if ('day' in value) return said.day(value.day, value.now)
  if ('services' in value) return value.services.length === 0 ? said.appointment : said.list(value.services)
  if ('with' in value) return value.with.length === 0 ? '' : ` ${said.withWhom} ${said.list(value.with)}`
  if ('place' in value) return value.place === '' ? '' : ` ${said.at} ${value.place}`
  if ('choices' in value) return sayChoices(value.choices, said.or)
  if ('times' in value) return sayTimes(value, said)
  const { visits, zone, now } = value
  return visits.map(({ services, at }) => `${services.length === 0 ? said.appointment : said.list(services)} ${said.on} ${said.when(at, zone, now)}`).join('; ')
}

/** The language of a BCP 47 tag (`es-MX`), where the desk writes it. */
export function languageOf(tag: string | undefined): Language | undefined {
  const [base = ''] = (tag ?? '').toLowerCase().split(/[-_]/)
  return languages.find((language) => language === base)
}

type Sayings = {
  when(instant: Instant, zone: Zone, now: Instant): string
  day(date: LocalDate, now: LocalDate): string
  time(instant: Instant, zone: Zone): string
  list(items: string[]): string
  appointment: string
  withWhom: string
  at: string
  on: string
  or: string
}

const spanishDays = ['lunes', 'martes', 'miércoles', 'jueves', 'viernes', 'sábado', 'domingo']
const spanishMonths = ['enero', 'febrero', 'marzo', 'abril', 'mayo', 'junio', 'julio', 'agosto', 'septiembre', 'octubre', 'noviembre', 'diciembre']
const frenchDays = ['lundi', 'mardi', 'mercredi', 'jeudi', 'vendredi', 'samedi', 'dimanche']
const frenchMonths = ['janvier', 'février', 'mars', 'avril', 'mai', 'juin', 'juillet', 'août', 'septembre', 'octobre', 'novembre', 'décembre']

const sayings: Record<Language, Sayings> = {
  en: { when: sayWhen, day: sayDate, time: sayTime, list: sayList, appointment: 'appointment', withWhom: 'with', at: 'at', on: 'on', or: 'or' },
  es: {
    when: (instant, zone, now) => `${sayings.es.day(localDate(instant, zone), localDate(now, zone))} ${/^(?:01|13)/.test(localTime(instant, zone)) ? 'a la' : 'a las'} ${sayTime(instant, zone)}`,
    day: (date, now) => `${spanishDays[weekday(date) - 1]} ${Number(date.slice(8))} de ${spanishMonths[Number(date.slice(5, 7)) - 1]}${yearOf(date, now, ' de ')}`,
    time: sayTime, list: (items) => joined(items, 'y'), appointment: 'cita', withWhom: 'con', at: 'en', on: 'el', or: 'o',
  },
  fr: {
    when: (instant, zone, now) => `${sayings.fr.day(localDate(instant, zone), localDate(now, zone))} à ${sayings.fr.time(instant, zone)}`,
    day: (date, now) => `${frenchDays[weekday(date) - 1]} ${date.endsWith('-01') ? '1er' : Number(date.slice(8))} ${frenchMonths[Number(date.slice(5, 7)) - 1]}${yearOf(date, now, ' ')}`,
    time: (instant, zone) => localTime(instant, zone).replace(/^0?(\d+):(\d\d)$/, '$1 h $2'), list: (items) => joined(items, 'et'), appointment: 'rendez-vous', withWhom: 'avec', at: 'au', on: 'le', or: 'ou',
  },
}

function yearOf(date: LocalDate, now: LocalDate, before: string): string {
  return date.slice(0, 4) === now.slice(0, 4) ? '' : `${before}${date.slice(0, 4)}`
}

function joined(items: string[], and: string): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} ${and} ${items.at(-1)}`
}

function sayChoices(count: number, or: string): string {
  return joined(Array.from({ length: count }, (_, index) => String(index + 1)), or)
}

/** The day once where it is the same for all. */
function sayTimes({ times, zone, now }: { times: Instant[]; zone: Zone; now: Instant }, said: Sayings): string {
  const days = new Set(times.map((time) => localDate(time, zone)))
  const [day] = days
  if (days.size !== 1 || times.length < 2 || day === undefined) return times.map((time, index) => `${index + 1}) ${said.when(time, zone, now)}`).join(', ')
  return `${said.day(day, localDate(now, zone))}: ${times.map((time, index) => `${index + 1}) ${said.time(time, zone)}`).join(', ')}`
}
