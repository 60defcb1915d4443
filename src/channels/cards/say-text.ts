import type { Proposal } from '../../approvals/proposal.ts'
import { firstName } from '../../salon/plain-names.ts'
import type { TextState } from '../../store/tables/texts.ts'
import type { Telling } from './proposal-card.ts'
import { sayMoment } from './say-moment.ts'

/** What became of the text that a proposal promised. */
export type TextNow = { state: TextState; errorCode: string | null; at: string }

/** "Text to Dana: sent at 9:41 am." */
export function sayText({ facts: { message } }: Pick<Proposal, 'facts'>, { text, telling, paused }: { text: TextNow; telling: Telling; paused: boolean }): string {
  const to = message?.kind === 'text' ? firstName(message.to) : 'the client'
  return `Text to ${to}: ${sayTextState({ to, text, telling, paused })}`
}

function sayTextState({ to, text: { state, errorCode, at }, telling, paused }: { to: string; text: TextNow; telling: Telling; paused: boolean }): string {
  switch (state) {
    case 'sent':
      return `sent at ${sayMoment(at, telling)}.`
    case 'queued':
      return paused ? 'waiting: the desk is paused.' : 'on its way.'
    case 'suppressed':
      return `not sent: ${whyNot[errorCode ?? ''] ?? 'it was held back. Please tell them yourself.'}`
    case 'unknown':
      return `it is not known whether it arrived. Please ask ${to}.`
    case 'failed':
    case 'received': // below, so that every path returns
  }
  return `not sent: it could not be delivered. Please tell ${to} yourself.`
}

const whyNot: Record<string, string> = {
  opted_out: 'the number has said STOP. Please call.',
  no_consent: 'the client\'s record says no texts. Please call.',
  no_number: 'there is no phone number on file.',
  outdated: 'the visit was changed again, or has begun.',
  shadow: 'the desk only records changes of this kind now. Please tell them yourself.',
  too_late: 'it would have come too late.',
}
