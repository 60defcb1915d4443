import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { sayView } from '../../../../src/channels/cards/render-text.ts'
import { renderView } from '../../../../src/channels/slack/blocks/render-view.ts'
import type { Heard, Phone } from '../../../../src/phone/phone.ts'
import { actionsOf, buttonOf, type CardsDesk, cardOf, finn, mona, openCardsDesk, press, sentence, textsOf } from '../../../support/cards-desk.ts'

let desk: CardsDesk
let phone: Phone
beforeAll(async () => {
  desk = await openCardsDesk()
  phone = await desk.phone()
})
afterAll(() => desk.close())
beforeEach(async () => {
  await desk.store.db.deleteFrom('phone_turns').execute()
  await desk.store.db.deleteFrom('phone_calls').execute()
})

let calls = 0
const hana = '+12135550106'

/** A call that says these things one after another, each answered so many ms later. */
async function call(says: (string | Heard)[], { from = hana, ends = true, firstWordMs = 200 }: { from?: string | null; ends?: boolean; firstWordMs?: number } = {}): Promise<string> {
  const callId = `CA${++calls}`
  await phone.begin({ callId, via: 'relay', ...(from === null ? {} : { from }) })
  for (const [index, heard] of says.entries()) {
    await phone.turn({ callId, turnId: `t${index}`, heard: typeof heard === 'string' ? { kind: 'words', words: heard } : heard })
    await phone.timed({ callId, turnId: `t${index}`, firstWordMs: firstWordMs + index * 100 })
  }
  if (ends) await phone.ended({ callId, why: 'caller' })
  return callId
}

const words = async (subject: string): Promise<string> => sayView(await desk.cards.view(subject))
const audits = (callId: string) => desk.store.db.selectFrom('audit').select(['actor']).where('subject', '=', `phone:${callId}`).where('action', '=', 'phone.seen_to').execute()

test('the story says who by the number\'s looks and that nothing is proven, why a person is wanted, what was said, and whom to call', async () => {
  const callId = await call(['Hi, can I talk to a real person please'])
  const shown = await words(`phone:${callId}`)
  for (const part of [
    /^Call from perhaps Hana Suzuki \(not proven\)/, /This call waits for a person since 7:30\sam\./, /Who: not proven; by the number's looks Hana Suzuki/, /Call back: \+12135550106/,
    /Why it wants a person: they asked for a person/, /What it came to: Asked for a person/, /The caller said, 7:30\sam: "Hi, can I talk to a real person please"/, /The desk said, 7:30\sam \(after 200 ms\): "/,
    /2 turns, our first word after 200 ms \(at most 200 ms\), never cut in, handed over once\./,
  ]) expect(shown).toMatch(part)
  expect(actionsOf(await cardOf(desk.cards, `phone:${callId}`))).toEqual(['phone:seen', 'show'])
})

test('the number stands on the story alone: not in a title, a notification, the list or at home', async () => {
  const callId = await call(['a person please'])
  const story = await desk.cards.view(`phone:${callId}`)
  const home = await desk.cards.home(finn)
  expect([story.summary, story.cards[0]?.title, ...textsOf(await desk.cards.view('phone')), ...textsOf(home)].join('\n')).not.toMatch(/213\W?555/)
})

test('who has proven who they are is called by name; who hides the number is nobody', async () => {
  const proven = await call(['a person please'])
  await desk.store.db.updateTable('phone_calls').set({ client_id: 'hana' }).where('id', '=', proven).execute()
  expect(await words(`phone:${proven}`)).toMatch(/^Call from Hana Suzuki\n[\s\S]*Who: Hana Suzuki, proven by a code texted to the number on file/)
  const hidden = await cardOf(desk.cards, `phone:${await call(['a person please'], { from: null })}`)
  expect(textsOf(hidden).join('\n')).toMatch(/^Call from somebody unknown[\s\S]*the caller hides the number/)
  expect(actionsOf(hidden)).toEqual(['phone:seen'])
})

test.each([
  ['emergency', 'Her scalp is burning and she cannot breathe', /^Emergency: call from [\s\S]*\n {2}! This sounds like an emergency/],
  ['angry', 'This is bullshit, you are a bunch of idiots', /^Upset: call from [\s\S]*\n {2}! The caller is upset/],
])('what is urgent leads: %s', async (why, says, shown) => {
  const callId = await call([says])
  expect((await phone.story(callId)).why).toBe(why)
  const view = await desk.cards.view(`phone:${callId}`)
  expect(sayView(view)).toMatch(shown)
  expect(view.cards[0]?.parts[0]?.kind).toBe('notice')
})

test('a message is word for word the caller\'s, whatever is written in it, and never the desk\'s own', async () => {
  const message = 'Tell Ana <!channel> *I* left my ring. '.concat('It is gold. '.repeat(60)).trim()
  const callId = await call(['Can I leave a message', message])
  const card = await cardOf(desk.cards, `phone:${callId}`)
  expect(card.parts.find(({ kind }) => kind === 'words')).toEqual({ kind: 'words', label: 'The caller said, word for word', text: message })
  expect(JSON.stringify(renderView(await desk.cards.view(`phone:${callId}`)))).not.toContain('<!channel>')
})

test('where the caller cut in, it says what they heard; a code that was pressed is nobody\'s to read', async () => {
  const callId = await call(['What time do you close on Saturday'], { ends: false })
  await phone.interrupted({ callId, heard: 'On Saturday' })
  await phone.turn({ callId, turnId: 'k1', heard: { kind: 'keys', keys: '482119' } })
  await phone.turn({ callId, turnId: 'k2', heard: { kind: 'keys', keys: '0' } })
  const shown = await words(`phone:${callId}`)
  expect(shown).toMatch(/The desk said, 7:30\sam \(after 200 ms\) — cut in: they heard only “On Saturday”/)
  expect(shown).toMatch(/pressed several keys[\s\S]*pressed 0/)
  expect(shown).toMatch(/cut in once, handed over once/)
  expect(shown).not.toContain('482119')
  expect(shown).toContain('and is still on the line')
})

test('"Seen to" counts once, with the name of whoever pressed it; another desk\'s button does nothing', async () => {
  const callId = await call(['a person please'])
  const button = buttonOf(await cardOf(desk.cards, `phone:${callId}`), 'phone:seen')
  expect(sentence(await press(desk.cards, { button: { ...button, token: button.token.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')) } }))).toContain('nothing was done')
  expect((await phone.story(callId)).needsPerson).toBe(true)
  expect(sentence(await press(desk.cards, { button, by: finn }))).toBe('Noted: this call is seen to.')
  expect(sentence(await press(desk.cards, { button, by: mona }))).toBe('Somebody has seen to this call already.')
  expect(await audits(callId)).toEqual([{ actor: finn.id }])
  const card = await cardOf(desk.cards, `phone:${callId}`)
  expect([card.tone, actionsOf(card), textsOf(card).join('\n')]).toEqual(['plain', ['show'], expect.stringMatching(/Seen to by Finn at 7:30\sam\./)])
})

test('a long conversation keeps its buttons in Slack, and there is a way to all of it', async () => {
  const callId = await call(['a person please'])
  const { seal, db } = desk.store
  await db.insertInto('phone_turns').values(Array.from({ length: 30 }, (_none, index) => ({ call_id: callId, turn_id: `x${index}`, at: desk.clock.now(), heard: seal.seal(`thing ${index} ${'blah '.repeat(150)}`), said: seal.seal('I see. '.repeat(100)), cut_to: null, answer: seal.seal('{}'), reading: null, did: null, first_word_ms: null }))).execute()
  const card = await cardOf(desk.cards, `phone:${callId}`)
  expect(textsOf(card).join('\n')).toMatch(/The last \d+ of 63 things that were said\./)
  expect(JSON.stringify(renderView(await desk.cards.view(`phone:${callId}`)))).toContain('"phone:seen#0"')
  expect(card.buttons.map(({ label }) => label)).toEqual(['Seen to', 'Texts of Hana Suzuki', 'Whole conversation'])
  const all = await press(desk.cards, { button: buttonOf({ ...card, buttons: card.buttons.slice(2) }, 'show') })
  expect(all.kind === 'view' && sayView(all.view)).toContain('thing 0 blah')
})

test('the list has the figures of each call, who waits on top, and a total of the day', async () => {
  await call(['What time do you close on Saturday'], { firstWordMs: 100 })
  await call(['a person please'], { firstWordMs: 300, from: null })
  await call(['What time do you close on Saturday', 'no thanks'], { firstWordMs: 200 })
  const view = await desk.cards.view('phone')
  expect(view.summary).toBe('3 calls today: 2 handled without a person, 1 handed to one (1 still waits). In the median call our first word came after 200 ms.')
  expect(view.cards.map(({ title }) => title)).toEqual(['The phone today', '1 call waits for you', 'Latest calls'])
  expect(sayView(view)).toMatch(/perhaps Hana Suzuki \(not proven\): nothing was left to do\. 3 turns, our first word after 200 ms \(at most 300 ms\), never cut in, not handed over\./)
  const opened = await press(desk.cards, { button: buttonOf(view.cards[2]!, 'show') })
  expect(opened.kind === 'view' && opened.view.subject).toMatch(/^phone:CA/)
})

test('yesterday\'s calls are no part of today\'s figures; one that never reached us is there', async () => {
  await phone.missed({ callId: 'CAmissed', from: hana, at: '2026-11-20T20:00:00.000Z', seconds: 12 })
  const view = await desk.cards.view('phone')
  expect(view.summary).toBe('No calls today.')
  expect(sayView(view)).toMatch(/Friday 20 November at 12:00\spm, perhaps Hana Suzuki \(not proven\): Called while the desk could not answer \(12 s\)\. Waits for a person: the call came while the desk could not answer\. 0 turns/)
})

test('who calls in vain is at home, with a way to each and to all', async () => {
  expect((await desk.cards.home(finn)).cards.some(({ subject }) => subject === 'phone_waiting')).toBe(false)
  const callId = await call(['a person please'])
  await call(['a person please'], { from: null })
  const card = (await desk.cards.home(finn)).cards.find(({ subject }) => subject === 'phone_waiting')
  expect(card).toMatchObject({ title: '2 calls wait for you', tone: 'waiting' })
  expect(card?.buttons.at(-1)?.label).toBe('All calls')
  await press(desk.cards, { button: buttonOf(await cardOf(desk.cards, `phone:${callId}`), 'phone:seen') })
  expect((await desk.cards.home(finn)).cards.find(({ subject }) => subject === 'phone_waiting')?.title).toBe('1 call waits for you')
})

test('a call of ours to a client is none of theirs, and what is not there is said so', async () => {
  await desk.store.db.insertInto('phone_calls').values({ id: 'out-1', direction: 'out', via: 'gather', from_phone: null, phone_hash: null, client_id: 'hana', likely_client_id: null, location_id: 'main', appointment_id: null, by: finn.id, language: 'en', memory: '', status: 'open', why: null, needs_person: false, outcome: null, message: null, started_at: desk.clock.now(), ended_at: null }).execute()
  expect((await desk.cards.view('phone')).summary).toBe('No calls today.')
  await expect(desk.cards.view('phone:out-1')).rejects.toMatchObject({ code: 'not_found' })
  await expect(desk.cards.view('phone:CAnone')).rejects.toMatchObject({ code: 'not_found' })
})

test('what was said on the phone stands among the texts as said there, and what was not heard as cut off', async () => {
  const { seal, db } = desk.store
  const row = { client_id: 'hana', location_id: null, channel: 'voice' as const, template: null, appointment_id: null, proposal_id: null, answers: null, segments: 0, reading: null, did: null, needs_person: false, at: desk.clock.now() }
  await db.insertInto('texts').values([
    { ...row, key: 'v1', direction: 'in', body: seal.seal('Can I come at four?'), state: 'received', error_code: null },
    { ...row, key: 'v2', direction: 'out', body: seal.seal('Four is free. Shall I move you?'), state: 'sent', error_code: null },
    { ...row, key: 'v3', direction: 'out', body: seal.seal('You are moved.'), state: 'failed', error_code: 'not_heard' },
  ]).execute()
  const shown = await words('thread:hana')
  expect(shown).toMatch(/The client said on the phone, 7:30\sam: "Can I come at four\?"/)
  expect(shown).toMatch(/The salon said on the phone, 7:30\sam: "Four is free/)
  expect(shown).toMatch(/The salon said on the phone, 7:30\sam \(cut off: the client did not hear all of it\): "You are moved\."/)
})
