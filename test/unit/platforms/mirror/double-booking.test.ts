import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { easyappointments } from '../../../../src/platforms/easyappointments/index.ts'
import { keepUp } from '../../../../src/platforms/mirror/keep-up.ts'
import { unwrap } from '../../../../src/platforms/unwrap.ts'
import { liveStatuses, type Slot } from '../../../../src/salon/salon.ts'
import { easyAddress, easyToken, fakeEasyappointments } from '../../../support/platforms/fake-easyappointments.ts'
import { mirroredDesks, type MirroredDesk } from '../../../support/platforms/mirrored.ts'
import { when } from '../../../support/platforms/mirrored-square.ts'
import type { TestClock } from '../../../support/tiny-book.ts'

// A platform that answers 201 to two bookings of one chair: whoever looks afterwards takes the desk's own back.
const setup = { kind: easyappointments, credentials: { baseUrl: easyAddress, token: easyToken }, makeFake: (clock: TestClock) => fakeEasyappointments({ clock }) }
const desks = mirroredDesks(setup)
let desk: MirroredDesk<ReturnType<typeof fakeEasyappointments>>
let slot: Slot
const id = (name: string) => desk.fake.book.idOf(name)
beforeEach(async () => {
  desk = await desks.make()
  const [first] = unwrap(await desk.platform.searchSlots({ locationId: 'main', wants: [{ serviceId: id('cut'), staffId: id('ana') }], from: when('09:00'), to: when('17:00') }))
  if (first === undefined) throw new Error('no free time')
  slot = first
})
afterEach(() => desk.store.close())
afterAll(() => desks.end())

const post = { method: 'POST', path: /appointments$/ }
const create = (key = 'ours') => desk.platform.create({ key, slotId: slot.id, clientId: id('fay') })
const rival = () => { desk.fake.book.add({ clientId: id('jo'), locationId: 'main', status: 'booked', note: '', fields: {}, segments: desk.fake.book.segmentsOf([{ serviceId: id('cut'), staffId: id('ana') }], slot.start) }) }
const atTheTime = () => desk.fake.book.list(({ start, status }) => start === slot.start && liveStatuses.includes(status)).map(({ clientId }) => clientId)
const reports = () => desk.reports.map(({ what }) => what)
const doubles = async () => (await desk.store.db.selectFrom('audit').select('detail').where('action', '=', 'platform.double_booking').execute()).map(({ detail }) => (detail as { undone: boolean }).undone)
/** What takes a booking back there. */
const undoing = { method: 'PUT', path: /appointments\/\d+$/ }

test('somebody took the time in the same moment: ours is taken back, said, and the client was told nothing', async () => {
  desk.fake.server.failNext(post, { do: 'before', run: rival })
  expect(await create()).toMatchObject({ ok: false, error: { kind: 'conflict_slot' } })
  expect([atTheTime(), reports(), await doubles()]).toEqual([[id('jo')], ['double_booking_undone'], [true]])
  // The same command again has that answer, and books nothing.
  expect(await create()).toMatchObject({ error: { kind: 'conflict_slot' } })
  expect(atTheTime()).toEqual([id('jo')])
})

test('and when ours cannot be taken back then, it is later', async () => {
  desk.fake.server.failNext(post, { do: 'before', run: rival })
  for (const method of ['PUT', 'DELETE']) desk.fake.server.failNext({ method, path: undoing.path }, { do: 'answer', status: 503 })
  expect(await create()).toMatchObject({ error: { kind: 'conflict_slot' } })
  expect([atTheTime().length, reports(), await doubles()]).toEqual([2, ['double_booking_stays'], [false]])
  desk.fake.server.calm()
  desk.clock.advance(2)
  await keepUp(desk.room)
  expect(atTheTime()).toEqual([id('jo')])
  expect(await desk.store.db.selectFrom('platform_write_back').select(['kind', 'state']).execute()).toEqual([{ kind: 'cancel', state: 'done' }])
})

test('and when somebody there takes ours out first, nothing is left to do and nothing to complain of', async () => {
  desk.fake.server.failNext(post, { do: 'before', run: rival })
  for (const method of ['PUT', 'DELETE']) desk.fake.server.failNext({ method, path: undoing.path }, { do: 'answer', status: 503 })
  await create()
  desk.fake.server.calm()
  const ours = desk.fake.book.list(({ start, clientId }) => start === slot.start && clientId === id('fay'))[0]
  desk.fake.book.remove(ours?.id ?? '')
  desk.clock.advance(2)
  await keepUp(desk.room)
  expect(await desk.store.db.selectFrom('platform_write_back').select(['kind', 'state']).execute()).toEqual([{ kind: 'cancel', state: 'done' }])
  expect(await desk.store.db.selectFrom('audit').select('seq').where('action', '=', 'platform.not_written').execute()).toEqual([])
})

describe('when the answer to our booking was lost as well', () => {
  test('the next try finds it, and takes it back where somebody else has the time too', async () => {
    desk.fake.server.failNext(post, { do: 'drop' })
    expect(await create()).toMatchObject({ error: { kind: 'unknown_outcome' } })
    rival()
    desk.clock.advance(1)
    expect(await create()).toMatchObject({ ok: false, error: { kind: 'conflict_slot' } })
    expect([atTheTime(), reports()]).toEqual([[id('jo')], ['double_booking_undone']])
  })

  test('and so does a look at the client\'s visits, which nobody is told of before', async () => {
    desk.fake.server.failNext(post, { do: 'drop' })
    await create()
    rival()
    desk.clock.advance(1)
    expect(unwrap(await desk.platform.appointments({ clientId: id('fay'), from: when('00:00'), to: when('23:00') })).items).toEqual([])
    expect([atTheTime(), reports(), await doubles()]).toEqual([[id('jo')], ['double_booking_undone'], [true]])
    expect(await create()).toMatchObject({ error: { kind: 'conflict_slot' } })
    expect(atTheTime()).toEqual([id('jo')])
  })

  test('and keeps it where nobody does', async () => {
    desk.fake.server.failNext(post, { do: 'drop' })
    await create()
    desk.clock.advance(1)
    expect(await create()).toMatchObject({ ok: true, value: { clientId: id('fay'), start: slot.start } })
    expect(atTheTime()).toEqual([id('fay')])
  })
})
