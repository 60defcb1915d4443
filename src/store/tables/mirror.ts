import type { Generated } from 'kysely'
import type { Segment } from '../../salon/salon.ts'
import type { Instant } from '../../salon/time.ts'
import type { Json } from './core.ts'

export type SyncPhase = 'catalog' | 'soon' | 'clients' | 'past' | 'later' | 'done'

export type SyncTable = {
  only_one: Generated<boolean>
  phase: SyncPhase
  reached: Instant | null
  cursor: string | null
  visits: Generated<number>
  clients: Generated<number>
  started_at: Instant
  finished_at: Instant | null
  as_of: Instant | null
  polled_at: Instant | null
  reconciled_at: Instant | null
  catalog_at: Instant | null
  clients_at: Instant | null
  clients_cursor: string | null
  changed_since: Instant | null
  error_code: string | null
  error_at: Instant | null
  webhook_at: Instant | null
  heard: Generated<number>
  overlooked: Generated<number>
  leased_until: Instant | null
}

export type MirrorTables = {
  platform_connection: {
    only_one: Generated<boolean>
    provider: string
    account: string
    credentials_sealed: string
    capabilities: Json<unknown>
    probed_at: Instant
    write_back: Json<{ risk: boolean; notes: boolean }>
    connected_at: Instant
    connected_by: string
    refused_at: Instant | null
    tried_at: Instant | null
  }
  platform_sync: SyncTable
  platform_writes: {
    key: string
    command_hash: string
    operation: string
    /** The visit or client it changes; of a booking, the client. */
    subject: string
    command: Json<unknown>
    by: string | null
    at: Instant
    state: 'started' | 'unknown' | 'done'
    leased_until: Instant | null
    fence: Generated<number>
    outcome: Json<unknown> | null
  }
  /** Bookings that a person makes by hand: whom the visit that appears will be for. */
  expected_visits: {
    key: string
    client_id: string
    location_id: string
    segments: Json<Segment[]>
    starts_at: Instant
    expected_at: Instant
    until: Instant
    visit_id: string | null
  }
  platform_places: { name: string; holder: string; leased_until: Instant }
  platform_write_back: {
    kind: 'risk' | 'note' | 'cancel'
    subject: string
    id: string
    payload: Json<unknown>
    wanted_at: Instant
    due_at: Instant
    tries: Generated<number>
    state: 'wanted' | 'done' | 'failed'
    why: string | null
  }
}
