import { type ComponentChild, h } from 'preact'
import type { View } from '../../cards/card.ts'
import { CardView } from './card.ts'
import type { Read } from './state.ts'

/** A view's cards, or why there are none yet. */
export function Shown({ read }: { read: Read<View> }): ComponentChild {
  return h('div', { class: 'cards', 'aria-busy': read.value === undefined && read.problem === undefined },
    read.problem !== undefined && h('p', { class: 'problem', role: 'status' }, read.problem),
    read.value === undefined && read.problem === undefined && h('div', { class: 'wait' }, 'One moment …'),
    read.value?.cards.map((card) => h(CardView, { key: card.subject, card })))
}
