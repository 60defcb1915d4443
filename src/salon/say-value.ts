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
  /** "3:00 pm". */
  | { time: Instant; zone: Zone }
  /** "women's cut and blow-dry"; without any "appointment". */
  | { services: string[] }
  /** " with Maya and Bea"; nothing without any. */
  | { with: string[] }
  /** "Reply here or call +1…."; without a number "Reply here to reach us.". */
  | { call: string }
  /** A line each: "1) Fri 27 Nov, 3:00 pm with Bea". */
  | { times: { at: Instant; with: string[] }[]; zone: Zone; now: Instant }
  /** "your women's cut on Friday 27 November at 3:00 pm and your …". */
  | { visits: { services: string[]; at: Instant }[]; zone: Zone; now: Instant }
  /** The same in several languages; English where there is none of the reader's. */
  | { words: { en: string } & Partial<Record<Language, string>> }

/** The words of a value in a language. */
export function sayValue(value: SayValue, language: Language): string {
  if (typeof value === 'string') return value
  const said = sayings[language]
  if ('when' in value) return remembered(`${language} ${value.when} ${value.zone} ${value.now}`, () => said.when(value.when, value.zone, value.now))
  if ('day' in value) return said.day(value.day, value.now)
  if ('time' in value) return said.time(value.time, value.zone)
  if ('services' in value) return value.services.length === 0 ? said.appointment : joined(value.services, said.and)
  if ('with' in value) return value.with.length === 0 ? '' : ` ${said.withWhom} ${joined(value.with, said.and)}`
  if ('words' in value) return value.words[language] ?? value.words.en
  if ('call' in value) return value.call === '' ? said.reply : said.call(value.call)
  const { zone, now } = value
  if ('visits' in value) return joined(value.visits.map(({ services, at }) => `${said.your} ${sayValue({ services }, language)} ${said.on} ${said.when(at, zone, now)}`), said.and)
  return value.times.map(({ at, with: staff }, index) => `${index + 1}) ${shortDay(said.day(localDate(at, zone), localDate(now, zone)))}, ${said.time(at, zone)}${sayValue({ with: staff }, language)}`).join('\n')
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
  appointment: string
  withWhom: string
  your: string
  on: string
  and: string
  reply: string
  call(phone: string): string
}

const spanishDays = ['lunes', 'martes', 'miércoles', 'jueves', 'viernes', 'sábado', 'domingo']
const spanishMonths = ['enero', 'febrero', 'marzo', 'abril', 'mayo', 'junio', 'julio', 'agosto', 'septiembre', 'octubre', 'noviembre', 'diciembre']
const frenchDays = ['lundi', 'mardi', 'mercredi', 'jeudi', 'vendredi', 'samedi', 'dimanche']
const frenchMonths = ['janvier', 'février', 'mars', 'avril', 'mai', 'juin', 'juillet', 'août', 'septembre', 'octobre', 'novembre', 'décembre']

const sayings: Record<Language, Sayings> = {
  en: { when: sayWhen, day: sayDate, time: sayTime, appointment: 'appointment', withWhom: 'with', your: 'your', on: 'on', and: 'and', reply: 'Reply here to reach us.', call: (phone) => `Reply here or call ${phone}.` },
  es: {
    when: (instant, zone, now) => `${sayings.es.day(localDate(instant, zone), localDate(now, zone))} ${/^(?:01|13)/.test(localTime(instant, zone)) ? 'a la' : 'a las'} ${sayTime(instant, zone)}`,
    day: (date, now) => `${spanishDays[weekday(date) - 1]} ${dayOf(date)} de ${spanishMonths[monthOf(date) - 1]}${yearOf(date, now, ' de ')}`,
    time: sayTime, appointment: 'cita', withWhom: 'con', your: 'su', on: 'el', and: 'y', reply: 'Responda aquí.', call: (phone) => `Responda aquí o llame al ${phone}.`,
  },
  fr: {
    when: (instant, zone, now) => `${sayings.fr.day(localDate(instant, zone), localDate(now, zone))} à ${sayings.fr.time(instant, zone)}`,
    day: (date, now) => `${frenchDays[weekday(date) - 1]} ${dayOf(date) === 1 ? '1er' : dayOf(date)} ${frenchMonths[monthOf(date) - 1]}${yearOf(date, now, ' ')}`,
    time: (instant, zone) => localTime(instant, zone).replace(/^0?(\d+):(\d\d)$/, '$1 h $2'), appointment: 'rendez-vous', withWhom: 'avec', your: 'votre', on: 'le', and: 'et', reply: 'Répondez ici.', call: (phone) => `Répondez ici ou appelez le ${phone}.`,
  },
}

/** A morning's ten thousand texts speak of a few hundred moments, and reading a calendar takes longer than writing a text. */
const moments = new Map<string, string>()

function remembered(key: string, say: () => string): string {
  const known = moments.get(key)
  if (known !== undefined) return known
  const said = say()
  if (moments.size >= 5_000) moments.clear()
  moments.set(key, said)
  return said
}

const dayOf = (date: LocalDate): number => Number(date.slice(8))
const monthOf = (date: LocalDate): number => Number(date.slice(5, 7))

function yearOf(date: LocalDate, now: LocalDate, before: string): string {
  return date.slice(0, 4) === now.slice(0, 4) ? '' : `${before}${date.slice(0, 4)}`
}

/** "Tue 24 Nov": a list of times has little room. */
function shortDay(day: string): string {
  return day.replaceAll(/ de (?=\p{L})/gu, ' ').replaceAll(/\p{L}{4,}/gu, (word) => word.slice(0, word.startsWith('jui') ? 4 : 3))
}

function joined(items: string[], and: string): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} ${and} ${items.at(-1)}`
}
