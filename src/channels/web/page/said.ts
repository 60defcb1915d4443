import { type ComponentChild, h } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { change, usePart } from './state.ts'

/**
 * The sentence for the last press. The region stays, so that it is read out; behind an open dialog nothing would be, so
 * the dialog has one of its own for what is said while it is open.
 */
export function Said({ inDialog }: { inDialog: boolean }): ComponentChild {
  const last = usePart((state) => state.said)
  const isCovered = usePart((state) => state.dialog !== undefined && !inDialog)
  const before = useRef(inDialog ? last?.number ?? 0 : 0)
  const said = isCovered || (last?.number ?? 0) <= before.current ? undefined : last
  useEffect(() => {
    if (said === undefined) return undefined
    const going = setTimeout(() => change({ said: undefined }), 9_000)
    return () => clearTimeout(going)
  }, [said?.number])
  return h('div', { class: 'said', role: 'status' }, said !== undefined && h('p', { key: said.number, class: said.good ? 'good' : 'bad' }, said.text, h('button', { type: 'button', class: 'close', 'aria-label': 'Close', onClick: () => change({ said: undefined }) }, '×')))
}
