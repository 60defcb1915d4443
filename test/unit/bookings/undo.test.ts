import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { unwrap } from '../../../src/platforms/unwrap.ts'
import { at } from '../../../src/salon/time.ts'
import { type ApprovalsDesk, countChanges, expectSoundAudit, maya, openApprovalsDesk, proposeMove, readAppointment, slotAt } from '../../support/approvals-desk.ts'
import { tinyZone } from '../../support/tiny-book.ts'

let desk: ApprovalsDesk
beforeEach(async () => { desk = await openApprovalsDesk() })
afterEach(() => desk.close())

const bea = [{ serviceId: 'cut', staffId: 'bea' }]

async function doIt(kind: string, args: unknown): Promise<string> {
  const proposal = await desk.approvals.propose({ kind, args, reason: '', requestedBy: maya.id })
  const decision = await desk.approvals.decide({ id: proposal.id, decision: 'approve', by: maya })
  expect(decision).toMatchObject({ result: 'approved', proposal: { state: 'done', errorWords: null } })
  return proposal.id
}

const undo = (id: string) => desk.approvals.undo({ id, by: maya })

/** Everything a person could see in the book: visits of two weeks, notes, the waitlist. Versions and reading times aside. */
async function picture(): Promise<unknown> {
  const visits = unwrap(await desk.platform.appointments({ from: '2026-11-14T00:00:00.000Z', to: '2026-12-05T00:00:00.000Z', includeCancelled: true })).items
  const clients = unwrap(await desk.platform.clients({ ids: ['fay', 'jo', 'dana-k'] }))
  const waitlist = unwrap(await desk.platform.waitlist({}))
  return {
    visits: visits.filter(({ id, status }) => status !== 'cancelled' || id === 'old-cancelled')
      .map(({ id, clientId, locationId, start, end, status, cancelledBy, notes, segments }) => ({ id, clientId, locationId, start, end, status, cancelledBy, notes, segments: segments.map(({ staffPreference: _staffPreference, ...segment }) => segment) })),
    notes: clients.map(({ notes }) => notes.map(({ text }) => text)),
    waitlist,
  }
}

describe('undo restores the book after', () => {
  const kinds: [string, string, () => Promise<unknown>][] = [
    ['a move to another time', 'reschedule', async () => ({ appointmentId: 'b-cut', slotId: await slotAt({ platform: desk.platform, date: '2026-11-24', time: '11:00', rescheduling: 'b-cut' }) })],
    ['a move to another person', 'reschedule', async () => ({ appointmentId: 'b-cut', slotId: await slotAt({ platform: desk.platform, date: '2026-11-24', time: '11:00', rescheduling: 'b-cut', wants: [{ serviceId: 'cut', staffId: 'ana' }] }) })],
    ['a cancellation', 'cancel', async () => ({ appointmentId: 'b-cut', cancelledBy: 'client', reason: 'ill' })],
    ['a cancellation of a confirmed visit', 'cancel', async () => ({ appointmentId: 'c-beard', cancelledBy: 'salon' })],
    ['a booking', 'book', async () => ({ clientId: 'fay', slotId: await slotAt({ platform: desk.platform, date: '2026-11-24', time: '11:00', wants: bea }), note: 'first visit' })],
    ['a note', 'note', async () => ({ clientId: 'fay', text: 'likes tea' })],
    ['a confirmation', 'set_status', async () => ({ appointmentId: 'b-cut', to: 'confirmed' })],
    ['taking a confirmation back', 'set_status', async () => ({ appointmentId: 'c-beard', to: 'booked' })],
    ['a check-in', 'set_status', async () => ({ appointmentId: 'b-cut', to: 'arrived' })],
    ['a fill from the waitlist', 'waitlist_fill', async () => ({ entryId: 'w-jo', slotId: await slotAt({ platform: desk.platform, date: '2026-11-24', time: '11:00', wants: bea }) })],
  ]
  test.each(kinds)('%s', async (_what, kind, args) => {
    const before = await picture()
    const id = await doIt(kind, await args())
    expect(await picture()).not.toEqual(before)
    expect(await undo(id)).toMatchObject({ result: 'approved', proposal: { state: 'done', undoOf: id } })
    expect(await picture()).toEqual(before)
    await expect(undo(id)).rejects.toMatchObject({ code: 'conflict', userMessage: expect.stringContaining('already put back') as string })
    await expectSoundAudit(desk)
  })

  test('a no-show, of a confirmed visit too', async () => {
    desk.clock.set(at('2026-11-21', '14:10', tinyZone))
    for (const [appointmentId, status] of [['c-beard', 'confirmed'], ['b-cut', 'booked']] as const) {
      const id = await doIt('set_status', { appointmentId, to: 'no_show' })
      expect((await undo(id)).proposal.state).toBe('done')
      expect((await readAppointment(desk.platform, appointmentId)).status).toBe(status)
    }
  })

  test('an undo: what was put back is done again', async () => {
    const id = await doIt('note', { clientId: 'fay', text: 'likes tea' })
    const back = await undo(id)
    await undo(back.proposal.id)
    expect(unwrap(await desk.platform.client({ id: 'fay' })).notes.map(({ text }) => text)).toEqual(['likes tea'])
  })

  test('a move away from a time that is not on the grid', async () => {
    const odd = unwrap(await desk.platform.searchSlots({ locationId: 'main', wants: bea, from: at('2026-11-24', '11:07', tinyZone), to: at('2026-11-24', '11:08', tinyZone) }))
    const start = at('2026-11-24', '11:07', tinyZone)
    expect(odd[0]?.start).toBe(start)
    await doIt('reschedule', { appointmentId: 'b-cut', slotId: odd[0]?.id })
    const id = (await proposeMove(desk, { id: 'b-cut', date: '2026-11-25', time: '09:00' })).id
    await desk.approvals.decide({ id, decision: 'approve', by: maya })
    await undo(id)
    expect((await readAppointment(desk.platform, 'b-cut')).start).toBe(start)
  })
})

describe('undo is refused', () => {
  test('after a newer change, which stays', async () => {
    const id = await doIt('reschedule', { appointmentId: 'b-cut', slotId: await slotAt({ platform: desk.platform, date: '2026-11-24', time: '11:00', rescheduling: 'b-cut' }) })
    await doIt('set_status', { appointmentId: 'b-cut', to: 'confirmed' })
    await expect(undo(id)).rejects.toMatchObject({ code: 'stale' })
    expect(await readAppointment(desk.platform, 'b-cut')).toMatchObject({ status: 'confirmed', start: at('2026-11-24', '11:00', tinyZone) })
  })

  test('of a fill whose booking was moved since', async () => {
    const id = await doIt('waitlist_fill', { entryId: 'w-jo', slotId: await slotAt({ platform: desk.platform, date: '2026-11-24', time: '11:00', wants: bea }) })
    const { result } = await desk.approvals.get(id)
    const appointmentId = String(result?.data['appointmentId'])
    await doIt('reschedule', { appointmentId, slotId: await slotAt({ platform: desk.platform, date: '2026-11-25', time: '11:00', rescheduling: appointmentId }) })
    await expect(undo(id)).rejects.toMatchObject({ code: 'stale' })
    expect((await readAppointment(desk.platform, appointmentId)).status).toBe('booked')
  })

  test('when somebody sits in the old place now', async () => {
    const id = await doIt('reschedule', { appointmentId: 'b-cut', slotId: await slotAt({ platform: desk.platform, date: '2026-11-24', time: '11:00', rescheduling: 'b-cut' }) })
    await doIt('book', { clientId: 'fay', slotId: await slotAt({ platform: desk.platform, date: '2026-11-21', time: '10:15', wants: bea }) })
    await expect(undo(id)).rejects.toMatchObject({ code: 'conflict', userMessage: expect.stringContaining('no longer free') as string })
    const cancelled = await doIt('cancel', { appointmentId: 'a-cut', cancelledBy: 'client' })
    await doIt('book', { clientId: 'ivan', slotId: await slotAt({ platform: desk.platform, date: '2026-11-21', time: '13:15', wants: [{ serviceId: 'cut', staffId: 'ana' }] }) })
    expect((await undo(cancelled)).proposal).toMatchObject({ state: 'failed', errorCode: 'conflict' })
    expect((await readAppointment(desk.platform, 'a-cut')).status).toBe('cancelled')
  })

  test('of what was never done', async () => {
    const { id } = await proposeMove(desk, { id: 'b-cut', date: '2026-11-24', time: '11:00' })
    await expect(undo(id)).rejects.toMatchObject({ code: 'unsupported' })
    await desk.approvals.decide({ id, decision: 'reject', by: maya })
    await expect(undo(id)).rejects.toMatchObject({ code: 'unsupported' })
  })

  test('twice at once, on two instances: it is put back once, whatever kind it is', async () => {
    const second = desk.another()
    const note = await doIt('note', { clientId: 'fay', text: 'likes tea' })
    const removal = (await undo(note)).proposal.id
    for (const id of [await doIt('cancel', { appointmentId: 'b-cut', cancelledBy: 'client' }), removal]) {
      const before = await countChanges(desk)
      const both = await Promise.allSettled([undo(id), second.approvals.undo({ id, by: maya }), undo(id)])
      expect(both.filter((one) => one.status === 'fulfilled' && one.value.result === 'approved')).toHaveLength(1)
      expect((await desk.approvals.get(id)).undoneBy).not.toBeNull()
      expect(await countChanges(desk)).toBe(before + 1)
    }
    expect((await readAppointment(desk.platform, 'b-cut')).status).toBe('booked')
  })
})

describe('looking whether it was done', () => {
  test('does not take another visit of the client at that time for the booking', async () => {
    // Fay brings her son: two visits at eleven, with two people.
    await doIt('book', { clientId: 'fay', slotId: await slotAt({ platform: desk.platform, date: '2026-11-24', time: '11:00', wants: [{ serviceId: 'cut', staffId: 'ana' }] }) })
    const slotId = await slotAt({ platform: desk.platform, date: '2026-11-24', time: '11:00', wants: bea })
    const proposal = await desk.approvals.propose({ kind: 'book', args: { clientId: 'fay', slotId }, reason: '', requestedBy: maya.id })
    desk.platform.failNext('create', { do: 'lose' })
    await desk.approvals.decide({ id: proposal.id, decision: 'approve', by: maya })
    desk.clock.advance(6)
    await desk.approvals.catchUp()
    const done = await desk.approvals.get(proposal.id)
    expect(done).toMatchObject({ state: 'done', result: { said: expect.stringContaining('Bea Novak') as string } })
    await undo(proposal.id)
    const left = unwrap(await desk.platform.appointments({ clientId: 'fay', from: desk.clock.now(), to: '2026-12-05T00:00:00.000Z' })).items
    expect(left.map(({ segments }) => segments[0]?.staffId)).toEqual(['ana'])
  })

  test('does not take an old note of the same words for the new one', async () => {
    await doIt('note', { clientId: 'fay', text: 'likes tea' })
    const proposal = await desk.approvals.propose({ kind: 'note', args: { clientId: 'fay', text: ' likes tea ' }, reason: '', requestedBy: maya.id })
    desk.platform.failNext('addNote', { do: 'lose' })
    await desk.approvals.decide({ id: proposal.id, decision: 'approve', by: maya })
    desk.clock.advance(6)
    await desk.approvals.catchUp()
    expect(unwrap(await desk.platform.client({ id: 'fay' })).notes).toHaveLength(2)
  })

  test('a fill whose second half is refused for good ends as half done, and says so', async () => {
    const slotId = await slotAt({ platform: desk.platform, date: '2026-11-24', time: '11:00', wants: bea })
    const proposal = await desk.approvals.propose({ kind: 'waitlist_fill', args: { entryId: 'w-jo', slotId }, reason: '', requestedBy: maya.id })
    for (let tries = 0; tries < 8; tries++) desk.platform.failNext('waitlistSet', { do: 'refuse', kind: 'forbidden' })
    await desk.approvals.decide({ id: proposal.id, decision: 'approve', by: maya })
    expect((await desk.approvals.get(proposal.id)).state).toBe('unknown')
    for (let tries = 0; tries < 9; tries++) {
      desk.clock.advance(6)
      await desk.approvals.catchUp()
    }
    expect(await desk.approvals.get(proposal.id)).toMatchObject({ state: 'failed', errorCode: 'half_done', errorWords: expect.stringContaining('Only a part') as string })
    expect(desk.platform.calls.filter(({ operation }) => operation === 'create').map(({ argument }) => (argument as { key: string }).key)).toEqual(Array.from({ length: 8 }, () => `proposal:${proposal.id}:book`))
    expect(await countChanges(desk)).toBe(1)
  })
})
