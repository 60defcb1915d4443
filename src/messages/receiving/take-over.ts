import type { Person } from '../../approvals/roles.ts'
import type { Instant } from '../../salon/time.ts'
import { appendAudit } from '../../store/audit.ts'
import type { Db, Store, Trx } from '../../store/open-store.ts'
import { threadOf } from '../sending/queue-text.ts'

/** Who has taken a client's thread over, so that the desk is silent in it. */
export async function takenBy(db: Db | Trx, clientId: string): Promise<{ by: string; at: Instant } | undefined> {
  const row = await db.selectFrom('threads').select(['taken_by', 'taken_at']).where('client_id', '=', clientId).executeTakeFirst()
  return row === undefined || row.taken_by === null || row.taken_at === null ? undefined : { by: row.taken_by, at: row.taken_at }
}

/** Takes a thread over, from whoever has it. The same person again changes nothing. */
export async function takeOver({ store, clientId, by, now }: { store: Store; clientId: string; by: Person; now: Instant }): Promise<void> {
  await store.transaction(async (trx) => {
    const before = await takenBy(trx, clientId)
    if (before?.by === by.id) return
    const taken = { taken_by: by.id, taken_at: now }
    await trx.insertInto('threads').values({ client_id: clientId, phone: null, phone_hash: null, ...taken }).onConflict((conflict) => conflict.column('client_id').doUpdateSet(taken)).execute()
    await appendAudit(trx, { at: now, actor: by.id, action: 'thread.taken_over', subject: threadOf(clientId), detail: before === undefined ? {} : { from: before.by } })
  })
}

/** Hands a thread back to the desk; anybody may, and one that nobody has is left as it is. */
export async function handBack({ store, clientId, by, now }: { store: Store; clientId: string; by: Person; now: Instant }): Promise<void> {
  await store.transaction(async (trx) => {
    const { numUpdatedRows } = await trx.updateTable('threads').set({ taken_by: null, taken_at: null }).where('client_id', '=', clientId).where('taken_by', 'is not', null).executeTakeFirst()
    if (numUpdatedRows > 0n) await appendAudit(trx, { at: now, actor: by.id, action: 'thread.handed_back', subject: threadOf(clientId), detail: {} })
  })
}
