import { expect, test } from 'vitest'
import { tinyNow, tinyZone } from '../../support/tiny-book.ts'
import { testReader } from '../../support/test-reader.ts'

/** What a reply to a confirmation is acted on as; `unsure` for everything that goes to a person. */
async function actedOn(text: string): Promise<string> {
  const { intent, sure } = await testReader.read({ text, asked: { kind: 'confirm' }, now: tinyNow, zone: tinyZone })
  // Opting out counts also where it is not sure: silence first.
  return sure || intent === 'stop' ? intent : 'unsure'
}

test.each([
  ['yes', ['yes', 'Y', 'Yep!', 'yes please', 'ok confirmed', '👍', '👍🏽', 'Sí', 'si', 'c', 'Ok, thanks', 'That works for me, thanks!', '"YES"', 'Yes 😊', 'see you then']],
  ['no', ['no', 'N', 'nope', 'No thanks', "can't make it", '❌']],
  ['stop', ['STOP', 'stop.', 'Unsubscribe', 'QUIT', 'end', 'CANCEL', 'please stop texting me', "don’t text me again", 'dont text me again', 'do not contact me', 'Arrêt', 'ALTO', 'ya no me escriban', 'I want to opt out', 'take me off your list', 'no more texts please', 'stpo']],
  ['start', ['START', 'unstop']],
  ['help', ['HELP', 'info', 'ayuda']],
] as const)('%s', async (intent, texts) => {
  for (const text of texts) expect({ text, acted: await actedOn(text) }).toEqual({ text, acted: intent })
})

test('F26: what is more than an answer, or less than one, is never acted on as YES, NO or STOP', async () => {
  for (const text of [
    'yes but can we do 3', 'yes?', 'Yes no', 'no problem', "No that's fine", 'no se', 'si no hay problema', 'yes cancel', 'cancel my 3pm please', 'cancelar mi cita', "can't wait to see you", 'thanks', '', '?', 'X',
    'next stop', 'I can stop by at 3', 'end of the day works better', 'text me when you are ready', 'I cannot text right now',
  ]) expect({ text, acted: await actedOn(text) }).toEqual({ text, acted: expect.not.stringMatching(/^(yes|no|stop)$/) })
})

test('F25: a tap on our message, which quotes it, is neither YES nor STOP', async () => {
  for (const text of ['Liked “Reply YES to confirm or STOP to opt out.”', 'Disliked "… Reply STOP to opt out"', '👍 to “Reply YES”', 'Loved ‘Yes’', 'Reacted 👍 to "Reply YES to confirm"', 'Removed a like from “YES”']) {
    expect({ text, acted: await actedOn(text) }).toEqual({ text, acted: expect.not.stringMatching(/^(yes|no|stop)$/) })
  }
})

test('a long reply of nothing but yes is read in no time', async () => {
  const started = performance.now()
  await actedOn(`${'ok yes '.repeat(200)}x`)
  await actedOn('no thank you '.repeat(100))
  expect(performance.now() - started).toBeLessThan(1_000)
})
