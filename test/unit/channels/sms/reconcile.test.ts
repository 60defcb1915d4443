import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readCursor } from '../../../../src/channels/sms/reconcile.ts'
import { errorFields } from '../../../../src/logger.ts'
import { DeskError } from '../../../../src/salon/errors.ts'
import type { Store } from '../../../../src/store/open-store.ts'
import { type FakeTwilio, openFakeTwilio, ourNumber, serviceSid } from '../../../support/fake-twilio.ts'
import { createTestStore } from '../../../support/test-store.ts'
import { testClock, tinyNow } from '../../../support/tiny-book.ts'
import { behindProxy, type Door, openDoor, publicUrl, type Recorder, recorder } from './sms-door.ts'

const clock = testClock()
const dana = '+13035550142'
let store: Store
let twilio: FakeTwilio
let desk: Recorder
let door: Door
let isDown = false
const logged: { level: string; message: string; fields: Record<string, unknown> }[] = []
const log = (level: string) => (fields: Record<string, unknown>, message: string) => { logged.push({ level, fields, message }) }
const logger = { info: log('info'), warn: log('warn'), error: log('error') }

beforeAll(async () => { store = await createTestStore() })
beforeEach(async () => {
  for (const table of ['inbox', 'cursors', 'texts'] as const) await store.db.deleteFrom(table).execute()
  clock.set(tinyNow)
  logged.length = 0
  isDown = false
  twilio = await openFakeTwilio({ clock })
  desk = recorder()
  door = await openDoor({ settings: twilio.settings, store, clock, messages: desk, logger })
  // While the desk is down nobody listens at its address.
  twilio.webhooks = { inbound: `${publicUrl}/sms/inbound#rc=5&rp=all`, fallback: `${publicUrl}/sms/inbound/again`, reach: (url) => behindProxy(isDown ? { url: 'http://127.0.0.1:1' } : door)(url), timeoutMs: 1_000 }
  expect(await door.sms.reconcile()).toEqual({ missed: 0 })
})
afterEach(async () => {
  await door.close()
  await twilio.close()
})
afterAll(() => store.close())

const words = async () => {
  await door.sms.work()
  return desk.texts.map(({ body }) => body)
}

describe('F17: what came while the webhook did not work', () => {
  test('F17: both paths down for ten minutes: every text is fetched once, in order, with its own time, and its age is said', async () => {
    await twilio.say({ from: dana, body: 'before' })
    clock.advance(1)
    isDown = true
    const { attempts } = await twilio.say({ from: dana, body: 'first' })
    expect(attempts.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 'no connection'))
    clock.advance(10)
    await twilio.say({ from: dana, body: 'second' })
    clock.advance(1)
    isDown = false
    await twilio.say({ from: dana, body: 'after' })
    expect(await door.sms.reconcile()).toEqual({ missed: 2, oldestMinutes: 11 })
    expect((await words()).toSorted()).toEqual(['after', 'before', 'first', 'second'])
    expect(desk.texts.find(({ body }) => body === 'first')).toMatchObject({ from: dana, media: 0, at: '2026-11-21T15:31:00.000Z' })
    expect(logged).toMatchObject([{ level: 'error', fields: { missed: 2, oldestMinutes: 11 } }])
    expect(JSON.stringify(logged)).not.toMatch(/\d{7}|first/)
    expect(await door.sms.reconcile()).toEqual({ missed: 0 })
    expect(await door.sms.work()).toBe(0)
  })

  test('F17: our answer is 500 or too late: the text is kept once all the same', async () => {
    const broken = await openDoor({ settings: twilio.settings, store: { ...store, transaction: async () => { throw new Error('disk full') } }, clock, messages: desk })
    try {
      twilio.webhooks.reach = behindProxy(broken)
      const { attempts } = await twilio.say({ from: dana, body: 'yes' })
      expect(attempts.map(({ status }) => status)).toEqual([500, 500, 500, 500, 500, 500, 500])
      clock.advance(5)
      expect(await door.sms.reconcile()).toEqual({ missed: 1, oldestMinutes: 5 })
      expect(await words()).toEqual(['yes'])
      expect(logged).toMatchObject([{ level: 'warn' }])
    } finally {
      await broken.close()
    }
  })

  test('F17: several within one second are fetched in the order they were written', async () => {
    isDown = true
    for (const body of ['yes', 'wait', 'STOP']) await twilio.say({ from: dana, body })
    clock.advance(6)
    await door.sms.reconcile()
    expect(await words()).toEqual(['yes', 'wait', 'STOP'])
  })

  test('F17: what is on its way by webhook is left to it', async () => {
    isDown = true
    await twilio.say({ from: dana, body: 'just now' })
    expect(await door.sms.reconcile()).toEqual({ missed: 0 })
    clock.advance(1)
    expect(await door.sms.reconcile()).toMatchObject({ missed: 1 })
  })

  test('F17: a desk that was off for three days begins where it stopped, and follows every page', async () => {
    isDown = true
    for (let count = 0; count < 60; count++) {
      clock.advance(72)
      await twilio.say({ from: dana, body: `text ${count}` })
    }
    clock.advance(2)
    twilio.pageLimit = 7
    expect(await door.sms.reconcile()).toEqual({ missed: 60, oldestMinutes: 59 * 72 + 2 })
    expect(await words()).toEqual(Array.from({ length: 60 }, (_, count) => `text ${count}`))
  })

  test('F17: a text that enters Twilio\'s list late is not passed over', async () => {
    isDown = true
    await twilio.say({ from: dana, body: 'late' })
    twilio.listLagMinutes = 20
    for (let minutes = 0; minutes < 15; minutes += 5) {
      clock.advance(5)
      expect(await door.sms.reconcile()).toEqual({ missed: 0 })
    }
    clock.advance(5)
    expect(await door.sms.reconcile()).toEqual({ missed: 1, oldestMinutes: 20 })
  })

  test('F17: while Twilio does not answer nothing moves on; the first time only marks where to begin', async () => {
    isDown = true
    await twilio.say({ from: dana, body: 'lost?' })
    const before = await readCursor(store.db)
    clock.advance(10)
    twilio.readsFailWith = 503
    const failure: unknown = await door.sms.reconcile().catch((error: unknown) => error)
    expect(failure).toMatchObject({ name: 'TwilioRefusal', status: 503, code: '20500' })
    expect(JSON.stringify([errorFields(failure), String(failure), (failure as Error).cause ?? ''])).not.toMatch(/a-made-up|\+\d{7}/)
    expect(await readCursor(store.db)).toEqual(before)
    twilio.readsFailWith = undefined
    expect(await door.sms.reconcile()).toEqual({ missed: 1, oldestMinutes: 10 })
    expect(before?.value).toBe(tinyNow)
  })

  test('F17: two instances at once fetch everything once', async () => {
    isDown = true
    for (let count = 0; count < 20; count++) await twilio.say({ from: `+1303555${String(count).padStart(4, '0')}`, body: `${count}` })
    clock.advance(6)
    const other = await openDoor({ settings: twilio.settings, store, clock, messages: desk })
    const found = await Promise.all([door.sms.reconcile(), other.sms.reconcile()])
    expect(found[0].missed + found[1].missed).toBe(20)
    expect(await words()).toHaveLength(20)
    await other.close()
  })

  test('F17: only what clients wrote to our numbers counts, with a Messaging Service the numbers of its pool', async () => {
    const service = await openDoor({ settings: { ...twilio.settings, from: undefined, messagingServiceSid: serviceSid }, store, clock, messages: desk })
    isDown = true
    await twilio.say({ from: dana, body: 'to us' })
    await twilio.say({ from: dana, body: 'to somebody else', to: '+13035550777' })
    await twilio.say({ from: '22395', body: 'from a short code' })
    clock.advance(6)
    expect(await service.sms.reconcile()).toMatchObject({ missed: 1 })
    expect(await words()).toEqual(['to us'])
    await service.close()
  })
})

describe('what could not be worked', () => {
  test('because the booking platform is away waits for it, longer than six tries last', async () => {
    let away = true
    const hand = desk.receiveFrom
    desk.receiveFrom = async (text) => {
      if (away) throw new DeskError('unavailable', { message: 'the platform does not answer' })
      return hand(text)
    }
    await twilio.say({ from: dana, body: 'yes' })
    for (let tries = 0; tries < 8; tries++) {
      await door.sms.work()
      clock.advance(1)
    }
    expect(await store.db.selectFrom('inbox').select(['state', 'error_code']).execute()).toEqual([{ state: 'failed', error_code: 'unavailable' }])
    away = false
    await door.sms.reconcile()
    expect(await words()).toEqual(['yes'])
  })

  test('for another reason stays, for doctor to tell', async () => {
    desk.receiveFrom = async () => { throw new TypeError('a bug') }
    await twilio.say({ from: dana, body: 'yes' })
    for (let tries = 0; tries < 8; tries++) {
      await door.sms.work()
      clock.advance(1)
    }
    await door.sms.reconcile()
    expect(await door.sms.work()).toBe(0)
    expect(await store.db.selectFrom('inbox').select('state').execute()).toEqual([{ state: 'failed' }])
  })
})

describe('texts of ours that nothing was heard of', () => {
  const ours = async ({ minutesAgo, delivery }: { minutesAgo: number; delivery?: 'queued' | 'delivered' }) => {
    clock.advance(-minutesAgo)
    twilio.messages.push({ sid: `SM${String(twilio.messages.length).padStart(32, '0')}`, to: dana, from: ourNumber, body: 'Hi', direction: 'outbound-api', status: 'undelivered', errorCode: 30006, createdAt: clock.now(), sentAt: clock.now(), media: 0, service: null, statusCallback: null, validityPeriod: null })
    const sid = twilio.messages.at(-1)?.sid ?? ''
    await store.db.insertInto('texts').values({ key: sid, client_id: 'dana-k', location_id: null, direction: 'out', body: '', template: null, appointment_id: null, proposal_id: null, segments: 1, state: 'sent', error_code: null, provider_id: sid, ...(delivery === undefined ? {} : { delivery }), reading: null, did: null, needs_person: false, at: clock.now() }).execute()
    clock.advance(minutesAgo)
    return sid
  }

  test('are asked about after ten minutes, and no more after an hour', async () => {
    const [silent, queued] = [await ours({ minutesAgo: 12 }), await ours({ minutesAgo: 30, delivery: 'queued' })]
    await ours({ minutesAgo: 5 })
    await ours({ minutesAgo: 90 })
    await ours({ minutesAgo: 20, delivery: 'delivered' })
    await door.sms.reconcile()
    expect(desk.reports).toEqual([queued, silent].map((providerId) => ({ providerId, status: 'undelivered', code: '30006', failure: 'landline' })))
  })

  test('may be gone at Twilio, and cost clients nothing', async () => {
    await ours({ minutesAgo: 12 })
    twilio.messages.length = 0
    isDown = true
    await twilio.say({ from: dana, body: 'yes' })
    clock.advance(6)
    expect(await door.sms.reconcile()).toMatchObject({ missed: 1 })
    expect(desk.reports).toEqual([])
    expect(await words()).toEqual(['yes'])
  })
})
