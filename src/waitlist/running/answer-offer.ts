import type { Answered, Question, QuestionHandler, Reply, TalkHandler } from '../../messages/messages.ts'
import { addMinutes } from '../../salon/time.ts'
import { offerQuestion, offersKind, type WaitlistRoom } from '../waitlist-room.ts'
import { advance } from './advance.ts'
import { bookOffer } from './book-offer.ts'
import { isTakingBack } from './takes-back.ts'

type Finish = (openingId: string) => Promise<void>

/**
 * What the answer to an offer does. YES is taken down under the chair's lock, by when it reached us; whoever wins is booked
 * at once, and told once the booking was read back. The same reply again finds what it has done already.
 */
export function offerHandler(room: WaitlistRoom, finish: Finish): QuestionHandler {
  return {
    name: offerQuestion,
    kind: offersKind,
    asked: ({ data }) => ({ kind: 'offer', ...(typeof data['start'] === 'string' ? { start: data['start'] } : {}) }),
    takes: ['yes', 'no', 'choice', 'change'],
    async answer({ question, reply }) {
      const { intent } = reply.reading
      const offer = await findOffer(room, question)
      if (offer?.client_id !== reply.clientId) return { did: 'handed_over', why: 'not_an_offer' }
      if (intent === 'yes') return sayYes(room, { offer, reply, finish })
      if (intent === 'no') return sayNo(room, { offer, reply, finish })
      // Another time than the one on offer: the chair goes on to the next, and a person looks for what they want.
      await advance(room, offer.opening_id, { event: (_, now) => ({ kind: 'no', offerId: offer.id, at: reply.at, now }), actor: `client:${reply.clientId}`, answerId: reply.id })
      await finish(offer.opening_id)
      return { did: 'handed_over', why: 'wants_another_time' }
    },
  }
}

/** How long after a YES a "wait, no" still means it. */
const regretHours = 24

/** "Wait, no" after a YES (F49): stopped while nothing was sent to the platform; after that a person decides, and nothing is cancelled. */
export function regretTalk(room: WaitlistRoom, finish: Finish): TalkHandler {
  return {
    name: 'waitlist_regret',
    takes: ['no', 'cancel', 'unclear', 'change'],
    async take({ reply, question }) {
      if (question !== undefined || !isTakingBack({ words: reply.words, intent: reply.reading.intent })) return undefined
      const offer = await room.store.db.selectFrom('waitlist_offers').selectAll().where('client_id', '=', reply.clientId).where('state', 'in', ['accepted', 'booking', 'booked', 'late_yes'])
        .where('answered_at', '>', addMinutes(reply.at, -regretHours * 60)).orderBy('answered_at', 'desc').executeTakeFirst()
      if (offer === undefined) return undefined
      const came = await advance(room, offer.opening_id, { event: (_, now) => ({ kind: 'no', offerId: offer.id, at: reply.at, now }), actor: `client:${reply.clientId}`, answerId: reply.id })
      if (came?.step.refused === 'already_booked' || came?.step.refused === 'being_booked') return { did: 'handed_over', why: 'changed_mind_after_booking' }
      await finish(offer.opening_id)
      return { did: 'declined' }
    },
  }
}

type Answering = { offer: NonNullable<Awaited<ReturnType<typeof findOffer>>>; reply: Reply; finish: Finish }

async function sayYes(room: WaitlistRoom, { offer, reply, finish }: Answering): Promise<Answered> {
  const { at } = await room.store.db.selectFrom('texts').select((eb) => eb.fn.coalesce('received_at', 'at').as('at')).where('id', '=', reply.id).executeTakeFirstOrThrow()
  const came = await advance(room, offer.opening_id, { event: (_, now) => ({ kind: 'yes', offerId: offer.id, at: at ?? reply.at, now }), actor: `client:${reply.clientId}`, answerId: reply.id })
  if (came === undefined) return { did: 'handed_over', why: 'not_an_offer' }
  await bookOffer(room, { openingId: offer.opening_id, offerId: offer.id })
  await finish(offer.opening_id)
  const { state, why } = await room.store.db.selectFrom('waitlist_offers').select(['state', 'why']).where('id', '=', offer.id).executeTakeFirstOrThrow()
  if (state === 'booked') return { did: 'booked' }
  if (state === 'late_yes' || state === 'apologised') return { did: 'handed_over', why: state === 'late_yes' ? 'late_yes' : 'waitlist_not_booked' }
  // Somebody has to book it; the card of the chair says how.
  if (state === 'booking' && why === 'by_hand') return { did: 'handed_over', why: 'waitlist_by_hand' }
  return { did: state === 'accepted' || state === 'booking' ? 'accepted' : 'answered' }
}

async function sayNo(room: WaitlistRoom, { offer, reply, finish }: Answering): Promise<Answered> {
  const came = await advance(room, offer.opening_id, { event: (_, now) => ({ kind: 'no', offerId: offer.id, at: reply.at, now }), actor: `client:${reply.clientId}`, answerId: reply.id })
  if (came?.step.refused === 'being_booked' || came?.step.refused === 'already_booked') return { did: 'handed_over', why: 'changed_mind_after_booking' }
  await finish(offer.opening_id)
  return { did: 'declined' }
}

async function findOffer({ store }: WaitlistRoom, { subject }: Question) {
  return store.db.selectFrom('waitlist_offers').selectAll().where('id', '=', subject.replace(/^offer:/, '')).executeTakeFirst()
}
