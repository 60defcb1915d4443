import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Proposal } from '../../../../src/approvals/proposal.ts'
import { setPause } from '../../../../src/approvals/rollout.ts'
import { openCards } from '../../../../src/channels/cards/open-cards.ts'
import type { Card, Cards } from '../../../../src/channels/cards/card.ts'
import { sayProposal } from '../../../../src/channels/cards/render-text.ts'
import { checkLimits } from '../../../../src/channels/slack/blocks/check-limits.ts'
import { renderHome, renderView } from '../../../../src/channels/slack/blocks/render-view.ts'
import { runDesk } from '../../../../src/channels/terminal/desk-command.ts'
import type { Terminal } from '../../../../src/channels/terminal/terminal.ts'
import { readDayBook } from '../../../../src/insights/day-book.ts'
import { unwrap } from '../../../../src/platforms/unwrap.ts'
import { rememberPerson } from '../../../../src/store/people.ts'
import { auditOf, maya, olga, readAppointment } from '../../../support/approvals-desk.ts'
import { actionsOf, buttonOf, cardOf, finn, press, score, sentence, textsOf } from '../../../support/cards-desk.ts'
import { makeHome, removeHome } from '../../../support/desk-process.ts'
import { drawMessages } from '../../../support/draw-blocks.ts'
import { tinyZone } from '../../../support/tiny-book.ts'
import { type MessagesDesk, openMessagesDesk, proposeMove } from '../../messages/messages-desk.ts'

const steps = ['Open the calendar at Saturday 21 November at 10:00 am.', 'Move the appointment of Dana Kim to Tuesday 24 November at 11:00 am.', 'Save it.']

let desk: MessagesDesk
let cards: Cards
beforeEach(async () => {
  desk = await openMessagesDesk()
  const { store, clock, platform, messages, approvals, actions } = desk
  for (const person of [maya, finn, olga]) await rememberPerson(store.db, { person, now: clock.now() })
  cards = openCards({ store, clock, platform, approvals, messages, actions, score, dayBook: (day) => readDayBook({ platform, score, clock, ...day }), brief: async () => undefined })
})
afterEach(() => desk.store.close())

const words = (card: Card): string => textsOf(card).join('\n')
const cardNow = (id: string): Promise<Card> => cardOf(cards, `proposal:${id}`)

/** Approves a move by the card's button; the platform leaves it to a person. */
async function approve(manualSteps = steps): Promise<Proposal> {
  const proposal = await proposeMove(desk)
  desk.platform.failNext('reschedule', { do: 'refuse', kind: 'assisted_required', manualSteps })
  const answer = await press(cards, { button: buttonOf(await cardNow(proposal.id), 'approve') })
  expect(answer).toMatchObject({ kind: 'said', good: true, text: expect.stringContaining('please do it there by hand') })
  return proposal
}
async function doIt({ args }: Proposal): Promise<void> {
  const { appointmentId, slotId } = args as { appointmentId: string; slotId: string }
  unwrap(await desk.platform.reschedule({ key: 'person', id: appointmentId, slotId, expectedVersion: (await readAppointment(desk.platform, appointmentId)).version }))
}
/** What Dana has been told, after everything that was due has gone out. */
async function told(): Promise<string[]> {
  await desk.messages.deliver()
  return desk.phones.sent.map(({ body }) => body)
}

test('the card numbers the steps, says who approved and until when, and has two buttons; the client is told nothing', async () => {
  const { id } = await approve()
  const card = await cardNow(id)
  expect(card.tone).toBe('waiting')
  expect(card.parts).toContainEqual({ kind: 'list', label: 'Please do this in the booking system', ordered: true, items: steps })
  expect(words(card)).toMatch(/Approved by Maya at 12:00 pm\. The booking system has no way for the desk to do this: somebody does it there by hand\./)
  expect(words(card)).toMatch(/Then press Done, until .*10:00 am\. The client is told nothing before the booking system shows it\./)
  expect(card.buttons.map(({ action, label }) => [action, label])).toEqual([['by_hand:done', 'Done'], ['by_hand:not_done', 'Could not be done']])
  expect(await told()).toEqual([])
  expect((await cards.home(maya)).summary).toBe('Hello Maya. Nothing waits for a decision. 1 is to be done by hand in the booking system.')
})

test('Done, and the platform shows it: done, and only now the client is told', async () => {
  const proposal = await approve()
  await doIt(proposal)
  expect(await told()).toEqual([])
  const answer = await press(cards, { button: buttonOf(await cardNow(proposal.id), 'by_hand:done') })
  expect(answer).toMatchObject({ kind: 'said', good: true, text: expect.stringMatching(/^Done: the booking system shows it\. Dana Kim is now booked on Tuesday 24 November at 11:00 am/), subjects: expect.arrayContaining([`proposal:${proposal.id}`, 'thread:dana-k', 'home', 'day:main:2026-11-24']) })
  expect(await told()).toEqual([expect.stringMatching(/Tuesday 24 November at 11:00 am|Nov 24/)])
  expect(actionsOf(await cardNow(proposal.id))).toEqual(['undo'])
  expect((await auditOf(desk, proposal.id)).filter((action) => /by_hand|done/.test(action))).toEqual(['proposal.by_hand', 'by_hand.done', 'proposal.done'])
})

test('Done, and it is not there yet: the card says so and when it is looked at again, and the client hears nothing until it is', async () => {
  const proposal = await approve()
  const answer = await press(cards, { button: buttonOf(await cardNow(proposal.id), 'by_hand:done'), by: finn })
  expect(answer).toMatchObject({ kind: 'said', good: true, text: 'Thank you, noted; the booking system does not show it yet, and is looked at again and again for a day. The client is told nothing before that.' })
  const card = await cardNow(proposal.id)
  expect(words(card)).toMatch(/Finn said at 12:00 pm that it is done\.\ntext\nThe booking system does not show it yet\. It is looked at again until .*12:00 pm\./)
  expect(actionsOf(card)).toEqual(['by_hand:taken_back'])
  desk.clock.advance(10)
  await desk.approvals.catchUp()
  expect(await told()).toEqual([])
  await doIt(proposal)
  desk.clock.advance(10)
  await desk.approvals.catchUp()
  expect(await told()).toHaveLength(1)
  expect((await cardNow(proposal.id)).tone).toBe('done')
})

test('Could not be done: not done, with other times, and the client hears nothing', async () => {
  const proposal = await approve()
  const answer = await press(cards, { button: buttonOf(await cardNow(proposal.id), 'by_hand:not_done') })
  expect(answer).toMatchObject({ kind: 'said', good: true, text: expect.stringMatching(/^Not done\. Maya could not do it in the booking system\. Free instead: /) })
  const card = await cardNow(proposal.id)
  expect([card.tone, ...actionsOf(card)]).toEqual(['stopped', 'propose_again'])
  expect(await told()).toEqual([])
})

test('one press counts once, also when it is delivered again, and an older card\'s buttons do nothing', async () => {
  const proposal = await approve()
  const card = await cardNow(proposal.id)
  const [done, not] = [buttonOf(card, 'by_hand:done'), buttonOf(card, 'by_hand:not_done')]
  const twice = await Promise.all([press(cards, { button: done, requestId: 'one' }), press(cards, { button: done, requestId: 'one' })])
  expect(twice[0]).toEqual(twice[1])
  expect(sentence(await press(cards, { button: not, by: finn }))).toBe(`${proposal.id} was answered already. Maya said at 12:00 pm that it is done.`)
  expect((await auditOf(desk, proposal.id)).filter((action) => action.startsWith('by_hand.'))).toEqual(['by_hand.done', 'by_hand.already'])
  await press(cards, { button: buttonOf(await cardNow(proposal.id), 'by_hand:taken_back') })
  expect(sentence(await press(cards, { button: done }))).toMatch(/answered already\. Not done\. Maya says that it was not done after all\./)
})

test('a button that was altered, or put under another name, does nothing', async () => {
  const proposal = await approve()
  const card = await cardNow(proposal.id)
  const done = buttonOf(card, 'by_hand:done')
  expect(sentence(await press(cards, { button: { ...done, action: 'by_hand:not_done' } }))).toMatch(/does not fit what is stored/)
  expect(sentence(await press(cards, { button: { ...done, token: `${done.token}0` } }))).toMatch(/does not fit what is stored/)
  expect((await desk.approvals.get(proposal.id)).byHand).toMatchObject({ doneBy: null })
})

test('while the desk is paused the card says that it looks later', async () => {
  const proposal = await approve()
  await setPause({ store: desk.store, paused: true, by: olga, now: desk.clock.now() })
  expect(sentence(await press(cards, { button: buttonOf(await cardNow(proposal.id), 'by_hand:done') }))).toMatch(/the desk is paused, and looks as soon as a manager resumes it/)
  expect(words(await cardNow(proposal.id))).toMatch(/has not been looked at yet\. .* as soon as the desk is no longer paused\./)
})

test('after its time a press is answered with that', async () => {
  const proposal = await approve()
  const done = buttonOf(await cardNow(proposal.id), 'by_hand:done')
  desk.clock.set('2026-11-21T18:00:00.000Z')
  expect(sentence(await press(cards, { button: done }))).toMatch(/was to be done until .*10:00 am\. The booking system is looked at once more/)
})

describe('in Slack', () => {
  test.each([
    ['few short steps', steps], ['a great many long ones', Array.from({ length: 60 }, (_none, at) => `${at}. ${'Click there and look at it. '.repeat(40)}`)],
    ['hostile ones', ['<!channel> *now*', '`code` <https://example.com|click>', '<script>alert(1)</script>', '', '   ']],
  ])('%s stay within Slack\'s limits, with both buttons', async (_name, manualSteps) => {
    const { id } = await approve(manualSteps)
    const view = await cards.view(`proposal:${id}`)
    for (const drawn of [renderView(view), renderHome(await cards.home(maya))]) {
      expect(checkLimits(drawn)).toEqual([])
      expect(JSON.stringify(drawn)).toContain('"style":"ordered"')
    }
    const { blocks } = renderView(view)
    expect(blocks.find(({ type }) => type === 'actions')).toMatchObject({ elements: [{ text: { text: 'Done' }, style: 'primary' }, { text: { text: 'Could not be done' }, style: 'danger' }] })
    expect(drawMessages({ messages: [{ blocks }] })).not.toContain('<script')
  })
})

describe('in the terminal', () => {
  test('the steps are numbered, with what to type', async () => {
    const { id } = await approve()
    const shown = sayProposal({ proposal: await desk.approvals.get(id), zone: tinyZone, now: desk.clock.now() })
    expect(shown).toMatch(new RegExp(`1\\. Open the calendar.*\\n.*2\\. Move the appointment.*\\n.*3\\. Save it\\.[\\s\\S]*When it is done there: "desk done ${id}"\\.\\n.*If it cannot be done: "desk not-done ${id}"`))
  })

  test('"desk done" and "desk not-done" say what came of it', async () => {
    const before = { ...process.env }
    const home = makeHome()
    const run = async (...argv: string[]) => {
      let out = ''
      const terminal: Terminal = {
        out: (text) => { out += `${text}\n` }, err: (text) => { out += `${text}\n` }, lines: async function* () {}, question: async () => '', interactive: false, colour: false, columns: 200, user: 'sam',
        stopped: () => new Promise(() => {}), exit: (code) => { throw new Error(`exit ${code}`) },
      }
      return { code: await runDesk({ argv, terminal }), out }
    }
    try {
      const proposal = await approve()
      Object.assign(process.env, { DESK_HOME: home, DATABASE_URL: desk.store.url, DESK_KEY: '07'.repeat(32), DESK_NOW: desk.clock.now(), DESK_LOG: 'silent' })
      expect(await run('proposals')).toMatchObject({ code: 0, out: expect.stringContaining(`desk done ${proposal.id}`) })
      expect(await run('done', proposal.id)).toMatchObject({ code: 1, out: expect.stringContaining('does not show it yet') })
      expect(await run('not-done', proposal.id)).toMatchObject({ code: 0, out: expect.stringContaining('sam says that it was not done after all') })
      const again = await approve()
      await doIt(again)
      expect(await run('done', again.id)).toMatchObject({ code: 0, out: expect.stringContaining('Done: the booking system shows it. Dana Kim is now booked') })
      expect(await run('done', again.id)).toMatchObject({ code: 1, out: expect.stringContaining('was answered already') })
      expect(await run('done', 'P-222222')).toMatchObject({ code: 1, out: expect.stringContaining('There is no proposal') })
    } finally {
      for (const name of ['DESK_HOME', 'DATABASE_URL', 'DESK_KEY', 'DESK_NOW', 'DESK_LOG']) {
        if (before[name] === undefined) delete process.env[name]
        else process.env[name] = before[name]
      }
      removeHome(home)
    }
  })
})
