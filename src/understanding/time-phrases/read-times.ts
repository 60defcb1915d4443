import { addMinutes, localTime, type Instant, type LocalTime, type Zone } from '../../salon/time.ts'
import { asTime, CLOCK, NOT_OF_THINGS, RANGE_CLOCK, readClock, settle, STRONG_CLOCK, WEAK_CLOCK, type Clock } from './clock.ts'
import type { PartOfDay, TimePhrase } from './time-phrase.ts'

/** A time read at a place of the normalised text. */
export type TimeFind = Omit<TimePhrase, 'text' | 'start' | 'end'> & { index: number; length: number }

type Open = { from: number; to: number } | undefined
type Context = { open: Open; now: Instant; zone: Zone }
type Pattern = { find: RegExp; read: (match: RegExpMatchArray, context: Context, whole: string) => Omit<TimeFind, 'index' | 'length'> | undefined }

const AFTER = '(?:any ?time after|not before|no earlier than|(?<!no )later than|after|past|starting (?:at|from)|from|despu[eé]s de las?)'
const BEFORE = '(?:no later than|not after|earlier than|before|by|until|antes de las?)'
const AROUND = '(?:(?:at )?(?:around|about|near|like|close to|circa|sometime around)|~|como a las?)'
const LENGTH = String.raw`(\d{1,3}|an?|1|half an|(?:a )?quarter of an|a couple(?: of)?|(?:an|1) hour and a half|\d and a half)(?: ?(hours?|minutes|h))?`
/** Marks written dates, which a bare number beside them is the time of. */
const DATE = '§'

/** In order: the first that fits a stretch of text wins it. */
const patterns: Pattern[] = [
  // an hour later, back by 30 minutes, half an hour earlier
  shiftRule(String.raw`(?:by )?${LENGTH} (?:later|back)|(?:back|out|later) (?:by )?${LENGTH}`, 'later'),
  shiftRule(String.raw`(?:by )?${LENGTH} (?:earlier|sooner|forward|ahead)|(?:up|forward|earlier|ahead) (?:by )?${LENGTH}`, 'earlier'),
  // push him an hour
  shiftRule(String.raw`(?<=\b(?:push|bump|delay|shift) (?:\S+ ){1,2})${LENGTH}(?= ?$)`, 'later'),
  // bring Tess forward by an hour
  rule(String.raw`by ${LENGTH}`, ([, n, unit], _context, whole) => {
    const byMinutes = lengthInMinutes(n!, unit)
    return byMinutes === undefined || !/\b(?:forward|ahead|back|up|out|push|bump|delay|shift)\b/.test(whole) ? undefined : { kind: /\b(?:forward|ahead|up)\b/.test(whole) ? 'earlier' : 'later', byMinutes }
  }),
  rule(String.raw`in (?:about )?${LENGTH}(?:['’]s? time)?`, ([, n, unit], { now, zone }) => {
    const minutes = unit === undefined && !n!.includes('hour') ? undefined : lengthInMinutes(n!, unit)
    return minutes === undefined ? undefined : { kind: 'at', from: localTime(addMinutes(now, minutes), zone) }
  }),
  // between 2 and 4, from 2 to 4, 2-4pm
  rule(String.raw`between (${RANGE_CLOCK}) ?(?:and|&|to|-|y(?: las?)?) ?(${RANGE_CLOCK})`, ([, a, b], { open }) => stretch(a!, b!, open)),
  rule(String.raw`(?:from |anywhere from )(${RANGE_CLOCK}) ?(?:to|until|-|–) ?(${RANGE_CLOCK})${NOT_OF_THINGS}`, ([, a, b], { open }) => fromTo(a!, b!, open)),
  rule(String.raw`(${RANGE_CLOCK}) ?(?:-|–) ?(${RANGE_CLOCK})${NOT_OF_THINGS}`, ([, a, b], { open }) => stretch(a!, b!, open)),
  rule(String.raw`(?:at|@) ?((?:5|10|20|25) to \d{1,2})`, ([, clock], { open }) => bounded('at', clock!, open)),
  rule(String.raw`(${RANGE_CLOCK}) (?:to|until) (${RANGE_CLOCK})${NOT_OF_THINGS}`, ([, a, b], { open }) => fromTo(a!, b!, open)),
  // evening 6:30, afternoon at 3, in the morning around 11
  rule(String.raw`(?:(?:at|in|by|on|for|during) (?:the )?|the )?(morning|afternoon|evening|night),? (?:at |around |by |about )?(\d{1,2}(?:[:.][0-5]\d)?)(?! ?(?:am|pm|a\.m|p\.m|-|to\b|minutes|hours?|people|persons?|clients?|appointments?))`, ([, name, clock], { open }) => bounded('at', `${clock} ${name === 'morning' ? 'am' : 'pm'}`, open)),
  // a las 4 y media, 5 y cuarto de la tarde, 6 menos cuarto
  rule(String.raw`(?:(?:a|para|por) las? |las? )?(\d{1,2}) (y media|y cuarto|y 15|y 30|menos cuarto)( (?:de|por) la (?:mañana|tarde|noche))?`, ([, hour, added, half], { open }) => bounded('at', spanishClock(Number(hour), added!, half), open)),
  // can we do 3 instead
  rule(String.raw`(?<=\bdo )(${WEAK_CLOCK})(?= ?(?:$|[.,?!]|${DATE}|(?:instead|please|pls|then|on|work|or)\b))`, ([, clock], { open }) => bounded('at', clock!, open)),
  // around 3, 3ish
  rule(String.raw`${AROUND} ?(${CLOCK})(?:[ -]?ish)?|(${CLOCK})[ -]?(?:ish\b|or so|or thereabouts)`, ([, a, b], { open }) => bounded('around', (a ?? b)!, open)),
  // after 5, before noon, by 3
  rule(String.raw`(?<!(?:half|quarter|minutes|\d) )${AFTER} (${CLOCK})`, ([, clock], { open }) => bounded('after', clock!, open)),
  rule(String.raw`(${CLOCK}) (?:or later|onwards?|or after|and after)`, ([, clock], { open }) => bounded('after', clock!, open)),
  rule(String.raw`${BEFORE} (${CLOCK})|(${STRONG_CLOCK}) (?:or earlier|or before|at the latest|latest)`, ([, a, b], { open }) => bounded('before', (a ?? b)!, open)),
  // at 3, for 1030, to 4, half past four, 3pm
  rule(String.raw`(?:at|@|for|to|a las|a la)? ?(${STRONG_CLOCK})`, ([, clock], { open }) => bounded('at', clock!, open)),
  rule(String.raw`(?:at|@|for|to|into|make it|make that|say|a las|a la) ?(${WEAK_CLOCK})`, ([, clock], { open }) => bounded('at', clock!, open)),
  rule(String.raw`(?<=${DATE},? )(${WEAK_CLOCK})|(${WEAK_CLOCK})(?= (?:on )?${DATE}+(?!${DATE}|,? ?¦))`, ([, a, b], { open }) => bounded('at', (a ?? b)!, open)),
  // an appointment called by its hour: Dana's 2, her 1030
  rule(String.raw`(?<=(?:(?<!\b(?:what|that|it|who|when|where|how|let|there|she|he))'s|\bmy|\bher|\bhis|\btheir) )(${WEAK_CLOCK})|(?<=\bthe )(${WEAK_CLOCK})(?= ?(?:$|[.,?!;]|${DATE}|(?:slot|gap|appointment|appt|opening|spot|on|to|with|for|from|into|that)\b))`, ([, own, the], { open }) => bounded('at', (own ?? the)!, open)),
  // stretches of the day
  rule(String.raw`(?:after|following) lunch`, () => ({ kind: 'after', from: '13:00' })),
  rule(String.raw`before lunch`, () => ({ kind: 'before', to: '12:00' })),
  rule(String.raw`after (?:work|hours)`, () => ({ kind: 'after', from: '17:00' })),
  rule(String.raw`before work`, () => ({ kind: 'before', to: '09:00' })),
  rule(String.raw`after school`, () => ({ kind: 'after', from: '15:00' })),
  rule(String.raw`(?:at |over |around |during )?(?:lunch ?time|lunch hour|lunch)`, () => part('lunchtime', '11:30', '14:00')),
  rule(String.raw`first thing(?: in the morning)?|(?:early|super early|bright and early)(?: in the)?[ -]morning|(?:early|first thing) (?=${DATE})|(?<=${DATE} )(?:early|first thing)`, () => part('first_thing', '06:00', '10:00')),
  rule(String.raw`last thing|(?:the )?end of (?:the )?day|last (?:slot|appointment|spot) of the day`, () => part('last_thing', '16:00', '22:00')),
  rule(String.raw`mid[ -]?morning`, () => part('morning', '09:30', '11:30')),
  rule(String.raw`(?:late|later)(?: in the)?[ -]morning`, () => part('morning', '10:30', '12:00')),
  rule(String.raw`(?:early|earlier)(?: in the)?[ -]afternoon`, () => part('afternoon', '12:00', '14:30')),
  rule(String.raw`mid[ -]?afternoon`, () => part('afternoon', '14:00', '16:00')),
  rule(String.raw`(?:late|later)(?: in the)?[ -]afternoon`, () => part('afternoon', '15:00', '18:00')),
  rule(String.raw`(?<!(?:good|buenos) )(?:(?:in |during )?the |this |por la |de la )?(?:morning|(?<=(?:por|de|esta) (?:la )?)mañana)`, () => part('morning', '06:00', '12:00')),
  rule(String.raw`(?<!(?:good|buenas) )(?:(?:in |during )?the |this |(?:por|de) la |esta )?(?:afternoon|(?<=(?:la|esta) )tarde)`, () => part('afternoon', '12:00', '17:00')),
  rule(String.raw`(?<!(?:good|buenas) )(?:(?:in |during )?the |this |(?:por|de) la |esta )?(?:evening|tonight|night(?! before)|(?<=(?:la|esta) )noche)`, () => part('evening', '17:00', '22:00')),
  rule(String.raw`(?<=${DATE} ?|in the )am`, () => part('morning', '06:00', '12:00')),
  rule(String.raw`(?<=${DATE} ?|in the )pm`, () => part('afternoon', '12:00', '18:00')),
  rule(String.raw`(?:a (?:bit|little) |slightly |any )?(?:earlier|sooner)`, () => ({ kind: 'earlier' })),
  rule(String.raw`(?:a (?:bit|little) |slightly |any )?(?:later)`, () => ({ kind: 'later' })),
]

/** Only when the desk just asked for a time: a number alone is the answer. */
const bareNumber = rule(String.raw`(${WEAK_CLOCK})`, ([, clock], { open }) => bounded('at', clock!, open))

/** Every time in a normalised text in which dates are blanked with §, in reading order, none overlapping another. */
export function readTimes({ text, open, now, zone, bareNumbers }: { text: string; bareNumbers: boolean } & Context): TimeFind[] {
  const finds: TimeFind[] = []
  let rest = text
  for (const { find, read } of bareNumbers ? [...patterns, bareNumber] : patterns) {
    for (const match of rest.matchAll(find)) {
      const time = read(match, { open, now, zone }, text)
      if (time === undefined) continue
      const lead = match[0].length - match[0].trimStart().length
      finds.push({ index: match.index + lead, length: match[0].length - lead, ...time })
      rest = rest.slice(0, match.index) + '¦'.repeat(match[0].length) + rest.slice(match.index + match[0].length)
    }
  }
  return finds.toSorted((a, b) => a.index - b.index)
}

function rule(pattern: string, read: Pattern['read']): Pattern {
  return { find: new RegExp(String.raw`(?<![\p{L}\d$#¦+]|\d[.:/-])(?:${pattern})(?![\p{L}\d%]|[.:/]\d)`, 'gu'), read }
}

function shiftRule(pattern: string, kind: 'earlier' | 'later'): Pattern {
  return rule(pattern, ([, n1, u1, n2, u2]) => {
    const byMinutes = lengthInMinutes((n1 ?? n2)!, u1 ?? u2)
    return byMinutes === undefined ? undefined : { kind, byMinutes }
  })
}

function lengthInMinutes(n: string, unit: string | undefined): number | undefined {
  if (n.includes('hour and a half')) return 90
  if (unit === undefined) return undefined
  const each = unit.startsWith('h') ? 60 : 1
  if (n.endsWith('and a half')) return (Number(n[0]) + 0.5) * each
  if (n.startsWith('half')) return each / 2
  if (n.includes('quarter')) return each / 4
  if (n.startsWith('a couple')) return 2 * each
  return (/^an?$/.test(n) ? 1 : Number(n)) * each
}

function part(name: PartOfDay, from: LocalTime, to: LocalTime): Omit<TimeFind, 'index' | 'length'> {
  return { kind: 'part_of_day', part: name, from, to }
}

function bounded(kind: 'at' | 'after' | 'before' | 'around', written: string, open: Open): Omit<TimeFind, 'index' | 'length'> | undefined {
  const read = readClock(written)
  if (read === undefined) return undefined
  const clock = settle(read, open, kind === 'before')
  if (clock.length === 2) return { kind: 'ambiguous_meridiem', bound: kind, options: [asTime(clock[0]!), asTime(clock[1]!)] }
  const minutes = clock[0]!
  if (kind === 'at') return { kind, from: asTime(minutes) }
  if (kind === 'after') return { kind, from: asTime(minutes) }
  if (kind === 'before') return { kind, to: asTime(minutes) }
  return { kind, at: asTime(minutes), from: asTime(minutes - 30), to: asTime(minutes + 30) }
}

/** "4 y media" as "4:30", with its half of the day where it is said. */
function spanishClock(hour: number, added: string, half: string | undefined): string {
  const minutes = hour * 60 + (/media|30/.test(added) ? 30 : added.startsWith('menos') ? -15 : 15)
  const written = `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`
  return half === undefined ? written : `${written}${/mañana/.test(half) ? ' am' : ' pm'}`
}

/** The pairs in which the end follows the start within the same working day; am or pm said once holds for both where it can. */
function stretch(first: string, second: string, open: Open): Omit<TimeFind, 'index' | 'length'> | undefined {
  const a = readClock(first)
  const b = readClock(second)
  if (a === undefined || b === undefined) return undefined
  const pairs = pairsOf(settle(a, open), settle(b, open, true))
  const fitting = pairs.length > 1 && open !== undefined ? pairs.filter(([from, to]) => from >= open.from && to <= open.to) : pairs
  const pair = fitting.length === 1 ? fitting[0] : b.length === 1 || a.length === 1 ? nearest(pairs) : undefined
  if (pair !== undefined) return { kind: 'between', from: asTime(pair[0]), to: asTime(pair[1]) }
  return a.length === 2 && pairs.length > 0 ? { kind: 'ambiguous_meridiem', bound: 'between', options: [asTime(a[0]!), asTime(a[1]!)] } : undefined
}

function fromTo(first: string, second: string, open: Open): Omit<TimeFind, 'index' | 'length'> | undefined {
  const read = stretch(first, second, open)
  if (read !== undefined) return { ...read, fromTo: true }
  // "from 5 to 2" is no stretch, but a move.
  const [a, b] = [bounded('at', first, open), bounded('at', second, open)]
  return a?.from && b?.from ? { kind: 'between', from: a.from, to: b.from, fromTo: true } : undefined
}

function pairsOf(a: Clock, b: Clock): [number, number][] {
  return a.flatMap((from) => b.filter((to) => to > from && to - from <= 11 * 60).map((to): [number, number] => [from, to]))
}

function nearest(pairs: [number, number][]): [number, number] | undefined {
  return pairs.toSorted((x, y) => x[1] - x[0] - (y[1] - y[0]))[0]
}
