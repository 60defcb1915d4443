import { type ComponentChild, h } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { CardView } from './card.ts'
import { FormView } from './form.ts'
import { Said } from './said.ts'
import { change, type Dialog, usePart } from './state.ts'
import { VisitView } from './visit.ts'
import { partsOf } from './visits.ts'
import { WhoView } from './who.ts'

/** The one dialog of the page. Esc and a click beside it close it; the focus goes back to where it was. */
export function Dialogs(): ComponentChild {
  const dialog = usePart((state) => state.dialog)
  return dialog === undefined ? null : h(Open, { dialog, key: dialog.kind })
}

function Open({ dialog }: { dialog: Dialog }): ComponentChild {
  const element = useRef<HTMLDialogElement>(null)
  const close = (): void => { element.current?.close() }
  useLayoutEffect(() => {
    const before = document.activeElement
    element.current?.showModal()
    return () => { if (before instanceof HTMLElement && before.isConnected && document.activeElement === document.body) before.focus() }
  }, [])
  return h('dialog', {
    ref: element, 'aria-labelledby': 'dialog-title',
    onClose: () => change({ dialog: dialog.behind }),
    onMouseDown: (event: MouseEvent) => { if (event.target === element.current) close() },
  },
  h('div', { class: 'sheet' },
    h('div', { class: 'head' }, h('h2', { id: 'dialog-title' }, h(Title, { dialog })), h('button', { type: 'button', class: 'close', 'aria-label': 'Close', onClick: close }, '×')),
    content(dialog, close)),
  h(Said, { inDialog: true }))
}

function Title({ dialog }: { dialog: Dialog }): ComponentChild {
  const day = usePart((state) => state.day.value)
  const name = dialog.kind === 'visit' && day !== undefined ? partsOf(day, dialog.appointmentId)[0]?.part.client.name : undefined
  return h('span', null, { form: dialog.kind === 'form' ? dialog.form.title : '', view: dialog.kind === 'view' ? dialog.view.summary.split('. ')[0] : '', visit: name ?? 'A visit', who: 'Who am I?' }[dialog.kind])
}

function content(dialog: Dialog, close: () => void): ComponentChild {
  switch (dialog.kind) {
    case 'form':
      return h(FormView, { key: dialog.form.token, form: dialog.form, close })
    case 'view':
      return h('div', { class: 'cards' }, dialog.view.cards.map((card) => h(CardView, { key: card.subject, card })))
    case 'visit':
      return h(VisitView, { appointmentId: dialog.appointmentId, close })
    case 'who': // below
  }
  return h(WhoView, { close })
}
