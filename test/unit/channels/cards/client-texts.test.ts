import { afterAll, beforeAll, expect, test } from 'vitest'
import { setPause } from '../../../../src/approvals/rollout.ts'
import { openChanges } from '../../../../src/changes.ts'
import type { Card, Cards } from '../../../../src/channels/cards/card.ts'
import { openCards } from '../../../../src/channels/cards/open-cards.ts'
import { setDeskChannel } from '../../../../src/channels/slack/desk-channels.ts'
import { wantThread } from '../../../../src/channels/slack/want-thread.ts'
import { readDayBook } from '../../../../src/insights/day-book.ts'
import { rememberPerson } from '../../../../src/store/people.ts'
import { maya, olga } from '../../../support/approvals-desk.ts'
import { actionsOf, buttonOf, cardOf, press, score, sentence, textsOf } from '../../../support/cards-desk.ts'
import { approve, type MessagesDesk, openMessagesDesk, proposeMove } from '../../messages/messages-desk.ts'

let desk: MessagesDesk
let cards: Cards
beforeAll(async () => {
  desk = await openMessagesDesk({ onNeedsPerson: (trx, reply) => wantThread(trx, { ...reply, channel: undefined, now: desk.clock.now() }) })
  const { store, clock, platform, messages, approvals, actions } = desk
  for (const person of [maya, olga]) await rememberPerson(store.db, { person, now: clock.now() })
  await store.transaction((trx) => setDeskChannel(trx, { locationId: 'main', channel: 'C0DESK001', by: olga.id, now: clock.now() }))
  cards = openCards({ store, clock, platform, approvals, messages, actions, score, dayBook: (day) => readDayBook({ platform, score, clock, ...day }), brief: async () => undefined })
})
afterAll(() => desk.store.close())

const words = (card: Card): string => textsOf(card).join('\n')
const cardNow = (id: string): Promise<Card> => cardOf(cards, `proposal:${id}`)
const posts = () => desk.store.db.selectFrom('slack_posts').select(['key', 'subject', 'channel', 'lane']).orderBy('key').execute()
const pause = (paused: boolean) => setPause({ store: desk.store, paused, by: olga, now: desk.clock.now() })

let moved: string

test('a done card tells what became of the client\'s text, whenever that changes, and the change leads to the card', async () => {
  const heard: string[] = []
  const changes = openChanges({ store: desk.store })
  changes.onChange((subjects) => heard.push(...subjects))
  const proposal = await approve(desk, await proposeMove(desk))
  moved = proposal.id
  expect(words(await cardNow(moved))).toMatch(/^Text to \w+: on its way\.$/m)
  await pause(true)
  expect(words(await cardNow(moved))).toMatch(/^Text to \w+: waiting: the desk is paused\.$/m)
  await pause(false)
  await expect.poll(() => heard).toContain('setting')
  heard.length = 0
  await desk.messages.deliver()
  expect(words(await cardNow(moved))).toMatch(/^Text to \w+: sent at 12:00 pm\.$/m)
  await expect.poll(() => heard).toContain(`proposal:${moved}`)
  await changes.close()
})

test('a card says before an undo that the client will get a text', async () => {
  expect(words(await cardNow(moved))).toMatch(/^Undo tells \w+ by text, too\.$/m)
  expect(buttonOf(await cardNow(moved), 'undo').label).toBe('Undo')
})

test.each([
  ['failed', '30005', /not sent: there is no such number\. Please tell \w+ yourself\.$/m],
  ['failed', 'something_new', /not sent: it could not be delivered\. Please tell \w+ yourself\.$/m],
  ['unknown', 'no_answer', /it is not known whether it arrived\. Please ask \w+\.$/m],
  ['suppressed', 'opted_out', /not sent: the number has said STOP\. Please call\.$/m],
  ['suppressed', 'outdated', /not sent: the visit was changed again, or has begun\.$/m],
  ['suppressed', 'something_new', /not sent: it was held back\. Please tell them yourself\.$/m],
] as const)('a text that is %s (%s) is said as that', async (state, code, said) => {
  const row = desk.store.db.updateTable('texts').where('proposal_id', '=', moved)
  await row.set({ state, error_code: code }).execute()
  expect(words(await cardNow(moved))).toMatch(said)
  await row.set({ state: 'sent', error_code: null }).execute()
})

test('an approved change that waits because the desk is paused says so, and who approved it', async () => {
  const proposal = await proposeMove(desk, { id: 'c-friday', date: '2026-12-08', time: '15:00' })
  await pause(true)
  await desk.approvals.decide({ id: proposal.id, decision: 'approve', by: olga, hash: proposal.hash })
  expect(words(await cardNow(proposal.id))).toContain('Approved by Olga at 12:00 pm; it waits because the desk is paused.')
  expect((await cards.view(`proposal:${proposal.id}`)).summary).toMatch(/Approved, waits: the desk is paused\.$/)
  await pause(false)
  await desk.approvals.catchUp()
})

const wish = 'Could I come later? <!channel> *now* https://evil.example'
let clientId: string

test('a reply that needs a person is wanted in the location\'s channel once, with the reply; one that needs nobody is not', async () => {
  clientId = (await desk.store.db.selectFrom('texts').select('client_id').where('proposal_id', '=', moved).executeTakeFirstOrThrow()).client_id
  await desk.messages.receive({ clientId, body: 'HELP', externalId: 'r0' })
  expect(await posts()).toEqual([])
  for (let time = 0; time < 2; time++) await desk.messages.receive({ clientId, body: wish, externalId: 'r1' })
  expect(await posts()).toEqual([{ key: expect.stringMatching(new RegExp(`^thread:${clientId}:\\d+$`)), subject: `thread:${clientId}`, channel: 'C0DESK001', lane: 'talk' }])
})

test('a reply whose wish to be posted cannot be stored is not settled either, and is taken up again', async () => {
  const failing = await openMessagesDesk({ onNeedsPerson: async () => { throw new Error('no room') } })
  await expect(failing.messages.receive({ clientId: 'elena', body: wish, externalId: 'r1' })).rejects.toThrow('no room')
  expect(await failing.store.db.selectFrom('texts').select(['did', 'needs_person']).execute()).toEqual([{ did: null, needs_person: true }])
  await failing.store.close()
})

test('its card shows the client, the next visit and the texts as whose words they are; home lists it; "Seen to" says by whom', async () => {
  const card = await cardOf(cards, `thread:${clientId}`)
  expect(card).toMatchObject({ tone: 'waiting', title: expect.stringMatching(/^Texts with /) })
  const talk = card.parts.find((part) => part.kind === 'texts')
  expect(talk?.items.at(-1)).toEqual({ whose: 'client', label: 'The client wrote, 12:00 pm', text: wish, waits: true })
  expect(talk?.items[0]).toEqual({ whose: 'salon', label: 'The salon wrote, 12:00 pm', text: expect.stringContaining('Tiny') })
  expect(card.parts).toContainEqual({ kind: 'facts', rows: expect.arrayContaining([{ label: 'Next visit', value: expect.stringMatching(/^Tuesday 24 November at 11:00 am: /) }]) })
  const home = (await cards.home(maya)).cards.find(({ subject }) => subject === 'texts')
  expect(home?.parts).toContainEqual({ kind: 'list', items: [expect.stringContaining(wish)] })
  expect(await press(cards, { button: buttonOf(home as Card, 'show') })).toMatchObject({ kind: 'view', view: { subject: `thread:${clientId}` } })

  expect(await press(cards, { button: buttonOf(card, 'seen_to') })).toMatchObject({ kind: 'said', good: true, subjects: [`thread:${clientId}`, 'texts', 'home'] })
  const after = await cardOf(cards, `thread:${clientId}`)
  expect(words(after)).toContain('Seen to by Maya at 12:00 pm.')
  expect(actionsOf(after)).toEqual(['write', 'take_over', 'consent:out'])
  expect((await cards.home(maya)).cards.map(({ subject }) => subject)).not.toContain('texts')
})

test('"Seen to" on a card that is behind leaves what came in since for a person', async () => {
  await desk.messages.receive({ clientId, body: 'And my mother?', externalId: 'r2' })
  const behind = buttonOf(await cardOf(cards, `thread:${clientId}`), 'seen_to')
  await desk.messages.receive({ clientId, body: 'And my sister?', externalId: 'r3' })
  expect(sentence(await press(cards, { button: behind }))).toMatch(/has written again since: that still waits\.$/)
  expect(actionsOf(await cardOf(cards, `thread:${clientId}`))).toContain('seen_to')
  expect(await posts()).toHaveLength(3)
})

test('a client who said STOP is shown as one to call, and a card no longer says that an undo tells them', async () => {
  await desk.messages.receive({ clientId, body: 'STOP', externalId: 'r4' })
  expect((await cardOf(cards, `thread:${clientId}`)).parts).toContainEqual({ kind: 'notice', text: 'This client asked for no more texts at 12:00 pm, in these words: “STOP”. Please call instead.' })
  expect(words(await cardNow(moved))).not.toContain('Undo tells')
})

test('"Refresh" is for where a list stands still: the page leaves it out', async () => {
  const [header] = (await cards.view('brief:main:2026-11-21')).cards
  expect(buttonOf(header as Card, 'refresh')).toMatchObject({ whereStill: true })
})
