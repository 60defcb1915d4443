import { expect, test } from 'vitest'
import { openReplyReader } from '../../../src/replies/open-reply-reader.ts'
import type { Asked, ReplyReading } from '../../../src/replies/reading.ts'
import { dateKey, timeKey } from '../../../src/understanding/phrase-keys.ts'
import { testEmbedder, testModelDir } from '../../support/test-embedder.ts'

const reader = await openReplyReader({ embedder: testEmbedder, cacheDir: testModelDir })
const now = '2026-11-18T16:00:00.000Z'
const zone = 'America/Los_Angeles'
const hours = [1, 2, 3, 4, 5, 6].map((weekday) => ({ weekday, open: '09:00', close: '19:00' }))
const confirm: Asked = { kind: 'confirm', start: '2026-11-20T23:00:00.000Z' }
/** Thursday at 1, Thursday at 3, Friday at 10. */
const times: Asked = { kind: 'times', times: ['2026-11-19T21:00:00.000Z', '2026-11-19T23:00:00.000Z', '2026-11-20T18:00:00.000Z'] }

const read = (text: string, asked: Asked) => reader.read({ text, asked, now, zone, hours })

function wish({ when }: ReplyReading): Record<string, unknown> {
  if (when === undefined) return {}
  const lists = { dates: when.dates.map(dateKey), times: when.times.map(timeKey), notDates: when.notDates.map(dateKey), notTimes: when.notTimes.map(timeKey) }
  return { ...Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0)), ...(when.direction && { direction: when.direction }), ...(when.sameTime && { sameTime: true }) }
}

test.each<[string, Record<string, unknown>]>([
  ['can we do 3 instead', { times: ['15:00'] }],
  ['later next week', { dates: ['2026-11-26..2026-11-28'], direction: 'later' }],
  ['can I come another day, not Tuesday', { notDates: ['2026-11-24'] }],
  ['same time but next week', { dates: ['2026-11-23..2026-11-29'], sameTime: true }],
  ['quarter to 6 would be better', { times: ['17:45'] }],
  ['1st of March at evening 6:30', { dates: ['2027-03-01'], times: ['18:30'] }],
  ['Friday doesn’t work, how about Saturday', { dates: ['2026-11-21'], notDates: ['2026-11-20'] }],
  ['anything but mornings', { notTimes: ['morning'] }],
  ['not Friday or Saturday, maybe Monday at 4', { dates: ['2026-11-23'], times: ['16:00'], notDates: ['2026-11-20', '2026-11-21'] }],
  ['can I come a bit earlier', { direction: 'earlier' }],
  ['mañana por la tarde', { dates: ['2026-11-19'], times: ['afternoon'] }],
  ['mejor a las 4 y media', { times: ['16:30'] }],
  ['pasado mañana', { dates: ['2026-11-20'] }],
  ['más tarde por favor', { direction: 'later' }],
])('"%s" is understood as a wish', async (text, expected) => {
  expect(wish(await read(text, confirm))).toEqual(expected)
})

test.each<[string, number[]]>([
  ['2', [1]], ['the second', [1]], ['second one please', [1]], ['#2', [1]], ['option 2 works', [1]], ['number two please', [1]], ['the last one', [2]], ['friday', [2]], ['Friday works', [2]], ['10', [2]], ['10am', [2]], ['3pm', [1]], ['Thursday at 1', [0]], ['tomorrow at 3', [1]], ['the later one', [2]], ['the earliest', [0]],
  ['la segunda', [1]], ['el viernes', [2]], ['a las 10', [2]], ['the first one works, thanks!', [0]],
])('of three times on offer, "%s" takes one', async (text, choice) => {
  expect(await read(text, times)).toMatchObject({ intent: 'choice', sure: true, choice })
})

test.each<[string, number[]]>([
  ['1', [0]], ['3', [1, 2]], ['Thursday', [0, 1]], ['tomorrow', [0, 1]], ['yes', [0, 1, 2]],
])('of three times on offer, "%s" may mean %j', async (text, choice) => {
  expect(await read(text, times)).toMatchObject({ intent: 'choice', sure: choice.length === 1 && text !== '1' ? true : text === '1' && choice.length === 1, choice })
})

test.each([['none of those'], ['Saturday?'], ['5pm'], ['do you have anything on Monday'], ['2 or 3, whichever is longer'], ['who is this']])('of three times on offer, "%s" takes none', async (text) => {
  const { intent, sure } = await read(text, times)
  expect(intent === 'choice' && sure).toBe(false)
})

test('yes takes the only time on offer', async () => {
  expect(await read('yes please', { kind: 'times', times: ['2026-11-19T21:00:00.000Z'] })).toMatchObject({ intent: 'choice', sure: true, choice: [0] })
})
