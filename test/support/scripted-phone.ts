import type { Heard, IncomingCall, Phone, Piece, TurnAnswer } from '../../src/phone/phone.ts'
import { DeskError } from '../../src/salon/errors.ts'

/** What a scripted phone does in a turn; the pieces of `say` are handed over as they are known. */
export type ScriptedTurn = (turn: { callId: string; turnId: string; heard: Heard; say: (piece: Piece) => void }) => TurnAnswer | Promise<TurnAnswer>

/** The salon's side of calls, played from a script; writes down what it is asked. */
export type ScriptedPhone = Phone & {
  asked: { turnId: string; heard: Heard }[]
  told: { kind: string; [more: string]: unknown }[]
  turns: ScriptedTurn[]
  begins: (call: IncomingCall) => TurnAnswer | Promise<TurnAnswer>
  rings: () => TurnAnswer | Promise<TurnAnswer>
  breaks: () => TurnAnswer | Promise<TurnAnswer>
}

export const say = (words: string, more: Partial<Piece> = {}): Piece => ({ words, language: 'en', ...more })
export const listen = (...words: string[]): TurnAnswer => ({ pieces: words.map((one) => say(one)), next: { kind: 'listen', language: 'en' } })
export const handOver = (...words: string[]): TurnAnswer => ({ pieces: words.map((one) => say(one)), next: { kind: 'hand_over', why: 'asked', language: 'en' } })
export const hangUp = (...words: string[]): TurnAnswer => ({ pieces: words.map((one) => say(one)), next: { kind: 'hang_up', language: 'en' } })

export function scriptedPhone(...turns: ScriptedTurn[]): ScriptedPhone {
  const answered = new Map<string, TurnAnswer>()
  const none = async (): Promise<never> => { throw new Error('not in this script') }
  const phone: ScriptedPhone = {
    asked: [], told: [], turns,
    begins: () => listen('Hi, this is the assistant of Tiny Salon.'),
    rings: () => listen('Nobody is free. You may leave a message.'),
    breaks: () => ({ pieces: [say('Something broke.')], next: { kind: 'hand_over', why: 'broke', language: 'en' } }),
    async begin(call) {
      phone.told.push({ kind: 'begin', ...call })
      return phone.begins(call)
    },
    async turn({ callId, turnId, heard, say: sayNow = () => {} }) {
      const before = answered.get(`${callId} ${turnId}`)
      if (before !== undefined) return before
      phone.asked.push({ turnId, heard })
      const next = phone.turns.shift()
      if (next === undefined) throw new DeskError('not_found', { message: 'no such call' })
      const answer = await next({ callId, turnId, heard, say: sayNow })
      answered.set(`${callId} ${turnId}`, answer)
      return answer
    },
    async interrupted({ heard }) { phone.told.push({ kind: 'interrupted', heard }) },
    async timed({ turnId, firstWordMs }) { phone.told.push({ kind: 'timed', turnId, firstWordMs }) },
    async rang({ answered: isAnswered }) {
      phone.told.push({ kind: 'rang', answered: isAnswered })
      return phone.rings()
    },
    async broke({ code }) {
      phone.told.push({ kind: 'broke', code })
      return phone.breaks()
    },
    async missed(call) { phone.told.push({ kind: 'missed', ...call }) },
    async ended({ why }) { phone.told.push({ kind: 'ended', why }) },
    recent: none, story: none, waiting: none, seenTo: none,
  }
  return phone
}
