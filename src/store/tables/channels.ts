import type { Instant, LocalDate } from '../../salon/time.ts'
import type { Json } from './core.ts'

/** `card`: approvals, before everything else. `talk`: answers in a conversation. `bulk`: what can wait. */
export type PostLane = 'card' | 'talk' | 'bulk'

type SlackPostsTable = {
  key: string
  subject: string | null
  content: Json<unknown> | null
  lane: PostLane
  channel: string
  thread_ts: string | null
  /** Slack's name of the message within its channel; null until it is known. */
  ts: string | null
  /** Hash of what is shown, so that nothing is drawn twice. */
  shown: string | null
  state: 'wanted' | 'posted' | 'lost'
  created_at: Instant
  updated_at: Instant
}

type PageSessionsTable = {
  token_hash: string
  kind: 'link' | 'session'
  person_id: string
  name: string
  role: string
  created_at: Instant
  expires_at: Instant
  used_at: Instant | null
}

export type ChannelsTables = {
  agent_turns: { request_id: string; conversation_id: string; at: Instant; turn: Json<unknown> }
  presses: { key: string; at: Instant; leased_until: Instant; answer: Json<unknown> | null }
  people: { id: string; name: string; role: string; seen_at: Instant }
  briefs: { location_id: string; day: LocalDate; list: Json<unknown>; created_at: Instant }
  slack_posts: SlackPostsTable
  slack_files: { hash: string; file_id: string; at: Instant }
  send_pace: { key: string; free_at: Instant }
  page_sessions: PageSessionsTable
}
