import { Temporal } from 'temporal-polyfill'
import { addDays, monthNames, weekday, weekdayNames, type LocalDate, type Zone } from '../../salon/time.ts'

/** A date read at a place of the normalised text. */
export type DateFind = { index: number; length: number; from: LocalDate; to: LocalDate; alternative?: LocalDate }

type Read = { from: LocalDate; to: LocalDate; alternative?: LocalDate } | undefined
type Pattern = { find: RegExp; read: (match: RegExpMatchArray, today: LocalDate, zone: Zone) => Read }

const WD = '(monday|tuesday|wednesday|thursday|friday|saturday|sunday)'
const MONTH = '(january|february|march|april|may|june|july|august|september|october|november|december)'
const DAY = '(\\d{1,2})(?:st|nd|rd|th)?'
const COUNT = '(\\d{1,2}|a couple(?: of)?|a few|a|1)'

/**
 * In order: the first that fits a stretch of text wins it. Front-desk meaning throughout:
 * a bare weekday is the next such day after today, "next friday" is the friday of next week (weeks run
 * Monday to Sunday), a day and month is the next time it comes round.
 */
const patterns: Pattern[] = [
  // 2026-11-27
  rule(String.raw`(\d{4})[-/](\d{1,2})[-/](\d{1,2})`, ([, y, m, d]) => exact(Number(y), Number(m), Number(d))),
  // Friday 27 November, the 27th of nov 2026
  rule(String.raw`(?:${WD},? )?(?:the )?${DAY}(?: of| de)?[ -]${MONTH}(?:,? (\d{4}))?`, ([, wd, d, month, y], today) => monthDay(today, month!, Number(d), y, wd)),
  // Fri, November the 27th, nov 27
  rule(String.raw`(?:${WD},? )?${MONTH}\.? (?:the )?${DAY}(?! ?(?:[:h]\d|pm|am|oclock))(?:,? (20\d{2}))?`, ([, wd, month, d, y], today) => monthDay(today, month!, Number(d), y, wd)),
  // 11/27, 27/11/2026, 27.11.
  rule(String.raw`(?:${WD},? )?(\d{1,2})(?:/(\d{1,2})(?:/(\d{4}|\d{2}))?|\.(\d{1,2})\.(\d{4}|\d{2})?)(?! ?hours?)`, ([, wd, first, second, year, dotSecond, dotYear], today, zone) =>
    dotSecond === undefined
      ? slashDate(today, Number(first), Number(second), year, zone, wd)
      : monthDay(today, monthNames[Number(dotSecond) - 1]?.toLowerCase() ?? '', Number(first), dotYear, wd)),
  // a week from tuesday, 2 weeks on friday, a week today
  rule(String.raw`${COUNT} weeks? (?:from |on |after )?(?:${WD}|(today|tomorrow|now))`, ([, n, wd, base], today) => {
    const start = wd ? comingWeekday(today, wd) : base === 'tomorrow' ? addDays(today, 1) : today
    return day(addDays(start, 7 * count(n)))
  }),
  rule(String.raw`(?:the )?${WD} after next`, ([, wd], today) => day(weekdayOfWeek(today, wd!, 2))),
  rule(String.raw`(?:the )?week after next`, (_m, today) => week(today, 2)),
  rule(String.raw`${WD} (?:of |in )?next week|next week(?:'?s)?(?: on)? ${WD}`, ([, a, b], today) => day(weekdayOfWeek(today, (a ?? b)!, 1))),
  rule(String.raw`${WD} (?:of |in )?this week|this week(?:'?s)?(?: on)? ${WD}`, ([, a, b], today) => day(weekdayOfWeek(today, (a ?? b)!, 0))),
  rule(String.raw`(?:this |on )?${WD} week`, ([, wd], today) => day(addDays(comingWeekday(today, wd!), 7))),
  // in two weeks, three days from now, in a fortnight
  rule(String.raw`in (?:about |around )?${COUNT} (days?|weeks?|months?)(?:['’]? ?time)?`, ([, n, unit], today) => day(shift(today, count(n), unit!))),
  rule(String.raw`${COUNT} (days?|weeks?|months?) from (?:now|today)`, ([, n, unit], today) => day(shift(today, count(n), unit!))),
  rule(String.raw`${COUNT} (days?|weeks?|months?) ago`, ([, n, unit], today) => day(shift(today, -count(n), unit!))),
  rule(String.raw`in (?:a |1 )?fortnight(?:'?s time)?`, (_m, today) => day(addDays(today, 14))),
  rule(String.raw`(?:over |in |for |within )?(?:the )?(?:next|coming) (few|\d{1,2}|couple(?: of)?) (days|weeks)`, ([, n, unit], today) =>
    ({ from: today, to: shift(today, count(n === 'few' ? 'a few' : n?.startsWith('couple') ? 'a couple' : n), unit!) })),
  // the 27th, friday the 27th, friday 27
  rule(String.raw`(?:${WD},? )(?:the )?(\d{1,2})(?:st|nd|rd|th)`, ([, wd, d], today) => dayOfMonth(today, Number(d), wd)),
  rule(String.raw`${WD},? (?:the )?(1[3-9]|2\d|3[01])(?![\d:]| ?(?:pm|am|h\d))`, ([, wd, d], today) => dayOfMonth(today, Number(d), wd)),
  rule(String.raw`(?:the )?(\d{1,2})(?:st|nd|rd|th)(?: of (?:this|the) month)?(?! (?:clients?|appointments?|one|customer|visit|time|slot|option|call|choice|floor|person|guest|no[- ]show))`, ([, d], today) => dayOfMonth(today, Number(d))),
  rule(String.raw`(?:on )?(?:the|el) (1[3-9]|2\d|3[01])(?![\d:/.]| ?(?:pm|am|h\d|oclock|minutes?|percent|year|clients?|appointments?))`, ([, d], today) => dayOfMonth(today, Number(d))),
  rule(String.raw`(christmas eve|christmas day|christmas|boxing day|new year'?s eve|new year'?s day|valentine'?s day|valentine'?s|halloween|thanksgiving|black friday)`, ([, name], today) => holiday(today, name!)),
  // weekdays
  rule(String.raw`(?:the )?next ${WD}|${WD} (?:next|que viene)|el ${WD} próximo`, ([, a, b, c], today) => day(weekdayOfWeek(today, (a ?? b ?? c)!, 1))),
  rule(String.raw`last ${WD}`, ([, wd], today) => day(addDays(comingWeekday(today, wd!), -7))),
  rule(String.raw`(?:this|this coming|the coming|following|upcoming|el|este) ${WD}`, ([, wd], today) => {
    const coming = comingWeekday(today, wd!)
    return weekday(coming) === weekday(today) ? { from: coming, to: coming, alternative: today } : day(coming)
  }),
  rule(WD, ([, wd], today) => {
    const coming = comingWeekday(today, wd!)
    return weekday(coming) === weekday(today) ? { from: coming, to: coming, alternative: today } : day(coming)
  }),
  // weeks, weekends, months
  rule(String.raw`(?:the |this |at the |on the )?(next )?weekend(?: after next)?`, ([all, next], today) => weekend(today, all.endsWith('after next') ? 2 : next ? 1 : 0)),
  rule(String.raw`last week`, (_m, today) => ({ from: weekdayOfWeek(today, 'monday', -1), to: weekdayOfWeek(today, 'sunday', -1) })),
  rule(String.raw`(?:(early|start of|beginning of|first half of|mid|middle of|late|later|end of|back end of|rest of)[ -])?(?:the )?(?:(next|following|this|coming) )week|(early|start of|beginning of|mid|middle of|late|later in|end of|rest of)[ -](?:the )?week|la (?:(?:próxima|proxima) semana|semana que viene)`, ([all, part, which, bare], today) =>
    partOfWeek(today, part ?? bare, which === 'next' || which === 'following' || which === 'coming' || all.startsWith('la ') ? 1 : 0)),
  rule(String.raw`(?:(early|start of|beginning of|mid|middle of|late|later|end of|rest of) )?(?:(next|this|last) )month|(end of|rest of|start of) (?:the )?month`, ([, part, which, bare], today) =>
    month(today, which === 'next' ? 1 : which === 'last' ? -1 : 0, part ?? bare)),
  // days by name
  rule(String.raw`(?:the )?day after tomorrow|pasado mañana`, (_m, today) => day(addDays(today, 2))),
  rule(String.raw`(?:the )?day before yesterday`, (_m, today) => day(addDays(today, -2))),
  rule(String.raw`tomorrow|2moro|2morrow|(?<!(?:la|de|esta|por la|buenas?) )mañana`, (_m, today) => day(addDays(today, 1))),
  rule(String.raw`yesterday`, (_m, today) => day(addDays(today, -1))),
  rule(String.raw`today|right now|tonight|esta (?:noche|tarde|mañana)|this (?:morning|afternoon|evening|arvo)`, (_m, today) => day(today)),
  rule(String.raw`(?:in|for|during|this|of|en) ${MONTH}|next ${MONTH}`, ([, a, b], today) => wholeMonth(today, (a ?? b)!)),
]

/** Every date in a normalised text, in reading order, none overlapping another. */
export function readDates({ text, today, zone }: { text: string; today: LocalDate; zone: Zone }): DateFind[] {
  const finds: DateFind[] = []
  let rest = text
  for (const { find, read } of patterns) {
    for (const match of rest.matchAll(find)) {
      const range = read(match, today, zone)
      if (range === undefined) continue
      finds.push({ index: match.index, length: match[0].length, ...range })
      rest = rest.slice(0, match.index) + '§'.repeat(match[0].length) + rest.slice(match.index + match[0].length)
    }
  }
  return finds.toSorted((a, b) => a.index - b.index)
}

function rule(pattern: string, read: Pattern['read']): Pattern {
  return { find: new RegExp(`(?<![\\p{L}\\d§$#.:/-])(?:${pattern})(?![\\p{L}\\d§]|[:/]\\d)`, 'gu'), read }
}

function day(date: LocalDate): { from: LocalDate; to: LocalDate } {
  return { from: date, to: date }
}

function count(words: string | undefined): number {
  if (words === undefined || words === 'a') return 1
  if (words.startsWith('a couple')) return 2
  if (words === 'a few') return 3
  return Number(words)
}

function shift(date: LocalDate, n: number, unit: string): LocalDate {
  const plain = Temporal.PlainDate.from(date)
  return (unit.startsWith('month') ? plain.add({ months: n }) : plain.add({ days: unit.startsWith('week') ? 7 * n : n })).toString()
}

function isoWeekday(name: string): number {
  return weekdayNames.findIndex((each) => each.toLowerCase() === name) + 1
}

/** The next such day after `today`; today's own weekday is a week away. */
function comingWeekday(today: LocalDate, name: string): LocalDate {
  return addDays(today, ((isoWeekday(name) - weekday(today) + 6) % 7) + 1)
}

function weekdayOfWeek(today: LocalDate, name: string, weeksOn: number): LocalDate {
  return addDays(today, isoWeekday(name) - weekday(today) + 7 * weeksOn)
}

/** Monday to Sunday of a later week; of this week what is left of it. */
function week(today: LocalDate, weeksOn: number): { from: LocalDate; to: LocalDate } {
  return { from: weeksOn === 0 ? today : weekdayOfWeek(today, 'monday', weeksOn), to: weekdayOfWeek(today, 'sunday', weeksOn) }
}

/** Early is Monday and Tuesday, the middle Wednesday, the end Thursday to Saturday; never before today. */
function partOfWeek(today: LocalDate, part: string | undefined, weeksOn: number): Read {
  const whole = week(today, weeksOn)
  if (part === undefined || part === 'rest of') return whole
  if (part.startsWith('later') && weeksOn === 0) return weekday(today) === 7 ? whole : { from: addDays(today, 1), to: whole.to }
  const [first, last] = /early|start|beginning|first/.test(part) ? ['monday', 'tuesday'] : /mid/.test(part) ? ['wednesday', 'wednesday'] : ['thursday', 'saturday']
  const from = weekdayOfWeek(today, first, weeksOn)
  const to = weekdayOfWeek(today, last, weeksOn)
  return to < today ? whole : { from: from < today ? today : from, to }
}

function weekend(today: LocalDate, weeksOn: number): { from: LocalDate; to: LocalDate } {
  const saturday = weekdayOfWeek(today, 'saturday', weeksOn)
  return { from: saturday < today ? today : saturday, to: weekdayOfWeek(today, 'sunday', weeksOn) }
}

function month(today: LocalDate, monthsOn: number, part: string | undefined): Read {
  const first = Temporal.PlainDate.from(today).with({ day: 1 }).add({ months: monthsOn })
  const last = first.with({ day: first.daysInMonth })
  const [a, b] = part === undefined || part === 'rest of' ? [1, last.day] : /early|start|beginning/.test(part) ? [1, 10] : /mid/.test(part) ? [11, 20] : [21, last.day]
  const from = first.with({ day: a }).toString()
  return { from: monthsOn === 0 && from < today ? today : from, to: first.with({ day: b }).toString() }
}

function wholeMonth(today: LocalDate, name: string): Read {
  const now = Temporal.PlainDate.from(today)
  const number = monthNumber(name)
  const first = Temporal.PlainDate.from({ year: number < now.month ? now.year + 1 : now.year, month: number, day: 1 })
  return { from: first.toString() < today ? today : first.toString(), to: first.with({ day: first.daysInMonth }).toString() }
}

function monthNumber(name: string): number {
  return monthNames.findIndex((each) => each.toLowerCase() === name) + 1
}

function exact(year: number, monthOfYear: number, dayNumber: number): Read {
  try {
    return day(Temporal.PlainDate.from({ year, month: monthOfYear, day: dayNumber }, { overflow: 'reject' }).toString())
  } catch {
    return undefined
  }
}

/** A day and month: this year's unless it has passed, then next year's. A weekday that does not fit is given back as the alternative. */
function monthDay(today: LocalDate, name: string, dayNumber: number, year: string | undefined, wd: string | undefined): Read {
  const number = monthNumber(name)
  if (number === 0) return undefined
  if (year !== undefined) return exact(Number(year) < 100 ? 2000 + Number(year) : Number(year), number, dayNumber)
  const thisYear = Number(today.slice(0, 4))
  const read = [0, 1, 2, 3, 4].map((on) => exact(thisYear + on, number, dayNumber)).find((each) => each !== undefined && each.from >= today)
  return read && withWeekday(read, wd, today)
}

function dayOfMonth(today: LocalDate, dayNumber: number, wd?: string): Read {
  const now = Temporal.PlainDate.from(today)
  const read = [0, 1, 2, 3].map((on) => exact(now.add({ months: on }).year, now.add({ months: on }).month, dayNumber)).find((each) => each !== undefined && each.from >= today)
  return read && withWeekday(read, wd, today)
}

function withWeekday(read: NonNullable<Read>, wd: string | undefined, today: LocalDate): Read {
  return wd === undefined || weekday(read.from) === isoWeekday(wd) ? read : { ...read, alternative: comingWeekday(today, wd) }
}

/** Month first in the Americas, day first elsewhere; the other order is the alternative when both are real days. */
function slashDate(today: LocalDate, first: number, second: number, year: string | undefined, zone: Zone, wd: string | undefined): Read {
  const monthFirst = zone.startsWith('America/') || zone.startsWith('US/')
  const readAs = (m: number, d: number): Read => monthDay(today, monthNames[m - 1]?.toLowerCase() ?? '', d, year, wd)
  const [usual, other] = monthFirst ? [readAs(first, second), readAs(second, first)] : [readAs(second, first), readAs(first, second)]
  if (usual === undefined) return other
  return other === undefined || other.from === usual.from ? usual : { ...usual, alternative: other.from }
}

const fixedHolidays: Record<string, [string, number]> = {
  'christmas eve': ['december', 24], christmas: ['december', 25], 'christmas day': ['december', 25], 'boxing day': ['december', 26],
  'new years eve': ['december', 31], 'new years day': ['january', 1], 'valentines day': ['february', 14], valentines: ['february', 14], halloween: ['october', 31],
}

function holiday(today: LocalDate, name: string): Read {
  const fixed = fixedHolidays[name.replace("'", '')]
  if (fixed !== undefined) return monthDay(today, fixed[0], fixed[1], undefined, undefined)
  // Thanksgiving: the fourth Thursday of November in the United States; the day after is Black Friday.
  const year = Number(today.slice(0, 4))
  for (const each of [year, year + 1]) {
    const first = Temporal.PlainDate.from({ year: each, month: 11, day: 1 })
    const thursday = first.add({ days: ((4 - first.dayOfWeek + 7) % 7) + 21 })
    const date = (name === 'thanksgiving' ? thursday : thursday.add({ days: 1 })).toString()
    if (date >= today) return day(date)
  }
  return undefined
}
