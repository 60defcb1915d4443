import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { runDesk } from '../../../../src/channels/terminal/desk-command.ts'
import type { Terminal } from '../../../../src/channels/terminal/terminal.ts'
import { fallbackTwiml } from '../../../../src/channels/voice/fallback-twiml.ts'

const set = { TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`, TWILIO_AUTH_TOKEN: 'a-made-up-token-of-32-characters', TWILIO_FROM: '+13035550100', PUBLIC_URL: 'https://desk.example.com', DESK_PHONE: '+13035550111' }

afterEach(() => { vi.unstubAllEnvs() })

async function run(argv: string[], env: Record<string, string> = set): Promise<{ code: number; out: string; err: string }> {
  for (const [name, value] of Object.entries({ ...Object.fromEntries(Object.keys(set).map((name) => [name, ''])), ...env })) vi.stubEnv(name, value)
  const said = { out: '', err: '' }
  const terminal = { out: (text: string) => { said.out += `${text}\n` }, err: (text: string) => { said.err += text }, columns: 80, user: 'olga' } as Terminal
  return { code: await runDesk({ argv, terminal }), ...said }
}

test('the fallback needs nothing of ours: it says sorry, rings the desk, and records after saying so', async () => {
  const golden = readFileSync(join(import.meta.dirname, '../../../data/voice/twiml/fallback.xml'), 'utf8')
  expect(await run(['voice', '--fallback'])).toEqual({ code: 0, out: golden, err: '' })
})

test('without a telephone at the desk it records at once; after the message it goes where it is told to', async () => {
  const { out } = await run(['voice', '--fallback', '--thanks', 'https://handler.twilio.com/twiml/EH1'], { ...set, DESK_PHONE: '' })
  expect(out).not.toContain('<Dial')
  expect(out).toContain('action="https://handler.twilio.com/twiml/EH1"')
  expect(out.trim()).toBe(fallbackTwiml({ number: set.TWILIO_FROM, deskPhone: undefined, done: 'https://handler.twilio.com/twiml/EH1' }))
})

test('"desk voice" says which address goes where', async () => {
  const { code, out } = await run(['voice'])
  expect(code).toBe(0)
  for (const words of ['https://desk.example.com/voice/inbound', 'https://desk.example.com/voice/status', 'wss://desk.example.com/voice/relay', 'desk voice --fallback', 'Rings +13035550111', 'not recorded']) expect(out).toContain(words)
})

test('what is missing, and what is wrong, is said', async () => {
  expect(await run(['voice'], {})).toMatchObject({ code: 1, out: '', err: expect.stringContaining('TWILIO_ACCOUNT_SID') as string })
  expect(await run(['voice', '--fallback', '--thanks', 'bin'])).toMatchObject({ code: 2, err: expect.stringContaining('https://') as string })
})
