import { expect, test } from 'vitest'
import { readTimePhrases } from '../../../../src/understanding/time-phrases/read-time-phrases.ts'
import { dateKey, timeKey } from '../../../../src/understanding/phrase-keys.ts'
import { hours, now, zone } from '../salon-fixture.ts'
import { phrases } from './phrases.ts'

test.each(phrases)('"%s" is read as [%s] [%s]', (text, dates, times) => {
  const read = readTimePhrases({ text, now, zone, hours })
  expect(read.dates.map((date) => dateKey(date) + (date.alternative === undefined ? '' : `?${date.alternative}`)).join(' ')).toBe(dates)
  expect(read.times.map(timeKey).join(' ')).toBe(times)
})

test('says where in the text a phrase stands', () => {
  const text = 'Move Dana to the twenty-seventh, around half 4'
  const { dates, times } = readTimePhrases({ text, now, zone, hours })
  expect(dates.map(({ start, end }) => text.slice(start, end))).toEqual(['the twenty-seventh'])
  expect(times.map(({ start, end }) => text.slice(start, end))).toEqual(['around half 4'])
})

test('without opening hours an hour alone stays open', () => {
  expect(readTimePhrases({ text: 'at 3', now, zone }).times[0]).toMatchObject({ kind: 'ambiguous_meridiem', options: ['03:00', '15:00'] })
})

test('a number alone is a time only as an answer', () => {
  expect(readTimePhrases({ text: '3', now, zone, hours }).times).toEqual([])
  expect(readTimePhrases({ text: '3', now, zone, hours, bareNumbers: true }).times.map(timeKey)).toEqual(['15:00'])
})

test('day first outside the Americas', () => {
  expect(readTimePhrases({ text: '5/12', now, zone: 'Europe/London' }).dates[0]).toMatchObject({ from: '2026-12-05', alternative: '2027-05-12' })
})
