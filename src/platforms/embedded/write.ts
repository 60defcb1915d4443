import { sql } from 'kysely'
import { failed, type Change, type Outcome, type WriteCommand } from '../booking-platform.ts'
import { DeskError } from '../../salon/errors.ts'
import type { Clock, Instant } from '../../salon/time.ts'
import { hashOf } from '../../store/canonical-json.ts'
import type { Store, Trx } from '../../store/open-store.ts'
import { failureOf, sqlState } from './failure.ts'
import { type BookCatalog, readCatalog } from './read-catalog.ts'

/** What a write works with; everything it does is in one transaction with its journal line. */
export type Writing = { store: Store; trx: Trx; catalog: BookCatalog; now: Instant; key: string; by: string | undefined }

/**
 * Runs one command once. Its key is journaled with a hash of the command and with the outcome, refusals included:
 * the same again answers with the first outcome, another command under that key is `invalid`.
 * A refused command leaves nothing behind but its journal line.
 */
export async function write<T, C extends WriteCommand>({ store, clock, operation, command, apply }: { store: Store; clock: Clock; operation: string; command: C; apply: (writing: Writing, command: C) => Promise<Outcome<T>> }): Promise<Outcome<T>> {
  const now = clock.now()
  const hash = hashOf({ operation, command })
  try {
    return await store.transaction(async (trx) => {
      const { key, by = null } = command
      const mine = await trx.insertInto('book_journal').values({ key, command_hash: hash, operation, at: now, by, outcome: null })
        .onConflict((conflict) => conflict.column('key').doNothing()).returning('key').executeTakeFirst()
      if (mine === undefined) return await firstOutcome<T>({ trx, key, hash })
      const catalog = await readCatalog(trx)
      await sql`savepoint attempt`.execute(trx)
      const outcome = catalog === undefined ? failed<T>('not_found', 'the book is empty')
        : await refusing(() => apply({ store, trx, catalog, now, key, by: command.by }, command))
      if (!outcome.ok) await sql`rollback to savepoint attempt`.execute(trx)
      await trx.updateTable('book_journal').set({ outcome: JSON.stringify(outcome) }).where('key', '=', key).execute()
      return outcome
    })
  } catch (error) {
    return failureOf(error, { sent: true })
  }
}

/** Adds a line to the feed. Last in a transaction: the head's lock keeps other writers waiting until it commits. */
export async function recordChange({ trx, now, key, by }: Pick<Writing, 'trx' | 'now' | 'by'> & { key: string | null }, { kind, id }: Pick<Change, 'kind' | 'id'>): Promise<void> {
  const { seq } = await trx.updateTable('book_head').set({ seq: sql<number>`seq + 1` }).returning('seq').executeTakeFirstOrThrow()
  await trx.insertInto('book_changes').values({ seq, at: now, kind, id, key, by: by ?? null }).execute()
}

async function firstOutcome<T>({ trx, key, hash }: { trx: Trx; key: string; hash: string }): Promise<Outcome<T>> {
  const row = await trx.selectFrom('book_journal').select(['command_hash', 'outcome']).where('key', '=', key).executeTakeFirstOrThrow()
  return row.command_hash === hash ? row.outcome as Outcome<T> : failed('invalid', 'this key was used for another command')
}

async function refusing<T>(apply: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
  try {
    return await apply()
  } catch (error) {
    const taken = sqlState(error) === '23P01' || (error instanceof DeskError && error.code === 'conflict')
    if (taken) return failed('conflict_slot', 'the time is no longer free')
    throw error
  }
}
