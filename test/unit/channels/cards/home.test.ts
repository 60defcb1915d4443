import { afterAll, beforeAll, expect, test } from 'vitest'
import { readRollout } from '../../../../src/approvals/rollout.ts'
import type { Person } from '../../../../src/approvals/roles.ts'
import { readBriefTime } from '../../../../src/calls/brief.ts'
import { readCallSettings } from '../../../../src/calls/call-settings.ts'
import { prompts } from '../../../../src/channels/cards/prompts.ts'
import { expectSoundAudit, maya, olga, proposeMove } from '../../../support/approvals-desk.ts'
import { actionsOf, buttonOf, type CardsDesk, mona, openCardsDesk, press, sentence, textsOf } from '../../../support/cards-desk.ts'

let desk: CardsDesk
beforeAll(async () => { desk = await openCardsDesk() })
afterAll(() => desk.close())

async function homeCard(person: Person, subject: string) {
  const card = (await desk.cards.home(person)).cards.find((each) => each.subject === subject)
  if (card === undefined) throw new Error(`no ${subject} at home`)
  return card
}

test('home shows today, the calls that are left, what waits, what the desk did, and how to stop it', async () => {
  const proposal = await proposeMove(desk, { id: 'b-cut', date: '2026-12-08', time: '11:00' })
  const home = await desk.cards.home(maya)
  expect(home.summary).toBe('Hello Maya. 1 change waits for a decision.')
  expect(home.cards.map(({ subject }) => subject)).toEqual(['day:main:2026-11-21', `proposal:${proposal.id}`, 'done', 'settings'])
  const [today, open, done, settings] = home.cards
  expect(textsOf(today as never).join('\n')).toMatch(/4 appointments .*Calls left: \d of \d\. Next: /s)
  expect(actionsOf(open as never)).toEqual(['approve', 'edit', 'reject'])
  expect(textsOf(done as never)).toContain('Nothing yet.')
  expect(actionsOf(settings as never)).toEqual(['pause'])

  expect(await press(desk.cards, { button: buttonOf(today as never, 'show') })).toMatchObject({ kind: 'view', view: { subject: 'brief:main:2026-11-21' } })
  await press(desk.cards, { button: buttonOf(open as never, 'approve') })
  expect(textsOf(await homeCard(maya, 'done')).join('\n')).toMatch(/7:30 am {2}Move Dana Kim: done, approved by Maya/)
  expect((await desk.cards.home(maya)).summary).toBe('Hello Maya. Nothing waits for a decision.')
})

test('more than five open cards are a count and a button, so that nobody decides on a wall of them (APR-11)', async () => {
  const ids: string[] = []
  for (const clientId of ['dana-w', 'dana-k', 'elena', 'fay', 'george', 'hana', 'ivan']) ids.push((await desk.approvals.propose({ kind: 'note', args: { clientId, text: 'Prefers mornings' }, reason: 'said so', requestedBy: maya.id })).id)
  const home = await desk.cards.home(maya)
  expect(home.cards.filter(({ subject }) => subject.startsWith('proposal:'))).toHaveLength(5)
  const all = await press(desk.cards, { button: buttonOf(await homeCard(maya, 'open'), 'show') })
  expect(all.kind === 'view' && all.view.cards.map(({ subject }) => subject)).toEqual(ids.map((id) => `proposal:${id}`))
  for (const id of ids) await desk.approvals.decide({ id, decision: 'reject', by: maya })
  expect(textsOf(await homeCard(maya, 'done')).join('\n')).toMatch(/turned down by Maya/)
})

test('a manager sees how far the desk may go, and sets it for each kind of change and shop; a front desk can not', async () => {
  const settings = await homeCard(mona, 'settings')
  expect(actionsOf(settings)).toEqual(['pause', 'mode', 'show', 'call_settings'])
  expect(settings.parts).toContainEqual({ kind: 'facts', rows: expect.arrayContaining([{ label: 'Moving visits', value: 'asks a person first' }]) })
  const mode = buttonOf(settings, 'mode')
  expect(await press(desk.cards, { button: mode, by: mona })).toMatchObject({ kind: 'form', form: { fields: [{ name: 'kind' }, { name: 'location' }, { name: 'mode' }, { name: 'perDay', optional: true }] } })

  const wrong: [Record<string, string>, string][] = [
    [{ kind: 'everything', location: 'all', mode: 'shadow', perDay: '' }, 'kind'],
    [{ kind: 'cancel', location: 'moon', mode: 'shadow', perDay: '' }, 'location'],
    [{ kind: 'cancel', location: 'all', mode: 'wild', perDay: '' }, 'mode'],
    [{ kind: 'cancel', location: 'all', mode: 'autonomous', perDay: '' }, 'perDay'],
    [{ kind: 'cancel', location: 'all', mode: 'autonomous', perDay: '0' }, 'perDay'],
    [{ kind: 'cancel', location: 'all', mode: 'autonomous', perDay: 'many' }, 'perDay'],
    [{}, 'kind'],
  ]
  for (const [values, field] of wrong) expect(await press(desk.cards, { button: mode, by: mona, values }), JSON.stringify(values)).toMatchObject({ kind: 'wrong', errors: { [field]: expect.stringMatching(/\w+ \w+/) } })
  expect(await press(desk.cards, { button: mode, by: maya, values: { kind: 'cancel', location: 'all', mode: 'autonomous', perDay: '9' } })).toMatchObject({ good: false, text: 'Only a manager may change how far the desk goes.' })
  expect(await readRollout(desk.store.db, { kind: 'cancel', locationId: 'main' })).toEqual({ mode: 'assisted' })

  expect(sentence(await press(desk.cards, { button: mode, by: mona, values: { kind: 'cancel', location: 'all', mode: 'autonomous', perDay: '3' } }))).toBe('Cancelling: the desk acts alone, up to 3 a day.')
  expect(await readRollout(desk.store.db, { kind: 'cancel', locationId: 'main' })).toEqual({ mode: 'autonomous', perDay: 3 })
  expect(sentence(await press(desk.cards, { button: mode, by: olga, values: { kind: 'cancel', location: 'main', mode: 'shadow', perDay: '' } }))).toBe('Cancelling at Main Street: the desk only records, changes nothing.')
  expect((await homeCard(mona, 'settings')).parts).toContainEqual({ kind: 'facts', rows: expect.arrayContaining([{ label: 'Cancelling', value: 'only records, changes nothing' }]) })
})

test('a manager sets how the list is made; what does not fit stays in the form', async () => {
  const button = buttonOf(await homeCard(mona, 'settings'), 'call_settings')
  const opened = await press(desk.cards, { button, by: mona })
  if (opened.kind !== 'form') throw new Error(`answered with ${opened.kind}`)
  const values = Object.fromEntries(opened.form.fields.map((field) => [field.name, 'value' in field ? String(field.value) : '']))
  expect(values).toEqual({ briefAt: '07:30', minimumBand: 'medium', atLeast: '12', atMost: '40', confirmed: 'rank-low', notCalled: '5' })
  expect(await press(desk.cards, { button, by: mona, values: { ...values, atMost: '0', notCalled: '70', briefAt: '25:00', minimumBand: 'extreme' } })).toMatchObject({ kind: 'wrong', errors: { briefAt: 'A time like 07:30, please.', atMost: 'At least 1.', notCalled: 'At most 50.', minimumBand: 'Choose one of the list.' } })
  expect(await press(desk.cards, { button, by: mona, values: { ...values, atMost: '5' } })).toMatchObject({ kind: 'wrong', errors: { atLeast: 'This is more than the most.' } })
  expect(await press(desk.cards, { button, by: maya, values })).toMatchObject({ good: false })
  expect(await press(desk.cards, { button, by: mona, values: { ...values, atLeast: '3', minimumBand: 'high', briefAt: '06:45' } })).toMatchObject({ good: true })
  expect((await readCallSettings({ db: desk.store.db, locationIds: ['main'] })).get('main')).toMatchObject({ minimumBand: 'high', atLeast: 3, atMost: 40, holdOutShare: 0.05, modelScripts: 12 })
  expect(await readBriefTime({ db: desk.store.db, locationId: 'main' })).toBe('06:45')
  await expectSoundAudit(desk)
})

test('one shop that cannot be read does not hide the rest of home', async () => {
  const broken = desk.another()
  broken.platform.failNext('appointments', { do: 'refuse', kind: 'unavailable' })
  broken.platform.failNext('appointments', { do: 'refuse', kind: 'unavailable' })
  const home = await broken.cards.home(maya)
  expect(home.cards[0]).toMatchObject({ subject: 'day:main:2026-11-21', tone: 'stopped', parts: [{ kind: 'notice' }] })
  expect(home.cards.map(({ subject }) => subject)).toEqual(expect.arrayContaining(['done', 'settings']))
})

test('while the booking system is away, what waits can be read and the desk can be stopped', async () => {
  const proposal = await proposeMove(desk, { id: 'c-friday', date: '2026-12-08', time: '15:00' })
  const away = desk.another()
  for (let call = 0; call < 9; call++) away.platform.failNext('catalog', { do: 'refuse', kind: 'unavailable' })
  const home = await away.cards.home(mona)
  expect(home.cards.map(({ subject }) => subject)).toEqual(['day', `proposal:${proposal.id}`, 'done', 'settings'])
  expect(textsOf(home)).toContain('Waits for a decision until 4:00 pm UTC.') // the shop's own zone is not known now
  expect(actionsOf(home.cards.at(-1) as never)).toEqual(['pause'])
})

test('there are at most four things to ask, for every role', () => {
  for (const role of ['front_desk', 'manager', 'owner'] as const) {
    expect(prompts(role).length).toBeGreaterThan(0)
    expect(prompts(role).length).toBeLessThanOrEqual(4)
  }
})
