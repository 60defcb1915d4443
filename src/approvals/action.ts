import type { z } from 'zod'
import type { Outcome } from '../platforms/booking-platform.ts'
import type { Instant } from '../salon/time.ts'
import type { Role } from './roles.ts'

/**
 * One kind of change that can be proposed. `approvals` knows none by name: features hand theirs in.
 * `Args` is exactly what will run; ids and instants, no free text that another system interprets.
 */
export type Action<Args = unknown> = {
  kind: string
  /** What the button says: "Move", "Cancel". */
  verb: string
  schema: z.ZodType<Args>
  /** The least role that may approve it. */
  role: Role
  /** How long an approval may wait: 30 for slots, 240 for texts (APR-5). */
  ttlMinutes: number
  /**
   * Reads the platform afresh and says what would change. Throws `DeskError` when it makes no sense
   * (not found, slot taken, already cancelled) with words that help.
   */
  facts(args: Args): Promise<Facts>
  /** Does it on the platform, once per `key`; `facts` were read a moment ago and are those that were approved. */
  run(args: Args, context: { key: string; by: string; facts: Facts }): Promise<Outcome<ActionResult>>
  /**
   * Looks whether it has been done: after every run, and before the next one when an answer was lost. `approved` are the
   * facts it was approved on. `half_done` is for changes of several writes: running again finishes it, by the same keys.
   */
  look(args: Args, approved: Facts): Promise<Outcome<ActionResult | 'half_done' | undefined>>
  /**
   * The change that puts it back, given what was read back then and the facts it was approved on; undefined when there is none.
   * Throws `DeskError` with words when it is too late (changed again since, the old time taken).
   */
  undo(args: Args, done: { result: ActionResult; facts: Facts }): Promise<{ kind: string; args: unknown } | undefined>
  /** What to offer when the wanted time is gone; words for a person, at most three. */
  alternatives?(args: Args): Promise<string[]>
}

/** What a card shows, read from the platform by code; no model has a hand in it. */
export type Facts = {
  /** "Move Dana Reyes". */
  title: string
  locationId: string
  /** What it changes, `appointment:ID`: one pending proposal per kind and target. */
  target: string
  /** What differs, in reading order; `before` is null for something new, `after` null for something that goes. */
  changes: { label: string; before: string | null; after: string | null }[]
  /** What stays and helps to recognise it: service, staff member, price. */
  context: { label: string; value: string }[]
  /** What the approver must see: inside the late window, overlaps another visit, patch test missing. */
  notices: string[]
  policies: { file: string; section: string; title: string; quote: string }[]
  /** The state it was read from (version, time, staff, service, price, status); any difference makes a proposal stale. */
  basis: Record<string, unknown>
  /** Never executed at or after this instant (the appointment's start). */
  notAfter?: Instant
}

/** What was read back from the platform after the change. */
export type ActionResult = {
  /** "Dana Reyes is now booked on Friday 27 November at 3:00 pm with Maya." */
  said: string
  /** What `undo` needs: ids and versions. */
  data: Record<string, unknown>
}
