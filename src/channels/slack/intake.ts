import type { Logger } from '../../logger.ts'
import type { Clock, Instant } from '../../salon/time.ts'
import { hashOf } from '../../store/canonical-json.ts'
import { receive } from '../../store/inbox.ts'
import type { Store, Trx } from '../../store/open-store.ts'
import { checkSubmission } from './check-submission.ts'
import { conversationId, isDirect } from './conversation-id.ts'
import { readSlackBody, type SlackBody } from './slack-body.ts'

/** What may take as long as a conversation has a queue and workers of its own, so that no approval ever waits behind a chat. */
export const inboxSources = { talk: 'slack.talk', quick: 'slack' } as const

/** One request of Slack's as it lies in the inbox; `at` is when it reached us, on the desk's clock. */
export type Taken = { at: Instant; body: SlackBody }

/** Stores a request of Slack's once, whichever way it came; answers what the acknowledgement carries (nothing, or the errors of a form). */
export type Intake = (body: unknown) => Promise<Record<string, unknown> | undefined>

/**
 * The one way in: every request becomes one row of the inbox and is worked from there (SLK-1). The same request again,
 * by a retry, a second instance or a replay, is the same row (SLK-3). Throws what the database throws: then Slack sends it again.
 */
export function openIntake({ store, clock, logger, onStored }: { store: Store; clock: Clock; logger: Logger; onStored: () => void }): Intake {
  return async (given) => {
    const body = readSlackBody(given)
    if (body === undefined) {
      logger.warn({ kind: kindOf(given) }, 'something from Slack that the desk has no use for')
      return undefined
    }
    if (isOurOwnOrNoMessage(body)) return undefined
    if ('view' in body && body.type === 'view_submission') {
      const errors = checkSubmission(given)
      if (Object.keys(errors).length > 0) return { response_action: 'errors', errors }
    }
    const lane = laneOf(body)
    const payload: Taken = { at: clock.now(), body }
    const { isNew } = await store.transaction(async (trx) => (await isForUs(trx, { body, lane })) ? receive(trx, { source: sourceOf(body), externalId: keyOf(body), payload, ...(lane === undefined ? {} : { lane }) }) : { isNew: false })
    if (isNew) onStored()
    return undefined
  }
}

/** What people write in a channel is none of our business and is not kept, but for threads in which they talk with the desk. */
async function isForUs(trx: Trx, { body, lane }: { body: SlackBody; lane: string | undefined }): Promise<boolean> {
  if (!('event' in body) || body.event.type !== 'message' || isDirect(body.event)) return true
  if (lane === undefined || body.event.thread_ts === undefined) return false
  return await trx.selectFrom('conversations').select('id').where('id', '=', lane).executeTakeFirst() !== undefined
}

/** What makes two deliveries the same request. Slack gives events an id; a press is one person's, at one moment, on one button of one message. */
function keyOf(body: SlackBody): string {
  if ('command' in body) return `command:${body.team_id}:${body.trigger_id}`
  switch (body.type) {
    case 'event_callback':
      return `${body.team_id}:${body.event_id}`
    case 'block_actions': {
      const [action] = body.actions
      return `press:${body.team?.id ?? ''}:${action?.action_ts}:${action?.action_id}:${body.message?.ts ?? body.container?.message_ts ?? body.view?.id ?? ''}:${body.user.id}`
    }
    case 'view_submission':
      // A form that was refused keeps its id and hash: what is in it makes the difference.
      return `form:${body.team?.id ?? ''}:${body.view.id}:${body.view.hash}:${hashOf(body.view.state.values).slice(0, 16)}`
    case 'shortcut': // below, so that every path returns
  }
  return `shortcut:${body.team?.id ?? ''}:${body.trigger_id}`
}

/** Commands that a person waits for and that ask nobody. */
const quickCommand = /^\s*(pause|resume|here|page|help|away\b.*)?\s*$/is

function sourceOf(body: SlackBody): string {
  if ('command' in body) return quickCommand.test(body.text) ? inboxSources.quick : inboxSources.talk
  return 'event' in body && (body.event.type === 'message' || body.event.type === 'app_mention') ? inboxSources.talk : inboxSources.quick
}

/** One conversation stays in order; a press or a command never waits behind one. */
function laneOf(body: SlackBody): string | undefined {
  if (!('event' in body)) return undefined
  const { event, team_id: team } = body
  return event.type === 'message' || event.type === 'app_mention' ? conversationId({ team, event }) : undefined
}

/** What bots write (the desk too), and edits, joins and other notes about messages are no requests; only files and replies shown in the channel are a person's own words. */
function isOurOwnOrNoMessage(body: SlackBody): boolean {
  // What somebody looks at comes with their next message; the event by itself asks nothing.
  if ('event' in body && body.event.type === 'app_context_changed') return true
  if (!('event' in body) || (body.event.type !== 'message' && body.event.type !== 'app_mention')) return false
  const { subtype, bot_id, user } = body.event
  return bot_id !== undefined || user === undefined || (subtype !== undefined && subtype !== 'file_share' && subtype !== 'thread_broadcast')
}

function kindOf(given: unknown): string {
  const type = typeof given === 'object' && given !== null && 'type' in given ? given.type : undefined
  return typeof type === 'string' ? type.slice(0, 40) : 'unknown'
}
