import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ok } from '../../../../src/platforms/booking-platform.ts'
import type { oneAtATime } from '../../../../src/platforms/mirror/one-at-a-time.ts'
import type { Store } from '../../../../src/store/open-store.ts'
import { createTestStore, openTestStore } from '../../../support/test-store.ts'
import { tinyNow } from '../../../support/tiny-book.ts'

type Work = { on?: number; places: string[]; ms?: number; work?: () => Promise<void> }
const path = '../../../../src/platforms/mirror/one-at-a-time.ts'
let instances: { store: Store; run: typeof oneAtATime }[] = []
beforeEach(async () => {
  const store = await createTestStore()
  // Each instance has the module to itself, as in a process of its own: only the database is between them.
  instances = []
  for (const its of [store, openTestStore(store.url)]) {
    const { oneAtATime: run } = (await import(`${path}?instance=${instances.length}`)) as { oneAtATime: typeof oneAtATime }
    instances.push({ store: its, run })
  }
  expect(instances[0]?.run).not.toBe(instances[1]?.run)
})
afterEach(async () => {
  await instances[1]?.store.close()
  await instances[0]?.store.close()
})

const inside = new Map<string, number>()
let most = 0

/** Stays at the places for a while and counts who else is there. */
function stay({ on = 0, places, ms = 3, work = async () => {} }: Work) {
  const instance = instances[on]
  if (instance === undefined) throw new Error('no such instance')
  return instance.run({ store: instance.store, places, async work() {
    for (const place of new Set(places)) {
      inside.set(place, (inside.get(place) ?? 0) + 1)
      most = Math.max(most, inside.get(place) ?? 0)
    }
    await new Promise((resolve) => { setTimeout(resolve, ms) })
    await work()
    for (const place of new Set(places)) inside.set(place, (inside.get(place) ?? 0) - 1)
    return ok(null, tinyNow)
  } })
}

const held = () => (instances[0] as { store: Store }).store.db.selectFrom('platform_places').select('name').execute()

test('two instances at one place: never two inside, and everybody gets in', async () => {
  most = 0
  const done = await Promise.all(Array.from({ length: 24 }, (_, n) => stay({ on: n % 2, places: ['ana'] })))
  expect([done.every((outcome) => outcome.ok), most]).toEqual([true, 1])
  expect(await held()).toEqual([])
})

test('those who need the same two places in another order do not wait for each other forever', async () => {
  most = 0
  const done = await Promise.all(Array.from({ length: 12 }, (_, n) => stay({ on: n % 2, places: n % 3 === 0 ? ['bea', 'ana'] : n % 3 === 1 ? ['ana', 'bea', 'ana'] : ['cruz', 'ana'] })))
  expect([done.every((outcome) => outcome.ok), most]).toEqual([true, 1])
})

test('other places are nobody\'s business', async () => {
  let other = false
  await stay({ places: ['ana'], work: async () => {
    await Promise.all([stay({ on: 0, places: ['bea'] }), stay({ on: 1, places: ['cruz'] })])
    other = true
  } })
  expect(other).toBe(true)
})

test('one who died holding a place is not waited for longer than the lease', async () => {
  const { store } = instances[0] as { store: Store }
  await sql`insert into platform_places (name, holder, leased_until) values ('ana', 'dead', clock_timestamp() + interval '400 milliseconds')`.execute(store.db)
  const begun = performance.now()
  expect((await stay({ on: 1, places: ['ana'] })).ok).toBe(true)
  expect(performance.now() - begun).toBeGreaterThan(350)
})

test('one who comes back after losing the place leaves it to whoever has it now', async () => {
  const { store } = instances[0] as { store: Store }
  await stay({ places: ['ana'], work: async () => {
    await sql`update platform_places set holder = 'somebody else', leased_until = clock_timestamp() + interval '1 minute' where name = 'ana'`.execute(store.db)
  } })
  expect(await held()).toEqual([{ name: 'ana' }])
})

test('what fails inside leaves the place free', async () => {
  await expect(stay({ places: ['ana', 'bea'], work: async () => { throw new Error('broken') } })).rejects.toThrow('broken')
  expect(await held()).toEqual([])
  expect((await stay({ on: 1, places: ['ana'] })).ok).toBe(true)
})

test('a long stay keeps its place: its lease is renewed', async () => {
  const { store, run } = instances[0] as { store: Store; run: typeof oneAtATime }
  const leases: string[] = []
  const lease = async () => leases.push((await store.db.selectFrom('platform_places').select('leased_until').executeTakeFirstOrThrow()).leased_until)
  await run({ store, places: ['ana'], renewMs: 20, async work() {
    await lease()
    await new Promise((resolve) => { setTimeout(resolve, 120) })
    await lease()
    return ok(null, tinyNow)
  } })
  expect(Date.parse(leases[1] ?? '') - Date.parse(leases[0] ?? '')).toBeGreaterThan(50)
  expect(await held()).toEqual([])
})
