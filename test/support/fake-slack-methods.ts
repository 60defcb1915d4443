import { z } from 'zod'
import { messageProblem, viewProblem } from './fake-slack-blocks.ts'
import type { FakeChannel, FakeMessage, FakeView, Workspace } from './fake-slack-workspace.ts'

/** What a method answers: fields beside `ok: true`, or an error code with what else belongs to it. */
type Answer = Record<string, unknown> & { error?: string }
type Method = { scope?: string | undefined; args: z.ZodType; run: (args: never, workspace: Workspace) => Answer }

function method<T>(scope: string | undefined, args: z.ZodType<T>, run: (args: T, workspace: Workspace) => Answer): Method {
  return { scope, args, run }
}

const ts = z.string().regex(/^\d{10}\.\d{6}$/)
const bool = z.preprocess((value) => (value === 'true' ? true : value === 'false' ? false : value), z.boolean())
const int = z.coerce.number().int()
const blocks = z.array(z.unknown())
const metadata = z.strictObject({ event_type: z.string().min(1).max(255), event_payload: z.record(z.string(), z.unknown()) })
const words = { text: z.string().optional(), blocks: blocks.optional() }
const page = { limit: int.min(1).max(1_000).optional(), cursor: z.string().optional(), oldest: z.string().optional(), latest: z.string().optional(), inclusive: bool.optional(), include_all_metadata: bool.optional() }
const chunk = z.union([
  z.strictObject({ type: z.literal('markdown_text'), text: z.string() }),
  z.strictObject({ type: z.literal('task_update'), id: z.string(), title: z.string(), status: z.enum(['pending', 'in_progress', 'complete', 'error']), details: z.string().optional(), output: z.string().optional(), sources: z.array(z.unknown()).optional() }),
  z.strictObject({ type: z.literal('plan_update'), title: z.string() }),
  z.strictObject({ type: z.literal('blocks'), blocks }),
])
const streamed = { markdown_text: z.string().max(12_000).optional(), chunks: z.array(chunk).optional() }

/** Slack's Web API as far as the desk uses it; what is not here answers `unknown_method`. */
export const methods: Record<string, Method> = {
  'auth.test': method(undefined, z.strictObject({}), (_args, { teamId, botUserId, botId }) => ({ url: 'https://fake.slack.invalid/', team: 'Fake Salon', team_id: teamId, user: 'desk', user_id: botUserId, bot_id: botId })),

  'chat.postMessage': method('chat:write', z.strictObject({ channel: z.string(), ...words, markdown_text: z.string().max(12_000).optional(), thread_ts: ts.optional(), metadata: metadata.optional(), unfurl_links: bool.optional(), unfurl_media: bool.optional(), mrkdwn: bool.optional(), reply_broadcast: bool.optional() }), (args, workspace) => {
    const channel = writable(args.channel, workspace)
    if ('error' in channel) return channel
    const wrong = wordsProblem(args, workspace)
    if (wrong !== undefined) return wrong
    const message: FakeMessage = {
      ts: workspace.nextTs(), channel: channel.id, user: workspace.botUserId, text: args.text ?? '', reactions: [],
      ...(args.thread_ts === undefined ? {} : { thread_ts: args.thread_ts }),
      ...(args.blocks === undefined ? {} : { blocks: args.blocks }),
      ...(args.metadata === undefined ? {} : { metadata: args.metadata }),
      unfurl: { links: args.unfurl_links, media: args.unfurl_media },
    }
    channel.messages.push(message)
    return { channel: channel.id, ts: message.ts, message: shown(message, workspace, true) }
  }),

  'chat.update': method('chat:write', z.strictObject({ channel: z.string(), ts, ...words, metadata: metadata.optional() }), (args, workspace) => {
    const found = ownMessage(args, workspace)
    if ('error' in found) return found
    if (found.message.streaming === true) return { error: 'streaming_state_conflict' }
    const wrong = (args.text?.length ?? 0) > 4_000 ? { error: 'msg_too_long' } : wordsProblem(args, workspace)
    if (wrong !== undefined) return wrong
    found.message.text = args.text ?? found.message.text
    if (args.blocks !== undefined) found.message.blocks = args.blocks
    if (args.metadata !== undefined) found.message.metadata = args.metadata
    found.message.edited = true
    return { channel: args.channel, ts: args.ts, text: found.message.text, message: shown(found.message, workspace, true) }
  }),

  'chat.delete': method('chat:write', z.strictObject({ channel: z.string(), ts }), (args, workspace) => {
    const found = ownMessage(args, workspace)
    if ('error' in found) return found
    found.channel.messages.splice(found.channel.messages.indexOf(found.message), 1)
    return { channel: args.channel, ts: args.ts }
  }),

  'chat.postEphemeral': method('chat:write', z.strictObject({ channel: z.string(), user: z.string(), ...words, thread_ts: ts.optional() }), (args, workspace) => {
    const channel = writable(args.channel, workspace)
    if ('error' in channel) return channel
    if (channel.kind === 'channel' && !channel.members.has(args.user)) return { error: 'user_not_in_channel' }
    const wrong = wordsProblem(args, workspace)
    if (wrong !== undefined) return wrong
    workspace.ephemerals.push({ channel: channel.id, user: args.user, text: args.text ?? '', ...(args.blocks === undefined ? {} : { blocks: args.blocks }), ...(args.thread_ts === undefined ? {} : { thread_ts: args.thread_ts }) })
    return { message_ts: workspace.nextTs() }
  }),

  'chat.startStream': method('chat:write', z.strictObject({ channel: z.string(), thread_ts: ts, ...streamed, recipient_user_id: z.string().optional(), recipient_team_id: z.string().optional(), task_display_mode: z.enum(['timeline', 'plan', 'dense']).optional() }), (args, workspace) => {
    const channel = writable(args.channel, workspace)
    if ('error' in channel) return channel
    if (channel.kind === 'channel' && args.recipient_user_id === undefined) return { error: 'missing_recipient_user_id' }
    if (channel.kind === 'channel' && args.recipient_team_id === undefined) return { error: 'missing_recipient_team_id' }
    const message: FakeMessage = { ts: workspace.nextTs(), channel: channel.id, user: workspace.botUserId, text: args.markdown_text ?? '', thread_ts: args.thread_ts, streaming: true, chunks: [...args.chunks ?? []], reactions: [] }
    message.text += chunkText(args.chunks)
    channel.messages.push(message)
    return { channel: channel.id, ts: message.ts }
  }),

  'chat.appendStream': method('chat:write', z.strictObject({ channel: z.string(), ts, ...streamed }), (args, workspace) => {
    const found = ownMessage(args, workspace)
    if ('error' in found) return found
    if (found.message.streaming !== true) return { error: 'message_not_in_streaming_state' }
    if (args.markdown_text === undefined && args.chunks === undefined) return { error: 'no_text' }
    appendTo(found.message, args)
    return { channel: args.channel, ts: args.ts }
  }),

  'chat.stopStream': method('chat:write', z.strictObject({ channel: z.string(), ts, ...streamed, blocks: blocks.optional(), metadata: metadata.optional(), session_status: z.string().optional() }), (args, workspace) => {
    const found = ownMessage(args, workspace)
    if ('error' in found) return found
    if (found.message.streaming !== true) return { error: 'message_not_in_streaming_state' }
    const wrong = args.blocks === undefined ? undefined : messageProblem(args.blocks, workspace.readyFiles())
    if (wrong !== undefined) return refusal(wrong)
    appendTo(found.message, args)
    found.message.streaming = false
    if (args.blocks !== undefined) found.message.blocks = args.blocks
    if (args.metadata !== undefined) found.message.metadata = args.metadata
    return { channel: args.channel, ts: args.ts, message: shown(found.message, workspace, true) }
  }),

  'agents.sessions.setStatus': method('chat:write', z.strictObject({ channel_id: z.string(), thread_ts: ts, status: z.enum(['active', 'processing', 'suspended', 'closed']), title: z.string().max(200).optional() }), (args, workspace) => {
    const channel = readable(args.channel_id, workspace)
    return 'error' in channel ? channel : { status: args.status }
  }),

  'conversations.history': method(undefined, z.strictObject({ channel: z.string(), ...page }), (args, workspace) => {
    const channel = readable(args.channel, workspace)
    if ('error' in channel) return channel
    // Answers in threads are not part of a channel's history.
    const all = channel.messages.filter((message) => (message.thread_ts === undefined || message.thread_ts === message.ts) && within(message, args)).toReversed()
    return { messages: all.slice(0, args.limit ?? 100).map((message) => shown(message, workspace, args.include_all_metadata === true)), has_more: all.length > (args.limit ?? 100) }
  }),

  'conversations.replies': method(undefined, z.strictObject({ channel: z.string(), ts, ...page }), (args, workspace) => {
    const channel = readable(args.channel, workspace)
    if ('error' in channel) return channel
    const parent = channel.messages.find((message) => message.ts === args.ts)
    if (parent === undefined) return { error: 'thread_not_found' }
    const replies = channel.messages.filter((message) => message.thread_ts === args.ts && message.ts !== args.ts && within(message, args))
    // The parent comes first whatever `oldest` says, and counts against nothing.
    return { messages: [parent, ...replies.slice(0, args.limit ?? 1_000)].map((message) => shown(message, workspace, args.include_all_metadata === true)), has_more: replies.length > (args.limit ?? 1_000) }
  }),

  'conversations.open': method('im:write', z.strictObject({ users: z.string(), return_im: bool.optional() }), (args, workspace) => {
    if (!workspace.users.has(args.users)) return { error: 'user_not_found' }
    const { id } = workspace.openDm(args.users)
    return { channel: { id } }
  }),

  'conversations.info': method('channels:read', z.strictObject({ channel: z.string() }), (args, workspace) => {
    const channel = workspace.channels.get(args.channel)
    return channel === undefined ? { error: 'channel_not_found' } : { channel: { id: channel.id, name: channel.name, is_member: channel.members.has(workspace.botUserId), is_archived: channel.archived, is_im: channel.kind === 'im' } }
  }),

  'views.open': method(undefined, z.strictObject({ trigger_id: z.string(), view: z.looseObject({}) }), (args, workspace) => openView({ ...args, workspace })),
  'views.push': method(undefined, z.strictObject({ trigger_id: z.string(), view: z.looseObject({}) }), (args, workspace) => openView({ ...args, workspace })),

  'views.update': method(undefined, z.strictObject({ view_id: z.string().optional(), external_id: z.string().optional(), hash: z.string().optional(), view: z.looseObject({}) }), (args, workspace) => {
    const known = [...workspace.views.values()].find(({ id, view }) => id === args.view_id || (args.external_id !== undefined && view['external_id'] === args.external_id))
    return known === undefined ? { error: 'not_found' } : replaceView({ known, hash: args.hash, view: args.view, workspace })
  }),

  'views.publish': method(undefined, z.strictObject({ user_id: z.string(), hash: z.string().optional(), view: z.looseObject({ type: z.literal('home') }) }), (args, workspace) => {
    if (!workspace.users.has(args.user_id)) return { error: 'user_not_found' }
    const known = workspace.homes.get(args.user_id) ?? { id: workspace.next('V'), hash: '', userId: args.user_id, view: {} }
    if (known.hash === '' && args.hash !== undefined) return { error: 'hash_conflict' }
    workspace.homes.set(args.user_id, known)
    return replaceView({ known, hash: args.hash, view: args.view, workspace })
  }),

  'users.info': method('users:read', z.strictObject({ user: z.string() }), (args, workspace) => {
    const user = workspace.users.get(args.user)
    if (user === undefined) return { error: 'user_not_found' }
    return { user: { id: user.id, team_id: workspace.teamId, name: user.name.toLowerCase().replace(/\W+/g, '.'), real_name: user.name, deleted: user.deleted, is_bot: user.isBot, tz: user.tz, profile: { real_name: user.name, display_name: user.name } } }
  }),

  'usergroups.list': method('usergroups:read', z.strictObject({ include_users: bool.optional(), include_disabled: bool.optional() }), (_args, { paidPlan, groups }) =>
    (paidPlan ? { usergroups: [...groups.values()].map(({ id, handle, users }) => ({ id, handle, name: handle, users })) } : { error: 'plan_upgrade_required' })),

  'usergroups.users.list': method('usergroups:read', z.strictObject({ usergroup: z.string(), include_disabled: bool.optional() }), (args, { paidPlan, groups }) => {
    const group = groups.get(args.usergroup)
    if (!paidPlan) return { error: 'plan_upgrade_required' }
    return group === undefined ? { error: 'no_such_subteam' } : { users: group.users }
  }),

  'files.info': method('files:read', z.strictObject({ file: z.string() }), ({ file }, { recordings }) => {
    const found = recordings.get(file)
    return found === undefined ? { error: 'file_not_found' } : found.deleted ? { error: 'file_deleted' } : { file: { ...found.info }, comments: [] }
  }),

  'files.getUploadURLExternal': method('files:write', z.strictObject({ filename: z.string().min(1), length: int.min(1), alt_txt: z.string().max(1_000).optional() }), (args, workspace) => {
    const id = workspace.next('F')
    workspace.files.set(id, { name: args.filename, length: args.length, complete: false })
    return { file_id: id, upload_url: `/upload/${id}` }
  }),

  'files.completeUploadExternal': method('files:write', z.strictObject({ files: z.array(z.strictObject({ id: z.string(), title: z.string().optional() })).min(1), channel_id: z.string().optional() }), (args, workspace) => {
    for (const { id } of args.files) {
      const file = workspace.files.get(id)
      if (file?.bytes === undefined) return { error: 'file_not_found' }
      file.complete = true
    }
    return { files: args.files }
  }),

  'reactions.add': method('reactions:write', z.strictObject({ channel: z.string(), timestamp: ts, name: z.string().min(1) }), (args, workspace) => {
    const message = workspace.channels.get(args.channel)?.messages.find((one) => one.ts === args.timestamp)
    if (message === undefined) return { error: 'message_not_found' }
    if (message.reactions.includes(args.name)) return { error: 'already_reacted' }
    message.reactions.push(args.name)
    return {}
  }),

  'assistant.threads.setStatus': method('assistant:write', z.strictObject({ channel_id: z.string(), thread_ts: ts, status: z.string(), loading_messages: z.array(z.string().min(1).max(50)).max(10).optional() }), (args, workspace) => {
    const channel = writable(args.channel_id, workspace)
    if ('error' in channel) return channel
    workspace.statuses.push({ channel: channel.id, thread_ts: args.thread_ts, status: args.status, ...(args.loading_messages === undefined ? {} : { loading_messages: args.loading_messages }) })
    return {}
  }),

  'assistant.threads.setSuggestedPrompts': method('assistant:write', z.strictObject({ channel_id: z.string(), thread_ts: ts.optional(), title: z.string().optional(), prompts: z.array(z.strictObject({ title: z.string().min(1), message: z.string().min(1) })).min(1).max(4) }), (args, workspace) => {
    const channel = writable(args.channel_id, workspace)
    if ('error' in channel) return channel
    workspace.prompts.push({ channel: channel.id, prompts: args.prompts, ...(args.thread_ts === undefined ? {} : { thread_ts: args.thread_ts }), ...(args.title === undefined ? {} : { title: args.title }) })
    return {}
  }),
  'assistant.threads.setTitle': method('assistant:write', z.strictObject({ channel_id: z.string(), thread_ts: ts, title: z.string().min(1) }), () => ({})),
}

/** What a call or a response_url would be refused for: nothing said, too much, or blocks that Slack does not know. */
export function wordsProblem({ text, blocks, markdown_text: markdown }: { text?: string | undefined; blocks?: unknown[] | undefined; markdown_text?: string | undefined }, workspace: Workspace): Answer | undefined {
  if ((text ?? '') === '' && (blocks ?? []).length === 0 && markdown === undefined) return { error: 'no_text' }
  if (markdown !== undefined && (text !== undefined || blocks !== undefined)) return { error: 'markdown_text_conflict' }
  if ((text?.length ?? 0) > 40_000) return { error: 'msg_too_long' }
  const problem = blocks === undefined ? undefined : messageProblem(blocks, workspace.readyFiles())
  return problem === undefined ? undefined : refusal(problem)
}

const refusal = ({ error, messages }: { error: string; messages: string[] }): Answer => ({ error, errors: messages, response_metadata: { messages: messages.map((line) => `[ERROR] ${line}`) } })

function writable(id: string, workspace: Workspace): FakeChannel | { error: string } {
  // Writing to a person is writing to the direct messages with them.
  const channel = workspace.users.has(id) ? workspace.openDm(id) : workspace.channels.get(id)
  if (channel === undefined) return { error: 'channel_not_found' }
  if (channel.archived) return { error: 'is_archived' }
  return channel.members.has(workspace.botUserId) ? channel : { error: 'not_in_channel' }
}

function readable(id: string, workspace: Workspace): FakeChannel | { error: string; needed?: string; provided?: string } {
  const channel = workspace.channels.get(id)
  if (channel === undefined) return { error: 'channel_not_found' }
  const needed = channel.kind === 'im' ? 'im:history' : 'channels:history'
  if (!workspace.scopes.has(needed)) return { error: 'missing_scope', needed, provided: [...workspace.scopes].join(',') }
  return channel.members.has(workspace.botUserId) ? channel : { error: 'not_in_channel' }
}

function ownMessage({ channel: id, ts }: { channel: string; ts: string }, workspace: Workspace): { channel: FakeChannel; message: FakeMessage } | { error: string } {
  const channel = workspace.channels.get(id)
  if (channel === undefined) return { error: 'channel_not_found' }
  const message = channel.messages.find((one) => one.ts === ts)
  if (message === undefined) return { error: 'message_not_found' }
  return message.user === workspace.botUserId ? { channel, message } : { error: 'cant_update_message' }
}

const within = ({ ts }: FakeMessage, { oldest, latest, inclusive }: { oldest?: string | undefined; latest?: string | undefined; inclusive?: boolean | undefined }) =>
  (oldest === undefined || Number(ts) > Number(oldest) || (inclusive === true && Number(ts) === Number(oldest))) && (latest === undefined || Number(ts) < Number(latest) || (inclusive === true && Number(ts) === Number(latest)))

function shown(message: FakeMessage, { botId, botUserId }: Workspace, withMetadata: boolean): Record<string, unknown> {
  const { ts, user, text, thread_ts: threadTs, blocks, metadata } = message
  return {
    type: 'message', ts, user, text,
    ...(user === botUserId ? { bot_id: botId } : {}),
    ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
    ...(blocks === undefined ? {} : { blocks }),
    ...(withMetadata && metadata !== undefined ? { metadata } : {}),
  }
}

const chunkText = (chunks: z.infer<typeof chunk>[] | undefined) => (chunks ?? []).map((one) => (one.type === 'markdown_text' ? one.text : '')).join('')

function appendTo(message: FakeMessage, { markdown_text: text, chunks }: { markdown_text?: string | undefined; chunks?: z.infer<typeof chunk>[] | undefined }): void {
  message.text += (text ?? '') + chunkText(chunks)
  message.chunks?.push(...chunks ?? [])
}

function openView({ trigger_id: id, view, workspace }: { trigger_id: string; view: Record<string, unknown>; workspace: Workspace }): Answer {
  const trigger = workspace.triggers.get(id)
  if (trigger === undefined) return { error: 'invalid_trigger_id' }
  if (trigger.used) return { error: 'exchanged_trigger_id' }
  if (trigger.expires < workspace.now()) return { error: 'expired_trigger_id' }
  const problem = viewProblem(view, workspace.readyFiles())
  if (problem !== undefined) return refusal(problem)
  trigger.used = true
  const known: FakeView = { id: workspace.next('V'), hash: workspace.next('hash.'), userId: trigger.userId, view }
  workspace.views.set(known.id, known)
  return { view: { ...view, id: known.id, hash: known.hash } }
}

function replaceView({ known, hash, view, workspace }: { known: FakeView; hash: string | undefined; view: Record<string, unknown>; workspace: Workspace }): Answer {
  if (hash !== undefined && hash !== known.hash) return { error: 'hash_conflict' }
  const problem = viewProblem(view, workspace.readyFiles())
  if (problem !== undefined) return refusal(problem)
  known.view = view
  known.hash = workspace.next('hash.')
  return { view: { ...view, id: known.id, hash: known.hash } }
}
