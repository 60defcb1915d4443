import { expect, test } from 'vitest'
import { foldText } from '../../../src/replies/fold-text.ts'
import { openReplyReader } from '../../../src/replies/open-reply-reader.ts'
import { readOptOut } from '../../../src/replies/opt-out.ts'
import { testEmbedder, testModelDir } from '../../support/test-embedder.ts'

const reader = await openReplyReader({ embedder: testEmbedder, cacheDir: testModelDir })
const read = (text: string) => reader.read({ text, asked: { kind: 'confirm' }, now: '2026-11-18T16:00:00.000Z', zone: 'America/Los_Angeles' })

test.each([['STOP'], ['stop.'], ['Stop!'], ['STOPALL'], ['unsubscribe'], ['please stop'], ['Arrêt'], ['ALTO']])('the keyword %s opts out beyond doubt', async (text) => {
  expect(await read(text)).toMatchObject({ intent: 'stop', sure: true, refuses: 'all' })
})

test.each([['CANCEL'], ['End'], ['revoke'], ['cancel.'], ['stpo']])('F20: "%s" alone silences, and a person asks whether the appointment was meant', async (text) => {
  expect(await read(text)).toMatchObject({ intent: 'stop', sure: false, refuses: 'all' })
})

test.each([
  ["please don't text me anymore"], ['quit messaging this number'], ['no more reminders by text please'], ['I do not wish to be contacted'], ['take my number off your list'], ['Kindly delete my number from your system'], ['yes but stop texting me'], ['lose my number'], ['how do I unsubscribe'], ['I never signed up for these texts'], ['this is spam'],
  ['leave me alone'], ['I’m opting out'], ['enough with the messages'], ['could you cease all these texts'], ['ya no me escriban'], ['no quiero recibir más mensajes'], ['borren mi número'], ['deja de mandarme mensajes'], ['quiero darme de baja'], ['ne m’envoyez plus de textos'], ['je veux me désabonner'],
])('F21: "%s" opts out in other words, and staff are told', async (text) => {
  expect(await read(text)).toMatchObject({ intent: 'stop', sure: false, refuses: 'all' })
})

test.each<[string, string]>([
  ['no, take me off the waitlist but still text me reminders', 'waitlist'], ['remove me from the waiting list', 'waitlist'], ["retirez-moi de la liste d'attente", 'waitlist'], ['stop promos', 'marketing'], ['no more specials please, just my reminders', 'marketing'], ['no me manden promociones', 'marketing'],
])('"%s" refuses only one kind', async (text, refuses) => {
  expect(await read(text)).toMatchObject({ intent: 'stop', refuses })
})

test('who leaves the waitlist and wants no texts either refuses all of them', () => {
  expect(readOptOut(foldText('take me off the waitlist and stop texting me').text)).toEqual({ refuses: 'all', sure: false })
})

test.each([
  ["I can't stop smiling"], ['text me when she is ready'], ['my bus stop is right outside'], ['no problem, text me anytime'], ['please remind me again tomorrow'], ['can you text my other number'], ['next stop'], ['the rain won’t stop me'], ['please cancel my 3pm'], ['take me off Friday and put me on Saturday'], ['get me the contact number'], ['I want to end up blonde'], ["mettez-moi sur la liste d'attente svp"],
])('"%s" opts out of nothing', async (text) => {
  expect((await read(text)).refuses).not.toBe('all')
})
