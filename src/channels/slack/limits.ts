import type { PostLane } from '../../store/tables/channels.ts'

/** How often something may be used, for the whole workspace: once every `everyMs`, with bursts of `burst`. */
type Pace = { everyMs: number; burst: number }

/** Slack's rate tiers, calls a minute (docs.slack.dev/apis/web-api/rate-limits). Bursts are ours: a quarter of a minute's worth. */
const tiers = { 1: perMinute(1), 2: perMinute(20), 3: perMinute(50), 4: perMinute(100) } as const

/** The tier of each method the desk calls (docs.slack.dev/reference/methods, each method's page). Special ones have a pace of their own. */
const methodPaces: Record<string, Pace> = {
  'chat.delete': tiers[3],
  'chat.postEphemeral': tiers[4],
  'chat.startStream': tiers[2],
  'chat.appendStream': tiers[4],
  'chat.stopStream': tiers[2],
  'conversations.history': tiers[3],
  'conversations.replies': tiers[3],
  'conversations.open': tiers[3],
  'users.info': tiers[4],
  'usergroups.list': tiers[2],
  'usergroups.users.list': tiers[2],
  'views.open': tiers[4],
  'views.push': tiers[4],
  'views.update': tiers[4],
  'views.publish': tiers[4],
  'reactions.add': tiers[3],
  'files.getUploadURLExternal': tiers[4],
  'files.info': tiers[4],
  'files.completeUploadExternal': tiers[4],
  'assistant.threads.setSuggestedPrompts': tiers[4],
  'assistant.threads.setTitle': tiers[4],
  // Tier "special": hundreds a minute.
  'assistant.threads.setStatus': perMinute(200),
  // Twice a turn; its page gives no tier we could read, so it keeps to tier 4.
  'agents.sessions.setStatus': tiers[4],
  'auth.test': perMinute(200),
}

/**
 * Methods of which what can wait has a share of its own, so that it never uses up what approvals need. chat.update is tier 3,
 * 50 a minute in all; chat.postMessage has a limit for the workspace that Slack gives as "several hundred a minute".
 */
const shared: Record<string, { urgent: Pace; bulk: Pace }> = {
  'chat.postMessage': { urgent: perMinute(200), bulk: perMinute(60) },
  'chat.update': { urgent: perMinute(35), bulk: perMinute(15) },
}

/** chat.postMessage: one message a second and channel. */
const channelPace: Pace = { everyMs: 1_000, burst: 1 }

type Turn = Pace & { key: string }

/** The turns a call must take, the scarcest first, and what is held when Slack says to wait: of a post its channel, of anything else the method. */
export function limitsFor({ method, channel, lane }: { method: string; channel: string | undefined; lane: PostLane | undefined }): { turns: Turn[]; held: Turn[] } {
  const shares = shared[method]
  if (shares === undefined) {
    const turn = { key: `slack:${method}`, ...(methodPaces[method] ?? tiers[3]) }
    return { turns: [turn], held: [turn] }
  }
  const urgent = { key: `slack:${method}:urgent`, ...shares.urgent }
  const bulk = { key: `slack:${method}:bulk`, ...shares.bulk }
  const share = lane === 'bulk' ? bulk : urgent
  if (method !== 'chat.postMessage' || channel === undefined) return { turns: [share], held: [urgent, bulk] }
  const own = { key: `slack:${method}:${channel}`, ...channelPace }
  return { turns: [own, share], held: [own] }
}

function perMinute(calls: number): Pace {
  return { everyMs: 60_000 / calls, burst: Math.max(1, Math.floor(calls / 4)) }
}
