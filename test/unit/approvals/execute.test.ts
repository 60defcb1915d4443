import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { setRollout } from '../../../src/approvals/rollout.ts'
import { type ApprovalsDesk, auditOf, countChanges, expectSoundAudit, expireLeases, maya, olga, openApprovalsDesk, proposeMove, readAppointment, setPaused, slotAt } from '../../support/approvals-desk.ts'

let desk: ApprovalsDesk
beforeEach(async () => { desk = await openApprovalsDesk() })
afterEach(() => desk.close())

const move = (time = '11:00') => proposeMove(desk, { id: 'b-cut', date: '2026-11-24', time })
const approve = (id: string, by = maya) => desk.approvals.decide({ id, decision: 'approve', by })
const writes = () => desk.platform.calls.filter(({ operation }) => operation === 'reschedule').length
const stateOf = async (id: string) => (await desk.approvals.get(id)).state

/** Lets everything that waits for its next try have it. */
async function tryAgain(): Promise<void> {
  desk.clock.advance(6)
  await desk.approvals.catchUp()
}

describe('F38: the answer is lost', () => {
  test('after the change was made: nothing is said as done until it was read back, and there is one write', async () => {
    const proposal = await move()
    desk.platform.failNext('reschedule', { do: 'drop' })
    expect(await approve(proposal.id)).toMatchObject({ result: 'approved', proposal: { state: 'unknown', result: null, errorWords: expect.stringContaining('checking') as string } })
    expect((await desk.approvals.list()).map(({ id }) => id)).toEqual([proposal.id])
    await tryAgain()
    expect(await desk.approvals.get(proposal.id)).toMatchObject({ state: 'done', errorWords: null, result: { said: expect.stringContaining('now booked on Tuesday 24 November') as string } })
    expect(writes()).toBe(1)
    expect(await countChanges(desk)).toBe(1)
    expect(await auditOf(desk, proposal.id)).toEqual(['proposal.created', 'decision.approved', 'proposal.started', 'proposal.unknown', 'proposal.started', 'proposal.done'])
    await expectSoundAudit(desk)
  })

  test('together with the request: looking shows that nothing happened, and it is done once, under the same key', async () => {
    const proposal = await move()
    desk.platform.failNext('reschedule', { do: 'lose' })
    expect((await approve(proposal.id)).proposal.state).toBe('unknown')
    await tryAgain()
    expect(await stateOf(proposal.id)).toBe('done')
    const keys = desk.platform.calls.filter(({ operation }) => operation === 'reschedule').map(({ argument }) => (argument as { key: string }).key)
    expect(keys).toEqual([`proposal:${proposal.id}`, `proposal:${proposal.id}`])
    expect(await countChanges(desk)).toBe(1)
  })

  test('and the platform cannot be looked at for hours: it stays unknown, never "not done", and is resolved when it can', async () => {
    const proposal = await move()
    desk.platform.failNext('reschedule', { do: 'drop' })
    await approve(proposal.id)
    for (let hour = 0; hour < 12; hour++) {
      desk.platform.failNext('appointment', { do: 'refuse', kind: 'unavailable' })
      await tryAgain()
      expect(await stateOf(proposal.id)).toBe('unknown')
    }
    await tryAgain()
    expect(await stateOf(proposal.id)).toBe('done')
    expect(await countChanges(desk)).toBe(1)
  })

  test('of the read-back only: done all the same, one write', async () => {
    const proposal = await move()
    desk.platform.failNext('appointment', { do: 'wait', until: Promise.resolve() }) // at the click
    desk.platform.failNext('appointment', { do: 'wait', until: Promise.resolve() }) // right before the write
    desk.platform.failNext('appointment', { do: 'refuse', kind: 'unavailable' }) // the read-back
    expect((await approve(proposal.id)).proposal.state).toBe('unknown')
    await tryAgain()
    expect(await stateOf(proposal.id)).toBe('done')
    expect(writes()).toBe(1)
  })

  test.each(['conflict_version', 'conflict_slot'] as const)('and a second try within the platform\'s client meets the first one as %s: looked at, and done', async (as) => {
    const proposal = await move()
    desk.platform.failNext('reschedule', { do: 'drop', as })
    expect((await approve(proposal.id)).proposal.state).toBe('done')
    expect(await countChanges(desk)).toBe(1)
  })

  test('and somebody else moved it since: nothing is overwritten, and a person is asked to look', async () => {
    const proposal = await move()
    desk.platform.failNext('reschedule', { do: 'drop' })
    await approve(proposal.id)
    const theirs = await desk.platform.reschedule({ key: 'else', id: 'b-cut', expectedVersion: '2', slotId: await slotAt({ platform: desk.platform, date: '2026-11-25', time: '09:00', rescheduling: 'b-cut' }) })
    await tryAgain()
    expect(await desk.approvals.get(proposal.id)).toMatchObject({ state: 'failed', errorCode: 'changed_since', errorWords: expect.stringContaining('Please check') as string })
    expect(theirs).toMatchObject({ ok: true, value: { start: (await readAppointment(desk.platform, 'b-cut')).start } })
  })
})

describe('F39: the platform refuses', () => {
  test('a time that was taken a moment before: failed, with other times, and nothing said as done', async () => {
    const proposal = await move()
    desk.platform.failNext('reschedule', { do: 'refuse', kind: 'conflict_slot' })
    const { proposal: failed } = await approve(proposal.id)
    expect(failed).toMatchObject({ state: 'failed', result: null, errorCode: 'conflict', errorWords: 'That time is no longer free. Free instead: Tuesday 24 November at 10:30 am; Tuesday 24 November at 10:45 am; Tuesday 24 November at 11:15 am.' })
    expect((await readAppointment(desk.platform, 'b-cut')).start).toBe('2026-11-21T18:00:00.000Z')
    expect(await auditOf(desk, proposal.id)).not.toContain('proposal.done')
    await expect(desk.approvals.undo({ id: proposal.id, by: maya })).rejects.toThrow('cannot undo a failed')
  })

  test('a new booking: the same', async () => {
    const slotId = await slotAt({ platform: desk.platform, date: '2026-11-24', time: '11:00', wants: [{ serviceId: 'cut', staffId: 'bea' }] })
    const proposal = await desk.approvals.propose({ kind: 'book', args: { clientId: 'fay', slotId }, reason: '', requestedBy: maya.id })
    desk.platform.failNext('create', { do: 'refuse', kind: 'conflict_slot' })
    expect((await approve(proposal.id)).proposal).toMatchObject({ state: 'failed', errorWords: expect.stringContaining('Free instead: Tuesday 24 November at') as string })
    expect(await countChanges(desk)).toBe(0)
  })

  test('two proposals for one free time: one is booked, the other is told', async () => {
    const second = desk.another()
    const slotId = await slotAt({ platform: desk.platform, date: '2026-11-24', time: '11:00', wants: [{ serviceId: 'cut', staffId: 'bea' }] })
    const [fay, jo] = await Promise.all(['fay', 'jo'].map((clientId) => desk.approvals.propose({ kind: 'book', args: { clientId, slotId }, reason: '', requestedBy: maya.id })))
    const decisions = await Promise.all([approve(fay?.id ?? ''), second.approvals.decide({ id: jo?.id ?? '', decision: 'approve', by: olga })])
    expect(decisions.filter(({ proposal }) => proposal.state === 'done')).toHaveLength(1)
    expect(await countChanges(desk)).toBe(1)
  })

  test('being away is waited out; after eight tries it is given up and said', async () => {
    const short = await move()
    for (let tries = 0; tries < 2; tries++) desk.platform.failNext('reschedule', { do: 'refuse', kind: 'unavailable' })
    expect((await approve(short.id)).proposal.state).toBe('approved')
    await tryAgain()
    await tryAgain()
    expect(await stateOf(short.id)).toBe('done')

    const long = await move('15:00')
    for (let tries = 0; tries < 8; tries++) desk.platform.failNext('reschedule', { do: 'refuse', kind: 'rate_limited' })
    await approve(long.id)
    for (let tries = 0; tries < 7; tries++) await tryAgain()
    expect(await desk.approvals.get(long.id)).toMatchObject({ state: 'failed', errorCode: 'unavailable' })
    expect(await countChanges(desk)).toBe(1)
  })

  test('accepted but not shown: not said as done', async () => {
    const proposal = await move()
    desk.platform.failNext('reschedule', { do: 'pretend' })
    expect((await approve(proposal.id)).proposal).toMatchObject({ state: 'failed', errorCode: 'not_read_back', errorWords: expect.stringContaining('check') as string })
  })
})

describe('F56: the switch is thrown between approval and write', () => {
  /** Approves and stops at the last reading before the write; `go` lets it continue. */
  async function approveAndHold(id: string): Promise<{ go: () => void; decided: ReturnType<typeof approve> }> {
    const gate = Promise.withResolvers<void>()
    const reached = Promise.withResolvers<void>()
    desk.platform.failNext('appointment', { do: 'wait', until: Promise.resolve() })
    desk.platform.failNext('appointment', { do: 'wait', until: Promise.resolve().then(() => gate.promise), reached: reached.resolve })
    const decided = approve(id)
    await reached.promise
    return { go: gate.resolve, decided }
  }

  test('pause: no write starts, it is listed as held, and after resuming it is done once', async () => {
    const proposal = await move()
    const { go, decided } = await approveAndHold(proposal.id)
    await setPaused(desk, true)
    go()
    expect((await decided).proposal.state).toBe('approved')
    for (let tries = 0; tries < 20; tries++) await tryAgain()
    expect(writes()).toBe(0)
    expect((await desk.approvals.list()).map(({ id }) => id)).toEqual([proposal.id])
    await setPaused(desk, false)
    await tryAgain()
    expect(await stateOf(proposal.id)).toBe('done')
    expect(writes()).toBe(1)
    const { attempts } = await desk.store.db.selectFrom('outbox').select('attempts').executeTakeFirstOrThrow()
    expect(attempts).toBe(2) // waiting is not trying
  })

  test('shadow: held back for good, and said', async () => {
    const proposal = await move()
    const { go, decided } = await approveAndHold(proposal.id)
    await setRollout({ store: desk.store, kind: 'reschedule', rollout: { mode: 'shadow' }, by: olga, now: desk.clock.now() })
    go()
    expect((await decided).proposal).toMatchObject({ state: 'failed', errorCode: 'shadow', errorWords: expect.stringContaining('Nothing was changed') as string })
    await setRollout({ store: desk.store, kind: 'reschedule', rollout: { mode: 'assisted' }, by: olga, now: desk.clock.now() })
    await tryAgain()
    expect(writes()).toBe(0)
    expect(await auditOf(desk, proposal.id)).toContain('proposal.held_back')
  })

  test.each(['pause', 'shadow'] as const)('%s while an answer is lost: it is still looked at, and not written again', async (how) => {
    const proposal = await move()
    desk.platform.failNext('reschedule', { do: 'drop' })
    await approve(proposal.id)
    if (how === 'pause') await setPaused(desk, true)
    else await setRollout({ store: desk.store, kind: 'reschedule', rollout: { mode: 'shadow' }, by: olga, now: desk.clock.now() })
    await tryAgain()
    if (how === 'pause') await setPaused(desk, false)
    await tryAgain()
    expect(await stateOf(proposal.id)).toBe('done')
    expect(writes()).toBe(1)
  })

  test('paused before the click: approved and kept; the appointment starts meanwhile, so it is not done at all', async () => {
    await setPaused(desk, true)
    const proposal = await move()
    expect((await approve(proposal.id)).proposal.state).toBe('approved')
    desk.clock.set('2026-11-21T18:05:00.000Z')
    await setPaused(desk, false)
    await desk.approvals.catchUp()
    expect(await desk.approvals.get(proposal.id)).toMatchObject({ state: 'failed', errorCode: 'expired' })
    expect(writes()).toBe(0)
  })
})

describe('F67: a worker loses its lease', () => {
  test('in the middle of the write: another takes over, looks first, and the late one cannot commit', async () => {
    const proposal = await move()
    const late = desk.another()
    const gate = Promise.withResolvers<void>()
    const reached = Promise.withResolvers<void>()
    late.platform.failNext('reschedule', { do: 'wait', until: gate.promise, reached: reached.resolve })
    const decided = late.approvals.decide({ id: proposal.id, decision: 'approve', by: maya })
    await reached.promise
    expect(await desk.approvals.catchUp()).toBe(0) // the lease holds
    await expireLeases(desk)
    const before = desk.platform.calls.length
    expect(await desk.approvals.catchUp()).toBe(1)
    expect(desk.platform.calls[before]?.operation).toBe('appointment')
    gate.resolve()
    expect((await decided).proposal.state).toBe('done')
    expect(await countChanges(desk)).toBe(1)
    expect((await auditOf(desk, proposal.id)).filter((action) => action === 'proposal.done')).toHaveLength(1)
    expect(await desk.store.db.selectFrom('outbox').select(['state', 'fence']).execute()).toEqual([{ state: 'SENT', fence: 2 }])
    await expectSoundAudit(desk)
  })

  test('before the write: it does not write at all', async () => {
    const proposal = await move()
    const late = desk.another()
    const gate = Promise.withResolvers<void>()
    const reached = Promise.withResolvers<void>()
    late.platform.failNext('slot', { do: 'wait', until: Promise.resolve() })
    late.platform.failNext('slot', { do: 'wait', until: gate.promise, reached: reached.resolve })
    const decided = late.approvals.decide({ id: proposal.id, decision: 'approve', by: maya })
    await reached.promise
    await expireLeases(desk)
    await desk.approvals.catchUp()
    await desk.platform.reschedule({ key: 'else', id: 'b-cut', expectedVersion: '2', slotId: await slotAt({ platform: desk.platform, date: '2026-11-25', time: '09:00', rescheduling: 'b-cut' }) })
    gate.resolve()
    await decided
    expect(late.platform.calls.map(({ operation }) => operation)).not.toContain('reschedule')
    expect((await readAppointment(desk.platform, 'b-cut')).start).toBe('2026-11-25T17:00:00.000Z')
  })
})

describe('F62: the database asks for another try', () => {
  test.each([
    ['a serialization failure', "raise exception 'injected' using errcode = '40001'"],
    ['a deadlock', "raise exception 'injected' using errcode = '40P01'"],
    ['a connection that is cut', 'perform pg_terminate_backend(pg_backend_pid())'],
  ])('%s, at every transaction: retried, one effect, nothing lost', async (_what, fault) => {
    const proposal = await move()
    await failEveryOther('proposals', 'update', fault)
    await failEveryOther('outbox', 'insert or update', fault)
    expect(await approve(proposal.id)).toMatchObject({ result: 'approved', proposal: { state: 'done' } })
    expect(await countChanges(desk)).toBe(1)
    expect(await auditOf(desk, proposal.id)).toEqual(['proposal.created', 'decision.approved', 'proposal.started', 'proposal.done'])
    await expectSoundAudit(desk)
  })

  // A sequence does not roll back: the first attempt fails, the second passes.
  async function failEveryOther(table: string, when: string, fault: string): Promise<void> {
    await sql.raw(`create sequence turn_${table}; create function fail_${table}() returns trigger language plpgsql as $$ begin if nextval('turn_${table}') % 2 = 1 then ${fault}; end if; return new; end $$;
      create trigger fail_${table} before ${when} on ${table} for each row execute function fail_${table}()`).execute(desk.store.db)
  }
})

describe('F63: the audit log cannot be written', () => {
  const breakAudit = (when = 'true') => sql.raw(`create function refuse() returns trigger language plpgsql as $$ begin raise exception 'disk full' using errcode = '53100'; end $$; create trigger refuse before insert on audit for each row when (${when}) execute function refuse()`).execute(desk.store.db)
  const mendAudit = () => sql`drop trigger refuse on audit`.execute(desk.store.db)

  test('nothing is proposed, approved or rejected', async () => {
    const proposal = await move()
    await breakAudit()
    await expect(proposeMove(desk, { id: 'c-friday', date: '2026-11-24', time: '11:00' })).rejects.toThrow('disk full')
    await expect(approve(proposal.id)).rejects.toThrow('disk full')
    await expect(desk.approvals.decide({ id: proposal.id, decision: 'reject', by: maya })).rejects.toThrow('disk full')
    expect(await desk.approvals.list({ recent: 5 })).toMatchObject([{ id: proposal.id, state: 'pending' }])
    expect(await desk.store.db.selectFrom('outbox').selectAll().execute()).toEqual([])
    expect(writes()).toBe(0)
    await mendAudit()
    expect((await approve(proposal.id)).proposal.state).toBe('done')
  })

  test('from between approval and execution on: the change does not run', async () => {
    const proposal = await move()
    await breakAudit(`new.action = 'proposal.started'`)
    expect((await approve(proposal.id)).proposal.state).toBe('approved')
    await expect(desk.approvals.catchUp()).rejects.toThrow('disk full')
    expect(writes()).toBe(0)
    await mendAudit()
    await desk.approvals.catchUp()
    expect(await stateOf(proposal.id)).toBe('done')
  })

  test('right after the write: it is looked up and settled later, with one write', async () => {
    const proposal = await move()
    await breakAudit(`new.action = 'proposal.done'`)
    expect((await approve(proposal.id)).proposal.state).toBe('approved')
    await mendAudit()
    await expireLeases(desk)
    await desk.approvals.catchUp()
    expect(await stateOf(proposal.id)).toBe('done')
    expect(writes()).toBe(1)
    await expectSoundAudit(desk)
  })
})

test('F64: after a row of a decision was edited, the log does not verify', async () => {
  const proposal = await move()
  await approve(proposal.id)
  await expectSoundAudit(desk)
  await sql`alter table audit disable trigger all`.execute(desk.store.db)
  await sql`update audit set actor = 'test:nobody' where action = 'decision.approved'`.execute(desk.store.db)
  await expect(expectSoundAudit(desk)).rejects.toThrow()
})
