import { isPaused } from '../approvals/rollout.ts'
import type { BookingPlatform } from '../platforms/booking-platform.ts'
import type { ReplyReader } from '../replies/reading.ts'
import { DeskError } from '../salon/errors.ts'
import type { Clock } from '../salon/time.ts'
import type { Store } from '../store/open-store.ts'
import { drainOutbox } from '../store/outbox.ts'
import { allowAgain } from './consent/allow-again.ts'
import { composeAll, composeText } from './words/compose-text.ts'
import { reported } from './sending/delivery.ts'
import type { MailTransport } from './email/email.ts'
import type { Messages, OnNeedsPerson, QuestionHandler, Received, TalkHandler, TextTransport } from './messages.ts'
import { openEmails } from './email/open-emails.ts'
import { queueEmailText } from './email/queue-email.ts'
import { queueText, textEffect, withdrawText } from './sending/queue-text.ts'
import { readAs } from './receiving/read-as.ts'
import { lookAfter, readThread, recentThreads, waitingThreads } from './receiving/read-threads.ts'
import { receiveFrom, receiveReply } from './receiving/receive-reply.ts'
import { readOpenQuestion, receiveSpoken, sayAloud, unheard } from './receiving/receive-spoken.ts'
import type { ReplyRoom } from './receiving/reply-room.ts'
import { textHandler } from './sending/send-text.ts'
import { handOverLater } from './receiving/settle-reply.ts'
import { handBack, takeOver } from './receiving/take-over.ts'
import { loadTemplates } from './words/templates.ts'

/**
 * Opens texting with the questions it may ask and what it may answer by itself (`talks`, in turn). Without a `transport`
 * nothing can be sent, and every card says so. Throws `DeskError('corrupt')` when a template of `templatesDir` (default:
 * prompts/messages) is broken.
 */
export async function openMessages({ store, clock, platform, reader, transport, emails: mailTransport, questions: given, talks = [], onNeedsPerson, templatesDir }: {
  store: Store
  clock: Clock
  platform: BookingPlatform
  reader: ReplyReader
  transport?: TextTransport
  /** What cannot arrive as a text goes this way; only beside a `transport`. */
  emails?: MailTransport | undefined
  questions: QuestionHandler[]
  talks?: TalkHandler[]
  onNeedsPerson?: OnNeedsPerson
  templatesDir?: string
}): Promise<Messages> {
  const templates = await loadTemplates(templatesDir)
  const questions = new Map(given.map((handler) => [handler.name, handler]))
  const isConnected = async (): Promise<boolean> => {
    if (transport?.demoOnly !== true) return transport !== undefined
    const catalog = await platform.catalog()
    return catalog.ok && catalog.value.business.demo
  }
  const emails = mailTransport === undefined || transport === undefined ? undefined : await openEmails({ store, clock, platform, templates, transport: mailTransport })
  /** What answers a client's text goes where that came from. */
  const composeAnswer: Messages['compose'] = async (wanted) => {
    mustBeKnown(wanted.asks)
    return composeText({ store, platform, templates, isConnected: await isConnected(), wanted })
  }
  const room: ReplyRoom = { store, clock, platform, templates, reader, transport, isConnected, compose: composeAnswer, questions, talks, ...(onNeedsPerson === undefined ? {} : { onNeedsPerson }) }
  const handlers = transport === undefined ? undefined : new Map([[textEffect, textHandler({ store, clock, platform, transport, onLost: emails?.onLost })], ...(emails?.handlers ?? [])])

  // While paused nothing is claimed, so that waiting does not count as trying.
  const deliver: Messages['deliver'] = async (limits = {}) => (handlers === undefined || (await isPaused(store.db)) || !(await isConnected()) ? 0 : drainOutbox({ store, clock, handlers, ...limits }))

  /** What is said in answer goes out at once; what fails here goes with the next delivery, which reports it. */
  const andDeliver = async (receiving: Promise<Received>): Promise<Received> => {
    const received = await receiving
    await deliver({ atMost: 3 }).catch(() => 0)
    return received
  }

  function mustBeKnown(asks: { handler: string } | undefined): void {
    if (asks !== undefined && !questions.has(asks.handler)) throw new DeskError('internal', { message: `no handler for the question ${asks.handler}` })
  }

  return {
    isConnected,
    async compose(wanted) {
      mustBeKnown(wanted.asks)
      return composeText({ store, platform, templates, isConnected: await isConnected(), byEmail: emails?.instead, wanted })
    },
    async composeAll(wanted) {
      for (const { asks } of wanted) mustBeKnown(asks)
      return composeAll({ store, platform, templates, isConnected: await isConnected(), byEmail: emails?.instead, wanted })
    },
    async queue(trx, { validUntil, ...queued }) {
      mustBeKnown(queued.text.asks)
      const order = { seal: store.seal, now: clock.now(), queued: { ...queued, ...(validUntil === undefined ? {} : { before: validUntil }) } }
      await (queued.text.channel === 'email' ? queueEmailText(trx, order) : queueText(trx, order))
    },
    withdraw: (trx, { key }) => withdrawText(trx, { key, now: clock.now() }),
    handOver: (trx, reply) => handOverLater(trx, { room, now: clock.now(), ...reply }),
    deliver,
    receive: (reply) => andDeliver(receiveReply(room, reply)),
    receiveFrom: (text) => andDeliver(receiveFrom(room, text)),
    receiveSpoken: (said) => receiveSpoken(room, said),
    sayAloud: (said) => sayAloud(room, said),
    unheard: (said) => unheard(room, said),
    openQuestion: (of) => readOpenQuestion(room, of),
    reported: (report) => reported({ store, clock, report, onLost: emails?.onLost }),
    thread: (clientId) => readThread({ store, platform, clientId }),
    recent: (limit) => recentThreads({ store, platform, ...(limit === undefined ? {} : { limit }) }),
    waiting: (limit) => waitingThreads({ store, platform, ...(limit === undefined ? {} : { limit }) }),
    lookedAfter: (thread) => lookAfter({ store, now: clock.now(), ...thread }),
    takeOver: (thread) => takeOver({ store, now: clock.now(), ...thread }),
    handBack: (thread) => handBack({ store, now: clock.now(), ...thread }),
    readAs: (reading) => andDeliver(readAs(room, reading)),
    setConsent: (consent) => allowAgain({ store, platform, now: clock.now(), ...consent }),
  }
}
