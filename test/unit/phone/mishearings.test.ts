import { expect, test } from 'vitest'
import { cleanWords } from '../../../src/phone/hearing/clean-words.ts'
import { readDigits } from '../../../src/phone/hearing/read-digits.ts'
import { spot } from '../../../src/phone/hearing/spot.ts'

// The first of each as the speech-to-text of this machine wrote down what a telephone carried.
test.each([
  ['Can we do three a clock on Friday instead?', "Can we do three o'clock on Friday instead?"],
  ['Can we do for a clock on Friday instead?', "Can we do four o'clock on Friday instead?"],
  ["Let's do the four-a-clock.", "Let's do the four o'clock."],
  ['To a clock would be better', "two o'clock would be better"],
  ['at 10 o clock', "at 10 o'clock"],
  ["three o'clock please", "three o'clock please"],
  ['Could you move my appointment to Friday at for?', 'Could you move my appointment to Friday at four?'],
  ['at too please', 'at two please'],
  ['can I come at ate thirty', 'can I come at eight thirty'],
  ['Please put me on the wail list.', 'Please put me on the waitlist.'],
  ['put me on the weight-list for Friday', 'put me on the waitlist for Friday'],
  ['Ok, thank you, good-by,', 'Ok, thank you, goodbye,'],
])('"%s" was meant as "%s"', (heard, meant) => {
  expect(cleanWords(heard)).toBe(meant)
})

test.each([
  'is there a clock on the wall',
  'I will be at to the salon in a minute',
  'can I book at for my daughter',
  'I look at for example balayage',
  'do you have a price list',
  'what a good buyer',
  'it took a while, list them please',
])('"%s" stays as it is', (words) => {
  expect(cleanWords(words)).toBe(words)
})

test('a goodbye in another spelling ends the call', () => {
  expect(spot(cleanWords('Ok, thank you, good-by,'))).toBe('goodbye')
})

test('the first digit of a code may sound like another word, where exactly it is missing', () => {
  expect(readDigits('For one, six, seven, one, seven.', 6)).toBe('416717')
  expect(readDigits('To seven, two, nine, seven, two.', 6)).toBe('272972')
  expect(readDigits('Oh four eight two nine one', 6)).toBe('048291')
  expect(readDigits('Oh, four eight two nine one three', 6)).toBe('482913')
  expect(readDigits('for my code, four eight two nine one', 6)).toBe('48291')
  expect(readDigits('For one, six, seven, one, seven.')).toBe('16717')
})
