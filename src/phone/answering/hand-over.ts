import type { CallReason } from '../../store/tables/phone.ts'
import type { Next } from '../phone.ts'
import { listen, sayLine, type Turn } from './turn.ts'

const lines: Partial<Record<CallReason, string>> = { emergency: 'hand-over-emergency', health: 'hand-over-health', angry: 'hand-over-sorry', complaint: 'hand-over-sorry', confused: 'hand-over-confused', cannot: 'hand-over-unknown', broke: 'broke' }

/**
 * A person takes over, and finds the story on a card before their phone rings; where nobody's phone can ring, a message is
 * taken. `line` replaces what is usually said; '' says nothing more.
 */
export function handOver(turn: Turn, { why, line, outcome }: { why: CallReason; line?: string; outcome: string }): Next {
  const { room, memory, patch } = turn
  patch.why = why
  patch.outcome = outcome
  patch.needsPerson = true
  turn.did = 'handed_over'
  if (!room.canRing || memory.deskRang || turn.call.via === 'page') {
    memory.stage = 'message'
    patch.status = 'message'
    sayLine(turn, why === 'emergency' ? 'leave-message-emergency' : 'leave-message')
    return listen(turn)
  }
  const said = line ?? lines[why] ?? 'hand-over'
  if (said !== '') sayLine(turn, said)
  patch.status = 'handed_over'
  patch.handedOver = true
  return { kind: 'hand_over', why, language: turn.language }
}

/** Something for the desk, while the call goes on: it gets a card, nothing is done by itself. */
export function tellDesk(turn: Turn, { why, outcome, words }: { why: CallReason; outcome: string; words: string }): void {
  const { patch, call } = turn
  patch.why = why
  patch.outcome = outcome
  patch.needsPerson = true
  patch.message = [call.message === null ? undefined : turn.room.store.seal.open(call.message), words].filter((each) => each !== undefined).join('\n')
  turn.did = 'passed_on'
}
