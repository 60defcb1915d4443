import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { checkSlack } from '../../../../src/channels/slack/check-slack.ts'
import { isPaused } from '../../../../src/approvals/rollout.ts'
import type { SlackSettings } from '../../../../src/config.ts'
import { silentLogger } from '../../../../src/logger.ts'
import { olga as owner, proposeMove } from '../../../support/approvals-desk.ts'
import { buttonIn, deskChannel, maya, olga, openSlackDesk, type SlackDesk, wordsIn } from '../../../support/slack-desk.ts'
import { click, command, signingSecret, slackEvent, submission } from '../../../support/slack-events.ts'

let desk: SlackDesk
beforeAll(async () => { desk = await openSlackDesk() })
beforeEach(() => {
  desk.turns.length = 0
  desk.fake.ephemerals.length = 0
  desk.fake.homes.clear()
  desk.fake.views.clear()
  for (const { messages } of desk.fake.channels.values()) messages.length = 0
  desk.clock.advance(1)
})
afterAll(() => desk.close())

const homeOf = (user: string) => wordsIn(desk.fake.homes.get(user)?.view['blocks'])
const openHome = (user: string, more: Record<string, unknown> = {}) => desk.send(slackEvent({ type: 'app_home_opened', user, channel: `D${user.slice(1)}`, tab: 'home', event_ts: '1', ...more }))
const type = async (text: string, { user = maya, channel = deskChannel }: { user?: string; channel?: string } = {}) => {
  await desk.send(command({ user, text, channel, triggerId: desk.fake.newTrigger(user), responseUrl: desk.fake.newResponseUrl({ channel, userId: user }) }))
  await desk.settle()
  return desk.whispered(user).at(-1) ?? ''
}

describe('App Home', () => {
  test('shows what this person should see; a manager has the controls', async () => {
    await openHome(maya)
    await openHome(olga)
    await desk.settle()
    expect(homeOf(maya)).toContain('How the desk works')
    expect(homeOf(maya)).not.toContain('How far it may go')
    expect(homeOf(olga)).toContain('How far it may go')
  })

  test('is drawn again when something changes, for those who looked lately', async () => {
    await openHome(maya)
    await desk.settle()
    const { id } = await proposeMove(desk, { id: 'c-friday', date: '2026-11-24', time: '15:00' })
    expect(homeOf(maya)).not.toContain(id)
    await desk.slack.changed([`proposal:${id}`, 'home'])
    expect(homeOf(maya)).toContain('Hana Suzuki')
    const drawn = desk.fake.calls('views.publish').length
    desk.clock.advance(31)
    await desk.slack.changed(['home'])
    expect(desk.fake.calls('views.publish')).toHaveLength(drawn)
  })

  test('drawn by two at once: the one that was overtaken draws again', async () => {
    await openHome(maya)
    await desk.settle()
    const view = desk.fake.homes.get(maya)
    await openHome(maya, { view: { id: view?.id, hash: 'of-an-older-view' } })
    await desk.settle()
    expect(desk.fake.calls('views.publish').at(-2)?.answer).toMatchObject({ error: 'hash_conflict' })
    expect(desk.fake.calls('views.publish').at(-1)?.answer).toMatchObject({ ok: true })
  })

  test('a stranger is told politely, and sees nothing of the salon', async () => {
    await openHome('U0NOBODY1')
    await desk.settle()
    expect(homeOf('U0NOBODY1')).toContain('not on the list')
    expect(homeOf('U0NOBODY1')).not.toMatch(/Dana|Hana|Main Street/)
  })

  test('a button on it is answered in a dialog, and the page is drawn again', async () => {
    await openHome(olga)
    await desk.settle()
    const home = desk.fake.homes.get(olga)
    const pause = buttonIn(home?.view['blocks'], 'pause')
    await desk.send({ ...click({ user: olga, actionId: String(pause?.action_id), value: String(pause?.value), triggerId: desk.fake.newTrigger(olga) }), container: { type: 'view' }, view: { id: home?.id, hash: home?.hash, type: 'home', callback_id: 'home' } })
    await desk.settle()
    expect(await isPaused(desk.store.db)).toBe(true)
    expect([...desk.fake.views.values()].map(({ view }) => wordsIn(view['blocks'])).join()).toContain('Paused.')
    expect(homeOf(olga)).toContain('The desk is paused')
    await type('resume', { user: olga })
  })

  test('in the Messages tab four things to ask are offered, by role', async () => {
    await openHome(olga, { tab: 'messages' })
    await desk.settle()
    const { prompts, thread_ts: thread } = desk.fake.prompts.at(-1) ?? {}
    expect(prompts).toHaveLength(4)
    expect(thread).toBeUndefined()
    expect(JSON.stringify(prompts)).toContain('How risky the week is')
  })
})

describe('/desk', () => {
  test('alone, it says what it can do', async () => {
    expect(await type('')).toContain('/desk calls')
    expect(await type('help')).toContain('/desk away NAME')
  })

  test('calls: today\'s list as a live message, in the person\'s own messages with the desk', async () => {
    expect(await type('calls')).toContain('in our direct messages')
    expect(desk.said('D0MAYA001').join()).toContain('Main Street')
  })

  test('ask, or anything else: answered in the person\'s own messages, where the conversation goes on', async () => {
    expect(await type('ask what is our late policy?')).toContain('direct messages')
    await type('who is next')
    expect(desk.turns.map(({ text, conversationId }) => ({ text, conversationId }))).toEqual([
      { text: 'what is our late policy?', conversationId: `slack:${desk.fake.teamId}:${maya}` },
      { text: 'who is next', conversationId: `slack:${desk.fake.teamId}:${maya}` },
    ])
    expect(desk.said('D0MAYA001').join()).toContain('You said: who is next')
  })

  test('away: what somebody still has today; nothing is changed or proposed', async () => {
    const before = await desk.approvals.list()
    const said = await type('away cruz')
    expect(said).toContain('Cruz Okafor still has one visit today')
    expect(said).toContain('2:00 pm George Papadakis, Beard trim')
    expect(await type('away zoe')).toContain('Who is away?')
    expect(await desk.approvals.list()).toEqual(before)
  })

  test('pause is for everybody, resume for a manager', async () => {
    expect(await type('pause')).toContain('Paused.')
    expect(await type('resume')).toContain('Only a manager')
    expect(await isPaused(desk.store.db)).toBe(true)
    expect(await type('resume', { user: olga })).toContain('Acting again')
    expect(await isPaused(desk.store.db)).toBe(false)
  })

  test('here: a manager makes a channel the desk of a location; its list then comes there', async () => {
    expect(await type('here')).toContain('Only a manager')
    expect(await type('here', { user: olga })).toContain('the desk of Main Street now')
    await type('calls', { user: olga })
    expect(desk.said(deskChannel).join()).toContain('Main Street')
  })

  test('page: a link of one\'s own, seen by nobody else', async () => {
    expect(await type('page')).toContain('Do not pass it on')
    expect(JSON.stringify(desk.fake.ephemerals.at(-1)?.blocks)).toContain(`"https://desk.example/sign-in?token=slack:${maya}"`)
    expect(desk.fake.messages(deskChannel)).toEqual([])
  })

  test('somebody without a role is told so', async () => {
    expect(await type('calls', { user: 'U0NOBODY1' })).toContain('not on the list')
  })
})

test('the shortcut "Ask the desk" opens a form, and what is asked is answered in the person\'s own messages', async () => {
  await desk.send({ type: 'shortcut', team: { id: desk.fake.teamId }, user: { id: maya, team_id: desk.fake.teamId }, callback_id: 'desk_ask', trigger_id: desk.fake.newTrigger(maya), action_ts: '1' })
  await desk.settle()
  const form = [...desk.fake.views.values()].at(-1)
  if (form === undefined) throw new Error('no form was opened')
  await desk.send(submission({ user: maya, view: form, values: { 'field:question': { question: { type: 'plain_text_input', value: 'who is free at noon?' } } } }))
  await desk.settle()
  expect(desk.said('D0MAYA001').join()).toContain('You said: who is free at noon?')
})

test('a message about a day is drawn again when something of the day changes, whichever it was', async () => {
  await type('calls', { channel: 'D0MAYA001' })
  const updates = desk.fake.calls('chat.update').length
  const { id } = await proposeMove(desk, { id: 'a-cut', date: '2026-11-24', time: '15:00' })
  await desk.approvals.decide({ id, decision: 'approve', by: owner })
  await Promise.all([desk.slack.changed(['day', 'brief']), desk.slack.changed(['home']), desk.slack.changed(['brief'])])
  await desk.settle()
  expect(desk.fake.calls('chat.update').length).toBeGreaterThan(updates)
})

describe('desk doctor', () => {
  const settings = (more: Partial<SlackSettings> = {}): SlackSettings => ({ botToken: desk.fake.token, appToken: desk.fake.appToken, signingSecret, apiUrl: desk.fake.url, channel: undefined, roles: { frontDesk: ['S0FRONT01'], managers: [], owners: [] }, ...more })
  const check = (more: Partial<SlackSettings> = {}) => checkSlack({ settings: settings(more), store: desk.store, clock: desk.clock, logger: silentLogger, platform: desk.platform, publicUrl: undefined })

  test('a post that was lost is named, with where it was going', async () => {
    await desk.store.db.insertInto('slack_posts').values({ key: 'lost:1', subject: 'home', content: null, lane: 'card', channel: deskChannel, thread_ts: null, ts: null, shown: null, state: 'lost', created_at: desk.clock.now(), updated_at: desk.clock.now() }).execute()
    expect((await check()).find(({ what }) => what === 'Slack posts')).toMatchObject({ state: 'note', says: expect.stringContaining(`one message may not have arrived in ${deskChannel}`) as string })
    await desk.store.db.deleteFrom('slack_posts').where('key', '=', 'lost:1').execute()
  })

  test('everything there', async () => {
    expect(await check()).toEqual([
      { what: 'Slack', state: 'ok', says: 'in Fake Salon, as desk' },
      { what: 'Slack scopes', state: 'ok', says: 'as in manifest.yml' },
      { what: 'Slack way in', state: 'ok', says: 'Socket Mode' },
      { what: 'Slack channels', state: 'ok', says: 'every location has one, and the desk is in it' },
      { what: 'Slack roles', state: 'ok', says: expect.stringContaining('nobody else') as string },
    ])
  })

  test('what is missing is named, with what to do', async () => {
    desk.fake.scopes.delete('usergroups:read')
    desk.fake.channels.get(deskChannel)?.members.delete(desk.fake.botUserId)
    const found = await check({ appToken: 'xapp-of-somebody-else' })
    desk.fake.scopes.add('usergroups:read')
    desk.fake.channels.get(deskChannel)?.members.add(desk.fake.botUserId)
    expect(found.filter(({ state }) => state === 'problem').map(({ what }) => what)).toEqual(['Slack scopes', 'Slack way in', 'Slack channels'])
    expect(found[1]?.says).toContain('usergroups:read')
    expect(found[3]?.says).toContain('/invite')
  })

  test('a wrong token is one problem, and said without the token', async () => {
    const [only, ...more] = await check({ botToken: 'xoxb-wrong-token' })
    expect(more).toEqual([])
    expect(only).toMatchObject({ state: 'problem', says: expect.stringContaining('SLACK_BOT_TOKEN') as string })
    expect(JSON.stringify(only)).not.toContain('xoxb-')
  })
})
