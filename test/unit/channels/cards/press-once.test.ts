import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Press, PressAnswer } from '../../../../src/channels/cards/card.ts'
import { forgetPresses, pressOnce } from '../../../../src/channels/cards/press-once.ts'
import type { Store } from '../../../../src/store/open-store.ts'
import { maya } from '../../../support/approvals-desk.ts'
import { createTestStore } from '../../../support/test-store.ts'
import { testClock } from '../../../support/tiny-book.ts'

let store: Store
beforeAll(async () => { store = await createTestStore() })
afterAll(() => store.close())

const clock = testClock()
const given: Press = { action: 'approve', token: 't', person: maya, requestId: 'r' }
const said: PressAnswer = { kind: 'said', text: 'Done.', good: true, subjects: ['home'] }

/** Presses, counting what is really done. */
function presser(answer: () => Promise<PressAnswer> = async () => said) {
  let done = 0
  return { press: (change: Partial<Press> = {}) => pressOnce({ store, clock, press: { ...given, ...change }, work: () => { done++; return answer() } }), done: () => done }
}

test('one request is done once and answered the same every time, also at once', async () => {
  const { press, done } = presser()
  expect(await Promise.all([press(), press(), press()])).toEqual([said, said, said])
  expect(await press()).toEqual(said)
  expect(done()).toBe(1)
})

test('another person, button, value or request of the same name is a press of its own', async () => {
  const { press, done } = presser()
  const changes: Partial<Press>[] = [{ requestId: 'r2' }, { person: { ...maya, id: 'test:else' } }, { action: 'reject' }, { token: 't2' }, { values: {} }, { values: { reason: 'x' } }]
  for (const change of changes) await press(change)
  expect(done()).toBe(6)
})

test('what only opens a form is opened as often as asked', async () => {
  const { press, done } = presser(async () => ({ kind: 'wrong', errors: { a: 'b' } }))
  await press({ requestId: 'form' })
  await press({ requestId: 'form' })
  expect(done()).toBe(2)
})

test('a failure of ours is thrown, and the same request can be tried again', async () => {
  const failing = presser(async () => { throw new Error('the disk is full') })
  await expect(failing.press({ requestId: 'f' })).rejects.toThrow('the disk is full')
  const { press, done } = presser()
  expect(await press({ requestId: 'f' })).toEqual(said)
  expect(done()).toBe(1)
})

test('F14: what a desk had begun when it was killed is worked anew once its lease has ended', async () => {
  const { press, done } = presser()
  await press({ requestId: 'killed' })
  await sql`update presses set answer = null, leased_until = clock_timestamp() - interval '1 second'`.execute(store.db)
  expect(await press({ requestId: 'killed' })).toEqual(said)
  expect(done()).toBe(2)
})

test('answers are forgotten after eight days', async () => {
  clock.advance(9 * 24 * 60)
  expect(await forgetPresses({ store, clock })).toBeGreaterThan(0)
  expect(await store.db.selectFrom('presses').select('key').execute()).toEqual([])
})
