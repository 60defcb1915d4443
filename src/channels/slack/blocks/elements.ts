import type { ActionsBlock, Button as SlackButton, ContextBlock, HeaderBlock, PlainTextElement, RichTextBlock, RichTextText } from '@slack/web-api'
import type { Button } from '../../cards/card.ts'
import { clean, cut, isolate, literal, pieces } from './escape.ts'

/** Longest text in one element; longer ones are split. Slack names 3,000 for text objects. */
const elementMax = 2_900

export type RichElement = RichTextBlock['elements'][number]

/** A field that takes nothing empty: what is empty or blank says so. */
const orBlank = (text: string): string => (/^[\s\uFFFD]*$/.test(text) ? `${text.includes('\uFFFD') ? '\uFFFD ' : ''}(empty)` : text)

export function plain(text: string, max: number): PlainTextElement {
  return { type: 'plain_text', text: isolate(cut(orBlank(literal(text, { lines: 'one' })), max - 2)), emoji: false }
}

export function header(text: string): HeaderBlock {
  return { type: 'header', text: plain(text, 150) }
}

/** Words of ours, in bold. Data is never bold, so that it cannot pass for a label. */
export function bold(text: string): RichTextText {
  return { type: 'text', text: isolate(cut(orBlank(literal(text, { lines: 'one' })), elementMax)), style: { bold: true } }
}

/** Data in one line of a card. */
export function value(text: string): RichTextText[] {
  return pieces(orBlank(literal(text, { lines: 'one' })), elementMax).map(asText)
}

/** Data or prose of several lines. */
export function prose(text: string): RichTextText[] {
  return pieces(orBlank(literal(text)), elementMax).map(asText)
}

export const asText = (text: string): RichTextText => ({ type: 'text', text: isolate(text) })
export const newLine: RichTextText = asText('\n')

export function section(elements: RichTextText[]): RichElement {
  return { type: 'rich_text_section', elements }
}

export function quote(elements: RichTextText[]): RichElement {
  return { type: 'rich_text_quote', elements }
}

export function small(text: string): ContextBlock {
  return { type: 'context', elements: pieces(orBlank(literal(text)), elementMax).slice(0, 10).map((piece) => ({ type: 'plain_text', text: isolate(piece), emoji: false })) }
}

/** Buttons of one card. The action's name is before the `#`, the token is the value, the card's subject is the block. */
export function actions({ subject, buttons }: { subject: string; buttons: Button[] }): ActionsBlock[] {
  const drawn = buttons.map(({ action, token, label, style }, index): SlackButton => ({
    type: 'button', text: plain(label, 75), action_id: `${action}#${index}`, value: token, ...(style === undefined ? {} : { style }),
  }))
  const rows = Array.from({ length: Math.ceil(drawn.length / 25) }, (_none, index) => drawn.slice(index * 25, index * 25 + 25))
  return rows.map((elements, index) => ({ type: 'actions', block_id: index === 0 ? subject : `${subject}+${index}`, elements }))
}

/** The press that an action id of ours stands for. */
export const actionOf = (actionId: string): string => actionId.replace(/#\d+$/, '')

/** A value to be edited: as it is, but for what Slack cannot take. */
export const editable = (text: string, max: number): string => cut(clean(text), max, '')
