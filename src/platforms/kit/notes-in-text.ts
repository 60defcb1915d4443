import { createHash } from 'node:crypto'
import type { Note } from '../../salon/salon.ts'
import type { Instant } from '../../salon/time.ts'

// "likes tea (Maya, 2026-11-28T10:00Z)": what we add says who and when, so that a person at the vendor's screen can tell too.
const ours = /^(.*) \(([^()]{1,80}), (\d{4}-\d\d-\d\dT\d\d:\d\d)Z\)$/s

/** A vendor's one text field as notes: one a line, oldest first. Lines that we did not write are the salon's, of the time `at`. */
export function readNotes(text: string | null | undefined, at: Instant): Note[] {
  const lines = (text ?? '').split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== '')
  return lines.map((line, n) => {
    const [, words, by, when] = ours.exec(line) ?? []
    const id = createHash('sha256').update(`${lines.slice(0, n).filter((other) => other === line).length} ${line}`).digest('hex').slice(0, 12)
    // Anybody can write such a line, a client in a booking's notes too: one with a moment that no calendar has is the salon's like the others.
    return words === undefined || by === undefined || when === undefined || !isMoment(when) ? { id, at, by: 'salon', text: line } : { id, at: `${when}:00.000Z`, by, text: words }
  })
}

function isMoment(when: string): boolean {
  const ms = Date.parse(`${when}:00.000Z`)
  return ms >= 0 && new Date(ms).toISOString().startsWith(when)
}

/** The field's text with one more note at its end; a note is one line. */
export function withNote(text: string | null | undefined, { text: words, by, at }: { text: string; by: string; at: Instant }): string {
  const line = `${words.replace(/\s+/g, ' ').trim()} (${by.replace(/[()\r\n]/g, ' ').trim().slice(0, 80) || 'desk'}, ${at.slice(0, 16)}Z)`
  return [(text ?? '').trimEnd(), line].filter((part) => part !== '').join('\n')
}

/** The field's text without that note; undefined when it is not there. */
export function withoutNote(text: string | null | undefined, noteId: string): string | undefined {
  const lines = (text ?? '').split(/\r?\n/).filter((line) => line.trim() !== '')
  const at = readNotes(text, '').findIndex(({ id }) => id === noteId)
  return at === -1 ? undefined : lines.toSpliced(at, 1).join('\n')
}
