import { afterEach, expect, test } from 'vitest'
import type { Cards, Form, PressAnswer } from '../../../../src/channels/cards/card.ts'
import { openChanges } from '../../../../src/changes.ts'
import { openCards } from '../../../../src/channels/cards/open-cards.ts'
import { sayView } from '../../../../src/channels/cards/render-text.ts'
import { checkLimits } from '../../../../src/channels/slack/blocks/check-limits.ts'
import { textLength } from '../../../../src/channels/slack/blocks/render-parts.ts'
import { renderForDialog, renderHome, renderView } from '../../../../src/channels/slack/blocks/render-view.ts'
import { readDayBook } from '../../../../src/insights/day-book.ts'
import { appendAudit } from '../../../../src/store/audit.ts'
import { readWaitlistSettings } from '../../../../src/waitlist/waitlist-settings.ts'
import { maya } from '../../../support/approvals-desk.ts'
import { actionsOf, buttonOf, cardOf, finn, mona, press, score, sentence, textsOf } from '../../../support/cards-desk.ts'
import { cancel, card, offering, openWaitlistDesk, waiting, waitingBook, type WaitlistDesk } from '../../waitlist/waitlist-desk.ts'

let desk: WaitlistDesk
let cards: Cards
afterEach(() => desk.close())

async function open(options: Parameters<typeof openWaitlistDesk>[0] = {}): Promise<void> {
  desk = await openWaitlistDesk(options)
  const { store, clock, platform, approvals, messages, waitlist } = desk
  cards = openCards({ store, clock, platform, approvals, messages, waitlist, actions: [waitlist.action], score, dayBook: (day) => readDayBook({ platform, score, clock, ...day }), brief: async () => undefined })
}

const subject = async (): Promise<string> => `opening:${(await desk.waitlist.openings())[0]?.id ?? ''}`
const formOf = (answer: PressAnswer): Form => {
  if (answer.kind !== 'form') throw new Error(`answered with ${answer.kind}`)
  return answer.form
}
const words = async (name: string) => sayView(await cards.view(name, finn))

test('a free chair is a card: prepared by a tap, opened, approved, and then it says who is asked; the proposal\'s card says so, too', async () => {
  await open({ settings: { delayMin: 10 } })
  expect(await words('waitlist')).toContain('No chair is free')
  await cancel(desk)
  await desk.work()
  const free = await cardOf(cards, await subject())
  expect([free.title, free.tone, actionsOf(free)]).toEqual(['Saturday 21 November at 1:00 pm with Ana Ortiz', 'waiting', ['opening:offer', 'show', 'opening:close', 'show']])
  expect(sentence(await press(cards, { button: buttonOf(free, 'opening:offer') }))).toMatch(/^P-\w+ waits for a yes/)
  const waits = await cardOf(cards, await subject())
  expect(waits.buttons[0]).toMatchObject({ action: 'show', label: 'Open its offers' })
  const proposal = await card(desk)
  expect(await press(cards, { button: buttonOf(waits, 'show') })).toMatchObject({ kind: 'view', view: { subject: `proposal:${proposal.id}` } })

  await desk.approvals.decide({ id: proposal.id, decision: 'approve', by: maya, hash: proposal.hash })
  await desk.work()
  const offered = await cardOf(cards, await subject())
  expect(textsOf(offered).join('\n')).toContain('Asked: Jo Danvers until 2:00 pm; 3 more in line.')
  expect(actionsOf(offered)).toEqual(['opening:close', 'show'])
  const decided = await cardOf(cards, `proposal:${proposal.id}`)
  expect(textsOf(decided).join('\n')).toMatch(/Asked: Jo Danvers until 2:00 pm; 3 more in line\. Fay O'Neil is asked next\./)
  expect(decided.buttons.map(({ label }) => label)).toEqual(['Whole story'])
  expect(textsOf(await cards.home(maya)).join('\n')).toContain('1 chair is free')
})

test('stopping is one tap; when somebody said yes first it says so (F48), and a token for another chair does nothing', async () => {
  await open()
  await offering(desk)
  const button = buttonOf(await cardOf(cards, await subject()), 'opening:close')
  expect(sentence(await press(cards, { button: { ...button, token: `${button.token.split('.')[0]}.${'0'.repeat(32)}` } }))).toMatch(/does not fit what is stored/)
  await desk.write('jo', 'yes')
  expect(await press(cards, { button })).toMatchObject({ kind: 'said', good: false, text: 'It is filled already: look at the booking.' })
  await desk.close()

  await open()
  await offering(desk)
  const stop = buttonOf(await cardOf(cards, await subject()), 'opening:close')
  expect(sentence(await press(cards, { button: stop, by: finn }))).toMatch(/^Stopped\./)
  expect(sentence(await press(cards, { button: stop, by: mona }))).toBe('It is over already.')
  expect(await words('waitlist')).toMatch(/Lately[\s\S]*given up\. The desk stopped offering it\./)
})

test('the whole story, a preview and who is lined up are views of their own; without a risk model that is said', async () => {
  await open()
  await offering(desk)
  await desk.write('jo', 'no')
  await desk.write('fay', 'yes')
  const [opening] = await desk.waitlist.openings({ ended: true })
  const story = await words(`story:${opening?.id}`)
  expect(story).toMatch(/What happened:[\s\S]*Jo Danvers said no: “no”[\s\S]*In line, in this order:[\s\S]*Fay O'Neil said yes and has it/)
  expect(story).not.toMatch(/\+1\d{10}/)
  expect(await words('preview:c-beard')).toMatch(/^If Saturday 21 November at 2:00 pm with Cruz Okafor were offered now/)
  await expect(cards.view('lineup:main:2026-11-21')).rejects.toMatchObject({ code: 'unsupported' })
  await expect(cards.view('story:nothing')).rejects.toMatchObject({ code: 'not_found' })
})

test('how chairs are filled is shown to managers alone, with a form; nobody else may change it', async () => {
  await open()
  expect(await words('waitlist')).not.toContain('How chairs are filled')
  const own = (await cards.view('waitlist', mona)).cards.find((each) => each.subject === 'waitlist_settings:main')
  if (own === undefined) throw new Error('no settings')
  const button = buttonOf(own, 'waitlist_settings')
  expect(sentence(await press(cards, { button, by: finn }))).toBe('Only a manager may change how chairs are filled.')
  const form = formOf(await press(cards, { button, by: mona }))
  const values = Object.fromEntries(form.fields.map((field) => [field.name, String(field.value ?? '')]))
  expect(await press(cards, { button, by: mona, values: { ...values, most: '99' } })).toMatchObject({ kind: 'wrong', errors: { most: expect.any(String) } })
  expect(await press(cards, { button, by: mona, values: { ...values, blackouts: 'Christmas' } })).toMatchObject({ kind: 'wrong', errors: { blackouts: expect.any(String) } })
  expect(sentence(await press(cards, { button, by: mona, values: { ...values, policy: 'best_match', windowMin: '45', blackouts: '2026-12-24, 2026-12-31', lineUpAbove: '25', on: 'off' } }))).toMatch(/^Saved\./)
  expect(await readWaitlistSettings(desk.store.db, { locationId: 'main' })).toMatchObject({ on: false, policy: 'best_match', windowMin: 45, blackouts: ['2026-12-24', '2026-12-31'], lineUpAbove: 0.25, delayMin: 0 })
})

test('what happens to a chair is drawn again: its own card, the list, the home, and the card that was approved', async () => {
  await open()
  const changes = openChanges({ store: desk.store })
  const heard: string[][] = []
  changes.onChange((subjects) => heard.push(subjects))
  // Deaf until it listens: what is heard first says that it does.
  await expect.poll(async () => {
    await desk.store.transaction((trx) => appendAudit(trx, { at: desk.clock.now(), actor: 'test', action: 'setting.changed', subject: 'setting:main/waitlist' }))
    return heard.length
  }).toBeGreaterThan(0)
  expect(heard[0]).toEqual(['home', 'setting', 'waitlist'])
  const proposal = await offering(desk)
  const name = await subject()
  await expect.poll(() => heard).toEqual(expect.arrayContaining([[name, 'waitlist', 'home'], [`proposal:${proposal.id}`, 'home']]))
  await changes.close()
})

test('whatever there is to show, Slack takes it', async () => {
  const longName = "An entry of somebody whose service has a long name, as exports have them, and goes on for a while"
  const book = waitingBook(waiting())
  await open({ book: { ...book, catalog: { ...book.catalog, services: Array.from(book.catalog.services, (one) => (one.id === 'cut' ? { ...one, name: longName } : one)) } } })
  await offering(desk)
  const id = (await subject()).slice('opening:'.length)
  const views = await Promise.all(['waitlist', `opening:${id}`, `story:${id}`, `preview:${id}`].map((name) => cards.view(name, mona)))
  for (const view of views) {
    expect(checkLimits(renderView(view)), view.subject).toEqual([])
    expect(checkLimits({ type: 'modal', title: { type: 'plain_text', text: 'More' }, blocks: renderForDialog(view) }), view.subject).toEqual([])
  }
  expect(checkLimits(renderHome(await cards.home(mona)))).toEqual([])
  // A list as long as a story may get goes on in another block.
  const long = renderForDialog({ subject: 'story:x', summary: 'A story', cards: [{ subject: 'story:x', title: 'A story', tone: 'plain', parts: [{ kind: 'list', items: Array.from({ length: 40 }, (_, n) => `${n} ${'said so '.repeat(20)}`) }], buttons: [] }] })
  expect(Math.max(...long.map(textLength))).toBeLessThanOrEqual(3_000)
  expect(JSON.stringify(long)).toMatch(/"0 said so[\s\S]*"39 said so/)
})
