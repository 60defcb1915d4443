import type { BookingPlatform } from '../../src/platforms/booking-platform.ts'
import { addMinutes, type Instant } from '../../src/salon/time.ts'
import type { OfferState } from '../../src/salon/waitlist.ts'
import type { Store } from '../../src/store/open-store.ts'
import { createTinyDesk, type TestClock } from './tiny-book.ts'

export type OffersDesk = { store: Store; platform: BookingPlatform; clock: TestClock; now: Instant; close(): Promise<void> }

/** The tiny salon, to which `addOffers` gives a past. */
export async function openOffersDesk(): Promise<OffersDesk> {
  const desk = await createTinyDesk()
  return { ...desk, now: desk.clock.now(), close: () => desk.store.close() }
}

type Given = { at: Instant; state: OfferState; clientId?: string; why?: string; sent?: boolean; answeredAfter?: number; locationId?: string; staffId?: string; start?: Instant }

/** Offers as they are kept, each for an opening of its own; `answeredAfter` in minutes, `start` two days after the offer when left out. */
export async function addOffers({ store: { db } }: Pick<OffersDesk, 'store'>, offers: Given[]): Promise<void> {
  if (offers.length === 0) return
  const { count } = await db.selectFrom('waitlist_offers').select(({ fn }) => fn.countAll<number>().as('count')).executeTakeFirstOrThrow()
  const numbered = offers.map((offer, i) => ({ ...offer, id: `past-${count + i}`, start: offer.start ?? addMinutes(offer.at, 2 * 24 * 60) }))
  await db.insertInto('waitlist_openings').values(numbered.map(({ id, at, start, staffId = 'ana', locationId = 'main' }) => ({ id, location_id: locationId, staff_id: staffId, starts_at: start, ends_at: addMinutes(start, 60), cause: 'staff' as const, root_id: id, state: 'closed' as const, wait_until: at, book_by: start, opened_at: at }))).execute()
  await db.insertInto('waitlist_offers').values(numbered.map(({ id, at, state, clientId = `c-${id}`, why, sent = true, answeredAfter }) => ({
    id, opening_id: id, place: 1, entry_id: `w-${id}`, client_id: clientId, slot_id: 'slot', body: '', message: '{}', state, why: why ?? null, sent_at: sent ? at : null, answered_at: answeredAfter === undefined ? null : addMinutes(at, answeredAfter), at,
  }))).execute()
}
