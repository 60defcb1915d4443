import { type ComponentChild, h } from 'preact'
import { change, usePart } from './state.ts'
import { talk } from './talk.ts'
import { sayDate, sayTime } from './times.ts'
import { lookOf, partsOf, sayRisk, sayStatus } from './visits.ts'

/** One visit of the book, why it is at risk, and what may be asked about it. */
export function VisitView({ appointmentId, close }: { appointmentId: string; close: () => void }): ComponentChild {
  const day = usePart((state) => state.day.value)
  const parts = day === undefined ? [] : partsOf(day, appointmentId)
  const visit = parts[0]?.part
  if (day === undefined || visit === undefined) return h('p', { class: 'empty' }, 'This visit is no longer on this day.')
  const end = parts.map(({ part }) => part.end).sort().at(-1) ?? visit.end
  const { zone } = day.location
  const risk = sayRisk(visit)
  const { name } = visit.client
  const toChat = (): void => {
    close()
    change({ pane: 'chat' })
  }
  const ask = (words: string): void => {
    toChat()
    void talk(words)
  }
  // Begun for the person, who says the rest.
  const begin = (words: string): void => {
    toChat()
    change({ draft: words })
    setTimeout(() => document.querySelector<HTMLElement>('#say')?.focus())
  }
  const isAhead = ['requested', 'booked', 'confirmed'].includes(visit.status)
  return h('div', null,
    h('dl', { class: 'facts' },
      h('div', null, h('dt', null, 'When'), h('dd', null, `${sayDate(day.date)}, ${sayTime(visit.start, zone)} to ${sayTime(end, zone)}`)),
      h('div', null, h('dt', null, 'What'), h('dd', null, [...new Set(parts.map(({ part, staff }) => `${part.services}${staff === undefined ? '' : ` with ${staff}`}`))].join(', '))),
      h('div', null, h('dt', null, 'Status'), h('dd', null, sayStatus(visit)))),
    visit.risk !== undefined && risk !== undefined && h('div', { class: 'why' },
      h('h3', null, h('span', { class: `pill ${isAhead ? visit.risk.band : lookOf(visit)}` }, `risk ${risk}`)),
      visit.risk.reasons.length > 0 && h('ul', null, visit.risk.reasons.map((reason) => h('li', { key: reason }, reason)))),
    h('div', { class: 'buttons' },
      h('button', { type: 'button', class: 'primary', autofocus: true, onClick: () => ask(`Tell me about ${name}`) }, 'Ask about it'),
      isAhead && h('button', { type: 'button', onClick: () => begin(`Move ${name} to `) }, 'Move…'),
      isAhead && h('button', { type: 'button', class: 'danger', onClick: () => begin(`Cancel ${name} on ${sayDate(day.date)}`) }, 'Cancel…')))
}
