import type { Turn } from '../../agent/agent.ts'
import type { Seal } from '../../store/seal.ts'
import type { Part, View } from './card.ts'
import { wholeParts } from './fit-parts.ts'
import { openTokens } from './token.ts'

/** What a language model's words begin with in `Turn.prose`, so that nobody takes them for the desk's own. */
const label = 'Assistant'

/**
 * An answered turn as a card of words, and the subjects of what it proposed: each is a card of its own, never a part of a
 * message that streams. The card has buttons to say whether the answer helped.
 */
export function turnView({ turn, conversationId, requestId, seal }: { turn: Turn; conversationId: string; requestId: string; seal: Pick<Seal, 'lookup'> }): { view: View; proposals: string[] } {
  const tokens = openTokens(seal)
  const subject = `turn:${requestId}`
  const feedback = (action: string, words: string) => ({ action, token: tokens.make({ action, ref: [conversationId, requestId] }), label: words })
  return {
    view: {
      subject,
      summary: turn.prose.split('\n')[0]?.slice(0, 150) ?? '',
      cards: [{ subject, title: '', tone: 'plain', parts: wholeParts(partsOf(turn)), buttons: [feedback('feedback:good', 'Helpful'), feedback('feedback:bad', 'Not helpful')] }],
    },
    proposals: turn.proposals.map(({ id }) => `proposal:${id}`),
  }
}

function partsOf({ prose, notes, beside = [], brain }: Turn): Part[] {
  const words: Part = brain === 'embedded' ? { kind: 'text', text: prose } : { kind: 'words', label, text: prose.replace(new RegExp(`^${label}: `), '') }
  return [
    ...notes.map((text) => ({ kind: 'small' as const, text })),
    ...(prose === '' ? [] : [words]),
    ...beside.flatMap((one): Part[] => {
      if (one.kind === 'notes') return [{ kind: 'words', label: 'On record', text: one.text }]
      // What was quoted stands for itself; an answer without a source is the desk's "the policy does not say".
      return one.citations.length === 0 ? [{ kind: 'text', text: one.answer }] : one.citations.map(({ quote, title, file }) => ({ kind: 'policy' as const, quote, title, file }))
    }),
  ]
}
