import { expect, test } from 'vitest'
import { ageInSeconds, type Freshness, sayFreshness } from '../../../src/salon/freshness.ts'

const zone = 'America/Los_Angeles'
const now = '2026-11-28T22:30:00.000Z'
const say = (freshness: Freshness): string | undefined => sayFreshness({ freshness, name: 'Square', zone, now })

test.each<[Freshness, string | undefined]>([
  [{ state: 'live', asOf: now }, undefined],
  [{ state: 'stale', asOf: '2026-11-28T22:05:00.000Z', trouble: 'unavailable' }, 'As of 2:05 pm: Square has not answered since.'],
  [{ state: 'stale', asOf: '2026-11-28T22:05:00.000Z', trouble: 'rate_limited' }, 'As of 2:05 pm: Square has been asking us to wait since.'],
  [{ state: 'stale', asOf: '2026-11-28T22:05:00.000Z', trouble: 'silent' }, 'As of 2:05 pm: Square has sent nothing since; what was changed there meanwhile may be missing here.'],
  [{ state: 'stale', asOf: '2026-11-28T22:05:00.000Z', trouble: 'forbidden' }, 'As of 2:05 pm: Square does not let our key read all that is needed.'],
  [{ state: 'stale', asOf: '2026-11-28T22:05:00.000Z', trouble: 'invalid' }, 'As of 2:05 pm: what Square has answered since cannot be used (invalid).'],
  // Nobody asked, so nobody can say that it did not answer.
  [{ state: 'stale', asOf: '2026-11-27T22:05:00.000Z' }, 'As of Friday 27 November at 2:05 pm: nothing was read from Square since, because the desk was off or is only just reading again.'],
  [{ state: 'refused', since: '2026-11-28T17:12:00.000Z', asOf: '2026-11-28T17:10:00.000Z' }, 'Square no longer takes our key since 9:12 am: nothing can be changed until the owner connects it again (desk connect). What is shown is as of 9:10 am.'],
  [{ state: 'refused', since: '2026-11-28T17:12:00.000Z' }, 'Square no longer takes our key since 9:12 am: nothing can be changed until the owner connects it again (desk connect). Nothing of its book is here yet.'],
  [{ state: 'first_reading', visits: 1, clients: 0 }, 'Square is being read for the first time (1 visit and 0 clients so far): what is shown is not complete yet.'],
  [{ state: 'first_reading', visits: 1240, clients: 0, trouble: 'unavailable' }, 'Square is being read for the first time (1,240 visits and 0 clients so far): what is shown is not complete yet. Right now Square does not answer.'],
  [{ state: 'reading_past', asOf: now, visits: 31_200, clients: 900 }, 'Five years of history are still being read (31,200 visits so far); today and the next two months are complete.'],
  [{ state: 'reading_past', asOf: now, visits: 31_200, clients: 900, reached: '2024-03-03T08:00:00.000Z' }, 'Five years of history are still being read (31,200 visits so far, back to Sunday 3 March 2024); today and the next two months are complete.'],
  // After the past comes the far future.
  [{ state: 'reading_past', asOf: now, visits: 31_200, clients: 900, reached: '2027-03-03T08:00:00.000Z' }, 'Five years of history are still being read (31,200 visits so far); today and the next two months are complete.'],
])('says how old what is shown is: %j', (freshness, words) => expect(say(freshness)).toBe(words))

test('the age for a gauge is in seconds, never negative, and unknown while nothing is here', () => {
  expect(ageInSeconds({ state: 'stale', asOf: '2026-11-28T22:05:00.000Z' }, now)).toBe(1_500)
  expect(ageInSeconds({ state: 'live', asOf: '2026-11-28T22:31:00.000Z' }, now)).toBe(0)
  expect(ageInSeconds({ state: 'first_reading', visits: 0, clients: 0 }, now)).toBeUndefined()
  expect(ageInSeconds({ state: 'refused', since: now }, now)).toBeUndefined()
})
