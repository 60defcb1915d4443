import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cleanWords } from '../../../src/phone/hearing/clean-words.ts'

test.each([
  ['um hi i uh want to uh confirm', 'hi i want to confirm'],
  ['uh', ''],
  ['Um, yes.', 'yes.'],
  ['friday no wait saturday', 'saturday'],
  ['can i do wednesday no wait sorry saturday at two', 'can i do saturday at two'],
  ['at three no sorry four', 'at four'],
  ['thursday i mean friday', 'friday'],
  ['el viernes no perdón el sábado', 'el sábado'],
  ['monday no tuesday no wednesday at four', 'wednesday at four'],
  ['yes yes yes', 'yes'],
  ['i i need to to reschedule', 'i need to reschedule'],
  ['oh wait where are you located', 'where are you located'],
  ['i have an appointment friday at three and i wanted to see if i could come at four', 'i wanted to see if i could come at four'],
])('"%s" is "%s"', (transcript, words) => {
  expect(cleanWords(transcript)).toBe(words)
})

test.each([
  // A digit said twice is two digits.
  'two one three five five five oh one oh six',
  'cinco cinco siete',
  // "Like" is a word, too.
  'i would like to move it',
  'i\'d like the second one',
  'do you like saturday',
  // No day or time is taken back.
  'no wait i can\'t',
  'wait no',
  'sorry friday',
  'friday at three',
  'no saturday',
  // Not for another of its kind: a day for a time.
  'friday no wait at three',
  'este viernes a las dos',
  'i have an appointment and i need to know the address',
  'i have an appointment friday and i need to cancel',
  'is it thursday or friday',
])('"%s" stays', (words) => {
  expect(cleanWords(words)).toBe(words)
})

test('whatever is heard, cleaning never throws, never grows and is done after a few times', () => {
  fc.assert(fc.property(fc.array(fc.constantFrom('um', 'no', 'wait', 'sorry', 'friday', 'saturday', 'at three', 'four', 'i mean', 'yes', 'este', 'like', 'i have an appointment', 'and i', 'perdón', ',', '.', 'ñ', '💈'), { maxLength: 30 }), (parts) => {
    const words = parts.join(' ')
    const clean = cleanWords(words)
    expect(clean.length).toBeLessThanOrEqual(words.length)
    expect(clean).toBe(clean.trim())
  }), { numRuns: 300, seed: 7 })
  fc.assert(fc.property(fc.string({ maxLength: 3_000 }), (words) => { expect(cleanWords(words).length).toBeLessThanOrEqual(1_600) }), { numRuns: 200, seed: 7 })
})
