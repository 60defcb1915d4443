import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rescheduleAction } from '../../../src/bookings/reschedule.ts'
import { ok } from '../../../src/platforms/booking-platform.ts'
import { unwrap } from '../../../src/platforms/unwrap.ts'
import { money } from '../../../src/salon/money.ts'
import { addMinutes } from '../../../src/salon/time.ts'
import { type ApprovalsDesk, maya, openApprovalsDesk, proposeMove, slotAt } from '../../support/approvals-desk.ts'

// One desk for all: nothing here is ever approved.
let desk: ApprovalsDesk
beforeAll(async () => { desk = await openApprovalsDesk() })
afterAll(() => desk.close())

const move = () => proposeMove(desk, { id: 'b-cut', date: '2026-11-24', time: '11:00' })
const edit = async (values: Record<string, string>) => desk.approvals.edit({ id: (await move()).id, by: maya, values })

describe('what may be altered', () => {
  test('of a move: date, time and person as on the wall of the salon, and only people who do it', async () => {
    expect(await desk.approvals.editFields((await move()).id)).toEqual([
      { name: 'date', label: 'Date', kind: 'date', value: '2026-11-24' },
      { name: 'time', label: 'Time', kind: 'time', value: '11:00' },
      { name: 'staff', label: 'With', kind: 'choice', value: 'bea', options: [{ value: 'ana', label: 'Ana Ortiz' }, { value: 'bea', label: 'Bea Novak' }, { value: 'cruz', label: 'Cruz Okafor' }] },
    ])
  })

  test('of a booking with several people: who is planned stays unless one of them is chosen', async () => {
    const wants = [{ serviceId: 'color', staffId: 'cruz' }, { serviceId: 'cut', staffId: 'ana' }]
    const args = { clientId: 'fay', slotId: await slotAt({ platform: desk.platform, date: '2026-11-25', time: '10:00', wants }) }
    const booking = await desk.approvals.propose({ kind: 'book', args, reason: '', requestedBy: maya.id })
    expect((await desk.approvals.editFields(booking.id)).at(-1)).toMatchObject({ value: 'as-planned', options: [{ value: 'as-planned', label: 'Cruz Okafor and Ana Ortiz' }, { value: 'ana' }, { value: 'cruz' }] })
    const later = await desk.approvals.edit({ id: booking.id, by: maya, values: { time: '11:00' } })
    expect(later.facts).toMatchObject({ changes: [{ after: 'Wednesday 25 November at 11:00 am' }], context: expect.arrayContaining([{ label: 'Staff', value: 'Cruz Okafor and Ana Ortiz' }]) as unknown })
    const alone = await desk.approvals.edit({ id: later.id, by: maya, values: { staff: 'ana' } })
    expect(alone.facts.context).toContainEqual({ label: 'Staff', value: 'Ana Ortiz' })
  })

  test('another person is on the card', async () => {
    expect((await edit({ staff: 'ana' })).facts.changes).toContainEqual({ label: 'Staff', before: 'Bea Novak', after: 'Ana Ortiz' })
  })
})

describe('values that make no sense are refused in words, with the field', () => {
  test.each<[string, Record<string, string>, object]>([
    ['a time that is taken', { date: '2026-11-27', time: '15:00', staff: 'cruz' }, { code: 'conflict', detail: { field: 'time' }, userMessage: expect.stringMatching(/^Friday 27 November at 3:00 pm is not free with Cruz Okafor\. Free instead: [^;]+; [^;]+; [^;]+\.$/) }],
    ['the night', { time: '03:00' }, { code: 'conflict', userMessage: expect.stringContaining('is not free with Bea Novak. Free instead: ') }],
    ['a day on which it is shut', { date: '2026-11-26' }, { code: 'conflict' }],
    ['the past', { date: '2026-11-20' }, { code: 'invalid_time', detail: { field: 'date' } }],
    ['no date', { date: 'tomorrow' }, { code: 'invalid_time' }],
    ['no time', { time: '3 pm' }, { code: 'invalid_time', detail: { field: 'time' } }],
    ['an hour that the clocks skip', { date: '2027-03-14', time: '02:30' }, { code: 'invalid_time', userMessage: expect.stringContaining('the clocks change') }],
    ['somebody who is not there', { staff: 'nobody' }, { code: 'invalid_input', detail: { field: 'staff' } }],
    ['where it is now', { date: '2026-11-21', time: '10:00' }, { code: 'invalid_input', userMessage: 'Dana Kim is already booked on Saturday 21 November at 10:00 am.' }],
  ])('%s', async (_what, values, refusal) => {
    await expect(edit(values)).rejects.toMatchObject(refusal)
  })

  test('a note without words', async () => {
    const note = await desk.approvals.propose({ kind: 'note', args: { clientId: 'fay', text: 'likes tea' }, reason: '', requestedBy: maya.id })
    expect(await desk.approvals.editFields(note.id)).toEqual([{ name: 'text', label: 'Note', kind: 'text', max: 1_000, value: 'likes tea' }])
    await expect(desk.approvals.edit({ id: note.id, by: maya, values: { text: '  ' } })).rejects.toMatchObject({ code: 'invalid_input', detail: { field: 'text' } })
  })
})

test('a card says how price and length change, what is short notice and what overlaps', async () => {
  // As on a platform where another person is slower and dearer.
  const platform = Object.assign(Object.create(desk.platform) as typeof desk.platform, {
    slot: async (query: { id: string; rescheduling?: string }) => {
      const { slot, free } = unwrap(await desk.platform.slot(query))
      const segments = slot.segments.map((segment) => Object.assign(segment, { durationMin: 60, price: money(9_200, 'USD') }))
      return ok({ slot: Object.assign(slot, { segments, end: addMinutes(slot.start, 60) }), free }, '')
    },
  })
  const action = rescheduleAction({ platform, clock: desk.clock, cite: async () => [] })
  await desk.platform.create({ key: 'other', clientId: 'dana-k', slotId: await slotAt({ platform: desk.platform, date: '2026-11-24', time: '11:45', wants: [{ serviceId: 'beard', staffId: 'cruz' }] }) })
  const facts = await action.facts({ appointmentId: 'b-cut', slotId: await slotAt({ platform: desk.platform, date: '2026-11-24', time: '11:00', rescheduling: 'b-cut' }) })
  expect(facts.changes).toContainEqual({ label: 'Price', before: '$65', after: '$92' })
  expect(facts.changes).toContainEqual({ label: 'Length', before: '45 min', after: '1 h' })
  expect(facts.notices).toEqual(['Short notice: the appointment starts in 2 hours.', 'Dana also has Beard trim on Tuesday 24 November at 11:45 am, which overlaps.'])
})
