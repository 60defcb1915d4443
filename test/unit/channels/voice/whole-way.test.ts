import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDesk, type Desk } from '../../../../src/app.ts'
import { openReaders } from '../../../../src/open-readers.ts'
import { type RunningDesk, startDesk } from '../../../../src/start-desk.ts'
import { openRelayPeer, type RelayPeer } from '../../../support/fake-relay-peer.ts'
import { signedWebhook } from '../../../support/fake-twilio-webhooks.ts'
import { setupFrame } from '../../../support/relay-frames.ts'
import { testEmbedder } from '../../../support/test-embedder.ts'
import { testClock } from '../../../support/tiny-book.ts'
import { makeTinyHome } from '../../../support/tiny-home.ts'
import { callSid, publicUrl, twilio, voiceSettings } from './voice-door.ts'

// From Twilio's request to the salon's side of the call and back: the desk as it starts, with nothing of ours put in its place.
let home: string
let desk: Desk
let running: RunningDesk
let drop: () => Promise<void>

beforeAll(async () => {
  const tiny = await makeTinyHome()
  home = tiny.home
  drop = tiny.drop
  desk = await openDesk({
    readers: await openReaders({ home, embedder: testEmbedder }),
    transport: { name: 'phones of the tests', send: async () => ({ state: 'sent', id: `SM${'0'.repeat(32)}` }) },
    config: { home, clock: testClock(), clockFixed: true, databaseUrl: tiny.url, key: '07'.repeat(32), knowledge: undefined, port: 0, host: '127.0.0.1', logLevel: 'silent', apiToken: undefined, publicUrl, slack: undefined, twilio, voice: voiceSettings, email: undefined, languageModel: undefined },
  })
  await desk.phone()
  running = await startDesk({ desk })
})
afterAll(async () => {
  await running?.close()
  await desk?.close()
  await drop?.()
})

const post = async (path: string, params: Record<string, string> = {}): Promise<string> => {
  const { headers, body } = signedWebhook({ url: publicUrl + path, params: { CallSid: callSid, AccountSid: twilio.accountSid, CallStatus: 'in-progress', From: '+13035550142', To: voiceSettings.number, ...params }, token: twilio.authTokens[0] })
  const response = await fetch(running.url + path, { method: 'POST', headers, body })
  expect(response.status).toBeLessThan(300)
  return response.text()
}

/** Everything that is said in one go. */
async function hearOut(peer: RelayPeer): Promise<string> {
  let said = ''
  for (;;) {
    const frame = await peer.next()
    if (frame.type !== 'text') return said
    said += frame.token
    if (frame.last) return said
  }
}

test('a call comes in, is answered over its socket, and ends with the desk ringing and the story kept', async () => {
  const twiml = await post('/voice/inbound', { CallStatus: 'ringing' })
  expect(twiml).toMatch(/welcomeGreeting="[^"]*Tiny Salon/)
  const proof = /name="proof" value="(\w+)"/.exec(twiml)?.[1] ?? ''
  const peer = await openRelayPeer({ url: `${running.url}/voice/relay`, signedUrl: 'wss://desk.example.com/voice/relay', token: twilio.authTokens[0] })
  peer.send(setupFrame({ accountSid: twilio.accountSid, proof, callSid }))
  peer.send({ type: 'prompt', voicePrompt: 'Hold on, please', lang: 'en-US', last: true })
  const said = await hearOut(peer)
  expect(said).toMatch(/time/i)
  // A key while the words are spoken cuts them, as Twilio does it.
  peer.send({ type: 'interrupt', utteranceUntilInterrupt: said.slice(0, 4), durationUntilInterruptMs: 700 })
  peer.send({ type: 'dtmf', digit: '0' })
  expect(await hearOut(peer)).toMatch(/putting you through/)
  peer.send({ type: 'interrupt', utteranceUntilInterrupt: '', durationUntilInterruptMs: '200' })
  const end = await peer.next()
  const handoffData = end.type === 'end' ? end.handoffData : ''
  expect(JSON.parse(handoffData)).toEqual({ why: 'asked', callId: callSid })
  await peer.hangUp()
  expect(await post('/voice/after', { SessionStatus: 'ended', HandoffData: handoffData })).toContain('<Number>+13035550111</Number>')
  expect(await post('/voice/desk?turn=1', { DialCallStatus: 'no-answer' })).toContain('/voice/message?turn=1')
  expect(await post('/voice/message?turn=1', { SpeechResult: 'Please call me back about Friday.' })).toContain('<Hangup/>')
  await post('/voice/status', { CallStatus: 'completed' })
  const phone = await desk.phone()
  expect(await phone.waiting()).toMatchObject([{ callId: callSid, via: 'relay', needsPerson: true, why: 'asked', quality: { interruptions: 2, handOvers: 1 } }])
  const story = await phone.story(callSid)
  expect(story).toMatchObject({ from: '+13035550142', message: 'Please call me back about Friday.', endedAt: expect.any(String) as string })
  expect(story.quality.firstWordMs?.most).toBeLessThan(8_000)
})

test('F58: the socket drops in the middle: what Twilio is told next rings the desk', async () => {
  const other = { CallSid: `CA${'4'.repeat(32)}` }
  const proof = /name="proof" value="(\w+)"/.exec(await post('/voice/inbound', other))?.[1] ?? ''
  const peer = await openRelayPeer({ url: `${running.url}/voice/relay`, signedUrl: 'wss://desk.example.com/voice/relay', token: twilio.authTokens[0] })
  peer.send(setupFrame({ accountSid: twilio.accountSid, proof, callSid: other.CallSid }))
  peer.send({ type: 'prompt', voicePrompt: 'I want to cancel my appointment', last: true })
  peer.cut()
  expect(await post('/voice/after', { ...other, SessionStatus: 'failed', ErrorCode: '64105' })).toContain('<Number>+13035550111</Number>')
  expect(await desk.approvals.list()).toEqual([])
})
