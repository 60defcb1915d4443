import type { Selectable } from 'kysely'
import type { Instant } from '../../salon/time.ts'
import { appendAudit } from '../../store/audit.ts'
import type { Store, Trx } from '../../store/open-store.ts'
import type { Tables } from '../../store/tables.ts'
import { announceChange } from '../../store/watch-changes.ts'
import { CallFacts, isMachine, isOver, messageOf, outcomeOf, stateFrom } from './call-facts.ts'
import type { CallState } from './outgoing.ts'

export type CallRow = Selectable<Tables['phone_calls']>

export function openFacts(store: Pick<Store, 'seal'>, { memory }: Pick<CallRow, 'memory'>): CallFacts {
  return CallFacts.parse(JSON.parse(store.seal.open(memory)))
}

/**
 * Adds to what is known of a call, with an audit row for each step it takes by that, and answers what is known now and how
 * it was before. `add` answers undefined to change nothing. Undefined for a call there is none of. One report after another.
 */
export async function addFacts({ store, callId, now, add }: { store: Store; callId: string; now: Instant; add: (facts: CallFacts, trx: Trx, row: CallRow) => Partial<CallFacts> | undefined | Promise<Partial<CallFacts> | undefined> }): Promise<{ before: CallFacts; facts: CallFacts; row: CallRow } | undefined> {
  return store.transaction(async (trx) => {
    const row = await trx.selectFrom('phone_calls').selectAll().where('id', '=', callId).where('direction', '=', 'out').forUpdate().executeTakeFirst()
    if (row === undefined) return undefined
    const before = openFacts(store, row)
    const added = await add(before, trx, row)
    const facts = { ...before, ...added }
    if (JSON.stringify(facts) === JSON.stringify(before)) return { before, facts: before, row }
    const over = isOver(facts)
    await trx.updateTable('phone_calls').set({
      memory: store.seal.seal(JSON.stringify(facts)),
      ...(over ? { status: 'ended' as const, ended_at: row.ended_at ?? now, outcome: store.seal.seal(outcomeOf(facts)) } : {}),
    }).where('id', '=', callId).execute()
    const steps = stepsBetween(before, facts)
    for (const { action, detail } of steps) await appendAudit(trx, { at: now, actor: row.by ?? 'desk', action, subject: `appointment:${row.appointment_id}`, detail: { call: callId, clientId: row.client_id, ...detail, ...(row.via === 'page' ? { demo: true } : {}) } })
    // What has no row of its own in the log shows on the card all the same.
    if (steps.length === 0) await announceChange(trx, { action: 'call.step', subject: `appointment:${row.appointment_id}` })
    return { before, facts, row }
  })
}

function stepsBetween(before: CallFacts, after: CallFacts): { action: string; detail?: Record<string, unknown> }[] {
  const [was, is] = [stateFrom(before), stateFrom(after)]
  const rang = ({ leg, answered }: CallFacts): boolean => leg !== undefined || answered !== undefined
  return [
    ...(!rang(before) && rang(after) ? [{ action: 'call.ringing' }] : []),
    ...(before.clientAnswered === undefined && after.clientAnswered !== undefined ? [{ action: 'call.connected' }] : []),
    ...(was !== 'not_taken' && is === 'not_taken' ? [{ action: 'call.not_taken', detail: { why: after.stopped ?? after.end } }] : []),
    ...(!isMachine(before.answeredBy) && isMachine(after.answeredBy) ? [{ action: 'call.machine', detail: { answeredBy: after.answeredBy } }] : []),
    ...(!isOver(before) && isOver(after) ? [{ action: 'call.ended', detail: { state: is, ...(after.refused === undefined ? {} : { code: after.refused }), ...(messageOf(after) === undefined ? {} : { message: messageOf(after) }) } }] : []),
  ]
}

/** How a stored call stands. */
export function callState({ row, facts }: { row: CallRow; facts: CallFacts }): CallState {
  const message = messageOf(facts)
  return {
    callId: row.id, appointmentId: row.appointment_id ?? '', clientId: row.client_id ?? '', state: stateFrom(facts), over: isOver(facts), by: row.by ?? '', at: row.started_at, whisper: facts.whisper,
    answered: facts.clientAnswered !== undefined, ...(message === undefined ? {} : { message }), isFax: facts.answeredBy === 'fax', isPretend: row.via === 'page',
  }
}
