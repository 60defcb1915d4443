import { sql } from 'kysely'
import { z } from 'zod'
import type { Instant } from '../../salon/time.ts'
import { ok, type Outcome } from '../booking-platform.ts'
import { readCatalog } from '../embedded/read-catalog.ts'
import { findClash, findMade, undoDouble } from './book.ts'
import type { MirrorRoom } from './mirror-room.ts'
import { applySeen, refreshVisit } from './refresh.ts'
import { readSlotId } from './slot-ids.ts'

const Booking = z.object({ slotId: z.string(), clientId: z.string() })

/**
 * Before the copy is believed about somebody whom a write of ours may have changed (its answer was lost): the platform is
 * asked what became of it. Fails when it cannot be asked, for then nobody knows.
 */
export async function lookAfter(room: MirrorRoom, subject: string): Promise<Outcome<null>> {
  const { store, clock } = room
  const open = await store.db.selectFrom('platform_writes').select(['key', 'by', 'operation', 'command', 'at']).where('subject', '=', subject)
    .where((where) => where.or([where('state', '=', 'unknown'), where.and([where('state', '=', 'started'), where('leased_until', '<', sql<Instant>`clock_timestamp()`)])])).execute()
  for (const { key, by, operation, command, at } of open) {
    if (operation !== 'create') {
      const now = await refreshVisit(room, subject)
      if (!now.ok && now.error.kind !== 'not_found') return now
      continue
    }
    const booking = Booking.parse(command)
    const catalog = await readCatalog(store.db)
    const slot = catalog === undefined ? undefined : readSlotId(booking.slotId, catalog)
    if (slot === undefined) continue
    const made = await findMade(room, { slot, clientId: booking.clientId, since: at })
    if (!made.ok) return made
    if (made.value === undefined) continue
    const own = { key, by: by ?? undefined }
    // Where the platform gives one time to two, ours is not believed before it is alone there.
    const clash = (await room.capabilities()).conflicts === 'refused' ? undefined : await findClash(room, made.value)
    await (clash === undefined ? applySeen(room, made.value, own) : undoDouble(room, { made: made.value, own }))
  }
  return ok(null, clock.now())
}
