import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Desk, openDesk } from '../../../../src/app.ts'
import { openReaders } from '../../../../src/open-readers.ts'
import { type RunningDesk, startDesk } from '../../../../src/start-desk.ts'
import { type FakeSlack, openFakeSlack } from '../../../support/fake-slack.ts'
import { spokenSentences } from '../../../support/measure-speech.ts'
import { buttonIn, wordsIn } from '../../../support/slack-desk.ts'
import { click, directMessage, signedSlackRequest, signingSecret, submission } from '../../../support/slack-events.ts'
import { testEmbedder } from '../../../support/test-embedder.ts'
import { testClock } from '../../../support/tiny-book.ts'
import { makeTinyHome } from '../../../support/tiny-home.ts'

// The desk as it starts, with its own ears and its own brain: nothing here works, delivers, waits or draws.
const [olga, dm] = ['U0OLGA001', 'D0OLGA001']
let home: string
let fake: FakeSlack
let desk: Desk
let running: RunningDesk
let drop: () => Promise<void>
const clock = testClock()

beforeAll(async () => {
  const tiny = await makeTinyHome()
  home = tiny.home
  drop = tiny.drop
  fake = await openFakeSlack({ clock })
  fake.addUser({ id: olga, name: 'Olga' })
  fake.openDm(olga)
  desk = await openDesk({
    readers: await openReaders({ home, embedder: testEmbedder }),
    config: {
      home, clock, clockFixed: true, databaseUrl: tiny.url, key: '07'.repeat(32), knowledge: undefined, port: 0, host: '127.0.0.1', logLevel: 'info', apiToken: undefined, publicUrl: undefined, twilio: undefined, email: undefined, languageModel: undefined, voice: undefined,
      slack: { botToken: fake.token, appToken: undefined, signingSecret, apiUrl: fake.url, channel: undefined, roles: { frontDesk: [], managers: [], owners: [olga] } },
    },
  })
  running = await startDesk({ desk })
  await running.work()
}, 60_000)
afterAll(async () => {
  await running?.close()
  await desk?.close()
  await fake?.close()
  await drop?.()
})

async function send(body: Record<string, unknown>): Promise<void> {
  const { headers, raw } = signedSlackRequest({ body, now: clock.now() })
  expect((await fetch(`${running.url}/slack/events`, { method: 'POST', headers, body: raw })).status).toBe(200)
}
/** What the desk wrote, with its buttons. */
const written = () => fake.messages(dm).filter(({ user }) => user === fake.botUserId).map(({ text, blocks, thread_ts: thread }) => ({ words: `${text} ${wordsIn(blocks)}`, blocks, thread }))
/** The machine may be busy; Slack takes a message a second, on the test's clock. */
const comes = (what: () => unknown) => expect.poll(() => {
  clock.advance(1 / 60)
  return what()
}, { timeout: 20_000 })

test('spoken in Slack, heard by the desk itself, corrected, asked: a change is prepared in that thread and nothing is changed', async () => {
  const file = fake.record({ bytes: await readFile(join(spokenSentences, 'move-dana-reyes.wav')), mimetype: 'audio/wav' })
  const ts = fake.say({ channel: dm, user: olga, text: '' })
  await send(directMessage({ user: olga, text: '', ts, files: [file] }))
  await comes(() => written()[0]?.words).toMatch(/I heard: Could you move Dana .* to Friday at three/i)
  const card = fake.messages(dm).find(({ user }) => user === fake.botUserId)
  const button = buttonIn(card?.blocks, 'voice_note:correct')
  if (card === undefined || button === undefined) throw new Error('no card with a button')
  expect(card.thread_ts).toBe(ts)

  await send(click({ user: olga, channel: dm, actionId: button.action_id, value: button.value, blockId: button.block_id, triggerId: fake.newTrigger(olga), message: { ts: card.ts, thread_ts: ts, ...(card.metadata === undefined ? {} : { metadata: card.metadata }) } }))
  // A click opens a form within three seconds: the clock stands meanwhile.
  await expect.poll(() => fake.views.size, { timeout: 20_000 }).toBe(1)
  const [view] = fake.views.values()
  if (view === undefined) throw new Error('no form')
  expect(await desk.approvals.list()).toEqual([])
  await send(submission({ user: olga, view, values: { 'field:words': { words: { type: 'plain_text_input', value: 'move Dana Whitfield to friday at 3pm' } } } }))

  await comes(() => written().map(({ words }) => words).join()).toMatch(/P-\w{6}/)
  expect(written().map(({ thread }) => thread)).toEqual(written().map(() => ts))
  const [proposal] = await desk.approvals.list()
  expect(proposal).toMatchObject({ state: 'pending', kind: 'reschedule', requestedBy: `slack:${olga}`, conversation: `slack:${fake.teamId}:${olga}` })
  await comes(() => written()[0]?.words).toContain('You asked: move Dana Whitfield to friday at 3pm')
  expect(buttonIn(written()[0]?.blocks, 'voice_note:ask')).toBeUndefined()

  const log = await readFile(join(home, 'desk.log'), 'utf8')
  expect(log).toContain('a voice note was heard')
  for (const word of ['Dana', 'friday', 'Friday', fake.token, 'files-pri']) expect(log).not.toContain(word)
  // Nothing of the sound is left in the desk's folder either.
  expect((await readdir(home)).filter((name) => /sound|\.wav|\.m4a/.test(name))).toEqual([])
})
