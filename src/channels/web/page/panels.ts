import { type ComponentChild, h } from 'preact'
import { useState } from 'preact/hooks'
import { CardView } from './card.ts'
import { readMoreAudit, showTab } from './desk.ts'
import { Shown } from './shown.ts'
import { type State, usePart } from './state.ts'
import { Texts } from './texts.ts'
import { sayMoment } from './times.ts'

/** What lies beside the day book, one panel at a time: the call list, what waits, clients' texts, their calls, the waitlist, my desk, the log. */
export function Panels(): ComponentChild {
  const tab = usePart((state) => state.tab)
  const waits = usePart((state) => state.proposals.value?.open.length ?? 0)
  const texts = usePart((state) => state.texts.value?.threads.filter(({ needsPerson }) => needsPerson).length ?? 0)
  const called = usePart((state) => state.phoneCalls.value?.cards.find(({ subject }) => subject === 'phone_waiting')?.buttons.length ?? 0)
  const chairs = usePart((state) => state.waitlist.value?.cards.filter(({ subject }) => subject.startsWith('opening:')).length ?? 0)
  const tabs: { name: State['tab']; label: string; count?: number }[] = [{ name: 'calls', label: 'Calls' }, { name: 'waiting', label: 'Proposals', count: waits }, { name: 'texts', label: 'Texts', count: texts }, { name: 'phone', label: 'Phone', count: called }, { name: 'waitlist', label: 'Waitlist', count: chairs }, { name: 'home', label: 'My desk' }, { name: 'log', label: 'Log' }]
  const turn = (event: KeyboardEvent): void => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (by === undefined) return
    event.preventDefault()
    const next = tabs[(tabs.findIndex(({ name }) => name === tab) + by + tabs.length) % tabs.length]
    if (next === undefined) return
    showTab(next.name)
    document.querySelector<HTMLElement>(`#tab-${next.name}`)?.focus()
  }
  return h('section', { class: 'panels', 'aria-label': 'Lists' },
    h('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Lists', onKeyDown: turn }, tabs.map(({ name, label, count }) => h('button', {
      key: name, id: `tab-${name}`, type: 'button', role: 'tab', 'aria-selected': name === tab, 'aria-controls': 'panel', tabIndex: name === tab ? 0 : -1, onClick: () => showTab(name),
    }, label, count !== undefined && count > 0 && h('span', { class: 'count' }, h('span', { class: 'unseen' }, ', '), count, h('span', { class: 'unseen' }, ' waiting'))))),
    h('div', { id: 'panel', role: 'tabpanel', 'aria-labelledby': `tab-${tab}` }, { calls: h(Calls, null), waiting: h(Waiting, null), texts: h(Texts, null), phone: h(PhoneCalls, null), waitlist: h(Chairs, null), home: h(Home, null), log: h(Log, null) }[tab]))
}

function Calls(): ComponentChild {
  const brief = usePart((state) => state.brief)
  return h('div', null, h('h2', { class: 'unseen' }, 'This morning’s calls'), h(Shown, { read: brief }))
}

/** The story of one call opens in a dialog, and goes on there while the call does. */
function PhoneCalls(): ComponentChild {
  const calls = usePart((state) => state.phoneCalls)
  return h('div', null, h('h2', { class: 'unseen' }, 'Clients’ calls'), h(Shown, { read: calls }))
}

function Chairs(): ComponentChild {
  const waitlist = usePart((state) => state.waitlist)
  return h('div', null, h('h2', { class: 'unseen' }, 'Free chairs, and who waits'), h(Shown, { read: waitlist }))
}

function Home(): ComponentChild {
  const home = usePart((state) => state.home)
  return h('div', null, h('h2', { class: 'unseen' }, 'My desk'), h(Shown, { read: home }))
}

function Waiting(): ComponentChild {
  const proposals = usePart((state) => state.proposals)
  const { open = [], recent = [] } = proposals.value ?? {}
  return h('div', { class: 'cards' },
    h('h2', { class: 'panel-title' }, 'Waiting for a decision'),
    proposals.problem !== undefined && h('p', { class: 'problem', role: 'status' }, proposals.problem),
    open.length === 0 && h('p', { class: 'empty' }, 'Nothing waits. Ask the desk to change something, and its card comes here too.'),
    open.flatMap(({ cards }) => cards).map((card) => h(CardView, { key: card.subject, card })),
    recent.length > 0 && h('h2', { class: 'panel-title' }, 'Decided lately'),
    recent.flatMap(({ cards }) => cards).map((card) => h(CardView, { key: card.subject, card })))
}

function Log(): ComponentChild {
  const audit = usePart((state) => state.audit)
  const zone = usePart((state) => state.me.value?.locations.find(({ id }) => id === state.locationId)?.zone ?? 'UTC')
  const [busy, setBusy] = useState(false)
  const { rows = [], verified, before } = audit.value ?? {}
  const more = async (): Promise<void> => {
    setBusy(true)
    await readMoreAudit()
    setBusy(false)
  }
  return h('div', null,
    h('h2', { class: 'panel-title' }, 'Everything the desk did'),
    audit.problem !== undefined && h('p', { class: 'problem', role: 'status' }, audit.problem),
    verified !== undefined && h('p', { class: verified.ok ? 'whole' : 'problem' }, verified.ok ? '✓ ' : '! ', verified.words),
    h('div', { class: 'log-rows' }, h('table', null,
      h('thead', null, h('tr', null, ['When', 'Who', 'What'].map((name) => h('th', { key: name, scope: 'col' }, name)))),
      h('tbody', null, rows.map(({ seq, at, who, words, subject }) => h('tr', { key: seq }, h('td', null, sayMoment(at, zone)), h('td', null, who), h('td', null, words, ' ', h('span', { class: 'small' }, subject))))))),
    before !== undefined && h('div', { class: 'buttons' }, h('button', { type: 'button', 'aria-disabled': busy ? 'true' : undefined, onClick: () => { void more() } }, 'Earlier rows')))
}
