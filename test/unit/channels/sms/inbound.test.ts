import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { isFromTwilio } from '../../../../src/channels/sms/verify-signature.ts'
import { webApp } from '../../../../src/channels/web/web-server.ts'
import type { Store } from '../../../../src/store/open-store.ts'
import { accountSid, authToken, type FakeTwilio, openFakeTwilio, ourNumber } from '../../../support/fake-twilio.ts'
import { signedWebhook } from '../../../support/fake-twilio-webhooks.ts'
import { createTestStore, openTestStore } from '../../../support/test-store.ts'
import { testClock, tinyNow } from '../../../support/tiny-book.ts'
import { behindProxy, type Door, openDoor, publicUrl, type Recorder, recorder } from './sms-door.ts'

const clock = testClock()
const nextToken = 'the-next-token-of-32-characters!'
const dana = '+13035550142'
let store: Store
let second: Store
let twilio: FakeTwilio
let desk: Recorder
let door: Door
let other: Door
const logged: string[] = []
const logger = { info: log, warn: log, error: log }
function log(fields: Record<string, unknown>, message: string): void {
  logged.push(JSON.stringify({ ...fields, message }))
}

beforeAll(async () => {
  store = await createTestStore()
  second = openTestStore(store.url)
  twilio = await openFakeTwilio({ clock })
  desk = recorder()
  const settings = { ...twilio.settings, authTokens: [authToken, nextToken] as [string, string] }
  door = await openDoor({ settings, store, clock, messages: desk, logger })
  other = await openDoor({ settings, store: second, clock, messages: desk, logger })
})
beforeEach(async () => {
  await store.db.deleteFrom('inbox').execute()
  desk.texts.length = 0
  desk.reports.length = 0
  logged.length = 0
  clock.set(tinyNow)
  twilio.webhooks = { inbound: `${publicUrl}/sms/inbound#rc=5&rp=all`, fallback: `${publicUrl}/sms/inbound/again#rc=5&rp=all`, reach: behindProxy(door), timeoutMs: 5_000 }
})
afterAll(async () => {
  await door.close()
  await other.close()
  await twilio.close()
  await second.close()
  await store.close()
})

const rows = () => store.db.selectFrom('inbox').selectAll().orderBy('id').execute()

const form = (more: Record<string, string> = {}) => ({ MessageSid: `SM${'a'.repeat(32)}`, AccountSid: accountSid, From: dana, To: ourNumber, Body: 'Yes please', NumMedia: '0', ApiVersion: '2010-04-01', ...more })

async function post({ at = door, path = '/sms/inbound', params = form(), token = authToken, signedFor = publicUrl + path, headers = {}, tamper = (body: string) => body }: { at?: Door; path?: string; params?: Record<string, string>; token?: string; signedFor?: string; headers?: Record<string, string | undefined>; tamper?: (body: string) => string } = {}): Promise<{ status: number; body: string; type: string | null }> {
  const signed = signedWebhook({ url: signedFor, params, token })
  const sent = Object.entries({ ...signed.headers, ...headers }).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const response = await fetch(at.url + path, { method: 'POST', headers: Object.fromEntries(sent), body: tamper(signed.body) })
  return { status: response.status, body: await response.text(), type: response.headers.get('content-type') }
}

describe('a client\'s text', () => {
  test('is acknowledged with nothing to say, kept sealed, and handed on as it came', async () => {
    const { message, attempts } = await twilio.say({ from: dana, body: 'Sí, a las 3 👍 — o’clock & more', media: 1, extra: { SomethingNew: 'x', OptOutType: '' } })
    expect(attempts).toEqual([{ url: `${publicUrl}/sms/inbound`, status: 200 }])
    const [row] = await rows()
    expect(row).toMatchObject({ source: 'sms', external_id: message.sid, lane: store.seal.lookup(dana) })
    expect(JSON.stringify(row)).not.toMatch(/3035550142|las 3/)
    expect(await door.sms.work()).toBe(1)
    expect(desk.texts).toEqual([{ externalId: message.sid, from: dana, body: 'Sí, a las 3 👍 — o’clock & more', media: 1, at: tinyNow }])
    expect(logged.join()).not.toMatch(/\d{7}|las 3/)
  })

  test('gets an empty TwiML answer, also on the second path', async () => {
    const answer = { status: 200, body: '<Response/>', type: 'text/xml; charset=utf-8' }
    expect([await post(), await post({ path: '/sms/inbound/again' })]).toEqual([answer, answer])
    expect(await rows()).toHaveLength(1)
  })

  test('TWI-6: carries what Twilio did with it', async () => {
    twilio.webhooks.advancedOptOut = true
    await twilio.say({ from: dana, body: 'STOP' })
    await door.sms.work()
    expect(desk.texts).toMatchObject([{ body: 'STOP', optOutType: 'STOP' }])
  })

  test('with no words, too many, or not from a phone, is no reason to fail', async () => {
    await post({ params: form({ Body: '', NumMedia: 'many' }) })
    await post({ params: form({ MessageSid: `MM${'b'.repeat(32)}`, Body: 'x'.repeat(2_000) }) })
    for (const from of ['22395', 'BANK', 'whatsapp:+13035550142']) expect((await post({ params: form({ MessageSid: `SM${'c'.repeat(32)}`, From: from }) })).status).toBe(200)
    await door.sms.work()
    expect(desk.texts.map(({ body, media }) => [body.length, media])).toEqual([[0, 0], [1_600, 0]])
    expect((await post({ params: { Body: 'no id' } })).status).toBe(400)
    expect((await post({ tamper: (body) => body, params: {} })).status).toBe(400)
    expect(await rows()).toHaveLength(2)
  })

  test('of one number are worked in the order they came, whichever instance has them', async () => {
    for (let count = 0; count < 6; count++) await post({ at: count % 2 === 0 ? door : other, params: form({ MessageSid: `SM${String(count).repeat(32)}`, Body: `${count}` }) })
    await Promise.all([door.sms.work(), other.sms.work()])
    await door.sms.work()
    expect(desk.texts.map(({ body }) => body)).toEqual(['0', '1', '2', '3', '4', '5'])
  })

  test('without Twilio there is no such address', async () => {
    const app = webApp({ status: async () => ({ salon: '', paused: false, openProposals: 0 }), predictRisk: async () => { throw new Error('not here') }, apiToken: undefined, onError: () => {} })
    expect((await app.request('/sms/inbound', { method: 'POST', body: '' })).status).toBe(404)
  })
})

describe('F16: the same text several times', () => {
  test('F16: 1,000 deliveries of 50 texts, on both paths and two instances at once: one row and one handing over each', async () => {
    const texts = Array.from({ length: 50 }, (_, index) => form({ MessageSid: `SM${String(index).padStart(32, '0')}`, From: `+1303555${String(index).padStart(4, '0')}`, Body: `text ${index}` }))
    const ways = [{}, { at: other }, { path: '/sms/inbound/again' }, { at: other, path: '/sms/inbound/again' }]
    for (let begin = 0; begin < texts.length; begin += 10) {
      const answers = await Promise.all(texts.slice(begin, begin + 10).flatMap((params) => Array.from({ length: 20 }, (_, index) => post({ params, ...ways[index % 4] }))))
      expect(answers.every(({ status }) => status === 200)).toBe(true)
    }
    expect(await rows()).toHaveLength(50)
    await Promise.all([door.sms.work(), other.sms.work()])
    expect(desk.texts.map(({ body }) => body).toSorted()).toEqual(texts.map(({ Body }) => Body).toSorted())
  }, 60_000)

  test('F16: again after it was worked: nothing more', async () => {
    const { message } = await twilio.say({ from: dana, body: 'yes' })
    await door.sms.work()
    await twilio.deliver(message)
    await twilio.deliver(message, { RetryCount: '1' })
    expect(await door.sms.work()).toBe(0)
    expect(desk.texts).toHaveLength(1)
  })
})

describe('F22: what is not from Twilio', () => {
  test.each([
    ['another token', { token: 'not-the-token' }],
    ['one letter changed', { tamper: (body: string) => body.replace('please', 'pleasE') }],
    ['one parameter more', { tamper: (body: string) => `${body}&Extra=1` }],
    ['one parameter less', { tamper: (body: string) => body.replace('&NumMedia=0', '') }],
    ['a number twice', { tamper: (body: string) => `${body}&From=%2B13035550199` }],
    ['signed for the address inside', { signedFor: 'http://127.0.0.1/sms/inbound' }],
    ['signed for another path', { signedFor: `${publicUrl}/sms/status` }],
    ['signed without the query', { path: '/sms/inbound?x=1', signedFor: `${publicUrl}/sms/inbound` }],
    ['no signature', { headers: { 'x-twilio-signature': undefined } }],
    ['an empty signature', { headers: { 'x-twilio-signature': '' } }],
    ['a signature cut short', { headers: { 'x-twilio-signature': 'AAAA' } }],
  ])('F22: %s: a bare 403, nothing stored, counted', async (_what, options) => {
    const [before, counted] = [door.sms.refused(), await door.metrics()]
    expect(await post(options)).toMatchObject({ status: 403, body: '' })
    expect(await rows()).toEqual([])
    expect(door.sms.refused()).toBe(before + 1)
    expect(await door.metrics()).not.toBe(counted)
    expect(await door.metrics()).toMatch(/desk_signature_refusals_total [1-9]/)
  })

  test('F22: signed for the public https address while the desk sees http behind a proxy, whatever Host and forwarding headers say', async () => {
    for (const headers of [{}, { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http' }]) expect((await post({ headers })).status).toBe(200)
    // Signed for the name in the Host header, it is not ours.
    expect((await post({ signedFor: `${door.url}/sms/inbound` })).status).toBe(403)
  })

  test('TWI-1: either token, so that one can be replaced; the query as received; the recommended settings behind "#" or not', async () => {
    expect((await post({ token: nextToken })).status).toBe(200)
    expect((await post({ path: '/sms/status?text=a%3Ab%20c+d&x=%27', params: { MessageSid: `SM${'a'.repeat(32)}`, MessageStatus: 'sent' } })).status).toBe(204)
    expect((await post({ signedFor: `${publicUrl}/sms/inbound#rc=5&rp=all` })).status).toBe(200)
    expect((await post({ signedFor: `${publicUrl.replace('.com', '.com:443')}/sms/inbound` })).status).toBe(200)
  })

  test('F22: somebody who knocks all night fills no log', async () => {
    for (let count = 0; count < 120; count++) await post({ token: 'wrong' })
    expect(logged.filter((line) => line.includes('not from Twilio')).length).toBeLessThan(4)
  })

  const vectors = resolve(import.meta.dirname, '../../../../../shared/data/vectors/signatures.json')
  test.skipIf(!existsSync(vectors))('F22: the published vectors (skipped where they are not)', () => {
    type Vector = { scheme: string; expect?: string; authToken: string; url: string; params?: Record<string, string>; rawBody?: string; signature: string }
    const all = (JSON.parse(readFileSync(vectors, 'utf8')) as Vector[]).filter(({ scheme }) => scheme.startsWith('twilio'))
    expect(all.length).toBeGreaterThan(7)
    for (const { authToken: token, url, params = {}, rawBody = new URLSearchParams(params).toString(), signature, expect: expected = 'accept', ...vector } of all) {
      expect({ ...vector, url, verdict: isFromTwilio({ authTokens: ['another', token], signature, publicUrl: url, rawBody }) ? 'accept' : 'reject' }).toMatchObject({ url, verdict: expected })
    }
  })
})
