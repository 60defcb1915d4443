import type { TwilioSettings } from '../../config.ts'
import { errorFields, type Logger } from '../../logger.ts'
import type { Messages } from '../../messages/messages.ts'
import { addMinutes, type Clock } from '../../salon/time.ts'
import { openInboxWorker, type Received } from '../../store/inbox.ts'
import type { Store } from '../../store/open-store.ts'
import { askForReports } from './ask-for-reports.ts'
import { failureOf } from './error-table.ts'
import { inboxSources, openText } from './keep-text.ts'
import { receiveWebhook, type WebhookRequest, type WebhookResponse } from './receive-webhook.ts'
import { type Reconciled, reconcileInbound } from './reconcile.ts'
import { openTwilioCalls } from './twilio-client.ts'
import { InboxReport } from './webhook-body.ts'

/** The desk's ear for texts. */
export type Sms = {
  /** Answers one request to `/sms/inbound`, `/sms/inbound/again` or `/sms/status`. */
  receive(request: WebhookRequest): Promise<WebhookResponse>
  /** Works what came in until `stop`. */
  start(): void
  stop(): Promise<void>
  /** Works what came in until nothing is due; answers how many texts and reports were settled. */
  work(): Promise<number>
  /**
   * To be called every five minutes (TWI-3): fetches what clients wrote and the webhook missed, takes up again what could
   * not be worked while the booking platform was away, and asks about texts of ours that nothing was heard of. Throws when
   * Twilio does not answer.
   */
  reconcile(): Promise<Reconciled>
  /** Requests that were not from Twilio, since the start. */
  refused(): number
}

/** How often the inbox is looked at for what is due by the clock. */
const everyMs = 2_000

/** Side by side, texts and reports: fewer than the database has connections, so that an acknowledgement never waits for one. */
const mostAtOnce = 4

/** A text that could not be worked because the platform was away is taken up again for this long. */
const takeUpMinutes = 24 * 60

/** Takes in texts and reports by Twilio's webhooks, and hands them to `messages` one number after another's order. */
export function openSms({ settings, publicUrl, store, clock, logger, messages }: {
  settings: TwilioSettings
  publicUrl: string
  store: Store
  clock: Clock
  logger: Logger
  messages: Pick<Messages, 'receiveFrom' | 'reported'>
}): Sms {
  const call = openTwilioCalls({ settings })
  let refused = 0
  let timer: NodeJS.Timeout | undefined

  const handlers = {
    [inboxSources.text]: async ({ externalId, payload }: Received) => {
      await messages.receiveFrom(openText({ seal: store.seal, externalId, payload }))
    },
    [inboxSources.report]: async ({ payload }: Received) => {
      const report = InboxReport.parse(payload)
      await messages.reported({ ...report, ...(report.code === undefined ? {} : { failure: failureOf(report.code) }) })
    },
  }
  const workers = Object.entries(handlers).map(([source, handle]) => openInboxWorker({
    store, clock, source, handle, mostAtOnce,
    onError: (error, { externalId, attempts }) => logger.error({ ...errorFields(error), source, request: externalId, attempts }, 'a text or a report could not be worked'),
  }))
  const kick = (): void => {
    for (const worker of workers) worker.kick()
  }

  return {
    receive: (request) => receiveWebhook({
      request, authTokens: settings.authTokens, publicUrl, store, clock, logger,
      onStored: () => { if (timer !== undefined) kick() },
      onRefused: () => {
        refused++
        // Somebody who knocks all night must not fill the disk.
        if (refused === 1 || refused % 100 === 0) logger.warn({ refused }, 'requests that were not from Twilio')
      },
    }),
    start() {
      timer = setInterval(kick, everyMs)
      kick()
    },
    async stop() {
      clearInterval(timer)
      timer = undefined
      await Promise.all(workers.map((worker) => worker.stop()))
    },
    work: async () => (await Promise.all(workers.map((worker) => worker.drain()))).reduce((sum, count) => sum + count, 0),
    async reconcile() {
      await takeUpAgain({ store, clock })
      const reconciled = await reconcileInbound({ call, settings, store, clock, logger })
      await askForReports({ call, store, clock, messages })
      if (timer !== undefined) kick()
      return reconciled
    },
    refused: () => refused,
  }
}

/** Six tries are half a minute; a booking platform may be away for longer, and what a client wrote waits for it. */
async function takeUpAgain({ store: { db }, clock }: { store: Store; clock: Clock }): Promise<void> {
  await db.updateTable('inbox').set({ state: 'new', attempts: 0, due_at: null, handled_at: null })
    .where('source', '=', inboxSources.text).where('state', '=', 'failed').where('error_code', '=', 'unavailable').where('handled_at', '>', addMinutes(clock.now(), -takeUpMinutes)).execute()
}
