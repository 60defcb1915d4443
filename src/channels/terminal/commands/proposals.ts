import type { Decision } from '../../../approvals/decide-proposal.ts'
import type { Proposal } from '../../../approvals/proposal.ts'
import type { Person } from '../../../approvals/roles.ts'
import { isPaused } from '../../../approvals/rollout.ts'
import type { Desk } from '../../../app.ts'
import type { Instant, Zone } from '../../../salon/time.ts'
import { namesOf } from '../../../store/people.ts'
import { sayProposal, sayWayBack } from '../../cards/render-text.ts'
import { sayByHandAnswer } from '../../cards/say-by-hand.ts'
import { sayDecision } from '../../cards/say-decision.ts'
import type { Who } from '../desk-command.ts'
import { personAt } from '../person.ts'
import type { Terminal } from '../terminal.ts'
import { withDesk } from '../with-desk.ts'
import { wrapText } from '../wrap.ts'

/** `desk proposals`. */
export async function proposals({ terminal, options }: { terminal: Terminal; options: { all?: boolean; json?: boolean } }): Promise<void> {
  await withDesk({ terminal }, async (desk) => {
    const { approvals } = desk
    await approvals.catchUp()
    const list = await approvals.list(options.all === true ? { recent: 50 } : {})
    if (options.json === true) return terminal.out(JSON.stringify(list, null, 2))
    if (list.length === 0) return terminal.out('Nothing waits for a decision.')
    for (const proposal of list) terminal.out(wrapText(`${sayProposal({ proposal, ...(await tellingOf(desk, proposal)) })}\n`, terminal.columns))
  })
}

/** `desk approve` and `desk reject`: exit code 1 unless it was done as asked. */
export async function decide({ terminal, id, decision, options }: { terminal: Terminal; id: string; decision: 'approve' | 'reject'; options: Who & { reason?: string; json?: boolean } }): Promise<number> {
  return withDesk({ terminal }, async (desk) => {
    const by = personAt(terminal, options)
    const made = await desk.approvals.decide({ id, decision, by, ...(options.reason === undefined ? {} : { reason: options.reason }) })
    return report({ desk, terminal, made, by, json: options.json === true })
  })
}

/** `desk undo`. */
export async function undo({ terminal, id, options }: { terminal: Terminal; id: string; options: Who & { json?: boolean } }): Promise<number> {
  return withDesk({ terminal }, async (desk) => {
    const by = personAt(terminal, options)
    const made = await desk.approvals.undo({ id, by })
    return report({ desk, terminal, made, by, json: options.json === true })
  })
}

/** `desk done` and `desk not-done`: exit code 1 unless the booking system shows it, or what could not be done is noted. */
export async function byHand({ terminal, id, says, options }: { terminal: Terminal; id: string; says: 'done' | 'not_done'; options: Who & { json?: boolean } }): Promise<number> {
  return withDesk({ terminal }, async (desk) => {
    const by = personAt(terminal, options)
    const before = await desk.approvals.get(id)
    const wasSaid = before.byHand !== null && before.byHand.doneBy !== null
    const answer = await desk.approvals.byHand({ id, by, says: says === 'not_done' && wasSaid ? 'taken_back' : says })
    const { text } = sayByHandAnswer({ answer, by, telling: await tellingOf(desk, answer.proposal), paused: await isPaused(desk.store.db) })
    terminal.out(options.json === true ? JSON.stringify(answer, null, 2) : wrapText(text, terminal.columns))
    return answer.result === 'counted' && (says === 'not_done' || answer.proposal.state === 'done') ? 0 : 1
  })
}

async function report({ desk, terminal, made, by, json }: { desk: Desk; terminal: Terminal; made: Decision; by: Person; json: boolean }): Promise<number> {
  terminal.out(json ? JSON.stringify(made, null, 2) : wrapText(await explain({ desk, made, by }), terminal.columns))
  return made.result === 'rejected' || (made.result === 'approved' && made.proposal.state === 'done') ? 0 : 1
}

/** What the card would say, and what to type next. */
async function explain({ desk, made, by }: { desk: Desk; made: Decision; by: Person }): Promise<string> {
  const { proposal } = made
  const telling = await tellingOf(desk, proposal)
  const { text } = sayDecision({ decision: made, by, telling, paused: await isPaused(desk.store.db) })
  if (made.result === 'approved' && proposal.state === 'done' && proposal.undoOf === null) return [text, ...sayWayBack(proposal).map(({ to, type }) => `To ${to}: ${type}`)].join('\n')
  if (made.result === 'approved' && proposal.state === 'by_hand') return `${text}\n${sayProposal({ proposal, ...telling })}`
  if (made.result === 'stale' && made.replacement !== undefined) return `${text}\n${sayProposal({ proposal: made.replacement, ...telling })}`
  return text
}

async function tellingOf({ store, zoneOf, clock }: Desk, { locationId, requestedBy, decidedBy, byHand: hand }: Proposal): Promise<{ zone: Zone; now: Instant; nameOf: (id: string) => string }> {
  const names = await namesOf(store.db, [requestedBy, decidedBy, hand?.doneBy].filter((person) => person !== null && person !== undefined))
  return { zone: await zoneOf(locationId), now: clock.now(), nameOf: (id) => names.get(id) ?? id }
}
