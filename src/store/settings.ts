import type { z } from 'zod'
import type { Instant } from '../salon/time.ts'
import { appendAudit } from './audit.ts'
import type { Db, Trx } from './open-store.ts'

/** Reads one setting; the one of `scope` (a location id) before the salon-wide one (`''`), else `fallback`. */
export async function readSetting<T>(db: Db | Trx, { name, scope = '', schema, fallback }: { name: string; scope?: string; schema: z.ZodType<T>; fallback: T }): Promise<T> {
  const rows = await db.selectFrom('settings').select(['scope', 'value']).where('name', '=', name).where('scope', 'in', [scope, '']).execute()
  const row = rows.find((candidate) => candidate.scope === scope) ?? rows[0]
  const parsed = schema.safeParse(row?.value)
  return parsed.success ? parsed.data : fallback
}

/** Changes one setting and writes the change to the audit log in the same transaction. */
export async function writeSetting(trx: Trx, { name, scope = '', value, by, now }: { name: string; scope?: string; value: unknown; by: string; now: Instant }): Promise<void> {
  const before = await trx.selectFrom('settings').select('value').where('name', '=', name).where('scope', '=', scope).executeTakeFirst()
  await trx.insertInto('settings')
    .values({ scope, name, value: JSON.stringify(value), changed_at: now, changed_by: by })
    .onConflict((conflict) => conflict.columns(['scope', 'name']).doUpdateSet({ value: JSON.stringify(value), changed_at: now, changed_by: by }))
    .execute()
  await appendAudit(trx, { at: now, actor: by, action: 'setting.changed', subject: `setting:${scope === '' ? name : `${scope}/${name}`}`, detail: { before: before?.value ?? null, after: value } })
}
