import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type ApprovalsDesk, auditOf, countChanges, expectSoundAudit, maya, openApprovalsDesk, proposeMove, readAppointment } from '../../support/approvals-desk.ts'

let desk: ApprovalsDesk
beforeEach(async () => { desk = await openApprovalsDesk() })
afterEach(() => desk.close())

const refuse = (operation: 'reschedule' | 'slot' | 'appointment' = 'reschedule') => desk.platform.failNext(operation, { do: 'refuse', kind: 'auth' })

/** A move that was approved while the key was still good and met its refusal at the write. */
async function moveRefused() {
  const proposal = await proposeMove(desk, { id: 'b-cut', date: '2026-11-24', time: '11:00' })
  refuse()
  const { proposal: waiting } = await desk.approvals.decide({ id: proposal.id, decision: 'approve', by: maya })
  return waiting
}
const later = async (minutes: number) => {
  desk.clock.advance(minutes)
  await desk.approvals.catchUp()
}

describe('F43: the booking system refuses our key', () => {
  test('an approved change waits, says why, and is no failure', async () => {
    const waiting = await moveRefused()
    expect(waiting).toMatchObject({ state: 'approved', errorCode: 'auth', errorWords: expect.stringContaining('connected it again') as string })
    expect(await countChanges(desk)).toBe(0)
    expect((await desk.approvals.list()).map(({ id }) => id)).toEqual([waiting.id])
    expect(await auditOf(desk, waiting.id)).toEqual(['proposal.created', 'decision.approved', 'proposal.started', 'proposal.waiting'])
  })

  test('for longer than its tries would last, and is then done once', async () => {
    const { id } = await moveRefused()
    for (let n = 0; n < 12; n++) {
      // At the write, or while the time is looked up right before it.
      refuse(n % 2 === 0 ? 'reschedule' : 'slot')
      await later(5)
      expect((await desk.approvals.get(id)).state).toBe('approved')
    }
    await later(5)
    expect(await desk.approvals.get(id)).toMatchObject({ state: 'done', errorCode: null, errorWords: null })
    expect(await countChanges(desk)).toBe(1)
    expect((await readAppointment(desk.platform, 'b-cut')).start).toBe('2026-11-24T19:00:00.000Z')
    await expectSoundAudit(desk)
  })

  test('is not asked more often than the key is tried', async () => {
    await moveRefused()
    const before = desk.platform.calls.length
    for (let n = 0; n < 4; n++) await later(1)
    expect(desk.platform.calls.length).toBe(before)
  })

  test('until its time has passed: then it is not done, and nothing was changed', async () => {
    const { id, facts } = await moveRefused()
    desk.clock.set(facts.notAfter ?? '')
    refuse('slot')
    await desk.approvals.catchUp()
    expect(await desk.approvals.get(id)).toMatchObject({ state: 'failed', errorCode: 'expired' })
    expect(await countChanges(desk)).toBe(0)
  })

  test('after an answer was lost: nobody knows, and it is looked at as soon as that can be', async () => {
    const proposal = await proposeMove(desk, { id: 'b-cut', date: '2026-11-24', time: '11:00' })
    desk.platform.failNext('reschedule', { do: 'drop' })
    await desk.approvals.decide({ id: proposal.id, decision: 'approve', by: maya })
    refuse('appointment')
    await later(1)
    expect(await desk.approvals.get(proposal.id)).toMatchObject({ state: 'unknown' })
    await later(10)
    expect(await desk.approvals.get(proposal.id)).toMatchObject({ state: 'done' })
    expect(await countChanges(desk)).toBe(1)
  })
})
