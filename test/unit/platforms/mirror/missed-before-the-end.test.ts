import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { refreshVisit } from '../../../../src/platforms/mirror/refresh.ts'
import { unwrap } from '../../../../src/platforms/unwrap.ts'
import { addMinutes } from '../../../../src/salon/time.ts'
import { mirroredDesks } from '../../../support/platforms/mirrored.ts'
import { onSquare, type SquareDesk, when } from '../../../support/platforms/mirrored-square.ts'

const desks = mirroredDesks(onSquare)
let desk: SquareDesk
beforeEach(async () => { desk = await desks.make() })
afterEach(() => desk.store.close())
afterAll(() => desks.end())

const start = when('10:00', '2026-11-21')
const until = (instant: string) => desk.clock.advance((Date.parse(instant) - Date.parse(desk.clock.now())) / 60_000)
const read = async () => unwrap(await refreshVisit(desk.room, 'b-cut')).visit

// Square cannot be told of a no-show from outside: the desk keeps it. All that Square says later is that the time is over.
test('a no-show that the desk keeps stays one when the time of the visit is over', async () => {
  until(addMinutes(start, 20))
  const { version } = await read()
  expect(unwrap(await desk.platform.setStatus({ key: 'missed', id: 'b-cut', expectedVersion: version, to: 'no_show' })).status).toBe('no_show')
  until(addMinutes(start, 60))
  expect((await read()).status).toBe('no_show')
  until(addMinutes(start, 120))
  expect((await read()).status).toBe('no_show')
})

test('a no-show that the platform takes back after the end was kept: that was never only the desk\'s word', async () => {
  until(addMinutes(start, 20))
  desk.fake.book.change('b-cut', { status: 'no_show' })
  expect((await read()).status).toBe('no_show')
  until(addMinutes(start, 60))
  desk.fake.book.change('b-cut', { status: 'booked' })
  expect((await read()).status).toBe('completed')
})
