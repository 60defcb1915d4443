import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openChanges, type Changes } from '../../../../src/changes.ts'
import { openCardIsUp } from '../../../../src/channels/slack/card-is-up.ts'
import { wantCall } from '../../../../src/channels/slack/want-call.ts'
import type { Phone, TurnAnswer } from '../../../../src/phone/phone.ts'
import { buttonIn, deskChannel, maya, openSlackDesk, type SlackDesk } from '../../../support/slack-desk.ts'
import { command } from '../../../support/slack-events.ts'

let desk: SlackDesk
let phone: Phone
let changes: Changes
/** How long each caller waited for a card, by a clock of our own that goes on while somebody waits. */
let waited: number[] = []

beforeAll(async () => {
  desk = await openSlackDesk()
  phone = await desk.phone()
  changes = openChanges({ store: desk.store })
  Object.assign(desk.callHooks, wiring(deskChannel))
})
afterAll(async () => {
  await desk.slack.stop()
  await changes.close()
  await desk.close()
})
afterEach(() => {
  desk.fake.clearFaults()
  waited = []
  desk.clock.advance(1)
})

/** As `app.ts` wires it; `work` is what goes on meanwhile, and `step` how far the clock of whoever waits goes on in a millisecond. */
function wiring(channel: string | undefined, work: () => Promise<unknown> = () => desk.slack.deliver(), step = 1): typeof desk.callHooks {
  return {
    onWantsPerson: (trx, call) => wantCall(trx, { ...call, channel, now: desk.clock.now() }),
    cardIsUp: async (callId) => {
      let passed = 0
      await openCardIsUp({ store: desk.store, elapsed: () => passed, wait: async (ms) => {
        passed += ms * step
        await work()
      } })(callId)
      waited.push(passed)
    },
  }
}

let calls = 0
async function call(words = 'a person please'): Promise<{ callId: string; answer: TurnAnswer; up: string[] }> {
  const callId = `CA${++calls}`
  await phone.begin({ callId, via: 'relay', from: '+12135550106' })
  const answer = await phone.turn({ callId, turnId: 't1', heard: { kind: 'words', words } })
  // What is in Slack at the very moment the phone may ring.
  return { callId, answer, up: posts(callId) }
}

const posts = (callId: string): string[] => desk.fake.messages(deskChannel).filter(({ metadata }) => JSON.stringify(metadata ?? '').includes(`phone:${callId}`)).map(({ text }) => text)
const rowOf = (callId: string) => desk.store.db.selectFrom('slack_posts').select(['state', 'lane', 'channel']).where('key', '=', `phone:${callId}`).executeTakeFirst()

test('a call that is handed over has its story in Slack before the phone rings, once, and drawn again when somebody has seen to it', async () => {
  const { callId, answer, up } = await call()
  expect(answer.next).toMatchObject({ kind: 'hand_over', why: 'asked' })
  expect(up).toEqual([expect.stringMatching(/^Call from perhaps Hana Suzuki \(not proven\)\. Why: they asked for a person\./)])
  expect(await rowOf(callId)).toEqual({ state: 'posted', lane: 'card', channel: deskChannel })
  await desk.store.transaction((trx) => wantCall(trx, { callId, locationId: 'main', channel: deskChannel, now: desk.clock.now() }))
  await desk.settle()
  expect(posts(callId)).toHaveLength(1)

  await phone.ended({ callId, why: 'caller' })
  await desk.send(desk.clickOn({ channel: deskChannel, action: 'phone:seen', user: maya, subject: `phone:${callId}` }))
  await desk.settle()
  expect(desk.whispered(maya).join()).toContain('Noted: this call is seen to.')
  const message = desk.fake.messages(deskChannel).at(-1)
  expect([desk.said(deskChannel).at(-1), buttonIn(message?.blocks, 'phone:seen')]).toEqual([expect.stringMatching(/Seen to by Maya at /), undefined])
})

test('a Slack that does not answer holds a caller up for a second and a half and no longer; the card comes when it does', async () => {
  let answers = (): void => {}
  let pending: Promise<unknown> = Promise.resolve()
  Object.assign(desk.callHooks, wiring(deskChannel, async () => { pending = Promise.all([pending, desk.slack.deliver()]) }))
  desk.fake.fault('chat.postMessage', { kind: 'hold', until: new Promise((resolve) => { answers = resolve }) })
  const { callId, answer, up } = await call()
  expect([answer.next.kind, up, waited]).toEqual(['hand_over', [], [1_500]])
  answers()
  await pending
  expect([await rowOf(callId), posts(callId)]).toMatchObject([{ state: 'posted' }, [expect.any(String)]])
  Object.assign(desk.callHooks, wiring(deskChannel))
})

test('a Slack that is down holds a caller up no longer than that; the card comes when it is back', async () => {
  desk.fake.fault('chat.postMessage', { kind: 'status', status: 500, accepted: false })
  const { callId, answer, up } = await call()
  expect([answer.next.kind, up, waited]).toEqual(['hand_over', [], [1_500]])
  desk.clock.advance(1)
  await desk.settle()
  expect([await rowOf(callId), posts(callId)]).toMatchObject([{ state: 'posted' }, [expect.any(String)]])
})

test('F12: a post whose answer was lost is found again and not posted twice, and the caller waits no longer for it', async () => {
  desk.fake.fault('chat.postMessage', { kind: 'drop', accepted: true })
  const { callId, answer } = await call()
  expect([answer.next.kind, waited]).toEqual(['hand_over', [1_500]])
  desk.clock.advance(1)
  await desk.settle()
  expect([await rowOf(callId), posts(callId)]).toMatchObject([{ state: 'posted' }, [expect.any(String)]])
})

test('without a channel nobody waits for a card; the call is at home all the same', async () => {
  Object.assign(desk.callHooks, wiring(undefined))
  const { callId, answer } = await call()
  expect([answer.next.kind, waited, await rowOf(callId)]).toEqual(['hand_over', [0], undefined])
  expect((await phone.waiting()).map((line) => line.callId)).toContain(callId)
  Object.assign(desk.callHooks, wiring(deskChannel))
})

test('what is urgent goes before everything else, a message that is left after it', async () => {
  const urgent = await call('My scalp is burning and I cannot breathe')
  expect(await rowOf(urgent.callId)).toMatchObject({ lane: 'card' })
  const left = await call('Can I leave a message')
  await phone.turn({ callId: left.callId, turnId: 't2', heard: { kind: 'words', words: 'Please tell Ana I have her keys' } })
  expect(await rowOf(left.callId)).toMatchObject({ lane: 'talk' })
})

test('/desk phone shows the calls to whoever asks', async () => {
  desk.fake.ephemerals.length = 0
  await desk.send(command({ user: maya, text: 'phone', channel: deskChannel, triggerId: desk.fake.newTrigger(maya), responseUrl: desk.fake.newResponseUrl({ channel: deskChannel, userId: maya }) }))
  await desk.settle()
  expect(desk.whispered(maya).join()).toMatch(/The phone today[\s\S]*calls wait for you[\s\S]*Latest calls/)
})

test('the running desk posts it by itself, as soon as the call is in the log', async () => {
  // Nobody calls deliver here: what the log announces is heard, and posted. The machine may be busy, so the clock of whoever waits stands still.
  Object.assign(desk.callHooks, wiring(deskChannel, () => new Promise((resolve) => { setTimeout(resolve, 20) }), 0))
  const off = changes.onChange((subjects) => { void desk.slack.changed(subjects) })
  await desk.slack.start()
  const { up } = await call()
  off()
  await desk.slack.stop()
  Object.assign(desk.callHooks, wiring(deskChannel))
  expect(up).toHaveLength(1)
})
