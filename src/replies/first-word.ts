import type { Asked } from './reading.ts'

const yes = new Set(['y', 'yes', 'yeah', 'yep', 'yup', 'ya', 'ok', 'okay', 'k', 'sure', 'c', 'confirm', 'confirmed', '1', 'si', 'sí', 'perfect', 'great', 'sounds', 'absolutely', 'definitely', 'correct'])
const no = new Set(['n', 'no', 'nope', 'nah', 'never', 'not'])
const stop = new Set(['stop', 'stopall', 'unsubscribe', 'cancel', 'end', 'quit', 'revoke', 'optout'])

/** What products on the market do with a reply: its first word decides, whatever follows; opt-outs are single keywords. */
export function readFirstWord({ text, asked }: { text: string; asked: Asked }): 'yes' | 'no' | 'stop' | 'other' {
  const words = text.trim().toLowerCase().split(/[^\p{L}\d]+/u).filter((word) => word !== '')
  if (words.length === 1 && stop.has(words[0]!)) return 'stop'
  if (asked.kind === 'nothing') return 'other'
  const [first = ''] = words
  return yes.has(first) ? 'yes' : no.has(first) ? 'no' : 'other'
}
