import type { Proposal } from '../../approvals/proposal.ts'
import { type Instant, localDate, sayTime, sayWhen, type Zone } from '../../salon/time.ts'

/**
 * One proposal as plain lines, from what is stored and nothing else (F54, APR-1): what changes, what stays, what to
 * mind, which policy speaks to it, until when it waits and how to decide. Every channel shows these facts.
 */
export function sayProposal({ proposal, zone, now }: { proposal: Proposal; zone: Zone; now: Instant }): string {
  const { id, facts, reason, state } = proposal
  return [
    `${id}  ${facts.title}`,
    ...facts.changes.map(({ label, before, after }) => `  ${label}: ${sayChange(before, after)}`),
    ...(facts.context.length === 0 ? [] : [`  ${facts.context.map(({ label, value }) => `${label}: ${value}`).join(' | ')}`]),
    ...facts.notices.map((notice) => `  ! ${notice}`),
    ...facts.policies.slice(0, 1).map(({ title, file, quote }) => `  Policy "${title}" (${file}): "${quote}"`),
    ...(reason === '' ? [] : [`  Asked as: "${reason}"`]),
    `  ${sayState({ proposal, zone, now })}`,
    ...(state === 'pending' ? [`  Nothing is changed yet. To approve: the card's button, or "desk approve ${id}".`] : []),
  ].join('\n')
}

function sayChange(before: string | null, after: string | null): string {
  if (before === null) return after ?? ''
  return after === null ? `${before} → taken out` : `${before} → ${after}`
}

function sayState({ proposal, zone, now }: { proposal: Proposal; zone: Zone; now: Instant }): string {
  const { state, expiresAt, result, errorWords, decidedBy, supersededBy, id } = proposal
  const by = decidedBy === null ? '' : ` by ${decidedBy}`
  switch (state) {
    case 'pending':
      return `Waits for a decision until ${localDate(expiresAt, zone) === localDate(now, zone) ? sayTime(expiresAt, zone) : sayWhen(expiresAt, zone, now)}.`
    case 'approved':
      return `Approved${by}, under way.`
    case 'done':
      return `Done${by}: ${result?.said ?? ''} To put it back: "desk undo ${id}".`
    case 'rejected':
      return `Rejected${by}. Nothing was changed.`
    case 'expired':
      return 'Expired. Nothing was changed; ask again to see what is possible now.'
    case 'superseded':
      return supersededBy === null ? 'No longer possible as it was.' : `Replaced by ${supersededBy}.`
    case 'shadow':
      return 'Shadow mode: only recorded. Nothing will be changed by it.'
    case 'failed':
      return `Not done. ${errorWords ?? ''}`.trim()
    case 'unknown': // below, so that every path returns
  }
  return errorWords ?? 'The booking system did not answer. We are checking whether the change got through.'
}
