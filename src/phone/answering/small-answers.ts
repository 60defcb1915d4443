import { plainTitle } from '../../salon/plain-names.ts'
import type { Next } from '../phone.ts'
import { textLink } from './answer-anyone.ts'
import type { Read } from './answer-words.ts'
import { tellDesk } from './hand-over.ts'
import { ask } from './tell-visits.ts'
import { listen, sayLine, type Turn } from './turn.ts'
import { wrapUp } from './wrap-up.ts'

/** The caller cut in before they had heard it all: a yes to that is no yes (VOX-3), and it is asked again. */
export async function askAgain(turn: Turn, { clientId, reading }: Pick<Read, 'reading'> & { clientId: string }): Promise<Next | undefined> {
  const { cut } = turn.memory
  delete turn.memory.cut
  if (cut === undefined || ['change', 'question', 'no', 'cancel', 'late'].includes(reading.intent)) return undefined
  sayLine(turn, 'not-heard-out')
  await ask(turn, { clientId, says: cut })
  turn.did = 'asked_again'
  return listen(turn)
}

/** Yes or no to the link of a policy. */
export async function takeLink(turn: Turn, intent: 'yes' | 'no'): Promise<Next> {
  if (intent === 'yes') await textLink(turn)
  else delete turn.memory.link
  return wrapUp(turn)
}

/** For the desk, word for word; nothing is changed by it. */
export async function passOn(turn: Turn, { words, line, outcome }: { words: string; line: string; outcome: string }): Promise<Next> {
  // Who does not come is not asked to confirm.
  if (line === 'cancel-noted') delete turn.memory.asked
  tellDesk(turn, { why: 'message', outcome, words })
  sayLine(turn, line)
  return wrapUp(turn)
}

/** An opt-out counts at once, from whoever holds the number; refusing too much hurts nobody. */
export async function stopTexts(turn: Turn, { words }: { words: string }): Promise<Next> {
  const { room: { messages, clock }, call, turnId } = turn
  const clientId = turn.memory.clientId ?? call.likely_client_id
  if (clientId === null || clientId === undefined) return passOn(turn, { words, line: 'passed-on', outcome: 'Wants no more texts' })
  const reading = await turn.room.reader.read({ text: words, asked: { kind: 'nothing' }, now: clock.now(), zone: 'UTC' })
  await messages.receiveSpoken({ clientId, words, externalId: `${call.id}:${turnId}`, reading: { ...reading, intent: 'stop', sure: true, refuses: reading.refuses ?? 'all' }, render: ({ template }) => template })
  turn.did = 'opted_out'
  turn.patch.outcome = 'Wants no more texts'
  sayLine(turn, 'opted-out')
  return wrapUp(turn)
}

/** That a machine speaks, for which salon, and how to reach a person, again. */
export async function whoThisIs(turn: Turn): Promise<Next> {
  const catalog = await turn.room.platform.catalog()
  sayLine(turn, 'greeting', { salon: plainTitle(catalog.ok ? catalog.value.business.name : '') || 'the salon' })
  return listen(turn)
}

export function help(turn: Turn): Next {
  sayLine(turn, 'how-help')
  return listen(turn)
}

export function goodbye(turn: Turn): Next {
  sayLine(turn, 'goodbye')
  turn.did = 'goodbye'
  // Who goes before they spoke again has not agreed to be recorded.
  if (turn.call.recording === 'asked') turn.patch.recording = 'off'
  return { kind: 'hang_up', language: turn.language }
}
