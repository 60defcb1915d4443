import { beforeEach, describe, expect, test } from 'vitest'
import type { TurnAnswer } from '../../../../src/phone/phone.ts'
import { DeskError } from '../../../../src/salon/errors.ts'
import { relayCall, type RelayCall } from '../../../support/relay-call.ts'
import { callId, sessionId } from '../../../support/relay-frames.ts'
import { handOver, hangUp, listen, say, scriptedPhone, type ScriptedPhone } from '../../../support/scripted-phone.ts'
import { settle, stepScheduler, type StepScheduler } from '../../../support/step-scheduler.ts'

let phone: ScriptedPhone
let scheduler: StepScheduler
let call: RelayCall
const logged: { fields: Record<string, unknown>; message: string }[] = []
const log = (fields: Record<string, unknown>, message: string) => { logged.push({ fields, message }) }
const heard = (words: string) => ({ type: 'prompt', voicePrompt: words, lang: 'en-US', last: true })
const key = (digit: string) => ({ type: 'dtmf', digit })
const cut = (utteranceUntilInterrupt: string) => ({ type: 'interrupt', utteranceUntilInterrupt, durationUntilInterruptMs: '460' })

/** A promise that is kept by hand. */
function later<T>(): { promise: Promise<T>; keep: (value: T) => Promise<void> } {
  let resolve: (value: T) => void = () => {}
  const promise = new Promise<T>((done) => { resolve = done })
  return { promise, async keep(value) { resolve(value); await settle() } }
}

beforeEach(() => {
  phone = scriptedPhone()
  scheduler = stepScheduler()
  logged.length = 0
  call = relayCall({ phone, scheduler, logger: { info: log, warn: log, error: log } })
})

describe('one turn', () => {
  test('pieces are sent as they come, each with a space behind it, and the last one ends it', async () => {
    const rest = later<TurnAnswer>()
    phone.turns.push(({ say: now }) => { now(say('One moment.')); return rest.promise })
    await call.setup()
    await call.put(heard('do you do nails'))
    expect(call.sent).toEqual([{ type: 'text', token: 'One moment. ', last: false }])
    await rest.keep(listen('One moment.', 'We do.', 'Anything else?'))
    expect(call.sent.slice(1)).toEqual([{ type: 'text', token: 'We do. ', last: false }, { type: 'text', token: 'Anything else? ', last: true }])
    expect(phone.asked).toEqual([{ turnId: `${sessionId}:1`, heard: { kind: 'words', words: 'do you do nails', language: 'en-US' } }])
  })

  test('where nothing is left when the answer is known, an empty token ends it', async () => {
    phone.turns.push(({ say: now }) => { now(say('We do.')); return listen('We do.') })
    await call.setup()
    await call.put(heard('do you do nails'))
    expect(call.sent).toEqual([{ type: 'text', token: 'We do. ', last: false }, { type: 'text', token: '', last: true }])
  })

  test('a filler that the answer has not is said besides it', async () => {
    const rest = later<TurnAnswer>()
    phone.turns.push(({ say: now }) => { now(say('One moment.')); return rest.promise })
    await call.setup()
    await call.put(heard('do you do nails'))
    await rest.keep(listen('We do.', 'Anything else?'))
    expect(call.said()).toBe('One moment. We do. Anything else? ')
  })

  test('our share is measured from the prompt to the first word', async () => {
    const first = later<TurnAnswer>()
    phone.turns.push(() => first.promise)
    await call.setup()
    await call.put(heard('hello'))
    await scheduler.advance(640)
    await first.keep(listen('Hi.', 'What can I do?'))
    expect(phone.told.filter(({ kind }) => kind === 'timed')).toEqual([{ kind: 'timed', turnId: `${sessionId}:1`, firstWordMs: 640 }])
  })

  test('what cannot be cut, and what is in another language, says so', async () => {
    phone.turns.push(() => ({ pieces: [say('This is recorded.', { interruptible: false }), say('¿Español?', { language: 'es' })], next: { kind: 'listen', language: 'es' } }))
    await call.setup()
    await call.put(heard('hola'))
    expect(call.sent).toEqual([
      { type: 'text', token: 'This is recorded. ', last: false, interruptible: false },
      { type: 'text', token: '¿Español? ', last: true, lang: 'es-US' },
      { type: 'language', ttsLanguage: 'es-US', transcriptionLanguage: 'es-US' },
    ])
  })

  test('turns are strictly one after another, however fast the caller speaks', async () => {
    const first = later<TurnAnswer>()
    phone.turns.push(() => first.promise, () => listen('Second.'))
    await call.setup()
    await call.put(heard('one'), heard('two'))
    expect(phone.asked).toHaveLength(1)
    await first.keep(listen('First.'))
    expect(phone.asked.map(({ turnId }) => turnId)).toEqual([`${sessionId}:1`, `${sessionId}:2`])
    expect(call.said()).toBe('First. Second. ')
  })

  test('VOX-2: partial prompts are never acted on', async () => {
    phone.turns.push(() => listen('Yes.'))
    await call.setup()
    await call.put({ type: 'prompt', voicePrompt: 'cancel', last: false }, { type: 'prompt', voicePrompt: 'cancel my', last: false }, { type: 'prompt', voicePrompt: '  ', last: true })
    expect(phone.asked).toEqual([])
    await call.put({ type: 'prompt', voicePrompt: 'cancel my visit' })
    expect(phone.asked).toHaveLength(1)
  })

  test('the greeting in a second language is said over the socket, after the first', async () => {
    phone.begins = () => ({ pieces: [say('Hi.'), say('Para español, diga español.', { language: 'es' })], next: { kind: 'listen', language: 'en' } })
    await call.setup()
    expect(call.sent).toEqual([{ type: 'text', token: 'Para español, diga español. ', last: true, lang: 'es-US' }])
  })
})

describe('VOX-3: the caller cuts in', () => {
  test('only what was heard is told to the salon, and what was not sent yet is not sent', async () => {
    const rest = later<TurnAnswer>()
    phone.turns.push(({ say: now }) => { now(say('I can move you to Friday at three.')); return rest.promise }, () => listen('Sure.'))
    await call.setup()
    await call.put(heard('move me'), cut('I can move'))
    await rest.keep(listen('I can move you to Friday at three.', 'Shall I do that?'))
    expect(call.said()).toBe('I can move you to Friday at three. ')
    await call.put(heard('wait'))
    expect(call.said()).toBe('I can move you to Friday at three. Sure. ')
    expect(phone.told).toContainEqual({ kind: 'interrupted', heard: 'I can move' })
  })

  test('the next turn waits until the interruption is kept; where it cannot be, a person takes over', async () => {
    const kept = later<void>()
    phone.interrupted = () => kept.promise
    phone.turns.push(() => listen('Done.'))
    await call.setup()
    await call.put(cut('Shall I'), heard('yes'))
    expect(phone.asked).toEqual([])
    await kept.keep()
    expect(phone.asked).toHaveLength(1)
    await scheduler.advance(1_000)
    phone.interrupted = async () => { throw new Error('database away') }
    await call.put(cut('Done'), heard('yes'))
    expect(phone.asked).toHaveLength(1)
    expect(call.handoff()).toEqual({ why: 'broke', code: 'interrupted', callId })
  })

  test('a late one, about earlier words, does not silence the answer that is coming', async () => {
    const rest = later<TurnAnswer>()
    phone.turns.push(() => rest.promise)
    await call.setup()
    await call.put(heard('hello'), cut('Hi, this is'))
    await rest.keep(listen('Good morning.'))
    expect(call.said()).toBe('Good morning. ')
  })
})

describe('keys', () => {
  test('each is a turn at once where none were asked for', async () => {
    phone.turns.push(() => listen('A.'), () => listen('B.'))
    await call.setup()
    await call.put(key('1'), key('#'))
    expect(phone.asked.map((turn) => turn.heard)).toEqual([{ kind: 'keys', keys: '1' }, { kind: 'keys', keys: '#' }])
  })

  test.each([
    ['as many as were asked for', ['1', '2', '0', '4'], 0, '1204'],
    ['fewer with #', ['1', '2', '#'], 0, '12'],
    ['fewer after three seconds', ['1', '2'], 3_000, '12'],
    ['a code that begins with 0', ['0', '2', '0', '4'], 0, '0204'],
    ['0 alone: a person (VOX-5)', ['0'], 1_500, '0'],
  ])('keys that belong together are one answer: %s', async (_as, keys, wait, expected) => {
    phone.begins = () => ({ ...listen('Your code, please.'), next: { kind: 'listen', language: 'en', keys: 4 } })
    phone.turns.push(() => listen('Thank you.'))
    await call.setup()
    await call.put(...keys.slice(0, -1).map(key))
    expect(phone.asked).toEqual([])
    await call.put(key(keys.at(-1) ?? ''))
    await scheduler.advance(wait)
    expect(phone.asked.map((turn) => turn.heard)).toEqual([{ kind: 'keys', keys: expected }])
  })

  test('who speaks instead of going on pressing has spoken', async () => {
    phone.begins = () => ({ ...listen('Your code, please.'), next: { kind: 'listen', language: 'en', keys: 4 } })
    phone.turns.push(() => listen('Of course.'))
    await call.setup()
    await call.put(key('1'), key('2'), heard('I do not have it'))
    await scheduler.advance(3_000)
    expect(phone.asked.map((turn) => turn.heard.kind)).toEqual(['words'])
  })
})

describe('silence', () => {
  test('is told once our words are presumably spoken and eight seconds have passed', async () => {
    phone.begins = () => listen('x'.repeat(150))
    phone.turns.push(() => listen('Are you there?'))
    await call.setup()
    await scheduler.advance(17_999)
    expect(phone.asked).toEqual([])
    await scheduler.advance(1)
    expect(phone.asked.map((turn) => turn.heard)).toEqual([{ kind: 'silence' }])
    expect(phone.told.filter(({ kind }) => kind === 'timed')).toEqual([])
  })

  test.each([
    ['a partial prompt', { type: 'prompt', voicePrompt: 'well', last: false }],
    ['a key of several', key('1')],
    ['an interruption', cut('Hi')],
  ])('%s begins the wait again', async (_as, frame) => {
    phone.begins = () => ({ ...listen('Hi.'), next: { kind: 'listen', language: 'en', keys: 4 } })
    phone.turns.push(() => listen('Yes?'), () => listen('Yes?'))
    await call.setup()
    await scheduler.advance(7_000)
    await call.put(frame)
    await scheduler.advance(2_999)
    expect(phone.asked).toEqual([])
  })

  test('is none while we work', async () => {
    const rest = later<TurnAnswer>()
    phone.turns.push(() => rest.promise)
    await call.setup()
    await scheduler.advance(7_000)
    await call.put(heard('hello'))
    await scheduler.advance(7_900)
    expect(phone.asked).toHaveLength(1)
    await rest.keep(listen('Hi.'))
  })
})

describe('how it ends', () => {
  test('a person takes over once the words are presumably spoken', async () => {
    phone.turns.push(() => handOver('x'.repeat(30)))
    await call.setup()
    await scheduler.advance(3_000)
    await call.put(heard('a person, please'), heard('hello?'))
    expect(call.handoff()).toBeUndefined()
    await scheduler.advance(2_000)
    expect(call.handoff()).toEqual({ why: 'asked', callId })
    expect(phone.asked).toHaveLength(1)
    expect(call.recorded).toEqual(['released'])
  })

  test('who cuts into it gets the person at once', async () => {
    phone.turns.push(() => handOver('x'.repeat(300)))
    await call.setup()
    await call.put(heard('a person, please'), cut('xx'))
    await scheduler.advance(0)
    expect(call.handoff()).toEqual({ why: 'asked', callId })
  })

  test('a goodbye hangs up, and who says something into it is still there', async () => {
    phone.turns.push(() => hangUp('Goodbye.'), () => listen('Yes?'), () => hangUp('Goodbye.'))
    await call.setup()
    await call.put(heard('that is all'), heard('oh, and one more'))
    await scheduler.advance(5_000)
    expect(call.handoff()).toBeUndefined()
    await call.put(heard('no, thanks'))
    await scheduler.advance(5_000)
    expect(call.handoff()).toEqual({ why: 'hang_up', callId })
  })

  test('a call that the salon holds to be over after its goodbye is hung up, not broken', async () => {
    phone.turns.push(() => hangUp('Goodbye.'))
    await call.setup()
    await call.put(heard('that is all'), heard('bye'))
    expect(call.handoff()).toEqual({ why: 'hang_up', callId })
  })

  test('F58: a turn that fails ends the session, and nothing of the error is said or logged', async () => {
    phone.turns.push(() => { throw new DeskError('unavailable', { message: 'no answer for +1 303 555 0142' }) })
    await call.setup()
    await call.put(heard('hello'))
    expect(call.handoff()).toEqual({ why: 'broke', code: 'threw', callId })
    expect(call.said()).toBe('')
    expect(JSON.stringify(logged)).not.toMatch(/555/)
  })

  test('F58: a model that stalls for five seconds is waited for', async () => {
    const rest = later<TurnAnswer>()
    phone.turns.push(() => rest.promise)
    await call.setup()
    await call.put(heard('hello'))
    await scheduler.advance(5_000)
    await rest.keep(listen('Here I am.'))
    expect(call.said()).toBe('Here I am. ')
  })

  test('F58: after eight seconds a person takes over, and what comes late is neither spoken nor acted on', async () => {
    const rest = later<TurnAnswer>()
    phone.turns.push(({ say: now }) => { now(say('One moment.')); return rest.promise.then((answer) => { now(say('Late piece.')); return answer }) })
    await call.setup()
    await call.put(heard('move me to friday'))
    await scheduler.advance(8_000)
    expect(call.said()).toMatch(/^One moment\. I'm sorry, this is taking too long.*person/)
    await rest.keep(hangUp('Moved.'))
    await scheduler.advance(15_000)
    expect(call.handoff()).toEqual({ why: 'broke', code: 'stalled', told: true, callId })
    expect(call.said()).not.toMatch(/Moved|Late piece/)
    expect(phone.asked).toHaveLength(1)
  })

  test.each(['before the first word', 'while the pieces come', 'after them'])('F58: the line is cut %s: nothing more is said or asked', async (when) => {
    const rest = later<TurnAnswer>()
    phone.turns.push(({ say: now }) => { if (when !== 'before the first word') now(say('One moment.')); return rest.promise })
    await call.setup()
    await call.put(heard('hello'), heard('and another'))
    if (when === 'after them') phone.turns.push(() => listen('Yes.'))
    if (when === 'after them') await rest.keep(listen('One moment.', 'There.'))
    const before = call.said()
    await call.hangUp()
    await rest.keep(listen('One moment.', 'There.'))
    await call.put(heard('still here?'), key('1'), cut('One'))
    await scheduler.advance(60_000)
    expect(call.said()).toBe(before)
    expect(phone.asked.length).toBe(when === 'after them' ? 2 : 1)
    expect(scheduler.waiting()).toBe(0)
  })

  test('F61: a "no" to being recorded counts also when the caller has hung up meanwhile', async () => {
    const rest = later<TurnAnswer>()
    phone.turns.push(() => rest.promise)
    await call.setup()
    await call.put(heard('do not record me'))
    await call.hangUp()
    await rest.keep({ ...listen('Of course.'), recording: 'drop' })
    expect(call.recorded).toEqual(['released', 'drop'])
  })

  test('F61: recording begins only once the greeting that says so was spoken; a "no" into it means that it never begins', async () => {
    phone.begins = () => ({ pieces: [say('x'.repeat(150), { interruptible: false })], next: { kind: 'listen', language: 'en' } })
    phone.turns.push(() => ({ ...listen('Sure.'), recording: 'start' }), () => ({ ...listen('Of course.'), recording: 'drop' }))
    await call.setup()
    await call.put(heard('hello'))
    await scheduler.advance(9_000)
    expect(call.recorded).toEqual([])
    await call.put(heard('do not record me'))
    await scheduler.advance(5_000)
    expect(call.recorded).toEqual(['drop'])
  })

  test('F61: it begins right after that greeting', async () => {
    phone.begins = () => ({ pieces: [say('x'.repeat(150), { interruptible: false })], next: { kind: 'listen', language: 'en' } })
    phone.turns.push(() => ({ ...listen('Sure.'), recording: 'start' }))
    await call.setup()
    await call.put(heard('hello'))
    await scheduler.advance(10_000)
    expect(call.recorded).toEqual(['start'])
  })

  test('the desk that stops hands its calls to a person', async () => {
    await call.setup()
    call.breakOff()
    expect(call.handoff()).toEqual({ why: 'broke', code: 'shutdown', callId })
  })
})

describe('frames out of their time', () => {
  test('before the setup nothing is acted on', async () => {
    phone.turns.push(() => listen('Yes?'))
    await call.put(heard('hello'), key('1'), cut('x'))
    await call.setup()
    await scheduler.advance(1_000)
    expect([phone.asked, call.sent]).toEqual([[], []])
  })

  test('while the call is looked up they wait', async () => {
    const begun = later<TurnAnswer>()
    phone.begins = () => begun.promise
    phone.turns.push(() => listen('Yes?'))
    await call.setup()
    await call.put(heard('hello'))
    expect(phone.asked).toEqual([])
    await begun.keep(listen('Hi.'))
    expect(phone.asked).toHaveLength(1)
  })

  test('a second setup, the same prompt at once again, unknown types, garbage and frames after the end change nothing, and are counted', async () => {
    phone.turns.push(() => handOver())
    await call.setup()
    await call.setup({ callSid: `CA${'9'.repeat(32)}` })
    await call.put('garbage', '', 'a'.repeat(70_000), { type: 'info' }, heard('a person'), heard('a person'))
    await scheduler.advance(5_000)
    await call.put(heard('hello?'), key('0'), cut('x'))
    await call.setup()
    await call.hangUp()
    expect(phone.asked).toHaveLength(1)
    expect(phone.told.filter(({ kind }) => kind === 'begin')).toHaveLength(1)
    expect(call.sent).toEqual([{ type: 'end', handoffData: JSON.stringify({ why: 'asked', callId }) }])
    expect(logged.at(-1)).toMatchObject({ fields: { call: callId, again: 1, unreadable: 3, unknown: 1 } })
  })

  test('an error of Twilio\'s is logged by its number only', async () => {
    await call.setup()
    await call.put({ type: 'error', description: 'Invalid message received: {"token":"+13035550142"}' })
    expect(logged).toEqual([{ fields: { call: callId, code: '64107' }, message: 'ConversationRelay reports an error' }])
  })

  test.each([
    ['of another account', { accountSid: `AC${'9'.repeat(32)}` }],
    ['of a call that did not come in here', { customParameters: { proof: 'guessed' } }],
    ['without what its TwiML carried', { customParameters: {} }],
  ])('a setup %s closes the socket', async (_as, more) => {
    await call.setup(more)
    await call.put(heard('hello'))
    expect([call.closed, call.sent, phone.told, phone.asked]).toEqual([[1008], [], [], []])
  })

  test('a call that cannot be looked up goes to a person', async () => {
    phone.begins = () => { throw new Error('database away') }
    await call.setup()
    expect(call.handoff()).toEqual({ why: 'broke', code: 'begin', callId })
  })
})
