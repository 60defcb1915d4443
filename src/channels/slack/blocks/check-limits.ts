import type { HomeView, ModalView } from '@slack/web-api'
import { textLength } from './render-parts.ts'

/**
 * Every limit of Slack's that a payload of ours could break, from the Block Kit reference (docs.slack.dev/reference/block-kit,
 * kept in @slack/types); `message.text` is what chat.update takes, `message.blockText` was observed (bolt-js#2509).
 */
const limits = {
  message: { blocks: 50, text: 4_000, blockText: 13_200 },
  view: { blocks: 100, title: 24, metadata: 3_000, callback: 255, json: 250_000 },
  id: 255, header: 150, text: 3_000, field: 2_000, fields: 10, contextElements: 10, contextActions: 5, actions: 25, options: 100, overflow: 5,
  button: 75, value: 2_000, option: 75, optionValue: 75, label: 2_000, alt: 2_000, initial: 3_000, placeholder: 150,
}

type Payload = { text?: string; blocks: readonly unknown[] } | ModalView | HomeView
type Json = Record<string, unknown>
type Say = (problem: string) => void

/** What Slack would refuse or cut about a message or a view, as codes with where (never with what it says); empty when it is in order. */
export function checkLimits(payload: Payload): string[] {
  const problems: string[] = []
  const say: Say = (problem) => problems.push(problem)
  if ('type' in payload) checkView(payload, say)
  else {
    most(payload.text?.length ?? 0, limits.message.text, 'text', say)
    most(payload.blocks.length, limits.message.blocks, 'blocks', say)
    most(textLength(payload.blocks), limits.message.blockText, 'text of all blocks', say)
  }
  const blocks = payload.blocks as Json[]
  blocks.forEach((block, index) => checkBlock(block, (problem) => say(`blocks[${index}] ${String(block['type'])}: ${problem}`)))
  distinct(blocks.map((block) => block['block_id']), 'block_id', say)
  return problems
}

function checkView(view: ModalView | HomeView, say: Say): void {
  most(view.blocks.length, limits.view.blocks, 'blocks', say)
  most(view.private_metadata?.length ?? 0, limits.view.metadata, 'private_metadata', say)
  most(view.callback_id?.length ?? 0, limits.view.callback, 'callback_id', say)
  most(JSON.stringify(view).length, limits.view.json, 'view', say)
  if (view.type !== 'modal') return
  for (const [name, object] of Object.entries({ title: view.title, submit: view.submit, close: view.close })) if (object !== undefined) checkText(object, limits.view.title, name, say)
  if (view.submit === undefined && view.blocks.some(({ type }) => type === 'input')) say('inputs without submit')
}

function checkBlock(block: Json, say: Say): void {
  most(lengthOf(block['block_id']), limits.id, 'block_id', say)
  switch (block['type']) {
    case 'header':
      return checkText(block['text'], limits.header, 'text', say)
    case 'section': {
      const fields = list(block['fields'])
      if (block['text'] === undefined && fields.length === 0) say('neither text nor fields')
      if (block['text'] !== undefined) checkText(block['text'], limits.text, 'text', say)
      most(fields.length, limits.fields, 'fields', say)
      for (const field of fields) checkText(field, limits.field, 'field', say)
      return
    }
    case 'context': {
      const elements = list(block['elements'])
      between(elements.length, limits.contextElements, 'elements', say)
      for (const element of elements) checkText(element, limits.text, 'element', say)
      return
    }
    case 'actions': {
      const elements = list(block['elements'])
      between(elements.length, limits.actions, 'elements', say)
      distinct(elements.map((element) => element['action_id']), 'action_id', say)
      for (const element of elements) checkElement(element, say)
      return
    }
    case 'image':
      if ((block['slack_file'] === undefined) === (block['image_url'] === undefined)) say('one of slack_file and image_url')
      return between(lengthOf(block['alt_text']), limits.alt, 'alt_text', say)
    case 'input':
      checkText(block['label'], limits.label, 'label', say)
      if (block['hint'] !== undefined) checkText(block['hint'], limits.label, 'hint', say)
      return checkElement(block['element'] as Json, say)
    case 'rich_text':
      if (list(block['elements']).length === 0) say('empty')
      return checkRich(block, say)
    case 'context_actions':
      return between(list(block['elements']).length, limits.contextActions, 'elements', say)
    case 'divider':
      return
    default: // the desk makes no others
      say('unknown kind of block')
  }
}

function checkElement(element: Json, say: Say): void {
  between(lengthOf(element['action_id']), limits.id, 'action_id', say)
  most(lengthOf(element['value']), limits.value, 'value', say)
  most(lengthOf(element['initial_value']), limits.initial, 'initial_value', say)
  if (element['type'] === 'button') checkText(element['text'], limits.button, 'button text', say)
  if (element['placeholder'] !== undefined) checkText(element['placeholder'], limits.placeholder, 'placeholder', say)
  if (element['type'] === 'plain_text_input') between(Number(element['max_length'] ?? limits.initial), limits.initial, 'max_length', say)
  if (element['type'] !== 'static_select' && element['type'] !== 'overflow') return
  const options = list(element['options'])
  between(options.length, element['type'] === 'overflow' ? limits.overflow : limits.options, 'options', say)
  distinct(options.map((option) => option['value']), 'option value', say)
  for (const option of options) {
    checkText(option['text'], limits.option, 'option', say)
    between(lengthOf(option['value']), limits.optionValue, 'option value', say)
  }
}

/** Text in rich text is never empty, and nothing of ours links or mentions. */
function checkRich(part: unknown, say: Say): void {
  if (typeof part !== 'object' || part === null) return
  const { type, text, elements } = part as Json
  if (type === 'text' && (typeof text !== 'string' || text === '')) say('empty text')
  if (['link', 'user', 'usergroup', 'channel', 'broadcast', 'date', 'emoji', 'team', 'color'].includes(String(type))) say(`${String(type)} in rich text`)
  for (const inner of list(elements)) checkRich(inner, say)
}

/** A text object: of the kind that is shown letter by letter, not empty, not too long, well-formed. */
function checkText(object: unknown, max: number, what: string, say: Say): void {
  const { type, text } = (object ?? {}) as Json
  if (type !== 'plain_text') say(`${what} is not plain_text`)
  if (typeof text !== 'string') return say(`${what} has no text`)
  between(text.length, max, what, say)
  if (!text.isWellFormed()) say(`${what} is not well-formed`)
}

const lengthOf = (value: unknown): number => (typeof value === 'string' ? value.length : 0)
const list = (value: unknown): Json[] => (Array.isArray(value) ? value as Json[] : [])

function most(length: number, max: number, what: string, say: Say): void {
  if (length > max) say(`${what}: ${length} of at most ${max}`)
}

function between(length: number, max: number, what: string, say: Say): void {
  if (length === 0) say(`${what}: empty`)
  most(length, max, what, say)
}

function distinct(values: unknown[], what: string, say: Say): void {
  const given = values.filter((value) => value !== undefined)
  if (new Set(given).size < given.length) say(`${what} twice`)
}
