import { z } from 'zod'

/**
 * What Slack sends, as far as the desk reads it. Everything else is left out before it is stored: profiles of people,
 * whole messages with what clients are called, the old verification token.
 */
const Id = z.object({ id: z.string().min(1) })
const team = { team: Id.nullish(), api_app_id: z.string().optional() }

const Entity = z.object({ type: z.string(), value: z.unknown() })
const Context = z.object({ entities: z.array(Entity).optional() })

/** Which files came with a message, and what they are; where each is, Slack is asked. */
const File = z.object({ id: z.string().min(1), mimetype: z.string().optional(), subtype: z.string().nullish() })

const Event = z.object({
  type: z.string(),
  subtype: z.string().optional(),
  user: z.union([z.string(), Id]).optional(),
  bot_id: z.string().optional(),
  channel: z.union([z.string(), Id]).optional(),
  channel_type: z.string().optional(),
  text: z.string().optional(),
  ts: z.string().optional(),
  thread_ts: z.string().optional(),
  event_ts: z.string().optional(),
  files: z.array(File).optional().catch(undefined),
  tab: z.string().optional(),
  view: z.object({ id: z.string(), hash: z.string().optional() }).optional(),
  subteam: Id.optional(),
  subteam_id: z.string().optional(),
  /** Whose tokens were revoked: ids of users, not tokens. */
  tokens: z.object({ bot: z.array(z.string()).optional() }).optional(),
  app_context: Context.optional(),
})
export type SlackEvent = z.infer<typeof Event>

const EventBody = z.object({
  type: z.literal('event_callback'),
  team_id: z.string().default(''),
  enterprise_id: z.string().nullish(),
  api_app_id: z.string().optional(),
  event_id: z.string().min(1),
  event: Event,
})

const View = z.object({
  id: z.string().min(1),
  hash: z.string().default(''),
  type: z.string().optional(),
  callback_id: z.string().optional(),
  private_metadata: z.string().optional(),
})

const PressBody = z.object({
  type: z.literal('block_actions'),
  ...team,
  user: z.object({ id: z.string().min(1), team_id: z.string().optional() }),
  trigger_id: z.string().optional(),
  response_url: z.string().optional(),
  channel: Id.optional(),
  container: z.object({ type: z.string().optional(), is_ephemeral: z.boolean().optional(), message_ts: z.string().optional(), thread_ts: z.string().optional(), channel_id: z.string().optional() }).optional(),
  message: z.object({
    ts: z.string(),
    thread_ts: z.string().optional(),
    metadata: z.object({ event_type: z.string().optional(), event_payload: z.record(z.string(), z.unknown()).optional() }).optional(),
  }).optional(),
  view: View.optional(),
  actions: z.array(z.object({
    type: z.string().optional(),
    action_id: z.string().min(1),
    block_id: z.string().optional(),
    action_ts: z.string().default(''),
    value: z.string().optional(),
    selected_option: z.object({ value: z.string() }).nullish(),
  })).min(1),
})
export type PressBody = z.infer<typeof PressBody>

const SubmissionBody = z.object({
  type: z.literal('view_submission'),
  ...team,
  user: z.object({ id: z.string().min(1), team_id: z.string().optional() }),
  trigger_id: z.string().optional(),
  view: View.extend({ previous_view_id: z.string().nullish(), state: z.object({ values: z.record(z.string(), z.record(z.string(), z.unknown())) }) }),
})
export type SubmissionBody = z.infer<typeof SubmissionBody>

const ShortcutBody = z.object({
  type: z.literal('shortcut'),
  ...team,
  user: z.object({ id: z.string().min(1), team_id: z.string().optional() }),
  trigger_id: z.string().min(1),
  callback_id: z.string().min(1),
  action_ts: z.string().optional(),
})
export type ShortcutBody = z.infer<typeof ShortcutBody>

const CommandBody = z.object({
  command: z.string().min(1),
  text: z.string().default(''),
  team_id: z.string().default(''),
  user_id: z.string().min(1),
  channel_id: z.string().default(''),
  trigger_id: z.string().min(1),
  response_url: z.string().optional(),
  api_app_id: z.string().optional(),
})
export type CommandBody = z.infer<typeof CommandBody>

const SlackBody = z.union([EventBody, PressBody, SubmissionBody, ShortcutBody, CommandBody])
export type SlackBody = z.infer<typeof SlackBody>

/** Reads a request of Slack's; undefined for kinds the desk has no use for. */
export function readSlackBody(body: unknown): SlackBody | undefined {
  const parsed = SlackBody.safeParse(body)
  return parsed.success ? parsed.data : undefined
}

/** The id of a user or channel, which some events give whole. */
export function idOf(given: string | { id: string } | undefined): string | undefined {
  return typeof given === 'object' ? given.id : given
}
