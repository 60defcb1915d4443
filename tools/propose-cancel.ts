import { z } from 'zod'
import { proposeTool } from './propose.ts'
import type { ToolDeps } from './tool.ts'

export function proposeCancel(deps: ToolDeps) {
  return proposeTool(deps, {
    name: 'propose_cancel',
    kind: 'cancel',
    description: 'Proposes to cancel one whole appointment. Not for a client who only wants another time: that is propose_reschedule. Not for several appointments at once.',
    shape: {
      appointmentId: z.string().min(1).describe('The appointment that is cancelled'),
      cancelledBy: z.enum(['client', 'salon']).describe('Whose wish it is; the late-cancellation policy depends on it'),
    },
    doing: 'preparing the cancellation',
  })
}
