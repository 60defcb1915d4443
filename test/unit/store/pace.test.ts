import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Store } from '../../../src/store/open-store.ts'
import { holdUntil, takeTurn } from '../../../src/store/pace.ts'
import { createTestStore } from '../../support/test-store.ts'

let store: Store
beforeAll(async () => { store = await createTestStore() })
afterAll(() => store.close())

const at = (ms: number): string => new Date(Date.UTC(2026, 10, 20) + ms).toISOString()

test('one a second: the second use waits for the rest of it, and asking takes nothing', async () => {
  const ask = (ms: number) => takeTurn(store.db, { key: 'channel', everyMs: 1_000, now: at(ms) })
  expect(await ask(0)).toBe(0)
  expect(await ask(300)).toBe(700)
  expect(await ask(999)).toBe(1)
  expect(await ask(1_000)).toBe(0)
  expect(await ask(10_000)).toBe(0)
})

test('a burst is let through at once, then the pace holds', async () => {
  const ask = (ms: number) => takeTurn(store.db, { key: 'method', everyMs: 3_000, burst: 3, now: at(ms) })
  expect([await ask(0), await ask(0), await ask(0)]).toEqual([0, 0, 0])
  expect(await ask(0)).toBe(3_000)
  expect(await ask(3_000)).toBe(0)
  expect(await ask(3_000)).toBe(3_000)
})

test('twenty that ask at the same moment get one turn', async () => {
  const waits = await Promise.all(Array.from({ length: 20 }, () => takeTurn(store.db, { key: 'crowd', everyMs: 1_000, now: at(0) })))
  expect(waits.filter((wait) => wait === 0)).toHaveLength(1)
})

test('a hold also holds what may burst', async () => {
  await holdUntil(store.db, { key: 'burst', until: at(30_000), everyMs: 3_000, burst: 3 })
  expect(await takeTurn(store.db, { key: 'burst', everyMs: 3_000, burst: 3, now: at(0) })).toBe(30_000)
  expect(await takeTurn(store.db, { key: 'burst', everyMs: 3_000, burst: 3, now: at(30_000) })).toBe(0)
})

test('what somebody told us to wait is waited, and never shortened', async () => {
  await holdUntil(store.db, { key: 'held', until: at(30_000) })
  await holdUntil(store.db, { key: 'held', until: at(5_000) })
  expect(await takeTurn(store.db, { key: 'held', everyMs: 1_000, now: at(0) })).toBe(30_000)
  expect(await takeTurn(store.db, { key: 'held', everyMs: 1_000, now: at(30_000) })).toBe(0)
})
