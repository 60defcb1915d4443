import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Desk, openDesk } from '../../../../src/app.ts'
import { openReaders } from '../../../../src/open-readers.ts'
import { type RunningDesk, startDesk } from '../../../../src/start-desk.ts'
import { type FakeSlack, openFakeSlack } from '../../../support/fake-slack.ts'
import { signingSecret } from '../../../support/slack-events.ts'
import { testEmbedder } from '../../../support/test-embedder.ts'
import { testClock } from '../../../support/tiny-book.ts'
import { makeTinyHome } from '../../../support/tiny-home.ts'

// The desk as it starts, in a Slack of its own: nothing here delivers, waits or draws.
const channel = 'C0DESK001'
let home: string
let fake: FakeSlack
let desk: Desk
let running: RunningDesk
let drop: () => Promise<void>

beforeAll(async () => {
  const tiny = await makeTinyHome()
  home = tiny.home
  drop = tiny.drop
  const clock = testClock()
  fake = await openFakeSlack({ clock })
  fake.addUser({ id: 'U0OLGA001', name: 'Olga' })
  fake.addChannel({ id: channel, name: 'desk', members: ['U0OLGA001'] })
  desk = await openDesk({
    readers: await openReaders({ home, embedder: testEmbedder }),
    config: {
      home, clock, clockFixed: true, databaseUrl: tiny.url, key: '07'.repeat(32), knowledge: undefined, port: 0, host: '127.0.0.1', logLevel: 'silent', apiToken: undefined, publicUrl: undefined, twilio: undefined, email: undefined, languageModel: undefined,
      slack: { botToken: fake.token, appToken: undefined, signingSecret, apiUrl: fake.url, channel, roles: { frontDesk: [], managers: [], owners: ['U0OLGA001'] } },
      voice: { number: '+13035550100', mode: 'relay', deskPhone: '+13035550111', recording: false },
    },
  })
  running = await startDesk({ desk })
  await running.work()
  await desk.phone()
}, 60_000)
afterAll(async () => {
  await running?.close()
  await desk?.close()
  await fake?.close()
  await drop?.()
})

test('a call that is handed over is in the salon\'s channel by itself, what is urgent first, and is drawn again as it goes on', async () => {
  const phone = await desk.phone()
  await phone.begin({ callId: 'CA1', from: '+12135550106', via: 'relay' })
  const { next } = await phone.turn({ callId: 'CA1', turnId: 't1', heard: { kind: 'words', words: 'My scalp is burning and I cannot breathe' } })
  expect(next).toMatchObject({ kind: 'hand_over', why: 'emergency' })
  // How soon is shown beside this, on a clock of the test's (phone.test.ts); here the machine may be busy.
  await expect.poll(() => fake.messages(channel).map(({ text }) => text), { timeout: 10_000 }).toEqual([expect.stringMatching(/^Emergency: call from perhaps Hana Suzuki \(not proven\)\. Why: it sounds like an emergency\./)])

  await phone.rang({ callId: 'CA1', answered: false })
  await phone.turn({ callId: 'CA1', turnId: 't2', heard: { kind: 'words', words: 'It is the new colour, please call me' } })
  await phone.ended({ callId: 'CA1', why: 'caller' })
  await expect.poll(() => JSON.stringify(fake.messages(channel)), { timeout: 10_000 }).toContain('It is the new colour, please call me')
  expect(fake.messages(channel)).toHaveLength(1)
})
