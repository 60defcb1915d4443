import { findLocation } from '../../bookings/read-booking.ts'
import { hoursFor, nextAllowed } from '../../messages/sending/quiet-hours.ts'
import { readTextSettings } from '../../messages/sending/text-settings.ts'
import { unwrap } from '../../platforms/unwrap.ts'
import type { Instant } from '../../salon/time.ts'
import { type Kept, readCascade } from '../cascade/keep-cascade.ts'
import { nextToAsk } from '../cascade/step.ts'
import { candidatesFor } from '../openings/read-chair.ts'
import type { WaitlistRoom } from '../waitlist-room.ts'
import { readWaitlistSettings } from '../waitlist-settings.ts'
import { advance } from './advance.ts'

/**
 * Asks whoever is next, as many as there is room for. Each is looked at once more right before: who has said STOP, was booked
 * or does not fit any more is left out with the reason, and the order stays (F51). In quiet hours nobody is asked, and it
 * is looked at again when they end. Throws `DeskError` while the platform is away.
 */
export async function askNext(room: WaitlistRoom, openingId: string): Promise<void> {
  const first = await readCascade(room.store.db, openingId)
  if (first === undefined || nextToAsk(first.cascade, await room.store.now()).length === 0) return
  const quietUntil = await quiet(room, first)
  if (quietUntil !== undefined) {
    await room.store.db.updateTable('waitlist_openings').set({ due_at: quietUntil < first.opening.book_by ? quietUntil : first.opening.book_by }).where('id', '=', openingId).execute()
    return
  }
  const { opening } = first
  const settings = await readWaitlistSettings(room.store.db, { locationId: opening.location_id })
  // The others on the list matter no more: the order is approved.
  const entryIds = first.offers.filter(({ state }) => state === 'approved').map(({ entry_id: entryId }) => entryId)
  const ranked = await candidatesFor(room, { opening, settings, entryIds })
  for (let asked = 0; asked <= first.offers.length; asked++) {
    const kept = await readCascade(room.store.db, openingId)
    const next = kept === undefined ? undefined : nextToAsk(kept.cascade, await room.store.now())[0]
    const row = kept?.offers.find(({ id }) => id === next?.id)
    if (next === undefined || row === undefined) return
    const now = ranked.find(({ entry }) => entry.id === row.entry_id)
    const why = now === undefined ? 'not_on_list' : now.excluded?.because ?? (now.slot === undefined ? 'no_time_free' : undefined)
    const came = await advance(room, openingId, { event: (_, at) => (why === undefined ? { kind: 'ask', offerId: next.id, now: at } : { kind: 'skip', offerId: next.id, why, now: at }) })
    if (came === undefined || came.step.refused !== undefined) return // another desk was here
  }
}

/** When the quiet hours of the salon end; undefined where it is an hour for offers. The client's own zone is looked at when the text goes. */
async function quiet({ store, clock, platform, messages }: WaitlistRoom, { opening }: Kept): Promise<Instant | undefined> {
  const catalog = unwrap(await platform.catalog())
  // A demo's phone wakes nobody.
  if (catalog.business.demo || !(await messages.isConnected())) return undefined
  const location = findLocation(catalog, opening.location_id)
  const now = clock.now()
  const next = nextAllowed({ now, salonZone: location.zone, numberZones: [], hours: hoursFor({ purpose: 'waitlist', settings: await readTextSettings(store.db, { locationId: location.id }) }) })
  return next === now ? undefined : next ?? opening.book_by
}
