import { localDate, localTime, type Instant, type Zone } from '../salon/time.ts'
import type { TimePhrases } from '../understanding/time-phrases/time-phrase.ts'
import { fits } from './read-wish.ts'

const places: [RegExp, (count: number) => number][] = [
  [/\b(?:first|1st|former|primer[oa]?|premi(?:er|ere))\b/, () => 0],
  [/\b(?:second|2nd|segund[oa]|deuxieme|seconde?)\b/, () => 1],
  [/\b(?:third|3rd|tercer[oa]?|troisieme)\b/, () => 2],
  [/\b(?:fourth|4th|cuart[oa])\b/, () => 3],
  [/\b(?:last|latter|ultim[oa]|derni(?:er|ere))\b/, (count) => count - 1],
  [/\b(?:middle|del medio)\b/, (count) => (count === 3 ? 1 : -1)],
]
const numbers = ['one', 'two', 'three', 'four', 'five']
const spanish = ['uno', 'dos', 'tres', 'cuatro', 'cinco']
const latest = /\b(?:later|latest|mas tarde|plus tard)\b/
const earliest = /\b(?:earlier|earliest|sooner|soonest|mas temprano|mas pronto|plus tot)\b/
/** Words that may stand around a choice and add nothing to it. */
const filler = new Set(`the a an one please pls plz with at on for to it its um uh i ill id we well im mean want would like take can do does be is are that this thats just let lets go going ok okay k works work good fine perfect great best better sounds yes yeah yep yup sure how about
  option number slot time spot choice pick choose appointment appt thanks thank you thx ty ya from in of around by me my us then same day of hi hello hey get have prefer rather reply answer no xtime please i want s a la las el los de por favor gracias quiero prefiero opcion numero mejor esta bien esa ese si sirve me hora horas le la les numero option oui merci preferable free available make so and o`.split(/\s+/))

/**
 * The places (0-based, in the order offered) of the times that a reply may mean: by day and time of day, by place ("2", "the
 * second", "the later one"). A bare number that is both an hour on offer and a place means both. Empty when it names none,
 * or says more than a choice. `folded` is the text as `foldText` gives it, `masked` the same with its times taken out.
 */
export function readChoice({ folded, masked, phrases, times, zone }: { folded: string; masked: string; phrases: TimePhrases; times: Instant[]; zone: Zone }): { choice: number[]; plain: boolean } {
  const all = times.map((_each, i) => i)
  const shifts = phrases.times.filter(({ kind }) => kind !== 'earlier' && kind !== 'later')
  const named = phrases.dates.length + shifts.length
  const byTime = named === 0 ? [] : all.filter((i) => {
    const [date, time] = [localDate(times[i]!, zone), localTime(times[i]!, zone)]
    return phrases.dates.every(({ from, to, alternative }) => (date >= from && date <= to) || date === alternative) && shifts.every((phrase) => fits(time, phrase) || sameHour(time, phrase.from, phrase.kind))
  })
  const words = wordsOf(folded)
  const byPlace = placeOf(words, folded, times.length)
  // "3" and "3 works" may be an hour or a place; "number 3" is a place, "at 3" and "3pm" are hours.
  const bare = words.filter((word) => !filler.has(word) || /^\d$/.test(word)).length === 1 && /(?:^| )[1-9](?= |$)/.test(folded) && !/\b(?:at|a las?|around|am|pm|oclock)\b/.test(folded)
  const byNumber = /(?:#|\b(?:number|option|choice|no|numero|opcion|slot) )(?:[1-9]|one|two|three|four|uno|dos|tres)\b/.test(folded)
  const order = all.toSorted((a, b) => times[a]!.localeCompare(times[b]!))
  const among = byTime.length > 1 ? order.filter((i) => byTime.includes(i)) : order
  const bySide = named > 0 && byTime.length === 0 ? [] : latest.test(folded) ? among.slice(-1) : earliest.test(folded) ? among.slice(0, 1) : []
  const choice = byNumber ? byPlace : bySide.length > 0 && byTime.length !== 1 ? bySide : byTime.length === 0 ? (named > 0 && !bare && !places.some(([pattern]) => pattern.test(folded)) ? [] : byPlace) : bare ? [...new Set([...byTime, ...byPlace])] : byTime
  const plain = wordsOf(masked).every((word) => filler.has(word) || /^(?:#?\d{1,4}(?::\d\d)?|am|pm|a|p|first|second|third|fourth|last|latter|former|middle|later|latest|earlier|earliest|sooner|soonest|1st|2nd|3rd|4th|primer[oa]?|segund[oa]|tercer[oa]?|ultim[oa]|mas|tarde|temprano|premier|deuxieme|dernier)$/.test(word) || numbers.includes(word) || spanish.includes(word))
  return { choice: choice.toSorted((a, b) => a - b), plain }
}

function wordsOf(folded: string): string[] {
  return folded.replaceAll(/[.,!?]/g, ' ').split(/\s+/).filter((word) => word !== '')
}

/** "3" for 3:30, when that is the only time on offer with that hour. */
function sameHour(time: string, from: string | undefined, kind: string): boolean {
  return kind === 'at' && from !== undefined && from.endsWith(':00') && time.slice(0, 2) === from.slice(0, 2)
}

function placeOf(words: string[], folded: string, count: number): number[] {
  const ordinal = places.filter(([pattern]) => pattern.test(folded)).map(([, place]) => place(count)).filter((place) => place >= 0 && place < count)
  if (ordinal.length > 0) return [...new Set(ordinal)]
  const found = words.flatMap((word) => {
    const digit = /^#?([1-9])$/.exec(word)?.[1]
    const place = digit === undefined ? Math.max(numbers.indexOf(word), spanish.indexOf(word)) : Number(digit) - 1
    // "The later one", "that one works": no number.
    return place < 0 || place >= count || (word === 'one' && words.length > 1 && !/\b(?:option|number|choice|slot) one\b|^one\b/.test(folded)) ? [] : [place]
  })
  return [...new Set(found)]
}
