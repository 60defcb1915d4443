import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDesk } from '../../../../src/app.ts'
import { runDesk } from '../../../../src/channels/terminal/desk-command.ts'
import type { Terminal } from '../../../../src/channels/terminal/terminal.ts'
import { readConfig } from '../../../../src/config.ts'
import { makeHome, removeHome } from '../../../support/desk-process.ts'
import { createTestDatabase, type TestDatabase } from '../../../support/test-store.ts'
import { fridayNoon, waitingBook } from '../../waitlist/waitlist-desk.ts'

let home: string
let database: TestDatabase
const before = { ...process.env }

/** The command as somebody types it: its exit code and what it said. */
async function desk(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: '', err: '' }
  const terminal: Terminal = {
    out: (text) => { said.out += `${text}\n` }, err: (text) => { said.err += `${text}\n` }, lines: async function* () {}, question: async () => '', interactive: false, colour: false, columns: 80, user: 'sam',
    stopped: () => new Promise(() => {}), exit: (code) => { throw new Error(`exit ${code}`) },
  }
  return { code: await runDesk({ argv: ['waitlist', ...argv], terminal }), ...said }
}

beforeAll(async () => {
  home = makeHome()
  database = await createTestDatabase()
  Object.assign(process.env, { DESK_HOME: home, DATABASE_URL: database.url, DESK_KEY: '07'.repeat(32), DESK_NOW: fridayNoon, DESK_LOG: 'silent' })
  const opened = await openDesk({ config: readConfig() })
  const book = waitingBook()
  // Texts go to the demo's phone, which is for the demo alone.
  await opened.load({ ...book, catalog: { ...book.catalog, business: { ...book.catalog.business, demo: true } } }, 'test')
  await opened.close()
})
afterAll(async () => {
  for (const name of ['DESK_HOME', 'DATABASE_URL', 'DESK_KEY', 'DESK_NOW', 'DESK_LOG']) {
    if (before[name] === undefined) delete process.env[name]
    else process.env[name] = before[name]
  }
  await database.drop()
  removeHome(home)
})

test('desk waitlist: who waits, a preview, offers for a cancelled visit, its story, and the end of it; no number anywhere', async () => {
  const now = await desk()
  expect([now.code, now.out]).toEqual([0, expect.stringMatching(/No chair is free[\s\S]*Women's cut, 4: Jo Danvers \(10 days\)/)])
  expect(JSON.parse((await desk('--json', '--location', 'main')).out)).toMatchObject([{ location: { id: 'main' }, openings: [], waiting: [{ entries: [{ client: { name: 'Jo Danvers' } }, {}, {}, {}] }] }])
  const preview = await desk('preview', 'a-cut')
  expect([preview.code, preview.out.replaceAll(/\s+/g, ' ')]).toEqual([0, expect.stringMatching(/If Saturday 21 November at 1:00 pm with Ana Ortiz were offered now .*a chance of 76 % .* - Jo Danvers: waits for Women's cut since 10 days/)])

  expect(await desk('offer', 'a-cut')).toMatchObject({ code: 1, err: expect.stringContaining('still stands') })
  const opened = await openDesk({ config: readConfig() })
  const visit = await opened.platform.appointment({ id: 'a-cut' })
  await opened.platform.cancel({ key: 'cancel', id: 'a-cut', expectedVersion: visit.ok ? visit.value.version : '', cancelledBy: 'client' })
  await opened.close()
  const offered = await desk('offer', 'a-cut', '--as', 'Maya')
  expect([offered.code, offered.out]).toEqual([0, expect.stringMatching(/To approve: desk approve P-\w{6}/)])
  const [{ openings: [opening] }] = JSON.parse((await desk('--json')).out) as [{ openings: [{ id: string }] }]

  const story = await desk('replay', opening.id)
  expect([story.code, story.out.replaceAll(/\s+/g, ' ')]).toEqual([0, expect.stringMatching(/The chair came free: Elena García cancelled .* A card was prepared: 4 to ask/)])
  expect(JSON.parse((await desk('replay', opening.id, '--json')).out)).toMatchObject({ opening: { state: 'open' }, chain: [{ id: opening.id }] })
  expect(await desk('close', opening.id)).toMatchObject({ code: 0, out: expect.stringMatching(/^Stopped\./) })
  expect(await desk('close', opening.id)).toMatchObject({ code: 1, err: 'It is over already.\n' })
  const all = [now, preview, offered, story, await desk('replay', opening.id, '--json'), await desk('preview', 'a-color', '--json')]
  expect(all.map(({ out, err }) => out + err).join('\n')).not.toMatch(/\+?1?213555\d{4}/)
})

test('settings: everybody sees them, a manager changes them, what does not fit is wrong use', async () => {
  expect(await desk('settings')).toMatchObject({ code: 0, out: expect.stringMatching(/policy +Who comes first: first in line/) })
  expect(await desk('settings', '--set', 'most=2')).toMatchObject({ code: 1, err: 'Only a manager may change how the waitlist works.\n' })
  expect(await desk('settings', '--role', 'manager', '--set', 'most=99')).toMatchObject({ code: 2 })
  expect(await desk('settings', '--role', 'manager', '--set', 'sometimes=2')).toMatchObject({ code: 2, err: expect.stringContaining('There is no setting "sometimes"') })
  expect(await desk('settings', '--role', 'manager', '--set', 'most')).toMatchObject({ code: 2, err: expect.stringContaining('name=value') })
  const set = await desk('settings', '--role', 'manager', '--set', 'most=2', '--set', 'policy=best match', '--set', 'windowMin=none', '--set', 'blackouts=2026-12-24', '--json')
  expect([set.code, JSON.parse(set.out)]).toEqual([0, [{ location: { id: 'main', name: 'Main Street' }, settings: expect.objectContaining({ most: 2, policy: 'best_match', windowMin: null, blackouts: ['2026-12-24'] }) }]])
})

test('who is lined up is named, and no number of theirs is', async () => {
  expect((await desk('settings', '--role', 'manager', '--set', 'lineUpAbove=5%')).code).toBe(0)
  const [text, json] = [await desk('line-up', '--date', '2026-11-21'), await desk('line-up', '--date', '2026-11-21', '--json')]
  expect([text.code, text.out]).toEqual([0, expect.stringMatching(/^Lined up at Main Street, Saturday 21 November\n[\s\S]*may fail\n[\s\S]*Who would be asked/)])
  const [{ visits }] = JSON.parse(json.out) as [{ visits: { candidates: { client: unknown }[] }[] }]
  expect(visits.flatMap(({ candidates }) => candidates.map(({ client }) => client))).toContainEqual({ id: 'jo', name: 'Jo Danvers' })
  expect(text.out + json.out).not.toMatch(/\+?1?213555\d{4}|@/)
})

test('what is not there is said, with what to do', async () => {
  expect(await desk('preview', 'nothing')).toMatchObject({ code: 1, err: expect.stringContaining('There is no opening and no appointment "nothing"') })
  expect(await desk('replay', 'nothing')).toMatchObject({ code: 1 })
  expect(await desk('line-up', '--date', 'someday')).toMatchObject({ code: 2 })
  expect(await desk('--location', 'Nowhere')).toMatchObject({ code: 2, err: expect.stringContaining('Main Street') })
  expect(await desk('dance')).toMatchObject({ code: 2 })
})
