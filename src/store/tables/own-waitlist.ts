import type { Generated } from 'kysely'
import type { Instant } from '../../salon/time.ts'
import type { WaitlistRow } from './book.ts'
import type { Json } from './core.ts'

type OwnWaitlistTable = WaitlistRow & {
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
