import type { GeneratedAlways } from 'kysely'
import type { Instant, LocalDate } from '../../salon/time.ts'
import type { Json } from './core.ts'

/** `card`: approvals, before everything else. `talk`: answers in a conversation. `bulk`: what can wait. */
export type PostLane = 'card' | 'talk' | 'bulk'

export type TextState = 'queued' | 'sent' | 'failed' | 'unknown' | 'suppressed' | 'received'

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

type TextsTable = {
  id: GeneratedAlways<number>
  key: string
  client_id: string
  location_id: string | null
  direction: 'out' | 'in'
  /** Sealed. */
  body: string
  template: string | null
  appointment_id: string | null
  proposal_id: string | null
  segments: number
  state: TextState
  error_code: string | null
  /** What a client's reply was read as and what the desk did; null until that is settled. */
  reading: string | null
  did: string | null
  needs_person: boolean
  at: Instant
}

type PendingQuestionsTable = {
  id: GeneratedAlways<number>
  client_id: string
  /** The number that was asked. */
  phone_hash: string
  handler: string
  subject: string
  data: Json<unknown>
  asked_at: Instant
  expires_at: Instant
  answered_at: Instant | null
  answer: string | null
  /** The reply (a text's id) that answered it. */
  answered_by: number | null
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
  texts: TextsTable
  opt_outs: { phone_hash: string; at: Instant; by: string; words: string }
  pending_questions: PendingQuestionsTable
  page_sessions: PageSessionsTable
}
