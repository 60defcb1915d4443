import { type ComponentChild, h } from 'preact'
import { useRef, useState } from 'preact/hooks'
import type { Role } from '../../../approvals/roles.ts'
import { valuesOf, wordsFor } from './api.ts'
import { becomePerson } from './desk.ts'
import { usePart } from './state.ts'
import { beginConversation } from './talk.ts'

export const roleNames: Record<Role, string> = { front_desk: 'front desk', manager: 'manager', owner: 'owner' }
const does: Record<Role, string> = { front_desk: 'calls, chats, approves what the salon allows', manager: 'also sees the figures and sets how the desk works', owner: 'everything' }

/** Demo only: be somebody else, to see what each role may do. */
export function WhoView({ close }: { close: () => void }): ComponentChild {
  const me = usePart((state) => state.me.value)
  const form = useRef<HTMLFormElement>(null)
  const [problem, setProblem] = useState<string>()
  if (me === undefined) return null
  const become = async (): Promise<void> => {
    if (form.current === null) return
    const { name = '', role } = valuesOf(form.current)
    try {
      await becomePerson({ name: name.trim(), role: role as Role })
      beginConversation()
      close()
    } catch (error) {
      setProblem(wordsFor(error))
    }
  }
  return h('form', { ref: form, onSubmit: (event: Event) => { event.preventDefault(); void become() } },
    h('p', { class: 'text' }, 'This is the demo: nobody signs in, and you may be anybody. Outside the demo people sign in, and their role is theirs.'),
    h('div', { class: 'field' }, h('label', { for: 'my-name' }, 'Name'), h('input', { id: 'my-name', name: 'name', autofocus: true, type: 'text', required: true, maxLength: 40, autocomplete: 'off', defaultValue: me.person.name })),
    h('fieldset', { class: 'field' }, h('legend', null, 'Role'), me.mayBecome.map((role) => h('label', { key: role, class: 'choice' },
      h('input', { type: 'radio', name: 'role', value: role, defaultChecked: role === me.person.role }), h('span', null, h('strong', null, roleNames[role]), `: ${does[role]}`)))),
    problem !== undefined && h('p', { class: 'problem', role: 'alert' }, problem),
    h('div', { class: 'buttons' }, h('button', { type: 'submit', class: 'primary' }, 'Take this seat'), h('button', { type: 'button', onClick: close }, 'Back')))
}
