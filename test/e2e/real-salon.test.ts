import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { desk, jsonLines, longestLine, makeHome, removeHome } from '../support/desk-process.ts'
import { csvFolder, goodFiles } from '../unit/imports/csv-folder.ts'

const home = makeHome()
const other = makeHome()
afterAll(() => {
  removeHome(home)
  removeHome(other)
})

const exports = resolve(import.meta.dirname, '../../../shared/data/salon')
const morning = { DESK_NOW: '2018-06-20T07:30:00-07:00' }
const november = { DESK_NOW: '2026-11-19T09:00:00-08:00' }

type Figures = Record<'auc' | 'averagePrecision' | 'brier' | 'calibrationError' | 'lift10' | 'lift20', { value: number; low: number; high: number }>

// The exports lie beside the project where it is made and are never part of it: a clone has none.
test.skipIf(!existsSync(exports))('a real salon\'s exports: imported once, the list of that morning, and a backtest that beats the naive rule', { timeout: 180_000 }, async () => {
  const first = await desk(home, ['import', exports, '--format', 'salon-export'])
  expect(first.code).toBe(0)
  expect(first.out).toMatch(/Imported \d{4} new appointments and \d+ new clients/)
  const again = await desk(home, ['import', exports, '--format', 'salon-export', '--json'])
  expect(JSON.parse(again.out)).toMatchObject({ imported: true, added: { clients: 0, appointments: 0 }, changed: { clients: 0, appointments: 0 } })

  const calls = await desk(home, ['calls', '--json'], { env: morning })
  const list = JSON.parse(calls.out) as { locations: { date: string }[]; items: { date: string; reasons: string[]; script: { spoken: string; text: string } }[] }
  expect(list.locations.map(({ date }) => date)).toEqual(['2018-06-20'])
  expect(list.items.length).toBeGreaterThanOrEqual(5)
  for (const { date, reasons, script } of list.items) {
    expect(date).toBe('2018-06-20')
    expect(reasons.length).toBeGreaterThan(0)
    expect(script.spoken).not.toBe('')
    expect(script.text).not.toBe('')
  }
  expect(longestLine((await desk(home, ['calls'], { env: morning })).out)).toBeLessThanOrEqual(80)

  const lines = jsonLines((await desk(home, ['backtest', '--from', '2018-05-15', '--to', '2018-06-26', '--json'])).out)
  const visits = lines.slice(0, -1)
  const { summary } = lines.at(-1) as { summary: Figures & { n: number; naive: Figures } }
  expect(visits.length).toBe(summary.n)
  for (const visit of visits) expect(visit).toEqual({ client: expect.any(String), date: expect.stringMatching(/^2018-0[56]-\d\d$/), score: expect.any(Number), outcome: expect.any(String), naive: expect.any(Number) })
  for (const figures of [summary, summary.naive]) {
    for (const name of ['auc', 'averagePrecision', 'brier', 'calibrationError', 'lift10', 'lift20'] as const) {
      const { low, value, high } = figures[name]
      expect(low <= value && value <= high).toBe(true)
    }
  }
  expect(summary.auc.value).toBeGreaterThan(summary.naive.auc.value)
  expect(summary.auc.value).toBeLessThan(0.8) // more would be a leak

  // A damaged model of one's own must not keep a new one from being made.
  mkdirSync(join(home, 'models/risk'), { recursive: true })
  writeFileSync(join(home, 'models/risk/model.onnx'), 'garbage')
  expect((await desk(home, ['calls'], { env: morning })).err).toMatch(/desk train/)
  const training = JSON.parse((await desk(home, ['train', '--json'])).out) as { promoted: boolean; why: string; dir?: string }
  expect(training.why).not.toBe('')
  expect(training).toMatchObject({ promoted: true, dir: join(home, 'models/risk') })
  expect((await desk(home, ['calls'], { env: morning })).code).toBe(0)
})

test('a folder of general CSV: bad rows are named and stop everything, or are left out when asked; twice changes nothing', { timeout: 120_000 }, async () => {
  const bad = { 'clients.csv': `${goodFiles['clients.csv']}C3,Cy,,not a phone,,31/31/1990,,,\n`, 'appointments.csv': `${goodFiles['appointments.csv']}\nA4,NOBODY,m,cut,2026-11-21,10:00,booked,,,\n` }
  const dir = csvFolder(bad)
  const refused = await desk(other, ['import', dir, '--format', 'csv'], { env: november })
  expect(refused.code).toBe(1)
  expect(refused.out).toMatch(/clients\.csv line \d+: /)
  expect(refused.out).toMatch(/appointments\.csv line \d+: /)
  expect(refused.out).toMatch(/Nothing was imported/)
  const empty = await desk(other, ['book', '--json', '--date', '2026-11-20'], { env: november }) // nothing came in, so the demo moves in
  expect(empty.err).toMatch(/loaded the demo salon/)

  const skipped = await desk(other, ['import', dir, '--format', 'csv', '--skip-bad', '--json'], { env: november })
  const loaded = JSON.parse(skipped.out) as { imported: boolean; bad: { file: string; line: number; reason: string }[]; replacedDemo: boolean }
  expect(loaded).toMatchObject({ imported: true, replacedDemo: true, added: { clients: 2 } })
  expect(loaded.bad.length).toBeGreaterThanOrEqual(2)
  const book = await desk(other, ['book', '--date', '2026-11-20'], { env: november })
  expect(book.out).toMatch(/3:00 pm +Bo +Cut +Jamie +booked/)

  const twice = await desk(other, ['import', csvFolder(), '--format', 'csv'], { env: november })
  expect(twice.out).toMatch(/Everything was there already/)
  const elsewhere = await desk(other, ['import', csvFolder({ 'business.csv': 'id,name\nother,Another Salon\n' }), '--format', 'csv'], { env: november })
  expect(elsewhere.code).toBe(1)
  expect(elsewhere.err).toMatch(/Sunny Hair/)

  const nothing = mkdtempSync(join(tmpdir(), 'desk-empty-'))
  writeFileSync(join(nothing, 'clients.csv'), Buffer.from([0xff, 0xfe, 0x00, 0x01]))
  for (const folder of [nothing, join(nothing, 'missing')]) {
    const ran = await desk(other, ['import', folder, '--format', 'csv'], { env: november })
    expect([1, 2]).toContain(ran.code)
    expect(ran.out + ran.err).toMatch(/\w+ \w+/)
  }
  rmSync(nothing, { recursive: true })
})
