import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openApprovals } from '../../../src/approvals/open-approvals.ts'
import { bookingActions } from '../../../src/bookings/booking-actions.ts'
import { sayProposal } from '../../../src/channels/cards/render-text.ts'
import { addMinutes } from '../../../src/salon/time.ts'
import { type ApprovalsDesk, auditOf, countChanges, expectSoundAudit, maya, olga, openApprovalsDesk, proposeMove, readAppointment, setPaused, slotAt } from '../../support/approvals-desk.ts'
import { tinyZone } from '../../support/tiny-book.ts'

let desk: ApprovalsDesk
beforeEach(async () => { desk = await openApprovalsDesk() })
afterEach(() => desk.close())

const move = (time = '11:00') => proposeMove(desk, { id: 'b-cut', date: '2026-11-24', time })
const approve = (id: string, more: { hash?: string; by?: typeof maya } = {}) => desk.approvals.decide({ id, decision: 'approve', by: maya, ...more })
const rejects = (code: string) => expect.objectContaining({ code })

describe('a decision', () => {
  test('runs exactly what was approved, reads it back, and writes every step to the log', async () => {
    const proposal = await move()
    expect(proposal).toMatchObject({ state: 'pending', facts: { title: 'Move Dana Kim', target: 'appointment:b-cut' } })
    expect(await countChanges(desk)).toBe(0)
    const decision = await approve(proposal.id, { hash: proposal.hash })
    expect(decision).toMatchObject({ result: 'approved', proposal: { state: 'done', decidedBy: maya.id, result: { said: "Dana Kim is now booked on Tuesday 24 November at 11:00 am for Women's cut with Bea Novak." } } })
    expect((await readAppointment(desk.platform, 'b-cut')).start).toBe('2026-11-24T19:00:00.000Z')
    expect(await auditOf(desk, proposal.id)).toEqual(['proposal.created', 'decision.approved', 'proposal.started', 'proposal.done'])
    await expectSoundAudit(desk)
  })

  test('turned down, nothing happens, now or later', async () => {
    const proposal = await move()
    expect(await desk.approvals.decide({ id: proposal.id, decision: 'reject', by: maya, reason: 'she called again' })).toMatchObject({ result: 'rejected', proposal: { state: 'rejected', decisionReason: 'she called again' } })
    expect(await approve(proposal.id)).toMatchObject({ result: 'already_decided' })
    expect(await desk.approvals.catchUp()).toBe(0)
    expect(await countChanges(desk)).toBe(0)
  })

  test('F07: needs the role at the moment of the click; without it the proposal waits on and the log says so', async () => {
    const room = { platform: desk.platform, clock: desk.clock, cite: async () => [] }
    const strict = openApprovals({ store: desk.store, clock: desk.clock, actions: bookingActions(room).map((action) => Object.assign(action, { role: 'manager' as const })) })
    const proposal = await move()
    expect(await strict.decide({ id: proposal.id, decision: 'approve', by: maya })).toMatchObject({ result: 'not_allowed', needs: 'manager', proposal: { state: 'pending' } })
    expect(await strict.decide({ id: proposal.id, decision: 'reject', by: maya })).toMatchObject({ result: 'not_allowed' })
    expect(await countChanges(desk)).toBe(0)
    expect(await auditOf(desk, proposal.id)).toEqual(['proposal.created', 'decision.not_allowed', 'decision.not_allowed'])
    expect(await strict.decide({ id: proposal.id, decision: 'approve', by: olga })).toMatchObject({ result: 'approved', proposal: { state: 'done' } })
  })

  test('F08: an expired proposal is not executed; proposing again reads free times afresh', async () => {
    const proposal = await move()
    expect(proposal.expiresAt).toBe(addMinutes(desk.clock.now(), 30))
    desk.clock.advance(30)
    expect(await approve(proposal.id)).toMatchObject({ result: 'expired', proposal: { state: 'expired' } })
    expect(await approve(proposal.id)).toMatchObject({ result: 'expired', proposal: { state: 'expired' } })
    expect(await countChanges(desk)).toBe(0)
    expect(await desk.approvals.list()).toEqual([])
    const again = await move()
    expect(again).toMatchObject({ state: 'pending', expiresAt: addMinutes(desk.clock.now(), 30) })
    expect(again.id).not.toBe(proposal.id)
  })

  test('F08: a proposal that expires while the platform is being asked is not executed', async () => {
    const proposal = await move()
    desk.clock.advance(29)
    desk.platform.failNext('appointment', { do: 'wait', until: Promise.resolve().then(() => { desk.clock.advance(2) }) })
    expect(await approve(proposal.id)).toMatchObject({ result: 'expired' })
    expect(await countChanges(desk)).toBe(0)
  })

  test('APR-5: a proposal never waits beyond the start of the appointment', async () => {
    desk.clock.set('2026-11-21T17:50:00.000Z') // ten minutes before b-cut
    const proposal = await move()
    expect(proposal.expiresAt).toBe('2026-11-21T18:00:00.000Z')
    desk.clock.advance(10)
    expect(await approve(proposal.id)).toMatchObject({ result: 'expired' })
    await expect(move()).rejects.toEqual(rejects('expired'))
  })

  test('F14: made before a restart, it is decided after it; case and dash of the id do not matter', async () => {
    const proposal = await move()
    const restarted = desk.another()
    const typed = proposal.id.replace('P-', 'p').toLowerCase()
    expect(await restarted.approvals.decide({ id: ` ${typed} `, decision: 'approve', by: maya })).toMatchObject({ result: 'approved', proposal: { id: proposal.id, state: 'done' } })
    expect(await approve(proposal.id)).toMatchObject({ result: 'already_decided', proposal: { decidedBy: maya.id } })
  })

  test('an unknown id is refused in words', async () => {
    for (const id of ['P-ZZZZZZ', '', 'P-', "'; drop table proposals; --", 'P-7K3QXM\u0000', 'x'.repeat(10_000)]) {
      await expect(approve(id)).rejects.toEqual(rejects('not_found'))
      await expect(desk.approvals.undo({ id, by: maya })).rejects.toEqual(rejects('not_found'))
    }
  })
})

describe('F10: what is clicked must be what is stored', () => {
  test('a hash of another card, or an edited one, runs nothing', async () => {
    const proposal = await move()
    const other = await proposeMove(desk, { id: 'c-friday', date: '2026-11-24', time: '11:00' })
    for (const hash of [other.hash, '', proposal.hash.toUpperCase(), `${proposal.hash} `]) expect(await approve(proposal.id, { hash })).toMatchObject({ result: 'mismatch', proposal: { state: 'pending' } })
    expect(await countChanges(desk)).toBe(0)
    expect((await auditOf(desk, proposal.id)).filter((action) => action === 'decision.mismatch')).toHaveLength(4)
    expect(await approve(proposal.id, { hash: proposal.hash })).toMatchObject({ result: 'approved' })
  })

  test('a payload that is replayed runs nothing a second time', async () => {
    const proposal = await move()
    await approve(proposal.id, { hash: proposal.hash })
    for (let replay = 0; replay < 3; replay++) expect(await approve(proposal.id, { hash: proposal.hash })).toMatchObject({ result: 'already_decided' })
    expect(await countChanges(desk)).toBe(1)
  })

  test.each([
    ['arguments', sql`update proposals set args = jsonb_set(args, '{appointmentId}', '"c-friday"')`],
    ['the shown facts', sql`update proposals set facts = jsonb_set(facts, '{changes,0,after}', '"next year"')`],
    ['the expiry', sql`update proposals set expires_at = expires_at + interval '1 day'`],
  ])('%s changed in the database: refused at the click, and again at execution', async (_what, tamper) => {
    const atClick = await move()
    await tamper.execute(desk.store.db)
    expect(await approve(atClick.id, { hash: atClick.hash })).toMatchObject({ result: 'mismatch' })

    const atExecution = await move('15:00')
    await setPaused(desk, true)
    expect(await approve(atExecution.id)).toMatchObject({ result: 'approved', proposal: { state: 'approved' } })
    await tamper.execute(desk.store.db)
    await setPaused(desk, false)
    expect(await desk.approvals.catchUp()).toBe(1)
    expect(await desk.approvals.get(atExecution.id)).toMatchObject({ state: 'failed', errorCode: 'corrupt' })
    expect(await countChanges(desk)).toBe(0)
  })
})

describe('F09: the appointment changed on the platform', () => {
  const changes: [string, () => Promise<unknown>, RegExp][] = [
    ['its time', async () => desk.platform.reschedule({ key: 'else', id: 'b-cut', expectedVersion: '1', slotId: await slotAt({ platform: desk.platform, date: '2026-11-25', time: '09:00', rescheduling: 'b-cut' }) }), /When: was Saturday 21 November at 10:00 am → .*, now Wednesday 25 November at 9:00 am →/],
    ['its stylist', () => setSegment('staffId', 'cruz'), /Staff: was Bea Novak, now Cruz Okafor → Bea Novak/],
    ['its price', () => setSegment('price', { minor: 9900, currency: 'USD' }), /Price: was \$65(\.00)?, now \$99/],
    ['its status', () => desk.platform.setStatus({ key: 'else', id: 'b-cut', expectedVersion: '1', to: 'confirmed' }), /Status: was booked, now confirmed/],
    ['only its version', () => sql`update book_appointments set version = version + 1 where id = 'b-cut'`.execute(desk.store.db), /changed this record/],
  ]
  // As somebody at another screen of the platform would, also where it keeps no version.
  const setSegment = (field: string, to: unknown) => sql`update book_appointments set segments = jsonb_set(segments, ${`{0,${field}}`}::text[], ${JSON.stringify(to)}::jsonb) where id = 'b-cut'`.execute(desk.store.db)

  test.each(changes)('%s, between card and click: nothing is done, the difference is named, a new card shows how it is now', async (_what, change, difference) => {
    const proposal = await move()
    await change()
    const before = await readAppointment(desk.platform, 'b-cut')
    const decision = await approve(proposal.id, { hash: proposal.hash })
    expect(decision).toMatchObject({ result: 'stale', proposal: { state: 'superseded' }, replacement: { state: 'pending', requestedBy: maya.id } })
    if (decision.result !== 'stale' || decision.replacement === undefined) throw new Error('no replacement')
    expect(decision.differences.join('\n')).toMatch(difference)
    expect((await desk.approvals.get(proposal.id)).supersededBy).toBe(decision.replacement.id)
    expect(await readAppointment(desk.platform, 'b-cut')).toEqual(before)
    expect(await approve(proposal.id)).toMatchObject({ result: 'already_decided' })
    expect(await approve(decision.replacement.id, { hash: decision.replacement.hash })).toMatchObject({ result: 'approved', proposal: { state: 'done' } })
    await expectSoundAudit(desk)
  })

  test.each(changes)('%s, between approval and execution: nothing is done and it says why', async (_what, change) => {
    const proposal = await move()
    await setPaused(desk, true)
    await approve(proposal.id)
    await change()
    const before = await readAppointment(desk.platform, 'b-cut')
    await setPaused(desk, false)
    await desk.approvals.catchUp()
    expect(await desk.approvals.get(proposal.id)).toMatchObject({ state: 'failed', errorCode: 'stale', errorWords: expect.stringContaining('nothing was done') as string })
    expect(await readAppointment(desk.platform, 'b-cut')).toEqual(before)
  })

  test('its service, or it was cancelled, or the time is gone: no new card, but the reason, and other times', async () => {
    const service = await move()
    await setSegment('serviceId', 'blowdry')
    expect(await approve(service.id)).toMatchObject({ result: 'stale', replacement: undefined, problem: expect.stringContaining('another service') as string })
    await setSegment('serviceId', 'cut')

    const gone = await move()
    await desk.platform.create({ key: 'else', clientId: 'fay', slotId: await slotAt({ platform: desk.platform, date: '2026-11-24', time: '11:00', wants: [{ serviceId: 'cut', staffId: 'bea' }] }) })
    expect(await approve(gone.id)).toMatchObject({ result: 'stale', replacement: undefined, problem: 'That time is no longer free. Free instead: Tuesday 24 November at 10:00 am; Tuesday 24 November at 10:15 am; Tuesday 24 November at 11:45 am.' })

    const cancelled = await move('15:00')
    await desk.platform.cancel({ key: 'else2', id: 'b-cut', expectedVersion: '1', cancelledBy: 'client' })
    expect(await approve(cancelled.id)).toMatchObject({ result: 'stale', replacement: undefined, problem: "Dana Kim's appointment on Saturday 21 November at 10:00 am is already cancelled." })
    expect((await readAppointment(desk.platform, 'b-cut')).status).toBe('cancelled')
  })

  test('the platform being away is no change of the world: the proposal waits on', async () => {
    const proposal = await move()
    desk.platform.failNext('appointment', { do: 'refuse', kind: 'unavailable' })
    await expect(approve(proposal.id)).rejects.toEqual(rejects('unavailable'))
    expect((await desk.approvals.get(proposal.id)).state).toBe('pending')
    expect(await approve(proposal.id)).toMatchObject({ result: 'approved' })
  })
})

describe('a proposal', () => {
  test('F54: its card comes from the stored arguments and the platform, whatever was narrated', async () => {
    const proposal = await proposeMove(desk, { id: 'b-cut', date: '2026-11-24', time: '11:00', reason: 'Moves Elena to Monday at 9, free of charge' })
    const card = sayProposal({ proposal, zone: tinyZone, now: desk.clock.now() })
    expect(card).toContain('Move Dana Kim')
    expect(card).toContain('Saturday 21 November at 10:00 am → Tuesday 24 November at 11:00 am')
    const lines = card.split('\n').filter((line) => /Elena|Monday|free of charge/.test(line))
    expect(lines).toEqual([expect.stringContaining('Asked as:')])
    await approve(proposal.id)
    expect((await readAppointment(desk.platform, 'a-cut')).version).toBe('1')
  })

  test('the same again is the same one; another time for the same visit replaces it (APR-7)', async () => {
    const first = await move()
    expect((await move()).id).toBe(first.id)
    const second = await move('15:00')
    expect(await desk.approvals.get(first.id)).toMatchObject({ state: 'superseded', supersededBy: second.id })
    expect(await approve(first.id, { hash: first.hash })).toMatchObject({ result: 'already_decided', proposal: { state: 'superseded' } })
    expect(await countChanges(desk)).toBe(0)
    expect(await auditOf(desk, first.id)).toEqual(['proposal.created', 'proposal.superseded', 'decision.already_decided'])
    expect((await desk.approvals.list()).map(({ id }) => id)).toEqual([second.id])
    expect((await desk.approvals.list({ recent: 5 })).map(({ id }) => id).sort()).toEqual([first.id, second.id].sort())
  })

  test.each([
    ['an unknown kind', 'refund', {}, 'unsupported'],
    ['missing arguments', 'reschedule', { appointmentId: 'b-cut' }, 'invalid_input'],
    ['an unknown appointment', 'cancel', { appointmentId: 'nobody', cancelledBy: 'client' }, 'not_found'],
    ['an invented slot', 'reschedule', { appointmentId: 'b-cut', slotId: 'tuesday' }, 'invalid_input'],
    ['an unknown client', 'note', { clientId: 'nobody', text: 'x' }, 'not_found'],
    ['a no-show before the visit', 'set_status', { appointmentId: 'b-cut', to: 'no_show' }, 'invalid_input'],
    ['what it is already', 'set_status', { appointmentId: 'b-cut', to: 'booked' }, 'invalid_input'],
    ['a visit that is over', 'cancel', { appointmentId: 'old-kept', cancelledBy: 'client' }, 'stale'],
  ])('with %s is refused and leaves no trace', async (_what, kind, args, code) => {
    await expect(desk.approvals.propose({ kind, args, reason: '', requestedBy: maya.id })).rejects.toEqual(rejects(code))
    expect(await desk.approvals.list({ recent: 5 })).toEqual([])
  })

  test('warns of what a person must see: late, another visit at that time, a missing patch test', async () => {
    const late = await desk.approvals.propose({ kind: 'cancel', args: { appointmentId: 'b-cut', cancelledBy: 'client' }, reason: '', requestedBy: maya.id })
    expect(late.facts.notices).toEqual(['Short notice: the appointment starts in 2 hours.'])
    const slotId = await slotAt({ platform: desk.platform, date: '2026-11-27', time: '14:00', wants: [{ serviceId: 'color', staffId: 'ana' }] })
    const clash = await desk.approvals.propose({ kind: 'book', args: { clientId: 'hana', slotId }, reason: '', requestedBy: maya.id })
    expect(clash.facts.notices).toEqual([expect.stringContaining('needs a patch test'), "Hana also has Women's cut on Friday 27 November at 3:00 pm, which overlaps."])
  })
})
