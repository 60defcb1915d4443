import { afterEach, expect, test } from 'vitest'
import { unwrap } from '../../../../src/platforms/unwrap.ts'
import { maya, readAppointment, slotAt } from '../../../support/approvals-desk.ts'
import { bookedAt, cancel, card, inThisOrder, offering, offers, openings, openWaitlistDesk, waiting, waitingBook, type WaitlistDesk } from '../waitlist-desk.ts'
import { heard } from './watching.ts'

let desk: WaitlistDesk
afterEach(() => desk.close())

const kinds = async () => (await openings(desk)).map(({ cause, state }) => `${cause} ${state}`)

async function approveAll(): Promise<void> {
  for (const { id, hash, kind } of await desk.approvals.list()) {
    if (kind === 'waitlist_offers') await desk.approvals.decide({ id, hash, decision: 'approve', by: maya })
  }
  await desk.work()
}

test('W4 whoever takes an earlier chair leaves one, which is offered next; what comes free of that is not, at depth 1, and nobody is moved twice', async () => {
  // Hana has the 27th and would come sooner; the other two take any day.
  const list = [...waiting(['hana'], { insteadOf: 'c-friday' }), ...waiting(['jo', 'fay'], { wanted: [] })]
  desk = await openWaitlistDesk({ book: waitingBook(inThisOrder(list)), settings: { windowMin: 30, most: 1 } })
  await offering(desk)
  expect(desk.sent.at(-1)?.body).toContain('A sooner time is free')
  expect(await desk.write('hana', 'YES')).toMatchObject({ did: 'booked' })
  expect(await bookedAt(desk)).toEqual(['hana'])
  expect(unwrap(await desk.platform.appointment({ id: 'c-friday' })).segments[0]?.staffId).toBe('ana')
  await desk.work()
  expect(await kinds()).toEqual(['cancelled filled', 'chain open'])
  const { args } = await card(desk)
  expect((args as { candidates: { clientId: string }[] }).candidates.map(({ clientId }) => clientId)).toEqual(['jo', 'fay'])
  await approveAll()
  expect(await desk.write('jo', 'YES')).toMatchObject({ did: 'booked' })
  await desk.work()
  expect(await kinds()).toEqual(['cancelled filled', 'chain filled'])
  expect((await offers(desk)).filter(([, state]) => state === 'booked').map(([client]) => client).toSorted()).toEqual(['hana', 'jo'])
})

test('W4 depth 0 offers nothing that the waitlist itself has freed', async () => {
  desk = await openWaitlistDesk({ book: waitingBook([...waiting(['hana'], { insteadOf: 'c-friday' }), ...waiting(['jo'], { wanted: [] })]), settings: { chainDepth: 0 } })
  await offering(desk)
  const taker = heard(desk, 'hana').length > 0 ? 'hana' : 'jo'
  expect(taker).toBe('hana')
  await desk.write('hana', 'YES')
  await desk.work()
  expect(await kinds()).toEqual(['cancelled filled'])
})

test('a no-show in the middle of a visit opens what is left of it, once', async () => {
  // Saturday 9:20; Dana Whitfield's colour (9:00 to 11:00) did not come.
  desk = await openWaitlistDesk({ now: '2026-11-21T17:20:00.000Z', settings: { noticeMin: 15 } })
  const { version } = await readAppointment(desk.platform, 'a-color')
  unwrap(await desk.platform.setStatus({ key: 'missed', id: 'a-color', expectedVersion: version, to: 'no_show', by: 'test' }))
  await desk.work()
  desk.clock.advance(10)
  await desk.work()
  const [opening, ...more] = await desk.store.db.selectFrom('waitlist_openings').select(['cause', 'starts_at', 'ends_at']).execute()
  expect(more).toEqual([])
  expect(opening).toMatchObject({ cause: 'no_show', starts_at: '2026-11-21T18:00:00.000Z', ends_at: '2026-11-21T19:00:00.000Z' })
})

test('a visit that was moved opens its old time; one that is brought back closes it', async () => {
  desk = await openWaitlistDesk()
  const { version } = await readAppointment(desk.platform, 'a-cut')
  unwrap(await desk.platform.reschedule({ key: 'moved', id: 'a-cut', expectedVersion: version, slotId: await slotAt({ platform: desk.platform, date: '2026-11-21', time: '16:00', rescheduling: 'a-cut' }) }))
  await desk.work()
  expect(await kinds()).toEqual(['moved open'])
  await cancel(desk, 'b-cut')
  await desk.work()
  expect(await kinds()).toContain('cancelled open')
  const visit = await readAppointment(desk.platform, 'b-cut')
  unwrap(await desk.platform.setStatus({ key: 'back', id: 'b-cut', expectedVersion: visit.version, to: 'booked', by: 'test' }))
  await desk.work()
  expect((await openings(desk)).find(({ cause }) => cause === 'cancelled')).toMatchObject({ state: 'lost', why: 'taken_elsewhere' })
})

test('two instances at work at once open one chair, prepare one card and ask once', async () => {
  desk = await openWaitlistDesk({ settings: { windowMin: 30, most: 1 } })
  const other = await desk.another()
  await cancel(desk)
  await Promise.all([desk.work(), other.work()])
  expect(await openings(desk)).toHaveLength(1)
  await card(desk)
  expect(await desk.store.db.selectFrom('proposals').select('state').where('kind', '=', 'waitlist_offers').execute()).toHaveLength(1)
  await approveAll()
  await Promise.all([desk.work(), other.work()])
  expect(heard(desk, 'jo')).toEqual(['offer'])
  expect(heard(desk, 'fay')).toEqual([])
  expect(desk.errors).toEqual([])
})
