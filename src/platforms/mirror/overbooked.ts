import { type Appointment, liveStatuses, type Segment } from '../../salon/salon.ts'
import { isStandIn } from '../../salon/stand-ins.ts'
import { addMinutes, type Instant } from '../../salon/time.ts'
import { appendAudit } from '../../store/audit.ts'
import type { Trx } from '../../store/open-store.ts'
import type { Applied } from './apply-visits.ts'
import type { MirrorRoom } from './mirror-room.ts'

/**
 * Of visits that were put where part of their time was taken (by somebody at the platform, online, at the desk there): which
 * live visits of the same person they lie on, noted in the audit log in the caller's transaction. Stand-ins for people (nobody
 * in particular, a whole team) take any number at once, and what is over is nobody's trouble any more.
 */
export async function noteOverbooked({ trx, ids, now }: { trx: Trx; ids: string[]; now: Instant }): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>()
  if (ids.length === 0) return found
  const rows = await trx.selectFrom('book_appointments').selectAll().where('id', 'in', ids).where('status', 'in', [...liveStatuses]).where('ends_at', '>', now).where('time_known', '=', true).orderBy('id').execute()
  for (const { id, client_id: clientId, location_id: locationId, segments, starts_at: start, ends_at } of rows) {
    const near = await trx.selectFrom('book_appointments').select(['id', 'segments']).where('id', '<>', id).where('status', 'in', [...liveStatuses]).where('time_known', '=', true)
      .where('starts_at', '<', ends_at).where('ends_at', '>', start).orderBy('id').execute()
    const others = near.filter((other) => segments.some((ours) => other.segments.some((theirs) => isSamePerson(ours, theirs) && lieOnEachOther(ours, theirs)))).map((other) => other.id)
    if (others.length === 0) continue
    found.set(id, others)
    await appendAudit(trx, { at: now, actor: 'desk', action: 'platform.overbooked', subject: `appointment:${id}`, detail: { clientId, locationId, start, others } })
  }
  return found
}

/** Reports what was noted, once its transaction is through: once a visit, because it is put there once. */
export function tellOverbooked(room: MirrorRoom, applied: Applied[]): void {
  for (const { id, liesOn } of applied) if (liesOn !== undefined) room.report({ what: 'overbooked', visitIds: [id, ...liesOn] })
}

/** A booking or move of ours to a time that somebody else turned out to have: what became of ours, in the caller's transaction. `visit` is as it lay there. */
export async function noteDouble(trx: Trx, { visit, id = visit.id, of, undone, now }: { visit: Appointment; id?: string; of: 'booking' | 'move'; undone: boolean; now: Instant }): Promise<void> {
  const { clientId, locationId, start, segments } = visit
  await appendAudit(trx, { at: now, actor: 'desk', action: 'platform.double_booking', subject: `appointment:${id}`, detail: { of, undone, clientId, locationId, start, staffIds: [...new Set(segments.map(({ staffId }) => staffId))] } })
}

function isSamePerson({ staffId }: Segment, other: Segment): boolean {
  return staffId === other.staffId && !isStandIn(staffId)
}

function lieOnEachOther(one: Segment, other: Segment): boolean {
  return one.start < addMinutes(other.start, other.durationMin) && other.start < addMinutes(one.start, one.durationMin)
}
