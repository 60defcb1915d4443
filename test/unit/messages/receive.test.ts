import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { setPause, setRollout } from '../../../src/approvals/rollout.ts'
import { localPhone } from '../../../src/messages/sending/local-phone.ts'
import { openMessages } from '../../../src/messages/open-messages.ts'
import { verifyAudit } from '../../../src/store/audit.ts'
import { olga, slotAt } from '../../support/approvals-desk.ts'
import { testReader } from '../../support/test-reader.ts'
import { type MessagesDesk, moveAndTell, openMessagesDesk, sharedPhoneBook, threadAudit } from './messages-desk.ts'

let desk: MessagesDesk
beforeEach(async () => { desk = await openMessagesDesk() })
afterEach(() => desk.store.close())

let replies = 0
const reply = (body: string, { clientId = 'dana-k', externalId = `r${++replies}` } = {}) => desk.messages.receive({ clientId, body, externalId })
const statusOf = async (id: string) => (await desk.store.db.selectFrom('book_appointments').select('status').where('id', '=', id).executeTakeFirstOrThrow()).status
const why = async () => (await desk.store.db.selectFrom('audit').select('detail').where('action', '=', 'text.needs_person').orderBy('seq').execute()).at(-1)?.detail['why']
const needsPerson = async () => (await desk.messages.recent()).some((thread) => thread.needsPerson)
const sentBodies = () => desk.phones.sent.map(({ body }) => body)

describe('a YES', () => {
  test('F16: confirms the visit it was asked about, once, however often it is delivered', async () => {
    await moveAndTell(desk)
    const all = await Promise.all(Array.from({ length: 6 }, () => reply('Yes please!', { externalId: 'SM1' })))
    expect(all.filter(({ isNew }) => isNew)).toHaveLength(1)
    expect(new Set(all.map(({ reading, did }) => `${reading} ${did}`))).toEqual(new Set(['yes confirmed']))
    expect(await reply('STOP', { externalId: 'SM1' })).toEqual({ isNew: false, reading: 'yes', did: 'confirmed' })
    expect(await statusOf('b-cut')).toBe('confirmed')
    const confirmed = await desk.store.db.selectFrom('audit').select(['actor', 'subject']).where('action', '=', 'client.confirmed_by_text').execute()
    expect(confirmed).toEqual([{ actor: 'client:dana-k', subject: 'appointment:b-cut' }])
    expect((await desk.messages.thread('dana-k')).texts.map(({ direction, state, needsPerson: needs }) => [direction, state, needs])).toEqual([['out', 'sent', false], ['in', 'received', false]])
    expect(desk.phones.sent).toHaveLength(1)
    expect(await verifyAudit(desk.store.db)).toMatchObject({ ok: true })
  })

  test('to a visit that is confirmed already is fine', async () => {
    await moveAndTell(desk)
    await desk.platform.setStatus({ key: 'desk', id: 'b-cut', expectedVersion: '2', to: 'confirmed' })
    expect(await reply('y')).toMatchObject({ did: 'confirmed' })
  })

  test('F24: that nobody asked for, too late, about something that changed, or that cannot be done now, goes to a person', async () => {
    const { store, platform, clock } = desk
    const goesToAPerson = async (clientId: string, reason: string) => {
      expect({ clientId, ...(await reply('YES', { clientId })) }).toEqual({ clientId, isNew: true, reading: 'yes', did: 'handed_over' })
      expect(await why()).toBe(reason)
      expect((await desk.messages.recent()).find(({ client }) => client.id === clientId)).toMatchObject({ needsPerson: true })
    }
    await goesToAPerson('ivan', 'nothing_asked')
    await moveAndTell(desk)
    await platform.reschedule({ key: 'else', id: 'b-cut', expectedVersion: '2', slotId: await slotAt({ platform, date: '2026-11-25', time: '09:00', rescheduling: 'b-cut' }) })
    await goesToAPerson('dana-k', 'moved_since')
    await moveAndTell(desk, { id: 'a-cut', time: '14:00' })
    await platform.cancel({ key: 'else 2', id: 'a-cut', expectedVersion: '2', cancelledBy: 'salon' })
    await goesToAPerson('elena', 'is_cancelled')
    await moveAndTell(desk, { id: 'c-friday' })
    platform.failNext('appointment', { do: 'refuse', kind: 'unavailable' })
    await goesToAPerson('hana', 'unavailable')
    await moveAndTell(desk, { id: 'a-color', date: '2026-11-25', time: '13:00' })
    platform.failNext('setStatus', { do: 'lose' })
    await goesToAPerson('dana-w', 'unknown_outcome')
    await moveAndTell(desk, { id: 'c-beard', time: '16:00' })
    const asOwner = { store, by: olga, now: clock.now() }
    await setPause({ ...asOwner, paused: true })
    await goesToAPerson('george', 'paused')
    await setPause({ ...asOwner, paused: false })
    await setRollout({ ...asOwner, kind: 'set_status', rollout: { mode: 'shadow' } })
    await desk.messages.lookedAfter({ clientId: 'george', by: olga })
    await goesToAPerson('george', 'shadow')
    await setRollout({ ...asOwner, kind: 'set_status', rollout: { mode: 'assisted' } })
    await moveAndTell(desk, { id: 'c-beard', date: '2026-11-25', time: '16:00' })
    await desk.messages.lookedAfter({ clientId: 'george', by: olga })
    clock.set('2026-11-26T00:00:00.000Z')
    await goesToAPerson('george', 'nothing_asked')
    for (const id of ['b-cut', 'c-friday', 'a-color']) expect(await statusOf(id)).toBe('booked')
  })

  test('whose answer was lost is read back, and counts', async () => {
    await moveAndTell(desk)
    desk.platform.failNext('setStatus', { do: 'drop' })
    expect(await reply('YES')).toMatchObject({ did: 'confirmed' })
  })

  test('F23: with two open questions, or two clients on one number, applies to neither', async () => {
    await desk.store.close()
    desk = await openMessagesDesk({ book: sharedPhoneBook() })
    await moveAndTell(desk)
    expect(await reply('yes', { clientId: 'elena' })).toMatchObject({ did: 'handed_over' })
    expect(await why()).toBe('shared_number')
    await moveAndTell(desk, { id: 'a-cut', time: '14:00' })
    for (const clientId of ['dana-k', 'elena']) {
      await desk.messages.lookedAfter({ clientId: 'elena', by: olga })
      expect(await reply('yes', { clientId })).toMatchObject({ did: 'handed_over' })
      expect(await why()).toBe('shared_number')
    }
    expect([await statusOf('b-cut'), await statusOf('a-cut')]).toEqual(['booked', 'booked'])
  })

  test('F23: with two questions open for one client, answers neither, and a person cannot make it', async () => {
    await moveAndTell(desk)
    const another = await desk.approvals.propose({ kind: 'book', args: { clientId: 'dana-k', slotId: await slotAt({ platform: desk.platform, date: '2026-11-25', time: '11:00', wants: [{ serviceId: 'cut', staffId: 'bea' }] }) }, reason: 'asked on the phone', requestedBy: olga.id })
    await desk.approvals.decide({ id: another.id, decision: 'approve', by: olga, hash: another.hash })
    desk.clock.advance(5)
    await desk.messages.deliver()
    expect(await reply('yes')).toMatchObject({ did: 'handed_over' })
    expect(await why()).toBe('several_questions')
    const waiting = (await desk.messages.thread('dana-k')).texts.find(({ needsPerson: needs }) => needs)
    await expect(desk.messages.readAs({ textId: waiting?.id ?? 0, as: 'yes', by: olga })).rejects.toMatchObject({ code: 'ambiguous' })
    expect(await statusOf('b-cut')).toBe('booked')
  })

  test('F26: with anything more in it goes to a person, and so does a YES after it until somebody has looked', async () => {
    await moveAndTell(desk)
    for (const body of ['yes but 3:30', 'yes cancel', 'no problem', 'Yes, is there parking?']) expect(await reply(body)).toMatchObject({ reading: expect.any(String), did: 'handed_over' })
    expect(await reply('yes')).toMatchObject({ did: 'handed_over' })
    expect(await why()).toBe('open_talk')
    expect(await statusOf('b-cut')).toBe('booked')
    await desk.messages.lookedAfter({ clientId: 'dana-k', by: olga })
    expect(await reply('yes')).toMatchObject({ did: 'confirmed' })
  })

  test('after a NO is nobody\'s guess; NO itself cancels nothing', async () => {
    await moveAndTell(desk)
    expect(await reply('No thank you')).toMatchObject({ reading: 'no', did: 'handed_over' })
    await desk.messages.lookedAfter({ clientId: 'dana-k', by: olga })
    expect(await reply('yes')).toMatchObject({ did: 'handed_over' })
    expect(await statusOf('b-cut')).toBe('booked')
  })
})

describe('opting out', () => {
  const bye = 'You will get no more texts from Tiny Salon. Reply START to undo.'

  test('silences the number, says so once, and START undoes it', async () => {
    expect(await reply('Stop.')).toMatchObject({ reading: 'stop', did: 'opted_out' })
    expect(await reply('stop', { externalId: 'again' })).toMatchObject({ did: 'opted_out' })
    expect(sentBodies()).toEqual([bye])
    expect((await desk.messages.thread('dana-k')).optedOut).toBe(true)
    expect(await needsPerson()).toBe(false)
    const [kept] = await desk.store.db.selectFrom('consents').selectAll().execute()
    expect(JSON.stringify(kept)).not.toMatch(/5550102|Stop\./)

    expect(await reply('HELP')).toMatchObject({ reading: 'help', did: 'handed_over' })
    expect(await reply('START')).toMatchObject({ reading: 'start', did: 'opted_in' })
    expect((await desk.messages.thread('dana-k')).optedOut).toBe(false)
    expect(await reply('help')).toMatchObject({ did: 'helped' })
    expect(sentBodies().slice(1)).toEqual(['You will get texts from Tiny Salon about your appointments again. Reply STOP to opt out.', 'Tiny Salon: texts about your appointments. Reply here or call +12135550100. Reply STOP to opt out.'])
    expect(await threadAudit(desk, 'dana-k')).toContain('client.opted_in')
  })

  test('F20: CANCEL alone silences, leaves the visit alone, and somebody should call', async () => {
    await moveAndTell(desk)
    expect(await reply('CANCEL')).toMatchObject({ reading: 'stop', did: 'opted_out' })
    expect(await statusOf('b-cut')).toBe('booked')
    expect(await needsPerson()).toBe(true)
  })

  test('F21: counts in other words too, and a person sees it', async () => {
    expect(await reply("Please don't text me anymore")).toMatchObject({ reading: 'stop', did: 'opted_out' })
    expect(await needsPerson()).toBe(true)
  })

  test.each([['yes', 'stop'], ['stop', 'yes']])('F18: %s, then %s: nothing more is sent but the one confirmation, and somebody should call', async (first, second) => {
    await moveAndTell(desk)
    await reply(first)
    await reply(second)
    await moveAndTell(desk, { time: '15:00' })
    expect(sentBodies().slice(1)).toEqual([bye])
    expect((await desk.messages.thread('dana-k')).texts.filter(({ direction }) => direction === 'in')).toHaveLength(2)
    expect(await needsPerson()).toBe(true)
  })

  test('by one client of a shared number silences the others on it', async () => {
    await desk.store.close()
    desk = await openMessagesDesk({ book: sharedPhoneBook() })
    await reply('STOP', { clientId: 'elena' })
    await moveAndTell(desk)
    expect(sentBodies()).toEqual([bye])
    expect((await desk.messages.thread('dana-k')).optedOut).toBe(true)
  })

  test('is confirmed within five minutes or not at all', async () => {
    await setPause({ store: desk.store, paused: true, by: olga, now: desk.clock.now() })
    await reply('STOP')
    desk.clock.advance(5)
    await setPause({ store: desk.store, paused: false, by: olga, now: desk.clock.now() })
    await desk.messages.deliver()
    expect(desk.phones.sent).toEqual([])
  })
})

test('a reply that could not be dealt with is kept, and is taken up where it was left', async () => {
  await moveAndTell(desk)
  desk.platform.failNext('client', { do: 'refuse', kind: 'unavailable' })
  desk.platform.failNext('client', { do: 'refuse', kind: 'unavailable' })
  await expect(reply('yes', { externalId: 'SM2' })).rejects.toMatchObject({ code: 'unavailable' })
  expect(await needsPerson()).toBe(true)
  expect(await reply('yes', { externalId: 'SM2' })).toEqual({ isNew: false, reading: 'yes', did: 'confirmed' })
  expect(await needsPerson()).toBe(false)
})

test('a reply from nobody, a huge one, and one id for two people are refused in words', async () => {
  await expect(reply('hi', { clientId: 'nobody' })).rejects.toMatchObject({ code: 'not_found' })
  await expect(reply('x'.repeat(1_601))).rejects.toMatchObject({ code: 'invalid_input' })
  await expect(reply('hi', { clientId: 'dana-k\0' })).rejects.toMatchObject({ code: 'invalid_input' })
  await reply('hi', { externalId: 'mine' })
  await expect(reply('hi', { externalId: 'mine', clientId: 'hana' })).rejects.toMatchObject({ code: 'conflict' })
})

test('without a phone connected nothing is promised, and opting out still holds', async () => {
  const messages = await openMessages({ store: desk.store, clock: desk.clock, platform: desk.platform, reader: testReader, questions: [] })
  expect(await messages.compose({ template: 'moved', clientId: 'hana', locationId: 'main', values: {} })).toEqual({ kind: 'none', why: 'Texts are not connected yet: please tell the client yourself.' })
  expect(await messages.receive({ clientId: 'hana', body: 'STOP', externalId: 'x' })).toMatchObject({ did: 'opted_out' })
  expect(await messages.deliver()).toBe(0)
  expect((await desk.store.db.selectFrom('outbox').selectAll().execute())).toEqual([])

  // The demo's phone pretends, and a real salon is not to be told so.
  const pretending = await openMessages({ store: desk.store, clock: desk.clock, platform: desk.platform, reader: testReader, questions: [], transport: localPhone })
  const wanted = { template: 'cancelled', clientId: 'dana-k', locationId: 'main', values: { services: 'cut', staff: '', when: 'Friday' } }
  expect(await pretending.compose(wanted)).toMatchObject({ kind: 'none' })
  await desk.store.db.updateTable('book_business').set({ demo: true }).execute()
  expect(await pretending.compose(wanted)).toMatchObject({ kind: 'text' })
})
