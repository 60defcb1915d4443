import { expect, test } from 'vitest'
import { asksForOwnVisit } from '../../../src/phone/hearing/own-visit.ts'

test.each([
  'when is my appointment', 'this is hana i wanted to check when my next appointment is', 'what time am i booked in', 'am i seeing cruz', 'do i have an appointment tomorrow',
  'when do i come in', 'i want to make sure about my hair appointment', 'cuándo es mi cita', 'tengo una cita mañana',
])('own: %s', (words) => {
  expect(asksForOwnVisit(words)).toBe(true)
})

test.each([
  'what happens if i cancel my appointment', 'what\'s the fee when i miss my appointment', 'how late can i be for my appointment', 'what time do you close', 'do you have any appointments', 'what is your policy on my appointment',
  'qué pasa si cancelo mi cita', 'how much is a cut', '',
])('anybody\'s: %s', (words) => {
  expect(asksForOwnVisit(words)).toBe(false)
})
