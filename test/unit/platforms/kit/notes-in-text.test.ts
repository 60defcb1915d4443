import { expect, test } from 'vitest'
import { readNotes, withNote } from '../../../../src/platforms/kit/notes-in-text.ts'

const at = '2026-11-28T10:00:00.000Z'

test('a line of ours comes back with who wrote it and when', () => {
  expect(readNotes(withNote('', { text: 'likes tea', by: 'Maya', at }), '')).toMatchObject([{ at, by: 'Maya', text: 'likes tea' }])
})

test.each(['2026-99-99T10:00', '2026-02-30T10:00', '2026-11-28T99:99', '0000-01-01T00:00'])('a line that looks like ours with %s, which no calendar has, is the salon\'s: the database would refuse the whole page for it', (when) => {
  const line = `hello (somebody, ${when}Z)`
  expect(readNotes(line, at)).toMatchObject([{ at, by: 'salon', text: line }])
})
