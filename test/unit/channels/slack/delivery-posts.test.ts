import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Card, View } from '../../../../src/channels/cards/card.ts'
import { openSlackCalls } from '../../../../src/channels/slack/calls.ts'
import { openPoster, type Poster } from '../../../../src/channels/slack/poster.ts'
import { type WantedPost, wantPost } from '../../../../src/channels/slack/posts.ts'
import { silentLogger } from '../../../../src/logger.ts'
import { DeskError } from '../../../../src/salon/errors.ts'
import type { Store } from '../../../../src/store/open-store.ts'
import { type FakeSlack, openFakeSlack } from '../../../support/fake-slack.ts'
import { createTestStore } from '../../../support/test-store.ts'
import { testClock } from '../../../support/tiny-book.ts'

let store: Store
let slack: FakeSlack
let poster: Poster
/** What each subject says now; a test changes it. */
const says = new Map<string, string>()
let png: Uint8Array | undefined
const clock = testClock()
const seconds = (count: number) => clock.set(new Date(Date.parse(clock.now()) + count * 1_000).toISOString())

beforeAll(async () => {
  store = await createTestStore()
  slack = await openFakeSlack({ clock })
  slack.addUser({ id: 'U1', name: 'Maya' })
})
afterAll(async () => {
  await slack.close()
  await store.close()
})

let count = 0
/** A channel of its own for each test, and nothing left to do of the one before. */
let channel: string
beforeEach(async () => {
  for (const table of ['outbox', 'slack_posts', 'send_pace', 'slack_files'] as const) await store.db.deleteFrom(table).execute()
  slack.clearFaults()
  says.clear()
  png = undefined
  channel = `C${++count}`
  slack.addChannel({ id: channel })
  poster = open()
})

function open({ timeoutMs = 2_000 }: { timeoutMs?: number } = {}): Poster {
  const calls = openSlackCalls({ token: slack.token, apiUrl: slack.url, store, clock, logger: silentLogger, timeoutMs })
  return openPoster({ store, clock, calls, cards: { view }, logger: silentLogger, picture: async () => png })
}

async function view(subject: string): Promise<View> {
  const text = says.get(subject)
  if (text === undefined) throw new DeskError('not_found', { message: 'no such subject' })
  const card: Card = { subject, title: text, tone: 'waiting', parts: subject.startsWith('brief') ? [{ kind: 'day_picture', locationId: 'main', date: '2026-11-21', alt: 'Four visits' }] : [], buttons: text === 'decided' ? [] : [{ action: 'approve', token: `${subject}.mac`, label: 'Approve' }] }
  return { subject, summary: text, cards: [card] }
}

async function want(more: Partial<WantedPost> = {}): Promise<void> {
  const key = more.key ?? 'proposal:P-AAAAAA'
  const subject = more.subject ?? (more.view === undefined ? key : undefined)
  if (subject !== undefined && !says.has(subject)) says.set(subject, 'waiting')
  await store.transaction((trx) => wantPost(trx, { key, channel, lane: 'card', subject, now: clock.now(), ...more }))
}

const rowOf = (key: string) => store.db.selectFrom('slack_posts').selectAll().where('key', '=', key).executeTakeFirstOrThrow()
const titles = (id = channel) => slack.messages(id).map(({ text }) => text)
const hasButtons = (message: unknown) => JSON.stringify(message).includes('"button"')

test('a message is posted once, with its key in the metadata and no previews, whoever asks for it how often', async () => {
  await want()
  await want()
  await Promise.all([poster.deliver(), open().deliver()])
  const [message, ...more] = slack.messages(channel)
  expect(more).toEqual([])
  expect(message).toMatchObject({ text: 'waiting', unfurl: { links: false, media: false }, metadata: { event_type: 'desk_post', event_payload: { key: 'proposal:P-AAAAAA', subject: 'proposal:P-AAAAAA', proposal_id: 'P-AAAAAA' } } })
  expect(await rowOf('proposal:P-AAAAAA')).toMatchObject({ state: 'posted', ts: message?.ts, channel })
})

test('a message to a person is kept under the channel that Slack opened for it', async () => {
  await want({ channel: 'U1' })
  await poster.deliver()
  expect(await rowOf('proposal:P-AAAAAA')).toMatchObject({ channel: 'D1', state: 'posted' })
})

describe('F11: the card after the decision', () => {
  test('F11: however Slack fails, the message is drawn again later, and nothing else is done again', async () => {
    await want()
    await poster.deliver()
    const posts = slack.calls('chat.postMessage').length
    slack.fault('chat.update', { kind: 'rate_limited', retryAfter: 7 })
    slack.fault('chat.update', { kind: 'status', status: 500 })
    slack.fault('chat.update', { kind: 'drop', accepted: false })
    slack.fault('chat.update', { kind: 'status', status: 500, accepted: true })
    says.set('proposal:P-AAAAAA', 'decided')
    await poster.refresh(['proposal:P-AAAAAA'])
    for (let minute = 0; minute < 6; minute++) {
      await poster.deliver()
      clock.advance(1)
    }
    expect(slack.messages(channel)).toMatchObject([{ text: 'decided', edited: true }])
    expect(hasButtons(slack.messages(channel))).toBe(false)
    expect(slack.calls('chat.postMessage')).toHaveLength(posts)
    expect(slack.calls('chat.update').filter(({ answer }) => answer === undefined || answer['ok'] === true)).toHaveLength(5)
  })

  test('F11: a message without an answer in time is drawn again too', async () => {
    poster = open({ timeoutMs: 60 })
    await want()
    await poster.deliver()
    says.set('proposal:P-AAAAAA', 'decided')
    let answer = () => {}
    slack.fault('chat.update', { kind: 'hold', until: new Promise<void>((resolve) => { answer = resolve }), accepted: true })
    await poster.refresh(['proposal:P-AAAAAA'])
    await poster.deliver()
    answer()
    expect((await store.db.selectFrom('outbox').select(['state', 'error_code']).where('kind', '=', 'slack.update').execute())).toEqual([{ state: 'PENDING', error_code: 'timeout' }])
    clock.advance(1)
    await poster.deliver()
    expect(await rowOf('proposal:P-AAAAAA')).toMatchObject({ state: 'posted' })
    expect(titles()).toEqual(['decided'])
  })

  test('a change back and forth ends as things are; a message that is gone is given up', async () => {
    await want()
    await poster.deliver()
    for (const text of ['decided', 'waiting', 'decided', 'waiting', 'decided']) {
      says.set('proposal:P-AAAAAA', text)
      await poster.refresh(['proposal:P-AAAAAA'])
      await poster.deliver()
      expect(titles()).toEqual([text])
    }
    await poster.refresh(['proposal:P-AAAAAA'])
    expect(await store.db.selectFrom('outbox').selectAll().where('state', '=', 'PENDING').execute()).toEqual([])
    slack.messages(channel).length = 0
    says.set('proposal:P-AAAAAA', 'waiting')
    await poster.refresh(['proposal:P-AAAAAA'])
    await poster.deliver()
    expect(await store.db.selectFrom('outbox').select(['state', 'error_code']).orderBy('id', 'desc').executeTakeFirst()).toEqual({ state: 'FAILED', error_code: 'message_not_found' })
  })

  test('what changes between drawing and posting is in the message all the same', async () => {
    await want()
    let letGo = () => {}
    slack.fault('chat.postMessage', { kind: 'hold', until: new Promise<void>((resolve) => { letGo = resolve }) })
    const delivering = poster.deliver()
    while (slack.calls('chat.postMessage').at(-1)?.args['channel'] !== channel) await new Promise(setImmediate)
    says.set('proposal:P-AAAAAA', 'decided')
    await poster.refresh(['proposal:P-AAAAAA'])
    letGo()
    await delivering
    await poster.deliver()
    expect(titles()).toEqual(['decided'])
  })
})

describe('F12: a post without an answer', () => {
  test.each([
    ['the connection is lost after Slack took it', { kind: 'drop', accepted: true }],
    ['Slack says 500 after it took it', { kind: 'status', status: 500, accepted: true }],
    ['the connection is lost before', { kind: 'drop', accepted: false }],
    ['Slack says 500 before', { kind: 'status', status: 500 }],
    ['Slack says that something broke', { kind: 'error', error: 'fatal_error' }],
  ] as const)('F12: %s: one card in the end, and it is kept up to date', async (_name, fault) => {
    slack.fault('chat.postMessage', fault)
    await want()
    await poster.deliver()
    expect(await rowOf('proposal:P-AAAAAA')).toMatchObject({ state: 'wanted', ts: null })
    says.set('proposal:P-AAAAAA', 'decided')
    clock.advance(1)
    await poster.deliver()
    await poster.deliver()
    expect(titles()).toEqual(['decided'])
    expect(await rowOf('proposal:P-AAAAAA')).toMatchObject({ state: 'posted', ts: slack.messages(channel)[0]?.ts })
  })

  test('F12: in a thread, and behind many messages of others, it is found as well', async () => {
    const threadTs = slack.say({ channel, user: 'U1', text: 'move Dana' })
    for (const place of [undefined, threadTs]) {
      slack.fault('chat.postMessage', { kind: 'drop', accepted: true })
      const key = `post:${place ?? 'channel'}`
      await want({ key, threadTs: place })
      await poster.deliver()
      for (let said = 0; said < 25; said++) slack.say({ channel, user: 'U1', text: 'and?', ...(place === undefined ? {} : { threadTs: place }) })
      clock.advance(1)
      await poster.deliver()
      expect(await rowOf(key)).toMatchObject({ state: 'posted' })
      expect(slack.messages(channel).filter(({ metadata }) => metadata?.event_payload['key'] === key)).toHaveLength(1)
    }
  })

  test('F12: a worker that dies after Slack took it, or comes back late, leaves one card', async () => {
    let letGo = () => {}
    slack.fault('chat.postMessage', { kind: 'hold', until: new Promise<void>((resolve) => { letGo = resolve }), accepted: true })
    await want()
    const dying = poster.deliver()
    while (slack.messages(channel).length === 0) await new Promise(setImmediate)
    await store.db.updateTable('outbox').set({ leased_until: '2000-01-01T00:00:00.000Z' }).execute()
    await open().deliver()
    expect(await rowOf('proposal:P-AAAAAA')).toMatchObject({ state: 'posted', ts: slack.messages(channel)[0]?.ts })
    letGo()
    await dying
    await poster.deliver()
    expect(slack.messages(channel)).toHaveLength(1)
  })

  test('F12: it is found whatever our own clock says: a desk may stand in another year for a demonstration', async () => {
    const elsewhen = testClock('2031-05-01T09:00:00Z')
    const calls = openSlackCalls({ token: slack.token, apiUrl: slack.url, store, clock: elsewhen, logger: silentLogger })
    const later = openPoster({ store, clock: elsewhen, calls, cards: { view }, logger: silentLogger })
    slack.fault('chat.postMessage', { kind: 'drop', accepted: true })
    await want({ now: elsewhen.now() })
    await later.deliver()
    elsewhen.advance(1)
    await later.deliver()
    expect(slack.messages(channel)).toHaveLength(1)
    expect(await rowOf('proposal:P-AAAAAA')).toMatchObject({ state: 'posted' })
  })

  test('F12: where it cannot look, it is never sent again and says that it is lost', async () => {
    slack.scopes.delete('channels:history')
    slack.fault('chat.postMessage', { kind: 'drop', accepted: true })
    await want()
    for (let minute = 0; minute < 10; minute++) {
      await poster.deliver()
      clock.advance(2)
    }
    slack.scopes.add('channels:history')
    expect(slack.messages(channel)).toHaveLength(1)
    expect(await rowOf('proposal:P-AAAAAA')).toMatchObject({ state: 'lost', ts: null })
    // A press on it shows that it is there after all.
    const { ts = '', metadata } = slack.messages(channel)[0] ?? {}
    expect(await poster.recognise({ channel, ts, metadata })).toMatchObject({ kind: 'adopted', subject: 'proposal:P-AAAAAA' })
    expect(await rowOf('proposal:P-AAAAAA')).toMatchObject({ state: 'posted', ts })
  })

  test('F12: if there are two all the same, the one that is not known loses its buttons when it is pressed', async () => {
    await want()
    await poster.deliver()
    const [first] = slack.messages(channel)
    slack.messages(channel).push({ ...first, ts: slack.nextTs() } as NonNullable<typeof first>)
    const second = slack.messages(channel)[1]
    expect(await poster.recognise({ channel, ts: first?.ts ?? '', metadata: first?.metadata })).toMatchObject({ kind: 'known' })
    expect(await poster.recognise({ channel, ts: second?.ts ?? '', metadata: second?.metadata })).toMatchObject({ kind: 'duplicate', subject: 'proposal:P-AAAAAA' })
    await poster.deliver()
    expect(slack.messages(channel).map(hasButtons)).toEqual([true, false])
    expect(await poster.recognise({ channel, ts: '1.000001' })).toEqual({ kind: 'foreign' })
  })
})

describe('F13: a burst', () => {
  test('F13: 50 cards and a 429: none is lost, urgent ones first, one a second in a channel, and others are not held up', { timeout: 60_000 }, async () => {
    slack.addChannel({ id: 'COTHER' })
    for (let index = 0; index < 50; index++) await want({ key: `bulk:${index}`, lane: 'bulk' })
    slack.fault('chat.postMessage', { kind: 'rate_limited', retryAfter: 30 }, { channel })
    const started = Date.parse(clock.now())
    await poster.deliver()
    expect(slack.messages(channel)).toEqual([])

    // Another channel, and an approval there, go on at once.
    await want({ key: 'elsewhere', channel: 'COTHER' })
    await poster.deliver()
    expect(slack.messages('COTHER')).toHaveLength(1)
    // An approval in the held channel waits for Slack, and comes before what was there first.
    await want({ key: 'urgent' })
    for (let second = 0; second < 200 && slack.messages(channel).length < 51; second++) {
      seconds(Date.parse(clock.now()) < started + 25_000 ? 5 : 1)
      await poster.deliver()
    }

    const keys = slack.messages(channel).map(({ metadata }) => metadata?.event_payload['key'])
    expect(keys[0]).toBe('urgent')
    expect(keys).toHaveLength(51)
    expect(new Set(keys)).toEqual(new Set(['urgent', ...Array.from({ length: 50 }, (_none, index) => `bulk:${index}`)]))
    const times = slack.messages(channel).map(({ ts }) => Math.floor(Number(ts)))
    expect(times.every((at, index) => index === 0 || at - (times[index - 1] ?? 0) >= 1)).toBe(true)
    expect((times[0] ?? 0) * 1_000 - started).toBeGreaterThanOrEqual(30_000)
    // Nobody asked Slack while it had said to wait.
    expect(slack.calls('chat.postMessage').filter(({ args, at }) => args['channel'] === channel && at < started + 30_000)).toHaveLength(1)
  })

  test('F13: a message that hangs in one lane does not hold up the approvals', async () => {
    slack.addChannel({ id: 'CHANG' })
    await want({ key: 'slow', lane: 'bulk', channel: 'CHANG' })
    let letGo = () => {}
    slack.fault('chat.postMessage', { kind: 'hold', until: new Promise<void>((resolve) => { letGo = resolve }) }, { channel: 'CHANG' })
    const hanging = poster.deliver()
    while (slack.calls('chat.postMessage').at(-1)?.args['channel'] !== 'CHANG') await new Promise(setImmediate)
    await want()
    await poster.deliver()
    expect(titles()).toEqual(['waiting'])
    letGo()
    await hanging
    expect(slack.messages('CHANG')).toHaveLength(1)
  })
})

test('the picture of the day is uploaded once and shown; without one the message says what is in it and is drawn again later', async () => {
  png = Buffer.from('png one')
  await want({ key: 'brief:main:2026-11-21', lane: 'bulk' })
  slack.fault('upload', { kind: 'status', status: 500 })
  await poster.deliver()
  expect(JSON.stringify(slack.messages(channel))).toContain('Four visits')
  expect(JSON.stringify(slack.messages(channel))).not.toContain('slack_file')
  clock.advance(2)
  await poster.deliver()
  expect(JSON.stringify(slack.messages(channel))).toContain('slack_file')
  says.set('brief:main:2026-11-21', 'decided')
  await poster.refresh(['brief:main:2026-11-21'])
  await poster.deliver()
  expect(slack.messages(channel)).toMatchObject([{ text: 'decided' }])
  expect(slack.calls('files.completeUploadExternal')).toHaveLength(1)
  // Slack may refuse a picture that it is still looking at: the message goes out all the same.
  png = Buffer.from('png two')
  clock.advance(1)
  slack.fault('chat.update', { kind: 'error', error: 'invalid_blocks' })
  await poster.refresh(['brief:main:2026-11-21'])
  await poster.deliver()
  expect(JSON.stringify(slack.messages(channel))).not.toContain('slack_file')
  clock.advance(1)
  await poster.deliver()
  expect(JSON.stringify(slack.messages(channel))).toContain('slack_file')
})

test('a token that was taken back stops the sending and loses nothing; installed again, it goes on', async () => {
  slack.tokenError = 'token_revoked'
  await want()
  await poster.deliver()
  expect(await store.db.selectFrom('outbox').select(['state', 'error_code']).execute()).toEqual([{ state: 'PENDING', error_code: 'token_revoked' }])
  slack.tokenError = undefined
  clock.advance(10)
  await poster.deliver()
  expect(titles()).toEqual(['waiting'])
})

test('F12: a token that was taken back right after a lost answer: once it is good again, the card is found', async () => {
  slack.fault('chat.postMessage', { kind: 'drop', accepted: true })
  await want()
  await poster.deliver()
  slack.tokenError = 'account_inactive'
  for (let hour = 0; hour < 12; hour++) {
    clock.advance(60)
    await poster.deliver()
  }
  slack.tokenError = undefined
  clock.advance(60)
  await poster.deliver()
  expect(await rowOf('proposal:P-AAAAAA')).toMatchObject({ state: 'posted' })
  expect(slack.messages(channel)).toHaveLength(1)
})

test('a refusal that stays is not tried again, and says so', async () => {
  await want({ channel: 'CNOWHERE' })
  await poster.deliver()
  expect(await rowOf('proposal:P-AAAAAA')).toMatchObject({ state: 'lost' })
  expect(await store.db.selectFrom('outbox').select(['state', 'error_code']).execute()).toEqual([{ state: 'FAILED', error_code: 'channel_not_found' }])
})

test('after a press the pressed message is drawn at once; a view that stays is left as it is', async () => {
  await want()
  await want({ key: 'fixed', view: { subject: 'answer', summary: 'as it was', cards: [] } })
  await poster.deliver()
  seconds(2)
  await poster.deliver()
  says.set('proposal:P-AAAAAA', 'decided')
  await poster.settleClick({ channel, ts: slack.messages(channel)[0]?.ts ?? '' })
  expect(titles()).toEqual(['decided', 'as it was'])
})

test('a message that is streaming is left alone until it has ended', async () => {
  await want()
  await poster.deliver()
  const [message] = slack.messages(channel)
  if (message !== undefined) message.streaming = true
  says.set('proposal:P-AAAAAA', 'decided')
  await poster.refresh(['proposal:P-AAAAAA'])
  await poster.deliver()
  expect(titles()).toEqual(['waiting'])
  if (message !== undefined) message.streaming = false
  clock.advance(1)
  await poster.deliver()
  expect(titles()).toEqual(['decided'])
})
