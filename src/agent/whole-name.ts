import type { Named, Slots } from '../understanding/reading.ts'
import { isOrdinary, readWords } from '../understanding/words.ts'

/**
 * The name as it was written when a strange word stands beside the part that was recognised: "grace kim", where only a
 * Dana Kim is known, may be somebody else altogether. It then counts as nearly fitting, and is asked about before
 * anything is changed.
 */
export function wholeName({ text, named, slots, names }: { text: string; named: Named; slots: Slots; names: ReadonlyMap<string, string> }): Named {
  if (named.match !== 'exact' || named.ids.length === 0 || /\s/.test(named.text)) return named
  const words = readWords(text)
  const place = words.findIndex(({ raw }) => raw === named.text)
  const word = words[place]
  if (word === undefined) return named
  const known = named.ids.map((id) => (names.get(id) ?? '').toLowerCase().split(/[\s'’-]+/))
  const isLastName = known.every((parts) => parts[0] !== word.raw.toLowerCase())
  const taken = new Set([slots.date, slots.time, slots.sourceDate, slots.sourceTime, slots.staff, slots.service, slots.location, slots.otherClient].flatMap((slot) => (slot === undefined ? [] : readWords(slot.text).map(({ folded }) => folded))))
  const strange = (other: typeof word | undefined, between: string) =>
    other !== undefined && between === ' ' && /^\p{L}{3,}$/u.test(other.raw) && !isOrdinary(other.folded) && !taken.has(other.folded) && !known.flat().includes(other.raw.toLowerCase())
  const after = words[place + 1]
  if (!word.possessive && strange(after, text.slice(word.end, after?.start))) return { ...named, text: `${word.raw} ${after?.raw}`, match: 'fuzzy' }
  // Before a last name stands a first name, or one of many verbs: only the first is nobody's we know.
  const before = words[place - 1]
  if (isLastName && strange(before, text.slice(before?.end, word.start)) && !verbs.test(before?.folded ?? '')) return { ...named, text: `${before?.raw} ${word.raw}`, match: 'fuzzy' }
  return named
}

const verbs = /(?:ed|ing|cxl|resched|vm)$/
