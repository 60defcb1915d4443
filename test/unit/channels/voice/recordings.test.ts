import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Store } from '../../../../src/store/open-store.ts'
import { type FakeCalls, openFakeCalls } from '../../../support/fake-twilio-calls.ts'
import { listen, scriptedPhone, type ScriptedPhone } from '../../../support/scripted-phone.ts'
import { stepScheduler, type StepScheduler } from '../../../support/step-scheduler.ts'
import { createTestStore } from '../../../support/test-store.ts'
import { testClock } from '../../../support/tiny-book.ts'
import { callSid, openVoiceDoor, twilio, type VoiceDoor } from './voice-door.ts'

const clock = testClock()
let store: Store
let account: FakeCalls
let phone: ScriptedPhone
let scheduler: StepScheduler
let door: VoiceDoor
const logged: { message: string; [more: string]: unknown }[] = []
const log = (fields: object, message: string) => { logged.push({ message, ...fields }) }
const open = async (recording: boolean): Promise<void> => { door = await openVoiceDoor({ phone, store, clock, scheduler, settings: { mode: 'gather', recording }, account: { apiUrl: account.url }, logger: { info: log, warn: log, error: log } }) }

const eventually = <T>(get: () => T | Promise<T>) => expect.poll(get, { timeout: 10_000, interval: 5 })

beforeAll(async () => { store = await createTestStore() })
beforeEach(async () => {
  logged.length = 0
  account = await openFakeCalls({ clock, accountSid: twilio.accountSid })
  phone = scriptedPhone()
  phone.begins = () => ({ ...listen('May we record?'), recording: 'start' })
  scheduler = stepScheduler()
})
afterEach(async () => {
  await door.close()
  await account.close()
})
afterAll(() => store.close())

describe('F61: recording', () => {
  test('F61: with recording off nothing is ever recorded, whatever is answered', async () => {
    await open(false)
    phone.turns.push(() => ({ ...listen('Fine.'), recording: 'start' }))
    await door.post('/voice/inbound')
    await door.post('/voice/gather?turn=1', { SpeechResult: 'sure' })
    expect([account.requests, account.recordings]).toEqual([[], []])
  })

  test('F61: it begins when the salon says so, once for a call that is asked about twice', async () => {
    await open(true)
    await door.post('/voice/inbound')
    await door.post('/voice/inbound')
    await eventually(() => account.recordings.length).toBe(1)
    expect(account.requests).toEqual([`POST Calls/${callSid}/Recordings`])
  })

  test('F61: the caller says no: everything recorded of the call is destroyed, and the call goes on', async () => {
    await open(true)
    phone.turns.push(() => ({ ...listen('Not recorded. How can I help?'), recording: 'drop' }))
    account.record({ callSid, source: 'StartCallRecordingAPI' })
    account.record({ callSid: `CA${'8'.repeat(32)}` })
    await door.post('/voice/inbound')
    const { twiml } = await door.post('/voice/gather?turn=1', { SpeechResult: 'no' })
    expect(twiml).toContain('How can I help?')
    await eventually(() => account.recordings.map((one) => one.callSid)).toEqual([`CA${'8'.repeat(32)}`])
    // Ended before it was destroyed, and both after it had begun.
    expect(account.requests.filter((request) => request.startsWith('POST'))).toHaveLength(2)
  })

  test('F61: what is still in the works is tried again until it is gone', async () => {
    await open(true)
    phone.turns.push(() => ({ ...listen('Fine.'), recording: 'drop' }))
    account.faults.push({ request: /^DELETE/, status: 409, times: 2 })
    await door.post('/voice/inbound')
    await door.post('/voice/gather?turn=1', { SpeechResult: 'no' })
    await eventually(async () => { await scheduler.advance(1_000); return account.recordings.length }).toBe(0)
    expect(account.requests.filter((request) => request.startsWith('DELETE')).length).toBe(3)
  })

  test('F61: Twilio fails: the call goes on, and what could not be destroyed is in the log with the call', async () => {
    await open(true)
    phone.turns.push(() => ({ ...listen('Fine.'), recording: 'drop' }))
    account.faults.push({ request: /Recordings/, status: 500, times: 100 })
    expect((await door.post('/voice/inbound')).twiml).toContain('May we record?')
    expect((await door.post('/voice/gather?turn=1', { SpeechResult: 'no' })).twiml).toContain('Fine.')
    await eventually(async () => { await scheduler.advance(5_000); return logged.map(({ message }) => message) }).toEqual(['a call is not recorded', 'a recording could not be destroyed: delete it in the Twilio Console'])
    expect(logged[1]).toMatchObject({ call: callSid })
  })
})
