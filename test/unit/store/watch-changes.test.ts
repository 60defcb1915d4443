import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { appendAudit } from '../../../src/store/audit.ts'
import { watchChanges } from '../../../src/store/watch-changes.ts'
import { createTestStore, openTestStore } from '../../support/test-store.ts'

test('what another process commits is heard, what it takes back is not, and a lost connection is made again', async () => {
  const store = await createTestStore()
  const other = openTestStore(store.url)
  const heard: string[] = []
  const watch = watchChanges({ url: store.url, onChange: ({ subject, action }) => heard.push(`${action} ${subject}`) })
  const listening = () => store.db.selectFrom(sql<{ pid: number }>`pg_stat_activity`.as('activity')).select('pid').where(sql<boolean>`application_name = 'desk changes' and datname = current_database() and query like 'listen%'`).executeTakeFirst()
  const append = (subject: string) => other.transaction((trx) => appendAudit(trx, { at: '2026-11-20T08:00:00.000Z', actor: 'test', action: 'proposal.done', subject }))

  await expect.poll(listening).toBeDefined()
  await append('proposal:P-AAAAAA')
  await expect.poll(() => heard).toEqual(['proposal.done proposal:P-AAAAAA'])
  await other.transaction(async (trx) => {
    await appendAudit(trx, { at: '2026-11-20T08:00:00.000Z', actor: 'test', action: 'proposal.done', subject: 'proposal:P-BBBBBB' })
    throw new Error('taken back')
  }).catch(() => {})
  await sql`select pg_terminate_backend(${(await listening())?.pid ?? 0})`.execute(store.db)
  await expect.poll(() => heard, { timeout: 10_000 }).toEqual(['proposal.done proposal:P-AAAAAA', 'reconnected *'])
  await append('setting:pause')
  await expect.poll(() => heard.at(-1)).toBe('proposal.done setting:pause')

  await watch.close()
  await other.close()
  await store.close()
})
