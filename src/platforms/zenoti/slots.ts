import { money } from '../../salon/money.ts'
import type { Segment } from '../../salon/salon.ts'
import { addDays, addMinutes, type Instant, localDate } from '../../salon/time.ts'
import { ok, type Outcome } from '../booking-platform.ts'
import { fromLocal } from '../kit/local-times.ts'
import type { OfferedSlot, SeenVisit } from '../platform-adapter.ts'
import { itemsOf, openBooking } from './book.ts'
import type { ZenotiClient } from './client.ts'
import { type Centre, extraOf, type Known } from './read.ts'

type Search = { wants: { serviceId: string; staffId?: string }[]; from: Instant; to: Instant; limit?: number | undefined; centre: Centre; known: Known; searchGuestId: string; moving: SeenVisit | undefined }

/**
 * Free times, a day at a time and two requests a day: Zenoti knows them only of a booking that somebody began. It is begun for
 * the guest made for searching, or for the client who moves. Stops when there are enough.
 */
export async function searchSlots(client: ZenotiClient, { wants, from, to, limit = 50, centre, known, searchGuestId, moving }: Search): Promise<Outcome<OfferedSlot[]>> {
  const extra = moving === undefined ? undefined : extraOf(moving)
  const items = wants.map(({ serviceId, staffId }): { serviceId: string; staffId: string | undefined; itemId?: string | undefined } => ({ serviceId, staffId }))
  if (moving !== undefined && extra?.invoiceId !== undefined) {
    const own = await itemsOf(client, { clientId: moving.visit.clientId, invoiceId: extra.invoiceId, start: moving.visit.start, standing: extra.standing, centre })
    if (!own.ok) return own
    for (const item of items) item.itemId = own.value.get(item.serviceId)?.shift()
  }
  const found: OfferedSlot[] = []
  let observedAt: Instant | undefined
  const last = localDate(new Date(Date.parse(to) - 1).toISOString(), centre.zone)
  for (let date = localDate(from, centre.zone); date <= last && found.length < limit; date = addDays(date, 1)) {
    const booking = await openBooking(client, { centre, date, guestId: moving?.visit.clientId ?? searchGuestId, items, invoiceId: extra?.invoiceId })
    // The organization's calls are used up: the earliest times are there, and they are what was asked for.
    if (!booking.ok) return booking.error.kind === 'rate_limited' && found.length > 0 ? ok(found, observedAt ?? from) : booking
    observedAt ??= booking.observedAt
    // Wall-clock times of the centre; a day without free times may be answered with the next one that has some.
    const starts = booking.value.times.map((time) => fromLocal(time, centre.zone)).filter((start) => start >= from && start < to && localDate(start, centre.zone) === date)
    found.push(...starts.toSorted().map((start) => toSlot({ start, wants, centre, known })))
  }
  return ok(found.slice(0, limit), observedAt ?? from)
}

function toSlot({ start, wants, centre, known }: { start: Instant; wants: Search['wants']; centre: Centre; known: Known }): OfferedSlot {
  let at = start
  const segments = wants.map(({ serviceId, staffId }): Segment => {
    const service = known.serviceById.get(serviceId)
    const segment: Segment = { serviceId, staffId: staffId ?? '', staffPreference: staffId === undefined ? 'any' : 'requested', start: at, durationMin: service?.durationMin ?? 0, price: service?.price ?? money(0, centre.currency) }
    at = addMinutes(at, segment.durationMin)
    return segment
  })
  return { locationId: centre.id, start, end: at, segments }
}
