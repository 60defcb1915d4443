import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Rollout, setRollout } from '../../../src/approvals/rollout.ts'
import { type ApprovalsDesk, auditOf, countChanges, expectSoundAudit, maya, olga, openApprovalsDesk, proposeMove, setPaused } from '../../support/approvals-desk.ts'

let desk: ApprovalsDesk
beforeEach(async () => { desk = await openApprovalsDesk() })
afterEach(() => desk.close())

const set = (kind: string, rollout: Rollout, locationId = '') => setRollout({ store: desk.store, kind, locationId, rollout, by: olga, now: desk.clock.now() })
const note = (text: string, approvals = desk.approvals) => approvals.propose({ kind: 'note', args: { clientId: 'fay', text }, reason: '', requestedBy: maya.id })
const statesOf = (proposals: { state: string }[]) => proposals.map(({ state }) => state).sort()

test('shadow only records: no decision, no write, but a trace of what it would have done', async () => {
  await set('reschedule', { mode: 'shadow' })
  const proposal = await proposeMove(desk, { id: 'b-cut', date: '2026-11-24', time: '11:00' })
  expect(proposal.state).toBe('shadow')
  expect(await desk.approvals.decide({ id: proposal.id, decision: 'approve', by: olga })).toMatchObject({ result: 'already_decided', proposal: { state: 'shadow' } })
  expect(await desk.approvals.list()).toEqual([])
  expect(await auditOf(desk, proposal.id)).toEqual(['proposal.recorded', 'decision.already_decided'])
  expect(await countChanges(desk)).toBe(0)
  // Other kinds are not touched by it, and a location's own setting comes first.
  expect((await note('likes tea')).state).toBe('pending')
  await set('reschedule', { mode: 'assisted' }, 'main')
  expect((await proposeMove(desk, { id: 'b-cut', date: '2026-11-24', time: '11:00' })).state).toBe('pending')
})

test('autonomous acts alone up to its cap a day, under the same checks and log; then it asks', async () => {
  await set('note', { mode: 'autonomous', perDay: 2 })
  const done = [await note('one'), await note('two')]
  expect(done).toMatchObject([{ state: 'done', decidedBy: 'rule:autonomous' }, { state: 'done' }])
  expect(await auditOf(desk, done[0]?.id ?? '')).toEqual(['proposal.created', 'decision.approved', 'proposal.started', 'proposal.done'])
  const third = await note('three')
  expect(third).toMatchObject({ state: 'pending', decidedBy: null })
  expect(await desk.approvals.decide({ id: third.id, decision: 'approve', by: maya })).toMatchObject({ result: 'approved', proposal: { decidedBy: maya.id } })
  desk.clock.advance(24 * 60)
  expect((await note('four')).state).toBe('done')
  await expectSoundAudit(desk)
})

test('the cap holds when many come at once on two instances', async () => {
  await set('note', { mode: 'autonomous', perDay: 3 })
  const second = desk.another()
  const made = await Promise.all(Array.from({ length: 10 }, (_, n) => note(`note ${n}`, n % 2 === 0 ? desk.approvals : second.approvals)))
  expect(statesOf(made)).toEqual(['done', 'done', 'done', ...Array.from({ length: 7 }, () => 'pending')])
  expect(await countChanges(desk)).toBe(3)
})

test('what the card warns of needs a person also in autonomous mode', async () => {
  await set('reschedule', { mode: 'autonomous', perDay: 9 })
  expect(await proposeMove(desk, { id: 'b-cut', date: '2026-11-24', time: '11:00' })).toMatchObject({ state: 'pending', facts: { notices: [expect.stringContaining('Short notice') as string] } })
  expect((await proposeMove(desk, { id: 'c-friday', date: '2026-11-24', time: '11:00' })).state).toBe('done')
})

test('autonomous while paused, or while the platform is away: nothing is lost, nothing is done', async () => {
  await set('note', { mode: 'autonomous', perDay: 9 })
  await setPaused(desk, true)
  expect((await note('one')).state).toBe('approved')
  await setPaused(desk, false)
  desk.platform.failNext('client', { do: 'wait', until: Promise.resolve() })
  desk.platform.failNext('client', { do: 'refuse', kind: 'unavailable' })
  const two = await note('two')
  expect(two.state).toBe('pending')
  expect(await desk.approvals.catchUp()).toBe(1)
  expect(await countChanges(desk)).toBe(1)
})

test('modes and the pause are in the log with who set them, and a mode that makes no sense is refused', async () => {
  await set('note', { mode: 'autonomous', perDay: 2 }, 'main')
  await setPaused(desk, true)
  await expect(set('note', { mode: 'autonomous', perDay: 0 })).rejects.toThrow()
  const rows = await desk.store.db.selectFrom('audit').select(['actor', 'subject', 'detail']).where('action', '=', 'setting.changed').orderBy('seq').execute()
  expect(rows).toEqual([
    { actor: olga.id, subject: 'setting:main/mode:note', detail: { before: null, after: { mode: 'autonomous', perDay: 2 } } },
    { actor: olga.id, subject: 'setting:pause', detail: { before: null, after: { paused: true } } },
  ])
})
