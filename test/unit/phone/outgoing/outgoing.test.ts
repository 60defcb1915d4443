import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { setPause, setRollout } from '../../../../src/approvals/rollout.ts'
import { openOutgoing } from '../../../../src/phone/outgoing/open-outgoing.ts'
import type { Answerer } from '../../../../src/phone/outgoing/outgoing.ts'
import { verifyAudit } from '../../../../src/store/audit.ts'
import { rememberPerson } from '../../../../src/store/people.ts'
import { olga } from '../../../support/approvals-desk.ts'
import { ask, auditOfCalls, elena, finn, finnsPhone, maya, openOutgoingDesk, type OutgoingDesk, own } from './outgoing-desk.ts'

let desk: OutgoingDesk
beforeEach(async () => { desk = await openOutgoingDesk() })
afterEach(async () => { await desk.store.close() })

const you = 'CA-you-1'
const them = 'CA-them'
const words = async (promise: Promise<unknown>): Promise<string> => promise.then(() => 'went through', (error: unknown) => (error as { userMessage: string }).userMessage)
const stateNow = async () => (await desk.outgoing.stateOf(['a-cut'])).get('a-cut')

/** Their phone was taken and a key pressed: the client's rings. */
async function bridged(): Promise<string> {
  const { callId } = await ask(desk)
  await desk.outgoing.whisper({ callId, leg: you })
  expect(await desk.outgoing.key({ callId, leg: you, keys: '5' })).toEqual({ kind: 'dial', to: '+12135550103' })
  await desk.outgoing.client({ callId, leg: them, status: 'ringing' })
  return callId
}

test('VOX-7: the whole way: their phone rings, they are told who and why, a key brings the client in, and each step is in the log without a number', async () => {
  const { outgoing, carrier, store } = desk
  const asked = await ask(desk)
  expect(carrier.rung).toEqual([{ callId: asked.callId, to: finnsPhone }])
  expect(asked).toMatchObject({ state: 'ringing_you', over: false, by: finn.id, isPretend: false })
  expect(await outgoing.whisper({ callId: asked.callId, leg: you })).toBe('Call for Elena García, today at 1 pm, women\'s cut with Ana. Not confirmed yet. Press any key to connect, or hang up.')
  expect((await stateNow())?.state).toBe('waiting_for_key')
  expect(await outgoing.key({ callId: asked.callId, leg: you, keys: '#' })).toEqual({ kind: 'dial', to: '+12135550103' })
  expect((await stateNow())?.state).toBe('ringing_client')
  await outgoing.client({ callId: asked.callId, leg: them, status: 'ringing' })
  await outgoing.client({ callId: asked.callId, leg: them, status: 'in-progress' })
  expect(await stateNow()).toMatchObject({ state: 'talking', answered: true })
  await outgoing.machine({ callId: asked.callId, leg: them, answeredBy: 'human' })
  await outgoing.client({ callId: asked.callId, leg: them, status: 'completed' })
  expect(await outgoing.dialled({ callId: asked.callId, leg: you, status: 'completed' })).toBeUndefined()
  await outgoing.staff({ callId: asked.callId, leg: you, status: 'completed' })
  expect(await stateNow()).toMatchObject({ state: 'ended', over: true, answered: true })
  expect(await auditOfCalls(desk)).toEqual(['call.asked', 'call.ringing', 'call.connected', 'call.ended'])
  const log = JSON.stringify(await store.db.selectFrom('audit').selectAll().execute())
  expect(log).not.toMatch(/1213555/)
  expect(await verifyAudit(store.db)).toMatchObject({ ok: true })
  const [row] = await store.db.selectFrom('phone_calls').selectAll().execute()
  expect(JSON.stringify(row)).not.toMatch(/1213555|Elena|Talked/)
  expect(store.seal.open(row?.outcome ?? '')).toBe('Talked')
})

describe('F60: nobody at the salon presses a key', () => {
  test('F60: the voicemail of their mobile hears the whisper, presses nothing, and the client is not connected', async () => {
    const { callId } = await ask(desk)
    await desk.outgoing.whisper({ callId, leg: you })
    expect(await desk.outgoing.key({ callId, leg: you, keys: '' })).toBeUndefined()
    await desk.outgoing.staff({ callId, leg: you, status: 'completed' })
    expect(await stateNow()).toMatchObject({ state: 'not_taken', over: true, answered: false })
    expect(await auditOfCalls(desk)).toEqual(['call.asked', 'call.ringing', 'call.not_taken', 'call.ended'])
  })

  test.each(['no-answer', 'busy', 'canceled'] as const)('F60: their phone was not taken (%s): the client is not connected, also by a key that comes afterwards', async (status) => {
    const { callId } = await ask(desk)
    await desk.outgoing.staff({ callId, leg: you, status })
    expect((await stateNow())?.state).toBe('not_taken')
    expect(await desk.outgoing.whisper({ callId, leg: you })).toBeUndefined()
    expect(await desk.outgoing.key({ callId, leg: you, keys: '1' })).toBeUndefined()
  })

  test('F60: what a machine is said to be does not stand in for a key, and nothing is said to whom nobody rang', async () => {
    const { callId } = await ask(desk)
    for (const answeredBy of ['human', 'machine_end_beep'] as const) await desk.outgoing.machine({ callId, leg: you, answeredBy })
    expect((await stateNow())?.state).toBe('ringing_you')
    expect(desk.carrier.said).toEqual([])
  })

  test('F60: a leg that is not this call\'s gets nothing: no whisper, no client', async () => {
    const { callId } = await ask(desk)
    expect(await desk.outgoing.whisper({ callId, leg: 'CA-another' })).toBeUndefined()
    expect(await desk.outgoing.key({ callId, leg: 'CA-another', keys: '1' })).toBeUndefined()
    expect(await desk.outgoing.key({ callId: 'out-none', leg: you, keys: '1' })).toBeUndefined()
  })
})

describe('nobody is rung twice', () => {
  test('pressed twice, also at the same time: one phone rings once', async () => {
    const both = await Promise.all([ask(desk), ask(desk)])
    expect(new Set(both.map(({ callId }) => callId)).size).toBe(1)
    expect(desk.carrier.rung).toHaveLength(1)
    expect((await ask(desk)).callId).toBe(both[0].callId)
    expect(desk.carrier.rung).toHaveLength(1)
  })

  test('the same request again, also after the call is over, rings nobody', async () => {
    const first = await ask(desk, { requestId: 'one' })
    await desk.outgoing.staff({ callId: first.callId, leg: you, status: 'no-answer' })
    expect(await ask(desk, { requestId: 'one' })).toMatchObject({ callId: first.callId, state: 'not_taken' })
    expect(desk.carrier.rung).toHaveLength(1)
    await ask(desk, { requestId: 'two' })
    expect(desk.carrier.rung).toHaveLength(2)
  })

  test('two people at once: one calls, the other is told who does', async () => {
    for (const person of [finn, maya]) await rememberPerson(desk.store.db, { person, now: desk.clock.now() })
    const answers = await Promise.all([finn, maya].map((by) => words(ask(desk, { by }))))
    expect(answers.toSorted()).toEqual([expect.stringMatching(/^(Finn|Maya) is calling Elena García right now\.$/), 'went through'])
    expect(desk.carrier.rung).toHaveLength(1)
  })

  test('one person with one phone: a second client waits', async () => {
    await ask(desk)
    expect(await words(ask(desk, { appointmentId: 'c-beard', clientId: 'george' }))).toBe('You have a call with Elena García on: hang up first.')
  })

  test('the answer was lost: it is looked for, and only once it certainly never rang somebody may try again', async () => {
    const { carrier, clock } = desk
    carrier.answers.push({ state: 'unknown' })
    const lost = await ask(desk)
    expect(lost.state).toBe('unknown')
    carrier.looks.push({ state: 'unknown' })
    expect((await ask(desk)).callId).toBe(lost.callId)
    expect(carrier).toMatchObject({ looked: 1, rung: { length: 1 } })
    clock.advance(4)
    carrier.looks.push({ state: 'none' })
    const again = await ask(desk)
    expect(again.callId).not.toBe(lost.callId)
    expect(carrier.rung).toHaveLength(2)
    // Should the lost one ring after all, it is hung up.
    expect(await desk.outgoing.whisper({ callId: lost.callId, leg: 'CA-late' })).toBeUndefined()
  })

  test('the answer was lost and the call is found, or speaks for itself: it goes on', async () => {
    const { carrier } = desk
    carrier.answers.push({ state: 'unknown' })
    const { callId } = await ask(desk)
    expect(await desk.outgoing.whisper({ callId, leg: 'CA-found' })).toMatch(/^Call for Elena/)
    expect((await stateNow())?.state).toBe('waiting_for_key')
    expect(await auditOfCalls(desk)).toEqual(['call.asked', 'call.ringing'])

    carrier.answers.push({ state: 'unknown' })
    const other = await ask(desk, { by: maya, appointmentId: 'c-beard', clientId: 'george' })
    carrier.looks.push({ state: 'unknown' }, { state: 'found', leg: 'CA-listed', status: 'ringing' })
    expect(await desk.outgoing.catchUp()).toBe(0)
    expect(await desk.outgoing.catchUp()).toBe(1)
    expect((await desk.outgoing.stateOf(['c-beard'])).get('c-beard')).toMatchObject({ callId: other.callId, state: 'ringing_you' })
  })

  test('the desk was killed before it asked for anything: after a while the call is held to be none', async () => {
    desk.carrier.answers.push(new Promise(() => {}) as never)
    void ask(desk)
    await expect.poll(async () => (await stateNow())?.state).toBe('ringing_you')
    desk.clock.advance(4)
    desk.carrier.looks.push({ state: 'none' })
    expect(await desk.outgoing.catchUp()).toBe(1)
    expect(await stateNow()).toMatchObject({ state: 'failed', over: true })
  })

  test('reports that never came are asked for', async () => {
    await ask(desk)
    desk.clock.advance(2)
    desk.carrier.looks.push({ state: 'found', leg: you, status: 'completed', client: { leg: them, status: 'no-answer' } })
    expect(await desk.outgoing.catchUp()).toBe(1)
    expect(await stateNow()).toMatchObject({ over: true })
  })
})

test('a key that is delivered again dials the same until the client rang, and nobody after that', async () => {
  const { callId } = await ask(desk)
  await desk.outgoing.whisper({ callId, leg: you })
  const keyed = () => desk.outgoing.key({ callId, leg: you, keys: '1' })
  expect(await keyed()).toEqual(await keyed())
  await desk.outgoing.client({ callId, leg: them, status: 'ringing' })
  expect(await keyed()).toBeUndefined()
})

test('F56: stopped between the ringing and the key, the client is not called', async () => {
  const { callId } = await ask(desk)
  await desk.outgoing.whisper({ callId, leg: you })
  await setPause({ store: desk.store, paused: true, by: olga, now: desk.clock.now() })
  expect(await desk.outgoing.key({ callId, leg: you, keys: '1' })).toMatchObject({ kind: 'stop', words: expect.stringMatching(/stopped/) })
  expect((await stateNow())?.state).toBe('not_taken')
  await setPause({ store: desk.store, paused: false, by: olga, now: desk.clock.now() })
  expect(await desk.outgoing.key({ callId, leg: you, keys: '1' })).toMatchObject({ kind: 'stop' })
})

describe('reports in any order', () => {
  const reports = [
    (callId: string) => desk.outgoing.client({ callId, leg: them, status: 'ringing' }),
    (callId: string) => desk.outgoing.client({ callId, leg: them, status: 'in-progress' }),
    (callId: string) => desk.outgoing.client({ callId, leg: them, status: 'completed' }),
    (callId: string) => desk.outgoing.dialled({ callId, leg: you, status: 'completed' }),
    (callId: string) => desk.outgoing.staff({ callId, leg: you, status: 'completed' }),
    (callId: string) => desk.outgoing.staff({ callId, leg: you, status: 'in-progress' }),
  ]
  test.each([[5, 4, 3, 2, 1, 0], [2, 0, 4, 1, 3, 5], [4, 2, 2, 4, 0, 1, 3, 5, 5], [3, 4, 1, 2, 0, 5]])('reordered and doubled: %i %i %i %i …', async (...order) => {
    const { callId } = await ask(desk)
    await desk.outgoing.whisper({ callId, leg: you })
    await desk.outgoing.key({ callId, leg: you, keys: '1' })
    for (const index of order) await reports[index]?.(callId)
    expect(await stateNow()).toMatchObject({ state: 'ended', over: true, answered: true })
    expect((await auditOfCalls(desk)).toSorted()).toEqual(['call.asked', 'call.connected', 'call.ended', 'call.ringing'])
  })
})

test.each([['busy', 'busy', 'The line is busy. Goodbye.'], ['no-answer', 'no_answer', 'Nobody answers. Goodbye.'], ['failed', 'failed', 'That number cannot be reached. Goodbye.']] as const)('the client\'s line is %s: our person is told, and the card says it', async (status, state, said) => {
  const callId = await bridged()
  expect(await desk.outgoing.dialled({ callId, leg: you, status })).toBe(said)
  expect(await stateNow()).toMatchObject({ state, answered: false })
})

describe('an answering machine on the client\'s side (AMD)', () => {
  test.each<[Answerer, { state: string; said: number; message?: string }]>([
    ['machine_end_beep', { state: 'machine', said: 1, message: 'maybe' }], ['machine_end_silence', { state: 'machine', said: 1, message: 'maybe' }], ['machine_end_other', { state: 'machine', said: 1, message: 'maybe' }],
    // It is still talking: nothing would be recorded.
    ['machine_start', { state: 'machine', said: 0, message: 'not_left' }],
    ['fax', { state: 'machine', said: 1, message: 'not_left' }],
    ['human', { state: 'talking', said: 0 }], ['unknown', { state: 'talking', said: 0 }],
  ])('%s', async (answeredBy, { state, said, message }) => {
    const callId = await bridged()
    await desk.outgoing.client({ callId, leg: them, status: 'in-progress' })
    await desk.outgoing.machine({ callId, leg: them, answeredBy })
    const now = await stateNow()
    expect({ state: now?.state, message: now?.message, said: desk.carrier.said.length }).toEqual({ state, said, message })
  })

  test('the salon\'s message is played once, says who and where to call back and nothing of the visit, and our person is told', async () => {
    const callId = await bridged()
    await desk.outgoing.machine({ callId, leg: them, answeredBy: 'machine_end_beep' })
    await desk.outgoing.machine({ callId, leg: them, answeredBy: 'machine_end_beep' })
    expect(desk.carrier.said).toEqual([{ callId, leg: them }])
    // Twilio asks on both sides at once.
    expect(await desk.outgoing.dialled({ callId, leg: you, status: 'completed' })).toBe('That was an answering machine. The salon\'s message is being left. Goodbye.')
    const said = await desk.outgoing.message({ callId, leg: them })
    expect(said).toEqual({ language: 'en', words: 'Hello, this is an automated message from Tiny Salon. Please call us back when you have a moment. Our number is 2 1 3, 5 5 5, 0 1 0 0. Again, that is 2 1 3, 5 5 5, 0 1 0 0. Thank you.' })
    expect(said?.words).not.toMatch(/cut|Ana|1 pm|today|appointment|Elena/i)
    await desk.outgoing.staff({ callId, leg: you, status: 'completed' })
    await desk.outgoing.client({ callId, leg: them, status: 'completed' })
    expect(await desk.outgoing.message({ callId, leg: them })).toBeUndefined()
    expect(await stateNow()).toMatchObject({ state: 'machine', message: 'left', over: true })
    expect(await auditOfCalls(desk)).toEqual(['call.asked', 'call.ringing', 'call.connected', 'call.machine', 'call.ended'])
  })

  test('everything at once, and twice: one redirection, one message, one row in the log', async () => {
    const callId = await bridged()
    const reports = () => [
      desk.outgoing.machine({ callId, leg: them, answeredBy: 'machine_end_beep' }), desk.outgoing.client({ callId, leg: them, status: 'in-progress' }),
      desk.outgoing.dialled({ callId, leg: you, status: 'completed' }), desk.outgoing.message({ callId, leg: them }),
    ]
    await Promise.all([...reports(), ...reports()])
    expect(desk.carrier.said).toEqual([{ callId, leg: them }])
    expect(await auditOfCalls(desk)).toEqual(['call.asked', 'call.ringing', 'call.connected', 'call.machine'])
  })

  test('called again about the same visit, no second message is left', async () => {
    const first = await bridged()
    await desk.outgoing.machine({ callId: first, leg: them, answeredBy: 'machine_end_beep' })
    await desk.outgoing.message({ callId: first, leg: them })
    await desk.outgoing.staff({ callId: first, leg: you, status: 'completed' })
    const { callId } = await ask(desk)
    await desk.outgoing.key({ callId, leg: 'CA-you-2', keys: '1' })
    await desk.outgoing.machine({ callId, leg: 'CA-them-2', answeredBy: 'machine_end_beep' })
    expect(desk.carrier.said).toHaveLength(1)
    expect(await desk.outgoing.message({ callId, leg: 'CA-them-2' })).toBeUndefined()
  })

  test('who asked for no more texts gets no machine\'s voice either', async () => {
    await desk.store.db.insertInto('consents').values({ phone_hash: desk.store.seal.lookup('+12135550103'), purpose: 'all', state: 'out', source: 'keyword', words: desk.store.seal.seal('STOP'), by: 'client:elena', at: desk.clock.now() }).execute()
    const callId = await bridged()
    await desk.outgoing.machine({ callId, leg: them, answeredBy: 'machine_end_beep' })
    expect(desk.carrier.said).toEqual([])
    expect(await stateNow()).toMatchObject({ state: 'machine', message: 'not_left' })
  })

  test('it had hung up before the message: none was left, and it says so', async () => {
    const callId = await bridged()
    desk.carrier.says.push('gone')
    await desk.outgoing.machine({ callId, leg: them, answeredBy: 'machine_end_silence' })
    expect(await stateNow()).toMatchObject({ state: 'machine', message: 'not_left' })
    expect(await desk.outgoing.dialled({ callId, leg: you, status: 'completed' })).toMatch(/No message was left/)
  })
})

describe('when it may not be', () => {
  test('paused, or calls only recorded: nobody rings', async () => {
    await setRollout({ store: desk.store, kind: 'call', rollout: { mode: 'shadow' }, by: olga, now: desk.clock.now() })
    expect(await words(ask(desk))).toMatch(/only records/)
    await setPause({ store: desk.store, paused: true, by: olga, now: desk.clock.now() })
    expect(await words(ask(desk))).toMatch(/paused/)
    expect(desk.carrier.rung).toEqual([])
    expect(await auditOfCalls(desk)).toEqual([])
  })

  test.each([['2026-11-21T15:59:00.000Z', 'It can be from 8:00 am on.'], ['2026-11-21T12:00:00.000Z', 'It can be from 8:00 am on.']])('too early for the client (%s): it says from when', async (now, from) => {
    desk.clock.set(now)
    expect(await words(ask(desk))).toBe(`Clients are called from 8 am to 9 pm where they are, and it is too early or too late for Elena García now. ${from}`)
  })

  test('the client\'s own zone counts beside the salon\'s: nine at night in New York', async () => {
    // The same visit of somebody with a number of New York, at 6 pm in Los Angeles.
    desk.clock.set('2026-11-27T02:00:00.000Z')
    const moved = openOutgoing({ ...desk, own, deskPhone: undefined, platform: { ...desk.platform, client: async (query) => {
      const read = await desk.platform.client(query)
      return read.ok ? { ...read, value: { ...read.value, phones: ['+12125550106'] } } : read
    } } })
    expect(await words(moved.call({ appointmentId: 'c-friday', clientId: 'hana', locationId: 'main', date: '2026-11-27', by: finn, requestId: 'ny' }))).toMatch(/too late for Hana Suzuki now\. It can be tomorrow from 8:00 am on\./)
  })

  test('no number, a number nobody can dial, a visit that is gone or begun, and no phone of one\'s own', async () => {
    const withPhones = (phones: string[]) => openOutgoing({ ...desk, own, deskPhone: undefined, platform: { ...desk.platform, client: async (query) => {
      const read = await desk.platform.client(query)
      return read.ok ? { ...read, value: { ...read.value, phones } } : read
    } } })
    expect(await words(withPhones([]).call({ ...elena, by: finn, requestId: 'a' }))).toBe('Elena García has no phone number on file.')
    expect(await words(withPhones(['0221 x']).call({ ...elena, by: finn, requestId: 'b' }))).toMatch(/cannot be dialled/)
    expect(await words(ask(desk, { appointmentId: 'b-cut', clientId: 'dana-k' }))).toMatch(/not ahead any more/)
    expect(await words(ask(desk, { by: { ...finn, id: 'test:new' } }))).toMatch(/which phone of yours/)
    expect(desk.carrier.rung).toEqual([])
  })
})

test('a phone of one\'s own: any spelling of the salon\'s country, none of another, kept sealed', async () => {
  const { outgoing, store } = desk
  await outgoing.setPhone({ person: finn, phone: '(213) 555-0177' })
  expect(await outgoing.phoneOf(finn.id)).toBe('+12135550177')
  expect(JSON.stringify(await store.db.selectFrom('staff_phones').selectAll().execute())).not.toMatch(/5550177/)
  for (const phone of ['12', 'call me', '+44 20 7946 0018', own]) expect(await words(outgoing.setPhone({ person: finn, phone }))).not.toBe('went through')
})
