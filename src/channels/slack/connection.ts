import { z } from 'zod'
import type { Logger } from '../../logger.ts'
import { DeskError } from '../../salon/errors.ts'
import type { Clock } from '../../salon/time.ts'
import type { Store } from '../../store/open-store.ts'
import { readSetting, writeSetting } from '../../store/settings.ts'
import type { Ask } from './ask.ts'
import type { Bot } from './bolt-app.ts'
import type { SlackCalls } from './calls.ts'

/** Whether Slack lets us in, and as whom. */
export type Connection = {
  /** Who we are, by Slack; remembered. Throws `DeskError('unavailable')` when Slack does not say. */
  bot(): Promise<Bot>
  /** Whether anything may be sent: not while the app is uninstalled. */
  isOn(): Promise<boolean>
  /** The app was uninstalled or its token revoked: sending stops, everything stays (SLK-12). */
  lost(why: 'app_uninstalled' | 'tokens_revoked'): Promise<void>
  /** Looks whether we are let in (again), and goes on if so. */
  resume(): Promise<boolean>
}

const setting = { name: 'slack.connection', schema: z.object({ on: z.boolean() }), fallback: { on: true } }

const Identity = z.object({ team_id: z.string(), user_id: z.string(), bot_id: z.string().default('') })

export function openConnection({ calls, ask, store, clock, logger }: { calls: Pick<SlackCalls, 'stop' | 'resume'>; ask: Ask; store: Store; clock: Clock; logger: Logger }): Connection {
  let known: Bot | undefined
  const look = async (): Promise<{ bot: Bot } | { error: string }> => {
    const answer = await ask('auth.test', {})
    const parsed = answer.ok ? Identity.safeParse(answer.data) : undefined
    if (parsed?.success !== true) return { error: answer.ok ? 'unreadable' : answer.error }
    known = { teamId: parsed.data.team_id, userId: parsed.data.user_id, botId: parsed.data.bot_id }
    return { bot: known }
  }
  const turn = async (on: boolean, why: string): Promise<void> => {
    if ((await readSetting(store.db, setting)).on === on) return
    await store.transaction((trx) => writeSetting(trx, { name: setting.name, value: { on }, by: 'slack', now: clock.now() }))
    logger.warn({ why }, on ? 'Slack lets the desk in again' : 'Slack does not let the desk in any more: nothing is sent there')
  }
  return {
    async bot() {
      if (known !== undefined) return known
      const found = await look()
      if ('error' in found) throw new DeskError('unavailable', { message: `auth.test: ${found.error}`, userMessage: 'Slack does not answer.' })
      return found.bot
    },
    isOn: async () => (await readSetting(store.db, setting)).on,
    async lost(why) {
      known = undefined
      calls.stop(why)
      await turn(false, why)
    },
    async resume() {
      if (!(await calls.resume()) || 'error' in await look()) return false
      await turn(true, 'auth.test')
      return true
    },
  }
}
