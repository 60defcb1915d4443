import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { TurnAnswer } from '../../../../src/phone/phone.ts'
import type { Store } from '../../../../src/store/open-store.ts'
import { openRelayPeer, signAddress, type RelayPeer } from '../../../support/fake-relay-peer.ts'
import { callId, setupFrame } from '../../../support/relay-frames.ts'
import { listen, say, scriptedPhone, type ScriptedPhone } from '../../../support/scripted-phone.ts'
import { stepScheduler, type StepScheduler } from '../../../support/step-scheduler.ts'
import { createTestStore } from '../../../support/test-store.ts'
import { testClock } from '../../../support/tiny-book.ts'
import { openVoiceDoor, twilio, type VoiceDoor } from './voice-door.ts'

const address = 'wss://desk.example.com/voice/relay'
const [token] = twilio.authTokens
let store: Store
let phone: ScriptedPhone
let scheduler: StepScheduler
let door: VoiceDoor
const peers: RelayPeer[] = []

beforeAll(async () => { store = await createTestStore() })
beforeEach(async () => {
  phone = scriptedPhone()
  scheduler = stepScheduler()
  door = await openVoiceDoor({ phone, store, clock: testClock(), scheduler })
})
afterEach(async () => {
  for (const peer of peers.splice(0)) peer.cut()
  await door.close()
})
afterAll(() => store.close())

const dial = async (more: { signedUrl?: string; token?: string; path?: string; autoPong?: boolean } = {}): Promise<RelayPeer> => {
  const { path = '/voice/relay', ...rest } = more
  const peer = await openRelayPeer({ url: door.url + path, signedUrl: address, token, ...rest })
  peers.push(peer)
  return peer
}
const setup = (callSid = callId) => setupFrame({ accountSid: twilio.accountSid, proof: store.seal.lookup(`voice call ${callSid}`), callSid })
const heard = (words: string, more: object = {}) => ({ type: 'prompt', voicePrompt: words, lang: 'en-US', last: true, ...more })
const until = (met: () => boolean) => vi.waitFor(() => { if (!met()) throw new Error('not yet') }, { timeout: 10_000, interval: 5 })

/** Writes bytes to the port and answers everything that comes back until it is closed. */
async function raw(...parts: string[]): Promise<string> {
  const socket = connect(Number(new URL(door.url).port), '127.0.0.1')
  await once(socket, 'connect')
  let answer = ''
  socket.on('data', (data) => { answer += data.toString('utf8') })
  socket.on('error', () => {})
  socket.write(parts.join(''))
  await once(socket, 'close')
  return answer
}
const handshake = (headers: string[] = [], path = '/voice/relay') => [`GET ${path} HTTP/1.1`, 'Host: desk.example.com', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', ...headers, '', ''].join('\r\n')
/** A whole text frame, masked with zeros (RFC 6455, section 5.2). */
const textFrame = (text: string) => {
  const payload = Buffer.from(text)
  return Buffer.concat([Buffer.from([0x81, 0x80 | 126, payload.length >> 8, payload.length & 255, 0, 0, 0, 0]), payload]).toString('latin1')
}

describe('VOX-1, F57: who may connect', () => {
  test.each([
    ['no signature', []],
    ['an empty one', ['X-Twilio-Signature: ']],
    ['one with another token', [`X-Twilio-Signature: ${signAddress({ url: address, token: 'somebody-elses-token-of-32-chars' })}`]],
    ['one over another address', [`X-Twilio-Signature: ${signAddress({ url: 'wss://desk.example.com/voice/other', token })}`]],
    ['one over the Host that was asked', [`X-Twilio-Signature: ${signAddress({ url: 'wss://evil.example/voice/relay', token })}`, 'X-Forwarded-Host: evil.example']],
  ])('F57: %s: a bare 403, and the frames right behind the handshake are never read', async (_as, headers) => {
    const answer = await raw(handshake(headers), textFrame(JSON.stringify(setup())), textFrame(JSON.stringify(heard('cancel everything'))))
    expect(answer).toBe('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
    expect([phone.told, phone.asked]).toEqual([[], []])
    expect(await door.metrics()).toContain('desk_signature_refusals_total 1')
  })

  test('F57: frames right behind a good handshake are read', async () => {
    phone.turns.push(() => listen('Hello.'))
    const signed = `X-Twilio-Signature: ${signAddress({ url: address, token })}`
    const socket = connect(Number(new URL(door.url).port), '127.0.0.1')
    await once(socket, 'connect')
    socket.write(Buffer.from(handshake([signed]) + textFrame(JSON.stringify(setup())) + textFrame(JSON.stringify(heard('hello'))), 'latin1'))
    await until(() => phone.asked.length === 1)
    socket.destroy()
  })

  test.each([['wss', address, token], ['https', 'https://desk.example.com/voice/relay', token], ['the second token', address, twilio.authTokens[1]]])('signed as %s is Twilio', async (_as, signedUrl, by) => {
    const peer = await dial({ signedUrl, token: by ?? '' })
    peer.send(setup())
    await until(() => phone.told.length === 1)
    expect(phone.told).toEqual([{ kind: 'begin', callId, via: 'relay', from: '+13035550142', to: '+13035550100' }])
  })

  test('other paths do not become sockets, and what offers another protocol is answered as ever', async () => {
    expect(await raw(handshake([], '/voice/other'))).toBe('')
    expect(await raw('GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\nUpgrade: h2c\r\n\r\n')).toContain('{"ok":true}')
    await expect(dial({ signedUrl: 'wss://desk.example.com/' })).rejects.toThrow('403')
  })

  test('a good socket for a call that did not come in here, or has a socket already, is closed', async () => {
    const [guessing, first] = [await dial(), await dial()]
    guessing.send(setupFrame({ accountSid: twilio.accountSid, proof: 'guessed' }))
    expect(await guessing.closed).toBe(1008)
    first.send(setup())
    await until(() => phone.told.length === 1)
    const second = await dial()
    second.send(setup())
    expect(await second.closed).toBe(1008)
    await first.hangUp()
    const again = await dial()
    again.send(setup())
    await until(() => phone.told.length === 2)
  })

  test('two hundred at most: Twilio asks the action address what to do with the next', async () => {
    for (let count = 0; count < 200; count++) await dial()
    await expect(dial()).rejects.toThrow('503')
  }, 20_000)
})

describe('a conversation over a real socket', () => {
  test('pieces come as they are known; binary, broken and over-long frames change nothing', async () => {
    let done: (answer: TurnAnswer) => void = () => {}
    phone.turns.push(({ say: now }) => { now(say('One moment.')); return new Promise((resolve) => { done = resolve }) })
    const peer = await dial()
    peer.send(setup())
    for (const frame of [Buffer.from(JSON.stringify(heard('binary'))), '{', '[]', JSON.stringify(heard('a'.repeat(70_000))), heard('partial', { last: false })]) peer.send(frame)
    peer.send(heard('what do you do'))
    expect(await peer.next()).toEqual({ type: 'text', token: 'One moment. ', last: false })
    done(listen('One moment.', 'Hair.'))
    expect(await peer.next()).toEqual({ type: 'text', token: 'Hair. ', last: true })
    expect(phone.asked.map((turn) => turn.heard)).toEqual([{ kind: 'words', words: 'what do you do', language: 'en-US' }])
  })

  test('twice, late and out of order: nothing is done twice', async () => {
    phone.turns.push(() => listen('Yes.'))
    const peer = await dial()
    peer.send(heard('before the setup'))
    peer.send(setup())
    peer.send(setup())
    peer.send(heard('are you open'))
    peer.send(heard('are you open'))
    expect(await peer.next()).toEqual({ type: 'text', token: 'Yes. ', last: true })
    expect([phone.asked.length, phone.told.filter(({ kind }) => kind === 'begin').length]).toEqual([1, 1])
  })

  test('a frame of more than 256 KB ends the connection', async () => {
    const peer = await dial()
    peer.send(setup())
    peer.send('a'.repeat(300_000))
    expect(await peer.closed).toBe(1009)
  })

  test.each(['before the setup', 'after the setup', 'while a turn is worked', 'while the words are spoken'])('F58: the socket is cut %s: nothing is spoken after it, nothing crashes, and the call may come again', async (when) => {
    let done: (answer: TurnAnswer) => void = () => {}
    if (when.startsWith('while')) phone.turns.push(() => (when === 'while the words are spoken' ? listen('Yes.') : new Promise((resolve) => { done = resolve })))
    const peer = await dial()
    if (when !== 'before the setup') peer.send(setup())
    if (when === 'after the setup') await until(() => phone.told.length === 1)
    if (when.startsWith('while')) {
      peer.send(heard('hello'))
      await until(() => phone.asked.length === 1)
    }
    peer.cut()
    await peer.closed
    done(listen('Too late.'))
    phone.turns.push(() => listen('Here.'))
    await vi.waitFor(async () => {
      const again = await dial()
      again.send({ ...setup(), sessionId: 'VXagain' })
      again.send(heard('are you there'))
      const frame = await Promise.race([again.next(), again.closed])
      expect(frame).toMatchObject({ type: 'text', last: true })
    }, { timeout: 10_000 })
  })

  test('F58: a turn that stalls ends the session with a person', async () => {
    phone.turns.push(() => new Promise(() => {}))
    const peer = await dial()
    peer.send(setup())
    peer.send(heard('hello'))
    await until(() => phone.asked.length === 1)
    await scheduler.advance(8_000)
    expect(await peer.next()).toMatchObject({ type: 'text', last: true })
    await scheduler.advance(15_000)
    const end = await peer.next()
    expect(end.type === 'end' && JSON.parse(end.handoffData)).toEqual({ why: 'broke', code: 'stalled', told: true, callId })
  })
})

describe('connections that are none any more', () => {
  test('who does not answer a ping is gone; who does stays', async () => {
    const [deaf, here] = [await dial({ autoPong: false }), await dial()]
    for (const peer of [deaf, here]) peer.send(setup(peer === deaf ? callId : `CA${'3'.repeat(32)}`))
    await until(() => phone.told.length === 2)
    const pinged = once(here.socket, 'ping')
    await scheduler.advance(30_000)
    await pinged
    // The pong is on its way; a frame behind it says that it has arrived.
    phone.turns.push(() => listen('Yes.'))
    here.send(heard('hello'))
    await here.next()
    await scheduler.advance(30_000)
    expect(await deaf.closed).toBe(1006)
    expect(here.socket.readyState).toBe(here.socket.OPEN)
  })

  test('who does not read what is sent is gone before it piles up here', async () => {
    phone.turns.push(({ say: now }) => {
      for (let count = 0; count < 400; count++) now(say('x'.repeat(100_000)))
      return listen('Yes.')
    })
    const peer = await dial()
    peer.send(setup())
    await until(() => phone.told.length === 1)
    peer.socket.pause()
    peer.send(heard('hello'))
    await until(() => phone.asked.length === 1)
    peer.socket.resume()
    expect(await peer.closed).toBe(1006)
    expect(peer.waiting()).toBeLessThan(400)
  })

  test('who never says which call it is, is closed', async () => {
    const peer = await dial()
    await scheduler.advance(10_000)
    expect(await peer.closed).toBe(1001)
  })

  test('the desk that stops ends its calls so that Twilio asks what to do instead, and takes no new ones', async () => {
    const peer = await dial()
    peer.send(setup())
    await until(() => phone.told.length === 1)
    const stopping = door.voice.stop()
    const end = await peer.next()
    expect(end.type === 'end' && JSON.parse(end.handoffData)).toEqual({ why: 'broke', code: 'shutdown', callId })
    expect(await peer.closed).toBe(1001)
    await stopping
    await expect(dial()).rejects.toThrow('503')
  })
})
