import { addMinutes, type Clock, type Instant, minutesBetween } from '../../salon/time.ts'
import type { Store } from '../../store/open-store.ts'
import type { CallFacts } from './call-facts.ts'
import type { Carrier, LegStatus } from './outgoing.ts'
import { otherLegs } from './place-call.ts'
import { addFacts, type CallRow, openFacts } from './settle-call.ts'

/** Reports come within seconds: of a call that said nothing for so long the carrier is asked. */
const quietMinutes = 1
/** No call lasts longer than Twilio lets one (four hours by default); what is still open then was lost. */
const longestMinutes = 245
/** A pretended call that nobody went on with. */
const pretendMinutes = 30

/** Looks what became of open calls that said nothing for a while, or (`only`) of some of them. Nothing is ever rung again for it. Answers how many changed. */
export async function lookAfter({ store, clock, carrier, only = {} }: { store: Store; clock: Clock; carrier: Carrier; only?: { clientId?: string; by?: string } }): Promise<number> {
  const now = clock.now()
  const { clientId, by } = only
  let query = store.db.selectFrom('phone_calls').selectAll().where('direction', '=', 'out').where('status', '=', 'open')
  if (clientId !== undefined || by !== undefined) query = query.where((eb) => eb.or([...(clientId === undefined ? [] : [eb('client_id', '=', clientId)]), ...(by === undefined ? [] : [eb('by', '=', by)])]))
  let changed = 0
  for (const row of await query.execute()) {
    const facts = openFacts(store, row)
    const isLost = facts.inDoubt !== undefined && facts.leg === undefined
    if (minutesBetween(row.started_at, now) < quietMinutes && !isLost) continue
    const found = await learn({ store, carrier, row, facts, now })
    if (found === undefined) continue
    const settled = await addFacts({ store, callId: row.id, now, add: (known) => merge(known, found) })
    if (settled !== undefined && JSON.stringify(settled.before) !== JSON.stringify(settled.facts)) changed += 1
  }
  return changed
}

/** What the carrier knows of a call; undefined when it cannot say. */
async function learn({ store, carrier, row, facts, now }: { store: Store; carrier: Carrier; row: CallRow; facts: CallFacts; now: Instant }): Promise<Partial<CallFacts> | undefined> {
  const age = minutesBetween(row.started_at, now)
  if (row.via === 'page') return age > pretendMinutes ? { end: 'completed' } : undefined
  if (age > longestMinutes) return facts.leg === undefined ? { refused: 'lost' } : { end: 'completed' }
  const others = facts.leg === undefined ? await otherLegs(store, { callId: row.id, since: addMinutes(row.started_at, -longestMinutes) }) : new Set<string>()
  // It was written down before it was asked for, also where the desk was killed in between.
  const look = await carrier.look({ leg: facts.leg, to: facts.staffPhone, askedAt: row.started_at, others }).catch(() => ({ state: 'unknown' as const }))
  if (look.state === 'none') return facts.leg === undefined ? { refused: 'never_rang' } : { end: 'completed' }
  if (look.state !== 'found') return undefined
  return { leg: look.leg, ...staffFacts(look.status), ...(look.client === undefined ? {} : { clientLeg: look.client.leg, ...clientFacts(look.client.status) }) }
}

/** Our person's side, from one of its reports. */
export function staffFacts(status: LegStatus | undefined): Partial<CallFacts> {
  if (status === undefined || status === 'ringing') return {}
  return { ...(status === 'in-progress' || status === 'completed' ? { answered: true } : {}), ...(status === 'in-progress' ? {} : { end: status }) }
}

/** The client's side, from one of its reports. */
export function clientFacts(status: LegStatus | undefined): Partial<CallFacts> {
  if (status === undefined) return {}
  if (status === 'ringing') return { clientRang: true }
  return { clientRang: true, ...(status === 'in-progress' || status === 'completed' ? { clientAnswered: true } : {}), ...(status === 'in-progress' ? {} : { clientEnd: status }) }
}

/** What was known first stays: a call has one end, and one leg a side. Undefined for what is about another leg. */
export function merge(known: CallFacts, added: Partial<CallFacts>): Partial<CallFacts> | undefined {
  if ((known.leg !== undefined && added.leg !== undefined && known.leg !== added.leg) || (known.clientLeg !== undefined && added.clientLeg !== undefined && known.clientLeg !== added.clientLeg)) return undefined
  return { ...added, ...Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined)) }
}
