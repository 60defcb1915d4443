import type { GeneratedAlways } from 'kysely'
import type { Instant, LocalDate } from '../../salon/time.ts'
import type { Json } from './core.ts'

export type ConversationsTables = {
  conversations: { id: string; person: string; created_at: Instant; last_at: Instant; turn_token: string | null; turn_until: Instant | null }
  conversation_messages: { id: GeneratedAlways<number>; conversation_id: string; at: Instant; message: Json<unknown> }
  agent_usage: { day: LocalDate; model: string; turns: number; tokens: number }
}
