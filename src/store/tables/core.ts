import type { ColumnType, Generated } from 'kysely'
import type { Instant } from '../../salon/time.ts'

/** A jsonb column: read as a value, written as JSON text. */
export type Json<T> = ColumnType<T, string, string>

type SettingsTable = {
  scope: string
  name: string
  value: Json<unknown>
  changed_at: Instant
  changed_by: string
}

type AuditTable = {
  seq: number
  at: Instant
  actor: string
  action: string
  subject: string
  detail: Json<Record<string, unknown>>
  prev_hash: string
  hash: string
}

type AuditHeadTable = { id: number; seq: number; hash: string }

type InboxTable = {
  id: Generated<number>
  source: string
  external_id: string
  received_at: Generated<Instant>
  payload: Json<unknown>
  state: Generated<'new' | 'done' | 'failed'>
  handled_at: Instant | null
  error_code: string | null
  /** Rows of one lane are worked one after another, in the order they came. */
  lane: Generated<string>
  attempts: Generated<number>
  fence: Generated<number>
  leased_until: Generated<Instant | null>
  due_at: Generated<Instant | null>
}

export type EffectState = 'PENDING' | 'CLAIMED' | 'SENT' | 'FAILED' | 'UNKNOWN' | 'CANCELLED'

type OutboxTable = {
  id: Generated<number>
  kind: string
  key: string
  payload: Json<unknown>
  state: Generated<EffectState>
  due_at: Instant
  attempts: Generated<number>
  /** Grows with every claim; a worker that lost its lease holds an old one and cannot commit. */
  fence: Generated<number>
  leased_until: Instant | null
  result: Json<unknown> | null
  error_code: string | null
  created_at: Instant
  updated_at: Instant
}

export type CoreTables = {
  settings: SettingsTable
  audit: AuditTable
  audit_head: AuditHeadTable
  inbox: InboxTable
  outbox: OutboxTable
}
