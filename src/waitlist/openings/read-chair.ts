import type { Db } from '../../store/open-store.ts'
import type { OpeningRow } from '../cascade/keep-cascade.ts'
import { readCandidates } from '../ranking/read-candidates.ts'
import type { FreeChair, Ranked } from '../ranking/ranked.ts'
import type { WaitlistRoom } from '../waitlist-room.ts'
import type { WaitlistSettings } from '../waitlist-settings.ts'

/** Everybody who waits where an opening is, in the order for it, with whoever is not asked and why. Throws `DeskError` while the platform is away. */
export async function candidatesFor(room: WaitlistRoom, { opening, settings, entryIds }: { opening: OpeningRow; settings: WaitlistSettings; entryIds?: string[] }): Promise<Ranked[]> {
  return readCandidates({ ...room, settings, chair: await chairOf(room, opening), ...(entryIds === undefined ? {} : { entryIds }) })
}

/** The stretch that is free, and who is not asked for it: whoever left it, and whom its chain has moved already. */
async function chairOf({ platform, store }: WaitlistRoom, opening: OpeningRow): Promise<FreeChair> {
  const left = opening.appointment_id === null ? undefined : await platform.appointment({ id: opening.appointment_id })
  return {
    locationId: opening.location_id, start: opening.starts_at, end: opening.ends_at, ...(opening.staff_id === null ? {} : { staffId: opening.staff_id }),
    // A visit that may well fail still stands in its own way.
    ...(opening.cause === 'predicted' && opening.appointment_id !== null ? { leftBy: opening.appointment_id } : {}),
    notFor: [...(left?.ok === true ? [left.value.clientId] : []), ...(await movedByChain(store.db, opening))],
  }
}

async function movedByChain(db: Db, { root_id: rootId }: OpeningRow): Promise<string[]> {
  const rows = await db.selectFrom('waitlist_offers as offer').innerJoin('waitlist_openings as opening', 'opening.id', 'offer.opening_id').select('offer.client_id')
    .where('opening.root_id', '=', rootId).where('offer.state', 'in', ['accepted', 'booking', 'booked']).execute()
  return rows.map(({ client_id: clientId }) => clientId)
}
