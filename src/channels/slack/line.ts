import type { View } from '../cards/card.ts'

/** One sentence as a message. */
export function line(text: string): View {
  return { subject: 'line', summary: text, cards: [{ subject: 'line', title: '', tone: 'plain', parts: [{ kind: 'text', text }], buttons: [] }] }
}
