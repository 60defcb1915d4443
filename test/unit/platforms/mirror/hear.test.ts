import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { disconnect } from '../../../../src/platforms/mirror/connection.ts'
import { hear, lastHeard } from '../../../../src/platforms/mirror/hear.ts'
import { peekPro } from '../../../../src/platforms/peek-pro/index.ts'
import { fakeOcto } from '../../../support/platforms/fake-octo.ts'
import { type MirroredDesk, mirroredDesks } from '../../../support/platforms/mirrored.ts'
import type { TestClock } from '../../../support/tiny-book.ts'

// Nothing that Peek sends is signed, and this desk was given no token for its address.
const resellerKey = '6d0f2c1e-7a55-4f0e-9f5e-0d6a3b1c2e4f'
const desks = mirroredDesks({ kind: peekPro, credentials: { resellerKey }, makeFake: (clock: TestClock) => fakeOcto({ clock, endpoint: 'https://octo.peek.com/integrations/octo', apiKey: resellerKey }) })
let desk: MirroredDesk<ReturnType<typeof fakeOcto>>
beforeEach(async () => { desk = await desks.make() })
afterEach(() => desk.store.close())
afterAll(() => desks.end())

const send = (body: unknown, path = '') => hear(desk.room, { url: `https://desk.example.com/webhooks/peek-pro${path}`, rawBody: JSON.stringify(body), headers: {} })
const kept = async () => (await desk.store.db.selectFrom('inbox').select('id').execute()).length

test('a seat that anybody may have made up opens no chair and asks the platform nothing', async () => {
  const before = desk.fake.server.requests.length
  expect(await send({ data: { activity_id: 'cut', slot_datetime: '2026-11-27 5:00 PM', spots_available: 2 } }, '/spot-open')).toEqual({ status: 401, trust: 'unproven', kept: 0, openings: [] })
  expect(desk.fake.server.requests).toHaveLength(before)
})

test('an unproven hint is looked into, and says nothing of whether webhooks work', async () => {
  expect(await send({ booking: { uuid: desk.fake.book.idOf('b-cut'), status: 'CONFIRMED' } })).toMatchObject({ status: 200, trust: 'unproven', kept: 1 })
  expect(await lastHeard(desk)).toBeUndefined()
})

test('a flood of them costs 30 readings a minute at most', async () => {
  for (let n = 0; n < 40; n++) expect(await send({ booking: { uuid: `made-up-${n}`, status: 'CONFIRMED' } })).toMatchObject({ status: 200 })
  expect(await kept()).toBe(30)
  await desk.store.db.updateTable('inbox').set({ received_at: '2026-01-01T00:00:00.000Z' }).execute()
  expect(await send({ booking: { uuid: 'a-later-one', status: 'CONFIRMED' } })).toMatchObject({ kept: 1 })
})

test('what a platform told is forgotten with its connection: it is nothing to the next one', async () => {
  await send({ booking: { uuid: desk.fake.book.idOf('b-cut'), status: 'CONFIRMED' } })
  expect(await kept()).toBe(1)
  await disconnect({ store: desk.store, by: 'owner', now: desk.clock.now() })
  expect(await kept()).toBe(0)
})
