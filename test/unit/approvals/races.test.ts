import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Decision } from '../../../src/approvals/decide-proposal.ts'
import type { Proposal } from '../../../src/approvals/proposal.ts'
import { seededRandom } from '../../../src/salon/seeded-random.ts'
import { type ApprovalsDesk, auditOf, countChanges, expectSoundAudit, maya, olga, openApprovalsDesk, proposeMove, readAppointment } from '../../support/approvals-desk.ts'

/** Enough to meet every interleaving of the two many times; raise it for a longer look. */
const rounds = 60

let desk: ApprovalsDesk
beforeEach(async () => { desk = await openApprovalsDesk() })
afterEach(() => desk.close())

// The visit goes to and fro between two free times, so that every round has something to move.
const proposeNext = (round: number): Promise<Proposal> => proposeMove(desk, { id: 'b-cut', date: '2026-11-24', time: round % 2 === 0 ? '11:00' : '15:00' })
const resultsOf = (decisions: Decision[]) => decisions.map(({ result }) => result).sort()

test(`F05: two approvals of one proposal at once, on two instances, ${rounds} times: one effect, one executed and one ignored in the log`, { timeout: 120_000 }, async () => {
  const second = desk.another()
  for (let round = 0; round < rounds; round++) {
    const proposal = await proposeNext(round)
    const before = await countChanges(desk)
    const decisions = await Promise.all([desk, second].map(({ approvals }) => approvals.decide({ id: proposal.id, decision: 'approve', by: maya, hash: proposal.hash })))
    expect(resultsOf(decisions)).toEqual(['already_decided', 'approved'])
    expect(decisions.find(({ result }) => result === 'already_decided')?.proposal.decidedBy).toBe(maya.id)
    expect((await desk.approvals.get(proposal.id)).state).toBe('done')
    expect(await countChanges(desk)).toBe(before + 1)
    const audit = await auditOf(desk, proposal.id)
    expect(audit.filter((action) => action === 'decision.approved' || action === 'proposal.done')).toEqual(['decision.approved', 'proposal.done'])
    expect(audit.filter((action) => action === 'decision.already_decided')).toHaveLength(1)
  }
  await expectSoundAudit(desk)
})

test(`F06: approve and reject at the same instant, in random order, ${rounds} times: exactly one counts and the other learns who won`, { timeout: 120_000 }, async () => {
  const second = desk.another()
  const random = seededRandom('F06')
  let approved = 0
  for (let round = 0; round < rounds; round++) {
    const proposal = await proposeNext(approved)
    const before = await countChanges(desk)
    const clicks = [
      () => desk.approvals.decide({ id: proposal.id, decision: 'approve', by: maya }),
      () => second.approvals.decide({ id: proposal.id, decision: 'reject', by: olga }),
    ]
    if (random.chance(0.5)) clicks.reverse()
    const decisions = await Promise.all(clicks.map((click) => click()))
    const won = decisions.find(({ result }) => result !== 'already_decided')
    expect(decisions.map(({ result }) => result)).toContain('already_decided')
    const executed = won?.result === 'approved'
    const stored = await desk.approvals.get(proposal.id)
    expect(stored).toMatchObject(executed ? { state: 'done', decidedBy: maya.id } : { state: 'rejected', decidedBy: olga.id })
    expect(decisions.find(({ result }) => result === 'already_decided')?.proposal.decidedBy).toBe(stored.decidedBy)
    expect(await countChanges(desk)).toBe(before + (executed ? 1 : 0))
    expect((await auditOf(desk, proposal.id)).filter((action) => action.startsWith('decision.')).sort()).toEqual(['decision.already_decided', executed ? 'decision.approved' : 'decision.rejected'])
    approved += executed ? 1 : 0
  }
  await expectSoundAudit(desk)
})

test('ten people approve at once: one effect', async () => {
  const proposal = await proposeNext(0)
  const before = await countChanges(desk)
  const instances = [desk, desk.another(), desk.another()]
  const decisions = await Promise.all(Array.from({ length: 10 }, (_, n) => (instances[n % 3] ?? desk).approvals.decide({ id: proposal.id, decision: 'approve', by: { ...maya, id: `test:${n}` } })))
  expect(resultsOf(decisions).filter((result) => result === 'approved')).toHaveLength(1)
  expect(await countChanges(desk)).toBe(before + 1)
  expect((await readAppointment(desk.platform, 'b-cut')).version).toBe('2')
})

test('two people propose the same change at once: one proposal', async () => {
  const second = desk.another()
  const both = await Promise.all([proposeMove(desk, { id: 'b-cut', date: '2026-11-24', time: '11:00' }), proposeMove(second, { id: 'b-cut', date: '2026-11-24', time: '11:00' })])
  expect(new Set(both.map(({ id }) => id)).size).toBe(1)
  expect(await desk.approvals.list()).toHaveLength(1)
})
