import type { Bridge, Said } from '../../phone/outgoing/outgoing.ts'
import { newTwiml, say } from './twiml.ts'

/** What Twilio asks us about a call to a client; each is the address `/voice/out/STEP/CALL`. */
export const outgoingSteps = ['whisper', 'key', 'staff', 'client', 'answered-by', 'message', 'dialled'] as const
export type OutgoingStep = (typeof outgoingSteps)[number]

/** The address of a step: it names the call, and nobody's number. */
export function stepUrl({ publicUrl, step, callId }: { publicUrl: string; step: OutgoingStep; callId: string }): string {
  return `${publicUrl}/voice/out/${step}/${callId}`
}

type At = { publicUrl: string; callId: string }

/** Seconds: for a key after the whisper; that the client's phone rings (before most voicemails take over, after some); that a talk may last. */
const seconds = { key: 10, ring: 25, talk: 3_600 } as const

/** Who and why, and a key within ten seconds; without one it is hung up, so that a voicemail of ours never meets the client (F60). Every key counts, `#` too. */
export function whisperTwiml({ words, ...at }: At & { words: string }): string {
  const twiml = newTwiml()
  say(twiml.gather({ input: ['dtmf'], numDigits: 1, finishOnKey: '', timeout: seconds.key, action: stepUrl({ ...at, step: 'key' }), method: 'POST' }), { words, language: 'en' })
  twiml.hangup()
  return twiml.toString()
}

/** Rings the client with the salon's number shown, and has Twilio notice an answering machine. */
export function bridgeTwiml({ bridge, from, ...at }: At & { bridge: Bridge; from: string }): string {
  if (bridge.kind === 'stop') return goodbyeTwiml(bridge.words)
  const twiml = newTwiml()
  twiml.dial({ callerId: from, timeout: seconds.ring, timeLimit: seconds.talk, action: stepUrl({ ...at, step: 'dialled' }), method: 'POST' }).number({
    statusCallback: stepUrl({ ...at, step: 'client' }), statusCallbackEvent: ['ringing', 'answered', 'completed'], statusCallbackMethod: 'POST',
    machineDetection: 'DetectMessageEnd', amdStatusCallback: stepUrl({ ...at, step: 'answered-by' }), amdStatusCallbackMethod: 'POST',
  }, bridge.to)
  return twiml.toString()
}

/** What the client's machine hears. */
export function messageTwiml({ words, language }: Said): string {
  const twiml = newTwiml()
  say(twiml, { words, language })
  twiml.hangup()
  return twiml.toString()
}

/** The last words for our person, or none. */
export function goodbyeTwiml(words: string | undefined): string {
  const twiml = newTwiml()
  if (words !== undefined) say(twiml, { words, language: 'en' })
  twiml.hangup()
  return twiml.toString()
}
