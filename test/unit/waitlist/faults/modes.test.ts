import { afterEach, expect, test } from 'vitest'
import { setPause, setRollout, type Rollout } from '../../../../src/approvals/rollout.ts'
import { maya, olga } from '../../../support/approvals-desk.ts'
import { bookedAt, cancel, card, offering, offers, openings, openWaitlistDesk, type WaitlistDesk } from '../waitlist-desk.ts'
import { heard, pass } from './watching.ts'

let desk: WaitlistDesk
afterEach(() => desk.close())

const mode = (rollout: Rollout) => setRollout({ store: desk.store, kind: 'waitlist_offers', locationId: 'main', rollout, by: olga, now: desk.clock.now() })
const pause = (paused: boolean) => setPause({ store: desk.store, paused, by: olga, now: desk.clock.now() })
const cards = async () => (await desk.approvals.list()).filter(({ kind }) => kind === 'waitlist_offers')

test('a paused desk opens nothing, asks nobody and closes no window; afterwards it goes on', async () => {
  desk = await openWaitlistDesk({ settings: { windowMin: 30, most: 1 } })
  await offering(desk)
  await pause(true)
  await pass(desk, 40, 20)
  expect(await desk.write('jo', 'YES')).toMatchObject({ did: 'handed_over' })
  expect((await offers(desk)).map(([, state]) => state)).toEqual(['sent', 'approved', 'approved', 'approved'])
  expect(desk.sent).toHaveLength(1)
  expect(await bookedAt(desk)).toEqual([])
  await pause(false)
  await desk.work()
  expect(heard(desk, 'fay')).toEqual(['offer'])
})

test('a cancellation during a pause is noticed after it, once', async () => {
  desk = await openWaitlistDesk()
  await pause(true)
  await cancel(desk)
  await desk.work()
  expect(await openings(desk)).toEqual([])
  await pause(false)
  await desk.work()
  await desk.work()
  expect(await cards()).toHaveLength(1)
})

test('shadow mode records the card and sends nothing, and nobody can approve it', async () => {
  desk = await openWaitlistDesk()
  await mode({ mode: 'shadow' })
  await cancel(desk)
  await pass(desk, 30, 10)
  expect(await cards()).toEqual([])
  expect((await desk.store.db.selectFrom('proposals').select('state').where('kind', '=', 'waitlist_offers').execute())).toEqual([{ state: 'shadow' }])
  expect(desk.sent).toEqual([])
  expect(await openings(desk)).toMatchObject([{ state: 'open' }])
})

test('switched to shadow while offers are out: no further offer leaves, and a YES goes to a person', async () => {
  desk = await openWaitlistDesk({ settings: { windowMin: 30, most: 1 } })
  await offering(desk)
  await mode({ mode: 'shadow' })
  expect(await desk.write('jo', 'YES')).toMatchObject({ did: 'handed_over' })
  await pass(desk, 40, 20)
  expect(desk.sent).toHaveLength(1)
  expect(await bookedAt(desk)).toEqual([])
})

test('autonomous within its cap: it asks by itself; every text counts as one', async () => {
  desk = await openWaitlistDesk()
  await mode({ mode: 'autonomous', perDay: 4 })
  await cancel(desk)
  await desk.work()
  expect(heard(desk, 'jo')).toEqual(['offer'])
  // The cap is used up: the next chair waits for a person.
  await cancel(desk, 'b-cut')
  await desk.work()
  expect(await cards()).toHaveLength(1)
  expect(desk.sent).toHaveLength(1)
})

test('autonomous, but more texts than its cap allows: it waits for a person', async () => {
  desk = await openWaitlistDesk()
  await mode({ mode: 'autonomous', perDay: 3 })
  await cancel(desk)
  await desk.work()
  expect(await cards()).toHaveLength(1)
  expect(desk.sent).toEqual([])
})

test('approved at five to eight in the evening with nobody left to text tonight: asked in the morning, while there is time', async () => {
  // Saturday 13:00; promotional hours end at 20:00 and begin at 9:00.
  desk = await openWaitlistDesk({ now: '2026-11-21T03:55:00.000Z', settings: { windowMin: 30, most: 1 } })
  await cancel(desk)
  await desk.work()
  const proposal = await card(desk)
  desk.clock.advance(6)
  await desk.approvals.decide({ id: proposal.id, decision: 'approve', by: maya, hash: proposal.hash })
  await pass(desk, 12 * 60, 4 * 60)
  expect(desk.sent).toEqual([])
  desk.clock.set('2026-11-21T17:00:00.000Z')
  await desk.work()
  expect(heard(desk, 'jo')).toEqual(['offer'])
})

test('approved too late in the evening for a chair early in the morning: nobody is texted at night, and it ends as too late', async () => {
  desk = await openWaitlistDesk({ now: '2026-11-21T03:55:00.000Z' })
  await cancel(desk, 'b-cut') // Saturday at 10:00: to be booked by 9:00
  await desk.work()
  for (const { id, hash } of await cards()) {
    desk.clock.advance(6)
    await desk.approvals.decide({ id, decision: 'approve', by: maya, hash })
  }
  await pass(desk, 14 * 60, 4 * 60)
  expect(desk.sent).toEqual([])
  expect(await openings(desk)).toMatchObject([{ state: 'too_late' }])
})

test('autonomous at night: nothing is sent before the morning', async () => {
  desk = await openWaitlistDesk({ now: '2026-11-21T05:00:00.000Z' })
  await mode({ mode: 'autonomous', perDay: 20 })
  await cancel(desk)
  await pass(desk, 8 * 60, 2 * 60)
  expect(desk.sent).toEqual([])
  desk.clock.set('2026-11-21T17:00:00.000Z')
  await desk.work()
  expect(heard(desk, 'jo')).toEqual(['offer'])
})

test('on a blackout day nothing is prepared, and nothing is asked', async () => {
  desk = await openWaitlistDesk({ settings: { blackouts: ['2026-11-21'] } })
  await cancel(desk)
  await pass(desk, 60, 20)
  expect(await cards()).toEqual([])
  expect(desk.sent).toEqual([])
})

test('a chair of more value than the front desk may give away needs a manager', async () => {
  desk = await openWaitlistDesk({ settings: { managerAbove: 50 } })
  await cancel(desk)
  await desk.work()
  const proposal = await card(desk)
  expect(proposal.facts.needs).toBe('manager')
  expect((await desk.approvals.decide({ id: proposal.id, decision: 'approve', by: maya, hash: proposal.hash })).result).toBe('not_allowed')
  expect(desk.sent).toEqual([])
  await desk.approvals.decide({ id: proposal.id, decision: 'approve', by: olga, hash: proposal.hash })
  expect(heard(desk, 'jo')).toEqual(['offer'])
})

test('WL-4 a changed window, width or order is a new card with an approval of its own; the old one is dead', async () => {
  desk = await openWaitlistDesk()
  await cancel(desk)
  await desk.work()
  const first = await card(desk)
  const second = await desk.approvals.edit({ id: first.id, by: maya, values: { windowMin: '30', width: '2', without: 'jo' }, hash: first.hash })
  await expect(desk.approvals.decide({ id: first.id, decision: 'approve', by: maya, hash: first.hash }).then(({ result }) => result)).resolves.toBe('already_decided')
  expect(desk.sent).toEqual([])
  await desk.approvals.decide({ id: second.id, decision: 'approve', by: maya, hash: second.hash })
  expect(desk.sent).toHaveLength(2)
  expect(heard(desk, 'fay')).toEqual(['offer'])
  expect(desk.sent[0]?.body).toContain('within 30 min')
  expect((await offers(desk)).map(([client]) => client)).toEqual(['fay', 'ivan', 'george'])
})

test('a rejected card closes its opening with that as the reason, and no other card comes', async () => {
  desk = await openWaitlistDesk()
  await cancel(desk)
  await desk.work()
  const { id, hash } = await card(desk)
  await desk.approvals.decide({ id, decision: 'reject', by: maya, hash })
  await pass(desk, 60, 20)
  expect(await openings(desk)).toMatchObject([{ state: 'closed', why: 'rejected' }])
  expect(await cards()).toEqual([])
})
