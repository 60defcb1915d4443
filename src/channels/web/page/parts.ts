import { type ComponentChild, h } from 'preact'
import type { Part } from '../../cards/card.ts'
import { saySegments } from '../../cards/say-segments.ts'

/** One part of a card. Texts are text nodes: nothing in them becomes markup or a link. */
export function PartView({ part }: { part: Part }): ComponentChild {
  switch (part.kind) {
    case 'text':
      return h('div', { class: 'text' }, part.text.split('\n').filter((line) => line !== '').map((line, at) => h('p', { key: at }, line)))
    case 'changes':
      return h('dl', { class: 'changes' }, part.rows.map(({ label, before, after }) => h('div', { key: label },
        h('dt', null, label),
        h('dd', null,
          before !== null && h('s', { class: 'before' }, h('span', { class: 'unseen' }, 'before: '), before),
          before !== null && after !== null && h('span', { class: 'arrow', 'aria-hidden': 'true' }, ' → '),
          after === null ? [' → ', h('span', { class: 'after', key: 'out' }, 'taken out')] : h('strong', { class: 'after' }, before !== null && h('span', { class: 'unseen' }, 'then: '), after)))))
    case 'facts':
      return h('dl', { class: 'facts' }, part.rows.map(({ label, value }) => h('div', { key: label }, h('dt', null, label), h('dd', null, value))))
    case 'notice':
      return h('p', { class: 'notice' }, h('span', { 'aria-hidden': 'true' }, '! '), part.text)
    case 'policy':
      return h('figure', { class: 'policy' },
        h('blockquote', null, part.quote),
        h('figcaption', null, `${part.title} · ${part.file}`))
    case 'client_text':
      return part.segments === 0
        ? h('p', { class: 'small' }, `No text to ${part.to}: ${part.text}`)
        : h('figure', { class: 'client-text' },
          h('figcaption', null, `Text to ${part.to}, word for word · ${saySegments(part.segments)}`),
          h('p', null, part.text))
    case 'words':
      return h('figure', { class: 'words' }, h('figcaption', null, part.label), h('blockquote', null, part.text))
    case 'texts':
      return h('ol', { class: 'talk' }, part.items.map(({ whose, label, text, waits }, at) => h('li', { key: at, class: whose }, h('p', null, text), h('span', { class: 'small' }, label, waits === true && h('span', { class: 'mark' }, 'waits for a person')))))
    case 'list':
      return h('div', { class: 'list' }, part.label !== undefined && h('p', { class: 'label' }, part.label), h(part.ordered === true ? 'ol' : 'ul', null, part.items.map((item, at) => h('li', { key: at }, item))))
    case 'fold':
      return h('details', part.open === true ? { open: true } : null, h('summary', null, part.label), h('p', { class: 'text' }, part.text))
    case 'small':
      return h('p', { class: 'small' }, part.text)
    case 'day_picture': // the page draws the day itself
  }
  return null
}
