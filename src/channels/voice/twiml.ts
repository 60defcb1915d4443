import twilio from 'twilio'
import type { Piece, SpokenLanguage } from '../../phone/phone.ts'
import type { Greeting } from './greeting.ts'
import { ownWords, tags } from './words.ts'

export type Twiml = InstanceType<typeof twilio.twiml.VoiceResponse>

/** Voices of `<Say>`; ConversationRelay has its own. */
const voices = { en: 'Polly.Joanna-Neural', es: 'Polly.Lupe-Neural' } as const

/** How long the desk rings, the caller's turn is waited for, and a message may be, in seconds. */
const seconds = { ring: 20, wait: 8, message: 120 } as const

type Speaker = Pick<Twiml, 'say'>

export function say(into: Speaker, { words, language }: Piece): void {
  into.say({ voice: voices[language], language: tags[language] }, words)
}

export function newTwiml(): Twiml {
  return new twilio.twiml.VoiceResponse()
}

/** ConversationRelay takes the call: at `wss://…/voice/relay`, and what comes after it is asked of `/voice/after`. `proof` comes back with its setup. */
export function addRelay(twiml: Twiml, { greeting, listens, proof, publicUrl, hints }: { greeting: Greeting; listens: SpokenLanguage; proof: string; publicUrl: string; hints: string }): void {
  const relay = twiml.connect({ action: `${publicUrl}/voice/after`, method: 'POST' }).conversationRelay({
    url: `${publicUrl.replace(/^http/, 'ws')}/voice/relay`,
    ...(greeting.words === '' ? {} : { welcomeGreeting: greeting.words, welcomeGreetingInterruptible: greeting.interruptible ? 'any' : 'none' }),
    ttsLanguage: tags[greeting.language], transcriptionLanguage: tags[listens],
    interruptible: 'any', dtmfDetection: true,
    // What is said or pressed into words that cannot be cut is an answer all the same.
    reportInputDuringAgentSpeech: true,
    ...(hints === '' ? {} : { hints }),
  })
  for (const code of Object.values(tags)) relay.language({ code })
  relay.parameter({ name: 'proof', value: proof })
}

/** Says the pieces and listens for one turn, by speech or keys; the answer goes to `action`, also when there is none. What cannot be cut is said before the listening. */
export function addGather(twiml: Twiml, { pieces, language, action, hints, keys, isMessage = false }: { pieces: Piece[]; language: SpokenLanguage; action: string; hints: string; keys?: number | undefined; isMessage?: boolean }): void {
  const uncut = pieces.findLastIndex(({ interruptible }) => interruptible === false) + 1
  sayAll(twiml, pieces.slice(0, uncut))
  const gather = twiml.gather({
    input: isMessage ? ['speech'] : ['speech', 'dtmf'], action, method: 'POST', actionOnEmptyResult: true, language: tags[language], timeout: seconds.wait,
    // Somebody who leaves a message thinks in between.
    ...(isMessage ? { speechTimeout: '3', maxSpeechTime: seconds.message } : { speechTimeout: 'auto', bargeIn: true, numDigits: keys ?? 1, finishOnKey: keys === undefined ? '' : '#' }),
    ...(hints === '' ? {} : { hints }),
  })
  sayAll(gather, pieces.slice(uncut))
}

/** Rings the desk, with our number shown; what came of it goes to `action`, or the next verb is done where there is none. */
export function addDial(twiml: Twiml, { number, deskPhone, action }: { number: string; deskPhone: string; action?: string }): void {
  twiml.dial({ ...(action === undefined ? {} : { action, method: 'POST' }), timeout: seconds.ring, answerOnBridge: true, callerId: number }).number(deskPhone)
}

/** The words of an answer, for whatever comes after them. */
export function sayAll(into: Speaker, pieces: readonly Piece[]): void {
  for (const piece of pieces) say(into, piece)
}

/** Takes a message that nobody here listens to, and says so; `done` is asked when it is over, for without it the whole text would be played again. The recording is found by `reconcileCalls`. */
export function addRecord(twiml: Twiml, { done, language }: { done: string; language: SpokenLanguage }): void {
  say(twiml, { words: ownWords.message[language], language })
  twiml.record({ maxLength: seconds.message, playBeep: true, action: done, method: 'POST' })
}
