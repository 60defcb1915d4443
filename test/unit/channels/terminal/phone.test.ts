import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDesk } from '../../../../src/app.ts'
import { runDesk } from '../../../../src/channels/terminal/desk-command.ts'
import type { Terminal } from '../../../../src/channels/terminal/terminal.ts'
import { readConfig } from '../../../../src/config.ts'
import { makeHome, removeHome } from '../../../support/desk-process.ts'
import { createTestDatabase, type TestDatabase } from '../../../support/test-store.ts'
import { tinyBook, tinyNow } from '../../../support/tiny-book.ts'

let home: string
let database: TestDatabase
const names = ['DESK_HOME', 'DATABASE_URL', 'DESK_KEY', 'DESK_NOW', 'DESK_LOG']
const before = { ...process.env }

async function desk(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: '', err: '' }
  const terminal: Terminal = {
    out: (text) => { said.out += `${text}\n` }, err: (text) => { said.err += `${text}\n` }, lines: async function* () {}, question: async () => '', interactive: false, colour: false, columns: 400, user: 'sam',
    stopped: () => new Promise(() => {}), exit: (code) => { throw new Error(`exit ${code}`) },
  }
  return { code: await runDesk({ argv: ['phone', ...argv], terminal }), ...said }
}

beforeAll(async () => {
  home = makeHome()
  database = await createTestDatabase()
  Object.assign(process.env, { DESK_HOME: home, DATABASE_URL: database.url, DESK_KEY: '07'.repeat(32), DESK_NOW: tinyNow, DESK_LOG: 'silent' })
  const opened = await openDesk({ config: readConfig() })
  await opened.load(tinyBook(), 'test')
  const phone = await opened.phone()
  await phone.begin({ callId: 'CA1', from: '+12135550106', via: 'page' })
  await phone.turn({ callId: 'CA1', turnId: 't1', heard: { kind: 'words', words: 'May I speak to a person' } })
  await phone.turn({ callId: 'CA1', turnId: 't2', heard: { kind: 'words', words: 'Tell Ana \u001b[31mI have her keys' } })
  await phone.ended({ callId: 'CA1', why: 'caller' })
  await opened.close()
})
afterAll(async () => {
  for (const name of names) {
    if (before[name] === undefined) delete process.env[name]
    else process.env[name] = before[name]
  }
  await database.drop()
  removeHome(home)
})

test('desk phone says how the day went, who waits, and what to type for a story', async () => {
  const { code, out } = await desk()
  expect(code).toBe(0)
  expect(out).toMatch(/The phone today\n {2}1 call today: 0 handled without a person, 1 handed to one \(1 still waits\)\.[\s\S]*1 call waits for you[\s\S]*Latest calls[\s\S]*\nPerhaps Hana Suzuki: desk phone CA1\n/)
  expect(out).not.toContain('+1213')
})

test('desk phone CALL tells the whole call, the number to call back, and the message word for word; nothing in it steers the terminal', async () => {
  const { code, out } = await desk('CA1')
  expect(code).toBe(0)
  expect(out).toMatch(/Call from perhaps Hana Suzuki \(not proven\)[\s\S]*Call back: \+12135550106[\s\S]*The caller said, word for word: "Tell Ana \[31mI have her keys"[\s\S]*The caller said, 7:30\sam: "May I speak to a person"/)
  expect(out).not.toContain('\u001b')
})

test('--json is the story as it is kept; a call that never was is said so', async () => {
  expect(JSON.parse((await desk('CA1', '--json')).out)).toMatchObject({ callId: 'CA1', needsPerson: true, why: 'asked', message: expect.stringContaining('I have her keys') })
  expect((JSON.parse((await desk('--json')).out) as unknown[]).length).toBe(1)
  expect(await desk('CA2')).toMatchObject({ code: 1, err: expect.stringContaining('There is no such call') })
})
