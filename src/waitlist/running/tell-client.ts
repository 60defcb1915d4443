import { z } from 'zod'
import { confirmQuestion, sayVisit } from '../../bookings/tell-client.ts'
import type { ClientText } from '../../approvals/action.ts'
import type { WantedText } from '../../messages/messages.ts'
import { unwrap } from '../../platforms/unwrap.ts'
import { DeskError } from '../../salon/errors.ts'
import { liveStatuses } from '../../salon/salon.ts'
import type { EffectHandler, EffectResult } from '../../store/outbox.ts'
import type { Told } from '../cascade/cascade.ts'
import { type OfferRow, type OpeningRow, readCascade } from '../cascade/keep-cascade.ts'
import type { WaitlistRoom } from '../waitlist-room.ts'

const Order = z.object({ offerId: z.string(), openingId: z.string(), what: z.enum(['booked', 'taken', 'apology', 'declined', 'not_booked', 'holding', 'late']) })

const templates: Record<Told, string> = {
  booked: 'waitlist-filled', taken: 'waitlist-taken', apology: 'waitlist-apology', declined: 'waitlist-kept', not_booked: 'waitlist-not-booked', holding: 'waitlist-holding', late: 'waitlist-late',
}

/** An answer is tried for about an hour; then a person has to give it. */
const maxAttempts = 10

/** The outbox handler that answers clients who answered an offer: from templates and the book only, once each. */
export function tellHandler(room: WaitlistRoom): EffectHandler {
  return {
    begin: async () => {},
    async run(effect) {
      const order = Order.safeParse(effect.payload)
      const kept = order.success ? await readCascade(room.store.db, order.data.openingId) : undefined
      const offer = kept?.offers.find(({ id }) => id === order.data?.offerId)
      if (!order.success || kept === undefined || offer === undefined) return { state: 'FAILED', code: 'corrupt' }
      // Said too late it would be untrue: what it was about is over, and the outcome follows.
      if (isPast(offer, order.data.what)) return { state: 'CANCELLED', code: 'outdated' }
      try {
        const wanted = await wantedText(room, { opening: kept.opening, offer, what: order.data.what })
        const text = wanted === undefined ? undefined : await room.messages.compose(wanted)
        return { state: 'SENT', result: { ...order.data, text: text?.kind === 'text' ? text : null } }
      } catch (error) {
        return later(error, effect.attempts)
      }
    },
    async settle(trx, effect, result) {
      if (result.state === 'PENDING' || result.state === 'UNKNOWN' || result.state === 'CANCELLED') return
      const order = Order.safeParse(effect.payload)
      if (!order.success) return
      const offer = await trx.selectFrom('waitlist_offers').selectAll().where('id', '=', order.data.offerId).executeTakeFirstOrThrow()
      const text = result.state === 'SENT' ? (result.result as { text: ClientText | null }).text : null
      const answer = offer.answer_id === null ? undefined : await trx.selectFrom('texts').select('at').where('id', '=', offer.answer_id).executeTakeFirst()
      if (text !== null) await room.messages.queue(trx, { key: effect.key, text, ...(answer === undefined || offer.answer_id === null ? {} : { answers: { textId: offer.answer_id, at: answer.at } }) })
      // They said yes and would hear nothing: somebody has to call.
      else if (offer.answer_id !== null) await room.messages.handOver(trx, { textId: offer.answer_id, why: `waitlist_untold_${order.data.what}` })
    },
  }
}

const EntryOrder = z.object({ entryId: z.string(), openingId: z.string() })

/** The outbox handler that takes whoever was booked off the list. */
export function entryHandler({ platform }: WaitlistRoom): EffectHandler {
  return {
    begin: async () => {},
    async run(effect) {
      const order = EntryOrder.safeParse(effect.payload)
      if (!order.success) return { state: 'FAILED', code: 'corrupt' }
      const set = await platform.waitlistSet({ key: effect.key, by: 'desk', id: order.data.entryId, to: 'filled' })
      if (set.ok) return { state: 'SENT', result: null }
      const isAway = ['unavailable', 'rate_limited', 'unknown_outcome', 'auth'].includes(set.error.kind)
      return isAway && effect.attempts < maxAttempts ? { state: 'PENDING', code: set.error.kind, retryAfterMs: 15_000 * 2 ** Math.min(effect.attempts, 6) } : { state: 'FAILED', code: set.error.kind }
    },
    settle: async () => {},
  }
}

async function wantedText({ platform, clock }: WaitlistRoom, { opening, offer, what }: { opening: OpeningRow; offer: OfferRow; what: Told }): Promise<WantedText | undefined> {
  const catalog = unwrap(await platform.catalog())
  const location = catalog.locations.find(({ id }) => id === opening.location_id)
  if (location === undefined) return undefined
  const about = { template: templates[what], clientId: offer.client_id, locationId: location.id }
  const start = Offered.parse(offer.message).asks.data.start
  // Bookings may be just what cannot be read (F40): the offer itself knows the hour.
  if (what !== 'booked') return { ...about, values: { when: { when: start, zone: location.zone, now: clock.now() }, ...(what === 'apology' ? { call: { call: location.phone ?? '' } } : {}) } }
  // I5: only what can be read back is promised.
  if (offer.appointment_id === null) return undefined
  const visit = unwrap(await platform.appointment({ id: offer.appointment_id }))
  if (!liveStatuses.includes(visit.status) || visit.start !== start) return undefined
  return {
    ...about, values: sayVisit({ catalog, location, segments: visit.segments, start: visit.start, timeKnown: true, now: clock.now() }), appointmentId: visit.id, onlyWhile: { start: visit.start, live: true },
    asks: { handler: confirmQuestion, subject: `appointment:${visit.id}`, expiresAt: visit.start, data: { start: visit.start } },
  }
}

/** The start of what was offered, as the approved text keeps it. */
const Offered = z.object({ asks: z.object({ data: z.object({ start: z.iso.datetime() }) }) })

function isPast({ state }: OfferRow, what: Told): boolean {
  return (what === 'holding' && state !== 'accepted' && state !== 'booking') || (what === 'late' && state !== 'late_yes')
}

function later(error: unknown, attempts: number): EffectResult {
  if (!(error instanceof DeskError)) throw error
  return attempts < maxAttempts ? { state: 'PENDING', code: error.code, retryAfterMs: 15_000 * 2 ** Math.min(attempts, 6) } : { state: 'FAILED', code: error.code }
}
