import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openApprovals } from '../../../src/approvals/open-approvals.ts'
import type { Proposal } from '../../../src/approvals/proposal.ts'
import { setRollout } from '../../../src/approvals/rollout.ts'
import { failed } from '../../../src/platforms/booking-platform.ts'
import { unwrap } from '../../../src/platforms/unwrap.ts'
import { seededRandom } from '../../../src/salon/seeded-random.ts'
import { type ApprovalsDesk, auditOf, countChanges, expectSoundAudit, expireLeases, maya, olga, openApprovalsDesk, proposeMove, readAppointment, setPaused, slotAt } from '../../support/approvals-desk.ts'
import { killedAt } from '../../support/killed-desk.ts'

const rounds = 30

let desk: ApprovalsDesk
beforeEach(async () => { desk = await openApprovalsDesk() })
afterEach(() => desk.close())

const steps = ['Open the calendar.', 'Move the appointment.', 'Save it.']
const leave = (operation: 'reschedule' | 'create' | 'cancel' | 'setStatus' = 'reschedule', manualSteps = steps) => desk.platform.failNext(operation, { do: 'refuse', kind: 'assisted_required', manualSteps })
const stored = (id: string) => desk.approvals.get(id)
const finn = { id: 'test:finn', name: 'Finn', role: 'front_desk' as const }

/** A move of Dana Kim's visit that is approved and waits for a person. */
async function moveByHand(time = '11:00', date = '2026-11-24'): Promise<Proposal> {
  const proposal = await proposeMove(desk, { id: 'b-cut', date, time })
  leave()
  const decision = await desk.approvals.decide({ id: proposal.id, decision: 'approve', by: maya, hash: proposal.hash })
  expect(decision).toMatchObject({ result: 'approved', proposal: { state: 'by_hand' } })
  return decision.proposal
}

/** Somebody makes the change in the booking system itself. */
async function doIt({ args }: Proposal): Promise<void> {
  const { appointmentId, slotId } = args as { appointmentId: string; slotId: string }
  unwrap(await desk.platform.reschedule({ key: `person:${await countChanges(desk)}`, id: appointmentId, slotId, expectedVersion: (await readAppointment(desk.platform, appointmentId)).version }))
}
const says = (id: string, what: 'done' | 'not_done' | 'taken_back', by = maya) => desk.approvals.byHand({ id, says: what, by })

describe('a change that the platform leaves to a person', () => {
  test('waits with its steps, changed nothing, and stays in the list of what is open', async () => {
    const before = await countChanges(desk)
    const proposal = await moveByHand()
    expect(proposal).toMatchObject({ state: 'by_hand', errorWords: null, byHand: { steps, round: 1, doneBy: null, doneAt: null, until: (await readAppointment(desk.platform, 'b-cut')).start } })
    expect(await countChanges(desk)).toBe(before)
    expect((await desk.approvals.list()).map(({ id }) => id)).toEqual([proposal.id])
    expect(await auditOf(desk, proposal.id)).toEqual(['proposal.created', 'decision.approved', 'proposal.started', 'proposal.by_hand'])
    await desk.approvals.catchUp()
    expect(await stored(proposal.id)).toMatchObject({ state: 'by_hand' })
    await expectSoundAudit(desk)
  })

  test('is done when the platform shows it, and not a moment before', async () => {
    const proposal = await moveByHand()
    await doIt(proposal)
    const answer = await says(proposal.id, 'done')
    expect(answer).toMatchObject({ result: 'counted', proposal: { state: 'done', result: { said: expect.stringMatching(/^Dana Kim is now booked on Tuesday 24 November at 11:00 am/) }, byHand: { doneBy: maya.id } } })
    expect((await auditOf(desk, proposal.id)).slice(-2)).toEqual(['by_hand.done', 'proposal.done'])
    expect(await desk.approvals.list()).toEqual([])
    await expectSoundAudit(desk)
  })

  test('that names no steps is told in the card\'s own words', async () => {
    const proposal = await proposeMove(desk, { id: 'b-cut', date: '2026-11-24', time: '11:00' })
    desk.platform.failNext('reschedule', { do: 'refuse', kind: 'assisted_required' })
    const { proposal: { byHand } } = await desk.approvals.decide({ id: proposal.id, decision: 'approve', by: maya })
    expect(byHand?.steps).toEqual(['Find it in the booking system: Move Dana Kim.', 'When: now Saturday 21 November at 10:00 am, make it Tuesday 24 November at 11:00 am.', 'Save the change there.'])
  })

  test('can be put back like any other, by hand again', async () => {
    const proposal = await moveByHand()
    await doIt(proposal)
    await says(proposal.id, 'done')
    leave()
    const back = await desk.approvals.undo({ id: proposal.id, by: maya })
    expect(back).toMatchObject({ result: 'approved', proposal: { state: 'by_hand', undoOf: proposal.id } })
    await doIt(back.proposal)
    await says(back.proposal.id, 'done')
    expect(await stored(proposal.id)).toMatchObject({ state: 'done', undoneBy: back.proposal.id })
  })
})

describe('what was said to be done and is not there yet', () => {
  test('is looked at again, at growing intervals, until it is there', async () => {
    const proposal = await moveByHand()
    expect(await says(proposal.id, 'done')).toMatchObject({ result: 'counted', proposal: { state: 'by_hand', errorCode: 'not_seen' } })
    const looks = () => desk.platform.calls.filter(({ operation }) => operation === 'appointment').length
    const at: number[] = []
    for (let minute = 1; minute <= 120; minute++) {
      const before = looks()
      desk.clock.advance(1)
      await desk.approvals.catchUp()
      if (looks() > before) at.push(minute)
    }
    expect(at).toEqual([1, 3, 7, 15, 31, 61, 91])
    await doIt(proposal)
    desk.clock.advance(2)
    await desk.approvals.catchUp()
    expect(await stored(proposal.id)).toMatchObject({ state: 'done', errorCode: null })
    // A day of looks is not a day of rows.
    expect((await auditOf(desk, proposal.id)).slice(4)).toEqual(['by_hand.done', 'proposal.not_seen', 'proposal.done'])
  })

  test('for a day is failed, with words that say to check', async () => {
    const proposal = await moveByHand()
    await says(proposal.id, 'done')
    for (let quarter = 0; quarter < 95; quarter++) {
      desk.clock.advance(15)
      await desk.approvals.catchUp()
    }
    expect(await stored(proposal.id)).toMatchObject({ state: 'by_hand' })
    desk.clock.advance(15)
    await desk.approvals.catchUp()
    expect(await stored(proposal.id)).toMatchObject({ state: 'failed', errorCode: 'not_seen', errorWords: expect.stringMatching(/Please check there; the client was told nothing\.$/) })
  })

  test('while the platform is away is looked at when it is back', async () => {
    const proposal = await moveByHand()
    await doIt(proposal)
    desk.platform.away(['appointment', 'catalog'])
    expect(await says(proposal.id, 'done')).toMatchObject({ result: 'counted', proposal: { state: 'by_hand', errorCode: 'not_looked' } })
    desk.clock.advance(2)
    await desk.approvals.catchUp()
    expect(await stored(proposal.id)).toMatchObject({ state: 'by_hand' })
    desk.platform.away()
    desk.clock.advance(5)
    await desk.approvals.catchUp()
    expect(await stored(proposal.id)).toMatchObject({ state: 'done' })
  })

  test('when the platform stays away for a day is failed, and says so', async () => {
    const proposal = await moveByHand()
    desk.platform.away(['appointment'])
    await says(proposal.id, 'done')
    for (let hour = 0; hour < 25; hour++) {
      desk.clock.advance(60)
      await desk.approvals.catchUp()
    }
    expect(await stored(proposal.id)).toMatchObject({ state: 'failed', errorCode: 'not_looked' })
  })

  test('can be taken back by whoever was wrong, once', async () => {
    const proposal = await moveByHand()
    expect(await says(proposal.id, 'taken_back')).toMatchObject({ result: 'already' })
    await says(proposal.id, 'done')
    expect(await says(proposal.id, 'not_done', finn)).toMatchObject({ result: 'already' })
    expect(await says(proposal.id, 'taken_back')).toMatchObject({ result: 'counted', proposal: { state: 'failed', errorWords: 'Maya says that it was not done after all. Please check in the booking system what it says now.' } })
    await doIt(proposal)
    desk.clock.advance(60)
    await desk.approvals.catchUp()
    expect(await stored(proposal.id)).toMatchObject({ state: 'failed' })
  })
})

describe('what could not be done', () => {
  test('is failed, with other times', async () => {
    const proposal = await moveByHand()
    const answer = await says(proposal.id, 'not_done')
    expect(answer).toMatchObject({ result: 'counted', proposal: { state: 'failed', errorCode: 'not_by_hand', errorWords: expect.stringMatching(/^Maya could not do it in the booking system\. Free instead: Tuesday 24 November at .+;.+;.+\.$/) } })
    expect((await auditOf(desk, proposal.id)).at(-1)).toBe('by_hand.not_done')
    await desk.approvals.catchUp()
    expect((await desk.approvals.proposeAgain({ id: proposal.id, by: maya })).state).toBe('pending')
  })

  test('and nobody said so, ends with the appointment\'s time', async () => {
    const proposal = await moveByHand()
    desk.clock.advance(149)
    await desk.approvals.catchUp()
    expect(await stored(proposal.id)).toMatchObject({ state: 'by_hand' })
    desk.clock.advance(1)
    expect(await says(proposal.id, 'done')).toMatchObject({ result: 'expired' })
    await desk.approvals.catchUp()
    expect(await stored(proposal.id)).toMatchObject({ state: 'failed', errorCode: 'too_late', errorWords: expect.stringMatching(/Please check there; the client was told nothing\.$/) })
  })

  test('but was, though nobody said so, is seen at the last look', async () => {
    const proposal = await moveByHand()
    await doIt(proposal)
    desk.clock.advance(151)
    await desk.approvals.catchUp()
    expect(await stored(proposal.id)).toMatchObject({ state: 'done', byHand: { doneBy: null } })
  })
})

describe('who may say so', () => {
  test('needs the role for approving it, and the card that is stored', async () => {
    const proposal = await moveByHand()
    const nobody = { id: 'test:eve', name: 'Eve', role: 'front_desk' as const }
    expect(await desk.approvals.byHand({ id: proposal.id, says: 'done', by: nobody, hash: 'another' })).toMatchObject({ result: 'mismatch' })
    const needs = { ...proposal.facts, needs: 'manager' as const }
    await desk.store.db.updateTable('proposals').set({ facts: JSON.stringify(needs) }).where('id', '=', proposal.id).execute()
    expect(await says(proposal.id, 'done')).toMatchObject({ result: 'not_allowed', needs: 'manager' })
    expect(await desk.approvals.byHand({ id: proposal.id, says: 'done', by: olga })).toMatchObject({ result: 'mismatch' })
    expect((await auditOf(desk, proposal.id)).slice(-3)).toEqual(['by_hand.mismatch', 'by_hand.not_allowed', 'by_hand.mismatch'])
  })

  test('a press on steps that are no longer those says nothing', async () => {
    const proposal = await moveByHand()
    expect(await desk.approvals.byHand({ id: proposal.id, says: 'done', by: maya, round: 0 })).toMatchObject({ result: 'already', proposal: { state: 'by_hand', byHand: { doneBy: null } } })
  })

  test('nothing can be said of what is not done by hand', async () => {
    const proposal = await proposeMove(desk, { id: 'b-cut', date: '2026-11-24', time: '11:00' })
    expect(await says(proposal.id, 'done')).toMatchObject({ result: 'already', proposal: { state: 'pending' } })
    await desk.approvals.decide({ id: proposal.id, decision: 'approve', by: maya })
    expect(await says(proposal.id, 'not_done')).toMatchObject({ result: 'already', proposal: { state: 'done' } })
    await expect(says('P-222222', 'done')).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('pause and shadow mode', () => {
  test('nothing becomes a task for a person in either', async () => {
    const first = await proposeMove(desk, { id: 'b-cut', date: '2026-11-24', time: '11:00' })
    await setPaused(desk, true)
    leave()
    expect((await desk.approvals.decide({ id: first.id, decision: 'approve', by: maya })).proposal.state).toBe('approved')
    await setRollout({ store: desk.store, kind: 'reschedule', rollout: { mode: 'shadow' }, by: olga, now: desk.clock.now() })
    await setPaused(desk, false)
    await desk.approvals.catchUp()
    expect(await stored(first.id)).toMatchObject({ state: 'failed', errorCode: 'shadow' })
  })

  test('what is said while the desk is paused is kept, and looked at when it goes on', async () => {
    const proposal = await moveByHand()
    await doIt(proposal)
    await setPaused(desk, true)
    expect(await says(proposal.id, 'done')).toMatchObject({ result: 'counted', proposal: { state: 'by_hand', byHand: { doneBy: maya.id }, errorCode: null } })
    await desk.approvals.catchUp()
    expect(await stored(proposal.id)).toMatchObject({ state: 'by_hand' })
    await setPaused(desk, false)
    await desk.approvals.catchUp()
    expect(await stored(proposal.id)).toMatchObject({ state: 'done' })
  })
})

describe('changes of several writes', () => {
  test('the desk does its own part once the person\'s is there', async () => {
    const slotId = await slotAt({ platform: desk.platform, date: '2026-11-24', time: '11:00', wants: [{ serviceId: 'cut', staffId: 'bea' }] })
    const proposal = await desk.approvals.propose({ kind: 'waitlist_fill', args: { entryId: 'w-jo', slotId }, reason: '', requestedBy: maya.id })
    leave('create')
    expect((await desk.approvals.decide({ id: proposal.id, decision: 'approve', by: maya })).proposal.state).toBe('by_hand')
    unwrap(await desk.platform.create({ key: 'person', clientId: 'jo', slotId }))
    leave('create')
    expect(await says(proposal.id, 'done')).toMatchObject({ result: 'counted', proposal: { state: 'done', result: { said: expect.stringContaining('The waitlist entry is closed.') } } })
    expect(unwrap(await desk.platform.waitlist({ ids: ['w-jo'] }))).toMatchObject([{ status: 'filled' }])
  })

  test('a second part that is done by hand has steps of its own', async () => {
    const { version } = await readAppointment(desk.platform, 'c-beard')
    unwrap(await desk.platform.cancel({ key: 'ready', id: 'c-beard', expectedVersion: version, cancelledBy: 'client' }))
    const proposal = await desk.approvals.propose({ kind: 'set_status', args: { appointmentId: 'c-beard', to: 'confirmed' }, reason: '', requestedBy: maya.id })
    leave('setStatus', ['Bring it back.'])
    await desk.approvals.decide({ id: proposal.id, decision: 'approve', by: maya })
    const bring = async (to: 'booked' | 'confirmed') => unwrap(await desk.platform.setStatus({ key: `person:${to}`, id: 'c-beard', to, expectedVersion: (await readAppointment(desk.platform, 'c-beard')).version }))
    await bring('booked')
    leave('setStatus', ['Bring it back.'])
    leave('setStatus', ['Confirm it.'])
    expect(await desk.approvals.byHand({ id: proposal.id, says: 'done', by: maya, round: 1 })).toMatchObject({ result: 'counted', proposal: { state: 'by_hand', byHand: { steps: ['Confirm it.'], round: 2, doneBy: null } } })
    await bring('confirmed')
    expect(await desk.approvals.byHand({ id: proposal.id, says: 'done', by: finn, round: 1 })).toMatchObject({ result: 'already' })
    expect(await desk.approvals.byHand({ id: proposal.id, says: 'done', by: finn, round: 2 })).toMatchObject({ result: 'counted', proposal: { state: 'done' } })
  })
})

test(`F05: two say "done" at once, on two instances, ${rounds} times: one counts, one effect`, { timeout: 120_000 }, async () => {
  const second = desk.another()
  for (let round = 0; round < rounds; round++) {
    const proposal = await moveByHand(round % 2 === 0 ? '11:00' : '15:00')
    await doIt(proposal)
    const before = await countChanges(desk)
    const answers = await Promise.all([desk, second].map(({ approvals }, n) => approvals.byHand({ id: proposal.id, says: 'done', by: n === 0 ? maya : finn })))
    expect(answers.map(({ result }) => result).toSorted()).toEqual(['already', 'counted'])
    await desk.approvals.catchUp()
    expect(await stored(proposal.id)).toMatchObject({ state: 'done' })
    expect(await countChanges(desk)).toBe(before)
    const audit = await auditOf(desk, proposal.id)
    expect(audit.filter((action) => ['by_hand.done', 'by_hand.already', 'proposal.done'].includes(action)).toSorted()).toEqual(['by_hand.already', 'by_hand.done', 'proposal.done'])
  }
  await expectSoundAudit(desk)
})

test(`F06: "done" and "could not be done" at the same instant, in random order, ${rounds} times: exactly one counts`, { timeout: 120_000 }, async () => {
  const second = desk.another()
  const random = seededRandom('by hand')
  for (let round = 0; round < rounds; round++) {
    const proposal = await moveByHand(random.chance(0.5) ? '11:00' : '15:00', `2026-11-${25 + (round % 2) * 2}`)
    const presses = [() => desk.approvals.byHand({ id: proposal.id, says: 'done', by: maya }), () => second.approvals.byHand({ id: proposal.id, says: 'not_done', by: finn })]
    if (random.chance(0.5)) presses.reverse()
    const answers = await Promise.all(presses.map((press) => press()))
    expect(answers.map(({ result }) => result).toSorted()).toEqual(['already', 'counted'])
    const won = answers.find(({ result }) => result === 'counted')
    const isDone = won?.result === 'counted' && won.says === 'done'
    expect(await stored(proposal.id)).toMatchObject(isDone ? { state: 'by_hand', byHand: { doneBy: maya.id } } : { state: 'failed', byHand: { doneBy: null } })
    if (isDone) await says(proposal.id, 'taken_back')
  }
  await expectSoundAudit(desk)
})

test('F14: killed at every step of approving, it becomes one task for a person, once', { timeout: 120_000 }, async () => {
  let survived = false
  for (let at = 1; !survived; at++) {
    const proposal = await proposeMove(desk, { id: 'b-cut', date: '2026-11-24', time: at % 2 === 0 ? '11:00' : '15:00' })
    const before = await countChanges(desk)
    let died = (): boolean => false
    const leaves = (parts: Parameters<typeof killedAt>[0]['platform']) => new Proxy(parts, { get: (target, name: keyof typeof parts) => (name === 'reschedule' ? async () => failed('assisted_required', 'by hand', { manualSteps: steps }) : target[name]) })
    const victim = desk.another((parts) => {
      const killed = killedAt({ store: parts.store, platform: leaves(parts.platform), at })
      died = killed.died
      return killed
    })
    await victim.approvals.decide({ id: proposal.id, decision: 'approve', by: maya }).catch(() => {})
    survived = !died()
    await expireLeases(desk)
    const after = desk.another((parts) => ({ ...parts, platform: leaves(parts.platform) })).approvals
    desk.clock.advance(1)
    await after.catchUp()
    if ((await stored(proposal.id)).state === 'pending') await after.decide({ id: proposal.id, decision: 'approve', by: maya })
    expect(await stored(proposal.id)).toMatchObject({ state: 'by_hand', byHand: { steps, round: 1 } })
    expect((await auditOf(desk, proposal.id)).filter((action) => action === 'proposal.by_hand')).toHaveLength(1)
    expect(await countChanges(desk)).toBe(before)
    await says(proposal.id, 'not_done')
  }
  await expectSoundAudit(desk)
})

test('F14: killed at every step between the press and what is read back, it ends done exactly once, and what follows from it follows once', { timeout: 120_000 }, async () => {
  await sql`create table told (id text)`.execute(desk.store.db)
  const openDesk = ({ actions, store }: Pick<ApprovalsDesk, 'actions' | 'store'>) => openApprovals({ store, clock: desk.clock, actions, afterDone: async (trx, { id }) => {
    await sql`insert into told values (${id})`.execute(trx)
  } })
  let survived = false
  for (let at = 1; !survived; at++) {
    const proposal = await moveByHand(at % 2 === 0 ? '11:00' : '15:00')
    await doIt(proposal)
    let died = (): boolean => false
    const victim = desk.another((parts) => {
      const killed = killedAt({ ...parts, at })
      died = killed.died
      return killed
    })
    await openDesk(victim).byHand({ id: proposal.id, says: 'done', by: maya }).catch(() => {})
    survived = !died()
    await expireLeases(desk)
    const after = openDesk(desk)
    await after.catchUp()
    if ((await stored(proposal.id)).state === 'by_hand') {
      expect((await stored(proposal.id)).byHand?.doneBy).toBeNull() // the press itself was lost: it is pressed again
      await after.byHand({ id: proposal.id, says: 'done', by: maya })
    }
    expect(await stored(proposal.id)).toMatchObject({ state: 'done' })
    expect((await auditOf(desk, proposal.id)).filter((action) => action === 'by_hand.done' || action === 'proposal.done')).toEqual(['by_hand.done', 'proposal.done'])
    expect((await sql`select id from told where id = ${proposal.id}`.execute(desk.store.db)).rows).toHaveLength(1)
  }
  await expectSoundAudit(desk)
})
