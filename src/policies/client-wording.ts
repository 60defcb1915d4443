import { z } from 'zod'
import { DeskError } from '../salon/errors.ts'
import { gsmLength, toGsm } from '../salon/gsm-text.ts'
import type { ClientWording } from './section.ts'

/** With the salon's name before it this fits two plain SMS (2 × 153). */
const mostClientWords = 270

const line = z.string().transform((words) => words.replaceAll(/\s+/g, ' ').trim()).pipe(z.string().min(1))
const Wording = z.union([line.transform((en): ClientWording => ({ en })), z.strictObject({ en: line, es: line.optional(), fr: line.optional() })])

/**
 * What a file says clients may be told, by section id. Throws `DeskError('invalid_input')` that names file and section for
 * anything but words: clients would get them as they are.
 */
export function readClientWording({ file, given }: { file: string; given: unknown }): Map<string, ClientWording> {
  if (given === undefined || given === null) return new Map()
  const map = z.record(z.string(), z.unknown()).safeParse(given)
  if (!map.success) throw refused(file, 'clients', 'must be a list of "section id: words".')
  return new Map(Object.entries(map.data).map(([section, words]) => {
    const read = Wording.safeParse(words)
    if (!read.success) throw refused(file, section, 'must be words, or words by language (en, es, fr; en is needed). Put quotes around words with a colon in them.')
    const long = Object.values(read.data).find((each) => (gsmLength(toGsm(each)) ?? 0) > mostClientWords)
    if (long !== undefined) throw refused(file, section, `may have at most ${mostClientWords} characters, so that two SMS hold it: "${long.slice(0, 40)}…" has ${long.length}.`)
    return [section, read.data] as const
  }))
}

function refused(file: string, section: string, problem: string): DeskError {
  return new DeskError('invalid_input', { message: `${file}: bad words for clients of ${section}`, userMessage: `${file}: the words for clients of "${section}" ${problem}`, detail: { file, section } })
}
