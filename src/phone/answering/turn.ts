import type { Aloud, Say } from '../../messages/messages.ts'
import type { SayValue } from '../../salon/say-value.ts'
import type { CallReason } from '../../store/tables/phone.ts'
import type { Memory } from '../keeping/memory.ts'
import type { Next, Piece, SpokenLanguage } from '../phone.ts'
import type { CallRow, PhoneRoom } from '../phone-room.ts'

/** One turn while it is worked: what is known, what is said, and what it comes to. */
export type Turn = {
  room: PhoneRoom
  call: CallRow
  turnId: string
  memory: Memory
  language: SpokenLanguage
  pieces: Piece[]
  say: (piece: Piece) => void
  /** For staff and the log: what it was read as, what was done. */
  reading?: string
  did?: string
  recording?: 'start' | 'drop'
  /** Kept instead of what was heard: a code or a number is nobody's to read later. */
  heardAs?: string
  /** The call's row, as it is to be after this turn. */
  patch: { why?: CallReason; outcome?: string; message?: string; needsPerson?: true; status?: CallRow['status']; handedOver?: true; recording?: CallRow['recording'] }
}

/** Says one line of `prompts/voice`. */
export function sayLine(turn: Turn, line: string, values: Record<string, SayValue> = {}, more: Pick<Piece, 'interruptible'> = {}): string {
  const words = turn.room.words.fill(line, values, turn.language)
  turn.say({ words, language: turn.language, ...more })
  return words
}

/** Says what an answer to the client's words has to say, as their thread has it. */
export function speak(turn: Turn, says: Aloud[]): void {
  const asked: { textIds: number[]; said: string[]; says: Say[] } = { textIds: [], said: [], says: [] }
  for (const { textId, say, asks } of says) {
    const words = render(turn, say)
    turn.say({ words, language: turn.language })
    if (!asks) continue
    asked.textIds.push(textId)
    asked.said.push(words)
    asked.says.push(say)
  }
  if (asked.textIds.length > 0) turn.memory.asked = { textIds: asked.textIds, mustHear: asked.said.map(readBack).join(' '), says: asked.says }
}

/** The words of an answer made for texts, for the ear. */
export function render({ room, language }: Pick<Turn, 'room' | 'language'>, { template, values }: Say): string {
  return room.words.fill(template, values, language)
}

/** What must have been heard for a yes to count: all but the closing question ("Shall I move you there?"), or all of it where the question is what matters. */
function readBack(words: string): string {
  const sentences = words.match(/[^.?!]+[.?!]+(?=\s|$)/g) ?? [words]
  return sentences.length < 2 ? words : sentences.slice(0, -1).join(' ')
}

export function listen({ language }: Pick<Turn, 'language'>, keys?: number): Next {
  return { kind: 'listen', language, ...(keys === undefined ? {} : { keys }) }
}
