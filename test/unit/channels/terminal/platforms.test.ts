import { readFileSync, existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { platformKinds } from '../../../../src/connect-platform.ts'
import { platforms, platformTable } from '../../../../src/channels/terminal/commands/platforms.ts'
import { operations, standingOf } from '../../../../src/channels/terminal/platform-table.ts'

const root = resolve(import.meta.dirname, '../../../..')

test('the README\'s table is what the adapters declare, so that it cannot lie', () => {
  const readme = readFileSync(resolve(root, 'README.md'), 'utf8')
  const [, printed] = /<!-- desk platforms --markdown -->\n([\s\S]*?)\n<!-- end -->/.exec(readme) ?? []
  expect(printed, 'run: npm run -s desk -- platforms --markdown').toBe(platformTable())
})

test('every platform has a page of its own, a name of its own, and asks for its keys in words', () => {
  expect(new Set(platformKinds.map(({ provider }) => provider)).size).toBe(platformKinds.length)
  for (const { provider, fields, unproven } of platformKinds) {
    expect(existsSync(resolve(root, 'src/platforms', provider, 'README.md')), provider).toBe(true)
    expect(fields.filter(({ label, help }) => label === '' || help === ''), provider).toEqual([])
    // Nobody has had a live account of any of them; that has to be said until somebody has.
    expect(unproven.length, provider).toBeGreaterThan(0)
  }
})

test('flags become words, and nothing that is not declared is called live', () => {
  for (const kind of platformKinds) {
    const standing = standingOf(kind.declared, kind)
    expect(Object.keys(standing)).toEqual([...operations])
    if (kind.declared.create !== 'yes') expect(standing.book).not.toBe('live')
    if (kind.declared.webhookProof === undefined) expect(standing.webhooks).toBe('none')
    if (kind.byAgreement === true) expect(Object.values(standing)).not.toContain('live')
  }
  const square = platformKinds.find(({ provider }) => provider === 'square')
  expect(standingOf(square!.declared)).toMatchObject({ book: 'live', confirm: 'kept by the desk', 'no-show': 'kept by the desk', waitlist: 'kept by the desk', 'risk score': 'live' })
})

test('"desk platforms" says it in text and as JSON', async () => {
  let out = ''
  const terminal = { out: (text: string) => { out += `${text}\n` }, err: () => {}, lines: async function* () {}, question: async () => '', interactive: false, colour: false, columns: 80, user: 'sam', stopped: () => new Promise<void>(() => {}), exit: () => {} }
  await platforms({ terminal, options: {} })
  expect(out).toContain('Fresha')
  expect(out).toMatch(/assisted {2,}.*book/)
  expect(out.split('\n').filter((line) => line.length > 140)).toEqual([])
  out = ''
  await platforms({ terminal, options: { json: true } })
  expect((JSON.parse(out) as { provider: string }[]).map(({ provider }) => provider)).toContain('vagaro')
})
