import { type Selectable, sql } from 'kysely'
import type { BookingPlatform, PlatformErrorKind } from '../../platforms/booking-platform.ts'
import { addMinutes, type Clock } from '../../salon/time.ts'
import { appendAudit } from '../../store/audit.ts'
import type { Store } from '../../store/open-store.ts'
import type { Tables } from '../../store/tables.ts'
import type { AddCommand } from './own-entries.ts'

/** What a second try cannot change. */
const forGood: ReadonlySet<PlatformErrorKind> = new Set(['unsupported', 'assisted_required', 'not_found', 'invalid', 'policy_blocked', 'conflict_slot', 'conflict_version'])
/** Whoever took an entry and did not come back loses it after so long (minutes, on the desk's clock). */
const leaseMin = 5
/** Minutes until the next try: 1, 2, 4 … and then every hour. */
const waitMin = (tries: number): number => Math.min(2 ** Math.max(tries - 1, 0), 60)

/**
 * Adds entries of our own list that are due to the list of a platform that can only be added to; answers how many it has
 * now. A platform that does not answer is tried again later under the same key, so that nobody stands there twice; one
 * that refuses for good is left. Ours stays whatever comes of it. `platform` is the one without our list; with `id` only that entry.
 */
export async function mirrorEntries({ platform, store, clock, id, atMost = id === undefined ? 50 : 1 }: { platform: BookingPlatform; store: Store; clock: Clock; id?: string; atMost?: number }): Promise<number> {
  let added = 0
  for (let tried = 0; tried < atMost; tried++) {
    const claimed = await claimDue({ store, clock, id })
    if (claimed === undefined) break
    // Asked only when something is due: an own list that mirrors nothing costs one look.
    if ((await platform.capabilities()).waitlist === 'none') {
      await settle({ store, clock, claimed, outcome: { mirror: 'none' } })
      continue
    }
    const answer = await platform.waitlistAdd(claimed.mirror_command as AddCommand)
    if (answer.ok) added++
    await settle({ store, clock, claimed, outcome: answer.ok ? { mirror: 'added', id: answer.value.id } : { mirror: forGood.has(answer.error.kind) ? 'failed' : 'wanted', why: answer.error.kind } })
  }
  return added
}

type Claimed = Pick<Selectable<Tables['own_waitlist']>, 'id' | 'mirror_command' | 'mirror_tries'>

async function claimDue({ store, clock, id }: { store: Store; clock: Clock; id: string | undefined }): Promise<Claimed | undefined> {
  const now = clock.now()
  const { rows } = await sql<Claimed>`
    update own_waitlist set mirror_due_at = ${addMinutes(now, leaseMin)}, mirror_tries = mirror_tries + 1
    where id = (select id from own_waitlist where mirror = 'wanted' and mirror_due_at <= ${now} and id = coalesce(${id ?? null}::text, id) order by mirror_due_at, id limit 1 for update skip locked)
    returning id, mirror_command, mirror_tries`.execute(store.db)
  return rows[0]
}

async function settle({ store, clock, claimed: { id, mirror_tries: tries }, outcome }: { store: Store; clock: Clock; claimed: Claimed; outcome: { mirror: 'added'; id: string } | { mirror: 'none' } | { mirror: 'failed' | 'wanted'; why: string } }): Promise<void> {
  await store.transaction(async (trx) => {
    const now = clock.now()
    const change = {
      mirror: outcome.mirror,
      mirror_due_at: outcome.mirror === 'wanted' ? addMinutes(now, waitMin(tries)) : null,
      ...(outcome.mirror === 'added' ? { mirror_id: outcome.id } : {}),
      mirror_why: 'why' in outcome ? outcome.why : null,
    }
    // Of two who tried the same (one was given up for lost) the first answer that ends it counts.
    const row = await trx.updateTable('own_waitlist').set(change).where('id', '=', id).where('mirror', '=', 'wanted').returning('id').executeTakeFirst()
    if (row === undefined || outcome.mirror === 'wanted' || outcome.mirror === 'none') return
    await appendAudit(trx, { at: now, actor: 'desk', action: outcome.mirror === 'added' ? 'waitlist.mirrored' : 'waitlist.mirror_refused', subject: `waitlist:${id}`, detail: { tries, ...('why' in outcome ? { why: outcome.why } : {}) } })
  })
}
