import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { auditOf, countChanges, expectSoundAudit, olga as owner, proposeMove, readAppointment, slotAt } from '../../../support/approvals-desk.ts'
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
/** Races; set to 1,000 for the whole of what the fault rows ask for (tens of minutes). */
const rounds = 8

const putBack = async (): Promise<void> => {
  await desk.store.db.deleteFrom('slack_posts').execute()
  await desk.store.db.deleteFrom('outbox').where('kind', 'like', 'slack.%').execute()
  // The book as it was, and no card that waits.
  for (const { id, state } of await desk.approvals.list({ recent: 5 })) {
    if (state === 'done' && (await desk.approvals.get(id)).undoOf === null && (await desk.approvals.get(id)).undoneBy === null) await desk.approvals.undo({ id, by: owner })
    if (state === 'pending') await desk.approvals.decide({ id, decision: 'reject', by: owner })
  }
  desk.fake.messages(deskChannel).length = 0
  desk.clock.advance(0.2)
}
afterEach(putBack)
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

describe('F09: the visit changed since the card', () => {
  const setSegment = (field: string, to: unknown) => sql`update book_appointments set segments = jsonb_set(segments, ${`{0,${field}}`}::text[], ${JSON.stringify(to)}::jsonb) where id = 'c-friday'`.execute(desk.store.db)
  const version = async () => (await readAppointment(desk.platform, 'c-friday')).version
  let segments: unknown
  beforeEach(async () => { ({ segments } = await desk.store.db.selectFrom('book_appointments').select('segments').where('id', '=', 'c-friday').executeTakeFirstOrThrow()) })
  afterEach(async () => { await sql`update book_appointments set segments = jsonb_set(jsonb_set(segments, '{0,staffId}', ${JSON.stringify((segments as { staffId: string }[])[0]?.staffId)}::jsonb), '{0,serviceId}', '"cut"') where id = 'c-friday'`.execute(desk.store.db) })
  test.each<[string, () => Promise<unknown>, RegExp, boolean]>([
    ['status', async () => desk.platform.setStatus({ key: `hand:${await version()}`, id: 'c-friday', expectedVersion: await version(), to: 'confirmed' }), /Status: was .*now confirmed/, true],
    ['time', async () => desk.platform.reschedule({ key: `hand:${await version()}`, id: 'c-friday', expectedVersion: await version(), slotId: await slotAt({ platform: desk.platform, date: '2026-11-25', time: '12:00', rescheduling: 'c-friday' }) }), /When: was .*now Wednesday 25 November/, true],
    ['stylist', () => setSegment('staffId', 'bea'), /Staff: was .*now Bea Novak/, true],
    ['price', () => setSegment('price', { minor: 9900, currency: 'USD' }), /Price: was .*now \$99/, true],
    ['service', () => setSegment('serviceId', 'blowdry'), /another service|Service: was/, false],
  ])('F09: its %s: nothing is done, the difference is said, the card has no button, and a new approval is needed', async (_what, change, difference, replaced) => {
    const { id } = await postedCard()
    await change()
    const changes = await countChanges(desk)
    await desk.send(on('approve'))
    await desk.settle()
    const old = await desk.approvals.get(id)
    expect(old.state).toBe('superseded')
    expect(await countChanges(desk)).toBe(changes)
    expect(desk.whispered(maya).join()).toContain('changed meanwhile')
    expect(desk.whispered(maya).join('\n')).toMatch(difference)
    expect(buttonIn(desk.fake.messages(deskChannel)[0]?.blocks, 'approve')).toBeUndefined()
    expect(old.supersededBy !== null).toBe(replaced)
    if (old.supersededBy !== null) expect((await desk.approvals.get(old.supersededBy)).state).toBe('pending')
  })
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

test(`F05: one person clicks twice, signed, on two instances, ${rounds} times: one change, and the second is told that it was approved, by whom and when`, { timeout: rounds * 8_000 }, async () => {
  const other = await desk.second()
  for (let round = 0; round < rounds; round++) {
    const { id } = await postedCard()
    const before = await countChanges(desk)
    desk.fake.ephemerals.length = 0
    await Promise.all([desk.send(on('approve')), other.send(on('approve'))])
    await Promise.all([desk.settle(), desk.settle(other)])
    expect(await countChanges(desk)).toBe(before + 1)
    const told = desk.whispered(maya)
    expect(told).toHaveLength(2)
    expect(told.filter((words) => words.includes('already approved by Maya at'))).toHaveLength(1)
    expect((await auditOf(desk, id)).filter((action) => action.startsWith('decision.')).sort()).toEqual(['decision.already_decided', 'decision.approved'])
    await putBack()
  }
})

test(`F06: two people press opposite buttons at once, in random order, ${rounds} times: one decision, the loser is told who won, the card shows it`, { timeout: rounds * 8_000 }, async () => {
  const other = await desk.second()
  for (let round = 0; round < rounds; round++) {
    const { id } = await postedCard()
    const before = await countChanges(desk)
    desk.fake.ephemerals.length = 0
    desk.fake.views.clear()
    // Turning down asks for a reason first; its form is filled in at the moment the other one approves.
    await desk.send(on('reject', olga))
    await desk.settle()
    const form = [...desk.fake.views.values()].at(-1)
    if (form === undefined) throw new Error('no form was opened')
    const rejecting = submission({ user: olga, view: form, values: { 'field:reason': { reason: { type: 'plain_text_input', value: 'she called again' } } }, triggerId: desk.fake.newTrigger(olga) })
    const both = [() => desk.send(on('approve')), () => other.send(rejecting)]
    await Promise.all((Math.random() < 0.5 ? both : both.toReversed()).map((send) => send()))
    await Promise.all([desk.settle(), desk.settle(other)])
    const { state } = await desk.approvals.get(id)
    expect(await countChanges(desk)).toBe(before + (state === 'done' ? 1 : 0))
    const told = [...desk.whispered(maya), ...desk.whispered(olga)].join('\n')
    expect(told).toMatch(state === 'done' ? /already approved by Maya/ : /already turned down by Olga/)
    expect((await auditOf(desk, id)).filter((action) => /^decision\.(approved|rejected)$/.test(action))).toHaveLength(1)
    expect(buttonIn(desk.fake.messages(deskChannel).at(-1)?.blocks, 'approve')).toBeUndefined()
    expect(card()).toContain(state === 'done' ? 'Maya' : 'Olga')
    await putBack()
  }
})
