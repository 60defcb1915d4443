import { type ComponentChild, h, render } from 'preact'
import { Chat } from './chat.ts'
import { DayBookView } from './day-book.ts'
import { open } from './desk.ts'
import { Dialogs } from './dialogs.ts'
import { keepChat } from './kept-chat.ts'
import { Panels } from './panels.ts'
import { Phone } from './phone.ts'
import { Said } from './said.ts'
import { change, type State, usePart } from './state.ts'
import { roleNames } from './who.ts'

function Page(): ComponentChild {
  const pane = usePart((state) => state.pane)
  const signedOut = usePart((state) => state.signedOut)
  const problem = usePart((state) => (state.me.value === undefined ? state.me.problem : undefined))
  return h('div', { class: 'page', 'data-pane': pane },
    h(Skips, null),
    h(Header, null),
    h(Panes, null),
    signedOut && h('p', { class: 'bar problem', role: 'alert' }, 'You are signed out. ', h('a', { href: '/' }, 'Sign in again')),
    problem !== undefined && !signedOut && h('p', { class: 'bar problem', role: 'alert' }, `${problem} Trying again …`),
    h('main', null,
      h('div', { class: 'day' }, h(DayBookView, null), h(Panels, null)),
      h(Chat, null),
      h(Phone, null)),
    h(Said, { inDialog: false }),
    h(Dialogs, null))
}

/** For a keyboard: past the day and its cards. */
function Skips(): ComponentChild {
  const to = (pane: State['pane'], target: string): void => {
    change({ pane })
    setTimeout(() => document.querySelector<HTMLElement>(target)?.focus())
  }
  return h('nav', { class: 'skips', 'aria-label': 'Skip ahead' },
    h('button', { type: 'button', onClick: () => to('chat', '#say') }, 'To the chat'),
    h('button', { type: 'button', onClick: () => to('day', '[role="tab"][aria-selected="true"]') }, 'To the lists'),
    h('button', { type: 'button', onClick: () => to('phone', '.phone select, .phone [tabindex="0"]') }, 'To the phone'))
}

function Header(): ComponentChild {
  const me = usePart((state) => state.me.value)
  const live = usePart((state) => state.live)
  return h('header', null,
    h('h1', null, me?.salon ?? 'The desk'),
    me?.paused === true && h('span', { class: 'paused', role: 'status' }, 'Paused: nothing is changed or sent'),
    h('p', { class: 'live', role: 'status', 'data-live': live }, live === 'reconnecting' ? 'Reconnecting …' : ''),
    me !== undefined && h('div', { class: 'me' },
      me.demo && h('span', { class: 'demo' }, 'demo'),
      me.mayBecome.length > 0
        ? h('button', { type: 'button', class: 'who', 'aria-haspopup': 'dialog', onClick: () => change({ dialog: { kind: 'who' } }) }, h('span', { class: 'unseen' }, 'You are '), me.person.name, h('span', { class: 'small' }, ` ${roleNames[me.person.role]}`))
        : h('span', { class: 'who' }, me.person.name, h('span', { class: 'small' }, ` ${roleNames[me.person.role]}`))))
}

/** On narrow screens one part at a time. */
function Panes(): ComponentChild {
  const pane = usePart((state) => state.pane)
  const panes: [State['pane'], string][] = [['day', 'Day'], ['chat', 'Chat'], ['phone', 'Phone']]
  return h('nav', { class: 'panes', 'aria-label': 'Parts of the page' }, panes.map(([name, label]) => h('button', { key: name, type: 'button', 'aria-current': name === pane ? 'page' : undefined, onClick: () => change({ pane: name }) }, label)))
}

const root = document.querySelector('#page')
if (root !== null) {
  root.replaceChildren()
  render(h(Page, null), root)
  void open({ onKnown: keepChat })
}
