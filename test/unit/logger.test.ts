import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { errorFields, openLogger } from '../../src/logger.ts'
import { DeskError } from '../../src/salon/errors.ts'

const secrets = [
  '+12135550101', '+1 (213) 555-0102', '213.555.0103', '555-0104', '020 7946 0105', '213/555/0106',
  'elena.garcía@example.com', "o'neil@salon.example.co.uk", '<elena.g@example.com>',
  'sk-proj-abcDEF123456', 'xoxb-123-456-abc', 'xapp-1-A1-2-abc', 'Bearer eyJhbGciOiJIUzI1NiJ9abcdefghijkl', '0123456789abcdef0123456789abcdef',
  'postgresql://desk:secret-word@127.0.0.1:5432/postgres',
]
const telling = /\d{3}|@|example|garc|neil@|sk-proj|xox|xapp|eyJ|secret-word/i

test.each(secrets)('of an error about %s nothing of it is logged, nor of what caused it', (secret) => {
  const ours = errorFields(new DeskError('unavailable', { message: `cannot reach ${secret} now`, cause: new Error(`refused: ${secret}`) }))
  expect(JSON.stringify([ours['error'], ours['causes']])).not.toMatch(telling)
  expect(ours['error']).toMatch(/^cannot reach .* now$/)
  const theirs = errorFields(new Error(`cannot reach ${secret} now`, { cause: new DeskError('internal', { message: `refused: ${secret}` }) }))
  expect(theirs['error']).toBe('Error')
  expect(JSON.stringify(theirs['causes'])).not.toMatch(telling)
})

test('ids, codes, short numbers and our own words stay readable; of a library\'s error its kind and code', () => {
  expect(errorFields(new DeskError('conflict', { message: 'proposal P-7K3QXM: attempt 3 of 8, slot is taken (23P01)' }))).toMatchObject({ code: 'conflict', error: 'proposal P-7K3QXM: attempt 3 of 8, slot is taken (23P01)' })
  expect(errorFields(Object.assign(new Error('duplicate key value violates unique constraint "proposals_one_pending"'), { code: '23505' }))).toMatchObject({ code: '23505', error: 'Error 23505' })
  expect(errorFields('a phone: +12135550101')).toEqual({ code: 'internal', error: 'string' })
  expect(String(errorFields(new DeskError('internal', { message: 'x'.repeat(5_000) }))['error']).length).toBeLessThanOrEqual(500)
})

test('a field called like a contact or a secret never reaches the file', async () => {
  const home = await mkdtemp(join(tmpdir(), 'desk-log-'))
  openLogger({ home, level: 'info' }).info({ phone: '+12135550101', client: { email: 'elena@example.com', id: 'elena' }, config: { apiKey: 'sk-1', password: 'secret-word' } }, 'tried')
  const line = await expect.poll(() => readFile(join(home, 'desk.log'), 'utf8')).toContain('tried').then(() => readFile(join(home, 'desk.log'), 'utf8'))
  expect(line).toContain('"id":"elena"')
  expect(line).not.toMatch(/2135550101|example\.com|sk-1|secret-word/)
  await rm(home, { recursive: true, force: true })
})
