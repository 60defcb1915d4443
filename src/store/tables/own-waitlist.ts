import type { Generated } from 'kysely'
import type { WaitlistEntry } from '../../salon/salon.ts'
import type { Instant } from '../../salon/time.ts'
import type { Json } from './core.ts'

type OwnWaitlistTable = {
  id: string
  location_id: string
  client_id: string
  service_id: string
  staff_id: string | null
  wanted: Json<WaitlistEntry['wanted']>
  instead_of: string | null
  created_at: Instant
  status: WaitlistEntry['status']
  mirror: 'none' | 'wanted' | 'added' | 'failed'
  mirror_command: Json<unknown> | null
  mirror_id: string | null
  mirror_tries: Generated<number>
  mirror_due_at: Instant | null
  mirror_why: string | null
}

export type OwnWaitlistTables = {
  own_waitlist: OwnWaitlistTable
  own_waitlist_journal: { key: string; command_hash: string; outcome: Json<unknown>; at: Instant }
}
