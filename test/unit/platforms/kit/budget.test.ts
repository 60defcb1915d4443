import { afterEach, beforeEach, expect, test } from 'vitest'
import { inBackground, openBudget } from '../../../../src/platforms/kit/budget.ts'
import type { Store } from '../../../../src/store/open-store.ts'
import { createTestStore, openTestStore } from '../../../support/test-store.ts'
import { testClock, type TestClock } from '../../../support/tiny-book.ts'

let [store, other]: Store[] = []
let clock: TestClock
beforeEach(async () => {
  clock = testClock()
  store = await createTestStore()
  other = openTestStore(store.url)
})
afterEach(async () => {
  await other?.close()
  await store?.close()
})

// Of 75 a minute and 10 at once the desk keeps to 60 and 8.
const pace = { perMinute: 75, burst: 10 }

/** The budget of one account as one instance has it. Its waiting moves the clock; nothing sleeps. */
function instance(of: Store | undefined, waited: number[] = []) {
  if (of === undefined) throw new Error('no store')
  return openBudget({ db: of.db, account: 'square', pace, clock, pause: async (ms) => {
    waited.push(ms)
    clock.set(new Date(Date.parse(clock.now()) + ms).toISOString())
  } })
}

test('two instances keep one limit together: the burst at once, then one a second', async () => {
  const waited: number[] = []
  const [first, second] = [instance(store, waited), instance(other, waited)]
  for (let n = 0; n < 8; n++) expect((await (n % 2 === 0 ? first : second).take(1)).ok).toBe(true)
  expect(waited).toEqual([])
  const begun = Date.parse(clock.now())
  for (let n = 0; n < 60; n++) expect((await (n % 2 === 0 ? second : first).take(1)).ok).toBe(true)
  expect(Date.parse(clock.now()) - begun).toBe(60_000)
  expect(Math.max(...waited)).toBeLessThanOrEqual(1_000)
})

test('asked at the same moment by both, no turn is given twice', async () => {
  const quick = () => openBudget({ db: (store as Store).db, account: 'square', pace, clock, pause: async () => {} })
  const also = () => openBudget({ db: (other as Store).db, account: 'square', pace, clock, pause: async () => {} })
  const taken = await Promise.all(Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? quick() : also()).take(1)))
  // The clock stands: whoever got no turn of the eight has waited longer than a person waits.
  expect(taken.filter(({ ok }) => ok)).toHaveLength(8)
})

test('what nobody waits for leaves half of the burst to people, and waits longer', async () => {
  const waited: number[] = []
  const [quiet, person] = [instance(store, waited), instance(other)]
  await inBackground(async () => { for (let n = 0; n < 4; n++) await quiet.take(1) })
  expect(waited).toEqual([])
  await inBackground(() => quiet.take(1))
  expect(waited).toEqual([1_000])
  // Four are left to people, whatever the background does.
  for (let n = 0; n < 4; n++) expect((await person.take(1)).ok).toBe(true)
  // A person is told after eight seconds, a background job after ninety.
  const refused = await person.take(100)
  expect(refused).toMatchObject({ ok: false, error: { kind: 'rate_limited' } })
  clock.advance(5)
  const begun = Date.parse(clock.now())
  expect((await inBackground(() => quiet.take(60))).ok).toBe(true)
  expect(Date.parse(clock.now()) - begun).toBe(56_000)
})

test('what the vendor says to wait, both wait', async () => {
  const [first, second] = [instance(store), instance(other)]
  await first.slowDown(30_000)
  for (const budget of [first, second]) {
    const refused = await budget.take(1)
    expect(refused).toMatchObject({ ok: false, error: { kind: 'rate_limited' } })
    expect(refused.ok || refused.error.retryAfterMs).toBeGreaterThan(29_000)
  }
  const begun = Date.parse(clock.now())
  expect((await inBackground(() => second.take(1))).ok).toBe(true)
  expect(Date.parse(clock.now()) - begun).toBeGreaterThanOrEqual(30_000)
  // A shorter word later takes nothing back.
  await second.slowDown(120_000)
  await first.slowDown(1_000)
  expect((await inBackground(() => first.take(1))).ok).toBe(false)
})

test('another account\'s limit is its own, and so is a limit of one at a time', async () => {
  const [square] = [instance(store)]
  await square.slowDown(60_000)
  const zenoti = openBudget({ db: (other as Store).db, account: 'zenoti', pace: { perMinute: 1, burst: 1 }, clock, pause: async () => {} })
  expect((await zenoti.take(1)).ok).toBe(true)
  expect((await zenoti.take(1)).ok).toBe(false)
})
