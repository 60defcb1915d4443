import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { answerTo, errorTable, failureOf } from '../../../../src/channels/sms/error-table.ts'
import { settledAfterMinutes } from '../../../../src/channels/sms/look-for-text.ts'
import { TwilioRefusal } from '../../../../src/channels/sms/twilio-client.ts'
import { twilioTransport } from '../../../../src/channels/sms/twilio-transport.ts'
import { type Logger, silentLogger } from '../../../../src/logger.ts'
import type { TextTransport } from '../../../../src/messages/messages.ts'
import type { Store } from '../../../../src/store/open-store.ts'
import { authToken, type FakeTwilio, openFakeTwilio, ourNumber, serviceSid } from '../../../support/fake-twilio.ts'
import { createTestStore } from '../../../support/test-store.ts'
import { testClock, tinyNow } from '../../../support/tiny-book.ts'

const clock = testClock()
const publicUrl = 'https://desk.example.com'
const to = '+13035550142'
let store: Store
let twilio: FakeTwilio
let transport: TextTransport
const logged: { fields: Record<string, unknown>; message: string }[] = []
const logger: Logger = { ...silentLogger, warn: (fields, message) => { logged.push({ fields, message }) } }

beforeAll(async () => { store = await createTestStore() })
beforeEach(async () => {
  await twilio?.close()
  clock.set(tinyNow)
  logged.length = 0
  twilio = await openFakeTwilio({ clock })
  transport = open()
})
afterAll(async () => {
  await twilio.close()
  await store.close()
})

function open(settings: Partial<FakeTwilio['settings']> = {}): TextTransport {
  return twilioTransport({ settings: { ...twilio.settings, ...settings }, publicUrl, clock, store, logger, timeoutMs: 300, random: () => 0 })
}

const send = (more: { key?: string; to?: string; body?: string; validForSec?: number } = {}) => transport.send({ key: 'text:a', to, body: 'Hi Dana', ...more })
const look = (more: { key?: string; body?: string; attemptedAt?: string } = {}) => transport.look?.({ key: 'text:a', to, body: 'Hi Dana', attemptedAt: tinyNow, ...more })

describe('a text is handed over', () => {
  test('with its words unchanged, its own report address and no longer validity than asked for', async () => {
    expect(await send({ key: 'text:proposal:P-AA11', body: 'Hi Dana — it’s Friday… ', validForSec: 599.9 })).toMatchObject({ state: 'sent', id: twilio.sent()[0]?.sid, status: 'queued' })
    expect(twilio.sent()).toMatchObject([{ to, from: ourNumber, body: 'Hi Dana — it’s Friday… ', validityPeriod: 599, statusCallback: 'https://desk.example.com/sms/status?text=text%3Aproposal%3AP-AA11' }])
    await send({ validForSec: 90_000 })
    expect(twilio.sent()[1]?.validityPeriod).toBe(36_000)
  })

  test('by a Messaging Service, which chooses the number', async () => {
    transport = open({ from: undefined, messagingServiceSid: serviceSid })
    expect(await send()).toMatchObject({ state: 'sent', status: 'accepted' })
    expect(twilio.sent()).toMatchObject([{ service: serviceSid }])
  })

  test('not when its time is over', async () => {
    expect(await send({ validForSec: 0 })).toEqual({ state: 'failed', code: 'too_late', failure: 'unknown' })
    expect(twilio.requests).toBe(0)
  })

  test('TWI-1: with the second token when the first is not accepted any more, and from then on at once', async () => {
    twilio.tokens = ['the-new-token-of-32-characters!']
    transport = open({ authTokens: [authToken, 'the-new-token-of-32-characters!'] })
    expect([await send(), await send()]).toMatchObject([{ state: 'sent' }, { state: 'sent' }])
    twilio.tokens = ['yet-another-token-32-characters!']
    expect(await send()).toEqual({ state: 'failed', code: '20003', failure: 'not_set_up' })
    expect(twilio.sent()).toHaveLength(2)
  })

  test('and neither number, words nor token are logged when it is not taken', async () => {
    twilio.faults.push({ kind: 'status', status: 500 }, { kind: 'drop', accepted: false })
    await send()
    await send()
    await send({ to: '+15005550001' })
    expect(logged).toHaveLength(3)
    expect(JSON.stringify(logged)).not.toMatch(/\+\d{7}|Dana|a-made-up/)
  })
})

describe('F32: errors', () => {
  test.each([
    ['21211', '+15005550001', 'bad_number'],
    ['21612', '+15005550002', 'unreachable'],
    ['21408', '+15005550003', 'not_set_up'],
    ['21610', '+15005550004', 'opted_out'],
    ['21614', '+15005550009', 'landline'],
  ] as const)('F32: %s to Twilio\'s magic number: failed, never sent again', async (code, number, failure) => {
    expect(await send({ to: number })).toEqual({ state: 'failed', code, failure })
    expect(twilio.sent()).toEqual([])
  })

  test.each([['21212', '+15005550001', { state: 'failed', failure: 'not_set_up' }], ['21606', '+15005550007', { state: 'failed', failure: 'not_set_up' }], ['21611', '+15005550008', { state: 'later', retryAfterMs: 5_000 }]] as const)('F32: %s for our own number', async (code, from, answer) => {
    transport = open({ from })
    expect(await send()).toEqual({ code, ...answer })
  })

  test.each([
    [20003, 401, 'failed', 'not_set_up'], [20404, 404, 'failed', 'not_set_up'], [20429, 429, 'later', undefined], [21211, 400, 'failed', 'bad_number'], [21212, 400, 'failed', 'not_set_up'], [21408, 403, 'failed', 'not_set_up'],
    [21603, 400, 'failed', 'not_set_up'], [21606, 400, 'failed', 'not_set_up'], [21608, 400, 'failed', 'not_set_up'], [21609, 400, 'failed', 'not_set_up'], [21610, 400, 'failed', 'opted_out'], [21611, 400, 'later', undefined], [21612, 400, 'failed', 'unreachable'],
    [21614, 400, 'failed', 'landline'], [21635, 400, 'failed', 'landline'], [21703, 400, 'failed', 'not_set_up'], [30001, 400, 'failed', 'unreachable'], [30003, 400, 'failed', 'unreachable'], [30004, 400, 'failed', 'filtered'], [30005, 400, 'failed', 'bad_number'],
    [30006, 400, 'failed', 'landline'], [30007, 400, 'failed', 'filtered'], [30008, 400, 'failed', 'unknown'], [30034, 400, 'failed', 'not_set_up'], [99999, 400, 'failed', 'unknown'],
  ] as const)('F32: %d with %d is %s %s', async (code, status, state, failure) => {
    twilio.faults.push({ kind: 'status', status, code })
    expect(await send()).toMatchObject({ state, code: String(code), ...(failure === undefined ? {} : { failure }) })
    expect(twilio.sent()).toEqual([])
  })

  test('F32: every code of the table is tried above, and in docs/twilio.md for people', () => {
    const [own, docs] = [readFileSync(import.meta.filename, 'utf8'), readFileSync(resolve(import.meta.dirname, '../../../../docs/twilio.md'), 'utf8')]
    for (const code of Object.keys(errorTable)) {
      expect(own).toContain(`[${code}, `)
      expect(docs).toContain(code)
    }
    expect(failureOf('12345')).toBe('unknown')
  })

  test('a refusal in somebody else\'s name (a proxy) is no fault of the number', () => {
    expect(answerTo(new TwilioRefusal({ status: 407, code: undefined, retryAfterMs: undefined }), { retryAfterMs: 1 })).toEqual({ state: 'failed', code: 'http_407', failure: 'not_set_up' })
  })
})

describe('F30: too many requests', () => {
  test('F30: nothing was done, so it is tried again later: spread by chance, at least as long as Twilio asks; one text', async () => {
    twilio.faults.push({ kind: 'status', status: 429, code: 20429 }, { kind: 'status', status: 429 }, { kind: 'status', status: 429, retryAfter: 77 })
    expect(await send()).toEqual({ state: 'later', code: '20429', retryAfterMs: 5_000 })
    const spread = twilioTransport({ settings: twilio.settings, publicUrl, clock, store, logger, random: () => 0.5 })
    expect(await spread.send({ key: 'text:a', to, body: 'Hi' })).toEqual({ state: 'later', code: 'http_429', retryAfterMs: 7_500 })
    expect(await send()).toMatchObject({ state: 'later', retryAfterMs: 77_000 })
    expect(await send()).toMatchObject({ state: 'sent' })
    expect(twilio.sent()).toHaveLength(1)
    // The SDK tried nothing behind our back.
    expect(twilio.requests).toBe(4)
  })

  test('nobody there at all: certainly not sent', async () => {
    transport = open({ apiUrl: 'http://127.0.0.1:1' })
    expect(await send()).toEqual({ state: 'later', code: 'ECONNREFUSED', retryAfterMs: 5_000 })
  })
})

describe('F31: what is no answer is unknown, never failed', () => {
  test.each([
    ['500 without accepting', { kind: 'status', status: 500 }, 0],
    ['500 after accepting', { kind: 'status', status: 500, accepted: true }, 1],
    ['503 with a code', { kind: 'status', status: 503, code: 20503 }, 0],
    ['a redirect', { kind: 'status', status: 302 }, 0],
    ['408', { kind: 'status', status: 408 }, 0],
    ['200 without a text', { kind: 'status', status: 200 }, 0],
    ['reset without accepting', { kind: 'drop', accepted: false }, 0],
    ['reset after accepting', { kind: 'drop', accepted: true }, 1],
    ['hangs without accepting', { kind: 'hang', accepted: false }, 0],
    ['hangs after accepting', { kind: 'hang', accepted: true }, 1],
  ] as const)('F31: %s', async (_what, fault, taken) => {
    twilio.faults.push(fault)
    expect(await send()).toMatchObject({ state: 'unknown', code: expect.stringMatching(/^\w+$/) })
    expect(twilio.sent()).toHaveLength(taken)
    expect(twilio.requests).toBe(1)
  })
})

describe('F28: looking for a text whose answer was lost', () => {
  const lose = async (more: { key?: string } = {}) => {
    twilio.faults.push({ kind: 'hang', accepted: true })
    expect(await send(more)).toMatchObject({ state: 'unknown' })
  }

  test('F28: what Twilio took is found at once, also while it waits in the queue and has no sent date', async () => {
    await lose()
    expect(twilio.sent()[0]?.sentAt).toBeNull()
    expect(await look()).toEqual({ state: 'sent', id: twilio.sent()[0]?.sid })
  })

  test('F28: an empty list means nothing until it has had time, and then that it was not sent', async () => {
    expect(await look()).toEqual({ state: 'unknown' })
    clock.advance(settledAfterMinutes - 0.1)
    expect(await look()).toEqual({ state: 'unknown' })
    clock.advance(0.1)
    expect(await look()).toEqual({ state: 'not_sent' })
  })

  test('F28: a list that lags answers unknown, and sent as soon as it is there', async () => {
    twilio.listLagMinutes = 2
    await lose()
    clock.advance(1)
    expect(await look()).toEqual({ state: 'unknown' })
    clock.advance(1)
    expect(await look()).toMatchObject({ state: 'sent' })
  })

  test('F28: a list that cannot be read answers unknown, however long ago it was', async () => {
    clock.advance(60)
    twilio.readsFailWith = 500
    expect(await look()).toEqual({ state: 'unknown' })
  })

  test('F28: the whole list is read, page after page', async () => {
    await lose()
    for (let count = 0; count < 25; count++) await send({ key: `text:${count}`, body: `Another ${count}` })
    twilio.pageLimit = 10
    expect(await look()).toMatchObject({ state: 'sent' })
    clock.advance(10)
    expect(await look({ body: 'Never sent' })).toEqual({ state: 'not_sent' })
  })

  test('F28: other words, an older text, or one that is known to be another of ours is not it', async () => {
    clock.advance(-30)
    await send({ key: 'text:old' })
    clock.set(tinyNow)
    expect(await send({ key: 'text:twin' })).toMatchObject({ state: 'sent' })
    await store.db.insertInto('texts').values({ key: 'twin', client_id: 'dana-k', location_id: null, direction: 'out', body: '', template: null, appointment_id: null, proposal_id: null, segments: 1, state: 'sent', error_code: null, provider_id: twilio.sent()[1]?.sid ?? '', reading: null, did: null, needs_person: false, at: tinyNow }).execute()
    clock.advance(10)
    expect(await look()).toEqual({ state: 'not_sent' })
    expect(await look({ key: 'text:twin' })).toMatchObject({ state: 'sent' })
    expect(await look({ body: 'Hi Dana!' })).toEqual({ state: 'not_sent' })
    // A reply of Twilio's own, or the client's own words, are not ours.
    await twilio.say({ from: to, body: 'Hi Dana' })
    expect(await look()).toEqual({ state: 'not_sent' })
  })

  test('F28: words that a service changed on the way (Smart Encoding) are known again', async () => {
    twilio.faults.push({ kind: 'drop', accepted: true })
    await send({ body: "Hi Dana - it's Friday... " })
    expect(await look({ body: 'Hi Dana – it’s Friday…' })).toMatchObject({ state: 'sent' })
  })
})

describe('what Twilio answers by itself', () => {
  test.each([
    ['STOP', 'stop'], [' stop ', 'stop'], ['Cancel', 'stop'], ['END', 'stop'], ['QUIT', 'stop'], ['revoke', 'stop'], ['OPTOUT', 'stop'], ['StopAll', 'stop'], ['unsubscribe', 'stop'],
    ['START', 'start'], ['Yes', 'start'], ['UNSTOP', 'start'], ['HELP', 'help'], ['info', 'help'],
    ['STOP please', undefined], ['please cancel', undefined], ['stop.', undefined], ['opt out', undefined], ['ok', undefined], ['', undefined],
  ] as const)('TWI-6: "%s" is %s', (body, kind) => {
    expect(transport.answersItself?.({ body })).toBe(kind)
  })

  test('TWI-6: Twilio\'s own word counts first, in any language', () => {
    expect(transport.answersItself?.({ body: 'BAJA', optOutType: 'STOP' })).toBe('stop')
    expect(transport.answersItself?.({ body: 'ALTA', optOutType: 'START' })).toBe('start')
    expect(transport.answersItself?.({ body: 'AYUDA', optOutType: 'HELP' })).toBe('help')
  })

  test('a toll-free number is stopped by the carrier, which knows STOP and not CANCEL', () => {
    const tollFree = open({ from: '+18335550100' })
    expect(['STOP', 'CANCEL', 'YES', 'UNSTOP'].map((body) => tollFree.answersItself?.({ body }))).toEqual(['stop', undefined, undefined, 'start'])
  })
})
