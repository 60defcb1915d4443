import { afterEach, beforeEach, expect, test } from 'vitest'
import { type InboxWorker, openInboxWorker, type Received, receive } from '../../../src/store/inbox.ts'
import { forgetOld } from '../../../src/store/forget-old.ts'
import type { Store } from '../../../src/store/open-store.ts'
import { createTestStore, openTestStore } from '../../support/test-store.ts'
import { type TestClock, testClock } from '../../support/tiny-book.ts'

let store: Store
let clock: TestClock
beforeEach(async () => { [store, clock] = [await createTestStore(), testClock()] })
afterEach(() => store.close())

const put = (externalId: string, lane = '') => store.transaction((trx) => receive(trx, { source: 'slack', externalId, payload: { externalId }, lane }))
const worker = (handle: (row: Received) => Promise<void>, more: { on?: Store; onGivenUp?: (row: Received) => Promise<void> } = {}): InboxWorker =>
  openInboxWorker({ store: more.on ?? store, clock, source: 'slack', handle, ...(more.onGivenUp === undefined ? {} : { onGivenUp: more.onGivenUp }) })
const gate = (): { opened: Promise<void>; open: () => void } => {
  let open = (): void => {}
  const opened = new Promise<void>((resolve) => { open = resolve })
  return { opened, open }
}

test('every row is worked once, also by two instances at the same time', async () => {
  const other = openTestStore(store.url)
  const seen: string[] = []
  const handle = async ({ externalId }: Received): Promise<void> => { seen.push(externalId) }
  await Promise.all(Array.from({ length: 30 }, (_, index) => put(`e${index}`)))
  const settled = await Promise.all([worker(handle).drain(), worker(handle, { on: other }).drain()])
  expect(settled[0] + settled[1]).toBe(30)
  expect(seen.sort()).toEqual(Array.from({ length: 30 }, (_, index) => `e${index}`).sort())
  await other.close()
})

test('one lane is worked in order, and a lane that hangs holds up no other', async () => {
  const hung = gate()
  const seen: string[] = []
  const desk = worker(async ({ externalId }) => {
    if (externalId === 'slow') await hung.opened
    seen.push(externalId)
  })
  await put('slow', 'chat')
  await put('after slow', 'chat')
  const settled = desk.drain()
  await put('click', 'press')
  desk.kick()
  await expect.poll(() => seen).toEqual(['click'])
  hung.open()
  await settled
  expect(seen).toEqual(['click', 'slow', 'after slow'])
})

test('what fails is tried again later, and given up in the end so that its lane goes on', async () => {
  const seen: string[] = []
  const givenUp: string[] = []
  const desk = worker(async ({ externalId, attempts }) => {
    seen.push(`${externalId} ${attempts}`)
    if (externalId === 'bad') throw new Error('no')
  }, { onGivenUp: async ({ externalId }) => { givenUp.push(externalId) } })
  await put('bad', 'chat')
  await put('good', 'chat')
  for (let minute = 0; minute < 6; minute++) {
    await desk.drain()
    clock.advance(1)
  }
  expect(seen).toEqual(['bad 1', 'bad 2', 'bad 3', 'bad 4', 'bad 5', 'bad 6', 'good 1'])
  expect(givenUp).toEqual(['bad'])
  expect(await store.db.selectFrom('inbox').select(['external_id', 'state', 'error_code']).orderBy('id').execute()).toEqual([
    { external_id: 'bad', state: 'failed', error_code: 'internal' },
    { external_id: 'good', state: 'done', error_code: null },
  ])
})

test('F03: what a killed worker held is taken over when its lease ends, and the dead one cannot settle it', async () => {
  const dead = gate()
  const first = worker(async () => dead.opened)
  await put('e1')
  const never = first.drain()
  await expect.poll(async () => (await store.db.selectFrom('inbox').select('attempts').executeTakeFirstOrThrow()).attempts).toBe(1)
  const seen: number[] = []
  const second = worker(async ({ attempts }) => { seen.push(attempts) })
  expect(await second.drain()).toBe(0)
  await store.db.updateTable('inbox').set({ leased_until: '2000-01-01T00:00:00.000Z' }).execute()
  expect(await second.drain()).toBe(1)
  dead.open()
  expect(await never).toBe(0)
  expect(seen).toEqual([2])
})

test('what was worked is forgotten after two weeks; what still waits never', async () => {
  await put('worked')
  await worker(async () => {}).drain()
  await put('waits')
  clock.set(new Date().toISOString()) // rows carry the database's own time
  expect(await forgetOld({ store, clock })).toBe(0)
  clock.advance(15 * 24 * 60)
  expect(await forgetOld({ store, clock })).toBe(1)
  expect(await store.db.selectFrom('inbox').select('external_id').execute()).toEqual([{ external_id: 'waits' }])
})
