import { type Logger as SlackLogger, LogLevel } from '@slack/bolt'
import type { Logger } from '../../logger.ts'

/** Slack's libraries on the desk's log: warnings and errors only, without addresses and tokens; their lower levels print whole messages. */
export function slackLogger(logger: Logger): SlackLogger {
  const say = (parts: unknown[]): { said: string } => ({ said: String(parts[0]).replace(/\b(wss?|https?):\/\/\S+|\bx(ox|app)[a-z]*-\S+/gi, '(left out)').slice(0, 160) })
  return {
    debug: () => {},
    info: () => {},
    warn: (...parts) => logger.warn(say(parts), 'Slack library'),
    error: (...parts) => logger.error(say(parts), 'Slack library'),
    setLevel: () => {},
    getLevel: () => LogLevel.WARN,
    setName: () => {},
  }
}
