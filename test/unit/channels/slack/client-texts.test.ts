import { afterAll, beforeAll, expect, test } from 'vitest'
import { wantPost } from '../../../../src/channels/slack/posts.ts'
import { rememberPerson } from '../../../../src/store/people.ts'
import { buttonIn, deskChannel, maya, olga, openSlackDesk, type SlackDesk } from '../../../support/slack-desk.ts'
import { command, submission } from '../../../support/slack-events.ts'

let desk: SlackDesk
beforeAll(async () => { desk = await openSlackDesk() })
afterAll(() => desk.close())

const post = () => desk.said(deskChannel).at(-1) ?? ''
const blocks = () => desk.fake.messages(deskChannel).at(-1)?.blocks
const click = async (action: string, user = maya, subject?: string): Promise<void> => {
  await desk.send(desk.clickOn({ channel: deskChannel, action, user, ...(subject === undefined ? {} : { subject }) }))
  await desk.settle()
}
const threadPosted = async (clientId: string, body: string): Promise<void> => {
  await desk.messages.receive({ clientId, body, externalId: `${clientId} ${body}` })
  await desk.store.transaction((trx) => wantPost(trx, { key: `thread:${clientId}:${body}`, channel: deskChannel, lane: 'talk', subject: `thread:${clientId}`, now: desk.clock.now() }))
  await desk.settle()
  desk.clock.advance(1)
}

test('a reply that waits is posted with how it was read, why, and one-tap readings', async () => {
  await threadPosted('hana', 'Could I come a little later <!channel>?')
  for (const words of [/Texts with Hana Suzuki/, /Next visit:\s*Friday 27 November at 3:00\spm/, /Read as:\s*another time/, /Why it is here:\s/, /The client wrote, /, /Could I come a little later/]) expect(post()).toMatch(words)
  expect(['read_as:change', 'read_as:cancel', 'seen_to', 'take_over'].filter((action) => buttonIn(blocks(), action) === undefined)).toEqual([])
})

test('whoever takes it over is told, and the post says who has it; handed back it says so no more', async () => {
  await click('take_over')
  expect(desk.whispered(maya).join()).toContain('You have taken Hana Suzuki over')
  expect(post()).toMatch(/Maya has taken this over at [\s\S]*the desk says nothing until it is handed back/)
  await click('hand_back', olga)
  expect(post()).not.toContain('has taken this over')
})

test('taken over on the page, the post is drawn again', async () => {
  const finn = { id: 'page:finn', name: 'Finn', role: 'front_desk' as const }
  await rememberPerson(desk.store.db, { person: finn, now: desk.clock.now() })
  await desk.messages.takeOver({ clientId: 'hana', by: finn })
  await desk.slack.changed(['thread:hana', 'thread', 'home'])
  await desk.settle()
  expect(post()).toContain('Finn has taken this over')
  await desk.messages.handBack({ clientId: 'hana', by: finn })
})

test('"They want to cancel" puts the change below the texts, to be decided there; when it is, the post shows it', async () => {
  await click('read_as:cancel')
  expect(desk.whispered(maya).join()).toMatch(/Prepared as P-\w{6}: Cancel Hana Suzuki\. Nothing is cancelled/)
  expect(post()).toMatch(/Texts with Hana Suzuki[\s\S]*Cancel Hana Suzuki[\s\S]*Waits for a decision until/)
  const [proposal] = await desk.approvals.list()
  await desk.approvals.decide({ id: String(proposal?.id), decision: 'reject', by: { id: 'page:finn', name: 'Finn', role: 'front_desk' } })
  await desk.slack.changed([`proposal:${proposal?.id}`, 'home'])
  await desk.settle()
  expect(post()).not.toContain('Waits for a decision')
})

test('what a client says at the till is noted in a dialog: no more texts', async () => {
  desk.fake.views.clear()
  await click('consent:out')
  const [view] = [...desk.fake.views.values()]
  if (view === undefined) throw new Error('no dialog')
  await desk.send(submission({ user: maya, view, triggerId: desk.fake.newTrigger(maya), values: { 'field:reason': { reason: { type: 'plain_text_input', value: 'Told me at the till' } } } }))
  await desk.settle()
  expect(desk.whispered(maya).join()).toContain('Noted. Hana Suzuki gets no more texts.')
  expect(post()).toMatch(/Maya noted at [\s\S]*wants no more texts, in these words: “Told me at the till”/)
})

test('/desk texts lists who waits, with a way to each', async () => {
  await desk.messages.receive({ clientId: 'ivan', body: 'Do you do perms?', externalId: 'ivan' })
  desk.fake.ephemerals.length = 0
  await desk.send(command({ user: maya, text: 'texts', channel: deskChannel, triggerId: desk.fake.newTrigger(maya), responseUrl: desk.fake.newResponseUrl({ channel: deskChannel, userId: maya }) }))
  await desk.settle()
  expect(desk.whispered(maya).join()).toMatch(/A client's text waits for you[\s\S]*Ivan Petrov wrote at [\s\S]*Do you do perms\?/)
})
