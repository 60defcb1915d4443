import { randomInt } from 'node:crypto'
import type { Selectable } from 'kysely'
import type { Instant } from '../salon/time.ts'
import { hashOf } from '../store/canonical-json.ts'
import type { ProposalState, ProposalTable } from '../store/tables/approvals.ts'
import type { ActionResult, Facts } from './action.ts'

/** A stored intention to change something. The store is the truth; a card is a view of it. */
export type Proposal = {
  id: string
  kind: string
  locationId: string
  args: unknown
  facts: Facts
  fingerprint: string
  hash: string
  state: ProposalState
  reason: string
  requestedBy: string
  conversation: string | null
  createdAt: Instant
  expiresAt: Instant
  decidedBy: string | null
  decidedAt: Instant | null
  decisionReason: string | null
  result: ActionResult | null
  errorCode: string | null
  errorWords: string | null
  undoOf: string | null
  undoneBy: string | null
  supersededBy: string | null
  /** What a person does by hand in the booking platform; null where the platform did it, or has not been asked yet. */
  byHand: ByHand | null
}

/** `round` counts the lists of steps (a change of several writes may have two); until `until` somebody may say that it is done. */
export type ByHand = { steps: string[]; round: number; until: Instant; doneBy: string | null; doneAt: Instant | null }

export function toProposal(row: Selectable<ProposalTable>): Proposal {
  return {
    id: row.id,
    kind: row.kind,
    locationId: row.location_id,
    args: row.args,
    facts: row.facts as Facts,
    fingerprint: row.fingerprint,
    hash: row.hash,
    state: row.state,
    reason: row.reason,
    requestedBy: row.requested_by,
    conversation: row.conversation,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    decidedBy: row.decided_by,
    decidedAt: row.decided_at,
    decisionReason: row.decision_reason,
    result: row.result as ActionResult | null,
    errorCode: row.error_code,
    errorWords: row.error_words,
    undoOf: row.undo_of,
    undoneBy: row.undone_by,
    supersededBy: row.superseded_by,
    byHand: row.hand_steps === null || row.hand_until === null ? null : { steps: row.hand_steps, round: row.hand_round, until: row.hand_until, doneBy: row.hand_done_by, doneAt: row.hand_done_at },
  }
}

/** Hash of exactly what an approval allows (APR-2): the action, its arguments, the facts that the card showed and the state they were read from, the proposal and its expiry. */
export function approvalHash({ id, kind, args, facts, fingerprint, expiresAt }: Pick<Proposal, 'id' | 'kind' | 'args' | 'facts' | 'fingerprint' | 'expiresAt'>): string {
  return hashOf({ id, kind, args, facts, fingerprint, expiresAt })
}

export function fingerprintOf(facts: Facts): string {
  return hashOf(facts.basis)
}

/** How many effects it stands for: a stack of texts is as many as there are texts in it. */
export function unitsOf({ texts }: Pick<Facts, 'texts'>): number {
  return Math.max(1, texts?.length ?? 1)
}

/** Short enough to read out and type, without letters that look alike: `P-7K3QXM`. */
export function newProposalId(): string {
  const alphabet = '23456789ABCDEFGHJKMNPQRSTUVWXYZ'
  return `P-${Array.from({ length: 6 }, () => alphabet[randomInt(alphabet.length)]).join('')}`
}
