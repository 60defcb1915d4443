import type { Approvals } from './approvals/open-approvals.ts'
import { confirmByClient } from './bookings/confirm-by-client.ts'
import type { ScoreAppointments } from './calls/call-list.ts'
import { clientAnswers } from './client-answers/client-answers.ts'
import { wantThread } from './channels/slack/want-thread.ts'
import type { Config } from './config.ts'
import type { Logger } from './logger.ts'
import type { MailTransport } from './messages/email/email.ts'
import { localPhone } from './messages/sending/local-phone.ts'
import type { Messages, TextTransport } from './messages/messages.ts'
import { openMessages } from './messages/open-messages.ts'
import { once } from './once.ts'
import type { BookingPlatform } from './platforms/booking-platform.ts'
import type { Policies } from './policies/open-policies.ts'
import type { TextModel } from './prompts/text-model.ts'
import type { ReplyReader } from './replies/reading.ts'
import type { ReplyModel } from './replies/reply-model.ts'
import { openRescheduling, type Rescheduling } from './rescheduling/open-rescheduling.ts'
import type { Clock } from './salon/time.ts'
import type { Store } from './store/open-store.ts'
import { waitlistTalk } from './waitlist/joining/waitlist-talk.ts'
import { openWaitlist, type Waitlist } from './waitlist/open-waitlist.ts'

/** Clients' texts, wired: what is sent and received, and what answers lead to. */
export type Texts = { messages: Messages; rescheduling: Rescheduling; reader: ReplyReader; waitlist: Waitlist }

/**
 * Wires texts: to Twilio where it is connected, else to the demo's phone, which refuses everybody but the demo salon.
 * `transport` takes the place of both. `approvals` is asked for when a reply wants a change: it is wired after texts.
 */
export async function openTexts({ config, transport, store, clock, logger, platform, replyModel, policies, textModel, score, approvals }: {
  config: Config
  transport: TextTransport | undefined
  store: Store
  clock: Clock
  logger: Logger
  platform: BookingPlatform
  replyModel: () => Promise<ReplyModel>
  policies: () => Promise<Policies>
  textModel: () => Promise<TextModel | undefined>
  score: ScoreAppointments
  approvals: () => Approvals
}): Promise<Texts> {
  // The reader takes a moment to open, and nothing waits for it until a client writes.
  const opened = once(async () => {
    const [{ replyReader }, clauses, model] = await Promise.all([import('./replies/open-reply-reader.ts'), replyModel(), textModel()])
    return replyReader({ model: clauses, ...(model === undefined ? {} : { secondReader: { name: config.languageModel?.model ?? 'a language model', model } }) })
  })
  const reader: ReplyReader = { read: async (context) => (await opened()).read(context) }
  const rescheduling = openRescheduling({
    store, clock, platform,
    approvals: { propose: (request) => approvals().propose(request), get: (id) => approvals().get(id), withdraw: (withdrawal) => approvals().withdraw(withdrawal) },
  })
  // Offers go out as texts, and texts lead to offers: whoever comes first asks for the other when it is needed.
  const waitlist = openWaitlist({
    store, clock, platform, score,
    messages: {
      compose: (wanted) => messages.compose(wanted), composeAll: (wanted) => messages.composeAll(wanted), queue: (trx, text) => messages.queue(trx, text),
      withdraw: (trx, text) => messages.withdraw(trx, text), handOver: (trx, reply) => messages.handOver(trx, reply), isConnected: () => messages.isConnected(),
    },
  })
  const messages: Messages = await openMessages({
    store, clock, platform, reader,
    transport: transport ?? (await textService({ config, store, clock, logger })),
    emails: await mailService({ config, store }),
    questions: [confirmByClient({ platform, clock }), rescheduling.question, waitlist.question],
    talks: [waitlist.regret, waitlistTalk({ store, clock, platform }), rescheduling.talk, clientAnswers({ store, clock, platform, policies })],
    ...(config.slack === undefined ? {} : { onNeedsPerson: (trx, reply) => wantThread(trx, { ...reply, channel: config.slack?.channel, now: clock.now() }) }),
  })
  return { messages, rescheduling, reader, waitlist }
}

async function textService({ config: { twilio, publicUrl }, store, clock, logger }: { config: Config; store: Store; clock: Clock; logger: Logger }): Promise<TextTransport> {
  if (twilio === undefined || publicUrl === undefined) return localPhone
  const { twilioTransport } = await import('./channels/sms/twilio-transport.ts')
  return twilioTransport({ settings: twilio, publicUrl, clock, store, logger })
}

async function mailService({ config: { email, publicUrl }, store }: { config: Config; store: Store }): Promise<MailTransport | undefined> {
  if (email === undefined || publicUrl === undefined) return undefined
  const { emailTransport } = await import('./channels/email/email-transport.ts')
  return emailTransport({ settings: email, publicUrl, seal: store.seal })
}
