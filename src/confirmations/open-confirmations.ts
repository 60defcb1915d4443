import type { Action } from '../approvals/action.ts'
import type { Approvals } from '../approvals/open-approvals.ts'
import type { ScoreAppointments } from '../calls/call-list.ts'
import { type ConfirmationArgs, confirmationAction, type ConfirmationRoom } from './confirmation-action.ts'
import { planConfirmations, type Planned } from './plan-confirmations.ts'
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
  const planning = { ...room, bandsOf: rememberBands({ score, clock: room.clock }) }
  return {
    action: confirmationAction(room),
    plan: (given) => planConfirmations({ room: planning, ...given }),
    preview: (day) => previewDay({ room: planning, ...day }),
  }
}
