/**
 * Draws Block Kit as a page that looks like Slack, so that cards can be looked at and photographed without a workspace. It
 * knows the blocks that the desk sends; any other is named on the page. Everything is escaped.
 */
type Block = Record<string, unknown>

export type DrawnMessage = {
  blocks: readonly unknown[]
  /** Who posts it, and the words beside the name ("8:02 AM"). */
  author?: string
  time?: string
  /** Where the files that image blocks name are found: a `data:` address by file id. */
  pictures?: Record<string, string>
}

/** A channel with these messages, newest last. */
export function drawMessages({ messages, channel = 'front-desk', width = 720 }: { messages: DrawnMessage[]; channel?: string; width?: number }): string {
  const drawn = messages.map(({ blocks, author = 'Front desk', time = '7:30 AM', pictures = {} }) => `
    <article class="message">
      <div class="avatar" aria-hidden="true">${escape(author.slice(0, 1))}</div>
      <div class="body">
        <div class="who"><b>${escape(author)}</b> <span class="app">APP</span> <span class="time">${escape(time)}</span></div>
        ${drawBlocks(blocks, pictures)}
      </div>
    </article>`)
  return pageOf({ title: channel, width, body: `<header class="channel"># ${escape(channel)}</header>${drawn.join('')}` })
}

/** A dialog (a modal view). */
export function drawModal({ view, width = 520 }: { view: unknown; width?: number }): string {
  const { title, submit, close, blocks } = view as { title?: unknown; submit?: unknown; close?: unknown; blocks?: unknown[] }
  const buttons = [close === undefined ? '' : `<span class="button">${drawText(close)}</span>`, submit === undefined ? '' : `<span class="button primary">${drawText(submit)}</span>`]
  return pageOf({ title: 'dialog', width, body: `<section class="modal"><header>${drawText(title)}</header><div class="inside">${drawBlocks(blocks ?? [], {})}</div><footer>${buttons.join('')}</footer></section>` })
}

function drawBlocks(blocks: readonly unknown[], pictures: Record<string, string>): string {
  return blocks.map((block) => drawBlock(block as Block, pictures)).join('\n')
}

function drawBlock(block: Block, pictures: Record<string, string>): string {
  switch (block['type']) {
    case 'header':
      return `<h3>${drawText(block['text'])}</h3>`
    case 'divider':
      return '<hr>'
    case 'section':
      return `<div class="section"><div>${block['text'] === undefined ? '' : `<p>${drawText(block['text'])}</p>`}${block['fields'] === undefined ? '' : `<div class="fields">${list(block['fields']).map((field) => `<p>${drawText(field)}</p>`).join('')}</div>`}</div>${block['accessory'] === undefined ? '' : drawElement(block['accessory'] as Block, pictures)}</div>`
    case 'context':
      return `<div class="context">${list(block['elements']).map((element) => (element['type'] === 'image' ? drawElement(element, pictures) : `<span>${drawText(element)}</span>`)).join('')}</div>`
    case 'actions':
    case 'context_actions':
      return `<div class="actions">${list(block['elements']).map((element) => drawElement(element, pictures)).join('')}</div>`
    case 'image':
      return `<figure>${block['title'] === undefined ? '' : `<figcaption>${drawText(block['title'])}</figcaption>`}${drawElement(block, pictures)}</figure>`
    case 'rich_text':
      return `<div class="rich">${list(block['elements']).map(drawRich).join('')}</div>`
    case 'markdown':
      return `<div class="section"><p>${escape(block['text'])}</p></div>`
    case 'input': {
      const optional = block['optional'] === true ? ' <span class="hint">(optional)</span>' : ''
      return `<div class="input"><label>${drawText(block['label'])}${optional}</label>${drawElement(block['element'] as Block, pictures)}${block['hint'] === undefined ? '' : `<div class="hint">${drawText(block['hint'])}</div>`}</div>`
    }
    default:
      return unknown(block)
  }
}

function drawElement(element: Block, pictures: Record<string, string>): string {
  switch (element['type']) {
    case 'button':
      return `<span class="button ${element['style'] === 'primary' || element['style'] === 'danger' ? element['style'] : ''}">${drawText(element['text'])}</span>`
    case 'feedback_buttons':
      return '<span class="button">👍</span><span class="button">👎</span>'
    case 'overflow':
      return '<span class="button">⋯</span>'
    case 'image': {
      const file = (element['slack_file'] as { id?: string } | undefined)?.id ?? ''
      const source = pictures[file] ?? ''
      // Nothing is fetched: a picture is drawn only from what the caller handed over.
      return source.startsWith('data:image/') ? `<img src="${escape(source)}" alt="${escape(element['alt_text'])}">` : `<div class="missing">${escape(element['alt_text'])}</div>`
    }
    case 'plain_text_input':
    case 'number_input':
    case 'datepicker':
    case 'timepicker':
      return `<div class="field${element['multiline'] === true ? ' tall' : ''}">${escape(element['initial_value'] ?? element['initial_date'] ?? element['initial_time'] ?? '')}</div>`
    case 'static_select':
      return `<div class="field">${drawText((element['initial_option'] as Block | undefined)?.['text'] ?? element['placeholder'])} <span class="arrow">▾</span></div>`
    default:
      return unknown(element)
  }
}

function drawRich(element: Block): string {
  const inner = (): string => list(element['elements']).map(drawRichText).join('')
  switch (element['type']) {
    case 'rich_text_section':
      return `<div class="line">${inner()}</div>`
    case 'rich_text_quote':
      return `<blockquote>${inner()}</blockquote>`
    case 'rich_text_preformatted':
      return `<pre>${inner()}</pre>`
    case 'rich_text_list': {
      const tag = element['style'] === 'ordered' ? 'ol' : 'ul'
      return `<${tag}>${list(element['elements']).map((item) => `<li>${list(item['elements']).map(drawRichText).join('')}</li>`).join('')}</${tag}>`
    }
    default:
      return unknown(element)
  }
}

function drawRichText(part: Block): string {
  if (part['type'] !== 'text') return unknown(part)
  const style = (part['style'] ?? {}) as Block
  const tags = (['bold', 'italic', 'strike', 'code'] as const).filter((name) => style[name] === true).map((name) => ({ bold: 'b', italic: 'i', strike: 's', code: 'code' })[name])
  return `${tags.map((tag) => `<${tag}>`).join('')}${escape(part['text'])}${tags.toReversed().map((tag) => `</${tag}>`).join('')}`
}

/** A text object. Of `mrkdwn` only bold, italic and code are drawn; the desk sends none. */
function drawText(object: unknown): string {
  const { type, text } = (object ?? {}) as Block
  if (type !== 'mrkdwn') return escape(text)
  return escape(String(text).replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'))
    .replace(/\*(\S(?:.*?\S)?)\*/g, '<b>$1</b>').replace(/(?<!\w)_(\S(?:.*?\S)?)_(?!\w)/g, '<i>$1</i>').replace(/`([^`]+)`/g, '<code>$1</code>')
}

const unknown = ({ type }: Block): string => `<div class="missing">[${escape(type)}: not drawn here]</div>`
const list = (value: unknown): Block[] => (Array.isArray(value) ? value as Block[] : [])

function escape(value: unknown): string {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}

function pageOf({ title, width, body }: { title: string; width: number; body: string }): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"><meta name="viewport" content="width=device-width"><title>${escape(title)}</title><style>
* { box-sizing: border-box }
body { margin: 0; width: ${Math.round(width)}px; background: #fff; color: #1d1c1d; font: 15px/1.4667 Lato, "Helvetica Neue", Arial, "Liberation Sans", "DejaVu Sans Condensed", "DejaVu Sans", sans-serif; font-stretch: condensed; overflow-wrap: anywhere }
.channel { padding: 12px 20px; font-weight: 900; font-size: 17px; border-bottom: 1px solid #ddd }
.message { display: flex; gap: 10px; padding: 14px 20px }
.avatar { flex: none; width: 36px; height: 36px; border-radius: 8px; background: #12635a; color: #fff; font-weight: 900; font-size: 20px; display: grid; place-items: center }
.body { flex: 1; min-width: 0 }
.who { line-height: 1.3 }
.app { background: #e8e8e8; color: #616061; border-radius: 2px; padding: 1px 3px; font-size: 10px; font-weight: 700; vertical-align: 1px }
.time, .hint { color: #616061; font-size: 12px; font-weight: 400 }
h3 { margin: 8px 0 4px; font-size: 18px; line-height: 1.33; font-weight: 900 }
p, .line, .rich, blockquote, .context span, pre { white-space: pre-wrap }
.section { display: flex; gap: 12px; justify-content: space-between; margin: 6px 0 }
.section p { margin: 0 } .fields { display: grid; grid-template-columns: 1fr 1fr; gap: 6px 16px }
.rich { margin: 6px 0 } .line:empty { display: none }
blockquote { margin: 4px 0; padding: 0 0 0 12px; border-left: 4px solid #ddd }
ul, ol { margin: 2px 0; padding-left: 26px } pre, code { background: #f8f8f8; border: 1px solid #ddd; border-radius: 4px; padding: 1px 3px; font: 12px/1.5 "DejaVu Sans Mono", monospace } code { color: #c01343 }
.context { display: flex; flex-wrap: wrap; gap: 2px 10px; margin: 6px 0; color: #616061; font-size: 13px }
.actions { display: flex; flex-wrap: wrap; gap: 8px; margin: 8px 0 }
.button { display: inline-block; padding: 3px 12px 4px; border: 1px solid #bbb; border-radius: 8px; font-size: 13px; line-height: 20px; font-weight: 700; background: #fff }
.button.primary { background: #007a5a; border-color: #007a5a; color: #fff } .button.danger { background: #e01e5a; border-color: #e01e5a; color: #fff }
figure { margin: 8px 0 } figcaption { font-size: 13px; color: #616061 } img { max-width: 100%; border-radius: 8px; border: 1px solid #ddd; display: block }
.missing { border: 1px dashed #bbb; border-radius: 8px; padding: 8px; color: #616061; font-size: 13px }
hr { border: 0; border-top: 1px solid #ddd; margin: 12px 0 }
.modal { border: 1px solid #ddd; border-radius: 10px; margin: 12px } .modal header { padding: 16px 20px; font-weight: 900; font-size: 20px } .inside { padding: 0 20px 8px } .modal footer { display: flex; justify-content: flex-end; gap: 8px; padding: 12px 20px; border-top: 1px solid #ddd }
.input { margin: 12px 0 } label { font-weight: 700; display: block; margin-bottom: 4px } .field { border: 1px solid #868686; border-radius: 4px; min-height: 36px; padding: 6px 10px; white-space: pre-wrap } .field.tall { min-height: 90px } .arrow { float: right }
</style></head><body>${body}</body></html>`
}
