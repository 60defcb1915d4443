import { localDate, localTime, sayDate, type Zone } from '../salon/time.ts'
import type { Spans } from './find-spans.ts'
import { readOutcome } from './read-details.ts'
import type { Choice, OpenQuestion, Slots } from './reading.ts'
import { fold, readWords, type Word } from './words.ts'

/** Words that may stand around an answer and add nothing to it. */
const filler = new Set(
  `the a an one please pls plz with at on for to it its um uh er i mean meant said want would like be is make that this just do lets let us go id ill shell hell she he we they her him ok okay works work good fine perfect great sorry actually no nope nah yes yeah
  yep yup sure how about what and instead same time oclock maybe try say option number thanks thank you then not wait rather from of in by around first second third fourth last latter former 1st 2nd 3rd both either any anything something anyone whoever whichever whatever other available busy client appointment slot`.split(/\s+/),
)

const yes = /^\W*(?:y|yes|yep|yeah|yup|ya|sure|ok|okay|correct|right|exactly|do it|go ahead|please do|sounds good|perfect|that['’]?s (?:right|it|correct|the one)|of course|definitely|absolutely|confirm|si|sí|claro)\b/i
const no = /^\W*(?:n|no|nope|nah|not (?:that|her|him|it)|neither|none|wrong|don['’]?t)\b/i
const ordinals = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth']

/** Whether nothing but names, times and small words was written: an answer or a correction, not a new request. */
export function isFragment(spans: Spans): boolean {
  return spans.others.every(({ folded }) => filler.has(folded) || /^\d{1,2}$/.test(folded))
}

/** The slots by which a line answers the open question; undefined when it does not. */
export function readAnswer({ text, question, spans, zone }: { text: string; question: OpenQuestion; spans: Spans; zone: Zone }): Slots | undefined {
  if (question.kind === 'missing') return answerMissing({ text, question, spans })
  const words = readWords(text)
  if (question.kind === 'yes_no') return words.length <= 5 ? yesOrNo(text) : undefined
  const ids = question.kind === 'which_slot' ? slotsMeant({ words, question, spans, zone }) : ofTheDay(optionsMeant(words, question.options), question.options, spans)
  const short = spans.others.every(({ folded }) => filler.has(folded) || /^\d{1,2}$/.test(folded) || labelWords(question).has(folded))
  if (ids.length > 0 && ids.length < question.options.length && short) return { choice: { ids } }
  if (ids.length > 0 && question.options.length === 1 && short) return { choice: { ids } }
  return words.length <= 4 && isFragment({ ...spans, people: [] }) && spans.people.length === 0 ? yesOrNo(text) : undefined
}

function yesOrNo(text: string): { choice: Choice } | undefined {
  if (no.test(text)) return { choice: { yes: false } }
  return yes.test(text) ? { choice: { yes: true } } : undefined
}

/** "The tuesday one", of two on Tuesdays, is the one on the coming Tuesday. */
function ofTheDay(ids: string[], options: Option[], { times: { dates } }: Spans): string[] {
  const [date] = dates
  if (ids.length < 2 || date === undefined || date.from !== date.to) return ids
  const then = options.filter(({ id, label }) => ids.includes(id) && label.includes(sayDate(date.from)))
  return then.length === 1 ? then.map(({ id }) => id) : ids
}

type Option = { id: string; label: string }

/** By place ("2", "the second", "last one") or by any words of its label that set it apart. */
function optionsMeant(words: Word[], options: Option[]): string[] {
  const place = placeIn(words, options.length)
  const scored = options.map(({ id, label }) => {
    const own = new Set(readWords(label).map(({ folded }) => folded))
    return { id, hits: words.filter(({ folded }) => !filler.has(folded) && own.has(folded)).length }
  })
  const best = Math.max(0, ...scored.map(({ hits }) => hits))
  const byLabel = best === 0 ? [] : scored.filter(({ hits }) => hits === best).map(({ id }) => id)
  if (byLabel.length > 0 && byLabel.length < options.length) return byLabel
  return place === undefined ? byLabel : [options[place]!.id]
}

function placeIn(words: Word[], count: number): number | undefined {
  const spelt = words.map(({ folded }) => folded)
  if (spelt.includes('last') || spelt.includes('latter')) return count - 1
  if (spelt.includes('former')) return 0
  const place = spelt.map((word) => {
    if (ordinals.includes(word)) return ordinals.indexOf(word)
    const digits = /^(\d)(?:st|nd|rd|th)?$/.exec(word)
    return digits ? Number(digits[1]) - 1 : ['one', 'two', 'three', 'four', 'five'].indexOf(word)
  }).find((each) => each >= 0)
  return place !== undefined && place < count ? place : undefined
}

/** By time of day and day first, then by place; a number that is both an hour on offer and a place stays unclear. */
function slotsMeant({ words, question, spans, zone }: { words: Word[]; question: Extract<OpenQuestion, { kind: 'which_slot' }>; spans: Spans; zone: Zone }): string[] {
  const { dates, times } = spans.times
  const byTime = dates.length + times.length === 0 ? [] : question.options.filter(({ start }) => {
    const [date, time] = [localDate(start, zone), localTime(start, zone)]
    return dates.every(({ from, to }) => date >= from && date <= to) && times.every((each) => fits(time, each))
  }).map(({ id }) => id)
  const bare = words.length === 1 && /^\d$/.test(words[0]!.folded)
  const place = byTime.length === 0 || bare ? placeIn(words, question.options.length) : undefined
  const byPlace = place === undefined ? [] : [question.options[place]!.id]
  if (byTime.length > 0) return [...new Set([...byTime, ...byPlace])]
  if (byPlace.length > 0) return byPlace
  return optionsMeant(words, question.options.flatMap(({ id, label }) => (label === undefined ? [] : [{ id, label }])))
}

function fits(time: string, phrase: Spans['times']['times'][number]): boolean {
  if (phrase.kind === 'at') return time === phrase.from || (time.slice(0, 2) === phrase.from?.slice(0, 2) && phrase.from.endsWith(':00'))
  if (phrase.kind === 'ambiguous_meridiem') return phrase.options?.includes(time) ?? false
  return time >= (phrase.from ?? '00:00') && time <= (phrase.to ?? '24:00')
}

function labelWords(question: Exclude<OpenQuestion, { kind: 'missing' | 'yes_no' }>): Set<string> {
  return new Set(question.options.flatMap(({ label }) => readWords(label ?? '').map(({ folded }) => folded)))
}

function answerMissing({ text, question, spans }: { text: string; question: Extract<OpenQuestion, { kind: 'missing' }>; spans: Spans }): Slots | undefined {
  const { people, services, times } = spans
  const fragment = isFragment(spans)
  const found: Slots = {
    ...(times.dates[0] && { date: times.dates[0] }), ...(times.times[0] && { time: times.times[0] }), ...(services[0] && { service: services[0].named }),
    ...personSlot(people, question.slot),
    ...(spans.locations[0] && { location: spans.locations[0].named }),
  }
  switch (question.slot) {
    case 'note_text':
      return text.trim() === '' ? undefined : { noteText: text.trim() }
    case 'outcome': {
      const outcome = readOutcome(text)
      return outcome === undefined ? undefined : { outcome }
    }
    case 'client':
      // A name nobody here has is an answer too: the desk then says so.
      if (found.client === undefined && fragment && people.length === 0 && times.dates.length + times.times.length === 0) return undefined
      if (found.client === undefined && spans.others.length <= 2 && people.length === 0 && services.length === 0) return spans.others.some(({ folded }) => filler.has(fold(folded))) ? undefined : { client: { text: text.trim(), ids: [], match: 'none' } }
      return fragment && found.client !== undefined ? found : undefined
    case 'time':
    case 'date':
      return fragment && (found.time !== undefined || found.date !== undefined) ? found : undefined
    case 'service':
    case 'staff':
    default:
      return fragment && found[question.slot] !== undefined ? found : undefined
  }
}

function personSlot(people: Spans['people'], wanted: string): Pick<Slots, 'client' | 'staff'> {
  const slots: Pick<Slots, 'client' | 'staff'> = {}
  for (const { client, staff } of people) {
    if (wanted === 'staff' && staff !== undefined) slots.staff ??= staff
    else if (client !== undefined) slots.client ??= client
    else if (staff !== undefined) slots.staff ??= staff
  }
  return slots
}
