import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { failed, ok, type Outcome, type PlatformErrorKind } from '../../../../src/platforms/booking-platform.ts'
import { once, type Try } from '../../../../src/platforms/mirror/journal.ts'
import type { Store } from '../../../../src/store/open-store.ts'
import { createTestStore, openTestStore } from '../../../support/test-store.ts'
import { testClock, tinyNow } from '../../../support/tiny-book.ts'

const clock = testClock()
let store: Store
let other: Store
beforeEach(async () => {
  store = await createTestStore()
  other = openTestStore(store.url)
})
afterEach(async () => {
  await other.close()
  await store.close()
})

type Run = (attempt: Try) => Promise<Outcome<string>>
const send = (run: Run, { on = store, key = 'k', by = 'maya', slotId = 's1' } = {}) => once({ store: on, clock, operation: 'create', subject: 'jo', command: { key, by, slotId } as { key: string }, run })
const refuse = (kind: PlatformErrorKind): Run => async () => failed(kind, 'as the test says')
const row = () => store.db.selectFrom('platform_writes').select(['state', 'outcome', 'fence', 'leased_until']).where('key', '=', 'k').executeTakeFirst()
const never: Run = async () => { throw new Error('sent a second time') }

/** As if its process had died long ago. */
const lapse = () => sql`update platform_writes set leased_until = clock_timestamp() - interval '1 second'`.execute(store.db)

test('the same command again has the first outcome, also a refusal, and is not sent', async () => {
  expect(await send(async () => ok('made', tinyNow))).toMatchObject({ ok: true, value: 'made' })
  expect(await send(never, { on: other })).toEqual({ ok: true, value: 'made', observedAt: tinyNow })
  expect(await send(refuse('conflict_slot'), { key: 'k2' })).toMatchObject({ error: { kind: 'conflict_slot' } })
  expect(await send(never, { key: 'k2' })).toMatchObject({ error: { kind: 'conflict_slot' } })
})

test('another command under the key is invalid, whatever became of the first', async () => {
  await send(refuse('unknown_outcome'))
  expect(await send(never, { slotId: 's2' })).toMatchObject({ error: { kind: 'invalid' } })
  await send(async () => ok('made', tinyNow))
  expect(await send(never, { slotId: 's2' })).toMatchObject({ error: { kind: 'invalid' } })
})

test.each(['unavailable', 'rate_limited', 'auth', 'forbidden', 'unsupported', 'assisted_required'] as const)('%s: certainly nothing was done, so the key is let go and the next try is a first one', async (kind) => {
  expect(await send(refuse(kind))).toMatchObject({ error: { kind } })
  expect(await row()).toBeUndefined()
  expect(await send(async ({ maybeDone }) => ok(maybeDone ? 'looked' : 'sent', tinyNow))).toMatchObject({ value: 'sent' })
})

test('after an unknown outcome the next try looks first, and while it cannot look the outcome stays unknown', async () => {
  await send(refuse('unknown_outcome'))
  for (const kind of ['unavailable', 'rate_limited', 'auth'] as const) {
    expect(await send(async ({ maybeDone, startedAt }) => {
      expect([maybeDone, startedAt]).toEqual([true, tinyNow])
      return failed(kind, 'away')
    })).toMatchObject({ error: { kind: 'unknown_outcome' } })
    expect(await row()).toMatchObject({ state: 'unknown', leased_until: null })
  }
  expect(await send(async () => ok('found', tinyNow))).toMatchObject({ value: 'found' })
})

test('killed between sending and the answer: whoever comes next looks first, and the dead one\'s late answer changes nothing', async () => {
  let die: (outcome: Outcome<string>) => void = () => {}
  const dead = send(() => new Promise((resolve) => { die = resolve }))
  await expect.poll(row).toMatchObject({ state: 'started' })
  await lapse()
  expect(await send(async ({ maybeDone }) => ok(maybeDone ? 'found' : 'sent twice', tinyNow), { on: other })).toMatchObject({ value: 'found' })
  die(failed('conflict_slot', 'late'))
  await dead
  expect(await row()).toMatchObject({ state: 'done', outcome: { value: 'found' }, fence: 2 })
  expect(await send(never)).toMatchObject({ value: 'found' })
})

test('something of ours breaks: the key is not kept busy, and the next try looks first', async () => {
  await expect(send(async () => { throw new Error('broken') })).rejects.toThrow('broken')
  expect(await send(async ({ maybeDone }) => ok(maybeDone ? 'looked' : 'sent', tinyNow))).toMatchObject({ value: 'looked' })
})

test('two instances send the same key at the same moment: it is done once, and both have its outcome', async () => {
  for (let round = 0; round < 10; round++) {
    let sent = 0
    const run: Run = async () => {
      sent++
      await new Promise((resolve) => { setTimeout(resolve, 5) })
      return ok(`made ${sent}`, tinyNow)
    }
    const both = await Promise.all([send(run, { key: `r${round}` }), send(run, { key: `r${round}`, on: other }), send(run, { key: `r${round}`, on: other })])
    expect(sent).toBe(1)
    expect(both.map((outcome) => outcome.ok && outcome.value)).toEqual(['made 1', 'made 1', 'made 1'])
  }
})

test('and when the first of them does not know how it ended, the second one looks, and never both at once', async () => {
  let inside = 0
  const run: Run = async ({ maybeDone }) => {
    expect(++inside).toBe(1)
    await new Promise((resolve) => { setTimeout(resolve, 10) })
    inside--
    return maybeDone ? ok('found', tinyNow) : failed('unknown_outcome', 'lost')
  }
  const both = await Promise.all([send(run), send(run, { on: other })])
  expect(both.map((outcome) => (outcome.ok ? outcome.value : outcome.error.kind)).toSorted()).toEqual(['found', 'unknown_outcome'])
})

test('a try that lasts longer than its lease keeps it: nobody takes it for dead and sends beside it', async () => {
  let end = () => {}
  const ended = new Promise<void>((resolve) => { end = resolve })
  const command = { key: 'k', by: 'maya', slotId: 's1' } as { key: string }
  const first = once({ store, clock, operation: 'create', subject: 'jo', command, renewMs: 20, run: async () => {
    await lapse()
    await ended
    return ok('made', tinyNow)
  } })
  await expect.poll(async () => ((await row())?.leased_until ?? '') > new Date().toISOString()).toBe(true)
  const second = send(never, { on: other })
  end()
  expect(await Promise.all([first, second])).toMatchObject([{ value: 'made' }, { value: 'made' }])
})
