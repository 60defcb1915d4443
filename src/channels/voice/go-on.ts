import type { VoiceSettings } from '../../config.ts'
import type { TurnAnswer } from '../../phone/phone.ts'
import { addDial, addGather, addRecord, newTwiml, say, sayAll } from './twiml.ts'
import { ownWords } from './words.ts'

/** Where requests about a call go, and what they may need. */
type Way = { settings: VoiceSettings; publicUrl: string; hints: string }

/** Whether a person can be rung at all. */
export function canRing({ settings: { deskPhone } }: Way): boolean {
  return deskPhone !== undefined
}

/** An answer as TwiML without the socket: says its pieces, then listens for turn `turn`, rings the desk or hangs up. Whoever leaves a message has had the desk rung before. */
export function goOn({ pieces, next }: TurnAnswer, { turn, isMessage = false, settings: { number, deskPhone }, publicUrl, hints }: Way & { turn: number; isMessage?: boolean }): string {
  const twiml = newTwiml()
  if (next.kind === 'listen') {
    addGather(twiml, { pieces, language: next.language, keys: next.keys, isMessage, hints: isMessage ? '' : hints, action: `${publicUrl}/voice/${isMessage ? 'message' : 'gather'}?turn=${turn}` })
    return twiml.toString()
  }
  sayAll(twiml, pieces)
  if (next.kind === 'hand_over' && !isMessage && deskPhone !== undefined) addDial(twiml, { number, deskPhone, action: `${publicUrl}/voice/desk?turn=${turn}` })
  else twiml.hangup()
  return twiml.toString()
}

/** The salon's side does not answer (the database is away): rings the desk all the same, else takes a message at Twilio. `isTold`: the caller knows that something is wrong. */
export function goOnAlone({ settings: { number, deskPhone }, publicUrl }: Way, { hasRung = false, isTold = hasRung }: { hasRung?: boolean; isTold?: boolean } = {}): string {
  const twiml = newTwiml()
  if (!isTold) say(twiml, { words: ownWords.broke.en, language: 'en' })
  if (!hasRung && deskPhone !== undefined) addDial(twiml, { number, deskPhone, action: `${publicUrl}/voice/desk?turn=0` })
  else addRecord(twiml, { done: `${publicUrl}/voice/done`, language: 'en' })
  return twiml.toString()
}
