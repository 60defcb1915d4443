import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { checkTwilio } from '../../../../src/channels/sms/check-twilio.ts'
import type { TwilioSettings } from '../../../../src/config.ts'
import type { Store } from '../../../../src/store/open-store.ts'
import { type FakeTwilio, openFakeTwilio, serviceSid } from '../../../support/fake-twilio.ts'
import { createTestStore } from '../../../support/test-store.ts'
import { testClock, tinyNow } from '../../../support/tiny-book.ts'
import { openDoor, publicUrl, recorder } from './sms-door.ts'

const clock = testClock()
let store: Store
let twilio: FakeTwilio

beforeAll(async () => { store = await createTestStore() })
beforeEach(async () => {
  clock.set(tinyNow)
  for (const table of ['inbox', 'cursors'] as const) await store.db.deleteFrom(table).execute()
  twilio = await openFakeTwilio({ clock })
  twilio.webhooks = { inbound: `${publicUrl}/sms/inbound#rc=5&rp=all`, fallback: `${publicUrl}/sms/inbound/again#rc=5&rp=all`, reach: () => 'http://127.0.0.1:1', timeoutMs: 1_000 }
})
afterEach(() => twilio.close())
afterAll(() => store.close())

const check = (settings: Partial<TwilioSettings> = {}, at = publicUrl) => checkTwilio({ settings: { ...twilio.settings, ...settings }, publicUrl: at, store, clock, timeoutMs: 1_000 })
const states = async (...given: Parameters<typeof check>) => (await check(...given)).map(({ what, state }) => `${what}: ${state}`)
const said = async (what: string, ...given: Parameters<typeof check>) => (await check(...given)).find((finding) => finding.what === what)?.says

async function readList(): Promise<void> {
  const door = await openDoor({ settings: twilio.settings, store, clock, messages: recorder() })
  await door.sms.reconcile()
  await door.close()
}

test('when all is well, by number and by Messaging Service, doctor says so and sends nothing', async () => {
  await readList()
  expect(await states()).toEqual(['Twilio: ok', 'Twilio webhooks: ok', 'Twilio replies: ok'])
  expect(await states({ from: undefined, messagingServiceSid: serviceSid })).toEqual(['Twilio: ok', 'Twilio webhooks: ok', 'Twilio replies: ok'])
  expect(twilio.requests).toBe(0)
})

test('a wrong token, and a Twilio that is not there, are told apart, without the token', async () => {
  expect(await check({ authTokens: ['not-the-token'] })).toEqual([{ what: 'Twilio', state: 'problem', says: expect.stringContaining('does not accept TWILIO_AUTH_TOKEN') }])
  expect(await check({ apiUrl: 'http://127.0.0.1:1' })).toEqual([{ what: 'Twilio', state: 'problem', says: expect.stringContaining('does not answer') }])
  expect(JSON.stringify(await check({ authTokens: ['not-the-token'] }))).not.toContain('not-the-token')
})

test('an address that is not ours is named with what to enter; without the second path it is a note', async () => {
  twilio.webhooks.inbound = 'https://demo.twilio.com/welcome/sms/reply'
  expect(await states()).toContain('Twilio webhooks: problem')
  expect(await said('Twilio webhooks')).toContain(`"A message comes in" must be ${publicUrl}/sms/inbound#rc=5&rp=all`)
  expect(await said('Twilio webhooks', { messagingServiceSid: serviceSid })).toContain('"Request URL" must be')
  twilio.webhooks = { inbound: `${publicUrl}/sms/inbound`, reach: twilio.webhooks.reach, timeoutMs: 1_000 }
  expect(await states()).toContain('Twilio webhooks: note')
  expect(await said('Twilio webhooks', { from: '+13035559999' })).toContain('is not a number of this account')
})

test('an address that Twilio cannot reach is a note', async () => {
  twilio.webhooks.inbound = 'http://127.0.0.1:3000/sms/inbound'
  twilio.webhooks.fallback = 'http://127.0.0.1:3000/sms/inbound/again'
  expect(await states({}, 'http://127.0.0.1:3000')).toContain('Twilio webhooks: note')
})

test('TWI-3: what has not reached the desk for more than ten minutes is a problem, and a list that nobody reads a note', async () => {
  expect(await said('Twilio replies')).toContain('not read yet')
  await readList()
  await twilio.say({ from: '+13035550142', body: 'yes' })
  clock.advance(9)
  expect(await states()).toContain('Twilio replies: ok')
  clock.advance(3)
  expect(await said('Twilio replies')).toContain('one text of a client has not reached the desk, the oldest 12 minutes ago')
  await readList()
  expect(await states()).toContain('Twilio replies: ok')
  clock.advance(45)
  expect(await said('Twilio replies')).toContain('last read 45 minutes ago')
})

test('a client\'s text that could not be worked is told', async () => {
  const door = await openDoor({ settings: twilio.settings, store, clock, messages: { ...recorder(), receiveFrom: async () => { throw new TypeError('a bug') } } })
  await twilio.say({ from: '+13035550142', body: 'yes' })
  await door.sms.reconcile()
  clock.advance(6)
  await door.sms.reconcile()
  for (let tries = 0; tries < 7; tries++) {
    await door.sms.work()
    clock.advance(1)
  }
  await door.close()
  expect(await said('Twilio texts')).toContain('1 of clients\' texts could not be worked')
})
