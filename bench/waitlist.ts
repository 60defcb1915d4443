import { testWaiting, testSlotsOf, testChair } from '../test/support/waiting.ts'
import { rankWaiting } from '../src/waitlist/ranking/rank-waiting.ts'
import { against, measure } from './figure.ts'
import type { BenchFigure } from './figure.ts'

const people = 500

/** Ranking everybody who waits for one chair: in order of arrival, by all that the order can look at, and (the baseline) one reading of the same list that only sorts it. */
export async function benchWaitlist(): Promise<BenchFigure[]> {
  const lists = Array.from({ length: 8 }, (_, seed) => testWaiting({ people, seed: seed + 1 }))
  const list = (i: number) => lists[i % lists.length] ?? lists[0]!
  const chair = testChair()
  const rank = (policy: 'first_in_line' | 'best_match') => (i: number) => rankWaiting({ waiting: list(i), settings: { policy, noticeMin: 60, perClientPerWeek: 3 }, chair, slotsOf: testSlotsOf(chair) })
  const sorted = await measure({ name: `waitlist: only sort ${people}`, n: 100, warmUp: 10, run: (i) => list(i).entries.toSorted((a, b) => (a.createdAt < b.createdAt ? -1 : 1)) })
  const arrival = await measure({ name: `waitlist: rank ${people} for a chair, first in line`, n: 100, warmUp: 10, run: rank('first_in_line') })
  const match = await measure({ name: `waitlist: rank ${people} for a chair, best match`, n: 100, warmUp: 10, run: rank('best_match') })
  return [sorted, against({ figure: arrival, baseline: sorted }), against({ figure: match, baseline: arrival })]
}
