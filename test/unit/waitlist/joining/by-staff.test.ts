import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Action } from '../../../../src/approvals/action.ts'
import { type Approvals, openApprovals } from '../../../../src/approvals/open-approvals.ts'
import { at } from '../../../../src/salon/time.ts'
import { waitlistJoinAction } from '../../../../src/waitlist/joining/join-action.ts'
import { waitlistLeaveAction } from '../../../../src/waitlist/joining/leave-action.ts'
import { maya } from '../../../support/approvals-desk.ts'
import { type FaultyPlatform, faultyPlatform } from '../../../support/faulty-platform.ts'
import { createTinyDesk, tinyZone } from '../../../support/tiny-book.ts'

type Desk = Awaited<ReturnType<typeof createTinyDesk>> & { platform: FaultyPlatform; approvals: Approvals }
let desk: Desk
beforeEach(async () => {
  const tiny = await createTinyDesk()
  const platform = faultyPlatform(tiny.platform)
  const room = { platform, clock: tiny.clock }
  desk = { ...tiny, platform, approvals: openApprovals({ ...tiny, actions: [waitlistJoinAction(room), waitlistLeaveAction(room)] as Action[] }) }
})
afterEach(() => desk.store.close())

const hana = { clientId: 'hana', serviceId: 'cut', locationId: 'main', insteadOf: 'c-friday' }
const tuesday = { from: at('2026-11-24', '09:00', tinyZone), to: at('2026-11-24', '12:00', tinyZone) }

async function propose(kind: string, args: unknown) {
  return desk.approvals.propose({ kind, args, reason: 'they called', requestedBy: maya.id })
}
async function doIt(kind: string, args: unknown) {
  const { id } = await propose(kind, args)
  return desk.approvals.decide({ id, decision: 'approve', by: maya })
}
const entries = async (clientId: string) => (await desk.store.db.selectFrom('book_waitlist').select(['id', 'status', 'wanted', 'created_at', 'instead_of']).where('client_id', '=', clientId).orderBy('created_at').execute())

test('joins, changes the times in place, and both ways back', async () => {
  const proposal = await propose('waitlist_join', { ...hana, wanted: [tuesday] })
  expect(proposal.facts).toMatchObject({ title: 'Put Hana Suzuki on the waitlist', changes: [{ label: 'Waits for', before: null, after: 'Tuesday 24 November from 9:00 am to 12:00 pm' }], notices: [] })
  const joined = await desk.approvals.decide({ id: proposal.id, decision: 'approve', by: maya })
  expect(await entries('hana')).toMatchObject([{ status: 'waiting', wanted: [tuesday], instead_of: 'c-friday' }])
  desk.clock.advance(5)
  const any = await propose('waitlist_join', { ...hana, wanted: [] })
  expect(any.facts).toMatchObject({ title: 'Change what Hana Suzuki waits for', notices: ['They are on the waitlist already and keep their place.'] })
  await desk.approvals.decide({ id: any.id, decision: 'approve', by: maya })
  const [changed, ...more] = await entries('hana')
  expect([changed, more]).toMatchObject([{ wanted: [], created_at: proposal.createdAt }, []])
  await desk.approvals.undo({ id: any.id, by: maya })
  expect(await entries('hana')).toMatchObject([{ status: 'waiting', wanted: [tuesday] }])
  expect(JSON.stringify(joined)).toContain('Hana Suzuki is on the waitlist.')
  await desk.approvals.undo({ id: proposal.id, by: maya })
  expect(await entries('hana')).toMatchObject([{ status: 'left' }])
})

test('leaves, and undone has the old place', async () => {
  const { id } = await propose('waitlist_leave', { entryId: 'w-ivan' })
  await desk.approvals.decide({ id, decision: 'approve', by: maya })
  expect(await entries('ivan')).toMatchObject([{ status: 'left' }])
  const back = await desk.approvals.undo({ id, by: maya })
  expect(back).toMatchObject({ proposal: { kind: 'waitlist_join', facts: { notices: ['They get their old place back.'] } } })
  expect(await entries('ivan')).toMatchObject([{ id: 'w-ivan', status: 'waiting', created_at: '2026-11-15T18:00:00.000Z' }])
})

test('what makes no sense is refused in words', async () => {
  for (const [args, words] of [
    [{ ...hana, serviceId: 'nothing', wanted: [] }, /not in the book/], [{ ...hana, staffId: 'bea', serviceId: 'color', wanted: [] }, /Bea Novak does not do Full color/], [{ ...hana, insteadOf: 'a-cut', wanted: [] }, /visit of their own/],
    [{ ...hana, wanted: [{ from: tuesday.to, to: tuesday.from }] }, /must end after/], [{ ...hana, wanted: [{ from: '2026-11-01T10:00:00Z', to: '2026-11-01T12:00:00Z' }] }, /over already/],
  ] as const) await expect(propose('waitlist_join', args)).rejects.toMatchObject({ userMessage: expect.stringMatching(words) })
  await expect(propose('waitlist_join', { ...hana, wanted: [{ from: 'friday', to: 'saturday' }] })).rejects.toMatchObject({ code: 'invalid_input' })
  await expect(propose('waitlist_leave', { entryId: 'nobody' })).rejects.toMatchObject({ code: 'not_found' })
})

test.each(['drop', 'lose'] as const)('an answer that is lost (%s) is looked up: one entry in the end', async (fault) => {
  desk.platform.failNext('waitlistAdd', { do: fault })
  await doIt('waitlist_join', { ...hana, wanted: [tuesday] })
  desk.clock.advance(10)
  await desk.approvals.catchUp()
  expect((await entries('hana')).filter(({ status }) => status === 'waiting')).toHaveLength(1)
})
