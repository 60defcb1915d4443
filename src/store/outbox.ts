import { sql } from 'kysely'
import { DeskError } from '../salon/errors.ts'
import type { Clock, Instant } from '../salon/time.ts'
import type { Store, Trx } from './open-store.ts'
import type { EffectState } from './tables/core.ts'

/** Something to be done outside, once. `key` is its idempotency key: the same key is the same effect. */
export type Effect = { id: number; kind: string; key: string; payload: unknown; attempts: number }

/**
 * What came of a try. `UNKNOWN`: sent without an answer, the next try must look first. `PENDING`: certainly not done, try
 * again later; with `counts: false` it only waited for its hour, which is no try.
 */
export type EffectResult =
  | { state: 'SENT'; result: unknown }
  | { state: 'FAILED'; code: string; result?: unknown }
  | { state: 'CANCELLED'; code: string }
  | { state: 'UNKNOWN'; code: string; retryAfterMs: number }
  | { state: 'PENDING'; code: string; retryAfterMs: number; counts?: false }

export type EffectHandler = {
  /**
   * Records, in the transaction of the claim, that the effect begins: where that cannot be written, nothing is done. A
   * result ends it there and then, before anything was tried; `uncertain` is as for `run`.
   */
  begin(trx: Trx, effect: Effect, context: { uncertain: boolean }): Promise<EffectResult | void>
  /**
   * Performs the effect. `uncertain` says that an earlier try may have got through: look before doing it again.
   * `isOurs` says whether the claim still holds; to be asked right before anything outside is changed.
   */
  run(effect: Effect, context: { uncertain: boolean; isOurs: () => Promise<boolean> }): Promise<EffectResult>
  /** Records what came of it, in the same transaction that ends the claim. */
  settle(trx: Trx, effect: Effect, result: EffectResult): Promise<void>
}

/** Long enough for the slowest platform call; after it another worker may take the effect over. */
const leaseSeconds = 60

/** Puts an effect in the outbox within the caller's transaction. A key that is there already changes nothing. */
export async function enqueueEffect(trx: Trx, { kind, key, payload, now, dueAt = now }: { kind: string; key: string; payload: unknown; now: Instant; dueAt?: Instant }): Promise<void> {
  await trx.insertInto('outbox')
    .values({ kind, key, payload: JSON.stringify(payload), due_at: dueAt, created_at: now, updated_at: now, leased_until: null, result: null, error_code: null })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .execute()
}

/** Cancels an effect that nobody is at; one whose last try may have got through is not tried again. Answers whether it was in time. */
export async function cancelEffect(trx: Trx, { key, now }: { key: string; now: Instant }): Promise<boolean> {
  const { numUpdatedRows } = await trx.updateTable('outbox').set({ state: 'CANCELLED', updated_at: now }).where('key', '=', key).where('state', 'in', ['PENDING', 'UNKNOWN']).executeTakeFirst()
  return numUpdatedRows > 0n
}

/**
 * Works through the effects that are due, one after another, until none is left; with `key`, only that one, with `atMost`, no more than so many.
 * Claims are leased on the database's clock and fenced: a worker that comes back after losing its lease cannot commit.
 * Answers how many effects it settled. What a handler throws leaves its effect to the next sweep (which looks first)
 * and is thrown when the others have had their turn.
 */
export async function drainOutbox({ store, clock, handlers, key, atMost = Infinity }: { store: Store; clock: Clock; handlers: ReadonlyMap<string, EffectHandler>; key?: string; atMost?: number }): Promise<number> {
  let settled = 0
  const errors: unknown[] = []
  for (let claimed = 0; claimed < atMost; claimed++) {
    const claim = await claimNext({ store, now: clock.now(), handlers, key })
    if (claim === undefined) break
    try {
      if (claim.ended || (await perform({ store, clock, claim }))) settled++
    } catch (error) {
      errors.push(error)
    }
    if (key !== undefined) break
  }
  if (errors.length > 0) throw errors[0]
  return settled
}

type Claim = { effect: Effect; handler: EffectHandler; fence: number; uncertain: boolean; ended: boolean }

type OpenClaim = Omit<Claim, 'ended'>

async function perform({ store, clock, claim }: { store: Store; clock: Clock; claim: OpenClaim }): Promise<boolean> {
  const { effect, handler, fence, uncertain } = claim
  const isOurs = async () => (await store.db.selectFrom('outbox').select('id')
    .where('id', '=', effect.id).where('fence', '=', fence).where('leased_until', '>', sql<Instant>`clock_timestamp()`).executeTakeFirst()) !== undefined
  const result = await handler.run(effect, { uncertain, isOurs })
  return store.transaction(async (trx) => {
    const mine = await endClaim(trx, { claim, result, now: clock.now() })
    if (mine) await handler.settle(trx, effect, result)
    return mine
  })
}

async function claimNext({ store, now, handlers, key }: { store: Store; now: Instant; handlers: ReadonlyMap<string, EffectHandler>; key: string | undefined }): Promise<Claim | undefined> {
  return store.transaction(async (trx) => {
    let due = trx.selectFrom('outbox').selectAll()
      .where('kind', 'in', [...handlers.keys()])
      .where((where) => where.or([
        where.and([where('state', 'in', ['PENDING', 'UNKNOWN']), where('due_at', '<=', now)]),
        where.and([where('state', '=', 'CLAIMED'), where('leased_until', '<', sql<Instant>`clock_timestamp()`)]),
      ]))
    if (key !== undefined) due = due.where('key', '=', key)
    const row = await due.orderBy('due_at').orderBy('id').limit(1).forUpdate().skipLocked().executeTakeFirst()
    if (row === undefined) return undefined
    const handler = handlers.get(row.kind)
    if (handler === undefined) throw new DeskError('internal', { message: `no handler for effect ${row.kind}` })
    const fence = row.fence + 1
    const effect = { id: row.id, kind: row.kind, key: row.key, payload: row.payload, attempts: row.attempts + 1 }
    await trx.updateTable('outbox')
      .set({ state: 'CLAIMED', fence, attempts: effect.attempts, updated_at: now, leased_until: sql<Instant>`clock_timestamp() + make_interval(secs => ${leaseSeconds})` })
      .where('id', '=', row.id).execute()
    // A claim that ran out may have reached the outside before its worker died.
    const claim: OpenClaim = { effect, handler, fence, uncertain: row.state !== 'PENDING' }
    const result = await handler.begin(trx, effect, claim)
    if (result !== undefined) {
      await endClaim(trx, { claim, result, now })
      await handler.settle(trx, effect, result)
    }
    return { ...claim, ended: result !== undefined }
  })
}

async function endClaim(trx: Trx, { claim, result, now }: { claim: OpenClaim; result: EffectResult; now: Instant }): Promise<boolean> {
  const dueAt = 'retryAfterMs' in result ? new Date(Date.parse(now) + result.retryAfterMs).toISOString() : undefined
  const { numUpdatedRows } = await trx.updateTable('outbox')
    .set({
      state: result.state satisfies EffectState,
      leased_until: null,
      updated_at: now,
      ...(dueAt === undefined ? {} : { due_at: dueAt }),
      ...('counts' in result ? { attempts: claim.effect.attempts - 1 } : {}),
      result: 'result' in result && result.result !== undefined ? JSON.stringify(result.result) : null,
      error_code: 'code' in result ? result.code : null,
    })
    .where('id', '=', claim.effect.id).where('fence', '=', claim.fence).where('state', '=', 'CLAIMED')
    .executeTakeFirst()
  return numUpdatedRows > 0n
}
