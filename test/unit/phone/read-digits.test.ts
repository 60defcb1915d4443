import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readDigits } from '../../../src/phone/hearing/read-digits.ts'

test.each([
  ['four eight two nine one three', '482913'],
  ['482913', '482913'],
  ['4 8 2 9 1 3', '482913'],
  ['it\'s 482-913', '482913'],
  ['um it\'s four eight two, nine one three', '482913'],
  ['forty eight twenty nine thirteen', '482913'],
  ['four eight double two nine one', '482291'],
  ['two one three five five five oh one oh six', '2135550106'],
  ['two one three 555 oh one oh six', '2135550106'],
  ['for my code four eight two nine one three', '482913'],
  ['four ate to nine won three', '482913'],
  ['zero zero seven oh oh seven', '007007'],
  ['cuatro ocho dos nueve uno tres', '482913'],
  ['el código es cuatro ocho dos nueve uno tres', '482913'],
  ['twelve thirty four fifty six', '123456'],
  ['i don\'t have it', ''],
  ['', ''],
  ['oh', ''],
  ['for the appointment', ''],
])('"%s" is "%s"', (said, digits) => {
  expect(readDigits(said)).toBe(digits)
})

const spoken = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine']
const hablado = ['cero', 'uno', 'dos', 'tres', 'cuatro', 'cinco', 'seis', 'siete', 'ocho', 'nueve']

test('any six digits, said one by one in either language or keyed in, are those six digits', () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 6, maxLength: 10 }), fc.constantFrom(spoken, hablado, '0123456789'.split('')), fc.constantFrom(' ', ', ', '. '), (digits, words, between) => {
    expect(readDigits(digits.map((digit) => words[digit]).join(between))).toBe(digits.join(''))
  }), { numRuns: 300, seed: 3 })
  fc.assert(fc.property(fc.string({ maxLength: 200 }), (said) => { expect(readDigits(said)).toMatch(/^\d*$/) }), { numRuns: 300, seed: 3 })
})
