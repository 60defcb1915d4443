import { App, type Receiver } from '@slack/bolt'
import type { Logger } from '../../logger.ts'
import { DeskError } from '../../salon/errors.ts'
import type { Instant } from '../../salon/time.ts'
import type { CommandBody, PressBody, ShortcutBody, SlackBody, SlackEvent, SubmissionBody } from './slack-body.ts'
import { slackLogger } from './slack-logger.ts'

/** Who we are in the workspace, by `auth.test`. */
export type Bot = { teamId: string; userId: string; botId: string }

/** One request being worked: `key` names it for good, `at` is when it reached us. */
export type Request = { key: string; at: Instant; bot: Bot }
export type EventRequest = Request & { team: string; event: SlackEvent }

/** What the desk does with each kind of request; Bolt finds the right one. */
export type Listeners = {
  events: Record<string, (request: EventRequest) => Promise<void>>
  commands: Record<string, (request: Request & { body: CommandBody }) => Promise<void>>
  shortcuts: Record<string, (request: Request & { body: ShortcutBody }) => Promise<void>>
  press: (request: Request & { body: PressBody }) => Promise<void>
  submission: (request: Request & { body: SubmissionBody }) => Promise<void>
}

/** Bolt's way in from the inbox: requests were verified, stored and acknowledged before. */
class InboxReceiver implements Receiver {
  #app: App | undefined

  init(app: App): void {
    this.#app = app
  }

  async start(): Promise<void> {}
  async stop(): Promise<void> {}

  async process({ body, key, at }: { body: SlackBody; key: string; at: Instant }): Promise<void> {
    if (this.#app === undefined) throw new DeskError('internal', { message: 'Bolt is not wired' })
    await this.#app.processEvent({ body, ack: async () => {}, customProperties: { inboxKey: key, receivedAt: at } })
  }
}

/** A real Bolt app that is fed from the inbox. `process` throws what a listener throws, so that the inbox tries again. */
export function openBoltApp({ token, apiUrl, bot, logger, listeners }: {
  token: string
  apiUrl: string | undefined
  bot: () => Promise<Bot>
  logger: Logger
  listeners: Listeners
}): { process(request: { body: SlackBody; key: string; at: Instant }): Promise<void> } {
  const receiver = new InboxReceiver()
  const app = new App({
    receiver,
    logger: slackLogger(logger),
    convoStore: false,
    clientOptions: { retryConfig: { retries: 0 }, ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }) },
    authorize: async () => {
      const { teamId, userId, botId } = await bot()
      return { botToken: token, teamId, botUserId: userId, botId }
    },
  })
  app.error(async (error) => {
    throw 'original' in error && error.original instanceof Error ? error.original : error
  })
  const request = (context: Record<string, unknown>): Request => {
    // Uninstalling comes when nobody can be asked who we are any more.
    const text = (name: string): string => (typeof context[name] === 'string' ? context[name] : '')
    return { key: text('inboxKey'), at: text('receivedAt'), bot: { teamId: text('teamId'), userId: text('botUserId'), botId: text('botId') } }
  }
  for (const [name, listener] of Object.entries(listeners.events)) {
    app.event(name, async ({ body, context }) => {
      const { event, team_id } = body as unknown as { event: SlackEvent; team_id: string }
      await listener({ ...request(context), team: team_id, event })
    })
  }
  for (const [name, listener] of Object.entries(listeners.commands)) app.command(name, ({ body, context }) => listener({ ...request(context), body }))
  for (const [name, listener] of Object.entries(listeners.shortcuts)) app.shortcut(name, ({ body, context }) => listener({ ...request(context), body: body as unknown as ShortcutBody }))
  app.action(/.*/, ({ body, context }) => listeners.press({ ...request(context), body: body as unknown as PressBody }))
  app.view(/.*/, ({ body, context }) => listeners.submission({ ...request(context), body: body as unknown as SubmissionBody }))
  return { process: (given) => receiver.process(given) }
}
