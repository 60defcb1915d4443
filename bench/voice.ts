import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDesk } from '../src/app.ts'
import { unwrap } from '../src/platforms/unwrap.ts'
import { addMinutes, systemClock } from '../src/salon/time.ts'
import { startDesk } from '../src/start-desk.ts'
import { accountSid, authToken, openFakeTwilio, ourNumber } from '../test/support/fake-twilio.ts'
import { openRelayPeer, type RelayPeer } from '../test/support/fake-relay-peer.ts'
import { signedWebhook } from '../test/support/fake-twilio-webhooks.ts'
import type { BenchFigure } from './figure.ts'

const publicUrl = 'https://desk.example.com'
/** What one caller says, in order, until they hang up; `code` is read from the text that came. Everything is said by everybody: questions anybody may ask, proving who they are, a visit, another time, keeping it. */
const said = ['hi what time do you close on saturday', 'where are you located', 'what is your cancellation policy', 'no thanks', 'when is my appointment', 'code', 'yes please', 'could we do it a day later instead', 'no leave it as it is', 'that is all thank you']
const callsInTurn = 20
const callsAtOnce = 50

/**
 * What a caller waits for our share: from the prompt on the socket to the first word on the socket, over real WebSockets, the
 * embedded model. One call after the other; 50 at once whose callers take half a second to a second and a half before they speak
 * again (less than it takes to hear an answer); and 50 that never pause, which nobody is: what it can bear. Caller and desk share
 * this process and its machine. Against the pause between turns of the fastest published voice agents (1.2 s, whose speech
 * services take part of it).
 */
export async function benchVoice(): Promise<BenchFigure[]> {
  const home = await mkdtemp(join(tmpdir(), 'desk-bench-'))
  const clock = systemClock
  const twilio = await openFakeTwilio({ clock })
  const desk = await openDesk({ config: {
    home, clock, clockFixed: false, databaseUrl: undefined, key: undefined, knowledge: undefined, port: 0, host: '127.0.0.1', logLevel: 'silent', apiToken: undefined, publicUrl,
    slack: undefined, twilio: twilio.settings, voice: { number: ourNumber, mode: 'relay', deskPhone: '+13035550199', recording: false }, email: undefined, languageModel: undefined,
  } })
  const running = await startDesk({ desk })
  try {
    await desk.ensureBook()
    await desk.readyForCalls()
    const numbers = await callers(desk)
    const call = (from: string, { pauseMs = () => 0 }: { pauseMs?: (turn: number) => number } = {}) => talk({ url: running.url, from, pauseMs, codeFor: () => codeSentTo(twilio, from) })
    await call(numbers.pop() as string)
    const alone: number[] = []
    for (let index = 0; index < callsInTurn; index++) alone.push(...(await call(numbers.pop() as string)))
    const callers50 = numbers.splice(0, callsAtOnce)
    const together = (await Promise.all(callers50.map((from, index) => call(from, { pauseMs: (turn) => 500 + ((index * 7 + turn * 13) % 20) * 50 })))).flat()
    const breathless = (await Promise.all(numbers.splice(0, callsAtOnce).map((from) => call(from)))).flat()
    const [one, many, all] = [alone.toSorted(byValue), together.toSorted(byValue), breathless.toSorted(byValue)]
    const baseline: BenchFigure = { name: 'fastest published voice agents, mean of a whole turn (not measured here)', value: 1_200, unit: 'ms', n: 1 }
    const figure = (name: string, sorted: number[], share: number): BenchFigure => {
      const value = quantile(sorted, share)
      return { name, value, unit: 'ms', n: sorted.length, ratio: baseline.value / value, baseline: baseline.name }
    }
    return [
      figure('phone, prompt to first word, one call at a time, p50', one, 0.5),
      figure('phone, prompt to first word, one call at a time, p95', one, 0.95),
      figure(`phone, prompt to first word, ${callsAtOnce} calls at once, p50`, many, 0.5),
      figure(`phone, prompt to first word, ${callsAtOnce} calls at once, p95`, many, 0.95),
      figure(`phone, prompt to first word, ${callsAtOnce} callers who never pause, p95`, all, 0.95),
    ]
  } finally {
    await running.close()
    await desk.close()
    await twilio.close()
    await rm(home, { recursive: true, force: true })
  }
}

/** Numbers of one client each who have a visit ahead. */
async function callers({ platform, clock }: Awaited<ReturnType<typeof openDesk>>): Promise<string[]> {
  const now = clock.now()
  const { items } = unwrap(await platform.appointments({ from: now, to: addMinutes(now, 30 * 24 * 60) }))
  const clients = unwrap(await platform.clients({ ids: [...new Set(items.map(({ clientId }) => clientId))] }))
  const numbers = clients.flatMap(({ phones: [phone], consent }) => (phone === undefined || consent.sms === 'out' ? [] : [phone]))
  if (numbers.length < callsInTurn + 2 * callsAtOnce + 1) throw new Error('too few clients with visits ahead')
  return numbers
}

async function codeSentTo(twilio: Awaited<ReturnType<typeof openFakeTwilio>>, to: string): Promise<string> {
  for (let waited = 0; waited < 200; waited++) {
    const found = [...twilio.messages].filter((message) => message.to === to).map(({ body }) => /: (\d{6}) \w+ /.exec(body)?.[1]).findLast((code) => code !== undefined)
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error('no code came')
}

/** One call from its webhook to its end; answers what each turn took to its first word, ms. */
async function talk({ url, from, pauseMs, codeFor }: { url: string; from: string; pauseMs: (turn: number) => number; codeFor: () => Promise<string> }): Promise<number[]> {
  const callSid = `CA${randomBytes(16).toString('hex')}`
  const { headers, body } = signedWebhook({ url: `${publicUrl}/voice/inbound`, token: authToken, params: { AccountSid: accountSid, ApiVersion: '2010-04-01', CallSid: callSid, CallStatus: 'ringing', Direction: 'inbound', From: from, To: ourNumber } })
  const answered = await fetch(`${url}/voice/inbound`, { method: 'POST', headers, body })
  // What the call's own TwiML says comes back with the setup.
  const customParameters = Object.fromEntries([...(await answered.text()).matchAll(/<Parameter name="([^"]+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]))
  if (!answered.ok) throw new Error(`/voice/inbound answered ${answered.status}`)
  const peer = await openRelayPeer({ url: `${url}/voice/relay`, signedUrl: `${publicUrl.replace('https', 'wss')}/voice/relay`, token: authToken })
  peer.send({ type: 'setup', sessionId: `VX${randomBytes(16).toString('hex')}`, accountSid, callSid, from, to: ourNumber, direction: 'inbound', callType: 'PSTN', callStatus: 'IN-PROGRESS', customParameters })
  const times: number[] = []
  for (const [turn, words] of said.entries()) {
    await new Promise((resolve) => setTimeout(resolve, pauseMs(turn)))
    const voicePrompt = words === 'code' ? (await codeFor()).split('').join(' ') : words
    const begun = performance.now()
    peer.send({ type: 'prompt', voicePrompt, lang: 'en-US', last: true })
    const first = await firstWord(peer, begun)
    // A caller with several visits, say, has been put through to a person by the turn before.
    if (first === undefined) break
    times.push(first)
  }
  await peer.hangUp()
  return times
}

/** How long until the first word of an answer; undefined when the call is over instead. */
async function firstWord(peer: RelayPeer, begun: number): Promise<number | undefined> {
  let first: number | undefined
  for (;;) {
    const frame = await peer.next()
    if (frame.type === 'text') first ??= performance.now() - begun
    if (frame.type === 'end' || (frame.type === 'text' && frame.last)) return first
  }
}

const byValue = (a: number, b: number): number => a - b

function quantile(sorted: number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}
