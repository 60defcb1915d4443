import type { VoiceSettings } from '../../config.ts'
import { addDial, addRecord, newTwiml, say } from './twiml.ts'
import { ownWords } from './words.ts'

/**
 * For the time when this desk is away, to be kept at Twilio (a TwiML Bin): needs nothing of ours. Says sorry, rings the desk,
 * else records a message after saying so. `done` is asked after the message: an address that says goodbye and hangs up.
 */
export function fallbackTwiml({ number, deskPhone, done }: Pick<VoiceSettings, 'number' | 'deskPhone'> & { done: string }): string {
  const twiml = newTwiml()
  say(twiml, { words: ownWords.broke.en, language: 'en' })
  // Without an action the next verb follows, whether somebody answered or not.
  if (deskPhone !== undefined) addDial(twiml, { number, deskPhone })
  addRecord(twiml, { done, language: 'en' })
  return twiml.toString()
}

/** Says goodbye and hangs up. */
export function thanksTwiml(): string {
  const twiml = newTwiml()
  say(twiml, { words: ownWords.thanks.en, language: 'en' })
  twiml.hangup()
  return twiml.toString()
}
