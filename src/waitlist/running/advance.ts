import type { ClientText } from '../../approvals/action.ts'
import { lapseQuestions, openQuestion } from '../../messages/receiving/questions.ts'
import type { Instant } from '../../salon/time.ts'
import { appendAudit } from '../../store/audit.ts'
import { forgetExpected } from '../../store/expected-visits.ts'
import type { Trx } from '../../store/open-store.ts'
import { enqueueEffect } from '../../store/outbox.ts'
import type { CascadeEffect, CascadeEvent, Step, Told } from '../cascade/cascade.ts'
import { type Change, keepStep, type Kept, lockCascade, type OfferRow } from '../cascade/keep-cascade.ts'
import { step } from '../cascade/step.ts'
import { offerSubject, offerTextKey, type WaitlistRoom } from '../waitlist-room.ts'

/** Outbox kinds: an answer to a client who said yes, and the end of their waiting. */
export const tellEffect = 'waitlist_tell'
export const entryEffect = 'waitlist_entry'
/** Another look for a booking that nobody knows of, after its client was told that there is none. */
export const doubtEffect = 'waitlist_doubt'

export type Advanced = { kept: Kept; step: Step; changes: Change[] }

/**
 * Applies one event to a cascade, alone: under its lock, with everything that follows from it (offers queued and taken back,
 * answers wanted, people alerted, audit rows) in the same transaction. `event` is made under the lock; `answerId` is the
 * client's text behind a YES, `handSteps` what a person does to book it. Undefined when there is no such opening or no event.
 */
export async function advance(room: WaitlistRoom, openingId: string, { event, actor = 'desk', answerId, handSteps }: { event: (kept: Kept, now: Instant) => CascadeEvent | undefined; actor?: string; answerId?: number; handSteps?: string[] }): Promise<Advanced | undefined> {
  return room.store.transaction(async (trx) => {
    const kept = await lockCascade(trx, openingId)
    if (kept === undefined) return undefined
    const now = await room.store.now(trx)
    const given = event(kept, now)
    if (given === undefined) return undefined
    const came = step(kept.cascade, given)
    if (came.refused !== undefined) return { kept, step: came, changes: [] }
    if (answerId !== undefined && 'offerId' in given) await trx.updateTable('waitlist_offers').set({ answer_id: answerId }).where('id', '=', given.offerId).execute()
    if (handSteps !== undefined && 'offerId' in given) await trx.updateTable('waitlist_offers').set({ hand_steps: JSON.stringify(handSteps) }).where('id', '=', given.offerId).execute()
    const changes = await keepStep(trx, { kept, step: came, now, actor })
    await followChanges(trx, { room, kept, changes, now })
    for (const effect of came.effects) await follow(trx, { room, kept, effect, answerId, now })
    return { kept, step: came, changes }
  })
}

/** What no longer stands is taken back or lapses; whoever is booked no longer waits. */
async function followChanges(trx: Trx, { room, kept, changes, now }: { room: WaitlistRoom; kept: Kept; changes: Change[]; now: Instant }): Promise<void> {
  for (const { offer, from, to, why } of changes) {
    if (offer === undefined) continue
    // Also what may have got through: found not to have, it must not go out after its time.
    if ((from === 'queued' || from === 'send_unknown') && (to === 'withdrawn' || to === 'expired')) await room.messages.withdraw(trx, { key: offerTextKey(offer.id) })
    if (to === 'send_unknown') await askAllTheSame(trx, { offer, now })
    if (to === 'expired' || to === 'withdrawn') await lapseQuestions(trx, { clientId: offer.client_id, subject: offerSubject(offer.id), now })
    // What is booked there after the apology is somebody else's, unless people say otherwise.
    if (to === 'apologised') await forgetExpected(trx, { key: offerTextKey(offer.id) })
    if (to === 'apologised' && (why === 'maybe_booked' || why === 'not_by_hand')) await enqueueEffect(trx, { kind: doubtEffect, key: `offer:${offer.id}:doubt`, payload: { offerId: offer.id, openingId: kept.opening.id }, now })
    if (to === 'booked') await enqueueEffect(trx, { kind: entryEffect, key: `offer:${offer.id}:entry`, payload: { entryId: offer.entry_id, openingId: kept.opening.id }, now })
  }
}

/** It may have arrived: a YES to it is one. Sent for certain later, the same question is asked anew. */
async function askAllTheSame(trx: Trx, { offer, now }: { offer: OfferRow; now: Instant }): Promise<void> {
  const { asks, locationId } = offer.message as ClientText
  const text = await trx.selectFrom('texts').select('phone_hash').where('key', '=', offerTextKey(offer.id)).executeTakeFirst()
  if (asks !== undefined && text?.phone_hash != null) await openQuestion(trx, { clientId: offer.client_id, phoneHash: text.phone_hash, locationId, asks, now })
}

async function follow(trx: Trx, { room, kept, effect, answerId, now }: { room: WaitlistRoom; kept: Kept; effect: CascadeEffect; answerId: number | undefined; now: Instant }): Promise<void> {
  const offer = kept.offers.find(({ id }) => id === effect.offerId)
  if (effect.do === 'offer' && offer !== undefined) return queueOffer(trx, { room, kept, offer })
  // One outcome each, whatever leads to it and however often (I6).
  if (effect.do === 'tell' && offer !== undefined) return enqueueEffect(trx, { kind: tellEffect, key: `offer:${offer.id}:${keyOf(effect.what, answerId)}`, payload: { offerId: offer.id, openingId: kept.opening.id, what: effect.what }, now })
  if (effect.do !== 'alert') return
  const textId = answerId ?? offer?.answer_id ?? undefined
  if (textId !== undefined) await room.messages.handOver(trx, { textId, why: `waitlist_${effect.why}` })
  await appendAudit(trx, { at: now, actor: 'desk', action: 'waitlist.needs_person', subject: `opening:${kept.opening.id}`, detail: { why: effect.why, ...(offer === undefined ? {} : { offer: offer.id, clientId: offer.client_id }) } })
}

/** The approved words and no others; not after the chair is out of reach. */
async function queueOffer(trx: Trx, { room, kept: { opening }, offer }: { room: WaitlistRoom; kept: Kept; offer: OfferRow }): Promise<void> {
  const text: ClientText = { ...(offer.message as ClientText), body: room.store.seal.open(offer.body) }
  await room.messages.queue(trx, { key: offerTextKey(offer.id), text, ...(opening.proposal_id === null ? {} : { proposalId: opening.proposal_id }), validUntil: opening.book_by, automatic: true, watched: true })
}

/** A YES has one outcome; each NO has its own answer. */
function keyOf(what: Told, answerId: number | undefined): string {
  if (what === 'booked' || what === 'taken' || what === 'apology') return 'outcome'
  return (what === 'declined' || what === 'not_booked') && answerId !== undefined ? `${what}:${answerId}` : what
}
