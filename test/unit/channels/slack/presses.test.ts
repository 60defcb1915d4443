import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { auditOf, countChanges, expectSoundAudit, olga as owner, proposeMove, readAppointment } from '../../../support/approvals-desk.ts'
import { buttonIn, deskChannel, maya, olga, openSlackDesk, type SlackDesk, wordsIn } from '../../../support/slack-desk.ts'
import { click, mention, submission } from '../../../support/slack-events.ts'
import { wantPost } from '../../../../src/channels/slack/posts.ts'
import type { Proposal } from '../../../../src/approvals/proposal.ts'

let desk: SlackDesk
beforeAll(async () => { desk = await openSlackDesk() })
beforeEach(() => {
  desk.fake.addGroup({ id: 'S0FRONT01', handle: 'front-desk', users: [maya] })
  desk.fake.addUser({ id: maya, name: 'Maya' })
  desk.fake.ephemerals.length = 0
  desk.fake.views.clear()
  desk.fake.messages(deskChannel).length = 0
  desk.clock.advance(2)
})
afterEach(async () => {
  await desk.store.db.deleteFrom('slack_posts').execute()
  await desk.store.db.deleteFrom('outbox').where('kind', 'like', 'slack.%').execute()
  // The book as it was, and no card that waits.
  for (const { id, state } of await desk.approvals.list({ recent: 5 })) {
    if (state === 'done' && (await desk.approvals.get(id)).undoOf === null && (await desk.approvals.get(id)).undoneBy === null) await desk.approvals.undo({ id, by: owner })
    if (state === 'pending') await desk.approvals.decide({ id, decision: 'reject', by: owner })
  }
})
afterAll(async () => {
  await expectSoundAudit(desk)
  await desk.close()
})

/** A proposal whose card is posted in the desk's channel. */
async function postedCard(): Promise<Proposal> {
  const proposal = await proposeMove(desk, { id: 'c-friday', date: '2026-11-24', time: '15:00' })
  await desk.store.transaction((trx) => wantPost(trx, { key: `card:${proposal.id}`, channel: deskChannel, lane: 'card', subject: `proposal:${proposal.id}`, now: desk.clock.now() }))
  await desk.settle()
  desk.clock.advance(1)
  return proposal
}
const on = (action: string, user = maya) => desk.clickOn({ channel: deskChannel, action, user })
const card = () => desk.said(deskChannel).at(-1) ?? ''

test('a click approves: the change is made, the buttons are gone, and who clicked is told', async () => {
  const { id } = await postedCard()
  await desk.send(on('approve'))
  await desk.settle()
  expect((await desk.approvals.get(id)).state).toBe('done')
  expect(desk.whispered(maya).join()).toContain('Done.')
  expect(buttonIn(desk.fake.messages(deskChannel).at(-1)?.blocks, 'approve')).toBeUndefined()
  expect(card()).toContain('Hana Suzuki')
})

test('F05: two clicks of one person: one change, and the second is told that it was approved, by whom and when', async () => {
  const { id } = await postedCard()
  const before = await countChanges(desk)
  const [first, second] = [on('approve'), on('approve')]
  const other = await desk.second()
  await Promise.all([desk.send(first), other.send(second)])
  await Promise.all([desk.settle(), desk.settle(other)])
  expect(await countChanges(desk)).toBe(before + 1)
  const told = desk.whispered(maya)
  expect(told).toHaveLength(2)
  expect(told.filter((words) => words.includes('already approved by Maya at'))).toHaveLength(1)
  expect((await auditOf(desk, id)).filter((action) => action.startsWith('decision.')).sort()).toEqual(['decision.already_decided', 'decision.approved'])
})

test('F06: two people press opposite buttons at once: one decision, the loser is told who won, the card shows it', async () => {
  const { id } = await postedCard()
  const other = await desk.second()
  const before = await countChanges(desk)
  // Turning down asks for a reason first; its form is filled in at the moment the other one approves.
  await desk.send(on('reject', olga))
  await desk.settle()
  const form = [...desk.fake.views.values()].at(-1)
  if (form === undefined) throw new Error('no form was opened')
  const rejecting = submission({ user: olga, view: form, values: { 'field:reason': { reason: { type: 'plain_text_input', value: 'she called again' } } }, triggerId: desk.fake.newTrigger(olga) })
  await Promise.all([desk.send(on('approve')), other.send(rejecting)])
  await Promise.all([desk.settle(), desk.settle(other)])
  const { state } = await desk.approvals.get(id)
  expect(await countChanges(desk)).toBe(before + (state === 'done' ? 1 : 0))
  const told = [...desk.whispered(maya), ...desk.whispered(olga)].join('\n')
  expect(told).toMatch(state === 'done' ? /already approved by Maya/ : /already turned down by Olga/)
  expect(buttonIn(desk.fake.messages(deskChannel).at(-1)?.blocks, 'approve')).toBeUndefined()
})

test('F02: an approval does not wait behind conversations, however many hang', async () => {
  const { id } = await postedCard()
  let release!: () => void
  const hung = new Promise<void>((resolve) => { release = resolve })
  const { answer } = desk.agent
  desk.agent.answer = async () => {
    await hung
    return { prose: 'At last.' }
  }
  desk.turns.length = 0
  for (let chat = 0; chat < 10; chat++) await desk.send(mention({ user: maya, text: 'think', channel: deskChannel, ts: desk.fake.say({ channel: deskChannel, user: maya, text: 'think' }) }))
  const working = desk.slack.work()
  while (desk.turns.length < 8) await new Promise((resolve) => { setImmediate(resolve) })
  await desk.send(on('approve'))
  void desk.slack.work()
  while ((await desk.approvals.get(id)).state !== 'done') await new Promise((resolve) => { setImmediate(resolve) })
  release()
  await working
  desk.agent.answer = answer
  await desk.settle()
})

describe('F07: whoever may not any more', () => {
  test.each([
    ['left the user group', () => { desk.fake.addGroup({ id: 'S0FRONT01', handle: 'front-desk', users: [] }) }, 'You are not on the list'],
    ['was deactivated', () => { desk.fake.addUser({ id: maya, name: 'Maya', deleted: true }) }, 'deactivated'],
  ])('F07: %s after the card was posted: refused at the click, told why, the card waits on, in the log', async (_what, lose, why) => {
    const { id } = await postedCard()
    // Known and remembered a moment ago.
    await desk.slack.roleNow(`slack:${maya}`)
    lose()
    await desk.send(on('approve'))
    await desk.settle()
    expect((await desk.approvals.get(id)).state).toBe('pending')
    expect(desk.whispered(maya).join()).toContain(why)
    expect(await auditOf(desk, id)).toContain('press.refused')
    expect(buttonIn(desk.fake.messages(deskChannel).at(-1)?.blocks, 'approve')).toBeDefined()
  })

  test('F07: while Slack cannot say who somebody is, nothing is approved', async () => {
    const { id } = await postedCard()
    desk.clock.advance(6)
    desk.fake.fault('users.info', { kind: 'status', status: 500 })
    await desk.send(on('approve'))
    await desk.settle()
    expect((await desk.approvals.get(id)).state).toBe('pending')
    expect(desk.whispered(maya).join()).toContain('nothing was done')
  })
})

test('F08: a click on an expired card changes nothing, says so, and the card offers to propose it again', async () => {
  const { id } = await postedCard()
  const press = on('approve')
  desk.clock.advance(31)
  await desk.send(press)
  await desk.settle()
  expect((await desk.approvals.get(id)).state).toBe('expired')
  expect(desk.whispered(maya).join()).toContain('expired')
  expect(card().toLowerCase()).toContain('expired')
  expect(JSON.stringify(desk.fake.messages(deskChannel).at(-1)?.blocks)).toMatch(/again/i)
})

test('F09: the visit changed since the card: nothing is done, the difference is said, and a new approval is needed', async () => {
  const { id } = await postedCard()
  const appointment = await readAppointment(desk.platform, 'c-friday')
  await desk.platform.setStatus({ key: 'by-hand', id: 'c-friday', expectedVersion: appointment.version, to: 'confirmed' })
  await desk.send(on('approve'))
  await desk.settle()
  const old = await desk.approvals.get(id)
  expect(old.state).toBe('superseded')
  expect(desk.whispered(maya).join()).toContain('changed meanwhile')
  expect(desk.whispered(maya).join()).toContain(String(old.supersededBy))
  expect((await desk.approvals.get(String(old.supersededBy))).state).toBe('pending')
})

describe('F10: a press that was caught or bent', () => {
  test('F10: played back within five minutes: nothing happens a second time', async () => {
    await postedCard()
    const press = on('approve')
    await desk.send(press)
    await desk.settle()
    const [changes, told] = [await countChanges(desk), desk.whispered(maya).length]
    expect((await desk.send(press, { seconds: 60 })).status).toBe(200)
    await desk.settle()
    expect([await countChanges(desk), desk.whispered(maya).length]).toEqual([changes, told])
  })

  test('F10: the value of another card, or one of somebody\'s own making: refused, nothing is changed', async () => {
    const { id } = await postedCard()
    const other = await proposeMove(desk, { id: 'b-cut', date: '2026-11-24', time: '11:00' })
    const before = await countChanges(desk)
    const { action_id: actionId, value } = buttonIn(desk.fake.messages(deskChannel).at(-1)?.blocks, 'approve') ?? { action_id: '', value: '' }
    const message = { ts: desk.fake.messages(deskChannel).at(-1)?.ts ?? '' }
    const [packed = '', mac = ''] = value.split('.')
    const bent = Buffer.from(JSON.stringify([other.id])).toString('base64url')
    for (const forged of [`${bent}.${mac}`, `${packed}.${'0'.repeat(mac.length)}`, packed, '', 'x.y.z']) {
      await desk.send(click({ user: maya, channel: deskChannel, actionId, value: forged, message, responseUrl: desk.fake.newResponseUrl({ channel: deskChannel, userId: maya }) }))
    }
    // A good token under another button is no token either.
    await desk.send(click({ user: maya, channel: deskChannel, actionId: 'undo#0', value, message, responseUrl: desk.fake.newResponseUrl({ channel: deskChannel, userId: maya }) }))
    await desk.settle()
    expect(await countChanges(desk)).toBe(before)
    expect([(await desk.approvals.get(id)).state, (await desk.approvals.get(other.id)).state]).toEqual(['pending', 'pending'])
  })
})

describe('F14: a card from before a restart', () => {
  test('F14: the first click works, on an instance that never saw the card', async () => {
    const { id } = await postedCard()
    const fresh = await desk.second()
    await fresh.send(on('approve'))
    await desk.settle(fresh)
    expect((await desk.approvals.get(id)).state).toBe('done')
  })

  test('F14: a button of an earlier version (no number behind its action) still resolves', async () => {
    const { id } = await postedCard()
    const { value } = buttonIn(desk.fake.messages(deskChannel).at(-1)?.blocks, 'approve') ?? { value: '' }
    await desk.send(click({ user: maya, channel: deskChannel, actionId: 'approve', value, message: { ts: desk.fake.messages(deskChannel).at(-1)?.ts ?? '' } }))
    await desk.settle()
    expect((await desk.approvals.get(id)).state).toBe('done')
    expect(desk.whispered(maya).join()).toContain('Done.')
  })

  test('F14: a button the desk does not know any more is answered, and nothing breaks', async () => {
    await desk.send(click({ user: maya, channel: deskChannel, actionId: 'of_an_old_version', value: 'x', message: { ts: '1795275000.000100' }, responseUrl: desk.fake.newResponseUrl({ channel: deskChannel, userId: maya }) }))
    await desk.settle()
    expect(desk.whispered(maya).join()).toContain('another version of the desk')
  })
})

describe('forms', () => {
  test('a button that needs more opens a form; what it brings back makes a new card', async () => {
    const { id } = await postedCard()
    await desk.send(on('edit'))
    await desk.settle()
    const form = [...desk.fake.views.values()].at(-1)
    expect(form?.view['callback_id']).toBe('desk_form')
    expect(wordsIn(form?.view['blocks'])).toContain('new card')
    expect((await desk.approvals.get(id)).state).toBe('pending')
  })

  test('worked too late for a form: pressing again is asked for, nothing is opened', async () => {
    await postedCard()
    await desk.send(on('reject'))
    desk.clock.advance(0.06)
    await desk.settle()
    expect(desk.fake.views.size).toBe(0)
    expect(desk.whispered(maya).join()).toContain('Press the button again')
  })

  test('turned down with a reason: the reason is kept, the card shows it, the one who did is told', async () => {
    const { id } = await postedCard()
    await desk.send(on('reject', olga))
    await desk.settle()
    const form = [...desk.fake.views.values()].at(-1)
    if (form === undefined) throw new Error('no form was opened')
    await desk.send(submission({ user: olga, view: form, values: { 'field:reason': { reason: { type: 'plain_text_input', value: 'she called again' } } } }))
    await desk.settle()
    expect(await desk.approvals.get(id)).toMatchObject({ state: 'rejected', decisionReason: 'she called again' })
    expect(desk.whispered(olga).join()).toContain('turned down')
    expect(buttonIn(desk.fake.messages(deskChannel).at(-1)?.blocks, 'approve')).toBeUndefined()
  })
})

test('an address to answer at that is not Slack\'s is never called', async () => {
  await postedCard()
  const press = { ...on('approve'), response_url: 'http://127.0.0.1:9/collect' }
  const before = desk.fake.calls('chat.postEphemeral').length
  await desk.send(press)
  await desk.settle()
  expect(desk.fake.calls('chat.postEphemeral')).toHaveLength(before + 1)
})
