import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ClientText } from '../../../src/approvals/action.ts'
import { changeTextSettings } from '../../../src/messages/sending/text-settings.ts'
import { addMinutes } from '../../../src/salon/time.ts'
import { maya, olga } from '../../support/approvals-desk.ts'
import { approve, bookWith, type MessagesDesk, moveAndTell, openMessagesDesk, proposeMove } from './messages-desk.ts'

let desk: MessagesDesk
afterEach(() => desk.store.close())

const texts = () => desk.store.db.selectFrom('texts').select(['state', 'error_code', 'needs_person', 'attempted_at']).where('direction', '=', 'out').orderBy('id').execute()
const attempts = async () => (await desk.store.db.selectFrom('outbox').select(['attempts', 'state', 'due_at']).where('kind', '=', 'text').orderBy('id').execute())
const sentTo = () => desk.phones.sent.map(({ to }) => to)

let queued = 0
/** A text as another room would queue it. */
async function queue(more: { clientId?: string; text?: Partial<ClientText>; automatic?: boolean; validUntil?: string; answers?: { textId: number; at: string } } = {}): Promise<void> {
  const { clientId = 'dana-k', text = {}, ...rest } = more
  await desk.store.transaction((trx) => desk.messages.queue(trx, { key: `t${++queued}`, text: { kind: 'text', clientId, to: 'Dana', body: `Text ${queued}`, segments: 1, template: 'confirm', locationId: 'main', ...text }, ...rest }))
}

describe('F35: in the quiet hours', () => {
  const lateEvening = '2026-11-21T04:30:00.000Z' // Friday, half past eight in the evening
  beforeEach(async () => { desk = await openMessagesDesk({ now: lateEvening }) })

  test('a text waits for nine in the morning, which is no try, and then goes once', async () => {
    await moveAndTell(desk)
    expect(desk.phones.sent).toEqual([])
    expect(await texts()).toEqual([{ state: 'queued', error_code: 'quiet_hours', needs_person: false, attempted_at: null }])
    expect(await attempts()).toEqual([{ attempts: 0, state: 'PENDING', due_at: '2026-11-21T17:00:00.000Z' }])
    desk.clock.set('2026-11-21T16:59:00.000Z')
    expect(await desk.messages.deliver()).toBe(0)
    desk.clock.set('2026-11-21T17:00:00.000Z')
    await Promise.all([desk.messages.deliver(), desk.messages.deliver()])
    expect(desk.phones.sent).toHaveLength(1)
    expect(await texts()).toMatchObject([{ state: 'sent', error_code: null, attempted_at: '2026-11-21T17:00:00.000Z' }])
  })

  test('a text about a visit that would have begun, or that is of no more use by then, is not sent at all, and a person sees it', async () => {
    await queue({ text: { appointmentId: 'a-color', onlyWhile: { start: '2026-11-21T17:00:00.000Z', live: true } } }) // at nine
    await queue({ validUntil: '2026-11-21T10:00:00.000Z' })
    await queue({ validUntil: '2026-11-21T17:01:00.000Z' })
    await desk.messages.deliver()
    expect(await texts()).toMatchObject([{ state: 'suppressed', error_code: 'quiet_hours', needs_person: true }, { state: 'suppressed', error_code: 'quiet_hours', needs_person: true }, { state: 'queued' }])
    desk.clock.set('2026-11-21T17:02:00.000Z')
    await desk.messages.deliver()
    expect(await texts()).toMatchObject([{}, {}, { state: 'suppressed', error_code: 'too_late' }])
    expect(desk.phones.sent).toEqual([])
  })

  test('who has just written is answered at once, and for ten minutes; STOP and HELP are answered at any hour', async () => {
    const at = desk.clock.now()
    const { textId } = await desk.messages.receive({ clientId: 'dana-k', body: 'is there parking?', externalId: 'q' }).then(async () => ({ textId: (await desk.store.db.selectFrom('texts').select('id').executeTakeFirstOrThrow()).id }))
    desk.clock.advance(10)
    await queue({ answers: { textId, at } })
    await desk.messages.deliver()
    expect(desk.phones.sent).toHaveLength(1)
    desk.clock.advance(1)
    await queue({ answers: { textId, at } })
    await desk.messages.deliver()
    expect(desk.phones.sent).toHaveLength(1)
    await desk.messages.receive({ clientId: 'hana', body: 'HELP', externalId: 'h' })
    await desk.messages.receive({ clientId: 'elena', body: 'STOP', externalId: 's' })
    expect(desk.phones.sent).toHaveLength(3)
  })

  test('the salon may open its hours for texts about visits, not for offers', async () => {
    await changeTextSettings({ ...desk, change: { hours: { from: '08:00', to: '21:00' }, promotionalHours: { from: '08:00', to: '21:00' } }, by: olga })
    await queue({ text: { purpose: 'waitlist' } })
    await queue({ clientId: 'hana' })
    await desk.messages.deliver()
    expect(sentTo()).toEqual(['+12135550106'])
    expect(await desk.store.db.selectFrom('texts').select(['purpose', 'state']).orderBy('id').execute()).toEqual([{ purpose: 'waitlist', state: 'queued' }, { purpose: 'appointment', state: 'sent' }])
    await expect(changeTextSettings({ ...desk, change: { perDay: 9 }, by: maya })).rejects.toMatchObject({ code: 'not_allowed' })
    await expect(changeTextSettings({ ...desk, change: { hours: { from: '20:00', to: '08:00' } }, by: olga })).rejects.toMatchObject({ code: 'invalid_input', detail: { field: 'hours' } })
  })
})

test('F35: a number in another zone is not woken by the salon\'s clock', async () => {
  desk = await openMessagesDesk({ now: '2026-11-21T01:30:00.000Z', book: bookWith('dana-k', { phones: ['+12125550102'] }) })
  await queue()
  await queue({ clientId: 'hana' })
  await desk.messages.deliver()
  expect(sentTo()).toEqual(['+12135550106']) // half past five here, half past eight there
  expect(await attempts()).toMatchObject([{ due_at: '2026-11-21T17:00:00.000Z' }, { state: 'SENT' }])
})

describe('caps and the pause between texts', () => {
  beforeEach(async () => { desk = await openMessagesDesk({ holdMinutes: 2 }) })

  test('two texts to one number keep two minutes between them, which is no try; two numbers do not wait for each other', async () => {
    await queue()
    await queue()
    await queue({ clientId: 'hana' })
    await desk.messages.deliver()
    expect(sentTo()).toEqual(['+12135550102', '+12135550106'])
    expect(await attempts()).toMatchObject([{ state: 'SENT' }, { state: 'PENDING', attempts: 0, due_at: addMinutes(desk.clock.now(), 2) }, { state: 'SENT' }])
    desk.clock.advance(2)
    await desk.messages.deliver()
    expect(desk.phones.sent).toHaveLength(3)
  })

  test('side by side never send both', async () => {
    for (let n = 0; n < 4; n++) await queue()
    await Promise.all(Array.from({ length: 4 }, () => desk.messages.deliver()))
    expect(desk.phones.sent).toHaveLength(1)
  })

  test('what the desk sends by its own rules is capped by day and week and then shown to staff; what people approve and what answers is not', async () => {
    await changeTextSettings({ ...desk, change: { holdMinutes: 0, perDay: 2, perWeek: 3 }, by: olga })
    const more = async (count: number, given: Parameters<typeof queue>[0] = { automatic: true }) => {
      for (let n = 0; n < count; n++) await queue(given)
      await desk.messages.deliver()
      return desk.phones.sent.length
    }
    expect(await more(3)).toBe(2)
    expect((await texts())[2]).toMatchObject({ state: 'suppressed', error_code: 'over_cap', needs_person: true })
    expect(await more(2, {})).toBe(4)
    expect(await more(1, { automatic: true, clientId: 'hana' })).toBe(5)
    desk.clock.advance(24 * 60)
    expect(await more(2)).toBe(6) // the third of the week, and not the fourth
    desk.clock.advance(6 * 24 * 60)
    expect(await more(1)).toBe(7)
  })

  test('a text that the service refused or had no room for takes no place', async () => {
    await changeTextSettings({ ...desk, change: { perDay: 1 }, by: olga })
    desk.phones.next.push(async () => ({ state: 'failed', code: '30007', failure: 'filtered' }))
    await queue({ automatic: true })
    await queue({ automatic: true })
    await desk.messages.deliver()
    expect(await texts()).toMatchObject([{ state: 'failed' }, { state: 'sent' }])
  })
})

describe('F30: a service without room', () => {
  beforeEach(async () => { desk = await openMessagesDesk() })

  test('gets the text once, later; each wait is longer, and at last a person sees it', async () => {
    const busy = async () => ({ state: 'later' as const, code: '20429', retryAfterMs: 1_000 })
    desk.phones.next.push(busy, busy)
    await approve(desk, await proposeMove(desk))
    await desk.messages.deliver()
    expect(await texts()).toMatchObject([{ state: 'queued', error_code: '20429', attempted_at: null }])
    for (let minute = 0; minute < 3; minute++) {
      desk.clock.advance(1)
      await desk.messages.deliver()
    }
    expect(await texts()).toMatchObject([{ state: 'sent' }])
    expect(desk.phones.sent).toHaveLength(3) // two of them were certainly not taken

    desk.phones.next.push(...Array.from({ length: 40 }, () => busy))
    await approve(desk, await proposeMove(desk, { id: 'c-friday', time: '15:00' }))
    for (let minute = 0; minute < 30; minute++) {
      await desk.messages.deliver()
      desk.clock.advance(2)
    }
    expect((await texts()).at(-1)).toMatchObject({ state: 'failed', error_code: '20429', needs_person: true })
  })

  test('a text is not delivered after its visit has begun', async () => {
    await queue({ text: { appointmentId: 'c-friday', onlyWhile: { start: '2026-11-27T23:00:00.000Z', live: true } } })
    await queue({ clientId: 'hana', validUntil: addMinutes(desk.clock.now(), 30) })
    await desk.messages.deliver()
    expect(desk.phones.sent.map(({ validForSec }) => validForSec)).toEqual([undefined, 1_800])
  })
})
