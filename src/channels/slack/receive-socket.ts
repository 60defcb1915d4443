import { type App, SocketModeReceiver } from '@slack/bolt'
import { errorFields, type Logger } from '../../logger.ts'
import type { Intake } from './intake.ts'
import { slackLogger } from './slack-logger.ts'

/** A Socket Mode connection: Slack's requests come through a WebSocket that we open, so that no address of ours is needed. */
export type Socket = {
  /** Connects, and again whenever the connection is lost, until `stop`. Resolves when it is up for the first time, or was refused once. */
  start(): Promise<void>
  stop(): Promise<void>
  isUp(): boolean
}

/** Seconds between tries: at once when Slack asks for a new connection, then 1, 2, 4 … up to a minute. */
const longestWaitMs = 60_000

/**
 * Bolt's Socket Mode receiver over the intake: every envelope is acknowledged after its insert, and not at all when the insert failed.
 * Reconnecting is done here: the library's own gives up with an unhandled error when the network is away.
 */
export function openSocket({ appToken, apiUrl, intake, logger, wait = pause }: {
  appToken: string
  apiUrl: string | undefined
  intake: Intake
  logger: Logger
  /** How to wait before the next try; tests do not. */
  wait?: (ms: number) => Promise<void>
}): Socket {
  const receiver = new SocketModeReceiver({
    appToken,
    logger: slackLogger(logger),
    autoReconnectEnabled: false,
    installerOptions: { clientOptions: { retryConfig: { retries: 0 }, ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }) } },
    processEventErrorHandler: async ({ error }) => {
      logger.error(errorFields(error), 'could not store what came from Slack; it will come again')
      return false
    },
  })
  receiver.init({ processEvent: async ({ body, ack }) => { await ack(await intake(body)) } } as Pick<App, 'processEvent'> as App)

  let isUp = false
  let stopped = false
  let failures = 0
  let connecting: Promise<void> | undefined
  const { client } = receiver
  client.on('connected', () => {
    if (failures > 0) logger.info({ failures }, 'Slack connection is back')
    isUp = true
    failures = 0
  })
  client.on('disconnected', () => {
    if (isUp && !stopped) logger.warn({}, 'Slack connection is down, connecting again')
    isUp = false
    reconnect()
  })

  const connect = async (): Promise<void> => {
    try {
      await receiver.start()
    } catch (error) {
      failures++
      logger.warn({ ...errorFields(error), failures }, 'no connection to Slack')
    }
  }
  const reconnect = (): void => {
    if (stopped || connecting !== undefined) return
    connecting = (async () => {
      while (!stopped && !isUp) {
        if (failures > 0) await wait(Math.min(longestWaitMs, 1_000 * 2 ** (failures - 1)))
        if (!stopped) await connect()
      }
    })().finally(() => {
      connecting = undefined
    })
  }
  return {
    async start() {
      await connect()
      if (!isUp) reconnect()
    },
    async stop() {
      stopped = true
      await receiver.stop()
    },
    isUp: () => isUp,
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref()
  })
}
