import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ApprovalsDesk, auditOf, countChanges, expectSoundAudit, expireLeases, maya, openApprovalsDesk, readAppointment, slotAt } from '../../support/approvals-desk.ts'
import { killedAt } from '../../support/killed-desk.ts'

let desk: ApprovalsDesk
beforeEach(async () => { desk = await openApprovalsDesk() })
afterEach(() => desk.close())

const propose = (kind: string, args: unknown) => desk.approvals.propose({ kind, args, reason: '', requestedBy: maya.id })

/** Each change, what it writes, and the way back that makes ready for the next round. */
const sweeps: { name: string; writes: number; ready?: () => Promise<unknown>; args: () => Promise<unknown>; kind: string }[] = [
  {
    name: 'moving a visit', kind: 'reschedule', writes: 1,
    args: async () => ({ appointmentId: 'b-cut', slotId: await slotAt({ platform: desk.platform, date: '2026-11-24', time: '11:00', rescheduling: 'b-cut' }) }),
  },
  {
    name: 'bringing a confirmed visit back after it was cancelled', kind: 'set_status', writes: 2,
    ready: async () => desk.platform.cancel({ key: `ready:${await countChanges(desk)}`, id: 'c-beard', expectedVersion: (await readAppointment(desk.platform, 'c-beard')).version, cancelledBy: 'client' }),
    args: async () => ({ appointmentId: 'c-beard', to: 'confirmed' }),
  },
  {
    name: 'filling a gap from the waitlist', kind: 'waitlist_fill', writes: 2,
    args: async () => ({ entryId: 'w-jo', slotId: await slotAt({ platform: desk.platform, date: '2026-11-24', time: '11:00', wants: [{ serviceId: 'cut', staffId: 'bea' }] }) }),
  },
  { name: 'writing a note', kind: 'note', writes: 1, args: async () => ({ clientId: 'fay', text: 'likes tea' }) },
]

test.each(sweeps)('F14, F67: killed at every step of $name, it ends done exactly once, in the book and in the log', { timeout: 120_000 }, async ({ kind, args, ready, writes }) => {
  const known = new Set<string>()
  let survived = false
  for (let at = 1; !survived; at++) {
    await ready?.()
    const proposal = await propose(kind, await args())
    const before = await countChanges(desk)
    let died = (): boolean => false
    const victim = desk.another((parts) => {
      const killed = killedAt({ ...parts, at })
      died = killed.died
      return killed
    })
    const said = await victim.approvals.decide({ id: proposal.id, decision: 'approve', by: maya }).then(({ proposal: { state } }) => state, () => 'nothing')
    survived = !died()
    // What a person was told in that moment was never more than is true.
    if (said === 'done') expect((await desk.approvals.get(proposal.id)).state).toBe('done')

    await expireLeases(desk)
    await desk.approvals.catchUp()
    known.add((await desk.approvals.get(proposal.id)).state)
    if ((await desk.approvals.get(proposal.id)).state === 'pending') {
      expect(await countChanges(desk)).toBe(before)
      await desk.approvals.decide({ id: proposal.id, decision: 'approve', by: maya })
    }
    desk.clock.advance(1)
    await desk.approvals.catchUp()
    expect(await desk.approvals.get(proposal.id)).toMatchObject({ state: 'done' })
    expect(await countChanges(desk)).toBe(before + writes)
    const audit = await auditOf(desk, proposal.id)
    expect(audit.filter((action) => action === 'decision.approved' || action === 'proposal.done')).toEqual(['decision.approved', 'proposal.done'])

    expect((await desk.approvals.undo({ id: proposal.id, by: maya })).proposal.state).toBe('done')
  }
  expect(known).toEqual(new Set(['pending', 'done']))
  await expectSoundAudit(desk)
})
