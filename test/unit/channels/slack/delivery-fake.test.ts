import { type Logger, WebClient } from '@slack/web-api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FakeSlack, openFakeSlack } from '../../../support/fake-slack.ts'
import { testClock } from '../../../support/tiny-book.ts'

let slack: FakeSlack
let client: WebClient
const clock = testClock()
const none = () => {}
const quiet = { debug: none, info: none, warn: none, error: none, setLevel: none, getLevel: () => 'error', setName: none } as unknown as Logger

beforeAll(async () => {
  slack = await openFakeSlack({ clock })
  slack.addUser({ id: 'U1', name: 'Maya' })
  slack.addChannel({ id: 'C1' })
  slack.addChannel({ id: 'C2', member: false })
  client = new WebClient(slack.token, { slackApiUrl: slack.url, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true, logger: quiet })
})
afterAll(() => slack.close())

const post = (args: Record<string, unknown>) => client.apiCall('chat.postMessage', args)
const refused = (error: string) => ({ data: { ok: false, error } })

test('the fake keeps what is posted, finds it by metadata, and answers errors as Slack does', async () => {
  const metadata = { event_type: 'desk_post', event_payload: { key: 'k' } }
  const { ts } = await post({ channel: 'C1', text: 'hello', metadata }) as { ts?: string }
  const { messages } = await client.conversations.history({ channel: 'C1', include_all_metadata: true, limit: 15 })
  expect(messages?.[0]).toMatchObject({ ts, text: 'hello', metadata })
  await expect(post({ channel: 'C2', text: 'x' })).rejects.toMatchObject(refused('not_in_channel'))
  await expect(post({ channel: 'C9', text: 'x' })).rejects.toMatchObject(refused('channel_not_found'))
  await expect(post({ channel: 'C1', text: 'x', blocks: [{ type: 'header', text: { type: 'plain_text', text: 'x'.repeat(151) } }] })).rejects.toMatchObject(refused('invalid_blocks'))
  await expect(client.chat.update({ channel: 'C1', ts: String(ts), text: 'x'.repeat(4_001) })).rejects.toMatchObject(refused('msg_too_long'))
  await expect(new WebClient('xoxb-wrong', { slackApiUrl: slack.url, retryConfig: { retries: 0 }, logger: quiet }).auth.test()).rejects.toMatchObject(refused('invalid_auth'))
})

test('a streaming message takes more and no update; once stopped it is the other way round', async () => {
  const { ts: thread } = await post({ channel: 'U1', text: 'question' }) as { ts?: string }
  const { ts } = await client.chat.startStream({ channel: 'D1', thread_ts: String(thread), markdown_text: 'One ' })
  const at = { channel: 'D1', ts: String(ts) }
  await expect(client.chat.update({ ...at, text: 'x' })).rejects.toMatchObject(refused('streaming_state_conflict'))
  await client.chat.appendStream({ ...at, markdown_text: 'two' })
  await client.chat.stopStream(at)
  await expect(client.chat.appendStream({ ...at, markdown_text: 'x' })).rejects.toMatchObject(refused('message_not_in_streaming_state'))
  expect(slack.messages('D1').at(-1)).toMatchObject({ text: 'One two', streaming: false })
})

test('a dialog opens once with a trigger, within three seconds; the home tab is guarded by its hash', async () => {
  const modal = { type: 'modal' as const, title: { type: 'plain_text' as const, text: 'Edit' }, blocks: [] }
  const trigger = slack.newTrigger('U1')
  await client.views.open({ trigger_id: trigger, view: modal })
  await expect(client.views.open({ trigger_id: trigger, view: modal })).rejects.toMatchObject(refused('exchanged_trigger_id'))
  const late = slack.newTrigger('U1')
  clock.advance(1)
  await expect(client.views.open({ trigger_id: late, view: modal })).rejects.toMatchObject(refused('expired_trigger_id'))
  const home = { type: 'home' as const, blocks: [] }
  const { view } = await client.views.publish({ user_id: 'U1', view: home })
  await client.views.publish({ user_id: 'U1', view: home, hash: String(view?.hash) })
  await expect(client.views.publish({ user_id: 'U1', view: home, hash: String(view?.hash) })).rejects.toMatchObject(refused('hash_conflict'))
})

test('what goes wrong is chosen: too many calls, an answer that is lost after the message is there', async () => {
  slack.fault('chat.postMessage', { kind: 'rate_limited', retryAfter: 30 })
  await expect(post({ channel: 'C1', text: 'one' })).rejects.toMatchObject({ retryAfter: 30 })
  slack.fault('chat.postMessage', { kind: 'drop', accepted: true })
  await expect(post({ channel: 'C1', text: 'two' })).rejects.toMatchObject({ code: 'slack_webapi_request_error' })
  expect(slack.messages('C1').map(({ text }) => text).slice(-1)).toEqual(['two'])
})
