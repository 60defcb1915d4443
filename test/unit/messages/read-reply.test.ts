import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { readReply } from '../../../src/messages/read-reply.ts'

const read = (text: string) => readReply(text).reading

test.each([
  ['yes', ['yes', 'Y', 'Yep!', 'yes please', 'ok confirmed', '👍', '👍🏽', 'Sí', 'si', 'c', 'Ok, thanks', 'That works for me, thanks!', '"YES"', 'Yes 😊', 'see you then']],
  ['no', ['no', 'N', 'nope', 'No thanks', "can't make it", '❌']],
  ['stop', ['STOP', 'stop.', 'Unsubscribe', 'QUIT', 'end', 'CANCEL', 'please stop texting me', "don’t text me again", 'dont text me again', 'do not contact me', 'Arrêt', 'ALTO', 'ya no me escriban', 'I want to opt out', 'take me off your list', 'no more texts please', 'stpo']],
  ['start', ['START', 'unstop']],
  ['help', ['HELP', 'info', 'ayuda']],
  ['other', [
    'yes but can we do 3', 'yes, is there parking?', 'yes?', 'Yes no', 'no problem', "No that's fine", 'no se', 'si no hay problema', 'yes cancel', 'cancel my 3pm please', 'cancelar', "can't wait to see you", 'thanks', '', '?', 'X',
    'next stop', 'I can stop by at 3', 'end of the day works better', 'take me off the waitlist please but still text me reminders', 'text me when you are ready', 'I cannot text right now',
  ]],
] as const)('%s', (reading, texts) => {
  for (const text of texts) expect({ text, reading: read(text) }).toEqual({ text, reading })
})

test('F25: a tap on our message, which quotes it, is neither YES nor STOP', () => {
  for (const text of ['Liked “Reply YES to confirm or STOP to opt out.”', 'Disliked "… Reply STOP to opt out"', '👍 to “Reply YES”', 'Loved ‘Yes’', 'Reacted 👍 to "Reply YES to confirm"', 'Removed a like from “YES”']) expect({ text, reading: read(text) }).toEqual({ text, reading: 'other' })
})

test('a long reply of nothing but yes is read in no time and not as one', () => {
  const started = performance.now()
  expect(read(`${'ok yes '.repeat(200)}x`)).toBe('other')
  expect(read('no thank you '.repeat(100))).toBe('other')
  expect(performance.now() - started).toBeLessThan(200)
})

const folder = resolve(import.meta.dirname, '../../../../shared/data/replies')
type Row = { ctx: string; text: string; label: string; auto: string }
const rows = <T>(name: string): T[] => readFileSync(resolve(folder, name), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as T)

test.skipIf(!existsSync(folder))('NLU-2: on the shared replies no false YES, every opt-out heard, nobody silenced by mistake (skipped where they are not)', () => {
  const authored = rows<Row>('authored_open.jsonl')
  const asked = authored.filter(({ ctx }) => ctx !== 'NONE')
  expect(asked.filter(({ auto, text }) => auto !== 'yes' && read(text) === 'yes')).toEqual([])
  expect(authored.filter(({ auto, text }) => auto === 'optout' && read(text) !== 'stop')).toEqual([])
  expect(authored.filter(({ auto, text }) => auto !== 'optout' && read(text) === 'stop')).toEqual([])
  const yes = asked.filter(({ label }) => label === 'YES')
  expect(yes.filter(({ text }) => read(text) === 'yes').length / yes.length).toBeGreaterThan(0.8)

  const salon = rows<{ utterance: string; label: string; asks: string[] }>('sgd_salon_train.confirm_replies.jsonl')
  expect(salon.filter(({ label, utterance }) => label !== 'YES' && read(utterance) === 'yes')).toEqual([])
  const ham = rows<{ text: string }>('sms_spam_collection_ham_sample.jsonl').filter(({ text }) => !['other', 'no'].includes(read(text)))
  expect(ham.map(({ text }) => text)).toEqual(["Please don't text me anymore. I have nothing else to say."])
})
