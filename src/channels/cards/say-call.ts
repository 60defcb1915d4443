import type { CallState } from '../../phone/outgoing/outgoing.ts'
import type { Telling } from './proposal-card.ts'
import { sayMoment } from './say-moment.ts'

/** How a call to a client stands, in a sentence for staff. */
export function sayCall({ call, client, telling }: { call: CallState; client: string; telling: Telling }): string {
  const name = telling.nameOf(call.by)
  const words: Record<CallState['state'], string> = {
    ringing_you: `${name}'s phone rings.`,
    waiting_for_key: `${name} has taken the phone: a key on it brings ${client} in.`,
    ringing_client: `Ringing ${client}.`,
    talking: `${name} is talking with ${client}.`,
    machine: sayMachine(call),
    not_taken: `${name} did not go on with the call, so ${client} was not rung.`,
    no_answer: `${client} did not answer.`,
    busy: `${client}'s line is busy.`,
    failed: 'The call could not be put through.',
    unknown: `It is not known whether ${name}'s phone rings. The desk is looking, and rings nobody again meanwhile.`,
    ended: call.answered ? `${name} talked with ${client}.` : `${name} hung up before ${client} answered.`,
  }
  return call.over ? `${words[call.state]} (${sayMoment(call.at, telling)}${call.isPretend ? ', demo: no phone rang' : ''})` : `${call.isPretend ? 'Demo, no phone rings: press what happens at both ends. ' : ''}${words[call.state]}`
}

function sayMachine({ isFax, message, over }: CallState): string {
  if (isFax) return 'A fax machine answered.'
  switch (message) {
    case 'left':
      return 'An answering machine: the salon\'s message was left on it.'
    case 'maybe':
      return over ? 'An answering machine. The salon\'s message was begun; whether all of it was left is not known.' : 'An answering machine: the salon\'s message is being left on it.'
    case 'not_left':
    case undefined: // below, so that every path returns
  }
  return 'An answering machine. No message was left.'
}

/** What is said to whoever pressed "Call". */
export function sayPressed({ state, isPretend }: CallState): string {
  if (isPretend) return 'In the demo no phone rings: the card shows what yours would say, and you press what happens.'
  if (state === 'unknown') return 'It is not known yet whether your phone rings: no answer came. The desk is looking; nothing is rung a second time meanwhile.'
  if (state === 'failed') return 'Your phone could not be rung, so nobody was. Look at the number under "My phone…", or dial yourself.'
  return 'Your phone rings now. Take it, hear who it is about, and press any key: only then the client is rung.'
}
