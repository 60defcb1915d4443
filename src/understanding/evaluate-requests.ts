import { z } from 'zod'
import type { Instant, Zone } from '../salon/time.ts'
import { dateKey, timeKey } from './phrase-keys.ts'
import { readByKeywords } from './keyword-baseline.ts'
import type { Directory } from './make-directory.ts'
import type { Understanding } from './open-understanding.ts'
import { intents, type Intent, type Named, type Reading } from './reading.ts'
import { fold } from './words.ts'

const word = z.string().min(1).optional()

/**
 * A labelled request. Slots: `client`, `staff`, `service`, `location` as the name meant ("Dana" means everybody called
 * so); days `2026-11-20` or `2026-11-23..2026-11-29`; times as in `timeKey` (phrase-keys.ts).
 */
export const LabelledRequest = z.object({
  id: z.string().optional(),
  text: z.string().min(1),
  intent: z.enum(intents),
  slots: z.object({
    client: word, staff: word, service: word, location: word, date: word, time: word, sourceDate: word, sourceTime: word,
    outcome: word, status: word, band: word, noteText: word, phone: word, limit: z.number().int().positive().optional(),
  }).strict().default({}),
})

export type LabelledRequest = z.input<typeof LabelledRequest>

export type Evaluation = {
  n: number
  /** Right intent and every slot right. */
  right: number
  rightIntent: number
  byIntent: Partial<Record<Intent, { n: number; right: number }>>
  failures: { text: string; expected: string; read: string }[]
  /** The same rows read by keywords alone. */
  baseline: { right: number; rightIntent: number }
}

/** In these only the intent matters: names and times in them are not acted on. */
const intentOnly = new Set<Intent>(['search_policies', 'help', 'greeting', 'thanks', 'cancel_question', 'out_of_scope', 'list_proposals'])

/** Scores the reader on labelled lines, beside a reader that knows keywords only. Throws a zod error for a line that is none. */
export async function evaluateRequests({ understanding, lines, directory, now, zone }: { understanding: Understanding; lines: LabelledRequest[]; directory: Directory; now: Instant; zone: Zone }): Promise<Evaluation> {
  const evaluation: Evaluation = { n: 0, right: 0, rightIntent: 0, byIntent: {}, failures: [], baseline: { right: 0, rightIntent: 0 } }
  for (const line of lines) {
    const labelled = LabelledRequest.parse(line)
    const reading = await understanding.read({ text: labelled.text, now, zone, directory })
    const wrong = compare({ labelled, reading, directory })
    const ofIntent = (evaluation.byIntent[labelled.intent] ??= { n: 0, right: 0 })
    evaluation.n++
    ofIntent.n++
    if (reading.intent === labelled.intent) evaluation.rightIntent++
    if (wrong.length === 0) {
      evaluation.right++
      ofIntent.right++
    } else evaluation.failures.push({ text: labelled.text, expected: wrong.map(({ expected }) => expected).join(', '), read: wrong.map(({ read }) => read).join(', ') })
    const plain = readByKeywords({ text: labelled.text, now, zone, directory })
    if (plain.intent === labelled.intent) evaluation.baseline.rightIntent++
    if (compare({ labelled, reading: plain, directory }).length === 0) evaluation.baseline.right++
  }
  return evaluation
}

function compare({ labelled, reading, directory }: { labelled: z.output<typeof LabelledRequest>; reading: Reading; directory: Directory }): { expected: string; read: string }[] {
  if (labelled.intent !== reading.intent) return [{ expected: labelled.intent, read: reading.intent }]
  if (intentOnly.has(labelled.intent)) return []
  const { slots } = reading
  const pairs: [name: string, expected: string | undefined, read: string | undefined][] = [
    ['client', labelled.slots.client && peopleKey(labelled.slots.client, directory, 'clients'), slots.client && namedKey(slots.client)],
    ['staff', labelled.slots.staff && peopleKey(labelled.slots.staff, directory, 'staff'), slots.staff && namedKey(slots.staff)],
    ['service', labelled.slots.service && serviceKey(labelled.slots.service, directory), slots.service && namedKey(slots.service)],
    ['location', labelled.slots.location && locationKey(labelled.slots.location, directory), slots.location && namedKey(slots.location)],
    ['date', labelled.slots.date, slots.date && dateKey(slots.date)],
    ['time', labelled.slots.time, slots.time && timeKey(slots.time)],
    ['sourceDate', labelled.slots.sourceDate, slots.sourceDate && dateKey(slots.sourceDate)],
    ['sourceTime', labelled.slots.sourceTime, slots.sourceTime && timeKey(slots.sourceTime)],
    ['outcome', labelled.slots.outcome, slots.outcome],
    ['status', labelled.slots.status, slots.status],
    ['band', labelled.slots.band, slots.band],
    // A note and a number of rows are compared only where the label gives them.
    ...(labelled.slots.noteText === undefined ? [] : [['noteText', fold(labelled.slots.noteText), slots.noteText && fold(slots.noteText)] as [string, string, string | undefined]]),
    ...(labelled.slots.limit === undefined ? [] : [['limit', String(labelled.slots.limit), String(slots.limit)] as [string, string, string]]),
    ...(labelled.slots.phone === undefined ? [] : [['phone', labelled.slots.phone.replace(/\D/g, ''), slots.phone] as [string, string, string | undefined]]),
  ]
  return pairs.filter(([, expected, read]) => expected !== read).map(([name, expected, read]) => ({ expected: `${name} ${expected ?? 'none'}`, read: `${name} ${read ?? 'none'}` }))
}

function namedKey({ ids, text }: Named): string {
  return ids.length > 0 ? ids.toSorted().join(' ') : fold(text)
}

function peopleKey(name: string, directory: Directory, kind: 'clients' | 'staff'): string {
  const words = name.split(/\s+/)
  const whole = directory[kind].whole(words)
  const ids = whole.length > 0 ? whole : words.length === 1 ? (directory[kind].part(fold(name))?.ids ?? []) : []
  return namedKey({ text: name, ids, match: 'exact' })
}

function serviceKey(name: string, directory: Directory): string {
  const found = directory.services.find(name, [...name.matchAll(/\S+/g)].map((match) => ({ raw: match[0], folded: fold(match[0]), start: match.index, end: match.index + match[0].length, possessive: false })))
  return namedKey(found[0]?.named ?? { text: name, ids: [], match: 'none' })
}

function locationKey(name: string, directory: Directory): string {
  const ids = directory.locations.filter((location) => fold(location.name) === fold(name)).map(({ id }) => id)
  return namedKey({ text: name, ids, match: 'exact' })
}
