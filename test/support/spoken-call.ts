import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readDigits } from '../../src/phone/hearing/read-digits.ts'
import type { SpeechToText } from '../../src/speech/open-speech-to-text.ts'
import { readSound } from '../../src/speech/read-sound.ts'
import { joinSamples, type Sound } from '../../src/speech/sound.ts'
import { accountSid, authToken, ourNumber } from './fake-twilio.ts'
import { openRelayPeer } from './fake-relay-peer.ts'
import { signedWebhook } from './fake-twilio-webhooks.ts'
import { spokenSentences } from './measure-speech.ts'
import { setupFrame } from './relay-frames.ts'

export const publicUrl = 'https://desk.example.com'

const digits = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine']

/** A code read out digit by digit, each of them a recording, a short pause behind it: what nobody knew beforehand is really spoken. */
export async function speakCode(code: string): Promise<Sound> {
  const spoken = await Promise.all(code.split('').map((digit) => soundOf(`digits/${digits[Number(digit)]}`)))
  const rate = 8_000
  const pause = (seconds: number): Float32Array => new Float32Array(seconds * rate)
  return { rate, samples: joinSamples([pause(0.2), ...spoken.flatMap(({ samples }) => [samples, pause(0.12)]), pause(0.2)]) }
}

/** A committed recording, `calls/yes-please`. */
export async function soundOf(name: string): Promise<Sound> {
  return readSound(await readFile(join(spokenSentences, `${name}.wav`)))
}

/** Somebody on the phone whose voice goes through the local speech-to-text, as Twilio's would, and over the real socket to the desk. */
export type SpokenCall = {
  callSid: string
  /** Plays a recording to the desk; answers what the desk says to it. */
  say(name: string): Promise<string>
  /** Reads a code out; where it was not understood, presses its keys as a caller would. Answers what the desk says in the end, and whether speaking was enough. */
  sayCode(code: string): Promise<{ said: string; wasHeard: boolean }>
  pressCode(code: string): Promise<string>
  /** What the local speech-to-text made of everything, in order. */
  heard: string[]
  /** Waits for the desk to end the session, as it does to hand over; answers Twilio's next question to the desk, and its TwiML. */
  handedOver(): Promise<{ why: unknown; twiml: string }>
  /** A webhook about this call; answers the TwiML. */
  post(path: string, params?: Record<string, string>): Promise<string>
  /** What a message that is spoken to Twilio's Gather becomes. */
  leaveMessage(name: string): Promise<{ words: string; twiml: string }>
  hangUp(): Promise<void>
}

/** Rings the desk at `url` from this number, and answers once it was greeted. */
export async function ringDesk({ url, from, speech }: { url: string; from: string; speech: SpeechToText }): Promise<SpokenCall> {
  const callSid = `CA${randomBytes(16).toString('hex')}`
  const heard: string[] = []
  let latest = ''
  const post = async (path: string, params: Record<string, string> = {}): Promise<string> => {
    const { headers, body } = signedWebhook({ url: publicUrl + path, token: authToken, params: { AccountSid: accountSid, ApiVersion: '2010-04-01', CallSid: callSid, CallStatus: 'in-progress', Direction: 'inbound', From: from, To: ourNumber, ...params } })
    const response = await fetch(url + path, { method: 'POST', headers, body })
    if (!response.ok) throw new Error(`${path} answered ${response.status}`)
    return response.text()
  }
  const proof = /name="proof" value="(\w+)"/.exec(await post('/voice/inbound', { CallStatus: 'ringing' }))?.[1] ?? ''
  const peer = await openRelayPeer({ url: `${url}/voice/relay`, signedUrl: `${publicUrl.replace('https', 'wss')}/voice/relay`, token: authToken })
  peer.send(setupFrame({ accountSid, proof, callSid, from, to: ourNumber }))

  const hearOut = async (): Promise<string> => {
    latest = ''
    for (;;) {
      const frame = await peer.next()
      if (frame.type !== 'text') throw new Error(`instead of words: ${JSON.stringify(frame)}`)
      latest += frame.token
      if (frame.last) return latest.trim()
    }
  }
  const transcribe = async (sound: Sound): Promise<string> => {
    const { text } = await speech.transcribe(sound)
    heard.push(text)
    return text
  }
  const prompt = async (sound: Sound): Promise<string> => {
    const voicePrompt = await transcribe(sound)
    if (voicePrompt === '') throw new Error('nothing was understood')
    peer.send({ type: 'prompt', voicePrompt, lang: 'en-US', last: true })
    return hearOut()
  }
  const pressCode = async (code: string): Promise<string> => {
    for (const digit of code) peer.send({ type: 'dtmf', digit })
    return hearOut()
  }

  return {
    callSid, heard, post, pressCode,
    say: async (name) => prompt(await soundOf(name)),
    async sayCode(code) {
      const said = await prompt(await speakCode(code))
      const wasHeard = readDigits(heard.at(-1) ?? '', code.length) === code
      return { said: wasHeard ? said : await pressCode(code), wasHeard }
    },
    async handedOver() {
      // The desk ends the session when its words were spoken; who goes on talking over them ends it now.
      peer.send({ type: 'interrupt', utteranceUntilInterrupt: latest, durationUntilInterruptMs: 2_000 })
      const end = await peer.next()
      if (end.type !== 'end') throw new Error(`instead of an end: ${JSON.stringify(end)}`)
      await peer.hangUp()
      return { why: (JSON.parse(end.handoffData) as { why: unknown }).why, twiml: await post('/voice/after', { SessionStatus: 'ended', HandoffData: end.handoffData }) }
    },
    async leaveMessage(name) {
      const words = await transcribe(await soundOf(name))
      return { words, twiml: await post('/voice/message?turn=1', { SpeechResult: words, Confidence: '0.9' }) }
    },
    async hangUp() {
      await peer.hangUp()
      await post('/voice/after', { SessionStatus: 'completed', CallStatus: 'completed' })
    },
  }
}
