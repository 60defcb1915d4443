export type FakeMessage = {
  ts: string
  channel: string
  user: string
  text: string
  thread_ts?: string
  blocks?: unknown[]
  metadata?: { event_type: string; event_payload: Record<string, unknown> }
  /** What the call said about unfurling; Slack does not keep it with the message. */
  unfurl?: { links: boolean | undefined; media: boolean | undefined }
  edited?: boolean
  streaming?: boolean
  chunks?: unknown[]
  reactions: string[]
}

export type FakeChannel = { id: string; name: string; kind: 'channel' | 'im'; members: Set<string>; archived: boolean; messages: FakeMessage[] }
export type FakeUser = { id: string; name: string; deleted: boolean; isBot: boolean; tz: string }
export type FakeGroup = { id: string; handle: string; users: string[] }
/** What somebody recorded; `info` is what Slack says of it. */
export type FakeRecording = { bytes: Uint8Array; deleted: boolean; info: { id: string; mimetype: string; subtype?: string; size: number; url_private_download: string } & Record<string, unknown> }
export type FakeView = { id: string; hash: string; userId: string; view: Record<string, unknown>; root?: string }

/** Every scope the desk may ask for; a test takes some away. */
const allScopes = ['app_mentions:read', 'assistant:write', 'channels:history', 'chat:write', 'commands', 'files:read', 'files:write', 'groups:history', 'im:history', 'im:write', 'reactions:write', 'team:read', 'usergroups:read', 'users:read']

/** What a Slack workspace holds, on a clock of the test's. */
export function createWorkspace({ now }: { now: () => number }) {
  let count = 0
  const next = (prefix: string) => `${prefix}${String(++count).padStart(8, '0')}`
  const workspace = {
    teamId: 'T0SALON01', botUserId: 'U0DESK001', botId: 'B0DESK001', appId: 'A0DESK001',
    token: 'xoxb-fake-0123456789-desk', appToken: 'xapp-fake-0123456789-desk',
    /** What Slack answers to this token: undefined while it is good. */
    tokenError: undefined as string | undefined,
    scopes: new Set(allScopes),
    /** On free plans user groups do not exist. */
    paidPlan: true,
    channels: new Map<string, FakeChannel>(),
    users: new Map<string, FakeUser>(),
    groups: new Map<string, FakeGroup>(),
    views: new Map<string, FakeView>(),
    homes: new Map<string, FakeView>(),
    files: new Map<string, { name: string; length: number; bytes?: Buffer; complete: boolean }>(),
    recordings: new Map<string, FakeRecording>(),
    /** Pictures that are uploaded and still being looked at by Slack. */
    filesNotReady: new Set<string>(),
    triggers: new Map<string, { expires: number; used: boolean; userId: string }>(),
    responseUrls: new Map<string, { channel: string; ts?: string; userId: string; left: number; expires: number }>(),
    ephemerals: [] as { channel: string; user: string; text: string; blocks?: unknown[]; thread_ts?: string }[],
    statuses: [] as { channel: string; thread_ts: string; status: string; loading_messages?: string[] }[],
    prompts: [] as { channel: string; thread_ts?: string; prompts: unknown[]; title?: string }[],
    next,
    now,
    /** `1795280000.000042`: seconds of the clock, and a counter that makes it unique in the workspace. */
    nextTs: () => `${Math.floor(now() / 1_000)}.${String(++count).padStart(6, '0')}`,
    addUser({ id, name, deleted = false, isBot = false, tz = 'America/Los_Angeles' }: { id: string; name: string; deleted?: boolean; isBot?: boolean; tz?: string }): void {
      workspace.users.set(id, { id, name, deleted, isBot, tz })
    },
    addGroup({ id, handle, users }: FakeGroup): void {
      workspace.groups.set(id, { id, handle, users })
    },
    /** A channel with the desk in it, unless `member` says otherwise. */
    addChannel({ id, name = id.toLowerCase(), member = true, members = [] }: { id: string; name?: string; member?: boolean; members?: string[] }): void {
      workspace.channels.set(id, { id, name, kind: 'channel', members: new Set([...members, ...(member ? [workspace.botUserId] : [])]), archived: false, messages: [] })
    },
    /** The direct-message channel of the desk and this person, opened if need be. */
    openDm(userId: string): FakeChannel {
      const id = `D${userId.slice(1)}`
      const channel = workspace.channels.get(id) ?? { id, name: id, kind: 'im' as const, members: new Set([userId, workspace.botUserId]), archived: false, messages: [] }
      workspace.channels.set(id, channel)
      return channel
    },
    /** A person writes something; answers its ts. */
    say({ channel, user, text, threadTs }: { channel: string; user: string; text: string; threadTs?: string }): string {
      const ts = workspace.nextTs()
      const into = workspace.channels.get(channel)
      if (into === undefined) throw new Error(`the fake has no channel ${channel}`)
      into.messages.push({ ts, channel, user, text, reactions: [], ...(threadTs === undefined ? {} : { thread_ts: threadTs }) })
      return ts
    },
    /** A person records something; answers what Slack tells of it with their message. */
    record({ bytes, mimetype = 'audio/mp4', ...more }: { bytes: Uint8Array; mimetype?: string } & Record<string, unknown>): FakeRecording['info'] {
      const id = next('F')
      const info = { id, name: 'audio_message.m4a', mimetype, subtype: 'slack_audio', mode: 'hosted', is_external: false, size: bytes.length, url_private_download: `/files-pri/${id}/download/audio_message.m4a`, transcription: { status: 'processing' }, ...more }
      workspace.recordings.set(id, { bytes, deleted: false, info })
      return info
    },
    /** What comes with a click or a command: good for three seconds and for one view. */
    newTrigger(userId: string): string {
      const id = next('trigger.')
      workspace.triggers.set(id, { expires: now() + 3_000, used: false, userId })
      return id
    },
    readyFiles: () => new Set([...workspace.files].filter(([id, { complete }]) => complete && !workspace.filesNotReady.has(id)).map(([id]) => id)),
  }
  return workspace
}

export type Workspace = ReturnType<typeof createWorkspace>
