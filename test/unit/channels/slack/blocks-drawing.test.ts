import { expect, test } from 'vitest'
import type { Card, View } from '../../../../src/channels/cards/card.ts'
import { checkLimits } from '../../../../src/channels/slack/blocks/check-limits.ts'
import { actionOf } from '../../../../src/channels/slack/blocks/elements.ts'
import { fallback, pieces } from '../../../../src/channels/slack/blocks/escape.ts'
import { renderForm, renderReading } from '../../../../src/channels/slack/blocks/render-form.ts'
import { renderHome, renderView } from '../../../../src/channels/slack/blocks/render-view.ts'

function card(more: Partial<Card> = {}): Card {
  return { subject: 'call:1', title: 'Dana Reyes', tone: 'plain', parts: [{ kind: 'facts', rows: [{ label: 'When', value: '3:00 pm' }] }], buttons: [{ action: 'outcome:voicemail', token: 'ref.mac', label: 'Voicemail' }], ...more }
}
const view = (cards: Card[]): View => ({ subject: 'brief:main:2026-11-21', summary: 'The day', cards })

test('a button carries its action, its token and, as its block, what the card is about', () => {
  const { blocks } = renderView(view([card()]))
  const actions = blocks.find(({ type }) => type === 'actions')
  expect(actions).toMatchObject({ block_id: 'call:1', elements: [{ action_id: 'outcome:voicemail#0', value: 'ref.mac', text: { type: 'plain_text', text: 'Voicemail' } }] })
  expect(actionOf('outcome:voicemail#0')).toBe('outcome:voicemail')
})

test('cards that do not fit a message are left out whole, and it says how many', () => {
  const drawn = renderView(view(Array.from({ length: 30 }, (_none, index) => card({ subject: `call:${index}` }))))
  expect(checkLimits(drawn)).toEqual([])
  expect(drawn.blocks.length).toBeLessThanOrEqual(50)
  const shown = drawn.blocks.filter(({ type }) => type === 'actions').length
  expect(JSON.stringify(drawn.blocks.at(-1))).toContain(`${30 - shown} more are not shown here`)
  const home = renderHome(view(Array.from({ length: 60 }, (_none, index) => card({ subject: `call:${index}` }))))
  expect(checkLimits(home)).toEqual([])
})

test('a card that is longer than a message may be is cut visibly, and nobody can decide on it there', () => {
  const long = card({ parts: Array.from({ length: 60 }, (_none, index) => ({ kind: 'small' as const, text: `${index} ${'x'.repeat(400)}` })) })
  const { blocks } = renderView(view([long]))
  expect(checkLimits({ blocks })).toEqual([])
  expect(blocks.some(({ type }) => type === 'actions')).toBe(false)
  expect(JSON.stringify(blocks.at(-1))).toContain('cut here')
})

test('two cards about one thing have blocks of their own', () => {
  const { blocks } = renderView(view([card(), card(), card()]))
  expect(blocks.flatMap((block) => (block.type === 'actions' ? [block.block_id] : []))).toEqual(['call:1', 'call:1+2', 'call:1+3'])
})

test('the picture of the day is an image with its description; without a file the description stands there', () => {
  const part = { kind: 'day_picture' as const, locationId: 'main', date: '2026-11-21', alt: 'Four visits, one at risk' }
  const drawn = (file?: string) => renderView(view([card({ parts: [part] })]), { findPicture: () => file }).blocks
  expect(drawn('F1')).toContainEqual({ type: 'image', slack_file: { id: 'F1' }, alt_text: 'Four visits, one at risk' })
  expect(JSON.stringify(drawn())).toContain('Four visits, one at risk')
})

test('a form keeps the text to be edited exactly as it is', () => {
  const modal = renderForm({ action: 'edit', token: 't', title: 'Change', submit: 'Propose', intro: [], fields: [{ name: 'body', label: 'Text', kind: 'text', lines: 'many', max: 500, value: 'See https://salon.example\nYes & no' }] }, '{}')
  expect(modal.blocks[0]).toMatchObject({ type: 'input', block_id: 'field:body', element: { action_id: 'body', initial_value: 'See https://salon.example\nYes & no', max_length: 500 } })
})

test('a long text in pieces is all there', () => {
  const text = `${'word '.repeat(900)}${'👩🏽‍🦱'.repeat(900)}\n${'x'.repeat(3_000)}`
  expect(pieces(text, 700).join('')).toBe(text)
  expect(pieces(text, 700).every((piece) => piece.length <= 700 && piece.isWellFormed())).toBe(true)
})

test('the one field that Slack reads as markup is escaped and cut between signs', () => {
  expect(fallback('Tom & Jerry <3', 100)).toBe('Tom &amp; Jerry &lt;3')
  expect(fallback('&'.repeat(100), 60)).toMatch(/^(&amp;)+… \(cut\)$/)
})

test('a dialog holds more than a message: everything that may have to be read before deciding is in it', () => {
  const text = `${'A long note. '.repeat(1_200)}The end.`
  const modal = renderForm({ action: 'read', token: 't', title: 'Read, then decide', submit: 'Approve', intro: [{ kind: 'facts', rows: [{ label: 'Note', value: text }] }, { kind: 'client_text', to: 'Dana', text, segments: 9 }], fields: [] }, '{}')
  expect(checkLimits(modal)).toEqual([])
  expect(JSON.stringify(modal).split('The end.')).toHaveLength(3)
  const reading = renderReading(view(Array.from({ length: 30 }, (_none, index) => card({ subject: `call:${index}` }))))
  expect(checkLimits(reading)).toEqual([])
  expect(reading.blocks.filter(({ type }) => type === 'actions').length).toBeGreaterThan(20)
})
