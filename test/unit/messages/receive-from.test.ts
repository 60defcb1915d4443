import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { verifyAudit } from '../../../src/store/audit.ts'
import { maya, olga } from '../../support/approvals-desk.ts'
import { type MessagesDesk, moveAndTell, openMessagesDesk, sharedPhoneBook, threadAudit } from './messages-desk.ts'

let desk: MessagesDesk
beforeEach(async () => { desk = await openMessagesDesk() })
afterEach(() => desk.store.close())

const dana = '+12135550102'
const stranger = '+14155550188'
let sids = 0
const text = (body: string, more: Partial<Parameters<MessagesDesk['messages']['receiveFrom']>[0]> = {}) => desk.messages.receiveFrom({ from: dana, body, externalId: `SM${++sids}`, ...more })
const statusOf = async (id: string) => (await desk.store.db.selectFrom('book_appointments').select('status').where('id', '=', id).executeTakeFirstOrThrow()).status
const why = async () => (await desk.store.db.selectFrom('audit').select('detail').where('action', '=', 'text.needs_person').orderBy('seq').execute()).at(-1)?.detail['why']
const sentTo = (to: string) => desk.phones.sent.filter((sent) => sent.to === to).map(({ body }) => body)

describe('whose a text is', () => {
  test('F16: of the client who has the number; the same MessageSid counts once, also side by side', async () => {
    await moveAndTell(desk)
    const all = await Promise.all(Array.from({ length: 8 }, () => text('Yes please', { externalId: 'SM-same' })))
    expect(all.filter(({ isNew }) => isNew)).toHaveLength(1)
    expect(new Set(all.map(({ did }) => did))).toEqual(new Set(['confirmed']))
    expect(await statusOf('b-cut')).toBe('confirmed')
    expect((await threadAudit(desk, 'dana-k')).filter((action) => action === 'text.received')).toHaveLength(1)
    expect(await verifyAudit(desk.store.db)).toMatchObject({ ok: true })
  })

  test('F23: on a number that two clients share it is nobody\'s: a person gets it, and nothing is applied', async () => {
    await desk.store.close()
    desk = await openMessagesDesk({ book: sharedPhoneBook() })
    await moveAndTell(desk)
    expect(await text('YES')).toMatchObject({ reading: 'yes', did: 'handed_over' })
    expect(await why()).toBe('shared_number')
    expect(await statusOf('b-cut')).toBe('booked')
    // In the thread of the one who was texted, where staff can say whose it is.
    expect((await desk.messages.waiting()).map(({ client }) => client.id)).toEqual(['dana-k'])
    const waiting = (await desk.messages.thread('dana-k')).texts.find(({ needsPerson }) => needsPerson)
    expect(await desk.messages.readAs({ textId: waiting?.id ?? 0, as: 'yes', by: maya })).toMatchObject({ did: 'confirmed' })
    expect(await statusOf('b-cut')).toBe('confirmed')
  })

  test('of nobody on record goes to a person, without a number in any log; HELP is answered and STOP counts all the same', async () => {
    expect(await text('is this the salon?', { from: stranger })).toMatchObject({ did: 'handed_over' })
    expect(await why()).toBe('unknown_number')
    const [line] = await desk.messages.waiting()
    expect(line).toMatchObject({ client: { name: 'An unknown number' }, needsPerson: true })
    expect(await text('HELP', { from: stranger })).toMatchObject({ did: 'helped' })
    expect(await text('Stop', { from: stranger })).toMatchObject({ did: 'opted_out' })
    expect(sentTo(stranger)).toEqual([expect.stringContaining('Tiny Salon'), expect.stringContaining('no more texts')])
    expect((await desk.messages.thread(line?.client.id ?? '')).optedOut).toBe(true)
    const stored = JSON.stringify([await desk.store.db.selectFrom('audit').selectAll().execute(), await desk.store.db.selectFrom('texts').selectAll().execute(), await desk.store.db.selectFrom('threads').selectAll().execute(), await desk.store.db.selectFrom('consents').selectAll().execute()])
    expect(stored).not.toMatch(/4155550188|is this the salon/)
  })
})

describe('F20, F21: an opt-out', () => {
  test('counts while the booking system is away, for whoever we texted on the number', async () => {
    await moveAndTell(desk)
    for (const call of ['findClients', 'client', 'catalog'] as const) for (let times = 0; times < 4; times++) desk.platform.failNext(call, { do: 'refuse', kind: 'unavailable' })
    expect(await text('please stop texting me')).toMatchObject({ reading: 'stop', did: 'opted_out' })
    expect(await desk.store.db.selectFrom('consents').select(['state', 'purpose']).execute()).toEqual([{ state: 'out', purpose: 'all' }])
    expect(await desk.store.db.selectFrom('texts').select('client_id').where('direction', '=', 'in').execute()).toEqual([{ client_id: 'dana-k' }])
  })

  test('that the service has confirmed by itself is not confirmed twice', async () => {
    desk.phones.answersItself = ({ body }) => (body === 'STOP' ? 'stop' : undefined)
    expect(await text('STOP')).toMatchObject({ did: 'opted_out' })
    expect(sentTo(dana)).toEqual([])
  })

  test('in the service\'s own words counts whatever we read in them', async () => {
    desk.phones.answersItself = ({ optOutType }) => (optOutType === 'STOP' ? 'stop' : undefined)
    expect(await text('ADIOS', { optOutType: 'STOP' })).toMatchObject({ did: 'opted_out' })
    expect((await desk.messages.thread('dana-k')).optedOut).toBe(true)
    expect(sentTo(dana)).toEqual([])
  })

  test('in other words can be undone by staff with a reason; the keyword only by the client', async () => {
    await text("Please don't text me anymore")
    await expect(desk.messages.setConsent({ clientId: 'dana-k', state: 'in', reason: '', by: maya })).rejects.toMatchObject({ code: 'invalid_input' })
    await desk.messages.setConsent({ clientId: 'dana-k', state: 'in', reason: 'She said on the phone that she meant the newsletter', by: maya })
    expect((await desk.messages.thread('dana-k')).optedOut).toBe(false)
    await text('STOP')
    await expect(desk.messages.setConsent({ clientId: 'dana-k', state: 'in', reason: 'she said so', by: olga })).rejects.toMatchObject({ code: 'not_allowed', userMessage: expect.stringContaining('START') })
  })
})

describe('TWI-6: a YES that the service takes for an opt-in', () => {
  beforeEach(() => { desk.phones.answersItself = ({ body }) => (/^(yes|start)$/i.test(body) ? 'start' : /^stop$/i.test(body) ? 'stop' : undefined) })

  test('reopens a silent number when nothing was asked, and confirms nothing', async () => {
    await text('STOP')
    expect(await text('YES')).toMatchObject({ did: 'opted_in' })
    expect((await desk.messages.thread('dana-k')).optedOut).toBe(false)
    expect(await statusOf('b-cut')).toBe('booked')
    expect(sentTo(dana)).toEqual([])
  })

  test('F18: is an answer while something is asked, and the number stays silent', async () => {
    await moveAndTell(desk)
    await text('STOP')
    await desk.messages.lookedAfter({ clientId: 'dana-k', by: maya })
    expect(await text('YES')).toMatchObject({ did: 'confirmed' })
    expect((await desk.messages.thread('dana-k')).optedOut).toBe(true)
    expect(sentTo(dana)).toHaveLength(1)
  })
})

describe('a thread that somebody has taken over', () => {
  test('is silent until it is handed back; STOP counts all the same', async () => {
    await moveAndTell(desk)
    await desk.messages.takeOver({ clientId: 'dana-k', by: maya })
    expect((await desk.messages.thread('dana-k')).takenBy).toMatchObject({ by: maya.id })
    expect(await text('Yes')).toMatchObject({ did: 'handed_over' })
    expect(await why()).toBe('taken_over')
    expect(await statusOf('b-cut')).toBe('booked')
    await desk.messages.handBack({ clientId: 'dana-k', by: olga })
    await desk.messages.lookedAfter({ clientId: 'dana-k', by: olga })
    expect(await text('Yes')).toMatchObject({ did: 'confirmed' })
    await desk.messages.takeOver({ clientId: 'dana-k', by: maya })
    expect(await text('stop')).toMatchObject({ did: 'opted_out' })
    expect(await threadAudit(desk, 'dana-k')).toEqual(expect.arrayContaining(['thread.taken_over', 'thread.handed_back', 'thread.taken_over']))
  })
})

test('the wrong person hears nothing more until staff have looked', async () => {
  await moveAndTell(desk)
  expect(await text('You have the wrong number')).toMatchObject({ reading: 'wrong_person', did: 'handed_over' })
  expect((await desk.messages.thread('dana-k')).optedOut).toBe(true)
  await moveAndTell(desk, { time: '15:00' })
  expect(sentTo(dana)).toHaveLength(1)
  await desk.messages.setConsent({ clientId: 'dana-k', state: 'in', reason: 'checked her number on the phone', by: maya })
  expect((await desk.messages.thread('dana-k')).optedOut).toBe(false)
})

test('a picture, thanks, and a number that is none', async () => {
  await moveAndTell(desk)
  expect(await text('', { media: 1 })).toMatchObject({ did: 'handed_over' })
  expect(await why()).toBe('picture')
  await desk.messages.lookedAfter({ clientId: 'dana-k', by: maya })
  expect(await text('Thank you!')).toMatchObject({ reading: 'thanks', did: 'noted' })
  expect((await desk.messages.waiting())).toEqual([])
  expect(await text('yes')).toMatchObject({ did: 'confirmed' })
  await expect(text('hi', { from: 'BANK' })).rejects.toMatchObject({ code: 'invalid_input' })
})

describe('a person\'s reading of a reply', () => {
  const waitingText = async () => (await desk.messages.thread('dana-k')).texts.find(({ needsPerson }) => needsPerson)?.id ?? 0

  test('F24: does what the desk would have done, once; a YES needs its question', async () => {
    await moveAndTell(desk)
    await text('yes...? i think')
    const textId = await waitingText()
    const both = await Promise.allSettled([desk.messages.readAs({ textId, as: 'yes', by: maya }), desk.messages.readAs({ textId, as: 'yes', by: olga })])
    expect(both.some(({ status }) => status === 'fulfilled')).toBe(true)
    expect(await statusOf('b-cut')).toBe('confirmed')
    await expect(desk.messages.readAs({ textId, as: 'yes', by: maya })).rejects.toMatchObject({ code: 'conflict' })
    await text('hmm ok then?')
    await expect(desk.messages.readAs({ textId: await waitingText(), as: 'yes', by: maya })).rejects.toMatchObject({ code: 'expired' })
    expect(await desk.messages.readAs({ textId: await waitingText(), as: 'nothing', by: maya })).toMatchObject({ did: 'noted' })
    expect(await desk.messages.waiting()).toEqual([])
  })

  test('a NO closes what was asked and cancels nothing', async () => {
    await moveAndTell(desk)
    await text('nah idk maybe')
    expect(await desk.messages.readAs({ textId: await waitingText(), as: 'no', by: maya })).toMatchObject({ did: 'declined' })
    expect(await statusOf('b-cut')).toBe('booked')
    expect(await text('yes')).toMatchObject({ did: 'handed_over' })
    expect(await why()).toBe('nothing_asked')
  })
})
