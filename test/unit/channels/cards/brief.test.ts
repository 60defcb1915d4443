import { afterAll, beforeAll, expect, test } from 'vitest'
import { saveBrief } from '../../../../src/calls/brief.ts'
import { buildCallList } from '../../../../src/calls/build-call-list.ts'
import type { LocationCallList } from '../../../../src/calls/call-list.ts'
import { openCards } from '../../../../src/channels/cards/open-cards.ts'
import { sayView } from '../../../../src/channels/cards/render-text.ts'
import { DeskError } from '../../../../src/salon/errors.ts'
import { actionsOf, buttonOf, type CardsDesk, finn, openCardsDesk, press, score, sentence, textsOf } from '../../../support/cards-desk.ts'
import { expectSoundAudit, maya } from '../../../support/approvals-desk.ts'

const subject = 'brief:main:2026-11-21'

let desk: CardsDesk
let list: LocationCallList
beforeAll(async () => {
  desk = await openCardsDesk()
  const { platform, store, clock } = desk
  const built = (await buildCallList({ platform, store, clock, score, settings: { holdOutShare: 0 } })).locations[0] as LocationCallList
  // One of the four is held out, so that it can be seen that nobody sees it.
  const [out, ...items] = built.items.toReversed()
  if (out === undefined) throw new Error('nobody to hold out')
  const { rank: _rank, talkingPoints: _points, script: _script, ...rest } = out
  list = { ...built, items: items.toReversed(), heldOut: [{ ...rest, holdOut: true }] }
  await saveBrief({ store, clock, list })
})
afterAll(() => desk.close())

const outcomes = () => desk.store.db.selectFrom('call_outcomes').select(['appointment_id', 'outcome', 'by', 'note']).orderBy('id').execute()

/** Cards whose list is what is given, while the booking system is away. */
function cardsOf(given: LocationCallList) {
  const { store, clock, platform, approvals, messages, actions } = desk
  return openCards({ store, clock, platform, approvals, messages, actions, score, brief: async () => given, dayBook: async () => { throw new DeskError('unavailable', { message: 'away', userMessage: 'The booking system does not answer.' }) } })
}

test('the brief begins with the day at a glance and its picture in words, then the calls in the order they were made in', async () => {
  const view = await desk.cards.view(subject)
  expect(view.subject).toBe(subject)
  expect(view.summary).toMatch(/^Main Street: today, Saturday 21 November\. 4 appointments · \d at risk/)
  const [header, ...calls] = view.cards
  expect(header).toMatchObject({ subject: 'day:main:2026-11-21', title: 'Main Street: today, Saturday 21 November' })
  expect(textsOf(header as never).join('\n')).toMatch(/4 appointments · \d at risk · about \d\.\d chairs lost if nobody calls · \d+ gaps? open \(.*\) · \$\d+ at stake · 1 confirmed/)
  expect(header?.parts).toContainEqual({ kind: 'day_picture', locationId: 'main', date: '2026-11-21', alt: expect.stringMatching(/Main Street, Saturday 21 November.*Elena García/s) })
  expect(textsOf(header as never)).toContain('3 to call, the most valuable first.')
  expect(calls.map(({ subject: about }) => about)).toEqual(list.items.map(({ appointment }) => `call:${appointment}`))
})

test('a call says when, who, what, why, what to know and say, with a button for each usual outcome', async () => {
  const view = await desk.cards.view(subject)
  const elena = view.cards.find(({ subject: about }) => about === 'call:a-cut')
  expect(elena?.title).toMatch(/^\d\. Elena García, 1:00 pm$/)
  expect(elena?.parts).toContainEqual({ kind: 'text', text: "Women's cut with Ana Ortiz · $65 · high risk, 42 %" })
  expect(elena?.parts).toContainEqual({ kind: 'list', label: 'Why', items: ['missed a visit on 31 October'] })
  expect(elena?.parts).toContainEqual({ kind: 'fold', label: 'What to say', text: expect.stringMatching(/Elena/) })
  const dana = view.cards.find(({ subject: about }) => about === 'call:a-color')
  expect(dana?.parts).toContainEqual({ kind: 'list', label: 'Good to know', items: expect.arrayContaining([expect.stringMatching(/Color package.*\(client account: packages\)$/)]) })
  expect(elena?.buttons.map(({ label }) => label)).toEqual(['Confirmed', 'Moved', 'Cancelled', 'Voicemail', 'No answer', 'More…'])
})

test('nobody who is held out is named anywhere but in the picture of the book', async () => {
  const [held] = list.heldOut
  const view = await desk.cards.view(subject)
  const texts = view.cards.flatMap((card) => card.parts.filter(({ kind }) => kind !== 'day_picture').flatMap((part) => JSON.stringify(part))).join('\n')
  expect(texts).not.toContain(held?.client.name)
  expect(texts).not.toMatch(/held|hold-?out/i)
  expect(JSON.stringify(view.cards.map(({ title }) => title))).not.toContain(held?.client.name)
})

test('an outcome is recorded once, however often it is clicked, and shows who and when; it can be changed', async () => {
  const elena = async () => (await desk.cards.view(subject)).cards.find(({ subject: about }) => about === 'call:a-cut') as never
  const voicemail = buttonOf(await elena(), 'outcome:voicemail')
  const answer = await press(desk.cards, { button: voicemail })
  expect(answer).toEqual({ kind: 'said', good: true, text: 'Noted: Left a voicemail.', subjects: [subject, 'home'] })
  expect(sentence(await press(desk.another().cards, { button: voicemail }))).toBe('Already noted: Left a voicemail.')
  expect(await outcomes()).toEqual([{ appointment_id: 'a-cut', outcome: 'voicemail', by: maya.id, note: null }])
  expect(textsOf(await elena())).toContain('Left a voicemail: Maya, 7:30 am.')
  expect(actionsOf(await elena())).toEqual(['outcome:change'])
  expect(textsOf((await desk.cards.view(subject)).cards[0] as never)).toContain('2 of 3 left to call.')

  const change = buttonOf(await elena(), 'outcome:change')
  const form = await press(desk.cards, { button: change, by: finn })
  expect(form).toMatchObject({ kind: 'form', form: { fields: [{ name: 'outcome', kind: 'choice' }, { name: 'note', optional: true }] } })
  expect(await press(desk.cards, { button: change, by: finn, values: { outcome: 'maybe' } })).toMatchObject({ kind: 'wrong', errors: { outcome: expect.any(String) } })
  expect(await press(desk.cards, { button: change, by: finn, values: { outcome: 'reached-moved', note: 'after work' } })).toMatchObject({ good: true, text: expect.stringMatching(/Wants another time\. The booking itself is unchanged/) })
  expect((await outcomes()).at(-1)).toEqual({ appointment_id: 'a-cut', outcome: 'reached-moved', by: finn.id, note: 'after work' })
  expect(textsOf(await elena())).toContain('Wants another time: Finn, 7:30 am.')
  expect((await desk.store.db.selectFrom('audit').select('action').where('subject', '=', 'appointment:a-cut').execute()).map(({ action }) => action)).toEqual(['call.outcome', 'call.outcome'])
  await expectSoundAudit(desk)
})

test('F10: the outcome button of one call does not record for another, nor another outcome', async () => {
  const before = await outcomes()
  const calls = (await desk.cards.view(subject)).cards.filter(({ subject: about, buttons }) => about.startsWith('call:') && buttons.length > 1)
  const [one, two] = calls.map((card) => buttonOf(card, 'outcome:no-answer').token.split('.')) as [string[], string[]]
  expect(await press(desk.cards, { button: { action: 'outcome:no-answer', token: `${one[0]}.${two[1]}` } })).toMatchObject({ good: false })
  expect(await press(desk.cards, { button: { action: 'outcome:skipped', token: one.join('.') } })).toMatchObject({ good: false })
  expect(await press(desk.cards, { button: { action: 'outcome:reached-confirmed', token: one.join('.') } })).toMatchObject({ good: false })
  expect(await outcomes()).toEqual(before)
})

test('who has been cancelled or moved since the list was made is not called', async () => {
  await desk.platform.cancel({ key: 'else', id: 'a-color', expectedVersion: '1', cancelledBy: 'client' })
  const card = (await desk.cards.view(subject)).cards.find(({ subject: about }) => about === 'call:a-color') as never
  expect(textsOf(card).join('\n')).toMatch(/No longer on the book of this day.*No call is needed/)
  expect(actionsOf(card)).toEqual(['outcome:other'])
})

test('a long list shows five calls and the others behind one button; it is readable while the booking system is away', async () => {
  const [item] = list.items
  if (item === undefined) throw new Error('an empty list')
  const long = { ...list, items: Array.from({ length: 8 }, (_, at) => ({ ...item, rank: at + 1, appointment: `x${at}` })) }
  const cards = cardsOf(long)
  const view = await cards.view(subject)
  expect(view.cards.map(({ subject: about }) => about)).toEqual(['day:main:2026-11-21', 'call:x0', 'call:x1', 'call:x2', 'call:x3', 'call:x4', 'calls:main:2026-11-21'])
  expect(textsOf(view)).toContain('The booking system does not answer right now: this is the list as it was made.')
  const more = buttonOf(view.cards.at(-1) as never, 'show')
  expect(more.label).toBe('Show the other 3')
  const shown = await press(cards, { button: more })
  expect(shown).toMatchObject({ kind: 'view', view: { subject: 'calls:main:2026-11-21', cards: [{ subject: 'call:x5' }, { subject: 'call:x6' }, { subject: 'call:x7' }] } })
  expect(sayView(view).split('\n')[0]).toBe('Main Street: today, Saturday 21 November')
})

test('"Refresh" says as of when, and draws the list again', async () => {
  const [header] = (await desk.cards.view(subject)).cards
  expect(await press(desk.cards, { button: buttonOf(header as never, 'refresh') })).toEqual({ kind: 'said', good: true, text: 'As of 7:30 am.', subjects: [subject] })
})

test('without a kept brief the list is made as it would be now; an unknown day, shop or subject is refused in words', async () => {
  const tuesday = await desk.cards.view('brief:main:2026-11-24')
  expect(textsOf(tuesday)).toContain('No appointments are left on Tuesday 24 November.')
  for (const unknown of ['brief:nowhere:2026-11-21', 'brief:main:2026-13-45', 'brief:main', 'proposal:P-ZZZZZZ', 'proposal:', 'home', 'x', '']) {
    await expect(desk.cards.view(unknown), unknown).rejects.toMatchObject({ name: 'DeskError', userMessage: expect.stringMatching(/\w+ \w+/) })
  }
})
