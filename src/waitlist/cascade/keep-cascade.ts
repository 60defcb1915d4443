import type { Selectable } from 'kysely'
import type { Instant } from '../../salon/time.ts'
import { appendAudit } from '../../store/audit.ts'
import type { Db, Trx } from '../../store/open-store.ts'
import type { WaitlistTables } from '../../store/tables/waitlist.ts'
import { type Cascade, type CascadePlan, ended, type Offer, type Step } from './cascade.ts'
import { nextLook } from './step.ts'

export type OpeningRow = Selectable<WaitlistTables['waitlist_openings']>
export type OfferRow = Selectable<WaitlistTables['waitlist_offers']>

/** A cascade as it is kept, with the rows it was read from. */
export type Kept = { opening: OpeningRow; offers: OfferRow[]; cascade: Cascade }

/** Reads a cascade and locks it: everybody who wants to change it waits here. Undefined when there is none. */
export async function lockCascade(trx: Trx, openingId: string): Promise<Kept | undefined> {
  const opening = await trx.selectFrom('waitlist_openings').selectAll().where('id', '=', openingId).forUpdate().executeTakeFirst()
  return opening === undefined ? undefined : withOffers(opening, await readOffers(trx, openingId))
}

/** The same to look at only. */
export async function readCascade(db: Db | Trx, openingId: string): Promise<Kept | undefined> {
  const opening = await db.selectFrom('waitlist_openings').selectAll().where('id', '=', openingId).executeTakeFirst()
  return opening === undefined ? undefined : withOffers(opening, await readOffers(db, openingId))
}

function readOffers(db: Db | Trx, openingId: string): Promise<OfferRow[]> {
  return db.selectFrom('waitlist_offers').selectAll().where('opening_id', '=', openingId).orderBy('place').execute()
}

function withOffers(opening: OpeningRow, offers: OfferRow[]): Kept {
  const plan = (opening.plan ?? { windowMin: 0, width: 0 }) as CascadePlan
  return { opening, offers, cascade: { state: opening.state, bookBy: opening.book_by, plan, offers: offers.map(toOffer), ...(opening.why === null ? {} : { why: opening.why }) } }
}

function toOffer(row: OfferRow): Offer {
  return {
    id: row.id, clientId: row.client_id, state: row.state, attempts: row.attempts, toldHolding: row.told_holding,
    ...(row.why === null ? {} : { why: row.why }), ...(row.sent_at === null ? {} : { sentAt: row.sent_at }), ...(row.expires_at === null ? {} : { expiresAt: row.expires_at }),
    ...(row.answered_at === null ? {} : { answeredAt: row.answered_at }), ...(row.accepted_at === null ? {} : { acceptedAt: row.accepted_at }),
    ...(row.next_try_at === null ? {} : { nextTryAt: row.next_try_at }), ...(row.appointment_id === null ? {} : { appointmentId: row.appointment_id }),
  }
}

/** What an offer, or the opening (without `offer`), became. */
export type Change = { offer?: OfferRow; from: string; to: string; why?: string }

/** Keeps what a step made of it, each change of a state with its audit row (I7), and when to look again. Answers the changes. */
export async function keepStep(trx: Trx, { kept: { opening, offers, cascade: before }, step: { cascade: after }, now, actor }: { kept: Kept; step: Step; now: Instant; actor: string }): Promise<Change[]> {
  const changes: Change[] = []
  for (const [index, offer] of after.offers.entries()) {
    const [row, old] = [offers[index], before.offers[index]]
    if (row === undefined || old === undefined || offer === old) continue
    await trx.updateTable('waitlist_offers').set({
      state: offer.state, why: offer.why ?? null, sent_at: offer.sentAt ?? null, expires_at: offer.expiresAt ?? null, answered_at: offer.answeredAt ?? null, accepted_at: offer.acceptedAt ?? null,
      attempts: offer.attempts, next_try_at: offer.nextTryAt ?? null, told_holding: offer.toldHolding, appointment_id: offer.appointmentId ?? null,
    }).where('id', '=', row.id).execute()
    if (offer.state !== old.state) changes.push({ offer: row, from: old.state, to: offer.state, ...(offer.why === undefined ? {} : { why: offer.why }) })
  }
  if (after.state !== before.state) changes.push({ from: before.state, to: after.state, ...(after.why === undefined ? {} : { why: after.why }) })
  await trx.updateTable('waitlist_openings').set({ state: after.state, why: after.why ?? null, due_at: nextLook(after, now) ?? null, ...(ended.includes(after.state) && opening.ended_at === null ? { ended_at: now } : {}) }).where('id', '=', opening.id).execute()
  for (const { offer, from, to, why } of changes) {
    await appendAudit(trx, { at: now, actor, action: offer === undefined ? `waitlist.${to}` : `offer.${to}`, subject: `opening:${opening.id}`, detail: { from, ...(offer === undefined ? {} : { offer: offer.id, clientId: offer.client_id, place: offer.place }), ...(why === undefined ? {} : { why }), ...(opening.proposal_id === null ? {} : { proposalId: opening.proposal_id }) } })
  }
  return changes
}
