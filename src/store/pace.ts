import { sql } from 'kysely'
import type { Instant } from '../salon/time.ts'
import type { Db } from './open-store.ts'

/**
 * Takes the next turn of something limited to one use every `everyMs` with bursts of `burst`, for all instances together
 * (generic cell rate algorithm, ITU-T I.371: one row holds the time at which the bucket would be empty).
 * Answers 0 when the turn is now and was taken; else how many ms to wait before asking again, and nothing was taken.
 */
export async function takeTurn(db: Db, { key, everyMs, burst = 1, now }: { key: string; everyMs: number; burst?: number; now: Instant }): Promise<number> {
  const ms = (text: number) => sql`make_interval(secs => ${text / 1_000})`
  const at = sql<Instant>`${now}::timestamptz`
  // Within the burst the bucket's end may lie this far ahead of now.
  const slack = ms(everyMs * (burst - 1))
  const taken = await db.insertInto('send_pace').values({ key, free_at: sql<Instant>`${at} + ${ms(everyMs)}` })
    .onConflict((conflict) => conflict.column('key')
      .doUpdateSet({ free_at: sql<Instant>`greatest(send_pace.free_at, ${at}) + ${ms(everyMs)}` })
      .where(sql<boolean>`send_pace.free_at <= ${at} + ${slack}`))
    .returning('free_at').executeTakeFirst()
  if (taken !== undefined) return 0
  const row = await db.selectFrom('send_pace').select('free_at').where('key', '=', key).executeTakeFirst()
  return row === undefined ? 0 : Math.max(1, Date.parse(row.free_at) - Date.parse(now) - everyMs * (burst - 1))
}

/** Nobody may use it before `until`: somebody told us so (`Retry-After`). For a key with a burst its pace must be given as in `takeTurn`. */
export async function holdUntil(db: Db, { key, until, everyMs = 0, burst = 1 }: { key: string; until: Instant; everyMs?: number; burst?: number }): Promise<void> {
  const freeAt = new Date(Date.parse(until) + everyMs * (burst - 1)).toISOString()
  await db.insertInto('send_pace').values({ key, free_at: freeAt })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ free_at: sql<Instant>`greatest(send_pace.free_at, ${freeAt}::timestamptz)` }))
    .execute()
}
