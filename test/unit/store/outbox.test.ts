import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { addMinutes } from '../../../src/salon/time.ts'
import type { Store } from '../../../src/store/open-store.ts'
import { cancelEffect, drainOutbox, type Effect, type EffectHandler, type EffectResult, enqueueEffect } from '../../../src/store/outbox.ts'
import { createTestStore, openTestStore } from '../../support/test-store.ts'
import { type TestClock, testClock } from '../../support/tiny-book.ts'

let store: Store
let clock: TestClock
beforeEach(async () => { [store, clock] = [await createTestStore(), testClock()] })
afterEach(() => store.close())

type Ran = { key: string; attempts: number; uncertain: boolean }

/** A handler that answers what it is told, in order, and remembers how it was called. */
function handlerThat(...answers: (EffectResult | Error)[]): { handlers: Map<string, EffectHandler>; ran: Ran[]; settled: EffectResult[] } {
  const ran: Ran[] = []
  const settled: EffectResult[] = []
  const handler: EffectHandler = {
    begin: async () => {},
    run: async (effect: Effect, { uncertain }) => {
      ran.push({ key: effect.key, attempts: effect.attempts, uncertain })
      const answer = answers.shift() ?? { state: 'SENT', result: 'well' }
      if (answer instanceof Error) throw answer
      return answer
    },
    settle: async (_trx, _effect, result) => { settled.push(result) },
  }
  return { handlers: new Map([['greet', handler]]), ran, settled }
}

const enqueue = (key: string, more: { dueAt?: string } = {}) => store.transaction((trx) => enqueueEffect(trx, { kind: 'greet', key, payload: { key }, now: clock.now(), ...more }))
const rows = () => store.db.selectFrom('outbox').select(['key', 'state', 'attempts', 'error_code']).orderBy('id').execute()

test('an effect is done once, however often its key is put in', async () => {
  const { handlers, ran } = handlerThat()
  await Promise.all([enqueue('a'), enqueue('a')])
  expect(await drainOutbox({ store, clock, handlers })).toBe(1)
  await enqueue('a')
  expect(await drainOutbox({ store, clock, handlers })).toBe(0)
  expect(ran).toHaveLength(1)
  expect(await rows()).toEqual([{ key: 'a', state: 'SENT', attempts: 1, error_code: null }])
})

test('it goes in with what asked for it, or not at all', async () => {
  await expect(store.transaction(async (trx) => {
    await enqueueEffect(trx, { kind: 'greet', key: 'a', payload: {}, now: clock.now() })
    throw new Error('the rest failed')
  })).rejects.toThrow('the rest failed')
  expect(await rows()).toEqual([])
})

test('nothing runs before its time, and what was cancelled in time never does', async () => {
  const { handlers, ran } = handlerThat()
  await enqueue('later', { dueAt: addMinutes(clock.now(), 10) })
  await enqueue('cancelled')
  const cancel = (key: string) => store.transaction((trx) => cancelEffect(trx, { key, now: clock.now() }))
  expect(await cancel('cancelled')).toBe(true)
  expect(await cancel('cancelled')).toBe(false)
  expect(await cancel('nobody')).toBe(false)
  expect(await drainOutbox({ store, clock, handlers })).toBe(0)
  clock.advance(10)
  expect(await drainOutbox({ store, clock, handlers })).toBe(1)
  expect(await cancel('later')).toBe(false) // too late
  expect(ran.map(({ key }) => key)).toEqual(['later'])
})

test('UNKNOWN is tried again after its wait, and the next try knows to look first; a try that was certainly not done need not', async () => {
  const { handlers, ran, settled } = handlerThat({ state: 'PENDING', code: 'busy', retryAfterMs: 60_000 }, { state: 'UNKNOWN', code: 'timeout', retryAfterMs: 120_000 })
  await enqueue('a')
  for (const [minutes, expected] of [[0, 'PENDING'], [1, 'UNKNOWN'], [1, 'UNKNOWN'], [1, 'SENT']] as const) {
    clock.advance(minutes)
    await drainOutbox({ store, clock, handlers })
    expect((await rows())[0]?.state).toBe(expected)
  }
  expect(ran).toEqual([{ key: 'a', attempts: 1, uncertain: false }, { key: 'a', attempts: 2, uncertain: false }, { key: 'a', attempts: 3, uncertain: true }])
  expect(settled.map(({ state }) => state)).toEqual(['PENDING', 'UNKNOWN', 'SENT'])
})

test.each([{ state: 'FAILED', code: 'refused' }, { state: 'CANCELLED', code: 'shadow' }] as const)('$state is final', async (result) => {
  const { handlers } = handlerThat(result)
  await enqueue('a')
  await drainOutbox({ store, clock, handlers })
  clock.advance(24 * 60)
  expect(await drainOutbox({ store, clock, handlers })).toBe(0)
  expect(await rows()).toEqual([{ key: 'a', state: result.state, attempts: 1, error_code: result.code }])
})

test('one that breaks its handler does not hold up the others, is reported, and is looked at when its lease is over', async () => {
  const { handlers, ran } = handlerThat(new Error('broken'))
  await enqueue('a')
  await enqueue('b')
  await expect(drainOutbox({ store, clock, handlers })).rejects.toThrow('broken')
  expect(await rows()).toMatchObject([{ key: 'a', state: 'CLAIMED' }, { key: 'b', state: 'SENT' }])
  expect(await drainOutbox({ store, clock, handlers })).toBe(0)
  await sql`update outbox set leased_until = clock_timestamp() - interval '1 second' where state = 'CLAIMED'`.execute(store.db)
  expect(await drainOutbox({ store, clock, handlers })).toBe(1)
  expect(ran.at(-1)).toEqual({ key: 'a', attempts: 2, uncertain: true })
})

test('two workers share the work, and nothing is done twice', async () => {
  const { handlers, ran } = handlerThat()
  const second = openTestStore(store.url)
  try {
    for (let n = 0; n < 30; n++) await enqueue(`effect ${n}`)
    const settled = await Promise.all([store, second, store].map((one) => drainOutbox({ store: one, clock, handlers })))
    expect(settled.reduce((sum, count) => sum + count, 0)).toBe(30)
    expect(new Set(ran.map(({ key }) => key)).size).toBe(30)
    expect(ran).toHaveLength(30)
  } finally {
    await second.close()
  }
})

test('F67: a worker whose lease is over learns so, and cannot commit after another took over', async () => {
  await enqueue('a')
  const first = handlerThat()
  const handler = first.handlers.get('greet') as EffectHandler
  const other = handlerThat()
  const late = new Map<string, EffectHandler>([['greet', {
    ...handler,
    async run(effect, context) {
      expect(await context.isOurs()).toBe(true)
      await sql`update outbox set leased_until = clock_timestamp() - interval '1 second'`.execute(store.db)
      expect(await context.isOurs()).toBe(false)
      await drainOutbox({ store, clock, handlers: other.handlers })
      return handler.run(effect, context)
    },
  }]])
  expect(await drainOutbox({ store, clock, handlers: late })).toBe(0)
  expect(other.ran).toEqual([{ key: 'a', attempts: 2, uncertain: true }])
  expect([first.settled.length, other.settled.length]).toEqual([0, 1])
})

test('what only waited for its hour has not been tried', async () => {
  const { handlers, ran } = handlerThat({ state: 'PENDING', code: 'quiet', retryAfterMs: 60_000, counts: false }, { state: 'PENDING', code: 'busy', retryAfterMs: 60_000 })
  await enqueue('a')
  await drainOutbox({ store, clock, handlers })
  expect(await rows()).toEqual([{ key: 'a', state: 'PENDING', attempts: 0, error_code: 'quiet' }])
  for (let minute = 0; minute < 2; minute++) {
    clock.advance(1)
    await drainOutbox({ store, clock, handlers })
  }
  expect(ran).toEqual([{ key: 'a', attempts: 1, uncertain: false }, { key: 'a', attempts: 1, uncertain: false }, { key: 'a', attempts: 2, uncertain: false }])
})

test('an effect may end in its claim, before anything is tried', async () => {
  const { handlers, ran, settled } = handlerThat()
  const [handler] = handlers.values()
  if (handler !== undefined) handler.begin = async (_trx, { key }) => (key === 'a' ? { state: 'CANCELLED', code: 'not_wanted' } : undefined)
  await enqueue('a')
  await enqueue('b')
  expect(await drainOutbox({ store, clock, handlers })).toBe(2)
  expect(ran.map(({ key }) => key)).toEqual(['b'])
  expect(settled).toEqual([{ state: 'CANCELLED', code: 'not_wanted' }, { state: 'SENT', result: 'well' }])
  expect(await rows()).toMatchObject([{ key: 'a', state: 'CANCELLED', error_code: 'not_wanted' }, { key: 'b', state: 'SENT' }])
})
