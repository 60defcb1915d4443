import { liveStatuses } from '../../salon/salon.ts'
import { addMinutes, type Instant } from '../../salon/time.ts'
import { ok, type Outcome } from '../booking-platform.ts'
import { applyVisits, type Applied } from './apply-visits.ts'
import type { MirrorRoom } from './mirror-room.ts'
import { tellOverbooked } from './overbooked.ts'
import { ownChangeFor } from './own-change.ts'
import { fetchClients, refreshVisit } from './refresh.ts'
import { toOwnIds } from './source-ids.ts'

/** The range in parts that the platform lists at once. */
export function partsOf({ from, to }: { from: Instant; to: Instant }, maxRangeDays = 31): { from: Instant; to: Instant }[] {
  const parts: { from: Instant; to: Instant }[] = []
  for (let start = from; start < to;) {
    const end = addMinutes(start, maxRangeDays * 1440)
    parts.push({ from: start, to: end < to ? end : to })
    start = end
  }
  return parts
}

/** Puts one page of visits into the copy, one at a time as news or all together as a first reading. */
export async function applyPage(room: MirrorRoom, seen: Parameters<typeof applyVisits>[0]['seen'], { quiet }: { quiet: boolean }): Promise<Applied[]> {
  const { store, clock } = room
  // In a first reading nobody is asked for by name: the whole directory is read with it.
  if (!quiet || room.adapter.clients === undefined) await fetchClients(room, seen)
  const how = { store, now: clock.now(), hasDirectory: room.adapter.client !== undefined }
  const applied = await store.transaction(async (trx) => {
    const mine = await toOwnIds(trx, seen)
    const isAnyOpen = !quiet && (await trx.selectFrom('platform_writes').select('key').where('state', '<>', 'done').limit(1).executeTakeFirst()) !== undefined
    if (!isAnyOpen) return applyVisits({ trx, ...how, seen: mine, quiet })
    const applied: Applied[] = []
    const echoes = new Map(await Promise.all(mine.map(async (one) => [one.visit.id, await ownChangeFor(trx, one)] as const)))
    const foreign = mine.filter(({ visit }) => echoes.get(visit.id) === undefined)
    applied.push(...await applyVisits({ trx, ...how, seen: foreign }))
    for (const one of mine) {
      const own = echoes.get(one.visit.id)
      if (own !== undefined) applied.push(...await applyVisits({ trx, ...how, seen: [one], own }))
    }
    return applied
  })
  tellOverbooked(room, applied)
  return applied
}

/**
 * Makes the copy of a range equal to the platform: what is listed there is applied, and what the copy has live in it but the
 * platform no longer lists is asked for by its id (it was moved out, or deleted). Answers what was different.
 */
export async function reconcileRange(room: MirrorRoom, range: { from: Instant; to: Instant }): Promise<Outcome<Applied[]>> {
  const { store, clock, adapter } = room
  const { maxRangeDays } = await room.capabilities()
  const applied: Applied[] = []
  for (const part of partsOf(range, maxRangeDays)) {
    const asked = clock.now()
    const listed = new Set<string>()
    for (let cursor: string | undefined, page = 0; page === 0 || cursor !== undefined; page++) {
      const answer = await adapter.visits({ ...part, ...(cursor !== undefined && { cursor }) })
      if (!answer.ok) return answer
      applied.push(...await applyPage(room, answer.value.items, { quiet: false }))
      for (const { visit } of answer.value.items) listed.add(visit.id)
      cursor = answer.value.cursor
    }
    const here = await store.db.selectFrom('book_appointments').select(['id', 'source_id']).where('starts_at', '>=', part.from).where('starts_at', '<', part.to).where('status', 'in', [...liveStatuses])
      .where('seen_at', 'is not', null).where('seen_at', '<', asked).orderBy('id').execute()
    for (const { id, source_id } of here) {
      if (listed.has(source_id ?? id)) continue
      const now = await refreshVisit(room, id)
      if (!now.ok && now.error.kind !== 'not_found') return now
      applied.push({ id, did: 'changed' })
    }
  }
  return ok(applied, clock.now())
}
