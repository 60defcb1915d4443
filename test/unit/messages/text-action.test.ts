import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Proposal } from '../../../src/approvals/proposal.ts'
import { textKind } from '../../../src/messages/sending/text-action.ts'
import { DeskError } from '../../../src/salon/errors.ts'
import { maya } from '../../support/approvals-desk.ts'
import { approve, type MessagesDesk, openMessagesDesk, sharedPhoneBook } from './messages-desk.ts'

let desk: MessagesDesk
beforeAll(async () => { desk = await openMessagesDesk({ book: sharedPhoneBook() }) })
afterAll(() => desk.store.close())

const propose = (body: string, more: Record<string, unknown> = {}, clientId = 'hana'): Promise<Proposal> => desk.approvals.propose({ kind: textKind, args: { clientId, body, ...more }, reason: 'test', requestedBy: maya.id })

const refusal = async (work: Promise<unknown>): Promise<DeskError> => {
  const error = await work.then(() => undefined, (thrown: unknown) => thrown)
  if (!(error instanceof DeskError)) throw new Error('was not refused')
  return error
}

test('F37: the exact words are on the card, and exactly they go out, once', async () => {
  const body = 'Hi Hana, it\'s Tiny Salon. We found your scarf – shall we keep it?\r\n\r\n\r\nBea'
  const proposal = await propose(body)
  const words = 'Hi Hana, it\'s Tiny Salon. We found your scarf – shall we keep it?\n\nBea'
  expect(proposal).toMatchObject({ state: 'pending', facts: { title: 'Text Hana Suzuki', locationId: 'main', message: { kind: 'text', clientId: 'hana', to: 'Hana Suzuki', body: words, segments: 1 } } })
  expect(Date.parse(proposal.expiresAt) - Date.parse(desk.clock.now())).toBe(240 * 60_000)
  expect(desk.phones.sent).toEqual([])
  expect(await approve(desk, proposal)).toMatchObject({ state: 'done', result: { said: 'The text to Hana Suzuki is on its way.' } })
  await desk.messages.deliver()
  await approve(desk, proposal)
  await desk.messages.deliver()
  expect(desk.phones.sent.map(({ body: sent, to }) => [to, sent])).toEqual([['+12135550106', words]])
})

test('there is no way back for a text, and no card offers one', async () => {
  const done = (await desk.approvals.list({ recent: 1 }))[0] as Proposal
  expect((await refusal(desk.approvals.undo({ id: done.id, by: maya }))).code).toBe('unsupported')
})

describe('LLM-2: what no text may carry', () => {
  test.each([
    ['another client by name', 'Hi, George Papadakis cannot come, would you like his time?', /names another client, George Papadakis/],
    ['another client by name, folded', 'hi hana, GEORGE   PAPADAKIS\'s visit is free', /names another client, George Papadakis/],
    ['another client\'s number', 'Please call (213) 555-0105 about it.', /the phone number of another client, George Papadakis/],
    ['another client\'s address', 'Write to dana.w@example.com please.', /names another client, Dana Whitfield/],
    ['a link elsewhere', 'Pay here: https://evil.example/pay', /may only link to tiny\.example, with https, not to "https:\/\/evil\.example\/pay"/],
    ['a link that only looks like the salon\'s', 'See https://tiny.example.evil.example/', /may only link to/],
    ['a link with somebody\'s name in front', 'See https://tiny.example@evil.example/', /may only link to/],
    ['a link without https', 'See http://tiny.example/menu', /may only link to/],
    ['a bare address', 'See bit.ly/3xyz for details', /may only link to/],
    ['a script', 'See javascript://alert', /may only link to/],
    ['a trap of the phone companies', 'Reply CANCEL to cancel your visit.', /who answers CANCEL gets no more texts at all/],
    ['the same in quotes', 'Just text us "end" if you are done', /who answers END gets no more texts/],
  ])('%s', async (_what, body, words) => {
    const error = await refusal(propose(body))
    expect(error).toMatchObject({ code: 'invalid_input', detail: { field: 'body' } })
    expect(error.userMessage).toMatch(words)
  })

  test.each([
    ['staff members and the client\'s own name', 'Hi Hana Suzuki, Cruz Okafor is running 10 minutes late. Sorry!'],
    ['first names that other clients have, too', 'Hi Hana, Dana at the desk found your scarf.'],
    ['the salon\'s own number and address', 'Call us at (213) 555-0100 or see https://tiny.example/menu.'],
    ['times and prices', 'See you at 3.30, it is $65.00 as ever. Text us by the end of the day.'],
    ['STOP, which is what it is for', 'Hi, it\'s Tiny Salon. Reply STOP to opt out.'],
  ])('but %s may be there', async (_what, body) => {
    expect((await propose(body)).facts).toMatchObject({ notices: [], message: { body } })
  })

  test('family on the same number is not another client', async () => {
    expect((await propose('Elena García is booked right after you.', {}, 'dana-k')).facts.notices).toEqual([])
  })

  test('a number that nobody here knows is for the sender to look at', async () => {
    expect((await propose('The parking garage is at 503-555-0199.')).facts.notices).toEqual(['It holds a number that is not the salon\'s: 503-555-0199.'])
  })
})

test('what cannot be seen is taken out before anybody approves it; too long or empty is refused', async () => {
  expect((await propose('Hello\u202Edlrow\u200B\u0007!')).facts.message).toMatchObject({ body: 'Hellodlrow!' })
  for (const body of ['  \u200B ', 'x'.repeat(641)]) expect((await refusal(propose(body))).code).toBe('invalid_input')
})

test('an emoji halves what fits, and the card says so', async () => {
  expect((await propose(`${'See you soon! '.repeat(6)}🌸`)).facts).toMatchObject({ notices: [expect.stringMatching(/characters that plain SMS lack/)], message: { segments: 2 } })
})

test('a text that answers a client quotes them and sees to what they wrote, only as far as that', async () => {
  await desk.messages.receive({ clientId: 'ivan', body: 'Do you sell gift cards?', externalId: 'i1' })
  const [asked] = (await desk.messages.thread('ivan')).texts
  const proposal = await propose('Hi Ivan, it\'s Tiny Salon. We do!', { answers: asked?.id }, 'ivan')
  expect(proposal.facts.context).toEqual([{ label: 'Answers', value: '“Do you sell gift cards?”' }])
  await desk.messages.receive({ clientId: 'ivan', body: 'And how much are they?', externalId: 'i2' })
  await approve(desk, proposal)
  expect((await desk.messages.thread('ivan')).texts.filter(({ direction }) => direction === 'in').map(({ needsPerson }) => needsPerson)).toEqual([false, true])
  expect((await refusal(propose('Hi', { answers: asked?.id }, 'hana'))).code).toBe('not_found')
})

test('F18: who asked for no more texts gets none: not proposed, and not sent when it was approved before', async () => {
  const before = await propose('See you tomorrow!', {}, 'george')
  await desk.messages.receive({ clientId: 'george', body: 'STOP', externalId: 'g1' })
  await desk.messages.deliver()
  const sent = desk.phones.sent.length
  const decided = await desk.approvals.decide({ id: before.id, decision: 'approve', by: maya, hash: before.hash })
  expect(decided.result).toBe('stale')
  await desk.messages.deliver()
  expect(desk.phones.sent).toHaveLength(sent)
  expect((await refusal(propose('Hello?', {}, 'george'))).userMessage).toMatch(/asked for no more texts.*Please call instead\.$/)
})

test('without a text service nothing is proposed', async () => {
  const unconnected = await openMessagesDesk({ connected: false })
  const error = await refusal(unconnected.approvals.propose({ kind: textKind, args: { clientId: 'hana', body: 'Hi' }, reason: '', requestedBy: maya.id }))
  expect(error.userMessage).toBe('Texts are not connected yet: please tell the client yourself.')
  await unconnected.store.close()
})

test('two texts to one client wait beside each other; the same words twice are one', async () => {
  const [one, other, again] = [await propose('One.', {}, 'fay'), await propose('Another.', {}, 'fay'), await propose('One.', {}, 'fay')]
  expect([other?.id === one?.id, again?.id === one?.id]).toEqual([false, true])
  expect((await desk.approvals.get(one?.id)).state).toBe('pending')
})

test('its words can be altered on the card, and then it is another one', async () => {
  const before = await propose('Hi Jo, se you soon', {}, 'jo')
  const after = await desk.approvals.edit({ id: before.id, by: maya, values: { body: 'Hi Jo, see you soon' }, hash: before.hash })
  expect(after).toMatchObject({ state: 'pending', facts: { message: { body: 'Hi Jo, see you soon' } } })
  expect((await desk.approvals.get(before.id)).state).toBe('superseded')
})
