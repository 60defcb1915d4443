import { sql } from 'kysely'
import type { Trx } from './open-store.ts'

/**
 * This transaction need not be on the disk before it counts as done: for what is worth nothing once its process is gone, and
 * for what a later transaction, which does wait for the disk, brings there with it (PostgreSQL: synchronous_commit; the log is
 * written in order, so nothing is ever half there).
 */
export async function commitLightly(trx: Trx): Promise<Trx> {
  await sql`set local synchronous_commit = off`.execute(trx)
  return trx
}
