import { monthNames, weekdayNames } from '../../salon/time.ts'
import { editDistance } from './edit-distance.ts'

/** A text in canonical lower-case words and digits, with the way back to the places in the original. */
export type Normalised = { text: string; startOf(index: number): number; endOf(index: number): number }

const weekdays = weekdayNames.map((name) => name.toLowerCase())
const months = monthNames.map((name) => name.toLowerCase())

const aliases: Record<string, string> = {
  mon: 'monday', mons: 'monday', tue: 'tuesday', tues: 'tuesday', wed: 'wednesday', weds: 'wednesday', wensday: 'wednesday', thu: 'thursday', thur: 'thursday', thurs: 'thursday',
  fri: 'friday', sat: 'saturday', sun: 'sunday',
  mondays: 'monday', tuesdays: 'tuesday', wednesdays: 'wednesday', thursdays: 'thursday', fridays: 'friday', saturdays: 'saturday', sundays: 'sunday',
  jan: 'january', feb: 'february', mar: 'march', apr: 'april', jun: 'june', jul: 'july', aug: 'august', sep: 'september', sept: 'september', oct: 'october', nov: 'november', dec: 'december',
  tomorrows: 'tomorrow', tmrw: 'tomorrow', tmr: 'tomorrow', tmw: 'tomorrow', tomo: 'tomorrow', tomoz: 'tomorrow', tommorow: 'tomorrow', tomorow: 'tomorrow', morro: 'tomorrow',
  todays: 'today', tday: 'today', tonite: 'tonight', tonights: 'tonight', tn: 'tonight', yday: 'yesterday', yesterdays: 'yesterday',
  nxt: 'next', wk: 'week', wks: 'weeks', wkend: 'weekend', weekends: 'weekend', wknd: 'weekend', hr: 'hour', hrs: 'hours', min: 'minutes', mins: 'minutes', minute: 'minutes',
  til: 'until', till: 'until', btwn: 'between', btw: 'between', arvo: 'afternoon', aft: 'afternoon', afternoons: 'afternoon', mornings: 'morning', evenings: 'evening', morn: 'morning',
  midday: 'noon', qtr: 'quarter', xmas: 'christmas', abt: 'about', approx: 'around', approximately: 'around', roughly: 'around',
  hoy: 'today', lunes: 'monday', martes: 'tuesday', miercoles: 'wednesday', miércoles: 'wednesday', jueves: 'thursday', viernes: 'friday', sabado: 'saturday', sábado: 'saturday', domingo: 'sunday',
  enero: 'january', febrero: 'february', marzo: 'march', abril: 'april', mayo: 'may', junio: 'june', julio: 'july', agosto: 'august', septiembre: 'september', octubre: 'october', noviembre: 'november', diciembre: 'december',
  mediodía: 'noon', mediodia: 'noon', próximo: 'next', proximo: 'next',
}

const numbers: Record<string, number> = {
  two: 2, three: 3, four: 4, five: 5, six: 6, seven: 7, eight: 8, nine: 9, ten: 10, eleven: 11, twelve: 12, thirteen: 13, fourteen: 14, fifteen: 15,
  sixteen: 16, seventeen: 17, eighteen: 18, nineteen: 19, twenty: 20, thirty: 30, forty: 40, fourty: 40, fifty: 50,
  dos: 2, tres: 3, cuatro: 4, cinco: 5, seis: 6, siete: 7, ocho: 8, nueve: 9, diez: 10, once: 11, doce: 12,
}

const ordinals = [
  'first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth', 'eleventh', 'twelfth', 'thirteenth', 'fourteenth', 'fifteenth',
  'sixteenth', 'seventeenth', 'eighteenth', 'nineteenth', 'twentieth',
]

const typoTargets = ['tomorrow', ...weekdays, 'weekend', 'tonight', 'yesterday', 'afternoon', 'morning', 'evening', ...months.filter((month) => month.length > 5)]

/** Words that "one" must stand beside to be the hour or the number, not "that one". */
const beforeOne = new Set(['at', 'past', 'around', 'about', 'after', 'before', 'until', 'by', 'between', 'in', 'las', 'la', 'half', 'to'])
const afterOne = new Set(['oclock', 'pm', 'am', 'thirty', 'fifteen', 'forty', 'week', 'day', 'hour', 'month', 'ish'])

/**
 * Rewrites a text so that a few patterns can read it: typing errors and short forms of days, months and
 * parts of the day become the full word, number words become digits. Every character of the result leads back
 * to the word it came from.
 */
export function normalise(original: string): Normalised {
  const tokens = [...original.matchAll(/o['’"]?\s?clock\b|\p{L}+|\d+|\s+|./giu)].map((match) => ({ raw: match[0].toLowerCase().replace('’', "'"), start: match.index, end: match.index + match[0].length }))
  let text = ''
  const starts: number[] = []
  const ends: number[] = []
  for (let i = 0; i < tokens.length; i++) {
    const { start, raw } = tokens[i]!
    const tens = numbers[raw] ?? 0
    const ones = tens >= 20 && /^[ -]$/.test(tokens[i + 1]?.raw ?? '') ? (tokens[i + 2]?.raw ?? '') : ''
    const unit = ones === 'one' ? 1 : (numbers[ones] ?? ordinals.indexOf(ones) + 1)
    let word = canonical(raw, previousWord(tokens, i), nextWord(tokens, i))
    if (unit > 0 && unit < 10) {
      // "twenty five", "twenty-third": one number.
      word = `${tens + unit}${ordinals.includes(ones) ? ordinalEnding(unit) : ''}`
      i += 2
    }
    // "ten to six" in words is a time; "10 to 12" in digits may be from and to.
    if (/^\p{L}+$/u.test(raw) && /^(?:5|10|20|25)$/.test(word) && /^(?:to|past|till?)$/.test(nextWord(tokens, i))) word += ' minutes'
    text += word
    for (let k = 0; k < word.length; k++) {
      starts.push(start)
      ends.push(tokens[i]!.end)
    }
  }
  return { text, startOf: (index) => starts[index] ?? original.length, endOf: (index) => ends[index - 1] ?? 0 }
}

function canonical(raw: string, before: string, after: string): string {
  if (/^o['"]?\s?clock$/.test(raw)) return 'oclock'
  if (/^\s+$/.test(raw)) return ' '
  if (raw === 'one' || raw === 'una') return beforeOne.has(before) || afterOne.has(after) ? '1' : raw
  if (raw === 'once' && before !== 'las') return raw
  // "she sat", "the sun", "mar" and "tom" are also words and names.
  if ((raw === 'sat' || raw === 'sun') && ['she', 'he', 'they', 'i', 'we', 'the'].includes(before)) return raw
  if (raw === 'mar' && !/^\d+$/.test(after) && !/^(?:\d+|of|st|nd|rd|th)$/.test(before)) return raw
  if (Object.hasOwn(aliases, raw)) return aliases[raw]!
  if (Object.hasOwn(numbers, raw)) return String(numbers[raw])
  const ordinal = ordinals.indexOf(raw) + 1
  if (ordinal > 0 && (ordinal > 2 || after === 'of' || months.includes(aliases[before] ?? before))) return `${ordinal}${ordinalEnding(ordinal)}`
  if (raw.length >= 5 && /^\p{L}+$/u.test(raw)) return nearTypo(raw) ?? raw
  return raw
}

function ordinalEnding(n: number): string {
  return ['th', 'st', 'nd', 'rd'][n] ?? 'th'
}

function nearTypo(word: string): string | undefined {
  if (typoTargets.includes(word)) return undefined
  return typoTargets.find((target) => target[0] === word[0] && editDistance(word, target) <= (target.length >= 8 && word.length >= 7 ? 2 : 1))
}

function previousWord(tokens: { raw: string }[], index: number): string {
  for (let i = index - 1; i >= 0; i--) if (/[\p{L}\d]/u.test(tokens[i]!.raw)) return tokens[i]!.raw
  return ''
}

function nextWord(tokens: { raw: string }[], index: number): string {
  for (let i = index + 1; i < tokens.length; i++) {
    const raw = tokens[i]!.raw
    if (/[\p{L}\d]/u.test(raw)) return /^o['"]?\s?clock$/.test(raw) ? 'oclock' : raw
  }
  return ''
}
