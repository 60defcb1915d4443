import { readConsent } from '../../messages/consent/consent.ts'
import type { Clock } from '../../salon/time.ts'
import type { Store, Trx } from '../../store/open-store.ts'
import { type CallFacts, isMachine } from './call-facts.ts'
import { clientFacts, merge } from './look-after.ts'
import type { Answerer, Carrier } from './outgoing.ts'
import { addFacts, type CallRow, openFacts } from './settle-call.ts'

/**
 * What answered on the client's side is noted. A machine whose greeting is over hears the salon's message, once for a
 * visit however often it is called about; one that is still talking (`machine_start`) is only noted. A fax is hung up.
 */
export async function leaveMessage({ store, clock, carrier, callId, leg, answeredBy }: { store: Store; clock: Clock; carrier: Carrier; callId: string; leg: string; answeredBy: Answerer }): Promise<void> {
  const noted = await addFacts({
    store, callId, now: clock.now(),
    async add(facts, trx, row) {
      // Should the report name our person's side, the client's is the one we know.
      const theirs = leg === facts.leg ? facts.clientLeg : leg
      const learned = merge(facts, { ...(theirs === undefined ? {} : { clientLeg: theirs }), answeredBy, ...(isMachine(answeredBy) ? clientFacts('in-progress') : {}) })
      // Without a key nobody was rung: what reports something else is not about this call.
      if (learned === undefined || facts.key === undefined || facts.answeredBy !== undefined) return undefined
      const ended = theirs === undefined || facts.clientEnd !== undefined || facts.end !== undefined
      return ended || !(await isToBeTakenOut({ store, trx, row, facts, answeredBy })) ? learned : { ...learned, takenOut: true }
    },
  })
  // Taken out by this very report, and by none before it.
  if (noted === undefined || noted.before.takenOut !== undefined || noted.facts.takenOut === undefined) return
  // Lost or not, it is not asked for again: the message may be playing.
  const theirs = noted.facts.clientLeg ?? leg
  if ((await carrier.say({ callId, leg: theirs }).catch(() => 'unknown' as const)) === 'gone') await addFacts({ store, callId, now: clock.now(), add: () => ({ takingOutFailed: true }) })
}

async function isToBeTakenOut({ store, trx, row, facts, answeredBy }: { store: Store; trx: Trx; row: CallRow; facts: CallFacts; answeredBy: Answerer }): Promise<boolean> {
  if (answeredBy === 'fax') return true
  if (!answeredBy.startsWith('machine_end') || facts.message === undefined) return false
  if ((await readConsent(trx, { phoneHash: store.seal.lookup(facts.clientPhone), purpose: 'appointment' })) === 'out') return false
  const earlier = await trx.selectFrom('phone_calls').selectAll().where('direction', '=', 'out').where('appointment_id', '=', row.appointment_id).where('id', '!=', row.id).execute()
  return earlier.every((one) => openFacts(store, one).takenOut === undefined)
}
