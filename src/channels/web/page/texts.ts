import { type ComponentChild, h } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Texts as Threads } from '../page-api.ts'
import { showThread } from './desk.ts'
import { Shown } from './shown.ts'
import { usePart } from './state.ts'
import { sayMoment } from './times.ts'

/** Clients' texts: who waits for a person first; one of them whole, with everything that can be done about it. */
export function Texts(): ComponentChild {
  const threadId = usePart((state) => state.threadId)
  const last = useRef('')
  if (threadId !== '') last.current = threadId
  return threadId === '' ? h(List, { back: last.current }) : h(One, { key: threadId })
}

/** `back`: whose thread was open a moment ago, so that the keyboard is where it was. */
function List({ back }: { back: string }): ComponentChild {
  const texts = usePart((state) => state.texts)
  const [onlyWaiting, setOnlyWaiting] = useState(false)
  const [name, setName] = useState('')
  const list = useRef<HTMLUListElement>(null)
  useLayoutEffect(() => { if (back !== '') list.current?.querySelector<HTMLElement>(`[data-thread="${CSS.escape(back)}"]`)?.focus() }, [])

  const threads = texts.value?.threads ?? []
  const waiting = threads.filter(({ needsPerson }) => needsPerson).length
  const wanted = fold(name)
  const shown = threads.filter(({ client, needsPerson }) => (needsPerson || !onlyWaiting) && fold(client.name).includes(wanted))
  return h('div', null,
    h('h2', { class: 'panel-title' }, 'Clients’ texts'),
    texts.problem !== undefined && h('p', { class: 'problem', role: 'status' }, texts.problem),
    threads.length > 0 && h('div', { class: 'filter' },
      h('div', { class: 'switch', role: 'group', 'aria-label': 'Which texts' },
        h('button', { type: 'button', 'aria-pressed': !onlyWaiting, onClick: () => setOnlyWaiting(false) }, 'All'),
        h('button', { type: 'button', 'aria-pressed': onlyWaiting, onClick: () => setOnlyWaiting(true) }, `Waiting for a person (${waiting})`)),
      h('label', null, h('span', { class: 'unseen' }, 'Find a client by name'), h('input', { type: 'search', placeholder: 'Find a client', value: name, autocomplete: 'off', onInput: (event: Event) => setName((event.target as HTMLInputElement).value) }))),
    shown.length > 0 && h('ul', { class: 'threads', ref: list }, shown.map((line) => h(Row, { key: line.client.id, line }))),
    texts.value !== undefined && shown.length === 0 && h('p', { class: 'empty' }, threads.length === 0 ? 'No texts yet. What clients are sent and answer comes here.' : wanted === '' ? 'Nobody waits.' : 'Nobody of that name has texts.'))
}

function Row({ line: { client, last, needsPerson } }: { line: Threads['threads'][number] }): ComponentChild {
  const zone = usePart((state) => state.me.value?.locations[0]?.zone ?? 'UTC')
  return h('li', null, h('button', { type: 'button', class: needsPerson ? 'thread waits' : 'thread', 'data-thread': client.id, onClick: () => { void showThread(client.id) } },
    h('span', { class: 'name' }, client.name),
    h('span', { class: 'small' }, sayMoment(last.at, zone)),
    h('span', { class: 'last' }, last.direction === 'out' && 'Salon: ', last.channel === 'voice' && '(on the phone) ', last.body),
    needsPerson && h('span', { class: 'mark' }, 'waits for a person')))
}

function One(): ComponentChild {
  const thread = usePart((state) => state.thread)
  const back = useRef<HTMLButtonElement>(null)
  useLayoutEffect(() => { back.current?.focus() }, [])
  return h('div', null,
    h('h2', { class: 'unseen' }, 'One client’s texts'),
    h('div', { class: 'back' }, h('button', { type: 'button', ref: back, onClick: () => { void showThread('') } }, '← All texts')),
    h(Shown, { read: thread }))
}

const fold = (text: string): string => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase().trim()
