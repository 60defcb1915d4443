import type { OpeningHours } from '../salon/salon.ts'
import { localDate } from '../salon/time.ts'
import { maskRequest } from './mask-request.ts'
import { readPeople, type PersonFind } from './read-people.ts'
import type { Named, Request } from './reading.ts'
import type { ServiceFind } from './service-index.ts'
import { readTimePhrases } from './time-phrases/read-time-phrases.ts'
import type { TimePhrases } from './time-phrases/time-phrase.ts'
import { fold, isGrammar, isOrdinary, readWords, type Word } from './words.ts'

/** Everything in a text that names something: the rest of the words say what is wanted of it. */
export type Spans = {
  times: TimePhrases
  people: PersonFind[]
  services: ServiceFind[]
  locations: { named: Named; start: number; end: number }[]
  masked: string
  /** Words that belong to none of them. */
  others: Word[]
}

/** Finds days, times, locations, services and people, in that order: what one has taken the next does not see. */
export function findSpans({ text, now, zone, directory, bareNumbers = false }: Pick<Request, 'text' | 'now' | 'zone' | 'directory'> & { bareNumbers?: boolean }): Spans {
  const all = readWords(text)
  const locations = findLocations(text, all, directory.locations)
  const hours: OpeningHours[] = directory.locations.filter(({ id }) => locations.length === 0 || locations.some(({ named }) => named.ids.includes(id))).flatMap((location) => location.hours)
  const times = readTimePhrases({ text, now, zone, hours, bareNumbers })
  let words = without(all, [...locations, ...times.dates, ...times.times])
  const services = directory.services.find(text, words)
  words = without(words, services)
  const people = readPeople({ text, words, directory })
  return {
    times, people, services, locations,
    masked: maskRequest({ text, people, services, locations, times, today: localDate(now, zone) }),
    others: without(words, people),
  }
}

function without(words: Word[], taken: { start: number; end: number }[]): Word[] {
  return words.filter((word) => !taken.some(({ start, end }) => word.start < end && word.end > start))
}

/** A location by its whole name or by a word of it that no other location has. */
function findLocations(text: string, words: Word[], locations: Request['directory']['locations']): Spans['locations'] {
  const finds: Spans['locations'] = []
  for (const { id, name } of locations) {
    const parts = name.split(/[^\p{L}\p{N}]+/u).filter((part) => part !== '')
    const own = parts.filter((part) => !isGrammar(fold(part)) && !['district', 'salon', 'street', 'st', 'avenue', 'shop', 'branch', 'spa', 'studio', 'location'].includes(fold(part)))
    const index = words.findIndex((word, i) => own.some((part) => fold(part) === word.folded) && (!isOrdinary(word.folded) || placed(text, words, i, parts)))
    if (index < 0) continue
    let last = index
    while (last + 1 < words.length && parts.some((part) => fold(part) === words[last + 1]!.folded)) last++
    const [start, end] = [words[index]!.start, words[last]!.end]
    const same = finds.find((find) => find.start === start)
    if (same) same.named.ids.push(id)
    else finds.push({ named: { text: text.slice(start, end), ids: [id], match: 'exact' }, start, end })
  }
  return finds.toSorted((a, b) => a.start - b.start)
}

const dayWord = /^(?:today|tomorrow|tmrw|tmw|(?:mon|tue|tues|wed|weds|thu|thur|thurs|fri|sat|sun)(?:day|nesday|sday|rsday|urday)?)$/

/** "at pearl", "the pearl shop", "pearl district": an everyday word is a location only so. */
function placed(text: string, words: Word[], i: number, parts: string[]): boolean {
  const before = words[i - 1]?.folded ?? ''
  const after = words[i + 1]?.folded ?? ''
  // "…, pearl" and "friday pearl" at the end.
  if (after === '' && (/,\s*$/.test(text.slice(0, words[i]!.start)) || dayWord.test(before))) return true
  if (before === 'to' && /^(?:coming|come|comes|going|goes)$/.test(words[i - 2]?.folded ?? '')) return true
  return ['at', 'in', 'the', 'our', 'over', 'for', 'of'].includes(before) || ['location', 'shop', 'salon', 'branch', 'store'].includes(after) || parts.some((part) => fold(part) === after)
}
