import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openIntake } from '../../../../src/channels/slack/intake.ts'
import { openSocket, type Socket } from '../../../../src/channels/slack/receive-socket.ts'
import { silentLogger } from '../../../../src/logger.ts'
import type { Store } from '../../../../src/store/open-store.ts'
import { type FakeSlack, openFakeSlack } from '../../../support/fake-slack.ts'
import { openSlackDesk } from '../../../support/slack-desk.ts'
import { command, directMessage, submission } from '../../../support/slack-events.ts'
import { createTestStore } from '../../../support/test-store.ts'
import { testClock } from '../../../support/tiny-book.ts'

const clock = testClock()
let store: Store
let fake: FakeSlack
let socket: Socket
const waits: number[] = []
const lines: string[] = []

beforeAll(async () => {
  store = await createTestStore()
  fake = await openFakeSlack({ clock })
})
beforeEach(async () => {
  await store.db.deleteFrom('inbox').execute()
  waits.length = 0
  lines.length = 0
})
afterAll(async () => {
  await fake.close()
  await store.close()
})

const open = (): Socket => openSocket({
  appToken: fake.appToken, apiUrl: fake.url, logger: { ...silentLogger, warn: (_fields, message) => { lines.push(message) }, info: (_fields, message) => { lines.push(message) } },
  intake: openIntake({ store, clock, logger: silentLogger, onStored: () => {} }),
  wait: async (ms) => { waits.push(ms) },
})
const count = async () => (await store.db.selectFrom('inbox').select('id').execute()).length
const until = async (done: () => boolean) => {
  while (!done()) await new Promise((resolve) => { setImmediate(resolve) })
}
const hello = directMessage({ user: 'U0MAYA001', text: 'hello', ts: '1795275000.000100', id: 'Ev1' })

test('over Socket Mode an envelope is acknowledged after its insert, and once however often it comes', async () => {
  socket = open()
  await socket.start()
  expect(socket.isUp()).toBe(true)
  await fake.deliver({ type: 'events_api', payload: hello })
  expect(await count()).toBe(1)
  await fake.deliver({ type: 'events_api', payload: hello, retry_attempt: 1, retry_reason: 'timeout' })
  expect(await count()).toBe(1)
  await fake.deliver({ type: 'slash_commands', payload: command({ user: 'U0MAYA001', text: 'calls', channel: 'C1', triggerId: 't1', responseUrl: 'http://127.0.0.1/r' }) })
  expect(await count()).toBe(2)
})

test('errors of a form travel in the acknowledgement', async () => {
  const view = { id: 'V1', hash: 'h1', view: { type: 'modal', callback_id: 'form', blocks: [{ type: 'input', block_id: 'why', element: { type: 'plain_text_input', action_id: 'v' } }] } }
  const answer = await fake.deliver({ type: 'interactive', payload: submission({ user: 'U0MAYA001', view, values: { why: { v: { value: '' } } } }) })
  expect(answer).toEqual({ response_action: 'errors', errors: { why: 'Please fill this in.' } })
})

test('when Slack asks for a new connection it is made at once, and nothing is lost', async () => {
  const before = fake.calls('apps.connections.open').length
  void fake.deliver({ type: 'disconnect', payload: { reason: 'refresh_requested' } })
  await until(() => !socket.isUp())
  await until(() => socket.isUp())
  expect(fake.calls('apps.connections.open')).toHaveLength(before + 1)
  expect(waits).toEqual([])
  expect(lines).toEqual(['Slack connection is down, connecting again'])
  await fake.deliver({ type: 'events_api', payload: hello })
  expect(await count()).toBe(1)
})

test('while Slack cannot be reached it is tried again with growing pauses, and said in the log', async () => {
  fake.fault('apps.connections.open', { kind: 'status', status: 500 }, { times: 2 })
  fake.fault('apps.connections.open', { kind: 'error', error: 'invalid_auth' })
  void fake.deliver({ type: 'disconnect', payload: { reason: 'warning' } })
  await until(() => !socket.isUp())
  await until(() => socket.isUp())
  expect(waits).toEqual([1_000, 2_000, 4_000])
  expect(lines).toEqual(['Slack connection is down, connecting again', 'no connection to Slack', 'no connection to Slack', 'no connection to Slack', 'Slack connection is back'])
})

test('what could not be stored is not acknowledged, so that it comes again', async () => {
  await socket.stop()
  let tries = 0
  const other = openSocket({
    appToken: fake.appToken, apiUrl: fake.url, logger: silentLogger, wait: async () => {},
    intake: async () => {
      if (++tries === 1) throw new Error('the database is away')
      return undefined
    },
  })
  await other.start()
  let acknowledged = false
  void fake.deliver({ type: 'events_api', payload: hello }).then(() => { acknowledged = true })
  await until(() => tries === 1)
  await fake.deliver({ type: 'events_api', payload: hello, retry_attempt: 1 })
  expect(acknowledged).toBe(false)
  await other.stop()
})

test('a running desk answers over Socket Mode by itself, from the envelope to the reply', async () => {
  const desk = await openSlackDesk()
  const { slack } = await desk.second({ appToken: desk.fake.appToken, signingSecret: undefined })
  try {
    await slack.start()
    expect(slack.socketIsUp()).toBe(true)
    expect(await slack.receive({ rawBody: '', headers: {} })).toEqual({ status: 404 })
    const ts = desk.fake.say({ channel: 'D0MAYA001', user: 'U0MAYA001', text: 'hello' })
    await desk.fake.deliver({ type: 'events_api', payload: directMessage({ user: 'U0MAYA001', text: 'hello', ts }) })
    await until(() => desk.said('D0MAYA001').some((words) => words.includes('You said: hello')))
  } finally {
    await slack.stop()
    await desk.close()
  }
})
