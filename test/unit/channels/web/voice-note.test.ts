import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSpeechToText } from '../../../../src/speech/open-speech-to-text.ts'
import { readSound } from '../../../../src/speech/read-sound.ts'
import type { Store } from '../../../../src/store/open-store.ts'
import { spokenSentences } from '../../../support/measure-speech.ts'
import { createTestStore } from '../../../support/test-store.ts'
import { webParts, wordsOf } from './web-desk.ts'

let store: Store
beforeAll(async () => { store = await createTestStore() })
afterAll(() => store.close())

const speech = openSpeechToText()
const heard: Uint8Array[] = []
const transcribe = async (bytes: Uint8Array): Promise<{ text: string }> => {
  heard.push(bytes)
  return speech.transcribe(await readSound(bytes))
}
const parts = (): ReturnType<typeof webParts> => webParts({ store, change: { transcribe } })
const wav = { 'content-type': 'audio/wav' }
const spoken = (): Promise<Uint8Array> => readFile(join(spokenSentences, 'three-on-friday-instead.wav'))
const silence = async (): Promise<Uint8Array> => (await spoken()).map((byte, at) => (at < 60 ? byte : 0xff))

test('what was said comes back as words, and nothing else is done', async () => {
  const { ask, visit, presses, replies, logged } = parts()
  const response = await ask('/api/voice-note', { cookie: await visit(), headers: wav, body: await spoken() })
  expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store'])
  expect(await response.json()).toEqual({ text: expect.stringMatching(/^Can we do three .*clock on Friday instead\?$/) })
  expect([presses, replies, logged]).toEqual([[], [], []])
})

test('silence has no words', async () => {
  const { ask, visit } = parts()
  expect(await (await ask('/api/voice-note', { cookie: await visit(), headers: wav, body: await silence() })).json()).toEqual({ text: '' })
})

test('what is no sound is refused in words, and the sound is not in the log', async () => {
  const { ask, visit, logged } = parts()
  const refused = await ask('/api/voice-note', { cookie: await visit(), headers: wav, body: 'my secret words' })
  expect([refused.status, await wordsOf(refused)]).toEqual([400, expect.stringContaining('cannot be read')])
  expect(logged.map(String).join()).not.toContain('secret')
})

test('only sound is taken here, and sound nowhere else', async () => {
  const { ask, visit, presses } = parts()
  const cookie = await visit()
  heard.length = 0
  for (const type of ['application/json', 'text/plain', 'multipart/form-data; boundary=x', 'audio/mpeg', '']) {
    const refused = await ask('/api/voice-note', { cookie, headers: { 'content-type': type }, body: await spoken() })
    expect([type, refused.status, await wordsOf(refused)]).toEqual([type, 415, 'Send sound (content-type: audio/wav).'])
  }
  for (const path of ['/api/press', '/api/chat', '/api/voice-note/more', '/api/me']) expect((await ask(path, { cookie, headers: wav, body: await spoken() })).status).toBe(415)
  expect([heard, presses]).toEqual([[], []])
})

test('four megabytes and no more, here only', async () => {
  const { ask, visit } = parts()
  const cookie = await visit()
  heard.length = 0
  const large = await ask('/api/voice-note', { cookie, headers: wav, body: new Uint8Array(4 * 1024 * 1024 + 1) })
  expect([large.status, await wordsOf(large)]).toEqual([413, 'The body may have at most 4096 KB.'])
  expect(heard).toEqual([])
  expect((await ask('/api/press', { cookie, body: { filler: 'x'.repeat(70_000) } })).status).toBe(413)
  // Two minutes as the page sends them fit, and are heard as far as there is something to hear.
  const long = new Uint8Array(44 + 120 * 16_000 * 2)
  long.set((await spoken()).subarray(0, 44))
  expect((await ask('/api/voice-note', { cookie, headers: wav, body: long })).status).not.toBe(413)
})

test('only who is signed in, only from our own page, and only so often', async () => {
  const own = webParts({ store, demo: false, change: { transcribe } })
  heard.length = 0
  expect((await own.ask('/api/voice-note', { headers: wav, body: await spoken() })).status).toBe(401)
  // Also what is too large is refused for who sends it, before it is read.
  expect((await own.ask('/api/voice-note', { headers: wav, body: new Uint8Array(5 * 1024 * 1024) })).status).toBe(401)
  const cookie = await own.signIn()
  for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }] as Record<string, string>[]) expect((await own.ask('/api/voice-note', { cookie, headers: { ...wav, ...headers }, body: await spoken() })).status).toBe(403)
  expect(heard).toEqual([])
  const many = await Promise.all(Array.from({ length: 14 }, async () => (await own.ask('/api/voice-note', { cookie, headers: wav, body: await silence() })).status))
  expect(many.toSorted((a, b) => a - b)).toEqual([...Array.from({ length: 12 }, () => 200), 429, 429])
})

test('a desk that cannot listen says so', async () => {
  const { ask, visit } = webParts({ store })
  const refused = await ask('/api/voice-note', { cookie: await visit(), headers: wav, body: await spoken() })
  expect([refused.status, await wordsOf(refused)]).toEqual([422, 'This desk cannot listen. Type instead.'])
})

test('the browser may give the microphone to our page, and to nobody in it', async () => {
  const { ask } = parts()
  for (const path of ['/', '/api/me']) expect((await ask(path)).headers.get('permissions-policy')).toBe('microphone=(self), camera=(), geolocation=(), display-capture=()')
})
