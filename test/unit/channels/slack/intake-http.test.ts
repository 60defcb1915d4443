import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openIntake, type Taken } from '../../../../src/channels/slack/intake.ts'
import { receiveSlackRequest } from '../../../../src/channels/slack/receive-http.ts'
import { silentLogger } from '../../../../src/logger.ts'
import type { Store } from '../../../../src/store/open-store.ts'
import { click, command, directMessage, mention, openSlackSender, signingSecret, slackEvent, type SlackSender, submission } from '../../../support/slack-events.ts'
import { createTestStore, openTestStore } from '../../../support/test-store.ts'
import { testClock } from '../../../support/tiny-book.ts'

const clock = testClock()
let store: Store
let second: Store
let slack: SlackSender
let other: SlackSender
let refused = 0
let stored = 0

beforeAll(async () => {
  store = await createTestStore()
  second = openTestStore(store.url)
  const door = (on: Store) => {
    const intake = openIntake({ store: on, clock, logger: silentLogger, onStored: () => { stored++ } })
    return openSlackSender({ clock, receive: (request) => receiveSlackRequest({ request, signingSecret, clock, intake, onRefused: () => { refused++ } }) })
  }
  slack = await door(store)
  other = await door(second)
})
beforeEach(async () => {
  await store.db.deleteFrom('inbox').execute()
  refused = 0
  stored = 0
})
afterAll(async () => {
  await slack.close()
  await other.close()
  await second.close()
  await store.close()
})

const rows = async (): Promise<{ external_id: string; lane: string; payload: Taken }[]> =>
  (await store.db.selectFrom('inbox').select(['external_id', 'lane', 'payload']).orderBy('id').execute()).map(({ external_id, lane, payload }) => ({ external_id, lane, payload: payload as Taken }))

const hello = (id?: string) => directMessage({ user: 'U0MAYA001', text: 'who should I call?', ts: '1795275000.000100', ...(id === undefined ? {} : { id }) })

describe('F01: the same delivery is stored once', () => {
  test('F01: four deliveries, the last three as retries: each gets 200, there is one row', async () => {
    const body = hello('Ev1')
    for (const retry of [undefined, 1, 2, 3]) expect(await slack.send(body, retry === undefined ? {} : { retry })).toEqual({ status: 200, body: '' })
    expect((await rows()).map(({ external_id }) => external_id)).toEqual(['T0SALON01:Ev1'])
    expect(stored).toBe(1)
  })

  test('F01: two at once on two instances: one row', async () => {
    const body = hello('Ev2')
    const answers = await Promise.all([slack.send(body), other.send(body), slack.send(body), other.send(body)])
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    expect(await rows()).toHaveLength(1)
  })
})

describe('F04: what is not from Slack', () => {
  test.each([
    ['301 s old', { seconds: -301 }],
    ['301 s in the future', { seconds: 301 }],
    ['another secret', { secret: 'another' }],
    ['one byte changed', { tamper: (raw: string) => raw.replace('who', 'whO') }],
    ['no signature', { without: 'x-slack-signature' }],
    ['no timestamp', { without: 'x-slack-request-timestamp' }],
    ['a timestamp that is no number', { headers: { 'x-slack-request-timestamp': 'soon' } }],
    ['a signature of another version', { headers: { 'x-slack-signature': 'v9=00' } }],
  ])('F04: %s: 401, an empty body, no row, counted', async (_what, options) => {
    expect(await slack.send(hello(), options)).toEqual({ status: 401, body: '' })
    expect(await rows()).toEqual([])
    expect(refused).toBe(1)
  })

  test.each([{ seconds: -300 }, { seconds: 300 }])('F04: %o is still from Slack', async (options) => {
    expect((await slack.send(hello(), options)).status).toBe(200)
    expect(refused).toBe(0)
  })

  const vectors = join(import.meta.dirname, '../../../../../shared/data/vectors/signatures.json')
  test.skipIf(!existsSync(vectors))('F04: the published vectors', async () => {
    type Vector = { scheme: string; expect?: string; secret: string; timestamp: string; body: string; signature: string; frozen_now?: number }
    const all = (JSON.parse(readFileSync(vectors, 'utf8')) as Vector[]).filter(({ scheme }) => scheme === 'slack-v0')
    expect(all.length).toBeGreaterThan(3)
    for (const { secret, timestamp, body, signature, expect: expected = 'accept', frozen_now: now = Number(timestamp) } of all) {
      const { status } = await receiveSlackRequest({
        request: { rawBody: body, headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-slack-request-timestamp': timestamp, 'x-slack-signature': signature } },
        signingSecret: secret, clock: testClock(new Date(now * 1_000).toISOString()), intake: async () => undefined, onRefused: () => {},
      })
      expect(status, JSON.stringify({ timestamp, now, expected })).toBe(expected === 'accept' ? 200 : 401)
    }
  })

  test('a body without end is refused before anything is read', async () => {
    expect((await slack.send({ text: 'x'.repeat(1_100_000) })).status).toBe(413)
  })
})

test('F02: with the database slow for as long as Slack tries again, nothing is lost and nothing is taken twice', async () => {
  const event = hello()
  const slow = openTestStore(store.url)
  let sent: Promise<{ status: number }[]> | undefined
  await slow.db.transaction().execute(async (trx) => {
    await sql`lock table inbox in access exclusive mode`.execute(trx)
    // Slack gives the first up after 3 s and delivers it again, at once and once more.
    sent = Promise.all([slack.send(event), slack.send(event, { retry: 1 }), slack.send(event, { retry: 2 })])
    await expect.poll(async () => (await sql<{ waiting: number }>`select count(*)::int as waiting from pg_locks where not granted and database = (select oid from pg_database where datname = current_database())`.execute(trx)).rows[0]?.waiting).toBe(3)
  })
  expect((await sent)?.map(({ status }) => status)).toEqual([200, 200, 200])
  expect(await rows()).toHaveLength(1)
  await slow.close()
})

test('Slack can make sure that the address is ours', async () => {
  const answer = await slack.send({ type: 'url_verification', token: 'x', challenge: 'c1' })
  expect(JSON.parse(answer.body)).toEqual({ challenge: 'c1' })
  expect(await rows()).toEqual([])
})

test('what is stored has no token, no profile and no words of a message that was pressed', async () => {
  await slack.send(click({ user: 'U0MAYA001', actionId: 'approve', value: 'token', channel: 'C1', message: { ts: '1795275000.000200' } }))
  await slack.send(slackEvent({ type: 'user_change', user: { id: 'U0MAYA001', profile: { email: 'maya@example.com', phone: '+12135550100' } } }))
  await slack.send(hello())
  const text = JSON.stringify(await rows())
  for (const secret of ['old-verification-token', 'secret client text', 'maya@example.com', '+1213']) expect(text).not.toContain(secret)
})

test('a conversation has one lane; a press and a command wait behind nobody', async () => {
  await slack.send(hello())
  await slack.send(directMessage({ user: 'U0MAYA001', text: 'the second one', ts: '1795275001.000100', threadTs: '1795275000.000100' }))
  await slack.send(mention({ user: 'U0MAYA001', text: 'and tomorrow?', ts: '1795275002.000100', channel: 'C1' }))
  await slack.send(click({ user: 'U0MAYA001', actionId: 'approve', value: 'token', channel: 'C1', message: { ts: '1795275000.000200' } }))
  await slack.send(command({ user: 'U0MAYA001', text: 'calls', channel: 'C1', triggerId: 't1', responseUrl: 'http://127.0.0.1/r' }))
  expect((await rows()).map(({ lane }) => lane)).toEqual(['slack:T0SALON01:U0MAYA001', 'slack:T0SALON01:U0MAYA001', 'slack:T0SALON01:C1:1795275002.000100', '', ''])
})

test('what people write in a channel is not kept, but in a thread in which somebody talks with the desk', async () => {
  const inChannel = (more: Record<string, unknown>) => slack.send(slackEvent({ type: 'message', channel: 'C1', channel_type: 'channel', user: 'U0MAYA001', text: 'lunch?', ts: '1795275003.000100', ...more }))
  await inChannel({})
  await inChannel({ thread_ts: '1795275000.000900' })
  expect(await rows()).toEqual([])
  await store.db.insertInto('conversations').values({ id: 'slack:T0SALON01:C1:1795275000.000900', person: 'slack:U0MAYA001', created_at: clock.now(), last_at: clock.now(), turn_token: null, turn_until: null }).execute()
  await inChannel({ thread_ts: '1795275000.000900' })
  expect(await rows()).toHaveLength(1)
})

test.each([
  ['the desk\'s own message', { bot_id: 'B0DESK001', user: 'U0DESK001' }],
  ['an edit', { subtype: 'message_changed' }],
  ['somebody joining', { subtype: 'channel_join' }],
])('%s is no request', async (_what, more) => {
  expect((await slack.send(slackEvent({ type: 'message', channel: 'D1', channel_type: 'im', user: 'U0MAYA001', text: 'x', ts: '1795275000.000100', ...more }))).status).toBe(200)
  expect(await rows()).toEqual([])
})

test('F10: a press that is played back is the same row; another person, button or message is not', async () => {
  const press = { user: 'U0MAYA001', actionId: 'approve', value: 'token', channel: 'C1', message: { ts: '1795275000.000200' }, actionTs: '1795275000.000300' }
  await slack.send(click(press))
  await slack.send(click(press))
  expect(await rows()).toHaveLength(1)
  await slack.send(click({ ...press, user: 'U0OLGA001' }))
  await slack.send(click({ ...press, actionId: 'reject' }))
  await slack.send(click({ ...press, message: { ts: '1795275000.000201' } }))
  expect(await rows()).toHaveLength(4)
})

test('what is missing in a form is said while it is open; the mended form is taken', async () => {
  const view = { id: 'V1', hash: 'h1', view: { type: 'modal', callback_id: 'form', blocks: [{ type: 'input', block_id: 'hours', element: { type: 'number_input', action_id: 'v', min_value: '1', max_value: '48' } }, { type: 'input', block_id: 'why', element: { type: 'plain_text_input', action_id: 'v', max_length: 5 } }] } }
  const send = (hours: string, why: string) => slack.send(submission({ user: 'U0MAYA001', view, values: { hours: { v: { type: 'number_input', value: hours } }, why: { v: { type: 'plain_text_input', value: why } } } }))
  expect(JSON.parse((await send('99', '  ')).body)).toEqual({ response_action: 'errors', errors: { hours: 'This must be from 1 to 48.', why: 'Please fill this in.' } })
  expect(await rows()).toEqual([])
  expect(await send('12', 'ill')).toEqual({ status: 200, body: '' })
  expect(await rows()).toHaveLength(1)
})

test('what the desk has no use for is acknowledged and forgotten', async () => {
  expect((await slack.send({ type: 'app_rate_limited', minute_rate_limited: 1 })).status).toBe(200)
  expect((await slack.send({ type: 'view_closed', user: { id: 'U1' }, view: { id: 'V1' } })).status).toBe(200)
  expect(await rows()).toEqual([])
})
