import { expect, test } from 'vitest'
import { heardOf } from '../../../src/phone/hearing/heard-of.ts'

const mustHear = 'Friday 27 November at 4 PM with Cruz is free for your women\'s cut.'

test.each([
  ['all of it', mustHear, true],
  ['all of it and the question', `${mustHear} Shall I`, true],
  ['with words before it', `Thank you, Hana, that's it. ${mustHear}`, true],
  ['without marks and capitals', 'friday 27 november at 4 pm with cruz is free for your womens cut', true],
  ['but the last word', 'Friday 27 November at 4 PM with Cruz is free for your women\'s', false],
  ['the day only', 'Friday 27', false],
  ['nothing', '', false],
  ['the words in another order', 'cut women\'s your for free is Cruz with PM 4 at November 27 Friday', false],
])('%s', (_what, heard, whole) => {
  expect(heardOf({ heard, mustHear })).toBe(whole)
})

test('nothing has to be heard of what says nothing', () => {
  expect(heardOf({ heard: '', mustHear: '' })).toBe(true)
  expect(heardOf({ heard: '', mustHear: '?' })).toBe(true)
})
