import { unwrap } from '../../platforms/unwrap.ts'
import { addMinutes } from '../../salon/time.ts'
import { winner } from '../cascade/book-winner.ts'
import { asked } from '../cascade/cascade.ts'
import { type Kept, readCascade } from '../cascade/keep-cascade.ts'
import type { WaitlistRoom } from '../waitlist-room.ts'
import { advance } from './advance.ts'
import { askNext } from './ask-next.ts'
import { bookOffer } from './book-offer.ts'

/**
 * Everything that one opening needs now: its windows closed, its winner booked or tried again, whoever is next asked. With
 * `isTouched` it is looked whether somebody has the chair meanwhile (F47). Throws `DeskError` while the platform is away.
 */
export async function lookAt(room: WaitlistRoom, openingId: string, { isTouched = false }: { isTouched?: boolean } = {}): Promise<void> {
  const kept = await readCascade(room.store.db, openingId)
  if (kept === undefined) return
  if (isTouched && (await isGone(room, kept))) await advance(room, openingId, { event: (_, now) => ({ kind: 'gone', now }) })
  await advance(room, openingId, { event: (_, now) => ({ kind: 'tick', now }) })
  const after = await readCascade(room.store.db, openingId)
  const offer = after === undefined ? undefined : winner(after.cascade)
  if (offer !== undefined) {
    await bookOffer(room, { openingId, offerId: offer.id })
    // The winner may have fallen out: somebody who said YES a moment later, or who is next.
    await advance(room, openingId, { event: (_, now) => ({ kind: 'tick', now }) })
  }
  await askNext(room, openingId)
}

/** Whether none of those who were, or could be, offered it could still be booked. */
async function isGone({ platform }: WaitlistRoom, { opening, offers }: Kept): Promise<boolean> {
  if (opening.state === 'open') return isTaken({ platform }, opening)
  const open = offers.filter(({ state }) => asked.includes(state) || state === 'approved' || state === 'late_yes')
  const slots = [...new Map(open.map((offer) => [offer.slot_id, offer])).values()]
  if (slots.length === 0) return false
  for (const offer of slots) {
    const read = await platform.slot({ id: offer.slot_id, ...(offer.instead_of === null ? {} : { rescheduling: offer.instead_of }) })
    if (!read.ok && read.error.kind !== 'not_found' && read.error.kind !== 'invalid') unwrap(read)
    if (read.ok && read.value.free) return false
  }
  return true
}

/** The same before anybody was asked, for the service that was to be done there. */
async function isTaken({ platform }: Pick<WaitlistRoom, 'platform'>, { location_id: locationId, service_id: serviceId, staff_id: staffId, starts_at: start }: Kept['opening']): Promise<boolean> {
  if (serviceId === null) return false
  const free = await platform.searchSlots({ locationId, wants: [{ serviceId, ...(staffId === null ? {} : { staffId }) }], from: start, to: addMinutes(start, 1), limit: 1 })
  return unwrap(free).length === 0
}
