import type { z } from 'zod'
import type { Outcome } from '../platforms/booking-platform.ts'
import type { Instant } from '../salon/time.ts'
import type { Trx } from '../store/open-store.ts'
import type { ProposalState } from '../store/tables/approvals.ts'
import type { Purpose } from '../store/tables/texts.ts'
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
  /** Keeps what belongs to a proposal in the transaction that stores it; what it throws keeps the proposal from being stored. */
  recorded?(trx: Trx, proposal: { id: string; state: ProposalState; args: Args; facts: Facts; at: Instant }): Promise<void>
  /** Does it on the platform, once per `key`; `facts` were read a moment ago from the same state as `approved`, those of the card. */
  run(args: Args, context: { key: string; by: string; facts: Facts; approved: Facts }): Promise<Outcome<ActionResult>>
  /**
   * Looks whether it has been done: after every run, and before the next one when an answer was lost. `approved` are the
   * facts it was approved on, `key` what it ran under. `half_done` is for changes of several writes: running again finishes it, by the same keys.
   */
  look(args: Args, approved: Facts, context: { key: string }): Promise<Outcome<ActionResult | 'half_done' | undefined>>
  /**
   * The change that puts it back, given what was read back then and the facts it was approved on; undefined when there is none.
   * Throws `DeskError` with words when it is too late (changed again since, the old time taken).
   */
  undo(args: Args, done: { result: ActionResult; facts: Facts }): Promise<{ kind: string; args: unknown } | undefined>
  /** What to offer when the wanted time is gone; words for a person, at most three. */
  alternatives?(args: Args): Promise<string[]>
  /** What a person may alter before approving; the altered change is a new proposal. Absent where there is nothing to alter. */
  edit?: {
    fields(args: Args): Promise<EditField[]>
    /** The arguments with the altered values (by field name). Throws `DeskError` with words when they do not make sense. */
    apply(args: Args, values: Record<string, string>): Promise<Args>
  }
}

/** One thing that may be altered in a proposal. */
export type EditField = { name: string; label: string } & (
  | { kind: 'date'; value: string }
  | { kind: 'time'; value: string }
  | { kind: 'choice'; options: { value: string; label: string }[]; value: string }
  | { kind: 'text'; max: number; value: string }
)

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
  /** The least role that may approve this one, where that is more than its kind asks for. */
  needs?: Role
  /** The state it was read from (version, time, staff, service, price, status); any difference makes a proposal stale. */
  basis: Record<string, unknown>
  /** Never executed at or after this instant (the appointment's start). */
  notAfter?: Instant
  /** What the client will be told when it is done, word for word; or why nothing is sent. Absent where no client is concerned. */
  message?: ClientText | { kind: 'none'; why: string }
  /** Where the change is to text many clients: every text, word for word. Each counts as one effect. */
  texts?: ClientText[]
}

/** One text to a client, as a person approves it: these words, to this client, by this template. */
export type ClientText = {
  kind: 'text'
  clientId: string
  /** The client's name, for the card. */
  to: string
  body: string
  /** Absent: as a text. By email where there is no phone number on file. */
  channel?: 'email'
  /** SMS segments, which is what it costs; none for an email. */
  segments: number
  template: string
  locationId: string
  /** Which consent and which hours hold for it; without it those of texts about visits. */
  purpose?: Purpose
  appointmentId?: string
  /**
   * What a YES to it would mean, when it asks something. `subject` is `appointment:ID`, `appointments:ID,ID` for several, or
   * `appointment:new` while it is not booked yet; `data` is what must still hold when the answer comes.
   */
  asks?: { handler: string; subject: string; expiresAt: Instant; data?: Record<string, unknown> }
  /** Sent only while the appointment is still like this, and so are the `others` it speaks of; otherwise it would tell an old time; `unconfirmed`: and only while none is confirmed yet. */
  onlyWhile?: { start: Instant; live: boolean; unconfirmed?: boolean; others?: { appointmentId: string; start: Instant }[] }
}

/** What was read back from the platform after the change. */
export type ActionResult = {
  /** "Dana Reyes is now booked on Friday 27 November at 3:00 pm with Maya." */
  said: string
  /** What `undo` needs: ids and versions. */
  data: Record<string, unknown>
}
