import { type ComponentChild, h } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Button, Card } from '../../cards/card.ts'
import { Refused, wordsFor } from './api.ts'
import { newRequestId, say } from './desk.ts'
import { PartView } from './parts.ts'
import { press } from './press.ts'

type Failed = { button: Button; requestId: string; words: string }

/** One card, from what the desk says of it and nothing else. Its buttons go quiet at the first press, until the answer is drawn. */
export function CardView({ card }: { card: Card }): ComponentChild {
  const buttons = card.buttons.filter(({ whereStill }) => whereStill !== true)
  const article = useRef<HTMLElement>(null)
  const held = useRef(false)
  const [pressed, setPressed] = useState<string>()
  const [failed, setFailed] = useState<Failed>()

  const push = async (button: Button, requestId = newRequestId()): Promise<void> => {
    if (pressed !== undefined) return
    held.current = true
    setPressed(button.action + button.token)
    setFailed(undefined)
    await press({ action: button.action, token: button.token, requestId }).catch((error: unknown) => {
      if (error instanceof Refused) say({ text: error.message, good: false })
      else setFailed({ button, requestId, words: wordsFor(error) })
    })
    setPressed(undefined)
  }

  // A button that is gone takes the focus with it: the card that stayed gets it, so that a keyboard is not thrown to the top.
  useLayoutEffect(() => {
    if (!held.current) return
    const { activeElement } = document
    if (activeElement === document.body) article.current?.focus()
    // The button may go some drawings later, when the change is through; whoever went elsewhere is left there.
    held.current = activeElement !== document.body && article.current?.contains(activeElement) === true
  })

  return h('article', { class: `card ${card.tone}`, ref: article, tabIndex: -1, 'aria-label': card.title === '' ? undefined : card.title, 'data-subject': card.subject },
    card.title !== '' && h('h3', null, card.title),
    card.parts.map((part, at) => h(PartView, { key: at, part })),
    buttons.length > 0 && h('div', { class: 'buttons', 'aria-busy': pressed !== undefined },
      buttons.map((button) => {
        const key = button.action + button.token
        return h('button', {
          key, type: 'button', class: `${button.style ?? ''}${pressed === key ? ' pressed' : ''}`,
          'aria-disabled': pressed === undefined ? undefined : 'true',
          onClick: () => { void push(button) },
        }, button.label, button.opensForm === true && !button.label.endsWith('…') && '…')
      })),
    failed !== undefined && h('p', { class: 'problem', role: 'alert' }, `${failed.words} Nothing is lost. `,
      h('button', { type: 'button', onClick: () => { void push(failed.button, failed.requestId) } }, 'Try again')))
}
