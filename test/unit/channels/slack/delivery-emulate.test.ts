import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { createEmulator, type Emulator } from 'emulate'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import type { Card } from '../../../../src/channels/cards/card.ts'
import { openSlackCalls, type SlackCalls } from '../../../../src/channels/slack/calls.ts'
import { lookForPost } from '../../../../src/channels/slack/look-for-post.ts'
import { openPoster, type Poster } from '../../../../src/channels/slack/poster.ts'
import { wantPost } from '../../../../src/channels/slack/posts.ts'
import { silentLogger } from '../../../../src/logger.ts'
import type { Store } from '../../../../src/store/open-store.ts'
import { createTestStore } from '../../../support/test-store.ts'
import { testClock } from '../../../support/tiny-book.ts'

// Somebody else's idea of Slack (emulate 0.12), for what it knows: so that ours is not the only one that is pleased.
let store: Store
let slack: Emulator
let calls: SlackCalls
let poster: Poster
let channel: string
let text = 'Move Dana Reyes <!channel>'
let png: Uint8Array | undefined
const clock = testClock()

beforeAll(async () => {
  store = await createTestStore()
  slack = await createEmulator({ service: 'slack', port: await freePort(), seed: { tokens: { 'xoxb-emulated': { login: 'desk', scopes: [] } }, slack: { team: { name: 'Salon', domain: 'salon' }, users: [{ name: 'maya', real_name: 'Maya' }], channels: [{ name: 'front-desk', topic: '' }], bots: [{ name: 'desk' }] } } })
  calls = openSlackCalls({ token: 'xoxb-emulated', apiUrl: `${slack.url}/api/`, store, clock, logger: silentLogger })
  const card = (): Card => ({ subject: 'proposal:P-AAAAAA', title: text, tone: 'waiting', parts: [{ kind: 'facts', rows: [{ label: 'When', value: '3:00 pm' }] }, ...(png === undefined ? [] : [{ kind: 'day_picture' as const, locationId: 'main', date: '2026-11-21', alt: 'Four visits' }])], buttons: [{ action: 'approve', token: 'ref.mac', label: 'Move it' }] })
  poster = openPoster({ store, clock, calls, logger: silentLogger, picture: async () => png, cards: { view: async (subject) => ({ subject, summary: text, cards: [card()] }) } })
  const listed = z.object({ channels: z.array(z.object({ id: z.string(), name: z.string() })) }).parse(await ok('conversations.list', {}))
  channel = listed.channels.find(({ name }) => name === 'front-desk')?.id ?? ''
})
afterAll(async () => {
  await slack.close()
  await store.close()
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => { server.close(resolve) })
  return port
}

async function ok(method: string, args: Record<string, unknown>): Promise<unknown> {
  const result = await calls.call(method, args)
  expect(result).toMatchObject({ ok: true })
  return result.ok ? result.response : undefined
}

const History = z.object({ messages: z.array(z.looseObject({ ts: z.string(), text: z.string().optional() })) })
const history = async () => History.parse(await ok('conversations.history', { channel, include_all_metadata: true })).messages

test('on an emulated Slack a card is posted, drawn again when it changes, and found again by its key', async () => {
  await store.transaction((trx) => wantPost(trx, { key: 'proposal:P-AAAAAA', channel, lane: 'card', subject: 'proposal:P-AAAAAA', now: clock.now() }))
  await poster.deliver()
  const [message] = await history()
  expect(message).toMatchObject({ text: expect.stringContaining('&lt;'), blocks: expect.arrayContaining([expect.objectContaining({ type: 'actions' })]), metadata: { event_type: 'desk_post' } })
  const looked = await lookForPost({ store, calls, key: 'proposal:P-AAAAAA', channel, threadTs: null })
  expect(looked).toEqual({ found: message?.ts })
  expect(await lookForPost({ store, calls, key: 'another', channel, threadTs: null })).toEqual({ absent: true })

  text = 'Done'
  await poster.refresh(['proposal:P-AAAAAA'])
  await poster.deliver()
  expect((await history()).map(({ ts, text }) => ({ ts, text }))).toEqual([{ ts: message?.ts, text: 'Done' }])
})

test('on an emulated Slack an answer in a thread is found in it, and a picture is taken', async () => {
  const [parent] = await history()
  png = Buffer.from('89504e470d0a1a0a', 'hex')
  await store.transaction((trx) => wantPost(trx, { key: 'answer', channel, threadTs: parent?.ts, lane: 'talk', subject: 'day:main:2026-11-21', now: clock.now() }))
  clock.advance(1)
  await poster.deliver()
  const found = await lookForPost({ store, calls, key: 'answer', channel, threadTs: parent?.ts ?? '' })
  expect(found).toMatchObject({ found: expect.any(String) })
  const { messages } = z.object({ messages: z.array(z.looseObject({ blocks: z.unknown() })) }).parse(await ok('conversations.replies', { channel, ts: parent?.ts }))
  expect(JSON.stringify(messages.at(-1))).toContain('slack_file')
})

test('on an emulated Slack a channel that is not there is refused, and people are known by name', async () => {
  expect(await calls.call('chat.postMessage', { channel: 'C404', text: 'x' }, { channel: 'C404' })).toEqual({ ok: false, kind: 'refused', code: 'channel_not_found' })
  const { members } = z.object({ members: z.array(z.looseObject({ id: z.string(), name: z.string() })) }).parse(await ok('users.list', {}))
  const maya = members.find(({ name }) => name === 'maya')
  expect(await ok('users.info', { user: maya?.id })).toMatchObject({ user: { real_name: 'Maya' } })
})
