import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { checkVoice } from '../../../../src/channels/voice/check-voice.ts'
import { openVoice, type Voice } from '../../../../src/channels/voice/open-voice.ts'
import type { Store } from '../../../../src/store/open-store.ts'
import { type FakeCalls, openFakeCalls } from '../../../support/fake-twilio-calls.ts'
import { scriptedPhone, type ScriptedPhone } from '../../../support/scripted-phone.ts'
import { stepScheduler } from '../../../support/step-scheduler.ts'
import { createTestStore } from '../../../support/test-store.ts'
import { testClock, tinyNow } from '../../../support/tiny-book.ts'
import { publicUrl, twilio, voiceSettings } from './voice-door.ts'

const clock = testClock()
let store: Store
let account: FakeCalls
let phone: ScriptedPhone
let voice: Voice
const logged: { message: string; [more: string]: unknown }[] = []
const log = (fields: object, message: string) => { logged.push({ message, ...fields }) }
const missed = () => phone.told.filter(({ kind }) => kind === 'missed')
const begun = (id: string) => store.db.insertInto('phone_calls').values({ id, direction: 'in', via: 'relay', from_phone: null, phone_hash: null, client_id: null, likely_client_id: null, location_id: null, appointment_id: null, by: null, language: 'en', memory: store.seal.seal('{}'), status: 'open', why: null, needs_person: false, outcome: null, message: null, started_at: clock.now(), ended_at: null }).execute()

beforeAll(async () => { store = await createTestStore() })
beforeEach(async () => {
  for (const table of ['phone_calls', 'cursors'] as const) await store.db.deleteFrom(table).execute()
  clock.set(tinyNow)
  logged.length = 0
  account = await openFakeCalls({ clock, accountSid: twilio.accountSid, pageLimit: 7 })
  phone = scriptedPhone()
  voice = openVoice({ twilio: { ...twilio, apiUrl: account.url }, settings: voiceSettings, publicUrl, store, clock, logger: { info: log, warn: log, error: log }, phone, scheduler: stepScheduler() })
})
afterEach(async () => {
  await voice.stop()
  await account.close()
})
afterAll(() => store.close())

describe('calls that never reached the desk', () => {
  test('the first time only marks where to begin', async () => {
    account.ring({})
    expect(await voice.reconcile()).toEqual({ missed: 0 })
    expect(missed()).toEqual([])
  })

  test('a call, and one with a voicemail, while everything here was down; oldest first, over all pages', async () => {
    await voice.reconcile()
    clock.advance(3)
    const first = account.ring({ seconds: 4 })
    const more = Array.from({ length: 16 }, () => account.ring({ from: '+266696687' }))
    clock.advance(2)
    const spoken = account.ring({ seconds: 61 })
    account.record({ callSid: spoken.sid, seconds: 12 })
    account.record({ callSid: spoken.sid, source: 'StartCallRecordingAPI', seconds: 60 })
    clock.advance(5)
    expect(await voice.reconcile()).toEqual({ missed: 18, oldestMinutes: 7 })
    expect(missed()[0]).toEqual({ kind: 'missed', callId: first.sid, from: '+13035550142', at: first.startedAt, seconds: 4 })
    expect(missed().at(-1)).toEqual({ kind: 'missed', callId: spoken.sid, from: '+13035550142', at: spoken.startedAt, seconds: 61, voicemailSeconds: 12 })
    expect(missed()[1]).toEqual({ kind: 'missed', callId: more[0]?.sid, at: more[0]?.startedAt, seconds: 20 })
    expect(logged).toEqual([{ message: 'calls had not reached the desk', missed: 18, oldestMinutes: 7 }])
  })

  test('what was begun here, is not over, is not to us, or was answered at the desk, is not missed', async () => {
    await voice.reconcile()
    clock.advance(1)
    await begun(account.ring({}).sid)
    account.ring({ status: 'in-progress' })
    account.ring({ to: '+13035550199' })
    account.ring({ direction: 'outbound-api' })
    const answered = account.ring({ seconds: 300 })
    account.ring({ parent: answered.sid, to: '+13035550111', direction: 'outbound-dial', seconds: 240 })
    const unanswered = account.ring({})
    account.ring({ parent: unanswered.sid, to: '+13035550111', direction: 'outbound-dial', status: 'no-answer', seconds: 0 })
    clock.advance(5)
    expect(await voice.reconcile()).toEqual({ missed: 1, oldestMinutes: 5 })
    expect(missed().map(({ callId }) => callId)).toEqual([unanswered.sid])
  })

  test('F58: the voicemail of a call that began here and then broke is told too', async () => {
    await voice.reconcile()
    clock.advance(1)
    const call = account.ring({})
    await begun(call.sid)
    account.record({ callSid: call.sid })
    clock.advance(5)
    expect(await voice.reconcile()).toEqual({ missed: 0 })
    expect(missed()).toMatchObject([{ callId: call.sid, voicemailSeconds: 9 }])
  })

  test('a desk that was off for a day begins where it stopped; Twilio away, the next time does', async () => {
    await voice.reconcile()
    clock.advance(60)
    account.ring({})
    clock.advance(24 * 60)
    account.faults.push({ request: /^GET Calls/, status: 500, times: 1 })
    await expect(voice.reconcile()).rejects.toThrow('500')
    expect(await voice.reconcile()).toEqual({ missed: 1, oldestMinutes: 24 * 60 })
  })

  test('a card that fails leaves the rest for the next time', async () => {
    await voice.reconcile()
    account.ring({})
    clock.advance(5)
    let isAway = true
    const takes = phone.missed.bind(phone)
    phone.missed = async (call) => { if (isAway) throw new Error('database away'); await takes(call) }
    await expect(voice.reconcile()).rejects.toThrow('database away')
    isAway = false
    expect(await voice.reconcile()).toMatchObject({ missed: 1 })
  })
})

describe('desk doctor', () => {
  const number = { phone_number: voiceSettings.number, voice_url: `${publicUrl}/voice/inbound#rc=2`, voice_fallback_url: 'https://handler.twilio.com/twiml/EH1', status_callback: `${publicUrl}/voice/status` }
  const check = (settings = {}) => checkVoice({ twilio: { ...twilio, apiUrl: account.url }, settings: { ...voiceSettings, ...settings }, publicUrl })

  test('a number that does all it should is well', async () => {
    account.number = number
    expect(await check()).toEqual({ what: 'Twilio calls', state: 'ok', says: 'calls to our number are answered by the desk (ConversationRelay), not recorded' })
  })

  test.each([
    ['a number of somebody else', undefined, {}, 'problem', 'not a number of this account'],
    ['calls that go elsewhere', { ...number, voice_url: 'https://demo.twilio.com/' }, {}, 'problem', `${publicUrl}/voice/inbound (POST)`],
    ['no word of ended calls', { ...number, status_callback: '' }, {}, 'note', `${publicUrl}/voice/status`],
    ['nothing for the time we are away', { ...number, voice_fallback_url: '' }, {}, 'note', 'desk voice --fallback'],
    ['nobody to ring', number, { deskPhone: undefined }, 'note', 'DESK_PHONE'],
  ])('%s', async (_as, shown, settings, state, words) => {
    account.number = shown
    const found = await check(settings)
    expect(found.state).toBe(state)
    expect(found.says).toContain(words)
  })

  test('Twilio that refuses or is away is said, without its words', async () => {
    account.faults.push({ request: /Incoming/, status: 401, times: 2 })
    expect(await check()).toEqual({ what: 'Twilio calls', state: 'problem', says: 'cannot be looked at: Twilio answers 401.' })
    expect(await checkVoice({ twilio: { ...twilio, apiUrl: 'http://127.0.0.1:1' }, settings: voiceSettings, publicUrl })).toMatchObject({ state: 'problem', says: 'cannot be looked at: Twilio does not answer.' })
  })
})
