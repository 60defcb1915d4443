import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { databaseUrl } from '../support/postgres-for-tests.ts'
import { databasePid, desk, jsonLines, makeHome, removeHome } from '../support/desk-process.ts'

// One desk on a database of the test run's server, so that DATABASE_URL is tried with all of this.
const home = makeHome()
const name = `e2e_${process.pid}`
const keyless = { DATABASE_URL: databaseUrl(inject('postgresUrl'), name), DESK_NOW: '2026-11-18T09:00:00-08:00' }
// One database, several homes: they must share the key that its contact details are sealed with.
const env = { ...keyless, DESK_KEY: 'a1'.repeat(32) }
const folder = mkdtempSync(join(tmpdir(), 'desk-bad-'))

async function asAdmin(statement: string): Promise<void> {
  const admin = new pg.Client({ connectionString: inject('postgresUrl') })
  await admin.connect()
  await admin.query(statement)
  await admin.end()
}

beforeAll(() => asAdmin(`create database ${name}`))
afterAll(async () => {
  await asAdmin(`drop database ${name} with (force)`)
  removeHome(home)
  rmSync(folder, { recursive: true })
})

test('a database of one\'s own serves calls and chat, and no built-in one is started', { timeout: 90_000 }, async () => {
  const calls = await desk(home, ['calls', '--json'], { env })
  expect(calls.code).toBe(0)
  expect((JSON.parse(calls.out) as { items: unknown[] }).items.length).toBeGreaterThan(5)
  const chat = await desk(home, ['chat', '--json'], { env, input: `who is coming in today?\n${'x'.repeat(3_000)}\n` })
  const [first, second] = jsonLines<{ toolCalls?: { name: string }[]; error?: string }>(chat.out)
  expect(first?.toolCalls?.[0]?.name).toBe('day_book')
  expect(second?.error).toMatch(/too long/)
  expect(chat.code).toBe(1)
  expect(databasePid(home)).toBeUndefined()
})

test('dates, locations and proposals that do not exist are said, with what there is instead', { timeout: 60_000 }, async () => {
  const cases: [args: string[], code: number, words: RegExp][] = [
    [['calls', '--date', '2026-13-45'], 2, /not a date I can read/],
    [['calls', '--location', 'mars'], 2, /no location "mars".*Hawthorne/],
    [['book', '--date', 'tomorrow'], 2, /2018-06-20/],
    [['approve', 'P-000000'], 1, /no proposal/],
    [['undo', 'everything'], 1, /no proposal/],
    [['backtest', '--from', '2026-05-01', '--to', '2026-04-01'], 2, /after the last day/],
    [['ask', ''], 2, /Ask something/],
    [['eval', 'calls', 'x'], 2, /There is: requests, replies/],
    [['eval', 'replies', join(folder, 'none.jsonl')], 2, /cannot be read/],
    [['eval', 'requests', join(folder, 'none.jsonl')], 2, /cannot be read/],
  ]
  for (const [args, code, words] of cases) {
    const ran = await desk(home, args, { env })
    expect([args, ran.code, ran.out]).toEqual([args, code, ''])
    expect(ran.err).toMatch(words)
  }
})

test('settings that cannot be are named, all at once', { timeout: 60_000 }, async () => {
  const bad = await desk(home, ['calls'], { env: { PORT: 'abc', DESK_LOG: 'loud', OPENAI_BASE_URL: 'zzz', DESK_KEY: '12', DESK_NOW: 'noon', DESK_API_TOKEN: 'short' } })
  expect(bad.code).toBe(1)
  for (const setting of ['PORT: a whole number', 'DESK_LOG: one of', 'OPENAI_BASE_URL: write it like', 'DESK_KEY: 64', 'DESK_NOW: write it like', 'DESK_API_TOKEN: at least 16']) expect(bad.err).toContain(setting)

  const closed = await desk(home, ['calls'], { env: { ...env, DATABASE_URL: 'postgresql://desk:not-for-logs@127.0.0.1:1/desk' } })
  expect(closed.code).toBe(1)
  expect(closed.err).toMatch(/does not let us in at 127\.0\.0\.1:1\/desk/)
  const wrong = new URL(env.DATABASE_URL)
  wrong.password = 'not-for-logs'
  const refused = await desk(home, ['calls'], { env: { ...env, DATABASE_URL: wrong.toString() } })
  expect(refused.code).toBe(1)
  expect(refused.err).toMatch(/Check DATABASE_URL/)

  const file = join(folder, 'a-file')
  writeFileSync(file, '')
  const unwritable = await desk(join(file, 'home'), ['calls'], { env })
  expect(unwritable.code).toBe(1)
  expect(unwritable.err).toMatch(/cannot write to .*DESK_HOME/)
})

test('a damaged key or model file is named, and nothing is scored or changed', { timeout: 60_000 }, async () => {
  const damaged = join(folder, 'damaged')
  mkdirSync(join(damaged, 'models/risk'), { recursive: true })
  writeFileSync(join(damaged, 'key'), 'rust')
  const key = await desk(damaged, ['calls'], { env: keyless })
  expect(key.code).toBe(1)
  expect(key.err).toMatch(/key is damaged/)
  rmSync(join(damaged, 'key'))
  writeFileSync(join(damaged, 'models/risk/model.onnx'), 'garbage')
  for (const args of [['calls'], ['score']]) {
    const ran = await desk(damaged, args, { env, input: '{"appointment_id":"a","client_id":"c"}\n' })
    expect(ran.code).toBe(1)
    expect(ran.out + ran.err).toMatch(/risk model's .* is missing or damaged/)
  }
  const doctor = await desk(damaged, ['doctor'], { env: { ...env, DESK_KNOWLEDGE: 'test/data/knowledge-other-barber' } })
  expect(doctor.code).toBe(1)
  expect(doctor.out).toMatch(/PROBLEM {2}risk model/)
})

test('a knowledge folder that cannot be used is said, by file', { timeout: 90_000 }, async () => {
  const cases: [string, Record<string, string | Uint8Array>, RegExp][] = [
    ['empty', { 'late.md': '' }, /late\.md/],
    ['binary', { 'late.md': new Uint8Array([0, 255, 254, 0, 1, 2, 3, 0, 0, 200]) }, /late\.md/],
    ['twice', { 'late.md': '# Late\n\n## Grace {#grace}\n\nTen minutes.\n\n## More {#grace}\n\nTwenty minutes.\n' }, /grace/],
    ['nothing', {}, /nothing|no |empty/i],
  ]
  for (const [name_, files, words] of cases) {
    const dir = join(folder, `knowledge-${name_}`)
    mkdirSync(dir)
    for (const [file, content] of Object.entries(files)) writeFileSync(join(dir, file), content)
    const ran = await desk(home, ['ask', 'what is the late policy?', '--knowledge', dir], { env })
    expect([name_, ran.code === 0, ran.out]).toEqual([name_, false, ''])
    expect(ran.err).toMatch(words)
  }
})

test('a language model that refuses the key is said, and the desk answers on its own', { timeout: 90_000 }, async () => {
  let asked = 0
  const server = createServer((_, response) => {
    asked++
    response.writeHead(401, { 'content-type': 'application/json' }).end('{"error":{"message":"Incorrect API key provided: sk-trial-123","type":"invalid_request_error","code":"invalid_api_key"}}')
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  const withModel = { ...env, OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1`, OPENAI_API_KEY: 'sk-trial-123' }
  const chat = await desk(home, ['chat'], { env: withModel, input: 'what is our late policy?\n' })
  expect(asked).toBeGreaterThan(0)
  expect(chat.code).toBe(0)
  expect(chat.out).toMatch(/refused our key; I'm answering on my own/)
  expect(chat.out).toMatch(/15 minutes/)
  const doctor = await desk(home, ['doctor'], { env: withModel })
  server.close()
  expect(doctor.code).toBe(1)
  expect(doctor.out).toMatch(/PROBLEM {2}language model +.*refuses our key/s)
})
