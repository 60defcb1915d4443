import { isPaused } from '../approvals/rollout.ts'
import type { BookingPlatform } from '../platforms/booking-platform.ts'
import { DeskError } from '../salon/errors.ts'
import type { Clock } from '../salon/time.ts'
import type { Store } from '../store/open-store.ts'
import { drainOutbox } from '../store/outbox.ts'
import { composeText } from './compose-text.ts'
import type { Messages, OnNeedsPerson, QuestionHandler, TextTransport } from './messages.ts'
import { queueText, textEffect } from './queue-text.ts'
import { lookAfter, readThread, recentThreads, waitingThreads } from './read-threads.ts'
import { receiveReply, type ReplyRoom } from './receive-reply.ts'
import { textHandler } from './send-text.ts'
import { loadTemplates } from './templates.ts'

/**
 * Opens texting with the questions it may ask. Without a `transport` nothing can be sent, and every card says so.
 * Throws `DeskError('corrupt')` when a template of `templatesDir` (default: prompts/messages) is broken.
 */
export async function openMessages({ store, clock, platform, transport, questions: given, onNeedsPerson, templatesDir }: { store: Store; clock: Clock; platform: BookingPlatform; transport?: TextTransport; questions: QuestionHandler[]; onNeedsPerson?: OnNeedsPerson; templatesDir?: string }): Promise<Messages> {
  const templates = await loadTemplates(templatesDir)
  const questions = new Map(given.map((handler) => [handler.name, handler]))
  const isConnected = async (): Promise<boolean> => {
    if (transport?.demoOnly !== true) return transport !== undefined
    const catalog = await platform.catalog()
    return catalog.ok && catalog.value.business.demo
  }
  const room: ReplyRoom = { store, clock, platform, templates, isConnected, questions, ...(onNeedsPerson === undefined ? {} : { onNeedsPerson }) }
  const handlers = transport === undefined ? undefined : new Map([[textEffect, textHandler({ store, clock, platform, transport })]])

  // While paused nothing is claimed, so that waiting does not count as trying.
  const deliver = async (): Promise<number> => (handlers === undefined || (await isPaused(store.db)) || !(await isConnected()) ? 0 : drainOutbox({ store, clock, handlers }))

  const mustBeKnown = (asks: { handler: string } | undefined) => {
    if (asks !== undefined && !questions.has(asks.handler)) throw new DeskError('internal', { message: `no handler for the question ${asks.handler}` })
  }

  return {
    async compose(wanted) {
      mustBeKnown(wanted.asks)
      return composeText({ store, platform, templates, isConnected: await isConnected(), wanted })
    },
    async queue(trx, { key, text, proposalId }) {
      mustBeKnown(text.asks)
      await queueText(trx, { seal: store.seal, now: clock.now(), queued: { key, text, ...(proposalId === undefined ? {} : { proposalId }) } })
    },
    deliver,
    async receive(reply) {
      const received = await receiveReply(room, reply)
      // The answer to a STOP or HELP goes out at once; what fails here goes with the next delivery, which reports it.
      await deliver().catch(() => 0)
      return received
    },
    thread: (clientId) => readThread({ store, platform, clientId }),
    recent: (limit) => recentThreads({ store, platform, ...(limit === undefined ? {} : { limit }) }),
    waiting: (limit) => waitingThreads({ store, platform, ...(limit === undefined ? {} : { limit }) }),
    lookedAfter: (thread) => lookAfter({ store, now: clock.now(), ...thread }),
  }
}
