import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Clock, Instant } from '../../salon/time.ts'
import { hashOf } from '../../store/canonical-json.ts'
import type { Store } from '../../store/open-store.ts'
import { failed, type Outcome, type PlatformErrorKind, type WriteCommand } from '../booking-platform.ts'

/** A try of a command. `maybeDone`: an earlier try was sent and not answered, or its process died. */
export type Try = { maybeDone: boolean; startedAt: Instant }

/** A try renews it while it is under way (several requests, each with its wait for the account's limit); one whose process died is missed after this long. */
const leaseSeconds = 90
const usualRenewMs = 30_000

/** How long a second caller waits for the first one's answer. */
const patienceMs = 30_000

// Nothing was done, and another try may end otherwise: the key stays open.
const open: ReadonlySet<PlatformErrorKind> = new Set(['unavailable', 'rate_limited', 'auth', 'forbidden', 'unsupported', 'assisted_required'])

/**
 * Runs one command once, however often and by however many it is sent. Its key is written down with a hash of the command
 * before anything is sent, and with the outcome after; the same again has the first outcome, another command under that key is
 * `invalid`. After `unknown_outcome`, or when the process died, the next try is told (`maybeDone`) and has to look first.
 */
export async function once<T>({ store, clock, operation, subject, command, run, renewMs = usualRenewMs }: { store: Store; clock: Clock; operation: string; subject: string; command: WriteCommand; run: (attempt: Try) => Promise<Outcome<T>>; renewMs?: number }): Promise<Outcome<T>> {
  const hash = hashOf({ operation, command })
  for (const deadline = performance.now() + patienceMs; ;) {
    const claim = await claimKey({ store, clock, operation, subject, command, hash })
    if (claim.kind === 'other') return failed('invalid', 'this key was used for another command')
    if (claim.kind === 'done') return claim.outcome as Outcome<T>
    if (claim.kind === 'mine') return attempt({ store, key: command.key, claim, run, renewMs })
    if (performance.now() > deadline) return failed('unknown_outcome', 'the same command is still under way', { retryAfterMs: 5_000 })
    await sleep(25)
  }
}

type Claim = { kind: 'mine'; maybeDone: boolean; startedAt: Instant; fence: number } | { kind: 'done'; outcome: unknown } | { kind: 'other' } | { kind: 'busy' }

const until = sql<Instant>`clock_timestamp() + make_interval(secs => ${leaseSeconds})`

async function claimKey({ store, clock, operation, subject, command, hash }: { store: Store; clock: Clock; operation: string; subject: string; command: WriteCommand; hash: string }): Promise<Claim> {
  const at = clock.now()
  const fresh = await store.db.insertInto('platform_writes')
    .values({ key: command.key, command_hash: hash, operation, subject, command: JSON.stringify(command), by: command.by ?? null, at, state: 'started', leased_until: until, outcome: null })
    .onConflict((conflict) => conflict.column('key').doNothing()).returning('fence').executeTakeFirst()
  if (fresh !== undefined) return { kind: 'mine', maybeDone: false, startedAt: at, fence: fresh.fence }
  const row = await store.db.selectFrom('platform_writes').selectAll().where('key', '=', command.key).executeTakeFirst()
  // It was let go this moment.
  if (row === undefined) return { kind: 'busy' }
  if (row.command_hash !== hash) return { kind: 'other' }
  if (row.state === 'done') return { kind: 'done', outcome: row.outcome }
  const taken = await store.db.updateTable('platform_writes').set((where) => ({ state: 'started', leased_until: until, fence: where('fence', '+', 1) }))
    .where('key', '=', command.key).where('fence', '=', row.fence)
    .where((where) => where.or([where('state', '=', 'unknown'), where('leased_until', '<', sql<Instant>`clock_timestamp()`)])).returning('fence').executeTakeFirst()
  return taken === undefined ? { kind: 'busy' } : { kind: 'mine', maybeDone: true, startedAt: row.at, fence: taken.fence }
}

async function attempt<T>({ store, key, claim, run, renewMs }: { store: Store; key: string; claim: Extract<Claim, { kind: 'mine' }>; run: (attempt: Try) => Promise<Outcome<T>>; renewMs: number }): Promise<Outcome<T>> {
  const mine = store.db.updateTable('platform_writes').where('key', '=', key).where('fence', '=', claim.fence)
  const leaveOpen = () => mine.set({ state: 'unknown', leased_until: null }).execute()
  // The next renewal, or the end of the lease, tells of a database that is away.
  const renewing = setInterval(() => { mine.set({ leased_until: until }).where('state', '=', 'started').execute().catch(() => {}) }, renewMs)
  let outcome: Outcome<T>
  try {
    outcome = await run(claim)
  } catch (error) {
    await leaveOpen()
    throw error
  } finally {
    clearInterval(renewing)
  }
  const nothingDone = !outcome.ok && open.has(outcome.error.kind)
  if (!outcome.ok && (outcome.error.kind === 'unknown_outcome' || (nothingDone && claim.maybeDone))) {
    await leaveOpen()
    // An earlier try may have been done: that this one could not even look says nothing about it.
    return { ok: false, error: { ...outcome.error, kind: 'unknown_outcome' } }
  }
  if (nothingDone) await store.db.deleteFrom('platform_writes').where('key', '=', key).where('fence', '=', claim.fence).execute()
  else await mine.set({ state: 'done', leased_until: null, outcome: JSON.stringify(outcome) }).execute()
  return outcome
}
