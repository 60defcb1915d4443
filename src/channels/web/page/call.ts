import { type ComponentChild, h } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { CallCut, CallEnd, CallLine, CallStart, CallStarted, CallTurn, VoiceNote } from '../page-api.ts'
import { post, postForLines, postSound, wordsFor } from './api.ts'
import { newRequestId } from './desk.ts'
import { NoMicrophone, record, type Recording } from './microphone.ts'
import { usePart } from './state.ts'
import { openMouth } from './talk-aloud.ts'

type Line = { from: 'caller' | 'salon'; words: string }
/** `pressed`: keys that are not sent yet. */
type Call = { callId: string; lines: Line[]; over: boolean; pressed: string }
/** A list is looked through, not searched. */
const mostCallers = 40
const stranger = 'somebody who hides their number'
/** One in ten codes begins with a 0; a mouse is slower than a thumb. */
const zeroMs = 3_000
const keys = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#']

/** A client's call to the salon, in the demo: spoken with the browser's microphone and voice, or typed. */
export function CallSalon(): ComponentChild {
  const callers = useCallers()
  const [chosen, setChosen] = useState<string>()
  // Whose phone is in the hand changes when a text arrives on another; who calls does not.
  const [as, setAs] = useState({ clientId: '', name: stranger })
  const [call, setCall] = useState<Call>()
  const [problem, setProblem] = useState('')
  const [listening, setListening] = useState<Recording>()
  const [seconds, setSeconds] = useState(0)
  const [busy, setBusy] = useState(false)
  const [words, setWords] = useState('')
  const mouth = useRef(openMouth({ onQuiet: () => {} })).current
  const list = useRef<HTMLOListElement>(null)
  const end = useRef<HTMLButtonElement>(null)
  const door = useRef<HTMLButtonElement>(null)
  const wasOn = useRef(false)
  const line = useRef<Promise<void>>(Promise.resolve())
  /** So many keys are one answer. */
  const awaits = useRef(1)
  const pressed = useRef('')
  const zero = useRef<ReturnType<typeof setTimeout>>(undefined)
  const now = useRef<Call | undefined>(undefined)
  now.current = call
  useLayoutEffect(() => { if (list.current !== null) list.current.scrollTop = list.current.scrollHeight }, [call?.lines.length])
  // The keyboard stays where the call is: in what is said, at its end, and where the next one begins.
  useLayoutEffect(() => {
    const isOn = call !== undefined
    if (isOn !== wasOn.current) (isOn ? list : door).current?.focus()
    else if (call?.over === true && document.activeElement === document.body) end.current?.focus()
    wasOn.current = isOn
  }, [call === undefined, call?.over])
  // Whoever leaves the page hangs up.
  useEffect(() => {
    const leave = (): void => {
      clearTimeout(zero.current)
      mouth.hush()
      const on = now.current
      if (on !== undefined && !on.over) navigator.sendBeacon('/api/call/end', new Blob([JSON.stringify({ callId: on.callId } satisfies CallEnd)], { type: 'application/json' }))
    }
    window.addEventListener('pagehide', leave)
    return () => {
      window.removeEventListener('pagehide', leave)
      leave()
    }
  }, [])

  const add = (line: Line, over = false): void => setCall((before) => (before === undefined ? before : { ...before, lines: [...before.lines, line], over: before.over || over }))
  /** One after the other: whoever speaks while the salon still answers is heard right after, and not passed over. */
  const trying = (work: () => Promise<void>): Promise<void> => {
    const mine = line.current.then(async () => {
      setBusy(true)
      setProblem('')
      await work().catch((error: unknown) => setProblem(error instanceof NoMicrophone ? error.message : wordsFor(error)))
      setBusy(false)
    })
    line.current = mine
    return mine
  }

  const begin = (): Promise<void> => trying(async () => {
    const clientId = chosen ?? callers[0]?.id ?? ''
    setAs({ clientId, name: callers.find(({ id }) => id === clientId)?.name ?? stranger })
    const request: CallStart = { requestId: newRequestId(), ...(clientId === '' ? {} : { clientId }) }
    const { callId, pieces } = await post<CallStarted>('/api/call', request)
    setCall({ callId, lines: pieces.map((piece) => ({ from: 'salon' as const, words: piece.words })), over: false, pressed: '' })
    awaits.current = 1
    pressed.current = ''
    for (const piece of pieces) mouth.say(piece)
  })

  /** What was still being said is cut off, and only what was heard of it counts. */
  const cutIn = async (callId: string): Promise<void> => {
    if (!mouth.isTalking()) return void mouth.hush()
    const { heard, whole } = mouth.hush()
    if (!whole) await post('/api/call/cut', { callId, heard } satisfies CallCut)
  }

  const turn = async (heard: CallTurn['heard']): Promise<void> => {
    const on = now.current
    if (on === undefined || on.over) return
    clearTimeout(zero.current)
    await cutIn(on.callId)
    add({ from: 'caller', words: heard.kind === 'words' ? heard.words : heard.kind === 'keys' ? `(presses ${heard.keys})` : '(says nothing)' })
    const onLine = (sent: unknown): void => {
      const line = sent as CallLine
      if (line.kind === 'piece') {
        add({ from: 'salon', words: line.piece.words })
        mouth.say(line.piece)
      }
      if (line.kind === 'error') setProblem(line.text)
      if (line.kind !== 'next') return
      awaits.current = line.next.kind === 'listen' ? (line.next.keys ?? 1) : 1
      if (line.next.kind === 'hand_over') add({ from: 'salon', words: '(rings the desk)' }, true)
      if (line.next.kind === 'hang_up') add({ from: 'salon', words: '(hangs up)' }, true)
    }
    await postForLines({ path: '/api/call/turn', body: { callId: on.callId, turnId: newRequestId(), heard } satisfies CallTurn, onLine, signal: new AbortController().signal })
    if (now.current?.over === true) await post('/api/call/end', { callId: on.callId } satisfies CallEnd)
  }

  const speak = (): Promise<void> => trying(async () => {
    if (listening === undefined) {
      if (call !== undefined) await cutIn(call.callId)
      const recording = await record({ onSound: (sound) => setSeconds(Math.floor(sound.seconds)), onEnd: () => setProblem('Two minutes are full: press Done to send them.') })
      setSeconds(0)
      setListening(recording)
      return
    }
    setListening(undefined)
    const { text } = await postSound<VoiceNote>('/api/voice-note', await listening.stop())
    if (text.trim() === '') throw new NoMicrophone('Nothing was understood. Speak a little closer, or type.')
    await turn({ kind: 'words', words: text })
  })

  /** A code is pressed key by key; a star or hash sends what there is. 0 alone rings a person, at once or, where it may begin a code, when nothing follows. */
  const press = (key: string): void => {
    const on = now.current
    if (on === undefined || on.over) return
    clearTimeout(zero.current)
    showPressed(pressed.current + key)
    // While the salon still answers it is not known how many keys it will want.
    void line.current.then(decide)
  }
  const decide = (): void => {
    const all = pressed.current
    if (all === '') return
    if (all.length >= awaits.current || /[*#]$/.test(all)) return send()
    if (all === '0') zero.current = setTimeout(send, zeroMs)
  }
  const send = (): void => {
    const all = pressed.current
    showPressed('')
    if (all !== '') void trying(() => turn({ kind: 'keys', keys: all }))
  }
  const showPressed = (all: string): void => {
    pressed.current = all
    setCall((before) => (before === undefined ? before : { ...before, pressed: all }))
  }

  const type = (): void => {
    const said = words.trim()
    if (said === '') return
    setWords('')
    void trying(() => turn({ kind: 'words', words: said }))
  }

  const hangUp = (): Promise<void> => trying(async () => {
    clearTimeout(zero.current)
    mouth.hush()
    listening?.drop()
    setListening(undefined)
    if (call !== undefined && !call.over) await post('/api/call/end', { callId: call.callId } satisfies CallEnd)
    setCall(undefined)
  })

  if (call === undefined) {
    return h('div', { class: 'call-salon' },
      problem !== '' && h('p', { class: 'problem', role: 'alert' }, problem),
      h('div', { class: 'box' },
        h('label', { for: 'call-as', class: 'unseen' }, 'Who calls'),
        h('select', { id: 'call-as', value: chosen ?? callers[0]?.id ?? '', onChange: (event: Event) => setChosen((event.target as HTMLSelectElement).value) },
          callers.map(({ id, name }) => h('option', { key: id, value: id }, name)), h('option', { key: '', value: '' }, 'A hidden number')),
        h('button', { type: 'button', class: 'primary', ref: door, 'aria-disabled': busy ? 'true' : undefined, onClick: () => { if (!busy) void begin() } }, 'Call the salon')))
  }
  return h('div', { class: 'call-salon on' },
    h('div', { class: 'head' },
      h('h3', null, call.over ? 'The call is over' : `On the phone: ${as.name}`),
      h('button', { type: 'button', ref: end, class: call.over ? undefined : 'danger', onClick: () => { void hangUp() } }, call.over ? 'Close' : 'Hang up')),
    h('ol', { class: 'texts', ref: list, tabIndex: 0, 'aria-label': 'The call', 'aria-live': 'polite' },
      call.lines.map((line, at) => h('li', { key: at, class: line.from === 'caller' ? 'in' : 'out' }, h('p', null, h('span', { class: 'unseen' }, line.from === 'caller' ? 'The caller: ' : 'The salon: '), line.words)))),
    problem !== '' && h('p', { class: 'problem', role: 'alert' }, problem),
    !call.over && h('form', { class: 'box', onSubmit: (event: Event) => { event.preventDefault(); type() } },
      h('label', { for: 'call-words', class: 'unseen' }, `Say as ${as.name}`),
      h('input', { id: 'call-words', type: 'text', maxLength: 1_600, autocomplete: 'off', placeholder: 'Say something', value: words, onInput: (event: Event) => setWords((event.target as HTMLInputElement).value) }),
      h('button', { type: 'button', class: 'mic-call', 'aria-pressed': listening !== undefined, 'aria-disabled': busy ? 'true' : undefined, onClick: () => { if (!busy) void speak() } }, listening === undefined ? 'Speak' : 'Done'),
      h('button', { type: 'submit', class: 'primary', 'aria-disabled': words.trim() === '' ? 'true' : undefined }, 'Say')),
    !call.over && h('div', { class: 'keypad', role: 'group', 'aria-label': 'Keys' }, keys.map((key) => h('button', { key, type: 'button', onClick: () => press(key) }, key))),
    listening !== undefined && h('p', { class: 'small hears' }, `Listening: ${seconds} s`),
    !call.over && h('p', { class: 'small', role: 'status' }, call.pressed === '' ? '' : call.pressed === '0' ? 'Pressed 0: a person, unless more follows' : `Pressed ${call.pressed}`))
}

/** Who may call: whose phone is in the hand, then whoever has a visit on the day that is shown. */
function useCallers(): { id: string; name: string }[] {
  const phones = usePart((state) => state.phones.value?.phones)
  const clientId = usePart((state) => state.clientId)
  const rows = usePart((state) => state.day.value?.rows)
  const inHand = (phones ?? []).map(({ client }) => client).toSorted((one, other) => Number(other.id === clientId) - Number(one.id === clientId))
  const now = usePart((state) => state.me.value?.now ?? '')
  // Whoever is still to come has something to ask.
  const visiting = (rows ?? []).flatMap(({ visits }) => visits).toSorted((one, other) => Number(one.start < now) - Number(other.start < now)).map(({ client }) => client)
  return [...new Map([...inHand, ...visiting].map((client) => [client.id, client])).values()].slice(0, mostCallers)
}
