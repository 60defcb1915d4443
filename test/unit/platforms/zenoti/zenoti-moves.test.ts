import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { hear } from '../../../../src/platforms/mirror/hear.ts'
import { keepUp } from '../../../../src/platforms/mirror/keep-up.ts'
import { unwrap } from '../../../../src/platforms/unwrap.ts'
import { zenoti } from '../../../../src/platforms/zenoti/index.ts'
import { addMinutes, at } from '../../../../src/salon/time.ts'
import { fakeZenoti } from '../../../support/platforms/fake-zenoti.ts'
import { type MirroredDesk, mirroredDesks } from '../../../support/platforms/mirrored.ts'
import { type TestClock, tinyZone } from '../../../support/tiny-book.ts'

const desks = mirroredDesks({
  kind: zenoti,
  credentials: { apiKey: 'zenoti-key-of-the-tiny-salon', timezone: tinyZone, searchGuestId: 'search-guest', webhookSecret: 'zenoti-webhook-secret' },
  makeFake: (clock: TestClock) => fakeZenoti({ clock }),
})
let desk: MirroredDesk<ReturnType<typeof fakeZenoti>>
beforeEach(async () => { desk = await desks.make() })
afterEach(() => desk.store.close())
afterAll(() => desks.end())

const keep = async (minutes: number) => {
  desk.clock.advance(minutes)
  await keepUp(desk.room)
}
// From the copy: one visit alone would be asked for at Zenoti.
const startOf = async (id: string) => unwrap(await desk.platform.history({})).find(({ appointment }) => appointment.id === id)?.appointment.start

// No webhook of Zenoti's tells of a move: that others come says nothing of how often it has to be asked.
test('a move is seen within two minutes also where webhooks come, and they are not called silent for it', async () => {
  await keep(60)
  expect(await hear(desk.room, desk.fake.webhook('b-cut'))).toMatchObject({ status: 200, trust: 'signed' })
  for (let n = 0; n < 7; n++) {
    const start = addMinutes(at('2026-11-27', '09:00', tinyZone), n * 15)
    desk.fake.book.change('c-friday', { segments: desk.fake.book.segmentsOf(desk.fake.book.visits.get('c-friday')?.segments ?? [], start) })
    await keep(2)
    expect(await startOf('c-friday')).toBe(start)
  }
  expect(desk.reports.filter(({ what }) => what === 'webhooks_silent')).toEqual([])
})
