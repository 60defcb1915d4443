import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Card, Form, Part, View } from '../../../../src/channels/cards/card.ts'
import { checkLimits } from '../../../../src/channels/slack/blocks/check-limits.ts'
import { clean } from '../../../../src/channels/slack/blocks/escape.ts'
import { renderForm } from '../../../../src/channels/slack/blocks/render-form.ts'
import { renderHome, renderLine, renderView } from '../../../../src/channels/slack/blocks/render-view.ts'
import { messageProblem, viewProblem } from '../../../support/fake-slack-blocks.ts'

const file = join(import.meta.dirname, '../../../../../shared/data/attacks/slack_rendering_strings.jsonl')
const attacks = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as { id: string; text: string }) : []
// A few of our own, so that something is tried where the shared list is not.
const own = ['<!channel> Ana', 'https://evil.example/?c=1', '[Approve](https://evil.example)', '*bold*\n*Time:* 3:00', ':white_check_mark: ok', '‮gnimaet‬', 'A\u200Bna', 'x'.repeat(3_001), '', '   ', '\uD83D', 'write to a@evil.example', '👩🏽‍🦱'.repeat(200), '\u{E0041}\u{E0042}', '&lt;!channel&gt;', '> quoted', 'a\n'.repeat(80)]
const all = [...attacks, ...own.map((text, index) => ({ id: `own ${index}`, text }))]

beforeAll(() => {
  if (attacks.length === 0) console.warn('The shared list of attack strings is not here: only our own are tried.')
})

/** A card with this text wherever a card can have text. */
function cardWith(text: string): Card {
  const parts: Part[] = [
    { kind: 'text', text },
    { kind: 'changes', rows: [{ label: 'When', before: text, after: text }, { label: 'Who', before: null, after: text }, { label: 'Was', before: text, after: null }] },
    { kind: 'facts', rows: [{ label: 'Note', value: text }, { label: 'Status', value: 'booked' }] },
    { kind: 'notice', text },
    { kind: 'policy', quote: text, title: text, file: text },
    { kind: 'client_text', to: text, text, segments: 2 },
    { kind: 'client_text', to: text, text, segments: 0 },
    { kind: 'words', label: 'Asked as', text },
    { kind: 'list', label: 'Why', items: [text, text] },
    { kind: 'fold', label: 'What to say', text },
    { kind: 'day_picture', locationId: 'main', date: '2026-11-21', alt: text },
    { kind: 'small', text },
  ]
  return { subject: 'proposal:P-AAAAAA', title: text, tone: 'waiting', parts, buttons: [{ action: 'approve', token: 'abc.def', label: text, style: 'primary' }, { action: 'approve', token: 'ghi.jkl', label: 'Again' }] }
}

const viewWith = (text: string): View => ({ subject: 'proposal:P-AAAAAA', summary: text, cards: [cardWith(text)] })

const formWith = (text: string): Form => ({
  action: 'edit', token: 'abc.def', title: text, submit: text, intro: cardWith(text).parts,
  fields: [
    { name: 'body', label: text, hint: text, kind: 'text', lines: 'many', max: 3_000, value: text },
    { name: 'staff', label: 'Who', kind: 'choice', options: [{ value: 'ana', label: text }], value: 'ana' },
    { name: 'price', label: 'Price', kind: 'number', min: 0, max: 500, step: 0.5, value: 1 },
  ],
})

type Leaf = { text: string; bold: boolean; kind: string }

/** Everything in a payload that a person reads, with how it is written. */
function leaves(part: unknown, kind = ''): Leaf[] {
  if (typeof part !== 'object' || part === null) return []
  const { type, text, style } = part as { type?: string; text?: unknown; style?: { bold?: boolean } }
  const own = typeof text === 'string' ? [{ text, bold: style?.bold === true, kind: type ?? kind }] : []
  return [...own, ...Object.values(part).flatMap((inner) => leaves(inner, type))]
}

const joined = (all: Leaf[]) => all.map(({ text }) => text).join('')
const unseen = (text: string) => text.replace(/[\u2060\u2068\u2069]/g, '')

function expectHarmless({ text, blocks }: { text: string; blocks: unknown[] }): void {
  expect(checkLimits({ text, blocks })).toEqual([])
  expect(messageProblem(blocks, new Set())).toBeUndefined()
  const shown = leaves(blocks)
  // Every text is of a kind that Slack shows letter by letter; the fallback is the one that it parses.
  expect(shown.filter(({ kind }) => kind === 'mrkdwn')).toEqual([])
  expect(text).not.toMatch(/[<>*_~`]/)
  for (const one of [text, ...shown.map(({ text }) => text)]) {
    expect(one).not.toMatch(/<[!@#]/)
    expect(one).not.toMatch(/:\/\/|mailto:\w|tel:\+?\d/i)
    expect(one).not.toMatch(/[\w-]\.(example|com|org|md|net)\b/i)
    expect(one).not.toMatch(/@\w/)
    expect(one).not.toMatch(/:[a-z_]{2,}:/)
    expect(one.isWellFormed()).toBe(true)
    expect(unseen(one).replace(/\p{Extended_Pictographic}[\p{Emoji_Modifier}\uFE0F]?\u200D/gu, '').replace(/\uFE0F/g, '')).not.toMatch(/(?!\n)[\p{Cf}\p{Cc}]/u)
    expect((one.match(/\u2068/g) ?? []).length).toBe((one.match(/\u2069/g) ?? []).length)
  }
}

describe('F15', () => {
  test.each(all)('F15: $id in every text of a card breaks nothing, calls nobody, links nowhere, and hides nothing', ({ text }) => {
    const drawn = renderView(viewWith(text))
    expectHarmless(drawn)
    const whole = unseen(joined(leaves(drawn.blocks)))
    // Shown as it is, or a mark where something cannot be shown, or a line that says it was cut.
    const lines = clean(text).split('\n').filter((line) => line.trim() !== '')
    if (!whole.includes('cut here')) for (const line of lines.length > 0 ? lines : ['(empty)']) expect(whole.replace(/\n/g, '')).toContain(line.trim().slice(0, 2_000))
    // No bold beside our own labels, the title and what stands in the place of a label.
    const bolds = leaves(drawn.blocks).filter(({ bold }) => bold).map(({ text }) => text)
    const ours = new Set(['When: ', 'Who: ', 'Was: ', 'Note: ', 'Status: ', 'Please note: ', 'Text to ', 'No text goes out: ', 'Asked as:', 'Why', 'What to say'])
    expect(bolds.filter((one) => !ours.has(one)).length).toBeLessThanOrEqual(1)
  })

  test.each(all)('F15: $id in a form, in the home tab and in a line of the desk is harmless too', ({ text }) => {
    const form = renderForm(formWith(text), '{"action":"edit"}')
    expect(checkLimits(form)).toEqual([])
    expect(viewProblem(form, new Set())).toBeUndefined()
    const home = renderHome({ ...viewWith(text), subject: 'home' })
    expect(checkLimits(home)).toEqual([])
    expect(viewProblem(home, new Set())).toBeUndefined()
    expectHarmless(renderLine(text))
  })

  test('F15: whatever people type, what is drawn keeps the limits, is well-formed and parses as nothing', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 4_000 }), (text) => { expectHarmless(renderView(viewWith(text))) }), { numRuns: 15 })
    const pieces = fc.constantFrom('<!here>', '<@U1>', '*', '_', '~', '`', '\n', 'https://a.example', '.com', ':x:', '&lt;', '‮', '\u200D', '\u0000', 'Ana', ' ', '👩🏽‍🦱', 'שלום', '>', '@owner', '\uE000', '\uD800', 'é́́́́́́')
    fc.assert(fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => { expectHarmless(renderView(viewWith(parts.join('')))) }), { numRuns: 40 })
  })
})
