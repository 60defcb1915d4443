import type { Decision } from '../../../approvals/decide-proposal.ts'
import type { Proposal } from '../../../approvals/proposal.ts'
import { roleNames } from '../../../approvals/roles.ts'
import type { Instant, Zone } from '../../../salon/time.ts'
import { sayProposal } from '../../cards/render-proposal.ts'
import type { Who } from '../desk-command.ts'
import { personAt } from '../person.ts'
import type { Terminal } from '../terminal.ts'
import { withDesk } from '../with-desk.ts'
import { wrapText } from '../wrap.ts'

/** `desk proposals`. */
export async function proposals({ terminal, options }: { terminal: Terminal; options: { all?: boolean; json?: boolean } }): Promise<void> {
  await withDesk({ terminal }, async ({ approvals, zoneOf, clock }) => {
    await approvals.catchUp()
    const list = await approvals.list(options.all === true ? { recent: 50 } : {})
    if (options.json === true) return terminal.out(JSON.stringify(list, null, 2))
    if (list.length === 0) return terminal.out('Nothing waits for a decision.')
    for (const proposal of list) terminal.out(wrapText(`${sayProposal({ proposal, zone: await zoneOf(proposal.locationId), now: clock.now() })}\n`, terminal.columns))
  })
}

/** `desk approve` and `desk reject`: exit code 1 unless it was done as asked. */
export async function decide({ terminal, id, decision, options }: { terminal: Terminal; id: string; decision: 'approve' | 'reject'; options: Who & { reason?: string; json?: boolean } }): Promise<number> {
  return withDesk({ terminal }, async ({ approvals, zoneOf, clock }) => {
    const made = await approvals.decide({ id, decision, by: personAt(terminal, options), ...(options.reason === undefined ? {} : { reason: options.reason }) })
    return report({ terminal, made, json: options.json === true, now: clock.now(), zone: await zoneOf(made.proposal.locationId) })
  })
}

/** `desk undo`. */
export async function undo({ terminal, id, options }: { terminal: Terminal; id: string; options: Who & { json?: boolean } }): Promise<number> {
  return withDesk({ terminal }, async ({ approvals, zoneOf, clock }) => {
    const made = await approvals.undo({ id, by: personAt(terminal, options) })
    return report({ terminal, made, json: options.json === true, now: clock.now(), zone: await zoneOf(made.proposal.locationId) })
  })
}

function report({ terminal, made, json, zone, now }: { terminal: Terminal; made: Decision; json: boolean; zone: Zone; now: Instant }): number {
  const done = made.result === 'rejected' || (made.result === 'approved' && made.proposal.state === 'done')
  terminal.out(json ? JSON.stringify(made, null, 2) : wrapText(sayDecision({ made, zone, now }), terminal.columns))
  return done ? 0 : 1
}

function sayDecision({ made, zone, now }: { made: Decision; zone: Zone; now: Instant }): string {
  const { proposal } = made
  switch (made.result) {
    case 'approved': return sayOutcome(proposal)
    case 'rejected': return `${proposal.id} turned down. Nothing was changed.`
    case 'already_decided': return alreadyDecided(proposal)
    case 'expired': return `${proposal.id} has expired, so nothing was changed. Ask for the change again: free times are checked afresh.`
    case 'not_allowed': return `${proposal.id} needs the role "${roleNames[made.needs]}". It still waits.`
    case 'mismatch': return `What was shown is not what is stored for ${proposal.id}, so nothing was changed.`
    case 'stale': // below, so that every path returns
  }
  return [
    `${proposal.id}: the appointment changed meanwhile, so nothing was done.`,
    ...(made.problem === undefined ? made.differences.map((line) => `  ${line}`) : [`  ${made.problem}`]),
    ...(made.replacement === undefined ? [] : ['As it is now it needs a new approval:', sayProposal({ proposal: made.replacement, zone, now })]),
  ].join('\n')
}

function sayOutcome(proposal: Proposal): string {
  if (proposal.state === 'done') return `Done. ${proposal.result?.said ?? ''}\n${proposal.undoOf === null ? `To put it back: desk undo ${proposal.id}` : `${proposal.undoOf} is put back.`}`
  if (proposal.state === 'failed') return `Not done. ${proposal.errorWords ?? ''}`
  if (proposal.state === 'unknown') return `${proposal.id}: ${proposal.errorWords ?? ''} "desk proposals" shows how it ended.`
  return `${proposal.id} is approved and waits: the desk is paused or the booking system does not answer. "desk proposals" shows how it ended.`
}

function alreadyDecided(proposal: Proposal): string {
  if (proposal.state === 'superseded') return `${proposal.id} was replaced${proposal.supersededBy === null ? '' : ` by ${proposal.supersededBy}`}. Nothing was changed by it.`
  if (proposal.state === 'expired') return `${proposal.id} has expired. Nothing was changed.`
  if (proposal.state === 'shadow') return `${proposal.id} was only recorded: the desk is in shadow mode for this kind of change.`
  return `${proposal.id} was already ${proposal.state === 'rejected' ? 'turned down' : 'approved'} by ${proposal.decidedBy?.replace(/^[a-z]+:/, '') ?? 'somebody'} at ${proposal.decidedAt?.slice(0, 16).replace('T', ' ')} UTC.`
}
