import type { WaitlistEntry } from '../../salon/salon.ts'
import { type Language, type SayValue, sayValue } from '../../salon/say-value.ts'
import { addDays, type Instant, type LocalDate, localDate, localTime, type Zone } from '../../salon/time.ts'

type Ranges = WaitlistEntry['wanted']
/** Stretches of a day in which one begins, on these runs of days; `times` without, whole days. */
type Stretch = { days: { first: LocalDate; last: LocalDate }[]; times?: [Instant, Instant] }

/** More than so many runs of days or kinds of stretch do not fit a text. */
const most = 3

/** In each language: any time, anything before, days (one, a run, several), and within hours. */
const sayings: Record<Language, { any: string; before: (when: string) => string; run: (first: string, last: string) => string; hours: (from: string, to: string) => string; and: string; more: (last: string) => string }> = {
  en: { any: 'any time', before: (when) => `anything before ${when}`, run: (first, last) => `${first} to ${last}`, hours: (from, to) => `from ${from} to ${to}`, and: 'or', more: (last) => `more days up to ${last}` },
  es: { any: 'cualquier hora', before: (when) => `antes del ${when}`, run: (first, last) => `del ${first} al ${last}`, hours: (from, to) => `de ${from} a ${to}`, and: 'o', more: (last) => `más días hasta el ${last}` },
  fr: { any: "n'importe quand", before: (when) => `avant le ${when}`, run: (first, last) => `du ${first} au ${last}`, hours: (from, to) => `de ${from} à ${to}`, and: 'ou', more: (last) => `d'autres jours jusqu'au ${last}` },
}

/** The times somebody waits for, in each language. `now` is when they begin to wait; a range from then on is "before" its end. */
export function sayWanted({ wanted, zone, now }: { wanted: Ranges; zone: Zone; now: Instant }): SayValue {
  return { words: { en: say({ wanted, zone, now }, 'en'), es: say({ wanted, zone, now }, 'es'), fr: say({ wanted, zone, now }, 'fr') } }
}

function say({ wanted, zone, now }: { wanted: Ranges; zone: Zone; now: Instant }, language: Language): string {
  const said = sayings[language]
  const [only] = wanted
  if (only === undefined) return said.any
  const today = localDate(now, zone)
  const day = (date: LocalDate) => sayValue({ day: date, now: today }, language)
  if (wanted.length === 1 && only.from <= now && localDate(only.to, zone) !== today) return said.before(isMidnight(only.to, zone) ? day(localDate(only.to, zone)) : sayValue({ when: only.to, zone, now }, language))
  const stretches = stretchesOf(wanted, zone, now)
  const parts = stretches.slice(0, most).map(({ days, times }) => {
    const runs = days.slice(0, most).map(({ first, last }) => (first === last ? day(first) : said.run(day(first), day(last))))
    const all = days.length > most ? [...runs.slice(0, most - 1), said.more(day(days.at(-1)?.last ?? today))] : runs
    const hours = times === undefined ? '' : ` ${said.hours(...(times.map((time) => sayValue({ time, zone }, language)) as [string, string]))}`
    return `${listed(all, said.and)}${hours}`
  })
  return parts.join(', ')
}

function stretchesOf(wanted: Ranges, zone: Zone, now: Instant): Stretch[] {
  const stretches = new Map<string, Stretch>()
  for (const { from, to } of wanted) {
    const first = localDate(from, zone)
    // What is left of today is today.
    const wholeDays = (isMidnight(from, zone) || from === now) && isMidnight(to, zone)
    const key = wholeDays ? '' : `${localTime(from, zone)} ${localTime(to, zone)}`
    const stretch: Stretch = stretches.get(key) ?? { days: [], ...(wholeDays ? {} : { times: [from, to] }) }
    const last = wholeDays ? addDays(localDate(to, zone), -1) : localDate(to, zone)
    const before = stretch.days.at(-1)
    if (before !== undefined && addDays(before.last, 1) === first) before.last = last
    else stretch.days.push({ first, last })
    stretches.set(key, stretch)
  }
  return [...stretches.values()]
}

function isMidnight(instant: Instant, zone: Zone): boolean {
  return localTime(instant, zone) === '00:00'
}

function listed(items: string[], and: string): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} ${and} ${items.at(-1)}`
}
