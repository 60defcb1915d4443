import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { appendAudit, verifyAudit } from '../../../src/store/audit.ts'
import type { Store } from '../../../src/store/open-store.ts'
import { createTestStore } from '../../support/test-store.ts'

let store: Store
beforeEach(async () => { store = await createTestStore() })
afterEach(() => store.close())

const at = '2026-11-21T15:00:00.000Z'
const write = (n: number) => store.transaction((trx) => appendAudit(trx, { at, actor: 'test', action: 'did', subject: `thing:${n}`, detail: { n, half: 0.5, missing: undefined, when: at } }))

test('a chain of entries verifies, also when many are written at once', async () => {
  await Promise.all(Array.from({ length: 30 }, (_, n) => write(n)))
  expect(await verifyAudit(store.db)).toEqual({ ok: true, rows: 30 })
})

test('the log refuses changes, deletions and truncation', async () => {
  await write(1)
  await expect(sql`update audit set actor = 'x'`.execute(store.db)).rejects.toThrow('append-only')
  await expect(sql`delete from audit`.execute(store.db)).rejects.toThrow('append-only')
  await expect(sql`truncate audit`.execute(store.db)).rejects.toThrow('append-only')
})

test.each([
  ['a row is edited', sql`update audit set detail = '{"n": 99}' where seq = 3`, 3],
  ['an actor is edited', sql`update audit set actor = 'somebody' where seq = 2`, 2],
  ['a row is deleted', sql`delete from audit where seq = 4`, 4],
  ['the last row is deleted', sql`delete from audit where seq = 5`, 5],
  ['a row is added', sql`insert into audit select 6, at, actor, action, subject, detail, hash, hash from audit where seq = 5`, 6],
])('F64: when %s behind our back, verify names the first broken row', async (_what, tamper, row) => {
  for (let n = 0; n < 5; n++) await write(n)
  await sql`alter table audit disable trigger all`.execute(store.db)
  await tamper.execute(store.db)
  expect(await verifyAudit(store.db)).toMatchObject({ ok: false, seq: row })
})
