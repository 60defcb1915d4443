import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { VoiceSettings } from '../../../../src/config.ts'
import type { Store } from '../../../../src/store/open-store.ts'
import { signedWebhook } from '../../../support/fake-twilio-webhooks.ts'
import { handOver, hangUp, listen, say, scriptedPhone, type ScriptedPhone } from '../../../support/scripted-phone.ts'
import { stepScheduler, type StepScheduler } from '../../../support/step-scheduler.ts'
import { createTestStore } from '../../../support/test-store.ts'
import { testClock } from '../../../support/tiny-book.ts'
import { callSid, openVoiceDoor, publicUrl, twilio, type VoiceDoor } from './voice-door.ts'

let store: Store
let phone: ScriptedPhone
let scheduler: StepScheduler
let door: VoiceDoor
const opened: VoiceDoor[] = []
const logged: object[] = []
const log = (fields: object, message: string) => { logged.push({ message, ...fields }) }

const open = async (settings: Partial<VoiceSettings> = {}, names?: () => Promise<string[]>): Promise<VoiceDoor> => {
  door = await openVoiceDoor({ phone, store, clock: testClock(), scheduler, settings, logger: { info: log, warn: log, error: log }, ...(names === undefined ? {} : { names }) })
  opened.push(door)
  return door
}
const told = (kind: string) => phone.told.filter((one) => one.kind === kind)
const kinds = () => phone.told.map(({ kind }) => kind)

const eventually = <T>(get: () => T | Promise<T>) => expect.poll(get, { timeout: 10_000, interval: 5 })

beforeAll(async () => { store = await createTestStore() })
beforeEach(async () => {
  phone = scriptedPhone()
  scheduler = stepScheduler()
  logged.length = 0
  await open()
})
afterEach(async () => { for (const one of opened.splice(0)) await one.close() })
afterAll(() => store.close())

const dialed = (action = '') => `<Dial${action === '' ? '' : ` action="${publicUrl}/voice/desk?turn=${action}" method="POST"`} timeout="20" answerOnBridge="true" callerId="+13035550100"><Number>+13035550111</Number></Dial>`
const said = (words: string) => `<Say voice="Polly.Joanna-Neural" language="en-US">${words}</Say>`
const response = (inside: string) => `<?xml version="1.0" encoding="UTF-8"?><Response>${inside}</Response>`

describe('who may ask', () => {
  test.each(['/voice/inbound', '/voice/after', '/voice/gather?turn=1', '/voice/desk?turn=1', '/voice/message?turn=1', '/voice/done', '/voice/status'])('%s: what Twilio did not sign gets a bare 403 and does nothing', async (path) => {
    const { headers, body } = signedWebhook({ url: publicUrl + path, params: { CallSid: callSid }, token: 'somebody-elses-token-of-32-chars' })
    const answer = await fetch(door.url + path, { method: 'POST', headers, body })
    expect([answer.status, await answer.text(), phone.told]).toEqual([403, '', []])
    expect(await door.metrics()).toContain('desk_signature_refusals_total 1')
    expect((await door.post(path, {}, twilio.authTokens[1])).status).toBeLessThan(300)
  })

  test('which turn it is, is under the signature', async () => {
    const { headers, body } = signedWebhook({ url: `${publicUrl}/voice/gather?turn=1`, params: { CallSid: callSid }, token: twilio.authTokens[0] })
    expect((await fetch(`${door.url}/voice/gather?turn=2`, { method: 'POST', headers, body })).status).toBe(403)
  })

  test('what is signed and no call is refused', async () => {
    expect((await door.post('/voice/inbound', { CallSid: 'SM1' })).status).toBe(400)
    expect(phone.told).toEqual([])
  })
})

describe('a call comes in', () => {
  test('ConversationRelay takes it: greeting, languages, keys, and the socket\'s own proof', async () => {
    await open({}, async () => ['Balayage', 'Maya, Chen', '', 'Balayage'])
    expect((await door.post('/voice/inbound')).twiml).toBe(response(`<Connect action="${publicUrl}/voice/after" method="POST"><ConversationRelay url="wss://desk.example.com/voice/relay" welcomeGreeting="Hi, this is the assistant of Tiny Salon." welcomeGreetingInterruptible="any" ttsLanguage="en-US" transcriptionLanguage="en-US" interruptible="any" dtmfDetection="true" reportInputDuringAgentSpeech="true" hints="Balayage,Maya Chen"><Language code="en-US"/><Language code="es-US"/><Parameter name="proof" value="${store.seal.lookup(`voice call ${callSid}`)}"/></ConversationRelay></Connect>`))
    expect(phone.told).toEqual([{ kind: 'begin', callId: callSid, via: 'relay', from: '+13035550142', to: '+13035550100' }])
  })

  test('what the law wants said cannot be cut into, and words are only words', async () => {
    phone.begins = () => ({ pieces: [say('A machine & "you" <are> recorded.', { interruptible: false }), say('Hello.')], next: { kind: 'listen', language: 'en' } })
    const { twiml } = await door.post('/voice/inbound')
    expect(twiml).toContain('welcomeGreeting="A machine &amp; &quot;you&quot; &lt;are> recorded. Hello." welcomeGreetingInterruptible="none"')
  })

  test('names that do not come in time are done without', async () => {
    await open({}, () => new Promise(() => {}))
    const asking = door.post('/voice/inbound')
    await eventually(async () => { await scheduler.advance(500); return kinds() }).toEqual(['begin'])
    await scheduler.advance(500)
    expect((await asking).twiml).not.toContain('hints')
  })

  test.each(['+266696687', 'anonymous', '', 'sip:somebody@example.com'])('a number that is not shown (%s) is none', async (From) => {
    await door.post('/voice/inbound', { From })
    expect(told('begin')).toEqual([{ kind: 'begin', callId: callSid, via: 'relay', to: '+13035550100' }])
  })

  test('Gather carries it where that is set: what cannot be cut is said before it listens', async () => {
    await open({ mode: 'gather' }, async () => ['Maya'])
    phone.begins = () => ({ pieces: [say('This is a machine.', { interruptible: false }), say('How can I help?')], next: { kind: 'listen', language: 'en' } })
    expect((await door.post('/voice/inbound')).twiml).toBe(response(`${said('This is a machine.')}<Gather input="speech dtmf" action="${publicUrl}/voice/gather?turn=1" method="POST" actionOnEmptyResult="true" language="en-US" timeout="8" speechTimeout="auto" bargeIn="true" numDigits="1" finishOnKey="" hints="Maya">${said('How can I help?')}</Gather>`))
    expect(told('begin')).toMatchObject([{ via: 'gather' }])
  })

  test('a call that goes to a person from the start needs no socket', async () => {
    phone.begins = () => handOver('Let me get somebody.')
    expect((await door.post('/voice/inbound')).twiml).toBe(response(said('Let me get somebody.') + dialed('1')))
  })

  test('the database is away: the desk is rung all the same; without one, a message is taken after saying so', async () => {
    phone.begins = () => { throw new Error('connect ECONNREFUSED') }
    const { twiml } = await door.post('/voice/inbound')
    expect(twiml).toContain(dialed('0'))
    expect(twiml).toContain('something isn\'t working')
    await open({ deskPhone: undefined })
    expect((await door.post('/voice/inbound')).twiml).toMatch(/It will be recorded.*<Record maxLength="120" playBeep="true" action="https:\/\/desk\.example\.com\/voice\/done" method="POST"\/><\/Response>$/)
    expect((await door.post('/voice/done')).twiml).toBe(response(`${said('Thank you. Goodbye.')}<Hangup/>`))
    expect(JSON.stringify(logged)).not.toMatch(/ECONN.*\d{4}|\+1303/)
  })

  test('the desk does not answer for eight seconds: the same', async () => {
    phone.begins = () => new Promise(() => {})
    const asking = door.post('/voice/inbound')
    await eventually(() => kinds()).toEqual(['begin'])
    await scheduler.advance(8_000)
    expect((await asking).twiml).toContain(dialed('0'))
  })
})

describe('Gather, a turn a request', () => {
  test('words, keys and nothing are turns, counted in the address', async () => {
    phone.turns.push(() => ({ ...listen('Your code, please.'), next: { kind: 'listen', language: 'en', keys: 4 } }), () => listen('Thanks.'), () => hangUp('Goodbye.'))
    const first = await door.post('/voice/gather?turn=1', { SpeechResult: 'move my visit', Confidence: '0.9' })
    expect(first.twiml).toContain(`action="${publicUrl}/voice/gather?turn=2"`)
    expect(first.twiml).toContain('numDigits="4" finishOnKey="#"')
    await door.post('/voice/gather?turn=2', { Digits: '4711' })
    expect((await door.post('/voice/gather?turn=3')).twiml).toBe(response(`${said('Goodbye.')}<Hangup/>`))
    expect(phone.asked).toEqual([
      { turnId: 'gather-1', heard: { kind: 'words', words: 'move my visit' } },
      { turnId: 'gather-2', heard: { kind: 'keys', keys: '4711' } },
      { turnId: 'gather-3', heard: { kind: 'silence' } },
    ])
  })

  test('Twilio asks again: the same answer, done once; also at another instance', async () => {
    phone.turns.push(() => listen('Moved.'))
    const [one, two] = await Promise.all([door.post('/voice/gather?turn=1', { SpeechResult: 'yes' }), door.post('/voice/gather?turn=1', { SpeechResult: 'yes' })])
    await open()
    const three = await door.post('/voice/gather?turn=1', { SpeechResult: 'yes' })
    expect([two, three]).toEqual([one, one])
    expect(phone.asked).toHaveLength(1)
  })

  test('Spanish is spoken and listened for', async () => {
    phone.turns.push(() => ({ pieces: [say('¿En qué puedo ayudarle?', { language: 'es' })], next: { kind: 'listen', language: 'es' } }))
    const { twiml } = await door.post('/voice/gather?turn=1', { SpeechResult: 'español' })
    expect(twiml).toContain('<Say voice="Polly.Lupe-Neural" language="es-US">')
    expect(twiml).toMatch(/<Gather [^>]*language="es-US"/)
  })

  test('F58: a turn that fails, or stalls, ends with a person', async () => {
    phone.turns.push(() => { throw new Error('model away') }, () => new Promise(() => {}))
    expect((await door.post('/voice/gather?turn=1', { SpeechResult: 'hello' })).twiml).toContain(dialed('0'))
    const asking = door.post('/voice/gather?turn=2', { SpeechResult: 'hello' })
    await eventually(() => phone.asked.length).toBe(2)
    await scheduler.advance(8_000)
    expect((await asking).twiml).toContain(dialed('0'))
  })

  test('who has hung up is not answered', async () => {
    expect((await door.post('/voice/gather?turn=1', { CallStatus: 'completed' })).twiml).toBe('<?xml version="1.0" encoding="UTF-8"?><Response/>')
    expect([phone.asked, told('ended')]).toEqual([[], [{ kind: 'ended', why: 'caller' }]])
  })
})

describe('after a session over the socket', () => {
  const handoff = (more: object) => ({ SessionStatus: 'ended', SessionDuration: '25', HandoffData: JSON.stringify({ callId: callSid, ...more }) })

  test('VOX-5: a person is wanted: the desk rings', async () => {
    expect((await door.post('/voice/after', handoff({ why: 'asked' }))).twiml).toBe(response(dialed('1')))
    expect(kinds()).toEqual([])
  })

  test('without a desk to ring, a message is taken', async () => {
    await open({ deskPhone: undefined })
    const { twiml } = await door.post('/voice/after', handoff({ why: 'asked' }))
    expect(twiml).toBe(response(`<Gather input="speech" action="${publicUrl}/voice/message?turn=1" method="POST" actionOnEmptyResult="true" language="en-US" timeout="8" speechTimeout="3" maxSpeechTime="120">${said('Nobody is free. You may leave a message.')}</Gather>`))
    expect(phone.told).toEqual([{ kind: 'rang', answered: false }])
  })

  test('we said goodbye: hang up', async () => {
    expect((await door.post('/voice/after', handoff({ why: 'hang_up' }))).twiml).toBe(response('<Hangup/>'))
    expect(phone.told).toEqual([{ kind: 'ended', why: 'desk' }])
  })

  test('the caller has hung up: the call is over', async () => {
    await door.post('/voice/after', { CallStatus: 'completed', SessionStatus: 'completed' })
    expect(phone.told).toEqual([{ kind: 'ended', why: 'caller' }])
  })

  test.each([
    ['F58: our socket dropped', { SessionStatus: 'failed', ErrorCode: '64105', ErrorMessage: 'Server closed' }, '64105'],
    ['F58: it failed and says no number', { SessionStatus: 'failed' }, 'closed'],
    ['F58: a turn failed', handoff({ why: 'broke', code: 'threw' }), 'threw'],
    ['what is not ours is no handoff', { HandoffData: JSON.stringify({ why: 'hang_up', callId: `CA${'9'.repeat(32)}` }) }, 'closed'],
    ['garbage is none either', { HandoffData: '{"why":' }, 'closed'],
  ])('%s: the salon says what to do instead, a person first', async (_as, params, code) => {
    expect((await door.post('/voice/after', params)).twiml).toBe(response(said('Something broke.') + dialed('1')))
    expect(phone.told).toEqual([{ kind: 'broke', code }])
  })

  test('F58: a caller who has been told already is not told twice', async () => {
    expect((await door.post('/voice/after', handoff({ why: 'broke', code: 'stalled', told: true }))).twiml).toBe(response(dialed('1')))
    expect(phone.told).toEqual([{ kind: 'broke', code: 'stalled' }])
  })

  test('F58: where the stalled turn holds up the salon\'s side too, the desk rings all the same after two and a half seconds', async () => {
    phone.breaks = () => new Promise(() => {})
    const asking = door.post('/voice/after', handoff({ why: 'broke', code: 'stalled', told: true }))
    await eventually(() => kinds()).toEqual(['broke'])
    await scheduler.advance(2_500)
    expect((await asking).twiml).toBe(response(dialed('0')))
  })

  test('the salon may have it go on without a socket', async () => {
    phone.breaks = () => listen('Sorry about that. Where were we?')
    expect((await door.post('/voice/after', { SessionStatus: 'failed', ErrorCode: '64105' })).twiml).toContain(`action="${publicUrl}/voice/gather?turn=1"`)
  })

  test('64102: no socket in this call: it goes on with Gather from the greeting', async () => {
    const { twiml } = await door.post('/voice/after', { SessionStatus: 'failed', ErrorCode: '64102' })
    expect(twiml).toMatch(/<Gather input="speech dtmf".*Hi, this is the assistant/)
    expect(kinds()).toEqual(['begin'])
  })

  test('the database is away too: the desk rings all the same', async () => {
    phone.breaks = () => { throw new Error('away') }
    expect((await door.post('/voice/after', { SessionStatus: 'failed', ErrorCode: '64105' })).twiml).toContain(dialed('0'))
  })

  test('Twilio asks again: the same answer, told once', async () => {
    const one = await door.post('/voice/after', { SessionStatus: 'failed', ErrorCode: '64105' })
    expect(await door.post('/voice/after', { SessionStatus: 'failed', ErrorCode: '64105' })).toEqual(one)
    expect(phone.told).toHaveLength(1)
  })
})

describe('the desk was rung', () => {
  test('it answered: when they have hung up, so do we', async () => {
    expect((await door.post('/voice/desk?turn=1', { DialCallStatus: 'completed', DialCallDuration: '61' })).twiml).toBe(response('<Hangup/>'))
    expect(phone.told).toEqual([{ kind: 'rang', answered: true }, { kind: 'ended', why: 'desk' }])
  })

  test.each(['no-answer', 'busy', 'failed', 'canceled'])('%s: a message is taken, by a turn, with thanks', async (DialCallStatus) => {
    phone.turns.push(() => listen('Anything else?'), () => hangUp('Thank you.'))
    const asked = await door.post('/voice/desk?turn=1', { DialCallStatus })
    expect(asked.twiml).toContain(`action="${publicUrl}/voice/message?turn=1"`)
    expect((await door.post('/voice/message?turn=1', { SpeechResult: 'call me back please' })).twiml).toContain('/voice/message?turn=2')
    expect((await door.post('/voice/message?turn=2')).twiml).toBe(response(`${said('Thank you.')}<Hangup/>`))
    expect(phone.asked).toEqual([{ turnId: 'message-1', heard: { kind: 'words', words: 'call me back please' } }, { turnId: 'message-2', heard: { kind: 'silence' } }])
    expect(phone.told).toEqual([{ kind: 'rang', answered: false }])
  })

  test('who hung up while it rang is gone', async () => {
    await door.post('/voice/desk?turn=1', { DialCallStatus: 'no-answer', CallStatus: 'completed' })
    expect(phone.told).toEqual([{ kind: 'ended', why: 'caller' }])
  })

  test('a message counts also when its speaker has hung up', async () => {
    phone.turns.push(() => hangUp('Thank you.'))
    await door.post('/voice/message?turn=1', { SpeechResult: 'call me back', CallStatus: 'completed' })
    expect([phone.asked.length, told('ended')]).toEqual([1, [{ kind: 'ended', why: 'caller' }]])
  })

  test('who has left a message is not rung for again', async () => {
    phone.turns.push(() => handOver('Somebody calls you back.'))
    expect((await door.post('/voice/message?turn=1', { SpeechResult: 'I want a person' })).twiml).toBe(response(`${said('Somebody calls you back.')}<Hangup/>`))
  })

  test('the database is away: Twilio records the message', async () => {
    phone.rings = () => { throw new Error('away') }
    expect((await door.post('/voice/desk?turn=0', { DialCallStatus: 'busy' })).twiml).toContain('<Record maxLength="120"')
    expect((await door.post('/voice/message?turn=1', { SpeechResult: 'hello' })).twiml).toContain('<Record maxLength="120"')
  })
})

test.each([['completed', 'caller'], ['failed', 'lost'], ['in-progress', undefined]])('a call whose status becomes %s is over: %s', async (CallStatus, why) => {
  expect((await door.post('/voice/status', { CallStatus, CallDuration: '61' })).status).toBe(204)
  await door.post('/voice/status', { CallStatus })
  expect(phone.told).toEqual(why === undefined ? [] : [{ kind: 'ended', why }, { kind: 'ended', why }])
})
