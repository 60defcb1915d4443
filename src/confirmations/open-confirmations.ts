import type { Action, Facts } from '../approvals/action.ts'
import type { Approvals } from '../approvals/open-approvals.ts'
import type { ScoreAppointments } from '../calls/call-list.ts'
import { hashOf } from '../store/canonical-json.ts'
import { confirmationAction, type Prepared } from './confirmation-action.ts'
import { ConfirmationArgs } from './confirmation-args.ts'
import type { ConfirmationRoom } from './confirmation-facts.ts'
import { planConfirmations, type Planned, type PlanningRoom } from './plan-confirmations.ts'
import { type ConfirmationPreview, previewDay } from './preview-day.ts'
import { rememberBands } from './remember-bands.ts'

/** Confirmation texts by risk: the change they are, the look that prepares them, and what a day would bring. */
export type Confirmations = {
  /** To be handed to `approvals`. */
  action: Action<ConfirmationArgs>
  /** Prepares what is due; to be called every minute or so, cheap when nothing is. */
  plan(planning: { approvals: Pick<Approvals, 'propose'>; everyMin?: number; onError: (error: unknown) => void }): Promise<Planned>
  /** What would be sent on a day, and why not. Reads only. Throws `DeskError` for a location or date that is none. */
  preview(day: { locationId?: string | undefined; date?: string | undefined }): Promise<ConfirmationPreview[]>
}

export function openConfirmations({ score, ...room }: ConfirmationRoom & { score: ScoreAppointments }): Confirmations {
  const prepared = openPrepared()
  const planning = { ...room, prepared, bandsOf: rememberBands({ score, clock: room.clock }) }
  return {
    action: confirmationAction({ ...room, prepared }),
    plan: (given) => planConfirmations({ room: planning, ...given }),
    preview: (day) => previewDay({ room: planning, ...day }),
  }
}

/** Hands facts that were just read to the one proposal that is made of them, and forgets them: a decision on it reads afresh. */
function openPrepared(): Prepared & PlanningRoom['prepared'] {
  const known = new Map<string, Facts>()
  return {
    async using({ args, facts }, work) {
      const hash = hashOf(ConfirmationArgs.parse(args))
      known.set(hash, facts)
      try {
        return await work()
      } finally {
        known.delete(hash)
      }
    },
    take(args) {
      const hash = hashOf(args)
      const facts = known.get(hash)
      known.delete(hash)
      return facts
    },
  }
}
