import { z } from 'zod'
import { proposeTool } from './propose.ts'
import type { ToolDeps } from './tool.ts'

export function proposeStatus(deps: ToolDeps) {
  return proposeTool(deps, {
    name: 'propose_status',
    kind: 'set_status',
    description: 'Proposes to mark an appointment: confirmed, arrived (checked in), no_show (only after its start), or booked (brings a cancelled one back).',
    shape: {
      appointmentId: z.string().min(1).describe('The appointment'),
      to: z.enum(['booked', 'confirmed', 'arrived', 'no_show']).describe('What it becomes'),
    },
    doing: 'preparing the change',
  })
}
