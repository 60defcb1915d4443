import { type ComponentChild, h } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Card, View } from '../../cards/card.ts'
import { CardView } from './card.ts'
import { Speak } from './speak.ts'
import { change, type Line, usePart } from './state.ts'
import { stopTalking, talk } from './talk.ts'

/** The conversation with the desk: words, cards with working buttons, and what to ask first. */
export function Chat(): ComponentChild {
  const lines = usePart((state) => state.lines)
  const views = usePart((state) => state.views)
  const prompts = usePart((state) => state.me.value?.prompts)
  const log = useRef<HTMLOListElement>(null)
  const follows = useRef(true)

  useLayoutEffect(() => {
    const box = log.current
    if (box === null || !follows.current) return
    box.scrollTop = box.scrollHeight
    // What is longer than the box is read from its beginning: an answer, or the card that is to be decided.
    const last = lines.at(-1)
    const shown = box.querySelector('li:last-child .card:not(.plain)') ?? box.lastElementChild
    if (last?.from !== 'desk' || last.working || shown === null) return
    const above = box.getBoundingClientRect().top - shown.getBoundingClientRect().top
    if (above > 0) box.scrollTop -= above + 12
  }, [lines, views])

  return h('section', { class: 'chat', 'aria-labelledby': 'chat-title' },
    h('div', { class: 'head' }, h('h2', { id: 'chat-title' }, 'Ask the desk')),
    h('ol', {
      class: 'log', ref: log, tabIndex: 0, 'aria-label': 'The conversation',
      onScroll: () => { const box = log.current; if (box !== null) follows.current = box.scrollHeight - box.scrollTop - box.clientHeight < 60 },
    },
    lines.length === 0 && h('li', { class: 'hello' },
      h('p', null, 'Ask about policies, clients and the book, or say what should change. Nothing is changed before you have seen exactly what, and said yes.'),
      prompts !== undefined && h('ul', { class: 'prompts', 'aria-label': 'To begin with' }, prompts.map(({ title, message }) => h('li', { key: title }, h('button', { type: 'button', onClick: () => { void talk(message) } }, title, h('span', { class: 'small' }, message)))))),
    lines.map((line) => h('li', { key: line.id, class: `line ${line.from}` }, line.from === 'me'
      ? h('p', null, h('span', { class: 'unseen' }, 'You: '), line.text)
      : h(Answer, { line, cards: cardsOf(line, views) })))),
    h(Aloud, { lines }),
    h(Composer, { isWorking: lines.some((line) => line.from === 'desk' && line.working) }))
}

function Answer({ line, cards }: { line: Extract<Line, { from: 'desk' }>; cards: Card[] }): ComponentChild {
  return h('div', { 'aria-busy': line.working },
    h('span', { class: 'unseen' }, 'The desk: '),
    line.working && line.words !== '' && h('p', { class: 'streaming' }, line.words),
    line.working && h('p', { class: 'status' }, h('span', { class: 'dots', 'aria-hidden': 'true' }, h('i', null), h('i', null), h('i', null)), h('span', null, line.status === '' ? 'One moment' : line.status), h('button', { type: 'button', class: 'stop', onClick: stopTalking }, 'Stop', h('span', { class: 'unseen' }, ' this answer'))),
    cards.map((card) => h(CardView, { key: card.subject, card })))
}

/** The answer, then what it proposed as it is now. */
function cardsOf(line: Line, views: Record<string, View>): Card[] {
  if (line.from === 'me') return []
  const said = line.view?.cards.filter(({ subject }) => !line.subjects.includes(subject)) ?? []
  return [...said, ...line.subjects.flatMap((subject) => views[subject]?.cards ?? line.view?.cards.filter((card) => card.subject === subject) ?? [])]
}

/** What a screen reader says: what is being looked up, then the whole answer, once. */
function Aloud({ lines }: { lines: Line[] }): ComponentChild {
  const last = lines.at(-1)
  const words = last?.from !== 'desk' ? '' : last.working ? last.status : last.view?.summary ?? ''
  return h('p', { class: 'unseen', role: 'status' }, words)
}

function Composer({ isWorking }: { isWorking: boolean }): ComponentChild {
  const draft = usePart((state) => state.draft)
  const unsent = usePart((state) => state.unsent)
  const box = useRef<HTMLTextAreaElement>(null)
  const [height, setHeight] = useState<number>()
  useEffect(() => {
    if (box.current === null) return
    box.current.style.height = 'auto'
    setHeight(Math.min(160, box.current.scrollHeight))
  }, [draft])
  const send = (): void => { void talk(draft) }
  return h('form', { class: 'composer', onSubmit: (event: Event) => { event.preventDefault(); send() } },
    unsent !== undefined && h('p', { class: 'problem', role: 'alert' }, `${unsent.why} `, draft.trim() === unsent.text && h('button', { type: 'button', onClick: send }, 'Try again')),
    h('label', { for: 'say', class: 'unseen' }, 'Message to the desk'),
    h('textarea', {
      id: 'say', ref: box, rows: 1, maxLength: 2_000, placeholder: 'Write to the desk', value: draft, style: height === undefined ? undefined : { height: `${height}px` }, enterkeyhint: 'send',
      onInput: (event: Event) => change({ draft: (event.target as HTMLTextAreaElement).value }),
      onKeyDown: (event: KeyboardEvent) => {
        if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
        event.preventDefault()
        send()
      },
    }),
    h(Speak, null),
    h('button', { type: 'submit', class: 'primary', 'aria-disabled': isWorking || draft.trim() === '' ? 'true' : undefined }, 'Send'))
}
