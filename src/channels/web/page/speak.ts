import { type ComponentChild, h } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { VoiceNote } from '../page-api.ts'
import { postSound, wordsFor } from './api.ts'
import { mostSeconds, NoMicrophone, type Recording, record } from './microphone.ts'
import { change, current } from './state.ts'

/** What the microphone's button is about: nothing, asking the browser, listening, or having it written down. */
type Step = 'off' | 'asking' | 'listening' | 'writing'

/** The longest message there is. */
const mostLetters = 2_000

/**
 * The microphone beside the chat: press, speak, press again (Escape forgets it). What was understood goes into the box
 * to be corrected; it is never sent by itself.
 */
export function Speak(): ComponentChild {
  const [step, setStep] = useState<Step>('off')
  const [problem, setProblem] = useState('')
  const [seconds, setSeconds] = useState(0)
  const recording = useRef<Recording | undefined>(undefined)
  const button = useRef<HTMLButtonElement>(null)
  const wanted = useRef(false)

  const finish = async (): Promise<void> => {
    const made = recording.current
    if (made === undefined) return
    recording.current = undefined
    setStep('writing')
    setProblem(await writeDown(made))
    setStep('off')
  }
  const drop = (): void => {
    wanted.current = false
    recording.current?.drop()
    recording.current = undefined
    setStep('off')
  }
  const start = async (): Promise<void> => {
    wanted.current = true
    setProblem('')
    setSeconds(0)
    setStep('asking')
    try {
      const made = await record({
        onSound: (heard) => {
          button.current?.style.setProperty('--loudness', String(heard.loudness))
          setSeconds(Math.floor(heard.seconds))
        },
        onEnd: () => { void finish() },
      })
      // Given up while the browser was asking.
      if (!wanted.current) return made.drop()
      recording.current = made
      setStep('listening')
    } catch (error) {
      setStep('off')
      setProblem(error instanceof NoMicrophone ? error.message : 'The microphone cannot be used just now. Type instead.')
    }
  }
  const press = (): void => {
    if (step === 'off') void start()
    else if (step === 'asking') drop()
    else if (step === 'listening') void finish()
  }
  useEffect(() => drop, [])

  const label = { off: 'Speak instead of writing', asking: 'Stop asking for the microphone', listening: 'Stop listening and write it down', writing: 'Being written down' }[step]
  const words = { off: problem, asking: 'Asking the browser for the microphone …', listening: 'Listening. Press again when you are done, Escape to forget it.', writing: 'Writing down what you said …' }[step]
  return h('div', { class: 'speak', 'data-step': step },
    h('button', {
      type: 'button', ref: button, class: 'mic', 'aria-label': label, title: label, 'aria-disabled': step === 'writing' ? 'true' : undefined,
      onClick: press,
      onKeyDown: (event: KeyboardEvent) => { if (event.key === 'Escape' && step !== 'writing') drop() },
    }, h(Picture, { isOn: step === 'listening' })),
    h('div', { class: 'hearing', 'data-empty': words === '' ? '' : undefined },
      h('p', { role: 'status' }, words),
      step === 'listening' && h('span', { class: 'seconds', 'aria-hidden': 'true' }, `${seconds} s of ${mostSeconds}`)))
}

/** Puts what was understood into the box and answers '', or answers why there is nothing. */
async function writeDown(recording: Recording): Promise<string> {
  try {
    const { text } = await postSound<VoiceNote>('/api/voice-note', await recording.stop())
    if (text === '') return 'Nothing was understood. Speak a little nearer and in English, or type instead.'
    change({ draft: [current().draft.trimEnd(), text].filter((part) => part !== '').join(' ').slice(0, mostLetters) })
    document.querySelector<HTMLElement>('#say')?.focus()
    return ''
  } catch (error) {
    return wordsFor(error)
  }
}

function Picture({ isOn }: { isOn: boolean }): ComponentChild {
  if (isOn) return h('span', { class: 'dot', 'aria-hidden': 'true' })
  return h('svg', { viewBox: '0 0 24 24', width: 20, height: 20, fill: 'none', stroke: 'currentColor', 'stroke-width': 1.8, 'stroke-linecap': 'round', 'aria-hidden': 'true' },
    h('rect', { x: 9, y: 3, width: 6, height: 11, rx: 3 }), h('path', { d: 'M5.5 11a6.5 6.5 0 0 0 13 0M12 17.5V21' }))
}
