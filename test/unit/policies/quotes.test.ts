import { describe, expect, test } from 'vitest'
import { checkComposed } from '../../../src/policies/check-composed.ts'
import type { Section } from '../../../src/policies/section.ts'
import { splitSentences, squeeze } from '../../../src/policies/split-text.ts'

describe('sentences', () => {
  test('end where sentences end, not at abbreviations or decimal points', () => {
    expect(splitSentences('It is $4.50, e.g. On Mondays. Call Dr. Lee first! “Why?” Because.').map(({ plain }) => plain)).toEqual(['It is $4.50, e.g. On Mondays.', 'Call Dr. Lee first!', '“Why?”', 'Because.'])
  })

  test('bullets and table rows stand for themselves; a row is read with its column names', () => {
    const text = '- **Late:** 10 minutes\n- Later: rebook\n\n| Service | Price |\n|---|---|\n| Cut | $40 |\n'
    expect(splitSentences(text).map(({ plain }) => plain)).toEqual(['Late: 10 minutes', 'Later: rebook', 'Service: Cut; Price: $40'])
  })

  test('every quote is an unbroken piece of its text', () => {
    const text = 'A first line\nthat goes on. Then *more*.\n\n* a point\n  over two lines\n\n1) numbered\n\n| A | B |\n|---|---|\n| 1 | 2 |'
    for (const { quote } of splitSentences(text)) expect(squeeze(text)).toContain(quote)
  })
})

describe('an answer worded by a language model', () => {
  const late: Section = { id: 'lateness#grace', anchor: 'grace', file: 'lateness.md', line: 3, title: 'Up to 15 minutes', path: [], examples: [], text: 'A client who arrives **up to 15 minutes** late\nis still seen.' }
  const check = (...sentences: { text: string; section: string; quote: string }[]) => checkComposed({ composed: { sentences }, sections: [late] })

  test('keeps a sentence whose quote stands in its section, whatever the white space and marks', () => {
    expect(check({ text: 'You are seen up to 15 minutes late.', section: 'grace', quote: 'up to 15 minutes late is still seen' })).toEqual({
      answer: 'You are seen up to 15 minutes late.',
      citations: [{ file: 'lateness.md', section: 'grace', title: 'Up to 15 minutes', quote: 'up to 15 minutes late is still seen' }],
    })
  })

  test.each([
    ['an invented quote', { text: 'Late costs nothing.', section: 'grace', quote: 'there is never any fee' }],
    ['a section that was not given', { text: 'You are seen.', section: 'pets', quote: 'is still seen' }],
    ['a quote too short to prove anything', { text: 'Yes.', section: 'grace', quote: 'seen' }],
    ['a number that is not in the section', { text: 'You are seen up to 30 minutes late.', section: 'grace', quote: 'is still seen' }],
  ])('drops a sentence with %s', (_, sentence) => {
    expect(check(sentence)).toBeUndefined()
    expect(check(sentence, { text: 'You are still seen.', section: 'lateness#grace', quote: 'is still seen' })?.answer).toBe('You are still seen.')
  })
})
