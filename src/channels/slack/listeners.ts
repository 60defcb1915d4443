import type { EventRequest, Listeners } from './bolt-app.ts'
import { handleAsk, handleCalls, handleCommand } from './commands.ts'
import type { Connection } from './connection.ts'
import { handleMessage } from './conversation.ts'
import { askForm, handlePress, handleSubmission, openForm } from './presses.ts'
import { type Place, reply } from './reply.ts'
import { idOf, type ShortcutBody } from './slack-body.ts'
import type { SlackRoom } from './slack-room.ts'

/** What the desk does with everything it asks Slack for in manifest.yml. */
export function slackListeners(room: SlackRoom, connection: Connection): Listeners {
  const message = (request: EventRequest) => handleMessage(room, request)
  return {
    events: {
      message,
      app_mention: message,
      app_home_opened: (request) => homeOpened(room, request),
      agent_session_stopped: async ({ event }) => room.stops.stop({ channel: idOf(event.channel) ?? '', threadTs: event.thread_ts ?? '' }),
      subteam_members_changed: async ({ event }) => room.roles.forget(event.subteam_id),
      subteam_updated: async ({ event }) => room.roles.forget(event.subteam?.id ?? event.subteam_id),
      user_change: async ({ event }) => room.roles.forget(idOf(event.user)),
      app_uninstalled: () => connection.lost('app_uninstalled'),
      tokens_revoked: async ({ event }) => {
        // Tokens of single people are none of ours.
        if ((event.tokens?.bot?.length ?? 0) > 0) await connection.lost('tokens_revoked')
      },
    },
    commands: { '/desk': (request) => handleCommand(room, request) },
    shortcuts: {
      desk_ask: (request) => shortcut(room, request, async ({ place }) => {
        if (!(await openForm({ room, place, form: askForm }))) await reply({ room, place, text: 'That took a moment too long. Open the shortcut again, or just write to me here.' })
      }),
      desk_calls: (request) => shortcut(room, request, ({ place, person }) => handleCalls(room, { key: request.key, person, place, team: request.bot.teamId })),
    },
    press: (request) => handlePress(room, request),
    submission: (request) => handleSubmission(room, request, (asked) => handleAsk(room, { ...asked, team: request.bot.teamId })),
  }
}

type ShortcutRequest = Parameters<Listeners['shortcuts'][string]>[0]

async function shortcut(room: SlackRoom, { at, body }: Pick<ShortcutRequest, 'at'> & { body: ShortcutBody }, work: (by: { place: Place; person: Parameters<SlackRoom['cards']['home']>[0] }) => Promise<void>): Promise<void> {
  const place: Place = { userId: body.user.id, at, triggerId: body.trigger_id }
  const known = await room.roles.whoIs(body.user.id)
  if (known.kind === 'person') await work({ place, person: known.person })
  else await reply({ room, place, text: known.why })
}

/** The Home tab is drawn; in the Messages tab, what one may ask. */
async function homeOpened(room: SlackRoom, { event }: EventRequest): Promise<void> {
  const [userId, channel] = [idOf(event.user), idOf(event.channel)]
  if (userId === undefined) return
  if (event.tab !== 'messages') return room.homes.draw({ userId, hash: event.view?.hash, opened: true })
  const known = await room.roles.whoIs(userId)
  if (known.kind !== 'person' || channel === undefined) return
  await room.ask('assistant.threads.setSuggestedPrompts', { channel_id: channel, prompts: room.cards.prompts(known.person.role) }, { channel })
}
