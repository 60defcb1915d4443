import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openApprovals } from '../../../src/approvals/open-approvals.ts'
import { setPause, setRollout } from '../../../src/approvals/rollout.ts'
import { bookingActions } from '../../../src/bookings/booking-actions.ts'
import { type ApprovalsDesk, auditOf, countChanges, expectSoundAudit, maya, olga, openApprovalsDesk, proposeMove, readAppointment, slotAt } from '../../support/approvals-desk.ts'

let desk: ApprovalsDesk
beforeEach(async () => { desk = await openApprovalsDesk() })
afterEach(() => desk.close())

const move = (time = '11:00') => proposeMove(desk, { id: 'b-cut', date: '2026-11-24', time })
const edit = (id: string, values: Record<string, string>, more: { hash?: string; by?: typeof maya } = {}) => desk.approvals.edit({ id, by: maya, values, ...more })
const approve = (id: string) => desk.approvals.decide({ id, decision: 'approve', by: maya })

describe('APR-7: altering a proposal', () => {
  test('makes a new one with its own hash; the old one ends and can no longer be approved', async () => {
    const old = await move()
    const fresh = await edit(old.id, { date: '2026-11-25', time: '15:00' }, { hash: old.hash, by: olga })
    expect(fresh).toMatchObject({ state: 'pending', reason: old.reason, requestedBy: olga.id, facts: { changes: [{ label: 'When', after: 'Wednesday 25 November at 3:00 pm' }] } })
    expect([fresh.id, fresh.hash]).not.toEqual([old.id, old.hash])
    expect(await desk.approvals.get(old.id)).toMatchObject({ state: 'superseded', supersededBy: fresh.id })
    expect(await approve(old.id)).toMatchObject({ result: 'already_decided' })
    expect(await countChanges(desk)).toBe(0)
    expect(await approve(fresh.id)).toMatchObject({ result: 'approved', proposal: { state: 'done' } })
    expect((await readAppointment(desk.platform, 'b-cut')).start).toBe('2026-11-25T23:00:00.000Z')
    expect(await auditOf(desk, old.id)).toEqual(['proposal.created', 'proposal.superseded', 'decision.already_decided'])
    await expectSoundAudit(desk)
  })

  test('ends the old one also when the new one is about something else', async () => {
    const slotId = await slotAt({ platform: desk.platform, date: '2026-11-24', time: '11:00', wants: [{ serviceId: 'cut', staffId: 'bea' }] })
    const booking = await desk.approvals.propose({ kind: 'book', args: { clientId: 'fay', slotId, note: 'first visit' }, reason: 'phone', requestedBy: maya.id })
    const later = await edit(booking.id, { time: '13:00' })
    expect(later.args).toMatchObject({ clientId: 'fay', note: 'first visit' })
    const note = await desk.approvals.propose({ kind: 'note', args: { clientId: 'fay', text: 'likes tee' }, reason: '', requestedBy: maya.id })
    const tea = await edit(note.id, { text: 'likes tea' })
    expect((await desk.approvals.list()).map(({ id }) => id)).toEqual([later.id, tea.id])
  })

  test('into what it is already, or into what waits already, makes no second card', async () => {
    const proposal = await move()
    expect((await edit(proposal.id, {})).id).toBe(proposal.id)
    const note = (text: string) => desk.approvals.propose({ kind: 'note', args: { clientId: 'fay', text }, reason: '', requestedBy: maya.id })
    const [one, two] = [await note('one'), await note('two')]
    expect((await edit(one.id, { text: 'two' })).id).toBe(two.id)
    expect(await desk.approvals.get(one.id)).toMatchObject({ state: 'superseded', supersededBy: two.id })
  })

  test('is refused when it no longer waits, when its time is over, on another hash, without the role, and where nothing can be altered', async () => {
    const decided = await move()
    await desk.approvals.decide({ id: decided.id, decision: 'reject', by: maya })
    await expect(edit(decided.id, { time: '12:00' })).rejects.toMatchObject({ code: 'stale', userMessage: expect.stringContaining('no longer waits') as string })
    const forged = await move()
    await expect(edit(forged.id, { time: '12:00' }, { hash: decided.hash })).rejects.toMatchObject({ code: 'stale' })
    await sql`update proposals set facts = jsonb_set(facts, '{title}', '"Move nobody"') where id = ${forged.id}`.execute(desk.store.db)
    await expect(edit(forged.id, { time: '12:00' })).rejects.toMatchObject({ code: 'stale' })

    const cancel = await desk.approvals.propose({ kind: 'cancel', args: { appointmentId: 'c-friday', cancelledBy: 'client' }, reason: '', requestedBy: maya.id })
    expect(await desk.approvals.editFields(cancel.id)).toEqual([])
    await expect(edit(cancel.id, {})).rejects.toMatchObject({ code: 'unsupported' })
    const room = { platform: desk.platform, clock: desk.clock, cite: async () => [] }
    const strict = openApprovals({ store: desk.store, clock: desk.clock, actions: bookingActions(room).map((action) => Object.assign(action, { role: 'manager' as const })) })
    await expect(strict.edit({ id: cancel.id, by: maya, values: {} })).rejects.toMatchObject({ code: 'not_allowed' })

    const late = await proposeMove(desk, { id: 'c-friday', date: '2026-11-24', time: '12:00' })
    desk.clock.advance(30)
    await expect(edit(late.id, { time: '13:00' })).rejects.toMatchObject({ code: 'expired' })
    expect(await countChanges(desk)).toBe(0)
  })

  test('and approving at the same moment: one of them wins, and the visit moves at most once', async () => {
    const proposal = await move()
    const [edited, decided] = await Promise.allSettled([edit(proposal.id, { time: '15:00' }), desk.another().approvals.decide({ id: proposal.id, decision: 'approve', by: olga })])
    const state = (await desk.approvals.get(proposal.id)).state
    if (edited.status === 'fulfilled') expect([state, await countChanges(desk)]).toEqual(['superseded', 0])
    else expect([decided.status, state, await countChanges(desk)]).toEqual(['fulfilled', 'done', 1])
    await expectSoundAudit(desk)
  })
})

describe('F08: proposing again', () => {
  test('what has expired reads everything afresh and links the two', async () => {
    const old = await move()
    await expect(desk.approvals.proposeAgain({ id: old.id, by: olga })).rejects.toMatchObject({ code: 'conflict', userMessage: `${old.id} still waits for a decision.` })
    desk.clock.advance(30)
    const since = { expiredSince: old.createdAt }
    expect([await desk.approvals.list(), await desk.approvals.list(since), await desk.approvals.list({ recent: 1 })]).toMatchObject([[], [{ id: old.id, state: 'expired' }], [{ id: old.id, state: 'expired' }]])
    await desk.approvals.catchUp()
    expect((await desk.approvals.list(since)).map(({ id }) => id)).toEqual([old.id])
    expect(await desk.approvals.get(old.id)).toMatchObject({ state: 'expired' })
    expect((await auditOf(desk, old.id)).at(-1)).toBe('proposal.expired')
    await desk.platform.setStatus({ key: 'else', id: 'b-cut', expectedVersion: '1', to: 'confirmed' })
    const again = await desk.approvals.proposeAgain({ id: old.id, by: olga })
    expect(again).toMatchObject({ state: 'pending', reason: old.reason, requestedBy: olga.id, args: old.args })
    expect(again.facts.context).toContainEqual({ label: 'Status', value: 'confirmed' })
    expect((await desk.approvals.proposeAgain({ id: old.id, by: maya })).id).toBe(again.id)
    expect(await desk.approvals.get(old.id)).toMatchObject({ state: 'expired', supersededBy: again.id })
    expect((await desk.approvals.list(since)).map(({ id }) => id)).toEqual([again.id])
    expect(await approve(again.id)).toMatchObject({ proposal: { state: 'done' } })
    await expect(desk.approvals.proposeAgain({ id: again.id, by: maya })).rejects.toMatchObject({ code: 'conflict' })
  })

  test('for a time that is taken meanwhile offers others, and nothing is prepared', async () => {
    const old = await move()
    desk.clock.advance(31)
    await desk.platform.create({ key: 'else', clientId: 'fay', slotId: await slotAt({ platform: desk.platform, date: '2026-11-24', time: '11:00', wants: [{ serviceId: 'cut', staffId: 'bea' }] }) })
    await expect(desk.approvals.proposeAgain({ id: old.id, by: maya })).rejects.toMatchObject({ code: 'conflict', userMessage: expect.stringMatching(/no longer free\. Free instead: .*;.*;/) as string })
    expect(await desk.approvals.list()).toEqual([])
  })

  test('what failed or was replaced can be wanted again', async () => {
    const replaced = await move()
    const newer = await move('15:00')
    const again = await desk.approvals.proposeAgain({ id: replaced.id, by: maya })
    expect(again.args).toEqual(replaced.args)
    expect(await desk.approvals.get(newer.id)).toMatchObject({ state: 'superseded', supersededBy: again.id })
  })
})

test('what follows from a change is in the transaction that records it as done: both or neither', async () => {
  const room = { platform: desk.platform, clock: desk.clock, cite: async () => [] }
  let broken = true
  const seen: string[] = []
  const approvals = openApprovals({
    store: desk.store, clock: desk.clock, actions: bookingActions(room),
    afterDone: async (trx, { id, state, result }) => {
      await trx.insertInto('people').values({ id, name: result?.said ?? '', role: state, seen_at: desk.clock.now() }).execute()
      if (broken) throw new Error('no room')
    },
    afterwards: async () => { seen.push('afterwards') },
  })
  const proposal = await move()
  await approvals.decide({ id: proposal.id, decision: 'approve', by: maya })
  expect([(await approvals.get(proposal.id)).state, seen]).toEqual(['approved', []])
  broken = false
  await sql`update outbox set leased_until = clock_timestamp() - interval '1 second'`.execute(desk.store.db)
  expect(await approvals.catchUp()).toBe(1)
  expect(await desk.store.db.selectFrom('people').select(['id', 'role']).execute()).toEqual([{ id: proposal.id, role: 'done' }])
  expect([await countChanges(desk), seen]).toEqual([1, ['afterwards']])
})

test('F07: modes need a manager; anybody may stop the desk and only a manager lets it act again', async () => {
  const { store, clock } = desk
  await expect(setRollout({ store, kind: 'note', rollout: { mode: 'shadow' }, by: maya, now: clock.now() })).rejects.toMatchObject({ code: 'not_allowed' })
  await setPause({ store, paused: true, by: maya, now: clock.now() })
  await expect(setPause({ store, paused: false, by: maya, now: clock.now() })).rejects.toMatchObject({ code: 'not_allowed' })
  await setPause({ store, paused: false, by: { ...maya, role: 'manager' }, now: clock.now() })
})
