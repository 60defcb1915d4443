import type { Proposal } from '../approvals/proposal.ts'
import { readRollout } from '../approvals/rollout.ts'
import type { Answered, Question, QuestionHandler, Reply, TalkHandler } from '../messages/messages.ts'
import { unwrap } from '../platforms/unwrap.ts'
import { clientName, type Slot } from '../salon/salon.ts'
import { sayTime } from '../salon/time.ts'
import type { Trx } from '../store/open-store.ts'
import { answerTalk, askWhich, chooseTimeQuestion } from './answer-talk.ts'
import { findVisit } from './find-visit.ts'
import { heldByOthers, releaseHolds } from './hold-times.ts'
import { readTalk, visitsAsked } from './offer-data.ts'
import { answerWish } from './offer-times.ts'
import type { Room } from './room.ts'
import { handedOver } from './say-offer.ts'
import { saysKeep, saysNone } from './says-keep.ts'
import { withWords } from './with-words.ts'

export type Rescheduling = {
  /** The answer to "which of these times?". */
  question: QuestionHandler
  /** "Could we do another time?" */
  talk: TalkHandler
  /** For cards: who else is offered a chair that a slot needs. */
  heldFor: (slot: Slot, clientId: string) => Promise<string[]>
  /** In the transaction that records a change as done: what a moved or cancelled visit had on hold is let go. */
  afterDone: (trx: Trx, proposal: Pick<Proposal, 'kind' | 'facts'>) => Promise<void>
}

/**
 * What the reader is not sure of, but what can only mean one thing to times on offer: the visit stays, none of them will
 * do, or it may be several of them and has to be asked back. Nothing is moved by it.
 */
async function unsureAnswer(room: Room, { reply, question }: { reply: Reply; question: Question | undefined }): Promise<Answered | undefined> {
  const talk = readTalk(question)
  if (question === undefined || talk === undefined || question.clientId !== reply.clientId) return undefined
  if (saysKeep(reply.words) || (talk.stage === 'times' && saysNone(reply.words))) return answerTalk(room, question, reply)
  return reply.reading.intent === 'choice' && talk.stage === 'times' && (reply.reading.choice ?? []).length > 1 ? askWhich(room, { question, talk, reply }) : undefined
}

/** Moving visits by text: offers real free times, holds them, and moves after the salon's rule. */
export function openRescheduling(room: Room): Rescheduling {
  return {
    question: chooseTimeQuestion(room),
    talk: {
      name: 'another_time',
      takes: ['change', 'choice', 'yes', 'no', 'unclear', 'question'],
      take: ({ reply, question }) => withWords(async () => {
        const { intent, sure } = reply.reading
        if (intent !== 'change' || saysKeep(reply.words)) return unsureAnswer(room, { reply, question })
        if (!sure) return undefined
        const visit = await findVisit(room, { reply, question: question?.clientId === reply.clientId ? question : undefined })
        if (visit.why !== undefined) return handedOver(visit.why)
        const { booking, rules } = visit
        if ((await readRollout(room.store.db, { kind: 'reschedule', locationId: booking.location.id })).mode === 'shadow') return handedOver('shadow')
        return answerWish(room, { booking, rules, question: visitsAsked(question).includes(booking.appointment.id) ? question : undefined }, { wish: reply.reading.when, words: reply.words })
      }),
    },
    async heldFor(slot, clientId) {
      const holds = await heldByOthers(room.store.db, { slot, clientId, now: room.clock.now() })
      if (holds.length === 0) return []
      const [clients, { locations }] = [unwrap(await room.platform.clients({ ids: holds.map((hold) => hold.clientId) })), unwrap(await room.platform.catalog())]
      const zone = locations.find(({ id }) => id === slot.locationId)?.zone ?? 'UTC'
      return clients.map((client) => {
        const theirs = holds.filter((hold) => hold.clientId === client.id)
        if (theirs.some(({ isChosen = false }) => isChosen)) return `${clientName(client)} has chosen it by text, and the move there is under way.`
        return `Offered to ${clientName(client)} by text until ${sayTime(theirs.map(({ until }) => until).toSorted().at(-1) ?? slot.start, zone)}.`
      })
    },
    async afterDone(trx, { kind, facts: { target } }) {
      if ((kind === 'reschedule' || kind === 'cancel') && target.startsWith('appointment:')) await releaseHolds(trx, { appointmentId: target.slice('appointment:'.length), now: room.clock.now() })
    },
  }
}
