import type { Appointment, Catalog, Client, Slot, WaitlistEntry } from '../../salon/salon.ts'
import type { Instant, Zone } from '../../salon/time.ts'
import type { OfferState } from '../../salon/waitlist.ts'

/** An offer that was made to somebody, with the chair it was for. */
export type PastOffer = { clientId: string; locationId: string; staffId: string | null; start: Instant; state: OfferState; why: string | null; sentAt: Instant | null; answeredAt: Instant | null; at: Instant }

/** Whoever waits at a location, and all that the order looks at; nothing in it depends on the chair. */
export type Waiting = {
  now: Instant
  zone: Zone
  catalog: Catalog
  entries: WaitlistEntry[]
  clients: ReadonlyMap<string, Client>
  /** By client: visits that stand and are not over yet, and how the earlier ones ended. */
  visits: ReadonlyMap<string, { standing: Appointment[]; kept: number; failed: number }>
  /** By client: why the desk may not text them, in words; those who are not in it may be texted. */
  barred: ReadonlyMap<string, { because: 'opted_out' | 'no_number' | 'shared_number'; words: string }>
  /** By client: offers of the last seven days, and those that are still open. */
  lately: ReadonlyMap<string, PastOffer[]>
  /** By client: offers of the last 180 days, for fairness; undefined when they could not be read. */
  memory: ReadonlyMap<string, PastOffer[]> | undefined
}

/** Free times within the chair, in order, for what an entry waits for. */
export type SlotsOf = (entry: WaitlistEntry) => Slot[]
