import { type ComponentChild, h } from 'preact'
import { useEffect } from 'preact/hooks'
import { change, usePart } from './state.ts'

/** The sentence for the last press. The region stays, so that it is read out. */
export function Said(): ComponentChild {
  const said = usePart((state) => state.said)
  useEffect(() => {
    if (said === undefined) return undefined
    const going = setTimeout(() => change({ said: undefined }), 9_000)
    return () => clearTimeout(going)
  }, [said?.number])
  return h('div', { class: 'said', role: 'status' }, said !== undefined && h('p', { key: said.number, class: said.good ? 'good' : 'bad' }, said.text, h('button', { type: 'button', class: 'close', 'aria-label': 'Close', onClick: () => change({ said: undefined }) }, '×')))
}
