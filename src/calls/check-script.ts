import { type Money, sayMoney } from '../salon/money.ts'
import { daysBetween, type Instant, localDate, localTime, monthNames, weekday, weekdayNames, type Zone } from '../salon/time.ts'
import { gsmLength, toGsm, twoSegments } from '../salon/gsm-text.ts'
import { numberWords, ordinaryWords } from './ordinary-words.ts'

/** Everything a script may say, taken from the appointment: whatever is not here, the script did not get from it. */
export type ScriptFacts = {
  firstName: string
  lastName: string
  salon: string
  location: string
  /** Names of those who serve this appointment. */
  staff: string[]
  services: string[]
  /** Of each segment and of the visit. */
  prices: Money[]
  start: Instant
  timeKnown: boolean
  zone: Zone
  now: Instant
  /** Sentences about the client that may be said word for word. */
  points: string[]
  /** Lower-case words of other clients' and staff members' names. */
  strangers: ReadonlySet<string>
  /** Lower-case words of the catalogue's service names and categories. */
  serviceWords: ReadonlySet<string>
}

export type ScriptVerdict = { ok: true } | { ok: false; reason: string }

/**
 * Holds a script against its appointment. It must name the client, every service and (when known) the time; whatever
 * is left after the appointment's own facts are taken out may hold no name, number, time, day, price or service, and
 * nothing that a script must never say. Strict on purpose: a good script refused costs a template, a wrong one a client.
 */
export function checkScript({ script, channel, facts }: { script: string; channel: 'spoken' | 'text'; facts: ScriptFacts }): ScriptVerdict {
  const text = script.normalize('NFC').replaceAll(/[’‘]/g, "'")
  const problem = formProblem(script, channel) ?? neverProblem(text) ?? missingFact(text, facts) ?? leftover(takeOutFacts(text, facts), facts)
  return problem === undefined ? { ok: true } : { ok: false, reason: problem }
}

function formProblem(script: string, channel: 'spoken' | 'text'): string | undefined {
  if (script.trim().length < 20) return 'it is too short to be a script'
  if (/[\p{Cc}\p{Cf}]/u.test(script)) return 'it contains control characters'
  if (channel === 'spoken') return script.length > 700 ? 'it is too long to say' : undefined
  const units = gsmLength(script)
  if (units === undefined) return 'it contains characters outside the plain SMS alphabet'
  return units > twoSegments ? `it takes ${units} characters, more than two SMS hold` : undefined
}

// CANCEL, END, QUIT and the like are opt-out keywords of the carriers (TRUST.md, finding 4): nobody may be told to send one.
const never: [RegExp, string][] = [
  [/https?:|www\.|\b[\w-]+\.(?:com|net|org|io|co|ca|app|info|link|ly|me|us|biz|shop|salon)\b/i, 'it contains a link'],
  [/\S@\S/, 'it contains an e-mail address'],
  [/\+?\d(?:[\s().-]{0,2}\d){6,}/, 'it contains a phone number'],
  [/\b(?:CANCEL|STOP|STOPALL|END|QUIT|REVOKE|OPT-?OUT|UNSUBSCRIBE)\b/, 'it tells the client to send an opt-out word'],
  [/\b(?:reply|text|send|answer|respond|type|write|message)\b[^.!?]{0,60}\b(?:cancel|stop|stopall|end|quit|revoke|opt-?out|unsubscribe)\b/i, 'it tells the client to send an opt-out word'],
  [/[{}<>]|\[[^\]]*\]/, 'it contains an unfilled placeholder'],
  [/\b(?:owe[sd]?|owing|overdue|unpaid|outstanding|no-?shows?|risk|unreliable|(?:you(?:'ve)?|have) missed)\b/i, 'it speaks of money owed, risk or missed visits'],
  [/\b(?:discount|complimentary|refund|half[- ]price|on the house|fees?|deposit|penalty|charged?|guarantee[ds]?|promise[ds]?)\b|(?<!feel )\bfree\b|%|\bpercent\b/i, 'it promises or demands something the appointment does not hold'],
]

function neverProblem(text: string): string | undefined {
  return never.find(([pattern]) => pattern.test(text))?.[1]
}

function missingFact(text: string, { firstName, services, timeKnown, start, zone }: ScriptFacts): string | undefined {
  if (firstName !== '' && !spellings(firstName).some((name) => phrase(name).test(text))) return 'it does not name the client'
  const missing = services.find((service) => !spellings(service).some((name) => phrase(name).test(text)))
  if (missing !== undefined) return 'it does not name every service as it is called'
  if (timeKnown && !timePattern(start, zone).test(text)) return 'it does not say the time of the appointment'
  return undefined
}

/** The text with the appointment's own facts replaced by a mark that cannot start or join words. */
function takeOutFacts(text: string, facts: ScriptFacts): string {
  const { firstName, lastName, salon, location, staff, services, points, prices, start, timeKnown, zone } = facts
  const names = [...points, salon, location, ...services, ...staff, ...staff.map(firstWord), `${firstName} ${lastName}`, firstName, lastName]
  const phrases = [...new Set(names.flatMap(spellings))].filter((name) => name !== '').sort((a, b) => b.length - a.length)
  let rest = text
  for (const name of phrases) rest = rest.replaceAll(phrase(name, 'g'), /[.!?]$/.test(name) ? `${mark}.` : mark)
  for (const price of prices) rest = rest.replaceAll(new RegExp(String.raw`(?<![\d.,])${escape(sayMoney(price))}(?![\d]|[.,]\d)`, 'g'), mark)
  rest = rest.replaceAll(/\bgood (?:morning|afternoon|evening)\b/gi, mark)
  for (const pattern of dayPatterns(facts)) rest = rest.replaceAll(pattern, mark)
  return timeKnown ? rest.replaceAll(timePattern(start, zone, 'g'), mark) : rest
}

const mark = '\u0001'

function leftover(rest: string, { strangers, serviceWords }: ScriptFacts): string | undefined {
  if (/\p{N}/u.test(rest)) return 'it contains a number that is not the appointment\'s'
  if (/\p{Sc}|\b(?:dollars?|bucks|euros?|pounds?|cents)\b/iu.test(rest)) return 'it contains a price that is not the appointment\'s'
  if (numberWords.test(rest)) return 'it contains a number or time in words'
  if (otherDay.test(rest)) return 'it names a day or part of day that is not the appointment\'s'
  for (const { 0: word, index } of rest.matchAll(/[\p{L}][\p{L}\p{M}']*/gu)) {
    const lower = word.toLowerCase().replace(/'s$/, '')
    const ordinary = ordinaryWords.has(lower) || ordinaryWords.has(word.toLowerCase())
    if (/^\p{Lu}/u.test(word) && !(ordinary && (alwaysCapital.has(word) || startsSentence(rest, index)))) return `it contains the name or word "${word}", which is not the appointment's`
    if (!ordinary && strangers.has(lower)) return 'it names somebody else'
    if (!ordinary && serviceWords.has(lower)) return 'it names a service that is not the appointment\'s'
  }
  return undefined
}

const alwaysCapital: ReadonlySet<string> = new Set(['I', "I'm", "I'd", "I'll", "I've", 'OK', 'YES'])
const otherDay = new RegExp(String.raw`\b(?:${weekdayNames.join('|')}|${monthNames.filter((name) => name !== 'May' && name !== 'March').join('|')}|mon|tues?|wed|thurs?|fri|sat|today|tomorrow|tonight|yesterday|morning|afternoon|evening|night|weekend|noon|midday|midnight|(?:next|last|this|coming) (?:week|month|year)|pm|[ap]\.m|(?<!\bI )am)s?\b`, 'i')

function startsSentence(text: string, index: number): boolean {
  return /(?:^|[.!?:;\n"])[\s"'(]*$/.test(text.slice(0, index))
}

/** "3 pm", "3:00 p.m.", "3 o'clock", "15:00" for 15:00; and for 15:30 also a bare "3:30". Never followed by more of a number or the wrong half of the day. */
function timePattern(start: Instant, zone: Zone, flags = ''): RegExp {
  const time = localTime(start, zone)
  const [hours, minutes] = [Number(time.slice(0, 2)), time.slice(3)]
  const twelve = hours % 12 || 12
  const half = String.raw`\s?${hours < 12 ? 'a' : 'p'}(?:m\b|\.m\.?)`
  const end = String.raw`(?![\d:])(?!\.\d)(?!\s?[ap]\.?m\b)`
  const twentyFour = `(?:${time}|${hours}:${minutes})${end}`
  const forms = minutes === '00'
    ? [`${twelve}(?::00)?${half}`, `${twelve} o'clock${end}`, twentyFour]
    : [`${twelve}:${minutes}${half}`, `${twelve}:${minutes}${end}`, twentyFour]
  return new RegExp(String.raw`(?<![\d:.,$])(?:${forms.join('|')})`, `i${flags}`)
}

function dayPatterns({ start, timeKnown, zone, now }: ScriptFacts): RegExp[] {
  const date = localDate(start, zone)
  const [year, month, day] = [date.slice(0, 4), monthNames[Number(date.slice(5, 7)) - 1], Number(date.slice(8))]
  const dayName = weekdayNames[weekday(date) - 1]
  const ahead = daysBetween(localDate(now, zone), date)
  const hour = Number(localTime(start, zone).slice(0, 2))
  const part = !timeKnown ? undefined : hour < 12 ? 'morning' : hour < 17 ? 'afternoon' : 'evening'
  const nth = String.raw`${day}(?:st|nd|rd|th)?(?!\d)`
  const written = [
    String.raw`(?:${dayName},?\s+)?(?:the\s+)?${nth}(?:\s+of)?\s+${month}(?:,?\s+${year})?(?!\d)`,
    String.raw`(?:${dayName},?\s+)?${month}\s+${nth}(?:,?\s+${year})?(?!\d)`,
    String.raw`(?:${dayName},?\s+)?the\s+${day}(?:st|nd|rd|th)(?!\d)`,
    String.raw`${dayName}`,
    ...(ahead === 0 ? ['today'] : ahead === 1 ? ['tomorrow'] : []),
    ...(ahead === 0 && hour >= 17 && timeKnown ? ['tonight'] : []),
    ...(part === undefined ? [] : [part]),
  ]
  return written.map((form) => new RegExp(String.raw`(?<![\d\p{L}])(?:${form})(?!\p{L})`, 'giu'))
}

/** As it is, as an SMS can spell it, and with plain apostrophes as the text under test has them. */
function spellings(name: string): string[] {
  const plain = name.normalize('NFC').replaceAll(/[’‘]/g, "'").trim()
  return [...new Set([plain, toGsm(plain).trim()])].filter((spelling) => spelling !== '')
}

function phrase(name: string, flags = ''): RegExp {
  return new RegExp(String.raw`(?<![\p{L}\p{N}])${escape(name)}(?![\p{L}\p{N}])`, `iu${flags}`)
}

function firstWord(name: string): string {
  return name.trim().split(/\s+/)[0] ?? ''
}

function escape(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`)
}
