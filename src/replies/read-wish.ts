import type { DatePhrase, TimePhrase, TimePhrases } from '../understanding/time-phrases/time-phrase.ts'
import type { TimeWish } from './reading.ts'

/** What rules out the day or time after it, and what rules out the one before it. */
const ruledOutBefore = /\b(?:not|no|cant|cannot|can'?t|can’t|won'?t|won’t|except|excluding|besides|anything but|any(?:time| day| time)? but|but not|other than|instead of|rather than|don'?t|don’t|isn'?t|isn’t|never|unavailable|busy|working|menos|excepto|no puedo|en vez de|en lugar de|pas|sauf|au lieu de)(?:\s+(?:do|make|on|at|the|this|that|for|in|any|available|free|come|be|there|it|work|get|a|el|la|las|los|ir|in|time|be|able|to|mornings?|le|ce)){0,5}\s*$/iu
const ruledOutAfter = /^\s*(?:\w+\s+){0,2}?(?:doesn'?t|doesn’t|does not|won'?t|won’t|will not|isn'?t|isn’t|is not|is no|is bad|is too|are bad|don'?t|don’t|not going|no good|not good|is out|is terrible|no me|no puedo|ne me|ne va)\b/iu
const sameTime = /\bsame (?:time|hour)\b|\b(?:a la )?misma hora\b|\bm[êe]me heure\b/i
const earlier = /\b(?:too late|m[áa]s temprano|antes(?! de)|plus t[ôo]t|move (?:it |me )?up|muy tarde|trop tard)\b/i
const later = /\b(?:too early|too soon|m[áa]s tarde|despu[ée]s(?! de)|plus tard|push (?:it |me )?back|push|postpone|muy temprano|trop t[ôo]t)\b/i

/**
 * When a client wants it instead: the days and times of `text`, those ruled out apart ("not Tuesday", "Friday doesn't
 * work"), earlier or later, and whether the hour stays. `phrases` are those of the same text. Undefined when nothing is said.
 */
export function readWish({ text, phrases }: { text: string; phrases: TimePhrases }): TimeWish | undefined {
  const spans = [...phrases.dates, ...phrases.times].toSorted((a, b) => a.start - b.start)
  const out = new Set<DatePhrase | TimePhrase>()
  for (const [i, span] of spans.entries()) {
    const before = spans[i - 1]
    const between = text.slice(before?.end ?? 0, span.start)
    // "Not Friday or Saturday", "not Tuesday at 3": what is joined to one ruled out is ruled out too.
    const joined = before !== undefined && out.has(before) && /^\s*(?:,|or|and|nor|o|ni|y|at|ou|à|a las?)?\s*$/i.test(between)
    const after = text.slice(span.end, spans[i + 1]?.start ?? text.length)
    if (joined || ruledOutBefore.test(between) || ruledOutAfter.test(after)) out.add(span)
  }
  const shifts = phrases.times.filter(({ kind }) => kind === 'earlier' || kind === 'later')
  const hasOwn = (phrase: TimePhrase): boolean => (phrase.kind !== 'earlier' && phrase.kind !== 'later') || phrase.byMinutes !== undefined
  const times = phrases.times.filter(hasOwn)
  const direction = shifts.at(-1)?.kind ?? (/^later\b/i.test(phrases.dates.find((each) => /^(?:later|earlier)\b/i.test(each.text))?.text ?? '') ? 'later' : earlier.test(text) ? 'earlier' : later.test(text) ? 'later' : undefined)
  const wish: TimeWish = {
    dates: phrases.dates.filter((each) => !out.has(each)),
    times: times.filter((each) => !out.has(each)),
    notDates: phrases.dates.filter((each) => out.has(each)),
    notTimes: times.filter((each) => out.has(each)),
    ...((direction === 'earlier' || direction === 'later') && { direction }),
    ...(sameTime.test(text) && { sameTime: true as const }),
  }
  return wish.dates.length + wish.times.length + wish.notDates.length + wish.notTimes.length > 0 || wish.direction !== undefined || wish.sameTime ? wish : undefined
}

/** Whether every day and time said is the visit's own: then naming it changes nothing. `date` and `time` are the visit's, where it is. */
export function namesVisit({ phrases, date, time }: { phrases: TimePhrases; date: string; time: string }): boolean {
  return phrases.dates.every(({ from, to, alternative }) => (date >= from && date <= to) || date === alternative) && phrases.times.every((phrase) => fits(time, phrase))
}

/** Whether a time of day is one that a phrase may mean. */
export function fits(time: string, phrase: TimePhrase): boolean {
  switch (phrase.kind) {
    case 'at':
      return time === phrase.from
    case 'around':
      return time >= (phrase.from ?? '') && time <= (phrase.to ?? '')
    case 'ambiguous_meridiem':
      return phrase.options?.includes(time) ?? false
    case 'earlier':
    case 'later':
      return false
    case 'after':
    case 'before':
    case 'between':
    case 'part_of_day':
    default:
      return time >= (phrase.from ?? '00:00') && time <= (phrase.to ?? '24:00')
  }
}
