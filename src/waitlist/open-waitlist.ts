import type { Action } from '../approvals/action.ts'
import type { Approvals } from '../approvals/open-approvals.ts'
import { isPaused } from '../approvals/rollout.ts'
import type { Proposal } from '../approvals/proposal.ts'
import type { Person } from '../approvals/roles.ts'
import type { QuestionHandler, TalkHandler } from '../messages/messages.ts'
import { DeskError } from '../salon/errors.ts'
import { drainOutbox } from '../store/outbox.ts'
import { offersAction } from './approving/offers-action.ts'
import type { OffersArgs } from './approving/offers-args.ts'
import { readCascade } from './cascade/keep-cascade.ts'
import { followBook } from './openings/follow-book.ts'
import { type Freed, openChair } from './openings/open-chair.ts'
import { offerVisit } from './openings/offer-visit.ts'
import { proposeOffers } from './openings/propose-offers.ts'
import { advance, doubtEffect, entryEffect, tellEffect } from './running/advance.ts'
import { offerHandler, regretTalk } from './running/answer-offer.ts'
import type { NoPlan } from './planning/plan.ts'
import { lookAt } from './running/look-at.ts'
import { hearTexts } from './running/hear-texts.ts'
import { doubtHandler } from './running/look-after-doubt.ts'
import { entryHandler, tellHandler } from './running/tell-client.ts'
import { openTelling, type Telling } from './telling/open-telling.ts'
import type { WaitlistRoom } from './waitlist-room.ts'
import { readWaitlistSettings } from './waitlist-settings.ts'

/** Chairs that come free, and the people who wait for them. */
export type Waitlist = Telling & {
  /** To be handed to `approvals`. */
  action: Action<OffersArgs>
  /** What an answer to an offer does, and "wait, no" after a YES: to be handed to `messages`. */
  question: QuestionHandler
  regret: TalkHandler
  /**
   * Everything that is due: reads what came free, prepares cards, asks who is next, books, answers. To be called every few
   * seconds on any number of instances; cheap when nothing is due. What fails at one chair goes to `onError` and stops no other.
   */
  work(working: { approvals: Approvals; onError: (error: unknown) => void }): Promise<void>
  /** Says that a chair is free and is to be offered now. Answers the opening's id. */
  offer(given: { freed: Freed; by: Person }): Promise<string>
  /** The same for the chair that a cancelled or missed visit has left, each person's for itself; one that was given up may be offered again. Answers the openings' ids. */
  offerVisit(given: { appointmentId: string; by: Person }): Promise<string[]>
  /** Prepares the card for an opening now, whoever waits for it; the one that waits already where there is one. `why`: nobody to ask, or no time to. */
  propose(given: { openingId: string; approvals: Pick<Approvals, 'propose' | 'get'>; by: Pick<Person, 'id'>; reason: string; conversation?: string }): Promise<Proposal | { why: NoPlan['why'] }>
  /** Staff give an opening up; throws `DeskError('conflict')` when somebody has said YES already (F48). */
  close(given: { openingId: string; by: Person; why?: string }): Promise<void>
}

/** Opens the waitlist over a book and its texts. */
export function openWaitlist(room: WaitlistRoom): Waitlist {
  const handlers = new Map([[tellEffect, tellHandler(room)], [entryEffect, entryHandler(room)], [doubtEffect, doubtHandler(room)]])
  const answer = async (): Promise<void> => {
    if (!(await isPaused(room.store.db))) await drainOutbox({ store: room.store, clock: room.clock, handlers })
  }
  /** After an answer the chair goes on at once: whoever is told is told, whoever is next is asked. */
  const finish = async (openingId: string): Promise<void> => {
    await lookAt(room, openingId).catch((error: unknown) => {
      if (!(error instanceof DeskError)) throw error // the platform is away: the next look goes on
    })
    await answer()
  }
  return {
    ...openTelling(room),
    action: offersAction(room),
    question: offerHandler(room, finish),
    regret: regretTalk(room, finish),
    async work({ approvals, onError }) {
      const safely = (work: Promise<unknown>) => work.catch(onError)
      if (await isPaused(room.store.db)) return
      await safely(followBook(room).then(async (followed) => {
        for (const id of followed.touched) {
          await lookAt(room, id, { isTouched: true }).catch((error: unknown) => {
            // While the platform is away nobody knows whose the chair is: the same is read again.
            if (error instanceof DeskError && error.code === 'unavailable') throw error
            onError(error)
          })
        }
        await followed.done()
      }))
      await safely(hearTexts(room, { onError }))
      for (const opening of await dueOpenings(room)) {
        await safely(opening.state === 'open' && opening.book_by > await room.store.now() ? proposeDue(room, { openingId: opening.id, approvals }) : lookAt(room, opening.id))
      }
      await safely(answer())
    },
    async offer({ freed, by }) {
      const settings = await readWaitlistSettings(room.store.db, { locationId: freed.locationId })
      return (await openChair({ store: room.store, settings, freed, by: by.id, atOnce: true })).id
    },
    offerVisit: (given) => offerVisit(room, given),
    async propose({ openingId, approvals, by, reason, conversation }) {
      const kept = await readCascade(room.store.db, openingId)
      if (kept === undefined) throw new DeskError('not_found', { message: 'no such opening', userMessage: 'There is no such opening.' })
      const { opening } = kept
      const waiting = opening.proposal_id === null ? undefined : await approvals.get(opening.proposal_id)
      if (waiting !== undefined && (waiting.state === 'pending' || opening.state !== 'open')) return waiting
      return proposeOffers(room, { opening, approvals, by: by.id, reason, ...(conversation === undefined ? {} : { conversation }) })
    },
    async close({ openingId, by, why = 'staff' }) {
      const came = await advance(room, openingId, { event: (_, now) => ({ kind: 'close', why, now }), actor: by.id })
      if (came === undefined) throw new DeskError('not_found', { message: 'no such opening', userMessage: 'There is no such opening.' })
      const { refused } = came.step
      if (refused === 'already_accepted' || refused === 'already_booked') throw new DeskError('conflict', { message: refused, userMessage: refused === 'already_booked' ? 'It is filled already: look at the booking.' : 'Somebody has said yes already and is being booked: it can no longer be withdrawn.' })
      if (refused !== undefined) throw new DeskError('stale', { message: refused, userMessage: 'It is over already.' })
      await answer()
    },
  }
}

/** What time or a person's decision about the card has made due, the oldest first. */
async function dueOpenings({ store }: WaitlistRoom): Promise<{ id: string; state: string; book_by: string }[]> {
  const { db } = store
  const columns = ['waitlist_openings.id', 'waitlist_openings.state', 'book_by'] as const
  const due = await db.selectFrom('waitlist_openings').select(columns).where('due_at', '<=', await store.now()).orderBy('due_at').limit(200).execute()
  const given = await db.selectFrom('waitlist_openings').innerJoin('proposals', 'proposals.id', 'proposal_id').select(columns).where('waitlist_openings.state', '=', 'open').where('proposals.state', 'in', ['rejected', 'expired']).execute()
  return [...due, ...given.filter(({ id }) => !due.some((each) => each.id === id))]
}

/** An opening whose time for staff is over gets its card, once; one whose card was rejected is given up. */
async function proposeDue(room: WaitlistRoom, { openingId, approvals }: { openingId: string; approvals: Approvals }): Promise<void> {
  const kept = await readCascade(room.store.db, openingId)
  if (kept === undefined || kept.opening.state !== 'open') return
  const { opening } = kept
  if (opening.proposal_id !== null) {
    const { state } = await approvals.get(opening.proposal_id)
    if (state === 'rejected' || state === 'expired') await advance(room, openingId, { event: (_, now) => ({ kind: 'close', why: state, now }) })
    else await room.store.db.updateTable('waitlist_openings').set({ due_at: opening.book_by }).where('id', '=', openingId).where('state', '=', 'open').execute()
    return
  }
  await proposeOffers(room, { opening, approvals })
}
