import type { PlatformError } from '../platforms/booking-platform.ts'
import { addMinutes, type Instant } from '../salon/time.ts'
import { appendAudit } from '../store/audit.ts'
import type { Trx } from '../store/open-store.ts'
import type { EffectResult } from '../store/outbox.ts'
import type { Facts } from './action.ts'

/** How an effect ends that a person has to finish: the platform has no call for it, and nothing was changed. */
export const byHandCode = 'by_hand'

/** A change without a time of its own may be done by hand this long, or wait for a key. */
export const openMinutes = 24 * 60

/** The end of a try that the platform answered with `assisted_required`. */
export function endByHand(error: PlatformError, facts: Facts): EffectResult {
  const steps = error.manualSteps ?? []
  return { state: 'FAILED', code: byHandCode, result: { steps: steps.length > 0 ? steps : plainSteps(facts) } }
}

/** The change in the card's own words, for a platform that names no steps. */
function plainSteps({ title, changes }: Facts): string[] {
  const lines = changes.map(({ label, before, after }) => `${label}: ${[...(before === null ? [] : [`now ${before}`]), after === null ? 'take it out' : `make it ${after}`].join(', ')}.`)
  return [`Find it in the booking system: ${title}.`, ...lines, 'Save the change there.']
}

/** Makes an approved proposal a task for a person: its steps, and until when they make sense. Each list of steps is a round of its own. */
export async function handOver(trx: Trx, { proposalId, steps, now }: { proposalId: string; steps: string[]; now: Instant }): Promise<void> {
  const { facts } = await trx.selectFrom('proposals').select('facts').where('id', '=', proposalId).executeTakeFirstOrThrow()
  const until = (facts as Facts).notAfter ?? addMinutes(now, openMinutes)
  const { round } = await trx.updateTable('proposals')
    .set((eb) => ({ state: 'by_hand', hand_steps: JSON.stringify(steps), hand_round: eb('hand_round', '+', 1), hand_until: until, hand_done_by: null, hand_done_at: null, error_code: null, error_words: null }))
    .where('id', '=', proposalId).returning('hand_round as round').executeTakeFirstOrThrow()
  await appendAudit(trx, { at: now, actor: 'executor', action: 'proposal.by_hand', subject: `proposal:${proposalId}`, detail: { steps: steps.length, round, until } })
}
