import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Turn } from '../../../../src/agent/agent.ts'
import { readText } from '../../../../src/channels/slack/read-text.ts'
import { DeskError } from '../../../../src/salon/errors.ts'
import { proposeMove, slotAt } from '../../../support/approvals-desk.ts'
import { deskChannel, maya, olga, openSlackDesk, type SlackDesk } from '../../../support/slack-desk.ts'
import { directMessage, mention, slackEvent } from '../../../support/slack-events.ts'

let desk: SlackDesk
const dm = 'D0MAYA001'
const moveDana = { id: 'b-cut', date: '2026-11-27', time: '15:00' }

beforeAll(async () => { desk = await openSlackDesk({ streams: true }) })
beforeEach(async () => {
  await desk.store.db.deleteFrom('inbox').execute()
  await desk.store.db.deleteFrom('slack_posts').execute()
  desk.turns.length = 0
  desk.fake.ephemerals.length = 0
  desk.fake.statuses.length = 0
  for (const { messages } of desk.fake.channels.values()) messages.length = 0
  desk.agent.answer = async ({ text }) => ({ prose: `You said: ${text}` })
  desk.clock.advance(10)
})
afterAll(() => desk.close())

const write = (text: string, { user = maya, threadTs, id }: { user?: string; threadTs?: string; id?: string } = {}) =>
  directMessage({ user, text, ts: desk.fake.say({ channel: `D${user.slice(1)}`, user, text, ...(threadTs === undefined ? {} : { threadTs }) }), ...(threadTs === undefined ? {} : { threadTs }), ...(id === undefined ? {} : { id }) })

/** What the desk itself wrote, with where. */
const replies = (channel: string) => desk.fake.messages(channel).flatMap((message, index) => (message.user === desk.fake.botUserId ? [{ thread: message.thread_ts, words: desk.said(channel)[index] }] : []))

describe('F01: one turn and one reply, however often and wherever it is delivered', () => {
  test('F01: four deliveries on two instances, and both work at once', async () => {
    const second = await desk.second()
    const body = write('who should I call?', { id: 'Ev100' })
    const answers = await Promise.all([desk.send(body), second.send(body, { retry: 1 }), desk.send(body, { retry: 2 }), second.send(body, { retry: 3 })])
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    await Promise.all([desk.settle(), desk.settle(second)])
    expect(desk.turns).toHaveLength(1)
    expect(replies(dm)).toHaveLength(1)
    expect(replies(dm)[0]?.words).toContain('You said: who should I call?')
    // And a retry long after is nothing new.
    await desk.send(body, { retry: 3 })
    await desk.settle()
    expect(replies(dm)).toHaveLength(1)
  })
})

test('F02: with the agent hung, Slack is acknowledged at once, others are answered, and the answer comes when it comes', async () => {
  let release!: () => void
  const hung = new Promise<void>((resolve) => { release = resolve })
  desk.agent.answer = async ({ text }) => {
    if (text === 'slow') await hung
    return { prose: `You said: ${text}` }
  }
  expect((await desk.send(write('slow'))).status).toBe(200)
  const working = desk.slack.work()
  while (desk.turns.length === 0) await new Promise((resolve) => { setImmediate(resolve) })
  const began = performance.now()
  expect((await desk.send(write('fast', { user: olga }))).status).toBe(200)
  expect(performance.now() - began).toBeLessThan(500)
  void desk.slack.work()
  while (desk.turns.length < 2) await new Promise((resolve) => { setImmediate(resolve) })
  release()
  await working
  await desk.settle()
  expect(replies('D0OLGA001')[0]?.words).toContain('You said: fast')
  expect(replies(dm)[0]?.words).toContain('You said: slow')
})

describe('F03: killed after the 200', () => {
  test('F03: before the work: another instance answers, once', async () => {
    const dead = await desk.second()
    expect((await dead.send(write('anybody there?'))).status).toBe(200)
    const next = await desk.second()
    await desk.settle(next)
    await desk.settle()
    expect(desk.turns).toHaveLength(1)
    expect(replies(dm)).toHaveLength(1)
  })

  test('F03: in the middle of it: the lease runs out, another instance answers, and what wakes up late says nothing', async () => {
    const dead = await desk.second()
    let wake!: () => void
    const asleep = new Promise<void>((resolve) => { wake = resolve })
    desk.agent.answer = async () => {
      if (desk.turns.length === 1) await asleep
      return { prose: 'Here.' }
    }
    await dead.send(write('anybody there?'))
    const late = dead.slack.work()
    while (desk.turns.length === 0) await new Promise((resolve) => { setImmediate(resolve) })
    await desk.store.db.updateTable('inbox').set({ leased_until: '2000-01-01T00:00:00.000Z' }).execute()
    await desk.settle()
    expect(replies(dm)).toHaveLength(1)
    wake()
    await late
    await desk.settle(dead)
    expect(replies(dm)).toHaveLength(1)
    // The same request both times, so that the agent answers it once.
    expect(new Set(desk.turns.map(({ requestId }) => requestId)).size).toBe(1)
  })
})

describe('where an answer goes', () => {
  test('a message: below it, and everything a person writes to the desk is one conversation', async () => {
    await desk.send(write('cancel dana'))
    await desk.settle()
    const [first] = desk.fake.messages(dm)
    await desk.send(write('the second one'))
    await desk.settle()
    await desk.send(write('and again', { threadTs: String(first?.ts) }))
    await desk.settle()
    expect(replies(dm).map(({ thread }) => thread)).toEqual([first?.ts, desk.fake.messages(dm)[2]?.ts, first?.ts])
    expect(new Set(desk.turns.map(({ conversationId }) => conversationId))).toEqual(new Set([`slack:${desk.fake.teamId}:${maya}`]))
  })

  test('a mention: in its thread, a conversation of its own, at the location whose channel it is', async () => {
    await desk.store.db.insertInto('settings').values({ scope: 'main', name: 'slack.channel', value: JSON.stringify(deskChannel), changed_at: desk.clock.now(), changed_by: 'test' }).onConflict((conflict) => conflict.doNothing()).execute()
    const ts = desk.fake.say({ channel: deskChannel, user: maya, text: 'x' })
    await desk.send(mention({ user: maya, text: 'what&apos;s free &amp; when?', ts, channel: deskChannel }))
    await desk.settle()
    expect(desk.turns[0]).toMatchObject({ conversationId: `slack:${desk.fake.teamId}:${deskChannel}:${ts}`, locationId: 'main', person: { id: `slack:${maya}`, role: 'front_desk' } })
    expect(replies(deskChannel)[0]?.thread).toBe(ts)
  })

  test('a status says what is looked up, below the message', async () => {
    desk.agent.answer = async ({ onEvent }) => {
      onEvent?.({ kind: 'status', text: 'reading the policies …' })
      return { prose: 'Fifteen minutes.' }
    }
    await desk.send(write('late policy?'))
    await desk.settle()
    expect(desk.fake.statuses.map(({ status }) => status)).toEqual(['is reading …', 'is reading the policies …'])
  })
})

test('what a turn proposes comes as a card of its own in the thread, and the answer asks whether it helped', async () => {
  const proposal = await proposeMove(desk, moveDana)
  desk.agent.answer = async () => ({ prose: 'Prepared, and waiting for approval.', proposals: [proposal] })
  await desk.send(write('move dana whitfield to friday at 3'))
  await desk.settle()
  const [answer, card, ...more] = replies(dm)
  expect(more).toEqual([])
  expect(answer?.words).toContain('Prepared, and waiting')
  expect(answer?.words).toContain('Helpful')
  expect(card?.words).toContain('Move Dana Kim')
  expect(card?.thread).toBe(answer?.thread)
})

describe('words of a language model', () => {
  const stream = (words: string[], more: Partial<Turn> = {}): SlackDesk['agent']['answer'] => async ({ onEvent }) => {
    for (const text of words) onEvent?.({ kind: 'token', text })
    return { brain: 'fake-1', prose: `Assistant: ${words.join('')}`, ...more }
  }

  test('stream into the one message that becomes the answer', async () => {
    desk.agent.answer = stream(['We ', 'close ', 'at six.'])
    await desk.send(write('when do we close?'))
    await desk.settle()
    expect(desk.fake.calls('chat.startStream').length).toBeGreaterThan(0)
    const own = desk.fake.messages(dm).filter(({ user }) => user === desk.fake.botUserId)
    expect(own).toHaveLength(1)
    expect(own[0]).toMatchObject({ streaming: false })
    expect(replies(dm)[0]?.words).toContain('We close at six.')
    expect(replies(dm)[0]?.words).toContain('Helpful')
  })

  test('never carry a live link, a mention or markup', async () => {
    desk.agent.answer = stream(['Look at https://evil.example/?q=dana ', 'and <!channel> ', '*now* '])
    await desk.send(write('x'))
    const streamed: string[] = []
    await desk.settle()
    for (const { args } of [...desk.fake.calls('chat.startStream').slice(-1), ...desk.fake.calls('chat.appendStream')]) streamed.push(String(args['markdown_text']))
    expect(streamed.join('')).not.toMatch(/https:\/\/|<!channel>|(?<!\\)\*/)
  })

  test('come as one message where Slack does not stream', async () => {
    desk.fake.fault('chat.startStream', { kind: 'error', error: 'unknown_method' })
    desk.agent.answer = stream(['We ', 'close at six.'])
    await desk.send(write('when do we close?'))
    await desk.settle()
    expect(replies(dm)).toHaveLength(1)
    expect(replies(dm)[0]?.words).toContain('We close at six.')
  })

  test('end when somebody stops them: the turn is cancelled, and what it had proposed is shown', async () => {
    desk.agent.answer = async ({ onEvent, signal, conversationId }) => {
      const args = { appointmentId: 'c-friday', slotId: await slotAt({ platform: desk.platform, date: '2026-11-24', time: '15:00', rescheduling: 'c-friday' }) }
      await desk.approvals.propose({ kind: 'reschedule', args, reason: 'asked in the chat', requestedBy: 'test', conversation: conversationId })
      onEvent?.({ kind: 'token', text: 'Let me think ' })
      while (!desk.fake.messages(dm).some(({ streaming }) => streaming === true)) await new Promise((resolve) => { setImmediate(resolve) })
      const thread = desk.fake.messages(dm)[0]?.ts
      await desk.send(slackEvent({ type: 'agent_session_stopped', channel: dm, thread_ts: thread, user: maya, streaming_message_ts: [], event_ts: '1' }))
      const stopping = desk.slack.work()
      while (signal?.aborted !== true) await new Promise((resolve) => { setImmediate(resolve) })
      void stopping
      throw new Error('aborted')
    }
    await desk.send(write('think hard'))
    await desk.settle()
    const words = replies(dm).map(({ words: said }) => said ?? '')
    expect(words.join('\n')).not.toContain('went wrong')
    expect(words.at(-1)).toContain('Move Hana Suzuki')
    // The stop button is there from the first moment, and gone after it was pressed.
    expect(desk.fake.calls('agents.sessions.setStatus').slice(-2).map(({ args }) => args['status'])).toEqual(['processing', 'active'])
  })
})

test('a desk that stops leaves what is under way for the next start, and says nothing half', async () => {
  const leaving = await desk.second()
  desk.agent.answer = async ({ signal }) => {
    if (desk.turns.length > 1) return { prose: 'After the restart.' }
    while (signal?.aborted !== true) await new Promise((resolve) => { setImmediate(resolve) })
    throw new Error('aborted')
  }
  await leaving.send(write('slow one'))
  void leaving.slack.work()
  while (desk.turns.length === 0) await new Promise((resolve) => { setImmediate(resolve) })
  await leaving.slack.stop()
  expect(replies(dm)).toEqual([])
  desk.clock.advance(1)
  await desk.settle()
  expect(replies(dm).map(({ words }) => words)).toEqual([expect.stringContaining('After the restart.')])
})

describe('when something is wrong', () => {
  test('a refusal is said in its own words; anything else as an apology, with nothing of it in Slack', async () => {
    desk.agent.answer = async () => { throw new DeskError('unavailable', { message: 'platform away', userMessage: 'The booking system does not answer at the moment.' }) }
    await desk.send(write('one'))
    await desk.settle()
    expect(replies(dm)[0]?.words).toContain('The booking system does not answer')
    desk.agent.answer = async () => { throw new Error('column "dana" does not exist') }
    await desk.send(write('two'))
    await desk.settle()
    expect(replies(dm)[1]?.words).toContain('Something went wrong on our side')
    expect(JSON.stringify(desk.said(dm))).not.toContain('column')
  })

  test('somebody without a role is told so, and no turn runs', async () => {
    await desk.send(write('who comes today?', { user: 'U0NOBODY1' }))
    await desk.settle()
    expect(desk.turns).toEqual([])
    expect(replies('D0NOBODY1')[0]?.words).toContain('SLACK_FRONT_DESK')
  })

  test('a mention by somebody without a role is answered to them alone: the channel hears nothing', async () => {
    await desk.send(mention({ user: 'U0NOBODY1', text: 'who comes today?', ts: '1795275009.000100', channel: deskChannel }))
    await desk.settle()
    expect(desk.turns).toEqual([])
    expect(desk.said(deskChannel)).toEqual([])
    expect(desk.whispered('U0NOBODY1').join()).toContain('SLACK_FRONT_DESK')
  })
})

describe('SLK-12: uninstalled', () => {
  test('sending stops, everything stays, and it goes on when Slack lets the desk in again', async () => {
    desk.fake.tokenError = 'account_inactive'
    await desk.send(slackEvent({ type: 'app_uninstalled' }))
    await desk.slack.work()
    const before = desk.fake.calls('chat.postMessage').length
    expect(await desk.slack.deliver()).toBe(0)
    desk.fake.tokenError = undefined
    await desk.send(write('back again'))
    await desk.settle()
    expect(desk.fake.calls('chat.postMessage').length).toBe(before + 1)
    expect(replies(dm)[0]?.words).toContain('You said: back again')
  })

  test('a token of a single person that is revoked is none of ours', async () => {
    await desk.send(slackEvent({ type: 'tokens_revoked', tokens: { oauth: ['U1'], bot: [] } }))
    await desk.send(write('still there?'))
    await desk.settle()
    expect(replies(dm)).toHaveLength(1)
  })
})

test.each([
  ['<@U0DESK001> who  comes?', 'who comes?'],
  ['see <https://salon.example/late|our page> &amp; <#C1|front-desk>', 'see our page & front-desk'],
  ['5 &lt; 6 <mailto:a@b.c|a@b.c>', '5 < 6 a@b.c'],
])('%j is read as %j', (text, read) => {
  expect(readText({ text, botUserId: 'U0DESK001' })).toBe(read)
})
