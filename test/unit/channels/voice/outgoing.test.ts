import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { twilioCarrier } from '../../../../src/channels/voice/outgoing-carrier.ts'
import { outgoingDoor, type OutgoingDoor } from '../../../../src/channels/voice/outgoing-webhooks.ts'
import { webApp } from '../../../../src/channels/web/web-server.ts'
import { openCounters } from '../../../../src/channels/web/counters.ts'
import { type Logger, silentLogger } from '../../../../src/logger.ts'
import { openOutgoing } from '../../../../src/phone/outgoing/open-outgoing.ts'
import type { CallState, Outgoing } from '../../../../src/phone/outgoing/outgoing.ts'
import { type FakeCalls, newSid, openFakeCalls } from '../../../support/fake-calls.ts'
import { authToken } from '../../../support/fake-twilio.ts'
import { signedWebhook } from '../../../support/fake-twilio-webhooks.ts'
import { ask, finnsPhone, openOutgoingDesk, type OutgoingDesk, own } from '../../phone/outgoing/outgoing-desk.ts'

const publicUrl = 'https://desk.example.com'
let desk: OutgoingDesk
let twilio: FakeCalls
let outgoing: Outgoing
let door: OutgoingDoor
const logged: string[] = []
const logger: Logger = { ...silentLogger, warn: (fields, message) => { logged.push(JSON.stringify({ fields, message })) } }

beforeEach(async () => {
  logged.length = 0
  desk = await openOutgoingDesk()
  twilio = await openFakeCalls({ clock: desk.clock })
  outgoing = openOutgoing({ ...desk, own, deskPhone: undefined, carrier: twilioCarrier({ settings: twilio.settings, from: own, publicUrl, clock: desk.clock, logger, timeoutMs: 200 }) })
  door = outgoingDoor({ authTokens: [authToken], publicUrl, from: own, outgoing, logger })
})
afterEach(async () => {
  await twilio.close()
  await desk.store.close()
})

/** A request as Twilio makes it: to an address of ours, signed. */
async function request(address: string, params: Record<string, string>, token = authToken): Promise<{ status: number; body?: string }> {
  const { headers, body } = signedWebhook({ url: address, params: { AccountSid: 'AC0', ApiVersion: '2010-04-01', From: own, To: finnsPhone, ...params }, token })
  return door.receive({ url: address.replace(publicUrl, ''), rawBody: body, headers })
}
const step = (name: string, { callId }: CallState) => `${publicUrl}/voice/out/${name}/${callId}`
const stateNow = async () => (await outgoing.stateOf(['a-cut'])).get('a-cut')
const press = () => ask({ outgoing })

/** Our person's phone rings; answers with the call and its leg. */
async function ringing(): Promise<{ call: CallState; you: string }> {
  const call = await press()
  return { call, you: twilio.calls.at(-1)?.sid ?? '' }
}
/** A key was pressed and the client's phone was taken. */
async function connected(): Promise<{ call: CallState; you: string; them: string }> {
  const { call, you } = await ringing()
  await request(step('whisper', call), { CallSid: you, CallStatus: 'in-progress' })
  await request(step('key', call), { CallSid: you, CallStatus: 'in-progress', Digits: '1' })
  const { sid: them } = twilio.addChild(you, 'in-progress')
  await request(step('client', call), { CallSid: them, ParentCallSid: you, CallStatus: 'in-progress' })
  return { call, you, them }
}

test('one phone is rung, from the salon\'s number, with addresses that name the call and nobody\'s number', async () => {
  const { call } = await ringing()
  const [made] = twilio.calls
  expect(made).toMatchObject({ to: finnsPhone, from: own, form: { Url: step('whisper', call), StatusCallback: step('staff', call), Timeout: '25' } })
  expect(call).toMatchObject({ state: 'ringing_you' })
  // A call's own name is hexadecimal and may have any row of digits in it.
  expect(decodeURIComponent(made?.form['Url'] ?? '').replace(call.callId, '')).not.toMatch(/\+?\d{7}|elena|a-cut/)
})

describe('TwiML', () => {
  const golden = (body: string | undefined, { callId }: CallState) => body?.replaceAll(callId, 'CALL').replace('<?xml version="1.0" encoding="UTF-8"?>', '')

  test('the whisper: who, why, and ten seconds for a key, else it is hung up (F60)', async () => {
    const { call, you } = await ringing()
    const { status, body } = await request(step('whisper', call), { CallSid: you, CallStatus: 'in-progress' })
    expect(status).toBe(200)
    expect(golden(body, call)).toBe('<Response><Gather input="dtmf" numDigits="1" finishOnKey="" timeout="10" action="https://desk.example.com/voice/out/key/CALL" method="POST"><Say voice="Polly.Joanna-Neural" language="en-US">Call for Elena García, today at 1 pm, women\'s cut with Ana. Not confirmed yet. Press any key to connect, or hang up.</Say></Gather><Hangup/></Response>')
  })

  test('a key: the client is rung, a machine is noticed, and the number stands nowhere but where it is dialled', async () => {
    const { call, you } = await ringing()
    const { body } = await request(step('key', call), { CallSid: you, CallStatus: 'in-progress', Digits: '#' })
    expect(golden(body, call)).toBe('<Response><Dial callerId="+12135550199" timeout="25" timeLimit="3600" action="https://desk.example.com/voice/out/dialled/CALL" method="POST"><Number statusCallback="https://desk.example.com/voice/out/client/CALL" statusCallbackEvent="ringing answered completed" statusCallbackMethod="POST" machineDetection="DetectMessageEnd" amdStatusCallback="https://desk.example.com/voice/out/answered-by/CALL" amdStatusCallbackMethod="POST">+12135550103</Number></Dial></Response>')
  })

  test.each([[{ Digits: '' }], [{}], [{ Digits: 'x' }]])('F60: no key (%j): hung up, nobody is dialled', async (given: Record<string, string>) => {
    const { call, you } = await ringing()
    await request(step('whisper', call), { CallSid: you, CallStatus: 'in-progress' })
    expect(golden((await request(step('key', call), { CallSid: you, CallStatus: 'in-progress', ...given })).body, call)).toBe('<Response><Hangup/></Response>')
    expect((await stateNow())?.state).toBe('waiting_for_key')
  })

  test.each(['human', 'machine_start', 'unknown'])('F60: with AMD on our person\'s side (%s) the whisper asks for a key all the same', async (AnsweredBy) => {
    const { call, you } = await ringing()
    const { body } = await request(step('whisper', call), { CallSid: you, CallStatus: 'in-progress', AnsweredBy })
    expect(body).toMatch(/^.*<Gather .*<\/Gather><Hangup\/><\/Response>$/)
    expect(body).not.toContain('<Dial')
  })

  test('after the dialling: what it came to, in words', async () => {
    const { call, you } = await ringing()
    await request(step('key', call), { CallSid: you, CallStatus: 'in-progress', Digits: '1' })
    expect(golden((await request(step('dialled', call), { CallSid: you, CallStatus: 'in-progress', DialCallStatus: 'no-answer' })).body, call)).toBe('<Response><Say voice="Polly.Joanna-Neural" language="en-US">Nobody answers. Goodbye.</Say><Hangup/></Response>')
  })

  test('the message on a machine', async () => {
    const { call, them } = await connected()
    await request(step('answered-by', call), { CallSid: them, AnsweredBy: 'machine_end_beep' })
    const { body } = await request(step('message', call), { CallSid: them, CallStatus: 'in-progress' })
    expect(golden(body, call)).toBe('<Response><Say voice="Polly.Joanna-Neural" language="en-US">Hello, this is an automated message from Tiny Salon. Please call us back when you have a moment. Our number is 2 1 3, 5 5 5, 0 1 0 0. Again, that is 2 1 3, 5 5 5, 0 1 0 0. Thank you.</Say><Hangup/></Response>')
  })
})

describe('what is signed and what is not (F22)', () => {
  test('a wrong signature, none, or one over another address: a bare 403, and nothing happens', async () => {
    const { call, you } = await ringing()
    expect(await request(step('key', call), { CallSid: you, Digits: '1' }, 'another-token')).toEqual({ status: 403 })
    const { headers, body } = signedWebhook({ url: step('whisper', call), params: { CallSid: you, Digits: '1' }, token: authToken })
    expect(await door.receive({ url: `/voice/out/key/${call.callId}`, rawBody: body, headers })).toEqual({ status: 403 })
    expect(await door.receive({ url: `/voice/out/key/${call.callId}`, rawBody: body, headers: {} })).toEqual({ status: 403 })
    expect(logged).toEqual([expect.stringContaining('not from Twilio')])
    expect((await stateNow())?.state).toBe('ringing_you')
  })

  test('through the web server: the address as it came, refusals counted, and 404 where no calls are made', async () => {
    const counters = openCounters()
    const given = { status: async () => ({ salon: '', paused: false, openProposals: 0 }), predictRisk: async () => { throw new Error('not here') }, apiToken: undefined, onError: () => {}, counters }
    const app = webApp({ ...given, outgoing: door })
    const { call, you } = await ringing()
    const { headers, body } = signedWebhook({ url: step('whisper', call), params: { CallSid: you }, token: authToken })
    const answer = await app.request(`/voice/out/whisper/${call.callId}`, { method: 'POST', headers, body })
    expect({ status: answer.status, type: answer.headers.get('content-type') }).toEqual({ status: 200, type: 'text/xml; charset=utf-8' })
    expect(await answer.text()).toContain('<Gather')
    expect((await app.request(`/voice/out/key/${call.callId}`, { method: 'POST', headers, body })).status).toBe(403)
    expect(await counters.text()).toMatch(/signature\w* 1\b/)
    expect((await webApp(given).request(`/voice/out/whisper/${call.callId}`, { method: 'POST', headers, body })).status).toBe(404)
  })

  test.each(['/voice/out/whisper/out-1', '/voice/out/other/CALL', '/voice/out/whisper/CALL/x'])('an address that is none of ours: %s', async (address) => {
    const { call, you } = await ringing()
    expect((await request(publicUrl + address.replace('CALL', call.callId), { CallSid: you })).status).toBe(400)
  })
})

test.each([
  ['machine_end_beep', 1, 'machine'], ['machine_end_silence', 1, 'machine'], ['machine_end_other', 1, 'machine'], ['machine_start', 0, 'machine'],
  ['fax', 1, 'machine'], ['human', 0, 'talking'], ['unknown', 0, 'talking'], ['something_new', 0, 'talking'],
])('AMD says %s: %i redirection of the client\'s side, delivered three times', async (AnsweredBy, times, state) => {
  const { call, them } = await connected()
  for (let round = 0; round < 3; round++) expect((await request(step('answered-by', call), { CallSid: them, AnsweredBy, MachineDetectionDuration: '4000' })).status).toBe(204)
  expect(twilio.redirected).toEqual(times === 0 ? [] : [{ sid: them, url: step('message', call) }])
  expect((await stateNow())?.state).toBe(state)
  if (AnsweredBy === 'fax') expect((await request(step('message', call), { CallSid: them })).body).toMatch(/<Response><Hangup\/><\/Response>$/)
})

test('the machine hung up before it could be redirected: no message was left', async () => {
  const { call, them } = await connected()
  for (const made of twilio.calls) made.status = 'completed'
  await request(step('answered-by', call), { CallSid: them, AnsweredBy: 'machine_end_silence' })
  expect(await stateNow()).toMatchObject({ state: 'machine', message: 'not_left' })
})

describe('a lost answer (F28 for calls)', () => {
  test.each([['hang', true], ['drop', true]] as const)('%s, and it rings: found in the list, never rung again', async (kind, accepted) => {
    twilio.faults.push({ kind, accepted })
    const call = await press()
    expect(call.state).toBe('unknown')
    expect(await press()).toMatchObject({ callId: call.callId, state: 'ringing_you' })
    expect(twilio.requests).toBe(1)
    expect(logged.join('\n')).not.toMatch(/1213555|made-up-token/)
  })

  test('it rings and the list is late: its own reports speak for it', async () => {
    twilio.faults.push({ kind: 'hang', accepted: true })
    twilio.listLagMinutes = 10
    const call = await press()
    expect((await press()).state).toBe('unknown')
    const you = twilio.calls[0]?.sid ?? ''
    await request(step('staff', call), { CallSid: you, CallStatus: 'ringing' })
    expect((await stateNow())?.state).toBe('ringing_you')
    expect((await request(step('whisper', call), { CallSid: you, CallStatus: 'in-progress' })).body).toContain('<Gather')
    expect(twilio.requests).toBe(1)
  })

  test('it never rang: only after three minutes of silence it may be tried again', async () => {
    twilio.faults.push({ kind: 'drop', accepted: false })
    const call = await press()
    desk.clock.advance(2)
    expect(await press()).toMatchObject({ callId: call.callId, state: 'unknown' })
    expect(twilio.requests).toBe(1)
    desk.clock.advance(1)
    const again = await press()
    expect(again.callId).not.toBe(call.callId)
    expect(twilio.requests).toBe(2)
  })

  test.each([[400, 21211, 'failed'], [401, 20003, 'failed'], [429, 20429, 'failed'], [503, undefined, 'unknown']] as const)('%i %s: %s', async (status, code, state) => {
    twilio.faults.push({ kind: 'status', status, ...(code === undefined ? {} : { code }) })
    expect((await press()).state).toBe(state)
    expect(twilio.calls).toEqual([])
  })

  test('another call to the same phone is not taken for the lost one', async () => {
    const { call, you } = await ringing()
    await request(step('staff', call), { CallSid: you, CallStatus: 'no-answer' })
    twilio.faults.push({ kind: 'drop', accepted: false })
    const lost = await press()
    expect(lost.state).toBe('unknown')
    expect(await outgoing.catchUp()).toBe(0)
    expect((await stateNow())?.state).toBe('unknown')
  })

  test('reports that never came: both sides are asked for', async () => {
    const { call, you } = await ringing()
    await request(step('key', call), { CallSid: you, CallStatus: 'in-progress', Digits: '1' })
    twilio.addChild(you, 'busy')
    for (const made of twilio.calls) if (made.sid === you) made.status = 'completed'
    desk.clock.advance(2)
    expect(await outgoing.catchUp()).toBe(1)
    expect(await stateNow()).toMatchObject({ state: 'busy', over: true })
  })
})

test('a leg that Twilio never told us of as this call\'s is hung up', async () => {
  const { call } = await ringing()
  expect((await request(step('whisper', call), { CallSid: newSid() })).body).toMatch(/<Response><Hangup\/><\/Response>$/)
  expect((await request(step('key', call), { CallSid: newSid(), Digits: '1' })).body).toMatch(/<Response><Hangup\/><\/Response>$/)
})
