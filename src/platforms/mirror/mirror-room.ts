import type { Clock } from '../../salon/time.ts'
import type { Store } from '../../store/open-store.ts'
import type { Capabilities } from '../booking-platform.ts'
import type { PlatformAdapter } from '../platform-adapter.ts'

/** What the parts of the mirror work with. */
export type MirrorRoom = {
  store: Store
  clock: Clock
  /** Guarded: asked nothing while the platform refuses the key. */
  adapter: PlatformAdapter
  /** As they were probed for this salon. */
  capabilities(): Promise<Capabilities>
  /** Something a person at the salon should hear of; ids and codes only. It is in the audit log already, where people read it. */
  report(event: MirrorReport): void
}

export type MirrorReport =
  | { what: 'key_refused' }
  | { what: 'double_booking_undone'; visitId: string }
  | { what: 'double_booking_stays'; visitId: string }
  /** The first was booked or moved, there, onto the others. */
  | { what: 'overbooked'; visitIds: string[] }
  | { what: 'sync_failed'; code: string }
  | { what: 'webhooks_silent'; overlooked: number }
