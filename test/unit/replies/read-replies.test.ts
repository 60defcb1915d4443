import { expect, test } from 'vitest'
import { openReplyReader } from '../../../src/replies/open-reply-reader.ts'
import type { Asked, ReplyReading } from '../../../src/replies/reading.ts'
import { testEmbedder, testModelDir } from '../../support/test-embedder.ts'

const reader = await openReplyReader({ embedder: testEmbedder, cacheDir: testModelDir })
/** Wednesday 18 November 2026, 8 in the morning in Portland; the visit is on Friday at 3. */
const now = '2026-11-18T16:00:00.000Z'
const start = '2026-11-20T23:00:00.000Z'
const zone = 'America/Los_Angeles'
const confirm: Asked = { kind: 'confirm', start }
const hours = [1, 2, 3, 4, 5, 6].map((weekday) => ({ weekday, open: '09:00', close: '19:00' }))

async function read(text: string, asked: Asked = confirm, language?: string): Promise<ReplyReading> {
  return reader.read({ text, asked, now, zone, hours, ...(language !== undefined && { language }) })
}

/** The reading as one word: its intent, with `!` when a machine may act on it. */
async function brief(text: string, asked: Asked = confirm): Promise<string> {
  const { intent, sure } = await read(text, asked)
  return `${intent}${sure ? '!' : ''}`
}

test.each([
  ['yes'], ['Y'], ['Yep!!'], ['yess'], ['ok'], ['k'], ['C'], ['1'], ['👍'], ['👍🏽'], ['✅'], ['Yes please, thank you so much!'], ['yes 😊'], ['Sounds good to me'], ['that works for us'], ["I'll be there"],
  ['See you then!'], ['see you Friday'], ['See you Friday at 3'], ['3pm on Friday works'], ['Hi Maya, yes that time is fine. Thanks, Dana'], ['wouldn’t miss it'], ['10-4'], ['Sí'], ['si claro'], ['Sí, ahí estaré'], ['confirmo mi cita'], ['Perfecto, gracias'], ['está bien'], ['nos vemos el viernes'],
  ["oui, d'accord"], ['Yes. We are so excited, it has been too long'],
])('"%s" confirms', async (text) => {
  expect(await brief(text)).toBe('yes!')
})

test.each([
  ['no'], ['N'], ['nope, sorry'], ["I can't make it"], ['no puedo ir'], ['Sorry, won’t be able to come'], ['no gracias'], ['something came up, can’t make it Friday'],
])('"%s" is a no, and never a cancellation', async (text) => {
  expect(await brief(text)).toBe('no!')
})

test.each([
  ['no problem'], ["no that's fine"], ['Can’t wait to see you'], ['maybe'], ['yes?'], ['ok?'], ['yes cancel'], ['ok cancel it'], ['yes no'], ['no dont cancel'], ['nope all good'], ['not sure yet'], ['idk'], ['si puedo voy'], ['no sé'], ['either'], ['I will let you know tomorrow'],
  ['yes if my boss lets me'], ['yes unless it snows'], ['si salgo temprano'], ['hmm'], ['asdfgh'], ['🤷'],
])('F26: "%s" is settled by nobody but a person', async (text) => {
  const { intent, sure } = await read(text)
  expect({ sure, no: intent === 'no', yes: intent === 'yes' }).toEqual({ sure: false, no: false, yes: false })
})

test('F26: a yes with a question is a yes, and the question is kept', async () => {
  const reading = await read("Yes, thanks. What's your phone number?")
  expect(reading).toMatchObject({ intent: 'yes', sure: true, quote: 'Yes', questions: ["What's your phone number?"] })
  expect(reading.parts.map(({ intent }) => intent)).toEqual(['yes', 'thanks', 'question'])
  expect(await read('Sí, ¿cuál es la dirección?')).toMatchObject({ intent: 'yes', sure: true, language: 'es', questions: ['cuál es la dirección?'] })
})

test.each<[string, string[]]>([
  ['Yes and can I add a blow-dry', ['yes', 'question']],
  ['ok and whats the address', ['yes', 'question']],
  ['Confirmed for Friday but cancel my Monday one', ['yes', 'cancel']],
  ['yes but I have a question about the price and I may be late', ['yes', 'late']],
])('F26: "%s" is compound: every part is kept, and a person gets it', async (text, intents) => {
  const reading = await read(text)
  expect(reading.sure).toBe(false)
  expect(reading.parts.map(({ intent }) => intent)).toEqual(expect.arrayContaining(intents))
})

test.each([
  ['please cancel my 3pm'], ['cancel my appointment'], ['I need to cancel'], ['quiero cancelar mi cita'], ['can you cancel me for friday'], ['no please cancel it'],
])('"%s" is a cancellation that only a person carries out', async (text) => {
  expect(await brief(text)).toBe('cancel')
})

test.each([
  ['yes but can we do 3:30'], ['can we do 4 instead'], ['Yes, Saturday at 2'], ['how about tomorrow'], ['need to reschedule'], ['mejor a las 4 y media'], ['can I come later'], ['is there anything earlier?'], ['no, make it 4pm'], ['otro día por favor'], ['see you Thursday at 3'],
])('"%s" wants another time, and confirms nothing', async (text) => {
  expect((await read(text)).intent).toBe('change')
})

test.each<[string, string]>([
  ['running 10 minutes late', 'late'], ['omw', 'late'], ['voy tarde', 'late'], ['wrong number', 'wrong_person'], ['who is this?', 'wrong_person'], ['no soy Ana', 'wrong_person'], ['please call me', 'human'], ['llámame', 'human'], ['is this a bot', 'human'],
  ['I have a fever', 'health'], ['I’m pregnant, is color ok?', 'health'], ['estoy enferma', 'health'], ['I want my money back', 'complaint'], ['quiero un reembolso', 'complaint'], ['thank you!', 'thanks'], ['❤️', 'unclear'], ['hello', 'thanks'], ['gracias', 'thanks'], ['ok thx bye', 'thanks'],
])('"%s" is read as %s, and a person sees to it', async (text, intent) => {
  expect(await brief(text)).toBe(intent)
})

test.each([['where are you located?'], ['what time is my appointment'], ['do I need to bring anything'], ['¿cuánto cuesta?'], ['is parking free']])('"%s" is a question', async (text) => {
  const reading = await read(text)
  expect(reading.intent).toBe('question')
  expect(reading.questions).toHaveLength(1)
})

test('F24: with nothing asked nothing is sure but opting out, in, and help', async () => {
  for (const text of ['yes', 'no', 'ok', '2', 'see you then', 'can we do 3 instead', 'what is the address?']) expect((await read(text, { kind: 'nothing' })).sure).toBe(false)
  expect(await brief('STOP', { kind: 'nothing' })).toBe('stop!')
  expect(await brief('start', { kind: 'nothing' })).toBe('start!')
  expect(await brief('HELP', { kind: 'nothing' })).toBe('help!')
})

test.each([['Liked “Hi Dana, reply YES to keep it or STOP to opt out”'], ['Loved "See you Friday"'], ['👍 to “Reply YES to confirm”'], ['Reacted 😂 to “Reply STOP to opt out”'], ['Disliked “Reply YES”'], ['Le gustó “Responda SÍ”']])('F25: the reaction %s is neither YES nor STOP', async (text) => {
  expect(await brief(text)).toBe('reaction')
})

test('a plain answer needs no model', async () => {
  for (const text of ['yes', 'Yes, that works', 'no sorry', 'STOP', 'sí', "Yes. What's the address?", '👍']) expect((await read(text)).by).toBe('rules')
  expect((await read('that one has my whole family over the moon')).by).toBe('embedded')
})

test('the language is the text’s, and the client’s own where a text does not say', async () => {
  expect((await read('Sí, gracias')).language).toBe('es')
  expect((await read('je serai là, merci')).language).toBe('fr')
  expect((await read('yes that works')).language).toBe('en')
  expect((await read('👍', confirm, 'es-MX')).language).toBe('es')
})
