import { sql } from 'kysely'
import { DeskError } from '../../salon/errors.ts'
import { addMinutes, type Clock, type Instant } from '../../salon/time.ts'
import type { Store } from '../../store/open-store.ts'
import type { Press, PressAnswer } from './card.ts'

/** How long one press may take before a second delivery of it is worked anew; longer than any change takes. */
const leaseSeconds = 90
const waitMs = 50

/**
 * Does what a press asks once per request: the same press delivered again, also at the same time to another instance, is
 * answered what the first one was. What only opens a form or shows more has no effect and is done as often as asked.
 * Throws `DeskError('conflict')` when the first delivery does not end within half a minute.
 */
export async function pressOnce({ store, clock, press, work }: { store: Store; clock: Clock; press: Press; work: () => Promise<PressAnswer> }): Promise<PressAnswer> {
  // The whole press, so that nobody reads another's answer by a request's name.
  const { requestId, action, token, person, values } = press
  const key = store.seal.lookup(JSON.stringify(['press', requestId, person.id, action, token, values ?? null]))
  const before = await claim({ store, clock, key })
  if (before !== undefined) return before
  const letGo = () => store.db.deleteFrom('presses').where('key', '=', key).where('answer', 'is', null).execute()
  try {
    const answer = await work()
    if (answer.kind === 'said') await store.db.updateTable('presses').set({ answer: JSON.stringify(answer) }).where('key', '=', key).execute()
    else await letGo()
    return answer
  } catch (error) {
    await letGo().catch(() => {})
    throw error
  }
}

/** Forgets what presses were answered more than eight days ago: nothing delivers one again so late (SLK-3 asks for seven). Answers how many. */
export async function forgetPresses({ store, clock }: { store: Store; clock: Clock }): Promise<number> {
  const { numDeletedRows } = await store.db.deleteFrom('presses').where('at', '<', addMinutes(clock.now(), -8 * 24 * 60)).executeTakeFirstOrThrow()
  return Number(numDeletedRows)
}

/** Takes the press on, or answers what it was answered; waits while another delivery of it is being worked. */
async function claim({ store, clock, key }: { store: Store; clock: Clock; key: string }): Promise<PressAnswer | undefined> {
  const leasedUntil = sql<Instant>`clock_timestamp() + make_interval(secs => ${leaseSeconds})`
  for (let waited = 0; waited < 30_000; waited += waitMs) {
    const mine = await store.db.insertInto('presses').values({ key, at: clock.now(), leased_until: leasedUntil, answer: null })
      .onConflict((conflict) => conflict.column('key').doUpdateSet({ leased_until: leasedUntil }).where('presses.answer', 'is', null).where('presses.leased_until', '<', sql<Instant>`clock_timestamp()`))
      .returning('key').executeTakeFirst()
    if (mine !== undefined) return undefined
    const row = await store.db.selectFrom('presses').select('answer').where('key', '=', key).executeTakeFirst()
    if (row !== undefined && row.answer !== null) return row.answer as PressAnswer
    await new Promise((resolve) => setTimeout(resolve, waitMs))
  }
  throw new DeskError('conflict', { message: 'press is still being worked', userMessage: 'I am still working on that click. Look again in a moment.' })
}
