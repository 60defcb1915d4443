import { type ComponentChild, h } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { LookedAfter, Phone as Thread, PhoneAnswer, PhoneReply } from '../page-api.ts'
import { post, Refused, wordsFor } from './api.ts'
import { CallSalon } from './call.ts'
import { newRequestId, say, showPhone } from './desk.ts'
import { change, usePart } from './state.ts'
import { sayMoment } from './times.ts'

const quickReplies = ['YES', 'Later?', 'STOP']

/** A client's phone: the texts they got, and (in the demo) what they answer. */
export function Phone(): ComponentChild {
  const me = usePart((state) => state.me.value)
  const phones = usePart((state) => state.phones.value)
  const clientId = usePart((state) => state.clientId)
  const phone = usePart((state) => state.phone)
  const zone = me?.locations[0]?.zone ?? 'UTC'
  const thread = useRef<HTMLOListElement>(null)
  // What was said in a call is no text on their screen.
  const texts = (phone.value?.texts ?? []).filter(({ channel }) => channel !== 'voice')
  useLayoutEffect(() => { if (thread.current !== null) thread.current.scrollTop = thread.current.scrollHeight }, [texts.length, clientId])

  return h('section', { class: 'phone', 'aria-labelledby': 'phone-title' },
    h('div', { class: 'head' }, h('h2', { id: 'phone-title' }, 'A client’s phone'), me?.demo === true && h('span', { class: 'demo' }, 'demo')),
    h('div', { class: 'handset' },
      phones !== undefined && phones.phones.length > 0 && h('select', { 'aria-label': 'Whose phone', value: clientId, onChange: (event: Event) => { void showPhone((event.target as HTMLSelectElement).value) } },
        phones.phones.map(({ client, needsPerson }) => h('option', { key: client.id, value: client.id }, `${client.name}${needsPerson ? ' · waits for you' : ''}`))),
      h('ol', { class: 'texts', ref: thread, tabIndex: 0, 'aria-label': 'Texts', 'aria-live': 'polite' },
        texts.map((text) => h('li', { key: text.id, class: text.direction },
          h('p', null, h('span', { class: 'unseen' }, text.direction === 'in' ? 'The client: ' : 'The salon: '), text.body),
          h('span', { class: 'small' }, sayMoment(text.at, zone), text.channel === 'voice' && ' · on the phone', text.state === 'failed' && (text.channel === 'voice' ? ' · cut off' : ' · not sent'), text.state === 'unknown' && ' · perhaps sent', text.state === 'queued' && ' · on its way', text.needsPerson && ' · waits for a person'))),
        clientId === '' && h('li', { class: 'empty' }, me?.texting === 'off'
          ? 'Texts are not connected: no client is sent anything.'
          : 'No texts yet. Approve a change that tells a client, and it arrives here.')),
      phone.problem !== undefined && h('p', { class: 'problem', role: 'status' }, phone.problem),
      phone.value !== undefined && texts.some(({ needsPerson }) => needsPerson) && h(NeedsPerson, { key: `needs ${clientId}`, clientId, name: phone.value.client.name }),
      phone.value?.optedOut === true && h('p', { class: 'notice' }, `${phone.value.client.name} has said STOP and gets no texts.`),
      phones?.mayReply === true && clientId !== '' && h(Reply, { key: clientId, clientId, name: phone.value?.client.name ?? 'the client' })),
    phones?.mayReply === true && h(CallSalon, null),
    h('p', { class: 'small' }, me?.demo === true ? 'No real text is sent in the demo.' : me?.texting === 'off' ? '' : 'What clients were sent and answered.'))
}

/** What the desk did not answer by itself waits for a person, who says so when it is seen to. */
function NeedsPerson({ clientId, name }: { clientId: string; name: string }): ComponentChild {
  const [busy, setBusy] = useState(false)
  const seen = async (): Promise<void> => {
    if (busy) return
    setBusy(true)
    try {
      const request: LookedAfter = { clientId }
      change({ phone: { value: await post<Thread>('/api/phone/looked-after', request) } })
      say({ text: `${name}’s texts are seen to.`, good: true })
    } catch (error) {
      say({ text: wordsFor(error), good: false })
    }
    setBusy(false)
  }
  return h('div', { class: 'notice needs' }, h('p', null, 'Waits for a person.'), h('button', { type: 'button', 'aria-disabled': busy ? 'true' : undefined, onClick: () => { void seen() } }, 'Seen to'))
}

function Reply({ clientId, name }: { clientId: string; name: string }): ComponentChild {
  const [text, setText] = useState('')
  const [busy, setBusy] = useState(false)
  const [lost, setLost] = useState<{ text: string; requestId: string; words: string }>()
  const reply = async (words: string): Promise<void> => {
    const body = words.trim()
    if (body === '' || busy) return
    const requestId = lost?.text === body ? lost.requestId : newRequestId()
    setBusy(true)
    try {
      const request: PhoneReply = { clientId, text: body, requestId }
      const { thread } = await post<PhoneAnswer>('/api/phone', request)
      change({ phone: { value: thread } })
      setText('')
      setLost(undefined)
    } catch (error) {
      setText(body)
      setLost({ text: body, requestId, words: wordsFor(error) })
      if (error instanceof Refused) say({ text: error.message, good: false })
    }
    setBusy(false)
  }
  return h('form', { class: 'reply', onSubmit: (event: Event) => { event.preventDefault(); void reply(text) } },
    lost !== undefined && h('p', { class: 'problem', role: 'alert' }, `${lost.words} `, h('button', { type: 'button', onClick: () => { void reply(text) } }, 'Try again')),
    h('div', { class: 'quick', role: 'group', 'aria-label': `Quick answers as ${name}` }, quickReplies.map((words) => h('button', { key: words, type: 'button', 'aria-disabled': busy ? 'true' : undefined, onClick: () => { void reply(words) } }, words))),
    h('div', { class: 'box' },
      h('label', { for: 'reply', class: 'unseen' }, `Answer as ${name}`),
      h('input', { id: 'reply', type: 'text', maxLength: 1_600, autocomplete: 'off', placeholder: `Answer as ${name}`, value: text, onInput: (event: Event) => setText((event.target as HTMLInputElement).value) }),
      h('button', { type: 'submit', class: 'primary', 'aria-disabled': busy || text.trim() === '' ? 'true' : undefined }, 'Send')))
}
