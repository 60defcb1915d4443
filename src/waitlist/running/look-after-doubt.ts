import { z } from 'zod'
import { readCascade } from '../cascade/keep-cascade.ts'
import type { EffectHandler } from '../../store/outbox.ts'
import type { WaitlistRoom } from '../waitlist-room.ts'
import { advance } from './advance.ts'
import { findBooked } from './book-offer.ts'

const Order = z.object({ offerId: z.string(), openingId: z.string() })

/** The platform may be away for a weekend; it is asked every so many milliseconds until then. */
const everyMs = 60_000
const maxAttempts = 3 * 24 * 60

/** What a person makes by hand may be shown late: so many looks. */
const byHandLooks = 60

/**
 * The outbox handler that looks, once the platform answers again, whether somebody who had to be told "we could not book it"
 * is booked all the same: then a person decides (F40). Nothing is cancelled, and the client is not texted again.
 */
export function doubtHandler(room: WaitlistRoom): EffectHandler {
  return {
    begin: async () => {},
    async run({ payload, attempts }) {
      const order = Order.safeParse(payload)
      const kept = order.success ? await readCascade(room.store.db, order.data.openingId) : undefined
      const offer = kept?.offers.find(({ id }) => id === order.data?.offerId)
      if (offer === undefined) return { state: 'FAILED', code: 'corrupt' }
      const read = await room.platform.slot({ id: offer.slot_id, ...(offer.instead_of === null ? {} : { rescheduling: offer.instead_of }) })
      const found = read.ok ? await findBooked(room, { offer, slot: read.value.slot }) : 'unknown'
      if (found === 'unknown') return attempts < maxAttempts ? { state: 'PENDING', code: 'unavailable', retryAfterMs: everyMs } : { state: 'FAILED', code: 'unavailable' }
      if (found === undefined && offer.why === 'not_by_hand' && attempts < byHandLooks) return { state: 'PENDING', code: 'not_seen', retryAfterMs: everyMs }
      if (found !== undefined) await advance(room, offer.opening_id, { event: (_, now) => ({ kind: 'tried', offerId: offer.id, came: 'booked', appointmentId: found.id, now }) })
      return { state: 'SENT', result: { appointmentId: found?.id ?? null } }
    },
    settle: async () => {},
  }
}
