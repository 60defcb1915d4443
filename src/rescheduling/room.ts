import type { Approvals } from '../approvals/open-approvals.ts'
import type { BookingPlatform } from '../platforms/booking-platform.ts'
import type { Clock } from '../salon/time.ts'
import type { Store } from '../store/open-store.ts'

/** What moving visits by text works with. */
export type Room = { store: Store; clock: Clock; platform: BookingPlatform; approvals: Pick<Approvals, 'propose' | 'get' | 'withdraw'> }
