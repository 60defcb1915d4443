import { afterEach, expect, test } from 'vitest'
import { turnView } from '../../../src/channels/cards/turn-view.ts'
import type { Freshness } from '../../../src/salon/freshness.ts'
import { type FakeLanguageModel, fakeLanguageModel } from '../../support/fake-language-model.ts'
import { type AgentDesk, createAgentDesk } from './agent-desk.ts'

let desk: AgentDesk
let model: FakeLanguageModel | undefined
afterEach(async () => {
  await model?.stop()
  model = undefined
  await desk.store.close()
})

const stale: Freshness = { state: 'stale', asOf: '2026-11-21T15:05:00.000Z', trouble: 'unavailable' }
const words = 'As of 7:05 am: Square has not answered since.'

async function open(freshness: Freshness, answer?: Parameters<typeof fakeLanguageModel>[0]): Promise<void> {
  if (answer !== undefined) model = await fakeLanguageModel(answer)
  desk = await createAgentDesk(model === undefined ? {} : { languageModel: model.settings })
  Object.assign(desk.platform, { name: 'Square', freshness: async () => freshness })
}

test('an answer of the embedded brain that rests on the book says its age once, above the words, in every channel', async () => {
  await open(stale)
  const turn = await desk.say('what does Hana have booked?')
  expect(turn.toolCalls.length).toBeGreaterThan(1)
  expect(turn).toMatchObject({ brain: 'embedded', notes: [words] })
  // In a terminal.
  expect(turn.reply.startsWith(`(${words})\n\n`)).toBe(true)
  // In Slack and on the page.
  const { view: { cards: [card] } } = turnView({ turn, conversationId: 'chat', requestId: 'r', seal: desk.store.seal })
  expect(card?.parts[0]).toEqual({ kind: 'small', text: words })
})

test('what does not rest on the book has no age: a policy, what waits for a decision, a greeting', async () => {
  await open(stale)
  for (const text of ['what is our late policy?', 'hello']) expect((await desk.say(text)).notes, text).toEqual([])
})

test('nothing is said of a book that is live', async () => {
  await open({ state: 'live', asOf: '2026-11-21T15:30:00.000Z' })
  expect((await desk.say('what does Hana have booked?')).notes).toEqual([])
})

test('a language model\'s answer says it the same way; it is not asked to, and cannot leave it out', async () => {
  await open(stale, (step) => (step === 0 ? { calls: [{ name: 'find_client', args: { name: 'Hana' } }] } : { content: 'All is as of this very second.' }))
  const turn = await desk.say('find Hana')
  expect(turn).toMatchObject({ brain: 'fake-1', notes: [words] })
  expect(turn.reply).toBe(`(${words})\n\nAssistant: All is as of this very second.`)
})

test('a language model that looked at nothing of the book has no age; one that failed leaves its note and the age', async () => {
  await open(stale, (_step, request) => (request.messages.at(-1)?.content === 'hi' ? { content: 'Hello.' } : { status: 500 }))
  expect((await desk.say('hi')).notes).toEqual([])
  const turn = await desk.say('what does Hana have booked?')
  expect(turn).toMatchObject({ brain: 'embedded', notes: [expect.stringContaining('on my own'), words] })
})
