import type { InputBlock, InputBlockElement, ModalView } from '@slack/web-api'
import type { Field, Form, View } from '../../cards/card.ts'
import { editable, plain, small } from './elements.ts'
import { renderParts } from './render-parts.ts'
import { renderForDialog } from './render-view.ts'

/** What the dialogs of the desk are called; submissions come back with it. */
const formCallback = 'desk_form'

/** Slack takes 100 blocks in a dialog; three are kept for a line of ours. */
const mostBlocks = 97

/**
 * Draws a form as a dialog, all of its introduction in it. `privateMetadata` comes back with the submission (at most 3,000
 * characters); a field's value comes back under the block `field:NAME`.
 */
export function renderForm(form: Form, privateMetadata: string): ModalView {
  const inputs = form.fields.map(renderField)
  const intro = renderParts({ parts: form.intro, findPicture: () => undefined })
  const room = mostBlocks - inputs.length
  return {
    type: 'modal', callback_id: formCallback, private_metadata: privateMetadata,
    title: plain(form.title, 24), submit: plain(form.submit, 24), close: plain('Cancel', 24),
    blocks: [...(form.title.length > 24 ? [small(form.title)] : []), ...(intro.length > room ? [...intro.slice(0, room), small('… This is cut here: it is longer than a dialog may be.')] : intro), ...inputs],
  }
}

/** More to read, as a dialog without anything to fill in. */
export function renderReading(view: View): ModalView {
  return { type: 'modal', callback_id: 'desk_reading', title: plain(view.cards[0]?.title || 'The desk', 24), close: plain('Close', 24), blocks: renderForDialog(view) }
}

/** The block of a field, for values that come back and for what is wrong with them. */
const blockOfField = (name: string): string => `field:${name}`

function renderField(field: Field): InputBlock {
  const hints = [field.hint, left(field)].filter((hint) => hint !== undefined)
  return {
    type: 'input', block_id: blockOfField(field.name), label: plain(field.label, 2_000), element: elementOf(field),
    ...(hints.length === 0 ? {} : { hint: plain(hints.join(' '), 2_000) }),
    ...(field.optional === true ? { optional: true } : {}),
  }
}

const mostOptions = 100

function left(field: Field): string | undefined {
  return field.kind === 'choice' && field.options.length > mostOptions ? `Only the first ${mostOptions} of ${field.options.length} are shown.` : undefined
}

function elementOf(field: Field): InputBlockElement {
  const id = { action_id: field.name }
  switch (field.kind) {
    case 'text': {
      const max = Math.min(field.max, 3_000)
      return { type: 'plain_text_input', ...id, multiline: field.lines === 'many', max_length: max, ...(field.value === undefined || field.value === '' ? {} : { initial_value: editable(field.value, max) }) }
    }
    case 'choice': {
      const options = field.options.slice(0, mostOptions).map(({ value, label }) => ({ text: plain(label, 75), value }))
      const chosen = options.find(({ value }) => value === field.value)
      return { type: 'static_select', ...id, options, ...(chosen === undefined ? {} : { initial_option: chosen }) }
    }
    case 'date':
      return { type: 'datepicker', ...id, ...(field.value === undefined ? {} : { initial_date: field.value }) }
    case 'time':
      return { type: 'timepicker', ...id, ...(field.value === undefined ? {} : { initial_time: field.value }) }
    case 'number': // below, so that every path returns
  }
  return { type: 'number_input', ...id, is_decimal_allowed: !Number.isInteger(field.step ?? 1), min_value: String(field.min), max_value: String(field.max), ...(field.value === undefined ? {} : { initial_value: String(field.value) }) }
}

