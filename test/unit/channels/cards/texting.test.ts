import { afterAll, beforeAll, expect, test } from 'vitest'
import { readConfirmationSettings } from '../../../../src/confirmations/confirmation-settings.ts'
import type { Card, Cards, Form, PressAnswer } from '../../../../src/channels/cards/card.ts'
import { openCards } from '../../../../src/channels/cards/open-cards.ts'
import { editTemplates } from '../../../../src/messages/words/edit-templates.ts'
import { loadTemplates } from '../../../../src/messages/words/templates.ts'
import { readTextSettings } from '../../../../src/messages/sending/text-settings.ts'
import { readDayBook } from '../../../../src/insights/day-book.ts'
import { maya } from '../../../support/approvals-desk.ts'
import { mona, press, score, sentence, textsOf } from '../../../support/cards-desk.ts'
import { type MessagesDesk, openMessagesDesk } from '../../messages/messages-desk.ts'

let desk: MessagesDesk
let cards: Cards
beforeAll(async () => {
  desk = await openMessagesDesk()
  const { store, clock, platform, messages, approvals, actions } = desk
  const wording = editTemplates({ store, clock, templates: await loadTemplates() })
  cards = openCards({ store, clock, platform, approvals, messages, wording, actions, score, dayBook: (day) => readDayBook({ platform, score, clock, ...day }), brief: async () => undefined })
})
afterAll(() => desk.store.close())

const find = async (subject: string, label: string): Promise<Card['buttons'][number]> => {
  const button = (await cards.view('texting')).cards.find((card) => card.subject === subject)?.buttons.find((one) => one.label === label)
  if (button === undefined) throw new Error(`no button ${label} on ${subject}`)
  return button
}
const formOf = (answer: PressAnswer): Form => {
  if (answer.kind !== 'form') throw new Error(`answered with ${JSON.stringify(answer)}`)
  return answer.form
}
const moved = () => desk.messages.compose({ template: 'moved', clientId: 'hana', locationId: 'main', values: { services: 'cut', staff: ' with Bea', when: 'Friday at 3:00 pm' } })

test('a manager finds it from the settings; the front desk has no button, and an old one is refused', async () => {
  const home = async (person: typeof maya): Promise<string[]> => (await cards.home(person)).cards.find(({ subject }) => subject === 'settings')?.buttons.map(({ label }) => label) ?? []
  expect(await home(mona)).toContain('Texts to clients…')
  expect(await home(maya)).not.toContain('Texts to clients…')
  for (const [subject, label] of [['wording:en', 'Visit moved'], ['texting:main', 'Hours and limits…'], ['texting:main', 'Confirmations…']] as const) {
    expect(await press(cards, { button: await find(subject, label), by: maya })).toMatchObject({ kind: 'said', good: false, text: expect.stringMatching(/^Only a manager may/) })
  }
})

test('wording: the words, then how a client sees them with segments and cost, then saved; from then on texts say so', async () => {
  const form = formOf(await press(cards, { button: await find('wording:en', 'Visit moved'), by: mona }))
  expect(form.fields[0]).toMatchObject({ name: 'body', value: expect.stringContaining('{{when}}') })
  const body = 'Hi{{client}}, {{salon}} here: your {{services}}{{staff}} is now on {{when}}. Reply YES to confirm or STOP to opt out.'
  const preview = formOf(await press(cards, { button: form, by: mona, values: { body } }))
  expect(preview).toMatchObject({ submit: 'Save', intro: [{ kind: 'client_text', segments: expect.any(Number), text: expect.stringMatching(/^Hi \w+, .* here: your .* is now on /) }, { kind: 'small' }] })
  expect(await desk.store.db.selectFrom('text_templates').selectAll().execute()).toEqual([])
  expect(sentence(await press(cards, { button: preview, by: mona, values: { body } }))).toMatch(/^Saved\. "Visit moved" in English reads like this from now on\./)
  expect(await moved()).toMatchObject({ kind: 'text', body: 'Hi Hana, Tiny Salon here: your cut with Bea is now on Friday at 3:00 pm. Reply YES to confirm or STOP to opt out.' })
  expect(textsOf(await cards.view('texting'))).toContain('Visit moved')
})

test('words altered after the preview are shown again before they are kept', async () => {
  const form = formOf(await press(cards, { button: await find('wording:en', 'Visit moved'), by: mona }))
  const body = String(form.fields[0]?.kind === 'text' ? form.fields[0].value : '')
  const preview = formOf(await press(cards, { button: form, by: mona, values: { body, after: 'preview' } }))
  const again = formOf(await press(cards, { button: preview, by: mona, values: { body: body.replace('here', 'calling') } }))
  expect(again.intro[0]).toMatchObject({ kind: 'client_text', text: expect.stringContaining('calling') })
  expect(await moved()).toMatchObject({ body: expect.not.stringContaining('calling') })
})

test('TWI-5: what law or phone companies forbid is said in the form and never kept', async () => {
  const form = formOf(await press(cards, { button: await find('wording:en', 'Visit moved'), by: mona }))
  const answer = await press(cards, { button: form, by: mona, values: { body: 'Hi{{client}}, {{salon}}: {{services}}{{staff}} on {{when}}. Reply CANCEL to cancel.' } })
  expect(answer).toMatchObject({ kind: 'wrong', errors: { body: expect.stringMatching(/CANCEL/) } })
})

test('back to the shipped words', async () => {
  const form = formOf(await press(cards, { button: await find('wording:en', 'Visit moved'), by: mona }))
  expect(form.intro).toContainEqual({ kind: 'words', label: 'As shipped', text: expect.stringContaining('{{when}}') })
  expect(sentence(await press(cards, { button: form, by: mona, values: { body: 'x', after: 'restore' } }))).toBe('"Visit moved" in English is back to the shipped words.')
  expect(await moved()).toMatchObject({ body: expect.stringContaining('We\'ve moved your cut') })
})

test('hours and limits are kept; what cannot be is said at its field', async () => {
  const button = await find('texting:main', 'Hours and limits…')
  const form = formOf(await press(cards, { button, by: mona }))
  const values = Object.fromEntries(form.fields.map((field) => [field.name, String(field.value ?? '')]))
  expect(await press(cards, { button, by: mona, values: { ...values, from: '20:00', to: '09:00' } })).toMatchObject({ kind: 'wrong', errors: { to: expect.any(String) } })
  expect(await press(cards, { button, by: mona, values: { ...values, perDay: '99' } })).toMatchObject({ kind: 'wrong', errors: { perDay: 'At most 20.' } })
  expect(sentence(await press(cards, { button, by: mona, values: { ...values, from: '10:00', perDay: '2', language: 'es' } }))).toMatch(/^Saved\./)
  expect(await readTextSettings(desk.store.db, { locationId: 'main' })).toMatchObject({ hours: { from: '10:00', to: '20:00' }, perDay: 2, language: 'es' })
  expect(textsOf(await cards.view('texting')).join('\n')).toContain('10:00 to 20:00')
})

test('confirmations are switched off and on, and timed', async () => {
  const button = await find('texting:main', 'Confirmations…')
  const form = formOf(await press(cards, { button, by: mona }))
  const values = Object.fromEntries(form.fields.map((field) => [field.name, String(field.value ?? '')]))
  expect(sentence(await press(cards, { button, by: mona, values: { ...values, on: 'off', standardHours: '36' } }))).toMatch(/^Saved\./)
  expect((await readConfirmationSettings({ db: desk.store.db, locationIds: ['main'] })).get('main')).toMatchObject({ on: false, standardHours: 36 })
  expect(textsOf(await cards.view('texting')).join('\n')).toContain('switched off')
})
