import { sql } from 'kysely'
import type { Person } from '../../approvals/roles.ts'
import { DeskError } from '../../salon/errors.ts'
import type { Clock, Instant, LocalDate } from '../../salon/time.ts'
import { appendAudit } from '../../store/audit.ts'
import type { Store, Trx } from '../../store/open-store.ts'
import { namesOf } from '../../store/people.ts'
import type { CallFacts } from './call-facts.ts'
import { mustAct } from './may-call.ts'
import { type CallRow, callState, openFacts } from './settle-call.ts'
import type { CallState } from './outgoing.ts'

export type Asked = { appointmentId: string; clientId: string; locationId: string; date: LocalDate; by: Person; requestId: string }

/** A request's call: the same request has the same one. */
export function callIdOf(store: Pick<Store, 'seal'>, { requestId, by }: Pick<Asked, 'requestId' | 'by'>): string {
  return `out-${store.seal.lookup(JSON.stringify(['call', requestId, by.id])).slice(0, 32)}`
}

/**
 * Writes a call down before anything rings, with its audit row: nobody else calls that client then, and that person nobody
 * else. `isNew` false: it is there already, or they pressed twice. Throws `DeskError('conflict')` when somebody is on it.
 */
export async function placeCall({ store, clock, asked, facts, isPretend, language }: { store: Store; clock: Clock; asked: Asked; facts: CallFacts; isPretend: boolean; language: string }): Promise<{ isNew: boolean; state: CallState }> {
  const { appointmentId, clientId, locationId, by } = asked
  const callId = callIdOf(store, asked)
  const now = clock.now()
  return store.transaction(async (trx) => {
    // There are few calls, and two that are asked for at once must see each other.
    await sql`select pg_advisory_xact_lock(hashtextextended('calls to clients', 0))`.execute(trx)
    const known = await trx.selectFrom('phone_calls').selectAll().where('id', '=', callId).executeTakeFirst()
    if (known !== undefined) return { isNew: false, state: callState({ row: known, facts: openFacts(store, known) }) }
    await mustAct(trx, { locationId })
    const again = await mustBeFree(trx, { store, asked })
    if (again !== undefined) return { isNew: false, state: again }
    const row = await trx.insertInto('phone_calls').values({
      id: callId, direction: 'out', via: isPretend ? 'page' : 'gather', from_phone: null, phone_hash: null, client_id: clientId, likely_client_id: null, location_id: locationId, appointment_id: appointmentId,
      by: by.id, language, memory: store.seal.seal(JSON.stringify(facts)), status: 'open', why: null, needs_person: false, outcome: null, message: null, started_at: now, ended_at: null,
    }).returningAll().executeTakeFirstOrThrow()
    await appendAudit(trx, { at: now, actor: by.id, action: 'call.asked', subject: `appointment:${appointmentId}`, detail: { call: callId, clientId, locationId, ...(isPretend ? { demo: true } : {}) } })
    return { isNew: true, state: callState({ row, facts }) }
  })
}

/** The call they have on already about the same visit; throws when they, or somebody else with the client, are on another. */
async function mustBeFree(trx: Trx, { store, asked: { appointmentId, clientId, by } }: { store: Store; asked: Asked }): Promise<CallState | undefined> {
  const open = await trx.selectFrom('phone_calls').selectAll().where('direction', '=', 'out').where('status', '=', 'open')
    .where((eb) => eb.or([eb('client_id', '=', clientId), eb('by', '=', by.id)])).orderBy('started_at').execute()
  const read = open.map((row) => ({ row, facts: openFacts(store, row) }))
  const own = read.find(({ row }) => row.by === by.id && row.appointment_id === appointmentId)
  if (own !== undefined) return callState(own)
  const theirs = read.find(({ row }) => row.client_id === clientId && row.by !== by.id)
  if (theirs !== undefined) {
    const name = (await namesOf(trx, [theirs.row.by ?? '']))
    throw new DeskError('conflict', { message: 'somebody is calling this client', userMessage: `${name.get(theirs.row.by ?? '') ?? 'Somebody'} is calling ${theirs.facts.client} right now.` })
  }
  const [other] = read
  if (other !== undefined) throw new DeskError('conflict', { message: 'this person has a call on', userMessage: `You have a call with ${other.facts.client} on: hang up first.` })
  return undefined
}

/** Legs of other calls since then: what was found for one call is not another's. */
export async function otherLegs(store: Store, { callId, since }: { callId: string; since: Instant }): Promise<ReadonlySet<string>> {
  const rows: CallRow[] = await store.db.selectFrom('phone_calls').selectAll().where('direction', '=', 'out').where('id', '!=', callId).where('started_at', '>', since).execute()
  return new Set(rows.flatMap((row) => openFacts(store, row).leg ?? []))
}
