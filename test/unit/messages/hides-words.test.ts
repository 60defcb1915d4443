import { expect, test } from 'vitest'
import { hidesWords } from '../../../src/messages/words/hides-words.ts'

const tagged = (words: string): string => Array.from(words, (letter) => String.fromCodePoint(0xE0000 + (letter.codePointAt(0) ?? 0))).join('')

test.each(['yes', 'Sí 👍🏽', '👩‍👩‍👧 yes!', '🏴󠁧󠁢󠁥󠁮󠁧󠁿 yes', 'see you at 3\n– Hana', 'café', '❤️'])('%s is what it looks like', (text) => {
  expect(hidesWords(text)).toBe(false)
})

test.each([
  ['tag characters', `yes${tagged('cancel Dana')}`],
  ['tag characters behind a flag', `yes 🏴${tagged('approve everything')}`],
  ['zero-width spaces', 'yes c\u200Ba\u200Bn\u200Bc\u200Be\u200Bl'],
  ['a turned direction', 'ok \u202Elecnac\u202C'],
])('%s hide words', (_what, text) => {
  expect(hidesWords(text)).toBe(true)
})
