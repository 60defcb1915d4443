import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openSlackCalls, type SlackCalls } from '../../../../src/channels/slack/calls.ts'
import type { Logger } from '../../../../src/logger.ts'
import type { Store } from '../../../../src/store/open-store.ts'
import { type FakeSlack, openFakeSlack } from '../../../support/fake-slack.ts'
import { createTestStore } from '../../../support/test-store.ts'
import { testClock } from '../../../support/tiny-book.ts'

let store: Store
let slack: FakeSlack
let calls: SlackCalls
const clock = testClock()
const logged: unknown[] = []
const log = (fields: Record<string, unknown>, message: string) => { logged.push(fields, message) }
const logger: Logger = { info: log, warn: log, error: log }

beforeAll(async () => {
  store = await createTestStore()
  slack = await openFakeSlack({ clock })
  for (const id of ['C1', 'C2']) slack.addChannel({ id })
  slack.addUser({ id: 'U1', name: 'Maya' })
})
afterAll(async () => {
  await slack.close()
  await store.close()
})
beforeEach(async () => {
  await store.db.deleteFrom('send_pace').execute()
  slack.clearFaults()
  slack.tokenError = undefined
  calls = open()
})

const open = (token = slack.token) => openSlackCalls({ token, apiUrl: slack.url, store, clock, logger, timeoutMs: 2_000 })
const post = (channel: string, { lane, by = calls }: { lane?: 'card' | 'bulk'; by?: SlackCalls } = {}) => by.call('chat.postMessage', { channel, text: 'Dana Reyes +1 503 555 0100' }, { channel, lane })
const say = () => calls.call('assistant.threads.setStatus', { channel_id: 'C1', thread_ts: '1795280000.000001', status: 'is looking' })

test('a channel takes one message a second, other channels are not asked to wait, and two instances share the pace', async () => {
  expect(await post('C1')).toMatchObject({ ok: true })
  expect(await post('C1', { by: open() })).toEqual({ ok: false, kind: 'wait', retryAfterMs: 1_000 })
  expect(await post('C2')).toMatchObject({ ok: true })
  clock.set(new Date(Date.parse(clock.now()) + 1_000).toISOString())
  expect(await post('C1')).toMatchObject({ ok: true })
})

test('a method has the pace of its tier, and what can wait never uses up what approvals need', async () => {
  const results = []
  for (let count = 0; count < 13; count++) results.push(await calls.call('reactions.add', { channel: 'C1', timestamp: '1795280000.000001', name: 'eyes' }))
  expect(results.map((result) => !result.ok && result.kind)).toEqual([...Array.from({ length: 12 }, () => 'refused'), 'wait'])
  for (let count = 0; count < 20; count++) {
    slack.addChannel({ id: `B${count}` })
    await post(`B${count}`, { lane: 'bulk' })
  }
  expect(await post('C1', { lane: 'bulk' })).toMatchObject({ kind: 'wait' })
  clock.advance(1)
  for (let count = 0; count < 20; count++) await post(`B${count}`, { lane: 'bulk' })
  expect(await post('C2', { lane: 'card' })).toMatchObject({ ok: true })
})

test('messages that are drawn again and can wait leave room for the cards, and a Retry-After holds both', async () => {
  const { ts = '' } = slack.messages('C1')[0] ?? {}
  const update = (lane: 'card' | 'bulk') => calls.call('chat.update', { channel: 'C1', ts, text: 'now' }, { channel: 'C1', lane })
  const bulk = []
  for (let count = 0; count < 5; count++) bulk.push((await update('bulk')).ok)
  expect(bulk).toEqual([true, true, true, false, false])
  expect(await update('card')).toMatchObject({ ok: true })
  slack.fault('chat.update', { kind: 'rate_limited', retryAfter: 9 })
  expect(await update('card')).toEqual({ ok: false, kind: 'wait', retryAfterMs: 9_000 })
  expect(await update('card')).toEqual({ ok: false, kind: 'wait', retryAfterMs: 9_000 })
  expect(await update('bulk')).toMatchObject({ ok: false, kind: 'wait' })
})

test('Retry-After holds the method it was said of (of a post its channel), and no other', async () => {
  slack.fault('chat.postMessage', { kind: 'rate_limited', retryAfter: 30 }, { channel: 'C1' })
  expect(await post('C1')).toEqual({ ok: false, kind: 'wait', retryAfterMs: 30_000 })
  expect(await post('C1', { by: open() })).toEqual({ ok: false, kind: 'wait', retryAfterMs: 30_000 })
  expect(await post('C2')).toMatchObject({ ok: true })
  expect(await say()).toMatchObject({ ok: true })
  slack.fault('assistant.threads.setStatus', { kind: 'rate_limited', retryAfter: 5 })
  expect(await say()).toEqual({ ok: false, kind: 'wait', retryAfterMs: 5_000 })
  expect(await say()).toEqual({ ok: false, kind: 'wait', retryAfterMs: 5_000 })
  expect(await calls.call('auth.test', {})).toMatchObject({ ok: true })
})

test('what may have been done is told from what was refused and from what never left', async () => {
  for (const [fault, result] of [
    [{ kind: 'status', status: 503 }, { ok: false, kind: 'unknown', code: 'http_503' }],
    [{ kind: 'drop', accepted: true }, { ok: false, kind: 'unknown' }],
    [{ kind: 'error', error: 'internal_error' }, { ok: false, kind: 'unknown', code: 'internal_error' }],
    [{ kind: 'error', error: 'rate_limited' }, { ok: false, kind: 'wait', retryAfterMs: 30_000 }],
    [{ kind: 'error', error: 'invalid_blocks' }, { ok: false, kind: 'refused', code: 'invalid_blocks' }],
  ] as const) {
    await store.db.deleteFrom('send_pace').execute()
    slack.fault('chat.postMessage', fault)
    expect(await post('C1')).toMatchObject(result)
  }
  slack.scopes.delete('reactions:write')
  expect(await calls.call('reactions.add', { channel: 'C1', timestamp: '1795280000.000001', name: 'eyes' })).toEqual({ ok: false, kind: 'refused', code: 'missing_scope', needed: 'reactions:write' })
  slack.scopes.add('reactions:write')
  const gone = await openFakeSlack()
  await gone.close()
  const nowhere = openSlackCalls({ token: slack.token, apiUrl: gone.url, store, clock, logger })
  expect(await nowhere.call('auth.test', {})).toMatchObject({ ok: false, kind: 'wait' })
})

test('a call is sent once, whatever comes of it', async () => {
  const before = slack.calls('chat.postMessage').length
  slack.fault('chat.postMessage', { kind: 'status', status: 500 })
  await post('C1')
  expect(slack.calls('chat.postMessage')).toHaveLength(before + 1)
})

test('with a token that was taken back nothing is sent, but once a minute it is asked whether that has changed', async () => {
  slack.tokenError = 'account_inactive'
  expect(await post('C1')).toMatchObject({ kind: 'refused', code: 'account_inactive' })
  expect(calls.stopped()).toBe('account_inactive')
  const before = slack.calls().length
  expect(await post('C2')).toMatchObject({ kind: 'refused', code: 'account_inactive' })
  expect(slack.calls()).toHaveLength(before)
  slack.tokenError = undefined
  clock.advance(1)
  expect(await post('C2')).toMatchObject({ ok: true })
  expect(calls.stopped()).toBeUndefined()
  calls.stop('app_uninstalled')
  expect(await post('C1')).toMatchObject({ kind: 'refused', code: 'app_uninstalled' })
  expect(await calls.resume()).toBe(true)
})

test('what somebody draws beyond the limits of Slack is in the log before Slack refuses it', async () => {
  const before = logged.length
  expect(await calls.call('views.publish', { user_id: 'U1', view: { type: 'home', blocks: [{ type: 'header', text: { type: 'plain_text', text: 'Dana '.repeat(40) } }] } })).toMatchObject({ kind: 'refused' })
  expect(logged.slice(before)[0]).toEqual({ method: 'views.publish', problems: ['blocks[0] header: text: 200 of at most 150'] })
})

test('neither the token nor what was said is in the log', () => {
  expect(logged.length).toBeGreaterThan(5)
  expect(JSON.stringify(logged)).not.toMatch(/xox|Dana|555/)
})
