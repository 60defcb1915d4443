import { z } from 'zod'
import { proposeTool } from './propose.ts'
import type { ToolDeps } from './tool.ts'

export function proposeReschedule(deps: ToolDeps) {
  return proposeTool(deps, {
    name: 'propose_reschedule',
    kind: 'reschedule',
    description: 'Proposes to move one appointment to a free slot. Needs an appointmentId (appointment, day_book) and a slotId that find_slots gave for that appointment.',
    shape: {
      appointmentId: z.string().min(1).describe('The appointment that moves'),
      slotId: z.string().min(1).describe('From find_slots with this appointmentId'),
    },
    doing: 'preparing the move',
  })
}
