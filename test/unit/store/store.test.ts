import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { receive } from '../../../src/store/inbox.ts'
import { openStore, type Store } from '../../../src/store/open-store.ts'
import { loadKey, makeSeal } from '../../../src/store/seal.ts'
import { readSetting, writeSetting } from '../../../src/store/settings.ts'
import { verifyAudit } from '../../../src/store/audit.ts'
import { createTestStore } from '../../support/test-store.ts'

let store: Store
let home: string
beforeEach(async () => {
  store = await createTestStore()
  home = await mkdtemp(join(tmpdir(), 'desk-store-'))
})
afterEach(async () => {
  await store.close()
  await rm(home, { recursive: true, force: true })
})

const now = '2026-11-21T15:00:00.000Z'

describe('settings', () => {
  const read = (scope?: string) => readSetting(store.db, { name: 'limit', schema: z.number(), fallback: 1, ...(scope === undefined ? {} : { scope }) })
  const write = (value: unknown, scope?: string) => store.transaction((trx) => writeSetting(trx, { name: 'limit', value, by: 'test', now, ...(scope === undefined ? {} : { scope }) }))

  test('a location\'s own comes before the salon\'s, and that before the default; what does not fit counts as absent', async () => {
    expect(await read('main')).toBe(1)
    await write(2)
    expect([await read('main'), await read()]).toEqual([2, 2])
    await write(3, 'main')
    expect([await read('main'), await read('other'), await read()]).toEqual([3, 2, 2])
    await write('many')
    expect(await read()).toBe(1)
  })

  test('every change is in the log with before and after', async () => {
    await write(2)
    await write(3)
    expect(await store.db.selectFrom('audit').select(['actor', 'detail']).orderBy('seq').execute()).toEqual([{ actor: 'test', detail: { before: null, after: 2 } }, { actor: 'test', detail: { before: 2, after: 3 } }])
    expect(await verifyAudit(store.db)).toEqual({ ok: true, rows: 2 })
  })
})

test('the inbox takes the same delivery once, also when it comes many times at once', async () => {
  const deliver = (externalId: string) => store.transaction((trx) => receive(trx, { source: 'slack', externalId, payload: { text: 'hi' } }))
  const answers = await Promise.all(Array.from({ length: 8 }, () => deliver('Ev1')))
  expect(answers.filter(({ isNew }) => isNew)).toHaveLength(1)
  expect(await deliver('Ev2')).toEqual({ isNew: true })
  expect(await store.db.selectFrom('inbox').select(['external_id', 'state']).execute()).toHaveLength(2)
})

describe('the seal', () => {
  const seal = makeSeal(Buffer.alloc(32, 1))

  test('opens what it sealed, and never seals the same twice alike', () => {
    const sealed = seal.seal('+12135550101 García 💇')
    expect(seal.open(sealed)).toBe('+12135550101 García 💇')
    expect(sealed).not.toContain('2135550101')
    expect(seal.seal('+12135550101 García 💇')).not.toBe(sealed)
    expect(seal.open(seal.seal(''))).toBe('')
  })

  test('refuses another key, a changed letter, a cut-off tag and what was never sealed', () => {
    const sealed = seal.seal('+12135550101')
    const bytes = Buffer.from(sealed.slice(3), 'base64url')
    const changed = Buffer.from(bytes)
    changed[bytes.length - 1] = (changed[bytes.length - 1] ?? 0) ^ 1
    const refused = (text: string, by = seal) => expect(() => by.open(text)).toThrow(expect.objectContaining({ code: 'corrupt' }))
    refused(sealed, makeSeal(Buffer.alloc(32, 2)))
    refused(`v1.${changed.toString('base64url')}`)
    refused(`v1.${bytes.subarray(0, 16).toString('base64url')}`)
    for (const text of ['', 'v1.', '+12135550101', sealed.replace('v1.', 'v2.')]) refused(text)
  })

  test('finds equal values again, and only with its key', () => {
    expect(seal.lookup('+12135550101')).toBe(seal.lookup('+12135550101'))
    expect(seal.lookup('+12135550101')).not.toBe(seal.lookup('+12135550102'))
    expect(seal.lookup('+12135550101')).not.toBe(makeSeal(Buffer.alloc(32, 2)).lookup('+12135550101'))
  })

  test('the key is made once, for its owner only, also when two start at once; a damaged one is named', async () => {
    const keys = await Promise.all(Array.from({ length: 6 }, () => loadKey({ home, key: undefined })))
    expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(1)
    expect((await stat(join(home, 'key'))).mode & 0o777).toBe(0o600)
    expect(await readdir(home)).toEqual(['key'])
    expect((await readFile(join(home, 'key'), 'utf8'))).toMatch(/^[0-9a-f]{64}$/)
    await writeFile(join(home, 'key'), 'oops')
    await expect(loadKey({ home, key: undefined })).rejects.toMatchObject({ code: 'corrupt', userMessage: expect.stringContaining(join(home, 'key')) as string })
    expect(await loadKey({ home, key: 'ab'.repeat(32) })).toEqual(Buffer.alloc(32, 0xab))
  })
})

describe('F62: a transaction', () => {
  // A sequence does not roll back, so that only the first `times` attempts fail.
  const failing = (times: number, fault: string, when = 'before insert') => sql.raw(`create sequence turn; create table thing (n int);
    create function fail() returns trigger language plpgsql as $$ begin if nextval('turn') <= ${times} then ${fault}; end if; return new; end $$;
    create ${when.startsWith('after') ? 'constraint ' : ''}trigger fail ${when} on thing ${when.startsWith('after') ? 'deferrable initially deferred ' : ''}for each row execute function fail()`).execute(store.db)
  const insert = () => store.transaction((trx) => sql`insert into thing values (1)`.execute(trx))
  const count = async () => (await sql<{ n: number }>`select count(*) as n from thing`.execute(store.db)).rows[0]?.n

  test.each([
    ['a serialization failure', "raise exception 'x' using errcode = '40001'"],
    ['a deadlock', "raise exception 'x' using errcode = '40P01'"],
    ['a lost connection', 'perform pg_terminate_backend(pg_backend_pid())'],
  ])('is tried again after %s, and gives up after five', async (_what, fault) => {
    await failing(4, fault)
    await insert()
    expect(await count()).toBe(1)
    await sql`select setval('turn', 1, false)`.execute(store.db)
    await sql`create or replace function fail() returns trigger language plpgsql as $$ begin raise exception 'for ever' using errcode = '40001'; end $$`.execute(store.db)
    await expect(insert()).rejects.toThrow('for ever')
  })

  test('is not tried again for any other reason', async () => {
    await failing(1, "raise exception 'no' using errcode = '23514'")
    await expect(insert()).rejects.toThrow('no')
    expect(await count()).toBe(0)
  })

  test('whose connection is lost while committing says that nobody knows, and is not run again', async () => {
    await failing(1, 'perform pg_terminate_backend(pg_backend_pid())', 'after insert')
    await expect(insert()).rejects.toMatchObject({ code: '08007' })
    expect(await sql<{ last_value: number }>`select last_value from turn`.execute(store.db)).toMatchObject({ rows: [{ last_value: 1 }] })
    await insert()
    expect(await count()).toBe(1)
  })
})

describe('a database that is not to be had', () => {
  const refused = async (databaseUrl: string): Promise<{ code: string; userMessage: string; message: string }> => {
    const error: unknown = await openStore({ home, databaseUrl }).then((opened) => opened.close(), (thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'unavailable' })
    return error as { code: string; userMessage: string; message: string }
  }

  test('is named by host and database, without the password', async () => {
    const server = createServer((socket) => socket.destroy())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const cutOff = await refused(`postgresql://desk:secret-word@127.0.0.1:${port}/salon`)
    await new Promise((resolve) => server.close(resolve))
    const closed = await refused(`postgresql://desk:secret-word@127.0.0.1:${port}/salon`)
    const right = new URL(store.url)
    const wrongPassword = await refused(`postgresql://desk:secret-word@${right.host}/postgres`)
    const noDatabase = await refused(store.url.replace(/\/[^/]*$/, '/nobody'))
    for (const error of [cutOff, closed, wrongPassword, noDatabase]) {
      expect(error.userMessage).toContain('127.0.0.1')
      expect(error.userMessage).toContain('Check DATABASE_URL')
      expect(`${error.userMessage} ${error.message}`).not.toContain('secret-word')
      expect(`${error.userMessage} ${error.message}`).not.toContain(right.password)
    }
  })
})
