import { z } from 'zod'

/**
 * Slack's app manifest, version 2, as far as a manifest of ours may use it: our own reading of the published schema
 * (slackapi/manifest-schema, manifest.schema.2.0.0.json), with its lengths and patterns. Strict, so that a misspelt key is found.
 */
const text = (max: number, min = 1) => z.string().min(min).max(max)
const url = z.string().regex(/^https?:\/\//).max(3_500)
const names = (max: number) => z.array(text(50)).max(max)
const unique = (max: number) => names(max).refine((given) => new Set(given).size === given.length, 'each only once')
const prompt = z.strictObject({ title: z.string(), message: z.string() })

export const SlackManifest = z.strictObject({
  _metadata: z.strictObject({ major_version: z.int().optional(), minor_version: z.int().optional() }).optional(),
  display_information: z.strictObject({
    name: text(35),
    description: text(140).optional(),
    long_description: text(4_000, 175).optional(),
    background_color: z.string().regex(/^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/).optional(),
  }),
  features: z.strictObject({
    app_home: z.strictObject({ home_tab_enabled: z.boolean(), messages_tab_enabled: z.boolean(), messages_tab_read_only_enabled: z.boolean() }),
    bot_user: z.strictObject({ display_name: text(80), always_online: z.boolean().optional() }),
    agent_view: z.strictObject({
      agent_description: text(300).optional(),
      suggested_prompts: z.array(prompt).max(4).optional(),
      actions: z.array(z.strictObject({ name: z.string(), description: z.string() })).optional(),
    }),
    shortcuts: z.array(z.strictObject({ name: text(24), type: z.enum(['message', 'global']), callback_id: text(255), description: text(150) })).min(1).max(10),
    slash_commands: z.array(z.strictObject({ command: z.string().regex(/^\//).min(2).max(32), url: url.optional(), description: text(2_000), usage_hint: text(1_000).optional(), should_escape: z.boolean().optional() })).min(1).max(50),
  }),
  oauth_config: z.strictObject({ scopes: z.strictObject({ bot: unique(255), bot_optional: unique(255).optional() }) }),
  settings: z.strictObject({
    event_subscriptions: z.strictObject({ request_url: url.optional(), bot_events: unique(100) }),
    interactivity: z.strictObject({ is_enabled: z.boolean(), request_url: url.optional() }),
    org_deploy_enabled: z.boolean(),
    socket_mode_enabled: z.boolean(),
    token_rotation_enabled: z.boolean(),
  }),
})
export type SlackManifest = z.infer<typeof SlackManifest>

/** The scope each method needs, by its page in Slack's reference; `null` for those that need none. */
export const scopeOfMethod: Record<string, string | null> = {
  'agents.sessions.setStatus': 'chat:write',
  'apps.connections.open': null, // an app-level token with connections:write
  'assistant.threads.setStatus': 'chat:write',
  'assistant.threads.setSuggestedPrompts': 'assistant:write',
  'auth.test': null,
  'chat.appendStream': 'chat:write',
  'chat.delete': 'chat:write',
  'chat.postEphemeral': 'chat:write',
  'chat.postMessage': 'chat:write',
  'chat.startStream': 'chat:write',
  'chat.stopStream': 'chat:write',
  'chat.update': 'chat:write',
  'conversations.history': 'channels:history',
  'conversations.open': 'im:write',
  'conversations.replies': 'channels:history',
  'files.completeUploadExternal': 'files:write',
  'files.getUploadURLExternal': 'files:write',
  'files.info': 'files:read',
  'usergroups.users.list': 'usergroups:read',
  'users.info': 'users:read',
  'views.open': null,
  'views.publish': null,
  'views.push': null,
  'views.update': null,
}

/** The scope each event needs, by its page in Slack's reference. */
export const scopeOfEvent: Record<string, string | null> = {
  agent_session_stopped: 'assistant:write',
  app_context_changed: 'assistant:write',
  app_home_opened: null,
  app_mention: 'app_mentions:read',
  app_uninstalled: null,
  'message.channels': 'channels:history',
  'message.groups': 'groups:history',
  'message.im': 'im:history',
  subteam_members_changed: 'usergroups:read',
  subteam_updated: 'usergroups:read',
  tokens_revoked: null,
  user_change: 'users:read',
}
