import { DeskError } from '../../salon/errors.ts'
import type { Clock } from '../../salon/time.ts'
import type { Store } from '../../store/open-store.ts'
import { isOver } from './call-facts.ts'
import { merge } from './look-after.ts'
import { mustAct } from './may-call.ts'
import type { Bridge } from './outgoing.ts'
import { addFacts } from './settle-call.ts'

/**
 * A key was pressed, or none: only a key brings the client in (F60), and only while the desk may act at that moment (F56).
 * The same report again answers the same, until the client was rung. Undefined: this leg is to be hung up.
 */
export async function bridge({ store, clock, callId, leg, keys }: { store: Store; clock: Clock; callId: string; leg: string; keys: string }): Promise<Bridge | undefined> {
  if (!/^[\d*#]{1,20}$/.test(keys)) return undefined
  const noted = await addFacts({
    store, callId, now: clock.now(),
    async add(facts, trx, row) {
      if (isOver(facts) || facts.stopped !== undefined || facts.clientLeg !== undefined || facts.dialEnd !== undefined) return undefined
      const refusal = await mustAct(trx, { locationId: row.location_id ?? '' }).then(() => undefined, (error: unknown) => {
        if (error instanceof DeskError) return error
        throw error
      })
      return merge(facts, { leg, answered: true, ...(refusal === undefined ? { key: true } : { stopped: refusal.code }) })
    },
  })
  if (noted === undefined || noted.facts.leg !== leg || isOver(noted.facts)) return undefined
  if (noted.facts.stopped !== undefined) return { kind: 'stop', words: 'The desk was stopped just now, so nobody is called. Goodbye.' }
  const { key, clientLeg, dialEnd, clientPhone } = noted.facts
  // What was dialled already is not dialled again because a report came late.
  return key === undefined || clientLeg !== undefined || dialEnd !== undefined ? undefined : { kind: 'dial', to: clientPhone }
}
